//! The same seed gives the same trace natively and in wasm: this file runs in both, and the digests are on file.

use partitura_engine::scenario::{Setting, parse_action};
use partitura_engine::trace::ProcessFault;
use partitura_engine::wire::{BrokerId, NodeId, NodeSet};
use partitura_engine::workload::{KeyDistribution, KeyRule, Rate, ZipfExponent};
use partitura_engine::world::{Command, Setup, World};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// A run with something of everything: keys by Zipf, bursts, rebalances, records with and without keys, a crash, a cut, a
/// pause, a slow disk.
fn run(seed: u64) -> World {
    let mut setup = Setup::new(seed, "events");
    setup.brokers = 5;
    setup.controllers = 3;
    setup.combined = true;
    setup.broker.min_insync_replicas = 2;
    setup.controller.min_insync_replicas = 2;
    setup.controller.broker_session_timeout_us = 2_000_000;
    setup.broker.heartbeat_interval_us = 500_000;
    setup.topic.partitions = 7;
    setup.workload.keys = (0..100).map(|number| format!("ключ-{number}")).collect();
    setup.workload.distribution = KeyDistribution::Zipf(ZipfExponent::OneAndHalf);
    setup.workload.rate = Rate {
        per_second: 2_000,
        bursts: Vec::new(),
    };
    setup.consumer.processing_us = 700;
    setup.commands = vec![
        (2_000_000, Command::Key(KeyRule::None)),
        (3_000_000, Command::Consumers(5)),
        (6_000_000, Command::Rate(500)),
        (
            7_000_000,
            Command::Send {
                key: Some("by hand".to_owned()),
                value: "⚽".to_owned(),
                partition: None,
            },
        ),
        (8_000_000, Command::Consumers(2)),
        (9_000_000, Command::Key(KeyRule::Subject)),
    ];
    setup.commands.extend(faults());
    let mut world = World::new(&setup);
    world.run_until(15_000_000);
    world
}

fn faults() -> [(u64, Command); 9] {
    let process = |node, fault| Command::Process { node, fault };
    let (b2, b4, b5) = (NodeId::Broker(2), NodeId::Broker(4), NodeId::Broker(5));
    let [from, to] = [NodeId::Broker(3), NodeId::Broker(1)].map(NodeSet::only);
    let cut = Command::Cut {
        from,
        to,
        both_ways: true,
    };
    let slow = |bytes_per_s| Command::SlowDisk {
        broker: BrokerId(1),
        bytes_per_s,
    };
    [
        (3_500_000, process(b2, ProcessFault::Crash)),
        (5_000_000, process(b5, ProcessFault::Pause)),
        (6_500_000, cut),
        (7_500_000, process(b5, ProcessFault::Resume)),
        (8_500_000, Command::Heal),
        (8_600_000, process(b4, ProcessFault::LoseDisk)),
        (9_500_000, process(b2, ProcessFault::Start)),
        (10_000_000, slow(Some(50_000))),
        (11_000_000, process(b4, ProcessFault::Start)),
    ]
}

/// A run with all that can be done in groups: the consumer protocol, a further group, retry topics and dead letters, share
/// groups, a work queue, consumers that die and hang.
fn run_of_groups(seed: u64) -> World {
    let mut setup = Setup::new(seed, "orders");
    setup.workload.keys = (0..50).map(|number| format!("order-{number}")).collect();
    for (name, value) in [
        ("rate", "400"),
        ("processing.ms", "0.5"),
        ("group.protocol", "consumer"),
        ("more.groups", "billing:2,audit:1"),
        ("failure.percent", "10"),
        ("poison", "key:order-7"),
        ("failure.policy", "retry-topics"),
        ("retry.delays.ms", "300,900"),
        ("retry.jitter.percent", "20"),
        ("dead.letters", "on"),
        ("retry.keep.order", "on"),
        ("sink.dedup", "on"),
        ("share.groups", "workers:3"),
        ("queue.workers", "2"),
    ] {
        let applied = Setting::named(name).and_then(|setting| setting.apply(value, &mut setup));
        assert_eq!(applied, Ok(()));
    }
    let actions = [
        (4_000_000, "crash:c1"),
        (5_000_000, "stall:c2"),
        (6_000_000, "group:billing:3"),
        (7_000_000, "start:c1"),
        (8_000_000, "go-on:c2"),
        (9_000_000, "redrive:all"),
    ];
    let actions = actions.map(|(at, action)| (at, parse_action(action).expect("it is one")));
    setup.commands.extend(actions);
    let mut world = World::new(&setup);
    world.run_until(15_000_000);
    world
}

fn assert_digest(seed: u64, expected: &str) {
    is_digest_of(&run(seed), seed, expected);
}

fn is_digest_of(world: &World, seed: u64, expected: &str) {
    assert!(
        world.trace().counters().processed > 1_000,
        "the run must be about something"
    );
    assert_eq!(format!("{:016x}", world.trace().digest()), expected, "seed {seed}");
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn seed_1_has_the_digest_on_file() {
    assert_digest(1, "29bb28120bc7c992");
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn seed_5_has_another() {
    assert_digest(5, "0584835a12754d4a");
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn a_run_of_groups_has_the_digest_on_file() {
    is_digest_of(&run_of_groups(2), 2, "78004bbee251d10f");
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_same_seed_twice_gives_the_same_digest() {
    assert_eq!(run(3).trace().digest(), run(3).trace().digest());
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn a_clone_goes_on_as_the_original_does() {
    let mut original = run(4);
    let mut copy = original.clone();
    original.run_until(20_000_000);
    while copy.next_event_at().is_some_and(|at| at <= 20_000_000) {
        copy.step();
    }
    assert_eq!(original.trace().digest(), copy.trace().digest());
}
