//! Cooperative rebalances: what a member keeps it goes on reading (KIP-429).

use super::little_world::{LittleWorld, MILLI, SECOND, partition};
use crate::assignor::Strategy;
use crate::consumer::ConsumerConfig;
use crate::trace::Fact;

fn cooperative(config: &mut ConsumerConfig) {
    config.strategies = vec![Strategy::CooperativeSticky];
}

fn gave_up(world: &LittleWorld, id: u8) -> Vec<u16> {
    let of = |fact| match fact {
        Fact::PartitionRevoked { partition } => Some(partition.index),
        _ => None,
    };
    world.facts(id).filter_map(of).collect()
}

#[test]
fn a_member_that_comes_takes_only_what_it_needs_in_two_generations() {
    let mut world = LittleWorld::new(4);
    world.start(&[1], cooperative);
    world.pass(4 * SECOND);
    assert_eq!(world.group(), "Stable 1 1");
    world.start(&[2], cooperative);
    world.pass(8 * SECOND);
    assert_eq!(world.group(), "Stable 3 2");
    assert_eq!((world.owned(1), world.owned(2)), (vec![0, 1], vec![2, 3]));
    assert_eq!(gave_up(&world, 1), [2, 3], "and the others never");
    let nothing = |id| {
        let is_it = |fact: &Fact| matches!(fact, Fact::NothingAssigned { .. });
        world.facts(id).filter(is_it).count()
    };
    assert_eq!(
        (nothing(1), nothing(2)),
        (2, 1),
        "told each time, though there was nothing new"
    );
}

#[test]
fn what_is_kept_is_processed_and_committed_while_the_others_join() {
    let mut world = LittleWorld::new(2);
    world.start(&[1], |config| {
        cooperative(config);
        config.processing_us = 100 * MILLI;
        config.max_poll_records = 4;
    });
    world.pass(4 * SECOND);
    world.write(0, 100);
    world.write(1, 100);
    world.start(&[2], cooperative);
    // The joining takes some seconds; ten records a second go on all the time.
    world.pass(12 * SECOND);
    let done = world.processed(0).len() + world.processed(1).len();
    assert!(done >= 110, "{done} records: no pause");
    assert_eq!(world.group(), "Stable 3 2");
    world.pass(30 * SECOND);
    assert_eq!(
        world.processed(0),
        (0..100).collect::<Vec<_>>(),
        "kept: none twice, none left out"
    );
    assert_eq!((world.committed(0), world.committed(1)), (Some(100), Some(100)));
}

#[test]
fn commits_that_a_rebalance_held_back_are_made_up_for() {
    let mut world = LittleWorld::new(2);
    world.start(&[1], |config| {
        cooperative(config);
        config.processing_us = SECOND;
    });
    world.pass(4 * SECOND);
    world.start(&[2], |config| {
        cooperative(config);
        config.processing_us = SECOND;
    });
    world.pass(200 * MILLI);
    world.write(0, 1);
    world.pass(20 * SECOND);
    assert_eq!(world.owned(1), [0]);
    assert_eq!(world.processed(0), [0]);
    assert_eq!(
        world.committed(0),
        Some(1),
        "though the group was rebalancing when it was done"
    );
}

#[test]
fn one_eager_assignor_in_the_list_makes_all_of_it_eager() {
    let mut world = LittleWorld::new(2);
    let list = |config: &mut ConsumerConfig| config.strategies = vec![Strategy::CooperativeSticky, Strategy::Range];
    world.start(&[1], list);
    world.pass(4 * SECOND);
    world.start(&[2], list);
    world.pass(8 * SECOND);
    assert_eq!(world.group(), "Stable 2 2");
    assert_eq!(gave_up(&world, 1), [0, 1]);
    assert_eq!((world.owned(1), world.owned(2)), (vec![0], vec![1]));
}

#[test]
fn sticky_is_eager_and_gives_most_back_to_whom_it_was() {
    let mut world = LittleWorld::new(6);
    let sticky = |config: &mut ConsumerConfig| config.strategies = vec![Strategy::Sticky];
    world.start(&[1], sticky);
    world.pass(4 * SECOND);
    world.start(&[2], sticky);
    world.pass(4 * SECOND);
    world.start(&[3], sticky);
    world.pass(4 * SECOND);
    assert_eq!(world.group(), "Stable 3 3");
    assert_eq!(
        (world.owned(1), world.owned(2), world.owned(3)),
        (vec![0, 1], vec![3, 4], vec![2, 5])
    );
    assert_eq!(gave_up(&world, 1), [0, 1, 2, 3, 4, 5, 0, 1, 2], "everything, each time");
}

#[test]
fn who_did_not_poll_in_time_finds_that_it_has_lost_all() {
    let mut world = LittleWorld::new(1);
    world.write(0, 1);
    world.start(&[1], |config| {
        cooperative(config);
        config.processing_us = 14 * SECOND;
        config.max_poll_interval_us = 8 * SECOND;
    });
    world.pass(16 * SECOND);
    assert_eq!(world.group(), "Empty 2 0", "its heartbeat thread has left");
    world.pass(2 * SECOND);
    let lost = Fact::PartitionLost {
        partition: partition(0),
    };
    assert!(world.facts(1).any(|fact| fact == lost));
    assert_eq!(world.committed(0), None);
}
