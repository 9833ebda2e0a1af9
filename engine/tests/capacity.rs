//! Brokers that can do only so much, and clients with quotas: what follows from a hot partition.

use partitura_engine::trace::{Event, Fact};
use partitura_engine::wire::{Acks, Api, BrokerId, NodeId, QuotaType};
use partitura_engine::workload::{KeyDistribution, Rate};
use partitura_engine::world::{Command, Drains, NeverWhy, Setup, World};

/// One broker with two partitions. Every record is about `hot` or `cold`, which are on different ones.
fn setup(per_second: u32, hot_percent: u8) -> Setup {
    let mut setup = Setup::new(3, "clicks");
    setup.brokers = 1;
    setup.topic.partitions = 2;
    setup.topic.replication_factor = 1;
    setup.producers = 2;
    setup.consumers = 2;
    setup.producer.acks = Acks::Leader;
    setup.producers_start_us = 8_000_000;
    setup.limits.trace_events = 2_000_000;
    setup.workload.keys = two_keys();
    setup.workload.distribution = KeyDistribution::Hot { percent: hot_percent };
    setup.workload.rate = Rate {
        per_second,
        bursts: Vec::new(),
    };
    setup
}

/// Two keys, the first of partition 0 and the second of partition 1, by different producers.
fn two_keys() -> Vec<String> {
    let of = |partition| {
        let mut keys = (0..).map(|n| format!("ad-{n}"));
        keys.find(|key| partitura_engine::scenario::partition_of(key, 2) == partition)
            .unwrap()
    };
    vec![of(0), of(1)]
}

fn run(setup: &Setup, until_s: u64) -> World {
    let mut world = World::new(setup);
    world.run_until(until_s * 1_000_000);
    world
}

fn events(world: &World, wanted: impl Fn(&Event) -> bool) -> usize {
    world.trace().since(0).filter(|event| wanted(event)).count()
}

/// The mean time from `send()` to processing, in microseconds, of the last records of that partition.
fn latency_of(world: &World, partition: u16) -> u64 {
    let latencies = world.trace().since(0).filter_map(|event| match event.fact {
        Fact::RecordProcessed {
            partition: of,
            latency_us,
            ..
        } if of.index == partition => Some(latency_us),
        _ => None,
    });
    let (sum, count) = latencies.fold((0, 0), |(sum, count), us| (sum + us, count + 1));
    sum / count
}

#[test]
fn a_hot_partition_delays_the_others_on_its_broker() {
    let free = run(&setup(400, 90), 16);
    let mut limited = setup(400, 90);
    limited.broker.records_per_s = 300;
    let limited = run(&limited, 16);
    let (before, after) = (latency_of(&free, 1), latency_of(&limited, 1));
    assert!(
        after > 10 * before,
        "the cold one took {before} µs, and takes {after} µs"
    );
    let view = limited.view();
    assert!(view.brokers[0].queue_us > 100_000, "{}", view.brokers[0].queue_us);
    let heat = |partition: usize| view.partitions[partition].heat_permille.unwrap();
    assert!(heat(0) > 1_000 && heat(1) < 200, "{} and {}", heat(0), heat(1));
    assert!(
        (1_200..1_450).contains(&view.brokers[0].heat_permille.unwrap()),
        "400 of 300"
    );
    assert_eq!(free.view().brokers[0].heat_permille, None, "nothing to measure it by");
}

#[test]
fn a_broker_over_its_capacity_fills_the_buffer_blocks_send_and_fails_it() {
    let mut setup = setup(1_000, 50);
    setup.broker.bytes_per_s = 5_000;
    setup.producer.buffer_memory = 65_536;
    setup.producer.max_block_us = 50_000;
    let world = run(&setup, 20);
    let view = world.view();
    assert!(view.producers.iter().all(|producer| producer.buffered_bytes > 40_000));
    assert!(events(&world, |event| event.fact == Fact::SendBlocked) > 0);
    assert!(events(&world, |event| event.fact == Fact::SendTimedOut) > 0);
    assert!(world.blocked_us() > 5_000_000, "{} µs", world.blocked_us());
    let records = u64::from(view.partitions[0].in_per_s + view.partitions[1].in_per_s);
    assert!(records < 300, "what blocks is not sent: {records} a second");
}

#[test]
fn copies_use_up_the_followers_capacity_too() {
    let mut setup = setup(300, 50);
    setup.brokers = 3;
    setup.topic.replication_factor = 3;
    setup.broker.records_per_s = 600;
    let view = run(&setup, 16).view();
    for broker in &view.brokers {
        let heat = broker.heat_permille.unwrap();
        assert!((450..550).contains(&heat), "{}: {heat}, whoever leads", broker.id);
    }
}

#[test]
fn records_and_bytes_both_limit_and_the_slower_of_them_counts() {
    let sent_in_10_s = |records_per_s, bytes_per_s| {
        let mut setup = setup(2_000, 50);
        setup.broker.records_per_s = records_per_s;
        setup.broker.bytes_per_s = bytes_per_s;
        run(&setup, 18).trace().counters().acknowledged
    };
    let by_records = sent_in_10_s(500, 0);
    assert!((4_000..=5_000).contains(&by_records), "{by_records}");
    assert_eq!(by_records, sent_in_10_s(500, 1_000_000_000), "bytes are no matter");
    let by_both = sent_in_10_s(500, 5_000);
    assert!(by_both * 4 < by_records, "{by_both} of about 120 bytes each");
}

#[test]
fn a_slow_disk_takes_the_place_of_the_capacity_in_bytes_until_it_is_fast_again() {
    let mut setup = setup(300, 50);
    setup.broker.bytes_per_s = 1_000_000;
    setup.broker.records_per_s = 1_000;
    let mut world = run(&setup, 16);
    let heat = |world: &World| world.view().brokers[0].heat_permille.unwrap();
    assert!(
        (280..320).contains(&heat(&world)),
        "300 records of 1 000: {}",
        heat(&world)
    );
    let slow = |bytes_per_s| Command::SlowDisk {
        broker: BrokerId(1),
        bytes_per_s,
    };
    world.command(&slow(Some(10_000)));
    world.run_until(24_000_000);
    assert!(heat(&world) > 3_000, "some 40 000 bytes of 10 000: {}", heat(&world));
    assert!(world.view().brokers[0].queue_us > 1_000_000);
    world.command(&slow(None));
    world.run_until(60_000_000);
    assert!((280..320).contains(&heat(&world)), "as before: {}", heat(&world));
    assert_eq!(world.trace().counters().failed, 0);
    let behind = world.trace().counters().sent - world.trace().counters().acknowledged;
    assert!(behind < 50, "what had waited is written: {behind}");
}

#[test]
fn a_consumer_that_is_too_slow_is_hot_and_its_lag_never_drains() {
    let mut setup = setup(400, 90);
    setup.consumer.processing_us = 5_000;
    let mut world = run(&setup, 20);
    let view = world.view();
    let hottest = view
        .consumers
        .iter()
        .filter_map(|consumer| consumer.heat_permille)
        .max();
    assert!(
        (1_600..2_000).contains(&hottest.unwrap()),
        "360 a second at 5 ms: {hottest:?}"
    );
    let drain = world.drain();
    assert_eq!(drain[0].when, Drains::Never(NeverWhy::NotFaster), "{:?}", drain[0]);
    assert_eq!(drain[1].when, Drains::Empty, "{:?}", drain[1]);

    // Nothing more comes: 200 a second drain it.
    world.command(&Command::Rate(0));
    world.run_until(27_000_000);
    let drain = world.drain()[0];
    let Drains::In(us) = drain.when else {
        panic!("{drain:?}")
    };
    world.run_until(27_000_000 + us - us / 10);
    assert!(world.view().partitions[0].lag > 0);
    world.run_until(27_000_000 + us + us / 10 + 3_000_000);
    assert_eq!(world.view().partitions[0].lag, 0, "as it was said");

    world.command(&Command::Rate(400));
    world.command(&Command::Consumers(0));
    world.run_until(world.now() + 10_000_000);
    assert_eq!(world.drain()[0].when, Drains::Never(NeverWhy::NoOwner));
}

#[test]
fn a_producer_over_its_quota_is_answered_at_once_and_then_held_back() {
    let mut setup = setup(1_000, 50);
    setup.broker.producer_byte_rate = 20_000;
    let mut world = World::new(&setup);
    world.run_until(30_000_000);
    let throttled = |event: &Event| {
        matches!(
            event.fact,
            Fact::Throttled {
                client: NodeId::Producer(_),
                ..
            }
        )
    };
    assert!(events(&world, throttled) > 0);
    let acknowledged = world.trace().counters().acknowledged;
    world.run_until(60_000_000);
    // Two producers of 20 000 bytes a second each; a record takes some 110 bytes in a batch.
    let per_s = (world.trace().counters().acknowledged - acknowledged) / 30;
    assert!((250..400).contains(&per_s), "{per_s} records a second");
    assert!(
        world
            .view()
            .producers
            .iter()
            .any(|producer| producer.throttled_until_us.is_some())
    );
    assert_eq!(world.trace().counters().failed, 0, "nothing is refused");
    assert!(
        world.view().producers[0].buffered_bytes > 0,
        "it piles up at the source"
    );
    // One batch was written although it was over: the first event says for how long nothing more is read.
    let first = world.trace().since(0).find(|event| throttled(event)).copied();
    let sent = world
        .trace()
        .since(0)
        .filter(|event| matches!(event.fact, Fact::Sent(sent) if sent.api == Api::Produce && !sent.response));
    if let Some(Event {
        at,
        fact: Fact::Throttled { client, throttle_ms },
        ..
    }) = first
    {
        let until = at + u64::from(throttle_ms) * 1_000;
        let told = at + 1_000;
        let meanwhile = sent.filter(|event| event.node == client && (told..until).contains(&event.at));
        assert_eq!(meanwhile.count(), 0, "the client waits as it was asked to");
    }
}

/// Bytes a second that the first consumer got from 90 s to 190 s, with a quota of 20 000 and more to read than that.
fn fetched_per_s(max_partition_fetch_bytes: u32) -> (World, u64) {
    let mut setup = setup(1_000, 50);
    setup.broker.consumer_byte_rate = 20_000;
    setup.consumer.max_partition_fetch_bytes = max_partition_fetch_bytes;
    let world = run(&setup, 190);
    let late = world.trace().since(0).filter(|event| event.at >= 90_000_000);
    let fetched = late.map(|event| match event.fact {
        Fact::Sent(sent) if sent.response && sent.api == Api::Fetch && sent.to == NodeId::Consumer(1) => sent.bytes,
        _ => 0,
    });
    let bytes: u64 = fetched.map(u64::from).sum();
    (world, bytes / 100)
}

#[test]
fn a_consumer_over_its_quota_gets_nothing_for_a_while_and_its_lag_grows() {
    let (world, per_s) = fetched_per_s(10_000);
    assert!((19_000..20_100).contains(&per_s), "{per_s} bytes a second");
    let throttled = |event: &Event| {
        let Fact::Throttled { client, .. } = event.fact else {
            return false;
        };
        matches!(client, NodeId::Consumer(_))
    };
    assert!(events(&world, throttled) > 0);
    assert!(world.view().partitions[0].lag > 5_000);
    assert_eq!(world.trace().counters().failed, 0, "the producers are not concerned");
}

/// What follows from `getMaxValueInQuotaWindow` and `unrecordQuotaSensor`: the second of two such fetches is over until the
/// first has left the window, and is tried again a window after it was first refused.
#[test]
fn a_consumer_whose_fetches_are_as_large_as_the_window_gets_half_of_its_quota() {
    let (_, per_s) = fetched_per_s(1_048_576);
    assert!((9_000..11_000).contains(&per_s), "{per_s} bytes a second");
}

#[test]
fn a_quota_is_altered_while_it_runs_and_every_broker_learns_it() {
    let mut setup = setup(1_000, 50);
    setup.brokers = 3;
    setup.topic.replication_factor = 3;
    let mut world = World::new(&setup);
    world.run_until(10_000_000);
    world.command(&Command::ClientQuota(QuotaType::Produce, 5_000));
    world.run_until(25_000_000);
    assert!(world.trace().counters().throttled_ms > 0);
    world.command(&Command::ClientQuota(QuotaType::Produce, 0));
    world.run_until(60_000_000);
    let throttled = world.trace().counters().throttled_ms;
    world.run_until(70_000_000);
    assert_eq!(
        world.trace().counters().throttled_ms,
        throttled,
        "there is none any more"
    );
    assert_eq!(world.view().producers[0].throttled_until_us, None);
    let followers = |event: &Event| {
        matches!(
            event.fact,
            Fact::Throttled {
                client: NodeId::Broker(_),
                ..
            }
        )
    };
    assert_eq!(events(&world, followers), 0, "followers are no clients");
}

#[test]
fn percentiles_are_of_all_processed_records() {
    let world = run(&setup(400, 50), 16);
    let latency = world.latency();
    let mean = world.trace().counters().latency_sum_us / latency.count;
    assert_eq!(latency.count, world.trace().counters().processed);
    assert!(latency.p50_us <= latency.p99_us && latency.p50_us > 0);
    assert!(
        latency.p50_us < 4 * mean && mean < 4 * latency.p50_us,
        "{mean} and {latency:?}"
    );
}
