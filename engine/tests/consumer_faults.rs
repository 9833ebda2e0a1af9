//! Consumers that fail: what the group sees of it, what is read again, and how they come back.

use partitura_engine::scenario::{Setting, parse_action};
use partitura_engine::trace::{Event, Fact, GroupStateName};
use partitura_engine::wire::{ErrorCode, Micros, NodeId};
use partitura_engine::workload::Rate;
use partitura_engine::world::{ConsumerView, ProcessState, Setup, World};
use std::collections::BTreeMap;

const C1: NodeId = NodeId::Consumer(1);
const C2: NodeId = NodeId::Consumer(2);

/// Two consumers on four partitions, each with a few records in hand at any moment.
fn setup(seed: u64) -> Setup {
    let mut setup = Setup::new(seed, "orders");
    setup.consumers = 2;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.broker.groups.min_session_timeout_us = 1_000_000;
    setup.consumer.session_timeout_us = 2_000_000;
    setup.consumer.heartbeat_interval_us = 500_000;
    setup.consumer.processing_us = 4_000;
    setup.producers_start_us = 1_000_000;
    setup.workload.keys = (1..=20).map(|number| format!("key-{number}")).collect();
    setup.workload.rate = Rate {
        per_second: 100,
        bursts: Vec::new(),
    };
    setup
}

fn play(setup: &Setup, actions: &[(Micros, &str)], until: Micros) -> World {
    let mut world = World::new(setup);
    for (at, text) in actions {
        world.schedule(*at, parse_action(text).unwrap());
    }
    world.run_until(until);
    world
}

fn first(world: &World, is: impl Fn(&Event) -> bool) -> Event {
    *world.trace().since(0).find(|event| is(event)).expect("it happened")
}

fn consumer(world: &World, node: NodeId) -> ConsumerView {
    let views = world.view().consumers;
    views.into_iter().find(|view| view.node == node).expect("it is shown")
}

/// How often each record was processed.
fn times_processed(world: &World) -> BTreeMap<(u16, u64), u32> {
    let mut times = BTreeMap::new();
    for event in world.trace().since(0) {
        if let Fact::RecordProcessed { partition, offset, .. } = event.fact {
            *times.entry((partition.index, offset)).or_default() += 1;
        }
    }
    times
}

#[test]
fn the_others_take_over_when_the_session_of_a_dead_consumer_ends() {
    let world = play(&setup(1), &[(4_000_000, "crash:c1")], 9_000_000);
    let removed = first(&world, |event| event.fact == Fact::MemberRemoved { consumer: C1 });
    let silence_us = removed.at - 4_000_000;
    assert!(
        (1_400_000..=2_010_000).contains(&silence_us),
        "a session after its last heartbeat: {silence_us}"
    );
    let (dead, heir) = (consumer(&world, C1), consumer(&world, C2));
    assert_eq!(
        (dead.process, dead.state, dead.owned.len()),
        (ProcessState::Crashed, "crashed", 0)
    );
    assert_eq!(heir.owned.len(), 4);
    let later = world
        .trace()
        .since(0)
        .filter(|event| event.node == C1 && event.at > 4_000_000);
    assert_eq!(later.count(), 0, "who is dead does nothing");
}

#[test]
fn what_was_processed_and_not_committed_is_processed_again() {
    let mut setup = setup(1);
    setup.consumer.processing_us = 15_000;
    let world = play(&setup, &[(4_000_500, "crash:c1")], 9_000_000);
    let times = times_processed(&world);
    let again = times.values().filter(|times| **times > 1).count();
    assert!((1..=50).contains(&again), "what c1 had in hand: {again}");
    let gap = times
        .keys()
        .zip(times.keys().skip(1))
        .find(|((p, o), (q, r))| p == q && r - o > 1);
    assert_eq!(gap, None, "and nothing is left out");
}

#[test]
fn a_consumer_that_is_started_again_is_a_new_member_with_its_old_number() {
    let world = play(
        &setup(2),
        &[(4_000_000, "crash:c1"), (4_100_000, "start:c1")],
        9_000_000,
    );
    assert_eq!(
        world.view().group.members,
        2,
        "the session of its former life has ended"
    );
    let back = consumer(&world, C1);
    assert_eq!((back.process, back.owned.len()), (ProcessState::Running, 2));
    assert_eq!(consumer(&world, C2).owned.len(), 2);
}

#[test]
fn a_consumer_that_is_stopped_commits_leaves_and_repeats_nothing() {
    let world = play(&setup(3), &[(4_000_000, "stop:c1")], 6_000_000);
    let stopped = first(&world, |event| event.node == C1 && event.fact == Fact::ProcessStopped);
    assert!(stopped.at < 4_050_000, "it does not wait for anybody: {}", stopped.at);
    assert!(
        !world
            .trace()
            .since(0)
            .any(|event| matches!(event.fact, Fact::MemberRemoved { .. }))
    );
    assert!(times_processed(&world).values().all(|times| *times == 1));
    assert_eq!(
        consumer(&world, C1).process,
        ProcessState::Stopped,
        "it is shown: it could be started again"
    );
    assert_eq!(consumer(&world, C2).owned.len(), 4);
}

#[test]
fn a_paused_consumer_loses_its_partitions_and_comes_back_when_it_goes_on() {
    let actions = [(4_000_000, "pause:c1"), (8_000_000, "resume:c1")];
    let mut world = play(&setup(4), &actions, 7_900_000);
    assert_eq!(consumer(&world, C2).owned.len(), 4, "its session has ended");
    let still = consumer(&world, C1);
    assert_eq!((still.process, still.state), (ProcessState::Paused, "paused"));
    assert_eq!(still.owned.len(), 2, "it does not know yet");
    let between = |event: &&Event| event.node == C1 && (4_000_001..8_000_000).contains(&event.at);
    assert_eq!(world.trace().since(0).filter(between).count(), 0);
    world.run_until(12_000_000);
    assert_eq!([C1, C2].map(|node| consumer(&world, node).owned.len()), [2, 2]);
}

#[test]
fn a_closed_consumer_is_not_shown_until_it_is_started_again() {
    let actions = [(4_000_000, "consumers:1"), (6_000_000, "start:c2")];
    let mut world = play(&setup(5), &actions, 5_000_000);
    assert_eq!(world.view().consumers.len(), 1);
    world.run_until(9_000_000);
    assert_eq!(consumer(&world, C2).owned.len(), 2);
    world.command(&parse_action("consumers:3").unwrap());
    world.run_until(12_000_000);
    let owned: Vec<usize> = world.view().consumers.iter().map(|view| view.owned.len()).collect();
    assert_eq!(owned, [2, 1, 1], "c2 counts again, and one more has come");
}

#[test]
fn a_consumer_that_dies_before_it_begins_does_not_begin() {
    let mut setup = setup(6);
    setup.consumers_start_us = 2_000_000;
    let mut world = play(&setup, &[(1_000_000, "crash:c1"), (5_000_000, "start:c1")], 4_900_000);
    assert_eq!(world.view().group.members, 1);
    world.run_until(8_000_000);
    assert_eq!(world.view().group.members, 2);
}

/// The same consumers, with names that they keep (`group.instance.id`).
fn workers(seed: u64) -> Setup {
    let mut setup = setup(seed);
    setup.consumer.instance_id = "worker".into();
    setup
}

fn rebalances_after(world: &World, at: Micros) -> usize {
    let begins = |event: &&Event| {
        matches!(
            event.fact,
            Fact::GroupState {
                state: GroupStateName::PreparingRebalance,
                ..
            }
        )
    };
    let events = world.trace().since(0).filter(begins);
    events.filter(|event| event.at > at).count()
}

#[test]
fn a_static_member_that_is_back_within_its_session_finds_what_it_had_and_nobody_stops() {
    let mut before = play(&workers(7), &[], 4_000_000);
    let had = consumer(&before, C1).owned;
    let had: Vec<u16> = had.iter().map(|owned| owned.partition).collect();
    for (gone, back) in [("crash:c1", "start:c1"), ("stop:c1", "start:c1")] {
        let world = play(&workers(7), &[(4_000_000, gone), (4_700_000, back)], 9_000_000);
        assert_eq!(rebalances_after(&world, 4_000_000), 0, "{gone}");
        let owned: Vec<u16> = consumer(&world, C1).owned.iter().map(|owned| owned.partition).collect();
        assert_eq!(owned, had, "{gone}");
        let stopped = |event: &&Event| event.node == C2 && matches!(event.fact, Fact::PartitionRevoked { .. });
        assert_eq!(
            world
                .trace()
                .since(0)
                .filter(stopped)
                .filter(|event| event.at > 4_000_000)
                .count(),
            0
        );
        assert_eq!(world.view().group.members, 2);
        let processed = first(&world, |event| {
            event.node == C1 && event.at > 4_700_000 && matches!(event.fact, Fact::RecordProcessed { .. })
        });
        assert!(processed.at < 5_500_000, "it reads on at once: {}", processed.at);
    }
    before.run_until(9_000_000);
    assert_eq!(consumer(&before, C1).owned.len(), had.len());
}

#[test]
fn a_dynamic_member_that_is_back_as_soon_makes_the_group_share_anew() {
    let world = play(
        &setup(7),
        &[(4_000_000, "crash:c1"), (4_700_000, "start:c1")],
        9_000_000,
    );
    assert!(rebalances_after(&world, 4_000_000) > 0);
}

#[test]
fn a_static_member_that_is_not_back_in_time_is_out() {
    let world = play(&workers(7), &[(4_000_000, "stop:c1")], 9_000_000);
    let removed = first(&world, |event| event.fact == Fact::MemberRemoved { consumer: C1 });
    assert!(removed.at > 5_400_000, "close() says no good bye: {}", removed.at);
    assert_eq!(consumer(&world, C2).owned.len(), 4);
}

/// Kafka's consumer takes `UNRELEASED_INSTANCE_ID` for fatal (`AbstractHeartbeatRequestManager.onErrorResponse`).
#[test]
fn under_kip_848_who_crashed_cannot_have_its_name_back_before_its_session_is_over() {
    let mut setup = workers(8);
    setup.workload.rate.per_second = 10;
    for (name, value) in [
        ("group.protocol", "consumer"),
        ("group.consumer.session.timeout.ms", "45000"),
    ] {
        Setting::named(name).unwrap().apply(value, &mut setup).unwrap();
    }
    let actions = [
        (20_000_000, "crash:c1"),
        (25_000_000, "start:c1"),
        (80_000_000, "start:c1"),
    ];
    let mut world = play(&setup, &actions, 40_000_000);
    let refused = |event: &Event| {
        let error = ErrorCode::UnreleasedInstanceId;
        event.node == C1 && matches!(event.fact, Fact::CoordinatorRefused { error: told, .. } if told == error)
    };
    assert!(first(&world, refused).at < 26_000_000);
    assert_eq!(consumer(&world, C1).process, ProcessState::Stopped, "poll() has thrown");
    assert_eq!(consumer(&world, C2).owned.len(), 2, "what c1 had lies idle");
    world.run_until(79_000_000);
    assert_eq!(consumer(&world, C2).owned.len(), 4);
    world.run_until(100_000_000);
    assert_eq!([C1, C2].map(|node| consumer(&world, node).owned.len()), [2, 2]);
}

#[test]
fn under_kip_848_a_static_member_that_says_it_will_be_back_keeps_its_place() {
    let mut setup = workers(9);
    Setting::named("group.protocol")
        .unwrap()
        .apply("consumer", &mut setup)
        .unwrap();
    let actions = [(20_000_000, "stop:c1"), (25_000_000, "start:c1")];
    let world = play(&setup, &actions, 40_000_000);
    let bumped = |event: &&Event| matches!(event.fact, Fact::GroupEpochBumped { .. }) && event.at > 20_000_000;
    assert_eq!(world.trace().since(0).filter(bumped).count(), 0);
    assert_eq!([C1, C2].map(|node| consumer(&world, node).owned.len()), [2, 2]);
}
