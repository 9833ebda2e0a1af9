//! Several groups on one topic, consumers that hang or are slow, and offsets that are moved by hand.

use partitura_engine::scenario::{Setting, check_command, parse_action, write_action};
use partitura_engine::trace::{Fact, MemberDoes};
use partitura_engine::wire::{ErrorCode, Micros, NodeId};
use partitura_engine::workload::Rate;
use partitura_engine::world::{GroupView, Setup, World};

/// Two consumers on four partitions, a record every ten milliseconds until second four.
fn setup(seed: u64) -> Setup {
    let mut setup = Setup::new(seed, "orders");
    setup.consumers = 2;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.broker.groups.min_session_timeout_us = 1_000_000;
    setup.consumer.session_timeout_us = 2_000_000;
    setup.consumer.heartbeat_interval_us = 500_000;
    setup.consumer.max_poll_interval_us = 3_000_000;
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
        let command = parse_action(text).unwrap();
        check_command(&command).unwrap();
        assert_eq!(write_action(&command).as_deref(), Some(*text));
        world.schedule(*at, command);
    }
    world.run_until(until);
    world
}

fn group(world: &World, name: &str) -> GroupView {
    let groups = world.view().groups;
    groups
        .into_iter()
        .find(|group| group.id == name)
        .expect("there is such a group")
}

fn committed(world: &World, name: &str) -> Vec<u64> {
    let partitions = group(world, name).partitions;
    partitions
        .iter()
        .map(|partition| partition.committed.unwrap_or(0))
        .collect()
}

fn happened(world: &World, is: impl Fn(&Fact) -> bool) -> bool {
    world.trace().since(0).any(|event| is(&event.fact))
}

#[test]
fn every_group_reads_all_records_and_only_the_main_one_counts() {
    let mut setup = setup(1);
    Setting::named("more.groups")
        .unwrap()
        .apply("billing:3,audit:1:0.5", &mut setup)
        .unwrap();
    let world = play(&setup, &[(4_000_000, "rate:0")], 8_000_000);
    let counters = world.trace().counters();
    assert!(counters.sent > 200);
    assert_eq!(counters.processed, counters.sent);
    for name in ["billing", "audit"] {
        let further = group(&world, name);
        assert_eq!((further.processed, further.state), (counters.sent, "Stable"), "{name}");
        assert!(
            further
                .partitions
                .iter()
                .all(|partition| partition.lag == 0 && partition.owner.is_some())
        );
    }
    assert_eq!(group(&world, "billing").member_list.len(), 3);
    assert_eq!(world.view().group.id, "readers");
    assert_eq!(world.view().groups.len(), 3);
    assert!(world.view().partitions.iter().all(|row| row.unprocessed == 0));
}

#[test]
fn a_further_group_changes_no_figure_of_the_main_one() {
    let alone = play(&setup(1), &[(4_000_000, "rate:0")], 8_000_000);
    let mut setup = setup(1);
    Setting::named("more.groups")
        .unwrap()
        .apply("billing:2", &mut setup)
        .unwrap();
    let beside = play(&setup, &[(4_000_000, "rate:0")], 8_000_000);
    let figures = |world: &World| {
        let counters = world.trace().counters();
        (counters.processed, counters.out_of_order, counters.group.generations)
    };
    assert_eq!(figures(&alone), figures(&beside));
}

#[test]
fn a_group_is_made_while_the_run_goes_on_and_reads_from_the_beginning() {
    let actions = [
        (3_000_000, "group:billing:2"),
        (4_000_000, "rate:0"),
        (6_000_000, "group:billing:1"),
    ];
    let world = play(&setup(2), &actions, 9_000_000);
    let billing = group(&world, "billing");
    assert_eq!((billing.member_list.len(), billing.state), (1, "Stable"));
    assert_eq!(billing.processed, world.trace().counters().sent);
    assert_eq!(
        billing.member_list[0].consumer, 3,
        "consumers are numbered as they come"
    );
}

#[test]
fn a_stalled_consumer_stays_a_member_until_it_should_have_polled() {
    let mut world = play(
        &setup(3),
        &[(3_000_000, "stall:c1"), (12_000_000, "go-on:c1")],
        5_500_000,
    );
    assert_eq!(world.view().group.members, 2, "its heartbeats go on");
    assert!(world.view().consumers[0].stalled);
    world.run_until(11_000_000);
    assert_eq!(world.view().group.members, 1, "max.poll.interval.ms is over");
    world.run_until(16_000_000);
    let owned: Vec<usize> = world
        .view()
        .consumers
        .iter()
        .map(|consumer| consumer.owned.len())
        .collect();
    assert_eq!(owned, [2, 2], "it is back");
    let history = world.trace().groups().main().unwrap();
    assert!(
        history
            .past_spells()
            .any(|spell| spell.consumer == 1 && spell.does == MemberDoes::Stalled)
    );
}

#[test]
fn a_slow_consumer_lags_and_a_fast_one_does_not() {
    let world = play(&setup(4), &[(2_000_000, "slow:c1:200")], 6_000_000);
    let consumers = world.view().consumers;
    assert!(
        consumers[0].lag > 50 && consumers[1].lag < 20,
        "{} {}",
        consumers[0].lag,
        consumers[1].lag
    );
    assert_eq!(consumers[0].slow_us, Some(200_000));
    let lagging = group(&world, "readers");
    let oldest = lagging
        .partitions
        .iter()
        .map(|partition| partition.lag_us)
        .max()
        .unwrap();
    assert!(oldest > 1_000_000, "the oldest waits for more than a second: {oldest}");
}

#[test]
fn seek_reads_again_what_was_committed() {
    let actions = [
        (4_000_000, "rate:0"),
        (6_000_000, "seek:c1:earliest"),
        (6_000_000, "seek:c2:3:2"),
    ];
    let world = play(&setup(5), &actions, 10_000_000);
    let counters = world.trace().counters();
    assert!(counters.processed > counters.sent, "some are processed again");
    assert!(
        world.view().group.partitions.iter().all(|partition| partition.lag == 0),
        "and committed again"
    );
    assert!(!happened(&world, |fact| matches!(fact, Fact::SeekRefused { .. })));
    let refused = play(&setup(5), &[(5_000_000, "seek:c1:3:2")], 6_000_000);
    assert!(
        happened(&refused, |fact| matches!(fact, Fact::SeekRefused { partition: 3 })),
        "c2 has it"
    );
}

#[test]
fn offsets_of_a_group_with_members_are_not_reset() {
    let world = play(&setup(6), &[(4_000_000, "reset-offsets:readers:earliest")], 5_000_000);
    let refused = |fact: &Fact| {
        matches!(
            fact,
            Fact::OffsetResetRefused {
                error: ErrorCode::UnknownMemberId,
                ..
            }
        )
    };
    assert!(happened(&world, refused));
    assert!(!happened(&world, |fact| matches!(fact, Fact::OffsetsReset { .. })));
}

#[test]
fn an_empty_group_is_reset_to_the_beginning_to_an_offset_and_to_a_time() {
    let empty = [(4_000_000, "rate:0"), (6_000_000, "consumers:0")];
    let reset = |to: &'static str| {
        let mut actions = empty.to_vec();
        actions.push((8_000_000, to));
        play(&setup(7), &actions, 9_000_000)
    };
    let ends: Vec<u64> = group(&reset("heal"), "readers")
        .partitions
        .iter()
        .filter_map(|partition| partition.end)
        .collect();
    assert_eq!(committed(&reset("reset-offsets:readers:earliest"), "readers"), [0; 4]);
    assert_eq!(committed(&reset("reset-offsets:readers:latest"), "readers"), ends);
    let to_offset = committed(&reset("reset-offsets:readers:1:7"), "readers");
    assert_eq!(to_offset, [ends[0], 7, ends[2], ends[3]]);
    let beyond = committed(&reset("reset-offsets:readers:1:99999"), "readers");
    assert_eq!(beyond, ends, "the tool moves it to the end");
    let to_time = committed(&reset("reset-offsets:readers:time:3000"), "readers");
    assert!(
        to_time.iter().zip(&ends).all(|(at, end)| at < end) && to_time.iter().sum::<u64>() > 50,
        "{to_time:?}"
    );
}

#[test]
fn a_group_that_was_reset_reads_everything_again() {
    let actions = [
        (4_000_000, "rate:0"),
        (6_000_000, "consumers:0"),
        (8_000_000, "reset-offsets:readers:earliest"),
        (9_000_000, "consumers:1"),
    ];
    let world = play(&setup(8), &actions, 16_000_000);
    let counters = world.trace().counters();
    assert_eq!(counters.processed, 2 * counters.sent);
}

#[test]
fn a_deleted_group_is_dead_and_begins_anew() {
    let empty = [
        (4_000_000, "rate:0"),
        (6_000_000, "consumers:0"),
        (8_000_000, "delete-group:readers"),
    ];
    let dead = play(&setup(8), &empty, 9_000_000);
    assert_eq!(group(&dead, "readers").state, "Dead");
    assert!(
        group(&dead, "readers")
            .partitions
            .iter()
            .all(|partition| partition.committed.is_none())
    );
    let mut again = empty.to_vec();
    again.push((9_000_000, "consumers:1"));
    let again = play(&setup(8), &again, 16_000_000);
    let counters = again.trace().counters();
    assert_eq!(
        counters.processed,
        2 * counters.sent,
        "auto.offset.reset is earliest here"
    );
    let view = group(&again, "readers");
    assert_eq!((view.state, view.generation), ("Stable", 1));
}

#[test]
fn a_group_with_members_and_one_that_is_not_there_are_not_deleted() {
    let refused = |name: &'static str, why: ErrorCode| {
        let world = play(&setup(6), &[(4_000_000, name)], 5_000_000);
        happened(
            &world,
            |fact| matches!(fact, Fact::GroupDeletionRefused { error, .. } if *error == why),
        )
    };
    assert!(refused("delete-group:readers", ErrorCode::NonEmptyGroup));
    assert!(refused("delete-group:nobody", ErrorCode::GroupIdNotFound));
}

#[test]
fn a_rebalance_is_told_with_its_reason_and_what_it_cost() {
    let world = play(&setup(9), &[(4_000_000, "crash:c1")], 9_000_000);
    let history = world.trace().groups().main().unwrap();
    let last = history.rebalances().last().unwrap();
    let reason = world.trace().get(last.reason).unwrap();
    let removed = Fact::MemberRemoved {
        consumer: NodeId::Consumer(1),
    };
    assert_eq!(reason.fact, removed);
    assert_eq!((last.members, last.moved), (1, 2));
    let unowned = history.most_unowned_us(world.now());
    assert!(
        (1_400_000..2_600_000).contains(&unowned),
        "from the crash to the new owner: {unowned}"
    );
}
