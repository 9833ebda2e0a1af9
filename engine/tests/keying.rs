//! What records have as key, what the cures of a hot key cost, and that no cure loses count.

use partitura_engine::log::KeyId;
use partitura_engine::scenario::{Observable, Setting, validate};
use partitura_engine::trace::Fact;
use partitura_engine::wire::{Micros, NodeId};
use partitura_engine::world::{Command, Setup, World};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SECOND: Micros = 1_000_000;

fn setup(seed: u64, settings: &[(&str, &str)]) -> Setup {
    let mut setup = Setup::new(seed, "clicks");
    let few = [("own.keys", "ad-1,ad-2,ad-3"), ("keys", "hot:60"), ("rate", "600")];
    for (name, value) in few.iter().chain(settings) {
        Setting::named(name).unwrap().apply(value, &mut setup).unwrap();
    }
    validate(&setup).unwrap();
    setup
}

fn live(name: &str, value: &str) -> Command {
    Setting::named(name).unwrap().command(value).unwrap()
}

fn observe(world: &World, name: &str, key: Option<&str>) -> u64 {
    Observable::named(name).unwrap().read(world, None, key)
}

/// Lets all that is under way come to its end.
fn finish(world: &mut World) {
    world.command(&Command::Rate(0));
    let end = world.now() + 20 * SECOND;
    world.run_until(end);
}

fn key_of(world: &World, name: &str) -> KeyId {
    world.dictionary().find_key(name).unwrap()
}

/// For each subject: what was sent, what was processed, and the total put together from the partial counts.
fn totals(world: &World) -> Vec<[u64; 3]> {
    let total = |subject: &KeyId| {
        let merged = world.merged_subject(*subject);
        merged.map_or([0; 3], |merged| [merged.sent, merged.processed, merged.aggregate])
    };
    world.known_keys().iter().map(total).collect()
}

fn sent_keys(world: &World) -> BTreeMap<String, u64> {
    let mut keys = BTreeMap::new();
    for event in world.trace().since(0) {
        if let Fact::RecordSent { key, .. } = event.fact {
            let text = key.map_or("null", |key| world.dictionary().key_text(key));
            *keys.entry(text.to_owned()).or_default() += 1;
        }
    }
    keys
}

#[test]
fn a_salted_subject_is_spread_and_its_total_is_put_together_again() {
    let mut world = World::new(&setup(7, &[("key", "salt:4:ad-1"), ("partitions", "8")]));
    world.run_until(5 * SECOND);
    finish(&mut world);
    let keys: Vec<String> = sent_keys(&world).into_keys().collect();
    assert_eq!(keys, ["ad-1#0", "ad-1#1", "ad-1#2", "ad-1#3", "ad-2", "ad-3"]);
    for [sent, processed, aggregate] in totals(&world) {
        assert!(sent > 100);
        assert_eq!((processed, aggregate), (sent, sent));
    }
    assert_eq!(observe(&world, "partials", Some("ad-1")), 4, "four reads for one total");
    assert_eq!(observe(&world, "partials", Some("ad-2")), 1);
    let merged = world.merged_subject(key_of(&world, "ad-1")).unwrap();
    assert!(merged.partitions > 1 && merged.out_of_order > 0, "{merged:?}");
    assert_eq!(world.merged_subject(key_of(&world, "ad-2")).unwrap().out_of_order, 0);
}

#[test]
fn without_a_rule_that_spreads_a_total_is_one_count() {
    let mut world = World::new(&setup(7, &[]));
    world.run_until(10 * SECOND);
    assert_eq!(observe(&world, "partials", None), 1);
    assert_eq!(
        observe(&world, "aggregate", Some("ad-1")),
        observe(&world, "processed", Some("ad-1"))
    );
}

#[test]
fn the_rule_can_change_while_the_run_goes_on() {
    let mut world = World::new(&setup(3, &[("partitions", "6")]));
    world.run_until(2 * SECOND);
    for rule in ["salt:3", "compound:region:2", "none", "subject"] {
        world.command(&live("key", rule));
        let until = world.now() + SECOND;
        world.run_until(until);
    }
    world.command(&live("own.keys", "ad-1,ad-9"));
    world.command(&live("key", "salt:2"));
    let until = world.now() + SECOND;
    world.run_until(until);
    finish(&mut world);
    let keys = sent_keys(&world);
    for key in ["ad-1", "ad-1#2", "ad-3|region-1", "null", "ad-9#1"] {
        assert!(keys.contains_key(key), "{key} is missing: {keys:?}");
    }
    assert!(!keys.contains_key("ad-9#2"), "{keys:?}");
    for [sent, processed, aggregate] in totals(&world) {
        assert_eq!((processed, aggregate), (sent, sent));
    }
}

#[test]
fn a_rule_for_which_there_is_no_room_is_refused_and_told() {
    let mut world = World::new(&setup(1, &[]));
    world.run_until(SECOND);
    world.command(&live("key", "compound:user:100000"));
    let refused = |event: &partitura_engine::trace::Event| event.fact == Fact::KeyRuleRefused { keys: 300_000 };
    assert!(world.trace().since(0).any(refused));
    assert_eq!(*world.key_rule(), partitura_engine::workload::KeyRule::Subject);
    world.run_until(2 * SECOND);
}

#[test]
fn a_run_that_does_not_salt_draws_what_it_drew_before() {
    let digest = |settings: &[(&str, &str)]| {
        let mut world = World::new(&setup(11, settings));
        world.run_until(3 * SECOND);
        world.trace().digest()
    };
    let plain = digest(&[]);
    for settings in [
        [("key", "salt:8:nobody")],
        [("send.limit", "ad-1:1000000")],
        [("order.repair", "on")],
    ] {
        assert_eq!(digest(&settings), plain, "{settings:?} changes the run");
    }
    assert_ne!(digest(&[("key", "salt:8")]), plain);
}

#[test]
fn where_all_send_about_all_each_producer_sends_its_part_of_each() {
    let settings = [("subjects", "all"), ("producers", "3"), ("rate", "900")];
    let mut world = World::new(&setup(5, &settings));
    world.run_until(5 * SECOND);
    let mut sent: BTreeMap<(NodeId, KeyId), i64> = BTreeMap::new();
    for event in world.trace().since(0) {
        if let Fact::RecordSent { subject, .. } = event.fact {
            *sent.entry((event.node, subject)).or_default() += 1;
        }
    }
    assert_eq!(sent.len(), 9, "{sent:?}");
    for producer in 1..=3 {
        let hot = sent[&(NodeId::Producer(producer), key_of(&world, "ad-1"))];
        assert!((hot - 900).abs() < 120, "a third of 60 % of 900 for 5 s, not {hot}");
    }
}

/// The moments at which records about a subject were sent, with their numbers.
fn sent_about(world: &World, name: &str) -> Vec<(Micros, u32)> {
    let about = key_of(world, name);
    let sent = world.trace().since(0).filter_map(|event| match event.fact {
        Fact::RecordSent { subject, sequence, .. } if subject == about => Some((event.at, sequence)),
        _ => None,
    });
    sent.collect()
}

#[test]
fn a_limit_at_the_source_keeps_to_its_rate_and_its_order() {
    let mut world = World::new(&setup(9, &[("send.limit", "ad-1:100")]));
    world.run_until(10 * SECOND);
    let sent = sent_about(&world, "ad-1");
    assert!(sent.len() >= 950, "it is not slower than it must be: {}", sent.len());
    // Before that, send() blocks for metadata with what the limit has let through.
    let steady = sent.partition_point(|(at, _)| *at < SECOND);
    for window in sent[steady..].windows(101) {
        assert!(window[100].0 - window[0].0 >= SECOND - 1, "more than 100 in a second");
    }
    assert!(sent.is_sorted_by_key(|(_, sequence)| *sequence));
    let backlog = observe(&world, "backlog", None);
    assert!(backlog.abs_diff(2_600) < 300, "260 a second too many, not {backlog}");
    assert!(observe(&world, "sent", Some("ad-2")) > 1_000, "others are not held up");
    world.command(&live("send.limit", ""));
    assert_eq!(
        observe(&world, "backlog", None),
        0,
        "without the limit all goes at once"
    );
    assert!(sent_about(&world, "ad-1").is_sorted_by_key(|(_, sequence)| *sequence));
    finish(&mut world);
    for [sent, processed, _] in totals(&world) {
        assert_eq!(processed, sent);
    }
}

#[test]
fn what_piles_up_at_the_source_has_a_bound_and_the_rest_is_counted() {
    let mut world = World::new(&setup(
        9,
        &[("send.limit", "ad-1:1"), ("keys", "hot:100"), ("rate", "60000")],
    ));
    world.run_until(3 * SECOND);
    assert_eq!(observe(&world, "backlog", None), 100_000);
    let dropped = observe(&world, "dropped", None);
    assert!(dropped > 60_000, "{dropped}");
    let mut told = world.trace().since(0).filter_map(|event| match event.fact {
        Fact::SourceDropped { sequence, .. } => Some(u64::from(sequence)),
        _ => None,
    });
    let said = observe(&world, "sent", None) + 100_000 + dropped;
    assert_eq!(told.next_back(), Some(said), "each record is somewhere");
}

#[test]
fn a_source_that_queues_goes_on_while_send_blocks_and_one_that_waits_does_not() {
    let run = |source| {
        let settings = [
            ("source", source),
            ("brokers", "1"),
            ("replication.factor", "1"),
            ("buffer.memory", "32768"),
            ("batch.size", "16384"),
            ("rate", "2000"),
        ];
        let mut world = World::new(&setup(2, &settings));
        world.run_until(2 * SECOND);
        world.command(&partitura_engine::scenario::parse_action("pause:b1").unwrap());
        world.run_until(6 * SECOND);
        let blocked = observe(&world, "backlog", None);
        world.command(&partitura_engine::scenario::parse_action("resume:b1").unwrap());
        finish(&mut world);
        (blocked, observe(&world, "backlog", None), world)
    };
    let (piled, left, queues) = run("queues");
    assert!(
        piled > 6_000,
        "4 s of 2 000 records less what fits the memory, not {piled}"
    );
    assert_eq!(left, 0, "it is sent when there is room again");
    let (waits, ..) = run("waits");
    assert!(waits <= 2, "each producer's one record, not {waits}");
    for [sent, processed, _] in totals(&queues) {
        assert_eq!(processed, sent);
    }
    assert_eq!(queues.trace().counters().out_of_order, 0, "in order all the same");
}

#[test]
fn the_merge_step_puts_salted_records_back_in_order() {
    let settings = [
        ("key", "salt:4"),
        ("order.repair", "on"),
        ("partitions", "8"),
        ("processing.ms", "4"),
    ];
    let mut world = World::new(&setup(4, &settings));
    world.run_until(5 * SECOND);
    finish(&mut world);
    assert!(world.trace().counters().out_of_order > 0, "salting breaks the order");
    let merge = world.merge();
    assert!(merge.repairs && merge.figures.most_held > 0 && merge.figures.longest_delay_us > 0);
    assert_eq!(merge.figures.released, world.trace().counters().processed);
    assert_eq!(
        (merge.figures.held, merge.figures.out_of_order, merge.figures.given_up),
        (0, 0, 0)
    );
    assert_eq!(
        merge.subjects[0].subject,
        key_of(&world, "ad-1"),
        "the most frequent first"
    );
}

#[test]
fn the_merge_step_does_not_wait_for_what_send_refused() {
    let settings = [
        ("key", "salt:4"),
        ("order.repair", "on"),
        ("order.timeout.ms", "3600000"),
        ("brokers", "1"),
        ("replication.factor", "1"),
        ("buffer.memory", "16384"),
        ("max.block.ms", "100"),
        ("request.timeout.ms", "500"),
        ("delivery.timeout.ms", "1000"),
        ("source", "queues"),
    ];
    let mut world = World::new(&setup(6, &settings));
    world.run_until(3 * SECOND);
    world.command(&partitura_engine::scenario::parse_action("pause:b1").unwrap());
    world.run_until(8 * SECOND);
    world.command(&partitura_engine::scenario::parse_action("resume:b1").unwrap());
    world.run_until(15 * SECOND);
    finish(&mut world);
    let figures = world.merge().figures;
    assert!(
        world.trace().counters().failed > 0 && figures.given_up > 0,
        "{figures:?}"
    );
    assert_eq!(figures.held, 0, "it knows what will never come: {figures:?}");
}

prop_compose! {
    fn any_cure()(
        seed: u64,
        rule in prop_oneof![
            (1u32..=20).prop_map(|k| format!("salt:{k}")),
            (1u32..=20).prop_map(|k| format!("salt:{k}:key-0,key-2")),
            (1u32..=30).prop_map(|k| format!("compound:user:{k}:zipf:1")),
            Just("none".to_owned()),
        ],
        keys in 1usize..=12,
        rate in 50u32..1_500,
        (producers, consumers, partitions) in (1u8..=5, 1u8..=4, 1u16..=12),
        all: bool,
        started in prop::option::of(300_000u64..900_000),
    ) -> (Setup, u32, Option<(Micros, Command)>) {
        let names: Vec<String> = (0..keys).map(|n| format!("key-{n}")).collect();
        let (producers, consumers) = (producers.to_string(), consumers.to_string());
        let subjects = if all { "all" } else { "dealt" };
        let at_first = if started.is_some() { "subject" } else { rule.as_str() };
        let setup = setup(seed, &[
            ("own.keys", &names.join(",")), ("rate", &rate.to_string()), ("producers", &producers),
            ("consumers", &consumers), ("partitions", &partitions.to_string()), ("subjects", subjects),
            ("key", at_first), ("order.repair", "on"),
        ]);
        let shards = rule.split(':').nth(1).and_then(|k| k.parse().ok()).unwrap_or(u32::MAX);
        (setup, shards, started.map(|at| (at, live("key", &rule))))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn no_cure_loses_count((setup, shards, later) in any_cure()) {
        let mut world = World::new(&setup);
        if let Some((at, command)) = later {
            world.schedule(at, command);
        }
        world.run_until(2 * SECOND);
        finish(&mut world);
        let mut sum = 0;
        for (total, subject) in totals(&world).into_iter().zip(world.known_keys()) {
            let [sent, processed, aggregate] = total;
            prop_assert_eq!([processed, aggregate], [sent, sent], "{}", world.dictionary().key_text(*subject));
            sum += sent;
        }
        prop_assert_eq!(sum, world.trace().counters().sent);
        for key in sent_keys(&world).keys() {
            if let Some((_, shard)) = key.split_once('#') {
                prop_assert!(shard.parse::<u32>().unwrap() < shards, "{}", key);
            }
        }
        let figures = world.merge().figures;
        prop_assert_eq!([figures.held, figures.out_of_order, figures.released], [0, 0, sum]);
    }
}
