//! Runs in which things fail: nobody panics, the same seed gives the same run, and order is kept.

use partitura_engine::scenario::parse_action;
use partitura_engine::trace::Fact;
use partitura_engine::wire::{Micros, NodeId};
use partitura_engine::workload::Rate;
use partitura_engine::world::{Command, ProcessState, Setup, World};
use proptest::prelude::*;

fn setup(seed: u64) -> Setup {
    let mut setup = Setup::new(seed, "orders");
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.producers_start_us = 300_000;
    setup.workload.keys = (1..=10).map(|number| format!("key-{number}")).collect();
    setup.workload.rate = Rate {
        per_second: 200,
        bursts: Vec::new(),
    };
    setup
}

fn action(text: &str) -> Command {
    parse_action(text).unwrap()
}

fn play(setup: &Setup, actions: &[(Micros, &str)], until: Micros) -> World {
    let mut world = World::new(setup);
    for (at, text) in actions {
        world.schedule(*at, action(text));
    }
    world.run_until(until);
    world
}

fn count(world: &World, node: NodeId, is: impl Fn(&Fact) -> bool) -> usize {
    let of_node = world.trace().since(0).filter(|event| event.node == node);
    of_node.filter(|event| is(&event.fact)).count()
}

const B3: NodeId = NodeId::Broker(3);

#[test]
fn a_crash_is_caused_by_the_command_and_silences_the_broker() {
    let world = play(&setup(1), &[(1_000_000, "crash:b3")], 3_000_000);
    let crash = world.trace().since(0).find(|e| e.fact == Fact::ProcessCrashed).unwrap();
    assert_eq!((crash.node, crash.at), (B3, 1_000_000));
    let cause = world.trace().get(crash.cause).unwrap();
    assert!(matches!(cause.fact, Fact::Commanded(_)) && cause.node == NodeId::User);
    let later = world.trace().since(crash.id).filter(|event| event.node == B3);
    assert_eq!(later.count(), 0, "who is dead does nothing");
    let view = world.view();
    let b3 = &view.brokers[2];
    assert_eq!((b3.process, b3.process_since_us), (ProcessState::Crashed, 1_000_000));
    let mut on_b3 = view.replicas.iter().filter(|replica| replica.broker.0 == 3);
    assert!(
        on_b3.all(|replica| !replica.is_leader && replica.log_end > 0),
        "its disk stays to be seen"
    );
}

#[test]
fn who_is_paused_does_later_what_it_was_told_in_its_order() {
    let actions = [(1_000_000, "pause:b3"), (1_500_000, "resume:b3")];
    let world = play(&setup(1), &actions, 1_499_999);
    assert_eq!(world.view().brokers[2].process, ProcessState::Paused);
    let world = play(&setup(1), &actions, 6_000_000);
    let during = world.trace().since(0).filter(|event| event.node == B3);
    let during = during.filter(|event| (1_000_001..1_500_000).contains(&event.at));
    assert_eq!(during.count(), 0);
    assert_eq!(count(&world, B3, |fact| *fact == Fact::ProcessResumed), 1);
    let view = world.view();
    assert_eq!(view.brokers[2].process, ProcessState::Running);
    let mut world = world;
    world.command(&Command::Rate(0));
    world.run_until(20_000_000);
    let counters = world.trace().counters();
    assert_eq!(counters.processed, counters.sent, "a pause loses nothing");
}

#[test]
fn a_cut_holds_what_is_sent_until_it_is_healed() {
    let actions = [(1_000_000, "cut:b3:all"), (2_000_000, "heal")];
    let world = play(&setup(1), &actions, 1_500_000);
    let view = world.view();
    assert_eq!(view.cuts.len(), 2, "both ways");
    let arrived = |node| {
        let events = world.trace().since(0).filter(move |event| event.node == node);
        let copies = events.filter(|event| matches!(event.fact, Fact::Appended { .. } | Fact::RecordsFetched { .. }));
        copies.map(|event| event.at).max().unwrap_or(0)
    };
    assert!(arrived(B3) < 1_001_000, "{}", arrived(B3));
    let mut world = play(&setup(1), &actions, 2_500_000);
    assert!(world.view().cuts.is_empty());
    world.command(&Command::Rate(0));
    world.run_until(20_000_000);
    let counters = world.trace().counters();
    assert_eq!(counters.processed, counters.sent, "a cut of a second loses nothing");
}

#[test]
fn an_impaired_link_is_slow_and_loses_nothing() {
    let mut world = play(&setup(1), &[(1_000_000, "impair:b:b:20:200")], 4_000_000);
    world.command(&Command::Rate(0));
    world.run_until(20_000_000);
    let counters = world.trace().counters();
    assert_eq!((counters.processed, counters.failed), (counters.sent, 0));
    assert_eq!(counters.out_of_order, 0);
}

#[test]
fn a_controller_that_lives_with_a_broker_dies_with_it() {
    let mut setup = setup(1);
    setup.combined = true;
    let world = play(&setup, &[(1_000_000, "crash:ctrl1")], 2_000_000);
    let controller = NodeId::Controller(1);
    assert_eq!(count(&world, controller, |fact| *fact == Fact::ProcessCrashed), 1);
    assert_eq!(
        count(&world, NodeId::Broker(1), |fact| *fact == Fact::ProcessCrashed),
        1
    );
    let view = world.view();
    assert_eq!((view.brokers[0].controller, view.active_controller), (Some(1), None));
    assert_eq!(view.controllers[0].process, ProcessState::Crashed);
    assert_eq!(view.partitions.len(), 4, "what it knew last is still to be seen");
}

#[test]
fn without_a_controller_the_administrator_waits_for_a_minute() {
    let actions = [(1_000_000, "crash:ctrl1"), (2_000_000, "elect:preferred")];
    let refused = |fact: &Fact| matches!(fact, Fact::AdminRefused { .. });
    let world = play(&setup(1), &actions, 61_000_000);
    assert_eq!(count(&world, NodeId::User, refused), 0);
    let world = play(&setup(1), &actions, 63_000_000);
    assert_eq!(count(&world, NodeId::User, refused), 1);
}

#[test]
fn a_partition_is_unavailable_from_the_crash_of_its_leader_on() {
    let world = play(
        &setup(1),
        &[(1_000_000, "pause:b1"), (1_400_000, "resume:b1")],
        2_000_000,
    );
    let view = world.view();
    for row in &view.partitions {
        let is_led_by_b1 = row.leader.is_some_and(|leader| leader.0 == 1);
        let longest = world.longest_unavailable_us(row.index);
        assert_eq!(longest, if is_led_by_b1 { 400_000 } else { 0 }, "{row:?}");
        assert_eq!(row.unavailable_since_us, None);
    }
    let down = play(&setup(1), &[(1_000_000, "crash:b1")], 1_100_000);
    let mut rows = down.view().partitions.into_iter();
    assert!(rows.any(|row| row.unavailable_since_us == Some(1_000_000)));
}

#[test]
fn commands_without_sense_do_nothing() {
    let senseless = [
        "resume:b1",
        "start:b1",
        "crash:b9",
        "stop:ctrl3",
        "slow-disk:b9:5",
        "cut:b9:p",
        "heal",
        "reassign:63:9",
    ];
    let actions = senseless.map(|text| (1_000_000, text));
    let world = play(&setup(1), &actions, 2_000_000);
    let plain = play(&setup(1), &[], 2_000_000);
    let commanded = count(&world, NodeId::User, |fact| matches!(fact, Fact::Commanded(_)));
    let before = count(&plain, NodeId::User, |fact| matches!(fact, Fact::Commanded(_)));
    assert_eq!(commanded, before + senseless.len());
    assert_eq!(world.trace().counters().processed, plain.trace().counters().processed);
}

/// The longest that any partition could not be written to, when that is done to broker 1 at 5 s, in milliseconds.
fn gap(deed: &str, afterwards: Option<(Micros, &str)>) -> u64 {
    let mut actions = vec![(5_000_000, deed)];
    actions.extend(afterwards);
    let world = play(&setup(1), &actions, 40_000_000);
    let rows = world.view().partitions.into_iter();
    rows.map(|row| world.longest_unavailable_us(row.index) / 1_000)
        .max()
        .unwrap()
}

#[test]
fn a_stop_a_kill_and_a_freeze_are_three_ways_to_lose_a_broker() {
    let stopped = gap("stop:b1", None);
    assert!(stopped < 500, "leadership is handed over first, {stopped} ms");
    let killed = gap("crash:b1", None);
    assert!(
        (7_000..=10_500).contains(&killed),
        "broker.session.timeout.ms is 9 s, {killed} ms"
    );
    let frozen = gap("pause:b1", Some((8_000_000, "resume:b1")));
    assert!(
        (3_000..=3_500).contains(&frozen),
        "as long as the freeze lasts, {frozen} ms"
    );
}

#[test]
fn who_was_stopped_or_killed_comes_back_and_nothing_acknowledged_is_lost() {
    for deed in ["stop:b2", "crash:b2", "lose-disk:b2"] {
        let mut world = play(&setup(4), &[(3_000_000, deed), (16_000_000, "start:b2")], 60_000_000);
        world.command(&Command::Rate(0));
        world.run_until(100_000_000);
        let view = world.view();
        assert!(view.brokers.iter().all(|broker| broker.unfenced), "{deed}");
        assert!(
            view.partitions
                .iter()
                .all(|row| row.isr.len() == 3 && !row.under_replicated),
            "{deed}"
        );
        let counters = world.trace().counters();
        assert_eq!((counters.failed, counters.acknowledged), (0, counters.sent), "{deed}");
        assert_eq!(counters.processed, counters.sent, "{deed}");
    }
}

#[test]
fn three_controllers_survive_one_and_not_two() {
    let mut setup = setup(2);
    setup.controllers = 3;
    let mut world = play(&setup, &[], 5_000_000);
    let first = world.active_controller().unwrap();
    world.command(&action(&format!("crash:ctrl{first}")));
    world.run_until(15_000_000);
    let second = world.active_controller().unwrap();
    assert_ne!(first, second);
    world.command(&action(&format!("crash:ctrl{second}")));
    world.run_until(30_000_000);
    assert_eq!(world.active_controller(), None, "no majority");
    assert_eq!(
        world.view().partitions.len(),
        4,
        "what was known last is still to be seen"
    );
    world.command(&action(&format!("start:ctrl{first}")));
    world.run_until(45_000_000);
    assert!(world.active_controller().is_some());
}

fn any_action() -> impl Strategy<Value = String> {
    let node = || prop::sample::select(vec!["b1", "b2", "b3", "ctrl1", "ctrl2", "ctrl3"]);
    let nodes = || prop::sample::select(vec!["b1", "b2,b3", "p", "c", "ctrl", "all", "b3,p1", "b"]);
    let fault = || prop::sample::select(vec!["crash", "stop", "pause", "resume", "start", "start", "lose-disk"]);
    let other = vec![
        "heal",
        "heal",
        "elect:preferred",
        "elect:unclean",
        "add-partitions:6",
        "reassign:0:3,1",
        "reassign:1:2",
        "unclean.leader.election.enable:true",
        "min.insync.replicas:2",
        "slow-disk:b1:20000",
        "slow-disk:b1:off",
        "consumers:1",
        "consumers:4",
    ];
    prop_oneof![
        6 => (fault(), node()).prop_map(|(fault, node)| format!("{fault}:{node}")),
        2 => (nodes(), nodes()).prop_map(|(from, to)| format!("cut:{from}:{to}")),
        1 => (nodes(), nodes()).prop_map(|(from, to)| format!("cut-one-way:{from}:{to}")),
        1 => (nodes(), nodes(), 0..300_u32, 0..400_u32).prop_map(|(from, to, delay, loss)| format!(
            "impair:{from}:{to}:{delay}:{loss}"
        )),
        4 => prop::sample::select(other).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_fails_nobody_panics_and_the_same_seed_gives_the_same_run(
        seed: u64,
        combined: bool,
        three: bool,
        actions in prop::collection::vec((0..8_000_000_u64, any_action()), 1..25),
    ) {
        let mut setup = setup(seed);
        setup.combined = combined;
        setup.controllers = if three { 3 } else { 1 };
        let actions: Vec<(Micros, &str)> = actions.iter().map(|(at, text)| (*at, text.as_str())).collect();
        let mut world = World::new(&setup);
        for (at, text) in &actions {
            world.schedule(*at, action(text));
        }
        for moment in 1..=20 {
            world.run_until(moment * 500_000);
            let view = world.view();
            prop_assert!(view.replicas.iter().all(|replica| replica.last.len() <= 8));
        }
        let again = play(&setup, &actions, 10_000_000);
        prop_assert_eq!(world.trace().digest(), again.trace().digest());
    }
}
