//! Producers that are short of memory, time or luck, and workloads that change under way.

use partitura_engine::trace::{Event, Fact};
use partitura_engine::wire::{Acks, Api, ErrorCode, NodeId};
use partitura_engine::workload::{Burst, KeyDistribution, ListedEvent, Rate};
use partitura_engine::world::{Command, Setup, World};

fn setup(rate: u32) -> Setup {
    let mut setup = Setup::new(7, "orders");
    setup.consumers = 0;
    setup.producers_start_us = 500_000;
    setup.workload.keys = (1..=40).map(|number| format!("key-{number}")).collect();
    setup.workload.rate = Rate {
        per_second: rate,
        bursts: Vec::new(),
    };
    setup
}

fn run(setup: &Setup, until_s: u64) -> World {
    let mut world = World::new(setup);
    world.run_until(until_s * 1_000_000);
    world
}

fn chain_has(world: &World, event: &Event, wanted: impl Fn(&Event) -> bool) -> bool {
    world.trace().chain(event.id).iter().any(wanted)
}

#[test]
fn a_full_buffer_is_sent_at_once_whatever_linger_ms_is() {
    let mut setup = setup(2_000);
    setup.producer.buffer_memory = 2 * 16_384;
    setup.producer.linger_us = 20_000_000;
    let world = run(&setup, 15);
    assert!(
        world.trace().counters().acknowledged > 10_000,
        "{:?}",
        world.trace().counters().acknowledged
    );
    assert_eq!(world.trace().counters().failed, 0);
}

#[test]
fn acks_0_gives_memory_back_to_a_blocked_send() {
    let mut setup = setup(2_000);
    setup.producer.acks = Acks::None;
    setup.producer.buffer_memory = 2 * 16_384;
    let world = run(&setup, 15);
    assert!(
        world.trace().counters().sent > 15_000,
        "{}",
        world.trace().counters().sent
    );
    assert_eq!(world.trace().counters().failed, 0);
}

#[test]
fn each_blocked_send_has_its_own_max_block_ms() {
    let mut setup = setup(0);
    setup.brokers = 1;
    setup.topic.replication_factor = 1;
    setup.producers_start_us = 0;
    setup.producer.max_block_us = 60_000; // metadata comes after 101 ms
    let listed = |at_us, value: &str| ListedEvent {
        at_us,
        key: "k".to_owned(),
        value: value.to_owned(),
    };
    setup.workload.listed = vec![listed(0, "too early"), listed(50_000, "in time")];
    let world = run(&setup, 1);
    assert_eq!((world.trace().counters().failed, world.trace().counters().sent), (1, 1));
}

#[test]
fn records_that_can_never_be_sent_fail_at_once() {
    let mut setup = setup(100);
    setup.producer.max_request_size = 100;
    let world = run(&setup, 2);
    assert_eq!(world.trace().counters().sent, 0);
    assert!(world.trace().counters().failed > 100);
}

#[test]
fn the_record_limit_holds_for_what_is_listed_too() {
    let mut setup = setup(0);
    setup.limits.records = 10;
    setup.workload.listed = (0..50)
        .map(|n| ListedEvent {
            at_us: 0,
            key: "k".to_owned(),
            value: n.to_string(),
        })
        .collect();
    assert_eq!(run(&setup, 3).trace().counters().sent, 10);
}

#[test]
fn a_client_that_gives_up_closes_the_connection_and_the_broker_forgets_what_it_held() {
    let mut setup = setup(100);
    setup.limits.records = 200;
    setup.producer.request_timeout_us = 5_000;
    setup.producer.retry_backoff_us = 1_000;
    setup.producer.delivery_timeout_us = 2_000_000;
    setup.network.broker.latency_us = 60_000_000; // acks=all waits for followers that are far away
    let world = run(&setup, 30);
    let view = world.view();
    assert!(
        view.brokers
            .iter()
            .all(|broker| broker.held == 0 && broker.parked_produces == 0)
    );
    assert!(
        view.producers
            .iter()
            .all(|producer| producer.in_flight == 0 && producer.waiting == 0)
    );
    let counters = world.trace().counters();
    assert_eq!(
        (counters.failed, counters.sent),
        (200, 200),
        "nothing is ever answered in time"
    );
    assert!(
        world
            .trace()
            .since(0)
            .any(|e| matches!(e.fact, Fact::Disconnected { .. }))
    );
}

#[test]
fn delivery_timeout_ms_is_kept_on_the_way_and_in_the_queue() {
    let mut setup = setup(0);
    setup.workload.listed = vec![ListedEvent {
        at_us: 2_000_000,
        key: "k".to_owned(),
        value: "v".to_owned(),
    }];
    setup.network.broker.latency_us = 400_000;
    setup.producer.delivery_timeout_us = 100_000;
    setup.producer.request_timeout_us = 90_000;
    let world = run(&setup, 5);
    let failed = world
        .trace()
        .since(0)
        .find(|e| matches!(e.fact, Fact::RecordsFailed { .. }))
        .unwrap();
    let Fact::RecordsFailed { error, .. } = failed.fact else {
        unreachable!()
    };
    assert_eq!((failed.at, error), (2_100_000, ErrorCode::RequestTimedOut));
}

#[test]
fn a_follower_fetches_all_partitions_of_a_request_at_once() {
    let mut setup = setup(0);
    setup.brokers = 1;
    setup.topic.replication_factor = 1;
    setup.consumers = 1;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.producers = 1;
    let texts = (0..40).map(|n| ListedEvent {
        at_us: 3_000_000,
        key: format!("k{n}"),
        value: "v".to_owned(),
    });
    setup.workload.listed = texts.collect();
    let world = run(&setup, 4);
    let carries = |e: &&Event| matches!(e.fact, Fact::Sent(s) if s.api == Api::Fetch && s.response && s.records > 0);
    let answers: Vec<u32> = world
        .trace()
        .since(0)
        .filter(carries)
        .map(|e| match e.fact {
            Fact::Sent(sent) => sent.records,
            _ => 0,
        })
        .collect();
    assert_eq!(
        answers,
        [40],
        "one produce of four partitions, one fetch of four partitions"
    );
}

#[test]
fn bursts_overlap_and_survive_other_commands() {
    let mut setup = setup(100);
    let burst = |from: u64, until: u64, per_second| Burst {
        from_us: from * 1_000_000,
        until_us: until * 1_000_000,
        per_second,
    };
    setup.workload.rate.bursts = vec![burst(2, 6, 1_000), burst(3, 4, 3_000)];
    setup.commands = vec![(2_500_000, Command::Distribution(KeyDistribution::Hot { percent: 50 }))];
    let mut world = World::new(&setup);
    let mut sent = Vec::new();
    for second in 2..=7 {
        world.run_until(second * 1_000_000);
        sent.push(world.trace().counters().sent);
    }
    let each: Vec<u64> = sent.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (got, expected) in each.iter().zip([1_000u64, 3_000, 1_000, 1_000, 100]) {
        assert!(got.abs_diff(expected) < expected / 5, "{each:?}");
    }
}

#[test]
fn commands_before_the_start_wait_for_it() {
    let mut setup = setup(100);
    setup.producers_start_us = 3_000_000;
    setup.consumers_start_us = 3_000_000;
    setup.consumers = 1;
    setup.commands = vec![
        (1_000_000, Command::Distribution(KeyDistribution::Hot { percent: 50 })),
        (1_000_000, Command::Consumers(2)),
    ];
    let early = run(&setup, 2);
    let acted = |e: &&Event| matches!(e.node, NodeId::Producer(_) | NodeId::Consumer(_));
    assert_eq!(early.trace().since(0).filter(acted).count(), 0);
    let later = run(&setup, 8);
    assert!(later.trace().counters().sent > 300 && later.view().consumers.len() == 2);
}

#[test]
fn keys_keep_their_producer_when_the_list_changes() {
    let mut setup = setup(2_000);
    setup.consumers = 2;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    let keys: Vec<String> = setup.workload.keys.clone();
    setup.commands = (1..40)
        .map(|n| {
            let mut keys = keys.clone();
            keys.rotate_left(n);
            (1_000_000 + n as u64 * 100_000, Command::Keys(keys))
        })
        .collect();
    let world = run(&setup, 8);
    assert!(world.trace().counters().processed > 8_000);
    assert_eq!(world.trace().counters().out_of_order, 0);
}

#[test]
fn a_slider_that_is_dragged_leaves_no_timers_behind() {
    let mut setup = setup(10);
    setup.workload.listed = vec![ListedEvent {
        at_us: 50_000_000,
        key: "k".to_owned(),
        value: "v".to_owned(),
    }];
    let mut world = run(&setup, 2);
    let before = world.pending();
    for rate in 0..1_000 {
        world.command(&Command::Rate(10 + rate % 7));
    }
    world.run_until(4_000_000);
    assert!(world.pending() < before + 20, "{before} became {}", world.pending());
}

#[test]
fn consumers_may_come_and_go_for_ever() {
    let mut setup = setup(0);
    setup.consumers = 0;
    let mut world = run(&setup, 1);
    for round in 1..=30u64 {
        world.command(&Command::Consumers(12));
        world.run_until(1_000_000 + round * 20_000);
        world.command(&Command::Consumers(0));
    }
    assert!(world.view().consumers.len() <= 255);
}

#[test]
fn causes_lead_back_to_what_did_it() {
    let mut setup = setup(200);
    setup.consumers = 1;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.commands = vec![(4_000_000, Command::Consumers(2))];
    let world = run(&setup, 9);
    for event in world.trace().since(0) {
        match event.fact {
            Fact::BecameLeader { partition, .. } => assert!(
                chain_has(
                    &world,
                    event,
                    |e| matches!(e.fact, Fact::LeaderElected { partition: p, .. } if p == partition)
                ),
                "a leader leads because it was elected"
            ),
            Fact::PartitionAssigned { .. } if event.at > 4_000_000 => {
                assert!(
                    chain_has(&world, event, |e| matches!(e.fact, Fact::Commanded(_))),
                    "because another one came"
                );
            }
            Fact::Sent(sent) if sent.response && sent.api == Api::Fetch => {
                let question = |e: &Event| matches!(e.fact, Fact::Sent(s) if s.api == Api::Fetch && !s.response);
                let asked = world.trace().chain(event.id).into_iter().find(question);
                let asked_itself = sent.records > 0 || asked.is_none_or(|e| e.node == sent.to);
                assert!(asked_itself, "an empty answer is caused by its own question");
            }
            _ => {}
        }
    }
}
