//! Members of a group: who owns what, and what becomes of it.

use super::little_world::{LittleWorld, MILLI, SECOND, partition};
use crate::consumer::ConsumerState;
use crate::trace::Fact;
use crate::wire::{Api, ErrorCode, NodeId};

#[test]
fn three_members_join_one_after_another() {
    let mut world = LittleWorld::new(8);
    world.start(&[1], |_| {});
    world.pass(4 * SECOND);
    assert_eq!(world.group(), "Stable 1 1");
    assert_eq!(world.owned(1), [0, 1, 2, 3, 4, 5, 6, 7]);

    world.start(&[2], |_| {});
    world.pass(4 * SECOND);
    assert_eq!(world.group(), "Stable 2 2");
    assert_eq!((world.owned(1), world.owned(2)), (vec![0, 1, 2, 3], vec![4, 5, 6, 7]));

    world.start(&[3], |_| {});
    world.pass(4 * SECOND);
    assert_eq!(world.group(), "Stable 3 3");
    assert_eq!(
        (world.owned(1), world.owned(2), world.owned(3)),
        (vec![0, 1, 2], vec![3, 4, 5], vec![6, 7])
    );
    assert_eq!(world.consumers[&3].generation(), Some(3));
}

#[test]
fn three_members_that_start_together_share_one_generation() {
    let mut world = LittleWorld::new(4);
    world.start(&[1, 2, 3], |_| {});
    world.pass(3 * SECOND);
    assert_eq!(world.consumers[&1].state(), ConsumerState::Joining);
    world.pass(4 * SECOND);
    assert_eq!(world.group(), "Stable 1 3");
    assert_eq!(
        (world.owned(1), world.owned(2), world.owned(3)),
        (vec![0, 1], vec![2], vec![3])
    );
}

#[test]
fn a_consumer_waits_for_its_topic() {
    let mut world = LittleWorld::new(1);
    let topics = std::mem::take(&mut world.image.topics);
    world.start(&[1], |_| {});
    world.pass(SECOND - 1);
    assert_eq!(world.consumers[&1].state(), ConsumerState::Starting);
    let asked = |fact: &Fact| matches!(fact, Fact::Sent(sent) if sent.api == Api::Metadata);
    assert_eq!(
        world.facts(1).filter(asked).count(),
        4,
        "after some 100, 200 and 400 ms"
    );
    world.image.topics = topics;
    world.image.offset += 1;
    world.pass(4 * SECOND);
    assert_eq!(world.consumers[&1].state(), ConsumerState::Stable);
}

#[test]
fn a_rebalance_waits_until_the_records_in_hand_are_processed_and_committed() {
    let mut world = LittleWorld::new(2);
    world.write(0, 10);
    world.start(&[1], |config| config.processing_us = SECOND);
    world.pass(4 * SECOND);
    world.start(&[2], |_| {});
    world.pass(6 * SECOND);
    assert_eq!(
        world.group(),
        "PreparingRebalance 1 2",
        "the first member works, and does not poll"
    );
    world.pass(6 * SECOND);
    assert_eq!(world.group(), "Stable 2 2");
    assert_eq!((world.owned(1), world.owned(2)), (vec![0], vec![1]));
    assert_eq!(world.committed(0), Some(10));
    assert_eq!(world.processed(0), (0..10).collect::<Vec<_>>(), "none twice");
}

#[test]
fn who_closes_commits_and_leaves_and_the_others_share_its_partitions() {
    let mut world = LittleWorld::new(4);
    world.start(&[1, 2], |config| config.processing_us = 100 * MILLI);
    world.pass(7 * SECOND);
    world.write(2, 10);
    world.pass(350 * MILLI);
    world.close(2);
    world.pass(10 * MILLI);
    assert_eq!(world.consumers[&2].state(), ConsumerState::Closed);
    assert_eq!(world.committed(2), Some(3), "three were done, the fourth was not");
    assert_eq!(world.group(), "PreparingRebalance 1 1");
    world.pass(5 * SECOND);
    assert_eq!(world.owned(1), [0, 1, 2, 3]);
    assert_eq!(
        world.processed(2),
        (0..10).collect::<Vec<_>>(),
        "none twice, none left out"
    );
}

#[test]
fn who_dies_silently_keeps_its_partitions_until_its_session_runs_out() {
    let mut world = LittleWorld::new(2);
    world.start(&[1, 2], |config| config.session_timeout_us = 10 * SECOND);
    world.pass(8 * SECOND);
    world.dead.insert(NodeId::Consumer(2));
    world.write(1, 1);
    world.pass(6 * SECOND);
    assert!(world.processed(1).is_empty());
    world.pass(8 * SECOND);
    assert_eq!(world.owned(1), [0, 1]);
    assert_eq!(world.processed(1), [0]);
}

#[test]
fn who_does_not_poll_for_too_long_loses_its_partitions_and_reads_the_records_again() {
    let mut world = LittleWorld::new(1);
    world.write(0, 30);
    world.start(&[1], |config| {
        config.processing_us = SECOND;
        config.max_poll_interval_us = 20 * SECOND;
        config.max_poll_records = 25;
    });
    world.pass(26 * SECOND);
    assert_eq!(world.group(), "Empty 2 0");
    assert_eq!(world.owned(1), [0], "it does not know yet");
    world.pass(30 * SECOND);
    assert_eq!(world.committed(0), None, "CommitFailedException");
    let again = world.processed(0).iter().filter(|offset| **offset == 0).count();
    assert_eq!(again, 2);
}

#[test]
fn a_member_that_was_taken_for_dead_loses_what_it_had_and_joins_again() {
    let mut world = LittleWorld::new(1);
    world.start(&[1], |config| config.session_timeout_us = 6 * SECOND);
    world.pass(5 * SECOND);
    world.dead.insert(NodeId::Broker(1));
    world.pass(10 * SECOND);
    assert_eq!(world.group(), "Empty 2 0");
    world.dead.clear();
    world.pass(40 * SECOND);
    assert_eq!(world.group(), "Stable 3 1");
    let unknown = Fact::CoordinatorRefused {
        api: Api::Heartbeat,
        error: ErrorCode::UnknownMemberId,
    };
    assert!(world.facts(1).any(|fact| fact == unknown));
    assert!(world.facts(1).any(|fact| fact
        == Fact::PartitionLost {
            partition: partition(0)
        }));
}

#[test]
fn close_before_anything_is_known_just_closes() {
    let mut world = LittleWorld::new(1);
    world.start(&[1], |_| {});
    world.close(1);
    assert_eq!(world.consumers[&1].state(), ConsumerState::Closed);
    world.pass(10 * SECOND);
    assert_eq!(world.facts(1).collect::<Vec<_>>(), [Fact::ConsumerClosed]);
}
