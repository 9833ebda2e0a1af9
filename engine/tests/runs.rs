//! Whole runs, and what must be true of them whatever the settings are.

use partitura_engine::trace::{Fact, readable};
use partitura_engine::wire::{Acks, NodeId};
use partitura_engine::workload::{KeyDistribution, KeyRule, ListedEvent, Rate, ZipfExponent};
use partitura_engine::world::{Command, Setup, View, World};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn setup(seed: u64, rate: u32) -> Setup {
    let mut setup = Setup::new(seed, "orders");
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.producers_start_us = 500_000;
    setup.workload.keys = (1..=40).map(|number| format!("key-{number}")).collect();
    setup.workload.rate = Rate {
        per_second: rate,
        bursts: Vec::new(),
    };
    setup
}

/// Runs until nobody sends any more and all has been read.
fn run_to_the_end(setup: &Setup) -> World {
    let mut world = World::new(setup);
    world.run_until(4_000_000);
    world.command(&Command::Rate(0));
    world.run_until(30_000_000);
    world
}

#[test]
fn every_record_is_acknowledged_and_processed_once() {
    for acks in [Acks::None, Acks::Leader, Acks::All] {
        let mut setup = setup(3, 500);
        setup.producer.acks = acks;
        let world = run_to_the_end(&setup);
        let counters = world.trace().counters();
        assert!(counters.sent > 1_500, "{acks:?}");
        assert_eq!(
            (counters.acknowledged, counters.processed),
            (counters.sent, counters.sent),
            "{acks:?}"
        );
        let view = world.view();
        assert!(
            view.partitions.iter().all(|p| p.lag == 0 && p.unprocessed == 0),
            "{acks:?}"
        );
        assert!(view.replicas.iter().all(|r| r.high_watermark == r.log_end), "{acks:?}");
    }
}

#[test]
fn a_keyed_subject_stays_in_order_and_in_one_partition() {
    let mut setup = setup(5, 3_000);
    setup.consumer.processing_us = 600;
    let world = run_to_the_end(&setup);
    assert_eq!(world.trace().counters().out_of_order, 0);
    assert!(
        world
            .trace()
            .counters()
            .subjects
            .iter()
            .all(|subject| !subject.is_spread)
    );
}

#[test]
fn without_keys_order_is_lost() {
    let mut setup = setup(5, 3_000);
    setup.consumer.processing_us = 600;
    setup.workload.key = KeyRule::None;
    let world = run_to_the_end(&setup);
    assert!(world.trace().counters().out_of_order > 0);
    assert!(
        world
            .trace()
            .counters()
            .subjects
            .iter()
            .any(|subject| subject.is_spread)
    );
}

#[test]
fn the_record_limit_stops_the_producers_and_the_trace_says_so() {
    let mut setup = setup(1, 10_000);
    setup.limits.records = 2_000;
    let mut world = World::new(&setup);
    world.run_until(10_000_000);
    let counters = world.trace().counters();
    assert_eq!((counters.sent, counters.processed), (2_000, 2_000));
    let said = world
        .trace()
        .since(0)
        .filter(|event| matches!(event.fact, Fact::RecordLimitReached { .. }));
    assert_eq!(said.count(), 1);
    world.command(&Command::Rate(50));
    world.command(&Command::Send {
        key: None,
        value: "one more".to_owned(),
        partition: None,
    });
    world.run_until(12_000_000);
    assert_eq!(world.trace().counters().sent, 2_000, "the limit holds whatever is done");
}

#[test]
fn a_blocked_producer_gives_up_after_max_block_ms() {
    let mut setup = setup(1, 0);
    setup.producer.max_block_us = 50_000;
    setup.producer.retry_backoff_us = 1_000_000;
    setup.producers_start_us = 0;
    setup.workload.listed = vec![ListedEvent {
        at_us: 0,
        key: "k".to_owned(),
        value: "v".to_owned(),
    }];
    let mut world = World::new(&setup);
    world.run_until(5_000_000);
    assert_eq!((world.trace().counters().sent, world.trace().counters().failed), (0, 1));
}

#[test]
fn timers_and_messages_do_not_pile_up() {
    let mut world = World::new(&setup(9, 2_000));
    world.run_until(5_000_000);
    let early = world.pending();
    world.run_until(60_000_000);
    assert!(
        world.pending() < early + 100,
        "{early} entries of the queue have become {}",
        world.pending()
    );
}

#[test]
fn one_more_producer_does_not_change_what_another_draws() {
    let moments = |producers: u8| {
        let mut setup = setup(11, 200);
        setup.producers = producers;
        setup.workload.distribution = KeyDistribution::Hot { percent: 100 }; // all of it is the second producer's
        let mut world = World::new(&setup);
        world.run_until(2_000_000);
        let sends = world
            .trace()
            .since(0)
            .filter(|e| matches!(e.fact, Fact::RecordSent { .. }));
        sends
            .filter(|e| e.node == NodeId::Producer(2))
            .map(|e| e.at)
            .collect::<Vec<_>>()
    };
    assert!(moments(2).len() > 200);
    assert_eq!(moments(2), moments(3));
}

#[test]
fn bursts_come_and_go_until_a_person_sets_the_rate() {
    let mut setup = setup(2, 100);
    setup.workload.rate.bursts = vec![partitura_engine::workload::Burst {
        from_us: 2_000_000,
        until_us: 3_000_000,
        per_second: 2_000,
    }];
    let sent = |until| {
        let mut world = World::new(&setup);
        world.run_until(until);
        world.trace().counters().sent
    };
    let (before, after, later) = (sent(2_000_000), sent(3_000_000), sent(4_000_000));
    assert!((1_900..2_100).contains(&(after - before)), "{before} {after}");
    assert!((80..120).contains(&(later - after)), "{after} {later}");
}

#[test]
fn every_event_has_an_earlier_cause_and_a_line() {
    let mut world = World::new(&setup(4, 300));
    world.run_until(2_000_000);
    let names = world.names();
    for event in world.trace().since(0) {
        assert!(event.cause < event.id, "{event:?}");
        assert!(!readable(event, &names).contains('?'), "{}", readable(event, &names));
    }
    // The last one: the first may have been there before its reader.
    let processed = world
        .trace()
        .since(0)
        .rfind(|e| matches!(e.fact, Fact::RecordProcessed { .. }))
        .unwrap();
    let chain = world.trace().chain(processed.id);
    let sends = |fact: &Fact| matches!(fact, Fact::RecordSent { .. });
    assert!(
        chain.iter().any(|event| sends(&event.fact)),
        "what was processed goes back to a send(): {chain:?}"
    );
}

/// What a leader, its followers and its readers may know of each other at any moment.
fn assert_consistent(view: &View) {
    let leaders: BTreeMap<u16, _> = view
        .replicas
        .iter()
        .filter(|r| r.is_leader)
        .map(|r| (r.partition, r))
        .collect();
    for replica in &view.replicas {
        assert!(replica.high_watermark <= replica.log_end);
        if let Some(leader) = leaders.get(&replica.partition) {
            assert!(replica.log_end <= leader.log_end, "a follower is ahead of its leader");
            assert!(
                replica.high_watermark <= leader.high_watermark,
                "a follower knows more than its leader"
            );
            assert!(
                !replica.in_sync || replica.log_end >= leader.high_watermark,
                "committed, but not on all of the ISR"
            );
        }
    }
    for owned in view.consumers.iter().flat_map(|consumer| &consumer.owned) {
        let high_watermark = leaders.get(&owned.partition).map_or(0, |leader| leader.high_watermark);
        assert!(owned.processed <= high_watermark, "read beyond the high watermark");
    }
    let owners: Vec<u16> = view
        .consumers
        .iter()
        .flat_map(|c| &c.owned)
        .map(|owned| owned.partition)
        .collect();
    let distinct: std::collections::BTreeSet<u16> = owners.iter().copied().collect();
    assert_eq!(owners.len(), distinct.len(), "a partition with two owners");
}

prop_compose! {
    fn any_setup()(
        seed: u64,
        (brokers, factor) in (1u8..=9).prop_flat_map(|brokers| (Just(brokers), 1..=brokers)),
        partitions in 1u16..=64,
        (producers, consumers) in (1u8..=6, 0u8..=12),
        rate in 0u32..3_000,
        key in prop_oneof![Just(KeyRule::None), Just(KeyRule::Subject)],
        acks in prop_oneof![Just(Acks::None), Just(Acks::Leader), Just(Acks::All)],
        (linger_us, batch_size, max_in_flight) in (0u64..20_000, 1u32..20_000, 1u32..6),
        processing_us in 0u64..3_000,
        distribution in prop_oneof![
            Just(KeyDistribution::Uniform),
            Just(KeyDistribution::Zipf(ZipfExponent::One)),
            Just(KeyDistribution::Hot { percent: 70 }),
        ],
    ) -> Setup {
        let mut setup = setup(seed, rate);
        setup.brokers = brokers;
        setup.topic.partitions = partitions;
        setup.topic.replication_factor = factor;
        (setup.producers, setup.consumers) = (producers, consumers);
        (setup.workload.key, setup.workload.distribution) = (key, distribution);
        setup.producer.acks = acks;
        (setup.producer.linger_us, setup.producer.batch_size) = (linger_us, batch_size);
        setup.producer.max_in_flight = max_in_flight;
        setup.consumer.processing_us = processing_us;
        setup
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_settings_a_run_is_consistent(setup in any_setup()) {
        let mut world = World::new(&setup);
        for moment in 1..=20 {
            world.run_until(moment * 150_000);
            assert_consistent(&world.view());
        }
        prop_assert_eq!(world.trace().counters().failed, 0);
        world.command(&Command::Consumers(3));
        world.run_until(8_000_000);
        assert_consistent(&world.view());
    }
}
