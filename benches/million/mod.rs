//! The run that is measured, natively and in wasm: a million records of 100 bytes, end to end.

use partitura_engine::wire::Acks;
use partitura_engine::workload::Rate;
use partitura_engine::world::{Setup, World};

/// How many records.
pub(crate) const RECORDS: u64 = 1_000_000;

/// Three brokers, twelve partitions, three replicas, acks=all, one group of three consumers; a thousand keys, alike;
/// 200 000 records a second. Everything else is Kafka's default, but that the group does not wait for more members.
pub(crate) fn setup() -> Setup {
    let mut setup = Setup::new(42, "events");
    setup.brokers = 3;
    setup.topic.partitions = 12;
    setup.topic.replication_factor = 3;
    setup.producers = 4;
    setup.producer.acks = Acks::All;
    setup.broker.min_insync_replicas = 2;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.producers_start_us = 1_000_000;
    setup.workload.keys = (1..=1000).map(|number| format!("key-{number}")).collect();
    setup.workload.rate = Rate {
        per_second: 200_000,
        bursts: Vec::new(),
    };
    setup.workload.value_bytes = 100;
    setup.limits.records = RECORDS;
    setup.limits.trace_events = 10_000;
    setup
}

/// Runs it until the group has processed all, and answers the world.
///
/// # Panics
/// When that is not done after a minute of virtual time, or a record was lost or out of order: then the figure would
/// measure something else.
pub(crate) fn run() -> World {
    let mut world = World::new(&setup());
    while world.trace().counters().processed < RECORDS {
        assert!(world.now() < 60_000_000, "a million records take less than a minute");
        world.run_until(world.now() + 10_000);
    }
    let counters = world.trace().counters();
    assert_eq!((counters.acknowledged, counters.out_of_order), (RECORDS, 0));
    world
}
