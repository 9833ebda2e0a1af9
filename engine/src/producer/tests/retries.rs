//! Retries: what they do to order and number, and when they end.

use super::little_brokers::{Fate, LATENCY, LittleBrokers, MILLI, SECOND, partition};
use crate::producer::ProducerConfig;
use crate::trace::Fact;
use crate::wire::{Acks, Api, ErrorCode};

const REFUSED: Fate = Fate::Refused(ErrorCode::NotEnoughReplicas);

fn not_idempotent(config: &mut ProducerConfig) {
    config.enable_idempotence = false;
}

/// One partition; the producer has its metadata and its id.
fn ready(settings: impl Fn(&mut ProducerConfig)) -> LittleBrokers {
    let mut brokers = LittleBrokers::new(1, settings);
    brokers.start();
    brokers.pass(10 * MILLI);
    brokers
}

/// Three records, each its own request, all on their way together.
fn three_in_flight(brokers: &mut LittleBrokers) {
    for _ in 0..3 {
        brokers.send("goal");
    }
}

#[test]
fn with_two_in_flight_a_retry_changes_the_order() {
    let mut brokers = ready(not_idempotent);
    brokers.fates = [REFUSED].into();
    three_in_flight(&mut brokers);
    brokers.pass(SECOND);
    assert_eq!(brokers.stored(0), [1, 2, 0]);
}

#[test]
fn two_that_fail_one_after_the_other_change_places() {
    let mut brokers = ready(not_idempotent);
    brokers.fates = [REFUSED, REFUSED].into();
    three_in_flight(&mut brokers);
    brokers.pass(SECOND);
    assert_eq!(brokers.stored(0), [2, 1, 0]);
}

#[test]
fn with_one_in_flight_order_holds_without_idempotence() {
    let mut brokers = ready(|config| {
        not_idempotent(config);
        config.max_in_flight = 1;
    });
    brokers.fates = [REFUSED].into();
    three_in_flight(&mut brokers);
    brokers.pass(SECOND);
    assert_eq!(brokers.stored(0), [0, 1, 2]);
}

#[test]
fn with_idempotence_order_holds_with_five_in_flight() {
    for fates in [vec![REFUSED], vec![REFUSED, REFUSED], vec![Fate::Handled, REFUSED]] {
        let mut brokers = ready(|_| {});
        brokers.fates = [Fate::Handled].into_iter().chain(fates).collect();
        brokers.send("kick-off");
        brokers.pass(10 * MILLI);
        three_in_flight(&mut brokers);
        brokers.pass(5 * SECOND);
        assert_eq!(brokers.stored(0), [0, 1, 2, 3]);
        assert_eq!(
            brokers.count(|fact| matches!(fact, Fact::ProducerEpochBumped { .. })),
            0
        );
    }
}

#[test]
fn a_lost_answer_makes_a_duplicate_without_idempotence_and_none_with_it() {
    let lost_answer = |settings: fn(&mut ProducerConfig)| {
        let mut brokers = ready(settings);
        brokers.fates = [Fate::AppendedAndGone].into();
        brokers.send("goal");
        brokers.pass(SECOND);
        let acknowledged = brokers.count(|fact| matches!(fact, Fact::BatchAcknowledged { .. }));
        (brokers.stored(0), acknowledged)
    };
    assert_eq!(lost_answer(not_idempotent), (vec![0, 0], 1));
    assert_eq!(lost_answer(|_| {}), (vec![0], 1));
}

#[test]
fn a_timeout_at_the_broker_is_tried_again_and_not_stored_twice() {
    let mut brokers = ready(|_| {});
    brokers.fates = [Fate::AppendedBut(ErrorCode::RequestTimedOut)].into();
    brokers.send("goal");
    brokers.pass(SECOND);
    assert_eq!(brokers.stored(0), [0]);
    let acknowledged = |fact: &Fact| {
        matches!(
            fact,
            Fact::BatchAcknowledged {
                base_offset: 0,
                records: 1,
                ordinal: 0,
                ..
            }
        )
    };
    assert_eq!(brokers.count(acknowledged), 1);
}

#[test]
fn every_try_is_told_with_the_records_that_it_is_about() {
    let mut brokers = ready(|config| config.retry_backoff_max_us = 0);
    brokers.send("kick-off");
    brokers.pass(10 * MILLI);
    brokers.fates = [REFUSED, REFUSED].into();
    brokers.send("goal");
    brokers.pass(SECOND);
    let tries: Vec<(u32, u32)> = brokers
        .facts()
        .filter_map(|fact| match fact {
            Fact::BatchRetried { ordinal, attempt, .. } => Some((ordinal, attempt)),
            _ => None,
        })
        .collect();
    assert_eq!(tries, [(1, 2), (1, 3)]);
}

#[test]
fn acks_0_counts_its_records_too() {
    let mut brokers = ready(|config| config.acks = Acks::None);
    three_in_flight(&mut brokers);
    brokers.pass(SECOND);
    let ordinals: Vec<u32> = brokers
        .facts()
        .filter_map(|fact| match fact {
            Fact::BatchAcknowledged { ordinal, .. } => Some(ordinal),
            _ => None,
        })
        .collect();
    assert_eq!(ordinals, [0, 1, 2]);
}

#[test]
fn backoff_doubles_give_or_take_a_fifth() {
    let mut brokers = ready(|_| {});
    brokers.fates = [REFUSED; 6].into();
    brokers.send("goal");
    brokers.pass(10 * SECOND);
    let tries = brokers.times(|fact| matches!(fact, Fact::BatchDrained { .. }));
    let waits: Vec<u64> = tries
        .windows(2)
        .map(|pair| (pair[1] - pair[0] - 2 * LATENCY) / MILLI)
        .collect();
    for (wait, about) in waits.iter().zip([100, 200, 400, 800, 1_000, 1_000]) {
        assert!(
            (about * 4 / 5..=about * 6 / 5).contains(wait) && *wait <= 1_000,
            "{waits:?}"
        );
    }
    assert_eq!(waits.len(), 6);
}

#[test]
fn delivery_timeout_ends_the_tries() {
    let mut brokers = ready(|config| config.delivery_timeout_us = 2 * SECOND);
    brokers.fates = [REFUSED; 100].into();
    let sent = brokers.now;
    brokers.send("goal");
    brokers.pass(10 * SECOND);
    assert_eq!(
        brokers.times(|fact| matches!(fact, Fact::RecordsFailed { .. })),
        [sent + 2 * SECOND]
    );
    assert_eq!(brokers.stored(0), [0; 0]);
}

#[test]
fn a_new_leader_is_tried_at_once() {
    let mut brokers = ready(|_| {});
    brokers.send("kick-off");
    brokers.pass(10 * MILLI);
    brokers.lead(0, Some(2), 1);
    let sent = brokers.now;
    brokers.send("goal");
    brokers.pass(90 * MILLI);
    assert_eq!(brokers.stored(0), [0, 1], "within retry.backoff.ms");
    let asked = brokers.times(|fact| matches!(fact, Fact::Sent(sent) if sent.api == Api::Metadata));
    assert_eq!(asked.last(), Some(&(sent + 2 * LATENCY)), "as soon as it was refused");
    assert_eq!(
        brokers.logs[&partition(0)]
            .entries_backwards()
            .next()
            .unwrap()
            .leader_epoch,
        1
    );
}

#[test]
fn a_broker_that_has_not_heard_of_its_demotion_is_not_asked_twice() {
    let mut brokers = ready(|_| {});
    brokers.lead(0, Some(2), 1);
    brokers.send("goal");
    brokers.pass(50 * MILLI);
    // A broker that is behind answers the next question.
    brokers.lead(0, Some(1), 0);
    brokers.fates = [Fate::Refused(ErrorCode::NotLeaderOrFollower)].into();
    brokers.send("goal");
    brokers.pass(3 * MILLI);
    brokers.lead(0, Some(2), 1);
    brokers.pass(SECOND);
    assert_eq!(brokers.stored(0), [0, 1]);
}

#[test]
fn keys_go_by_the_new_number_of_partitions_once_it_is_known() {
    let mut brokers = ready(|config| config.metadata_max_age_us = 2 * SECOND);
    let keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
    keys.iter().for_each(|key| brokers.send(key));
    brokers.set_partitions(4);
    brokers.pass(SECOND);
    keys.iter().for_each(|key| brokers.send(key));
    brokers.pass(2 * SECOND);
    assert_eq!(brokers.stored(0).len(), 16, "not known yet");
    keys.iter().for_each(|key| brokers.send(key));
    brokers.pass(SECOND);
    let lens: Vec<usize> = (0..4).map(|index| brokers.stored(index).len()).collect();
    assert_eq!(lens.iter().sum::<usize>(), 24);
    assert!(lens[1..].iter().all(|len| *len > 0), "{lens:?}");
}
