//! Whatever happens on the way: with idempotence no record is stored twice, nor before one that was sent earlier.

use super::little_brokers::{Fate, LittleBrokers, MILLI, SECOND};
use crate::trace::Fact;
use crate::wire::{BrokerId, ErrorCode, Micros};
use proptest::prelude::*;

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Handled),
        2 => prop::sample::select(vec![
            ErrorCode::NotEnoughReplicas,
            ErrorCode::NotLeaderOrFollower,
            ErrorCode::UnknownTopicOrPartition,
            ErrorCode::InvalidRequest,
        ]).prop_map(Fate::Refused),
        2 => prop::sample::select(vec![
            ErrorCode::RequestTimedOut,
            ErrorCode::NotEnoughReplicasAfterAppend,
            ErrorCode::NotLeaderOrFollower,
        ]).prop_map(Fate::AppendedBut),
        1 => Just(Fate::AppendedAndGone),
        1 => Just(Fate::Gone),
        1 => (1u64..3_000).prop_map(|late| Fate::Late(late * MILLI)),
    ]
}

/// Something that happens to the cluster.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Lead(u16, u8),
    Leaderless(u16),
    Die(u8),
    Return(u8),
    Cut(u8),
    Heal(u8),
}

fn any_turn() -> impl Strategy<Value = Turn> {
    let partition = 0u16..3;
    prop_oneof![
        (partition.clone(), 1u8..3).prop_map(|(partition, broker)| Turn::Lead(partition, broker)),
        partition.prop_map(Turn::Leaderless),
        (1u8..3).prop_map(Turn::Die),
        (1u8..3).prop_map(Turn::Return),
        (1u8..3).prop_map(Turn::Cut),
        (1u8..3).prop_map(Turn::Heal),
    ]
}

const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

#[derive(Debug, Clone)]
struct Course {
    fates: Vec<Fate>,
    strays: Vec<Micros>,
    turns: Vec<(Micros, Turn)>,
    sends: Vec<(Micros, usize)>,
    max_in_flight: u32,
    retries: u32,
    linger_us: Micros,
}

prop_compose! {
    fn any_course()(
        fates in prop::collection::vec(any_fate(), 0..60),
        strays in prop::collection::vec(0u64..5_000, 0..10),
        turns in prop::collection::vec((0u64..10_000, any_turn()), 0..8),
        sends in prop::collection::vec((0u64..10_000, 0..KEYS.len()), 1..120),
        max_in_flight in 1u32..=5,
        retries in prop_oneof![4 => Just(2_147_483_647u32), 1 => 1u32..4],
        linger_us in prop_oneof![Just(0), Just(5_000)],
    ) -> Course {
        Course {
            fates,
            strays: strays.into_iter().map(|after| after * MILLI).collect(),
            turns: turns.into_iter().map(|(at, turn)| (at * MILLI, turn)).collect(),
            sends: sends.into_iter().map(|(at, key)| (at * MILLI, key)).collect(),
            max_in_flight,
            retries,
            linger_us,
        }
    }
}

/// With more than one in flight a refusal for good renumbers a batch before it that is in doubt, and Kafka's producer may
/// write that twice: `numbers.rs` tells that story.
fn fair(fate: Fate, max_in_flight: u32) -> Fate {
    match fate {
        Fate::Refused(error) if !error.is_retriable() && max_in_flight > 1 => Fate::Handled,
        fate => fate,
    }
}

fn play(course: &Course) -> LittleBrokers {
    let mut brokers = LittleBrokers::new(3, |config| {
        config.delivery_timeout_us = 4 * SECOND;
        config.request_timeout_us = SECOND;
        config.max_in_flight = course.max_in_flight;
        // Tries that run out are a refusal for good, too.
        config.retries = if course.max_in_flight == 1 {
            course.retries
        } else {
            2_147_483_647
        };
        config.linger_us = course.linger_us;
    });
    brokers.start();
    brokers.pass(10 * MILLI);
    // Of a producer that is not known yet, a log takes any number: what follows from that is Kafka's, and another story.
    KEYS.iter().for_each(|key| brokers.send(key));
    brokers.pass(50 * MILLI);
    assert!((0..3).all(|index| !brokers.stored(index).is_empty()));
    brokers.fates = course
        .fates
        .iter()
        .map(|fate| fair(*fate, course.max_in_flight))
        .collect();
    brokers.stray_after = course.strays.clone().into();
    for (at, key) in &course.sends {
        brokers.send_at(brokers.now + at, KEYS[*key]);
    }
    let mut turns = course.turns.clone();
    turns.sort_by_key(|(at, _)| *at);
    let mut epoch = 0;
    for (at, turn) in turns {
        brokers.pass(at.saturating_sub(brokers.now));
        epoch += 1;
        match turn {
            Turn::Lead(partition, broker) => brokers.lead(partition, Some(broker), epoch),
            Turn::Leaderless(partition) => brokers.lead(partition, None, epoch),
            Turn::Die(broker) => drop(brokers.dead.insert(BrokerId(broker))),
            Turn::Return(broker) => drop(brokers.dead.remove(&BrokerId(broker))),
            Turn::Cut(broker) => drop(brokers.cut.insert(BrokerId(broker))),
            Turn::Heal(broker) => drop(brokers.cut.remove(&BrokerId(broker))),
        }
    }
    brokers.pass(12 * SECOND);
    // Then all is well.
    brokers.fates.clear();
    brokers.stray_after.clear();
    brokers.dead.clear();
    brokers.cut.clear();
    for partition in 0..3 {
        brokers.lead(partition, Some(1), epoch + 1);
    }
    brokers.pass(30 * SECOND);
    brokers
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn no_record_is_stored_twice_nor_out_of_order(course in any_course()) {
        let mut brokers = play(&course);
        let (mut acknowledged, mut failed) = (vec![Vec::new(); 3], vec![Vec::new(); 3]);
        for fact in brokers.facts() {
            match fact {
                Fact::BatchAcknowledged { partition, ordinal, records, .. } => {
                    acknowledged[usize::from(partition.index)].extend(ordinal..ordinal + records);
                }
                Fact::RecordsFailed { partition, ordinal, records, .. } => {
                    failed[usize::from(partition.index)].extend(ordinal..ordinal + records);
                }
                _ => {}
            }
        }
        let sent = brokers.count(|fact| matches!(fact, Fact::RecordSent { .. }));
        let told = acknowledged.iter().chain(&failed).map(Vec::len).sum::<usize>();
        prop_assert_eq!(told, sent, "the application is told once of each record");
        prop_assert_eq!((brokers.producer.waiting(), brokers.producer.in_flight()), (0, 0));
        for index in 0..3u16 {
            let stored = brokers.stored(index);
            prop_assert!(stored.windows(2).all(|pair| pair[0] < pair[1]), "partition {}: {:?}", index, stored);
            for ordinal in &acknowledged[usize::from(index)] {
                prop_assert!(stored.contains(ordinal), "acknowledged, and not there");
            }
        }
        // It recovers, at the latest when one more batch is given up: one that was given up on its first way leaves a gap
        // of which nobody knows, and one without tries left another.
        for _ in 0..2 {
            KEYS.iter().for_each(|key| brokers.send(key));
            brokers.pass(10 * SECOND);
        }
        let before: usize = (0..3).map(|index| brokers.stored(index).len()).sum();
        KEYS.iter().for_each(|key| brokers.send(key));
        brokers.pass(10 * SECOND);
        let after: usize = (0..3).map(|index| brokers.stored(index).len()).sum();
        prop_assert_eq!(after, before + KEYS.len());
    }
}
