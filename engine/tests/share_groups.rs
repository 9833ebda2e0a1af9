//! Share groups (KIP-932) in a whole run: many consumers on a partition, locks, and what leaves them.

use partitura_engine::scenario::{Observable, Setting, parse_action, validate};
use partitura_engine::trace::{Fact, ShareStep};
use partitura_engine::wire::{Micros, NodeId};
use partitura_engine::world::{Command, Setup, World};
use std::collections::BTreeSet;

const SECOND: Micros = 1_000_000;

fn setup(settings: &[(&str, &str)]) -> Setup {
    let mut setup = Setup::new(7, "orders");
    let few = [
        ("own.keys", "anna,ben,cleo"),
        ("rate", "50"),
        ("processing.ms", "10"),
        ("partitions", "1"),
        ("share.groups", "workers:3"),
        ("share.auto.offset.reset", "earliest"),
    ];
    for (name, value) in few.iter().chain(settings) {
        Setting::named(name).unwrap().apply(value, &mut setup).unwrap();
    }
    validate(&setup).unwrap();
    setup
}

fn world(settings: &[(&str, &str)]) -> World {
    World::new(&setup(settings))
}

fn observe(world: &World, name: &str) -> u64 {
    Observable::named(name).unwrap().read(world, None, None)
}

fn act(world: &mut World, action: &str) {
    world.command(&parse_action(action).unwrap());
}

fn finish(world: &mut World) {
    world.command(&Command::Rate(0));
    world.run_until(world.now() + 20 * SECOND);
}

fn workers(world: &World) -> BTreeSet<NodeId> {
    let events = world.trace().since(0);
    events
        .filter(|event| matches!(event.fact, Fact::ShareProcessed { .. }))
        .map(|event| event.node)
        .collect()
}

#[test]
fn three_consumers_share_one_partition_and_each_record_is_done_once() {
    let mut world = world(&[]);
    world.run_until(10 * SECOND);
    assert_eq!(observe(&world, "share_members"), 3);
    finish(&mut world);
    let sent = observe(&world, "sent");
    assert!(sent > 300, "{sent}");
    for name in ["share_acquired", "share_accepted", "share_processed", "processed"] {
        assert_eq!(observe(&world, name), sent, "{name}");
    }
    for name in [
        "share_acquired_again",
        "share_lag",
        "share_in_flight",
        "share_refused",
        "share_processed_again",
    ] {
        assert_eq!(observe(&world, name), 0, "{name}");
    }
    assert_eq!(workers(&world).len(), 3, "more consumers than partitions are of use");
    let group = &world.share_groups()[0];
    assert!(group.members.iter().all(|member| member.partitions == [0]), "{group:?}");
    assert_eq!((group.partitions[0].start, group.partitions[0].end), (sent, sent));
}

/// With Kafka's default a share group sees nothing of what was there before it came.
#[test]
fn a_group_begins_at_the_end_unless_it_is_told_otherwise() {
    let processed = |reset: &str| {
        let mut setup = setup(&[("share.auto.offset.reset", reset)]);
        setup.consumers_start_us = 5 * SECOND;
        let mut world = World::new(&setup);
        world.run_until(10 * SECOND);
        finish(&mut world);
        (observe(&world, "share_processed"), observe(&world, "sent"))
    };
    let (earliest, sent) = processed("earliest");
    assert_eq!(earliest, sent);
    let (latest, sent) = processed("latest");
    assert!(latest > 0 && latest < sent * 3 / 4, "{latest} of {sent}");
}

#[test]
fn two_share_groups_each_get_all_of_it() {
    let mut world = world(&[("share.groups", "workers:2,audit:1"), ("partitions", "3")]);
    world.run_until(10 * SECOND);
    finish(&mut world);
    let sent = observe(&world, "sent");
    assert_eq!(observe(&world, "share_accepted"), 2 * sent);
    assert_eq!(observe(&world, "share_processed_again"), 0);
    let names: Vec<String> = world.share_groups().into_iter().map(|group| group.id).collect();
    assert_eq!(names, ["workers", "audit"]);
}

/// The lock is shorter than the work: others do it as well, and the word of the first does not count.
#[test]
fn a_lock_that_is_too_short_has_the_work_done_again() {
    let mut world = world(&[
        ("processing.ms", "300"),
        ("rate", "2"),
        ("group.share.record.lock.duration.ms", "100"),
    ]);
    world.run_until(20 * SECOND);
    finish(&mut world);
    assert!(observe(&world, "share_lock_expired") > 0);
    assert!(observe(&world, "share_refused") > 0);
    assert!(observe(&world, "share_processed_again") > 0);
    assert!(
        observe(&world, "share_archived") > 0,
        "each delivery counts, so records are given up that were done"
    );
    assert_eq!(observe(&world, "share_lag"), 0);
}

/// A member that nobody hears keeps its records until the lock runs out, not longer.
#[test]
fn who_is_cut_off_loses_its_records_when_the_lock_runs_out() {
    let mut world = world(&[("processing.ms", "200"), ("rate", "6"), ("partitions", "1")]);
    world.run_until(5 * SECOND);
    while !world.share_groups()[0].members[0].busy {
        assert!(world.step());
    }
    act(&mut world, "cut:s1:b");
    let cut = world.now();
    world.run_until(cut + 40 * SECOND);
    let expired = world.trace().since(0).find_map(|event| match event.fact {
        Fact::Share(share) if share.step == ShareStep::LockExpired => Some((event.at, share.member)),
        _ => None,
    });
    let (at, member) = expired.unwrap();
    assert_eq!(member, NodeId::ShareConsumer(1));
    assert!(at > cut + 25 * SECOND && at <= cut + 30 * SECOND, "{}", at - cut);
    world.run_until(cut + 60 * SECOND);
    assert_eq!(observe(&world, "share_members"), 2, "and its session has run out");
    act(&mut world, "heal");
    world.run_until(cut + 80 * SECOND);
    assert_eq!(observe(&world, "share_members"), 3, "it has joined again");
    finish(&mut world);
    assert_eq!(observe(&world, "share_lag"), 0);
}

#[test]
fn the_same_run_is_the_same_run_with_and_without_looking() {
    let run = |looks: bool| {
        let mut world = world(&[("queue.workers", "2")]);
        for second in 1..=10 {
            world.run_until(second * SECOND);
            if looks {
                let _ = (world.share_groups(), world.work_queue().map(|queue| queue.ready));
            }
        }
        world.trace().digest()
    };
    assert_eq!(run(false), run(true));
}

/// A killed process closes its sockets: what it had comes back at once, not when the locks run out.
#[test]
fn what_a_killed_member_had_comes_back_at_once() {
    let mut world = world(&[("processing.ms", "200"), ("rate", "20")]);
    world.run_until(5 * SECOND);
    while !world.share_groups()[0].members[0].busy {
        assert!(world.step());
    }
    act(&mut world, "crash:s1");
    let crashed = world.now();
    world.run_until(crashed + SECOND);
    assert!(observe(&world, "share_session_ended") > 0);
    act(&mut world, "start:s1");
    world.run_until(crashed + 5 * SECOND);
    let members = &world.share_groups()[0].members;
    assert!(members[0].is_member && members[0].busy, "{members:?}");
    finish(&mut world);
    assert_eq!(observe(&world, "share_lag"), 0);
    assert_eq!(observe(&world, "share_accepted"), observe(&world, "sent"));
}

#[test]
fn in_explicit_mode_what_fails_by_chance_is_released_and_tried_again() {
    let mut world = world(&[
        ("failure.percent", "20"),
        ("share.acknowledgement.mode", "explicit"),
        ("rate", "200"),
    ]);
    world.run_until(10 * SECOND);
    finish(&mut world);
    let sent = observe(&world, "sent");
    let (failed, released) = (observe(&world, "share_failed"), observe(&world, "share_released"));
    assert!(failed > sent / 10 && failed == released, "{failed} {released} {sent}");
    assert_eq!(
        observe(&world, "share_accepted") + observe(&world, "share_archived"),
        sent
    );
    assert_eq!(observe(&world, "share_processed"), observe(&world, "share_accepted"));
    assert!(observe(&world, "share_out_of_order") > 0, "there is no order");
}

/// The next `poll()` accepts whatever the last one returned, so what has failed is gone.
#[test]
fn in_implicit_mode_what_fails_is_accepted_and_lost() {
    let mut world = world(&[("failure.percent", "20"), ("rate", "20")]);
    world.run_until(10 * SECOND);
    finish(&mut world);
    let (sent, failed) = (observe(&world, "sent"), observe(&world, "share_failed"));
    assert!(failed > 0);
    assert_eq!(observe(&world, "share_accepted"), sent);
    assert_eq!(observe(&world, "share_processed"), sent - failed);
}

#[test]
fn a_record_that_cannot_be_processed_is_rejected_and_holds_nobody_up() {
    let mut world = world(&[
        ("poison", "key:ben"),
        ("share.acknowledgement.mode", "explicit"),
        ("rate", "20"),
    ]);
    world.run_until(10 * SECOND);
    finish(&mut world);
    let rejected = observe(&world, "share_rejected");
    assert!(rejected > 0 && rejected == observe(&world, "share_failed"));
    assert_eq!(rejected + observe(&world, "share_accepted"), observe(&world, "sent"));
    assert_eq!(observe(&world, "share_lag"), 0);
}

/// Locks are not written, the rest is: the next leader knows what is done, and gives out again what was out.
#[test]
fn a_new_leader_knows_what_was_done() {
    let mut world = world(&[("processing.ms", "20"), ("rate", "40"), ("partitions", "2")]);
    world.run_until(8 * SECOND);
    let busiest = world.share_groups()[0]
        .partitions
        .iter()
        .max_by_key(|shared| shared.start)
        .cloned()
        .unwrap();
    assert!(busiest.start > 50, "{busiest:?}");
    let place = usize::from(busiest.partition);
    let leader = world.view().partitions[place].leader.unwrap();
    act(&mut world, &format!("crash:{leader}"));
    world.run_until(30 * SECOND);
    assert_ne!(world.view().partitions[place].leader, Some(leader));
    finish(&mut world);
    let again = observe(&world, "share_processed_again");
    assert!(again < 20, "only what was out: {again}");
    let stored: u64 = world
        .view()
        .replicas
        .iter()
        .filter(|replica| replica.is_leader)
        .map(|r| r.high_watermark)
        .sum();
    assert_eq!(observe(&world, "share_lag"), 0, "of {stored}");
    assert_eq!(observe(&world, "share_members"), 3);
}
