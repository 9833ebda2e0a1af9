//! Stories of a group, told by the coordinator's answers.

mod consumer_group;
mod consumer_group_stories;
mod deletion;
mod desk;
mod moves;
mod outsiders;
mod protocols;
mod replay;
mod static_members;

use super::GroupCoordinatorConfig;
use crate::wire::{ErrorCode, MemberId, NodeId, RequestBody};
use desk::{Desk, SECOND, join_request};

/// One member, in generation 1, that owns both partitions.
fn desk_with_one_member() -> (Desk, MemberId) {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let (first, joining) = desk.join_new(1);
    desk.pass(3 * SECOND);
    assert_eq!(desk.joined(joining).generation, 1);
    let syncing = desk.sync(1, &first, 1, &[(&first, &[0, 1])]);
    assert_eq!(desk.synced(syncing), [0, 1]);
    (desk, first)
}

/// Two members, in generation 2.
fn desk_with_two_members() -> (Desk, MemberId, MemberId) {
    let (mut desk, first) = desk_with_one_member();
    let (second, joining) = desk.join_new(2);
    let rejoining = desk.join(1, &first);
    let (leader, follower) = (desk.joined(rejoining), desk.joined(joining));
    assert_eq!((leader.generation, follower.generation), (2, 2));
    let waiting = desk.sync(2, &second, 2, &[]);
    let syncing = desk.sync(1, &first, 2, &[(&first, &[0]), (&second, &[1])]);
    assert_eq!((desk.synced(syncing), desk.synced(waiting)), (vec![0], vec![1]));
    (desk, first, second)
}

#[test]
fn an_empty_group_waits_for_more_members() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let (first, one) = desk.join_new(1);
    desk.pass(2 * SECOND);
    let (_, two) = desk.join_new(2);
    desk.pass(SECOND);
    assert_eq!(
        desk.state(),
        "PreparingRebalance 0 2",
        "somebody came, so it waits once more"
    );
    desk.pass(3 * SECOND);
    assert_eq!(desk.state(), "CompletingRebalance 1 2");
    let (leader, follower) = (desk.joined(one), desk.joined(two));
    assert_eq!(leader.leader, first);
    assert_eq!(leader.members.len(), 2);
    assert!(follower.members.is_empty(), "only the leader learns who the others are");
}

#[test]
fn a_new_member_has_to_come_back_with_its_id() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let (id, _) = desk.join_new(7);
    let uuid = id.strip_prefix("c7-").expect("client id and UUID");
    assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert_eq!(uuid.as_bytes()[14], b'4', "version 4");
    let stranger = desk.join(8, &"c8-made-up".into());
    assert_eq!(desk.error(stranger), ErrorCode::UnknownMemberId);
}

#[test]
fn a_rebalance_waits_for_an_id_that_is_not_used_yet() {
    let (mut desk, first) = desk_with_one_member();
    let unused = desk.join(2, &"".into());
    let rejoining = desk.join(1, &first);
    desk.pass(9 * SECOND);
    assert_eq!(desk.state(), "PreparingRebalance 1 1");
    desk.pass(SECOND);
    assert_eq!(
        desk.state(),
        "CompletingRebalance 2 1",
        "the id is void after the session timeout"
    );
    assert_eq!(desk.joined(rejoining).error, ErrorCode::None);
    assert_eq!(desk.error(unused), ErrorCode::MemberIdRequired);
}

#[test]
fn members_hear_of_a_rebalance_by_their_heartbeats() {
    let (mut desk, first) = desk_with_one_member();
    let (second, joining) = desk.join_new(2);
    assert_eq!(desk.heartbeat(1, &first, 1), ErrorCode::RebalanceInProgress);
    let rejoining = desk.join(1, &first);
    assert_eq!(desk.joined(rejoining).members.len(), 2);
    assert_eq!(desk.joined(joining).generation, 2);
    assert_eq!(
        desk.heartbeat(1, &first, 2),
        ErrorCode::None,
        "while the leader computes"
    );
    assert_eq!(desk.heartbeat(1, &first, 1), ErrorCode::IllegalGeneration);
    assert_eq!(desk.heartbeat(2, &"c2-made-up".into(), 2), ErrorCode::UnknownMemberId);
    assert_eq!(desk.leave(2, &second), ErrorCode::None);
}

#[test]
fn the_others_wait_for_the_leader_and_for_the_log() {
    let (mut desk, first) = desk_with_one_member();
    let (second, _) = desk.join_new(2);
    desk.join(1, &first);
    let waiting = desk.sync(2, &second, 2, &[]);
    assert!(!desk.answers.contains_key(&waiting));
    desk.log_says = Err(ErrorCode::NotEnoughReplicas);
    let syncing = desk.sync(1, &first, 2, &[(&first, &[0]), (&second, &[1])]);
    assert_eq!(desk.error(syncing), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.error(waiting), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.state(), "PreparingRebalance 2 2");
}

#[test]
fn who_leaves_is_missed_at_once() {
    let (mut desk, first, second) = desk_with_two_members();
    assert_eq!(desk.leave(2, &second), ErrorCode::None);
    assert_eq!(desk.state(), "PreparingRebalance 2 1");
    assert_eq!(desk.heartbeat(1, &first, 2), ErrorCode::RebalanceInProgress);
    assert_eq!(desk.leave(2, &second), ErrorCode::UnknownMemberId);
    assert!(desk.removed().is_empty());
}

#[test]
fn even_an_id_that_is_given_back_unused_makes_the_group_rebalance() {
    let (mut desk, _) = desk_with_one_member();
    let unused = desk.join(2, &"".into());
    let id = desk.joined(unused).member;
    assert_eq!(desk.leave(2, &id), ErrorCode::None);
    assert_eq!(desk.state(), "PreparingRebalance 1 1");
}

#[test]
fn the_last_one_to_leave_empties_the_group() {
    let (mut desk, first) = desk_with_one_member();
    desk.leave(1, &first);
    assert_eq!(desk.state(), "Empty 2 0");
    let (_, joining) = desk.join_new(1);
    desk.pass(3 * SECOND);
    assert_eq!(desk.joined(joining).generation, 3);
}

#[test]
fn who_dies_silently_is_missed_after_the_session_timeout() {
    let (mut desk, first, _second) = desk_with_two_members();
    for _ in 0..3 {
        desk.pass(3 * SECOND);
        assert_eq!(desk.heartbeat(1, &first, 2), ErrorCode::None);
    }
    desk.pass(SECOND - 1);
    assert_eq!(desk.state(), "Stable 2 2");
    desk.pass(1);
    assert_eq!(desk.state(), "PreparingRebalance 2 1");
    assert_eq!(desk.removed(), [NodeId::Consumer(2)]);
}

#[test]
fn heartbeats_do_not_pile_up_timers() {
    let (mut desk, first) = desk_with_one_member();
    let before = desk.timers();
    for _ in 0..100 {
        desk.pass(SECOND);
        desk.heartbeat(1, &first, 1);
    }
    assert!(desk.timers() <= before);
    assert_eq!(desk.state(), "Stable 1 1");
}

#[test]
fn a_session_does_not_run_out_while_a_join_waits() {
    let (mut desk, first, _second) = desk_with_two_members();
    let (third, _) = desk.join_new(3);
    let rejoining = desk.join(1, &first);
    desk.pass(9 * SECOND);
    assert_eq!(desk.state(), "PreparingRebalance 2 3");
    desk.pass(SECOND);
    assert_eq!(
        desk.joined(rejoining).members.len(),
        2,
        "without the second, which is dead"
    );
    desk.sync(1, &first, 3, &[(&first, &[0]), (&third, &[1])]);
    assert_eq!(desk.state(), "Stable 3 2");
}

#[test]
fn who_does_not_join_in_time_is_out() {
    let (mut desk, first, second) = desk_with_two_members();
    desk.join_new(3);
    desk.join(1, &first);
    for _ in 0..12 {
        desk.pass(5 * SECOND);
        desk.heartbeat(2, &second, 2);
    }
    assert_eq!(desk.state(), "CompletingRebalance 3 2", "after max.poll.interval.ms");
    assert_eq!(desk.heartbeat(2, &second, 3), ErrorCode::UnknownMemberId);
}

#[test]
fn who_does_not_sync_in_time_is_out() {
    let (mut desk, first) = desk_with_one_member();
    let (second, _) = desk.join_new(2);
    desk.join(1, &first);
    desk.sync(1, &first, 2, &[(&first, &[0]), (&second, &[1])]);
    assert_eq!(desk.state(), "Stable 2 2");
    for _ in 0..12 {
        desk.pass(5 * SECOND);
        desk.heartbeat(1, &first, 2);
        desk.heartbeat(2, &second, 2);
    }
    assert_eq!(desk.state(), "PreparingRebalance 2 1");
    assert_eq!(desk.removed(), [NodeId::Consumer(2)]);
}

#[test]
fn only_the_present_generation_commits() {
    let (mut desk, first, second) = desk_with_two_members();
    assert_eq!(desk.commit(1, &first, 2, 10), ErrorCode::None);
    assert_eq!(desk.commit(1, &first, 1, 99), ErrorCode::IllegalGeneration);
    assert_eq!(desk.commit(9, &"c9-made-up".into(), 2, 99), ErrorCode::UnknownMemberId);
    assert_eq!(desk.committed(), Some(10));

    desk.join_new(3);
    assert_eq!(
        desk.commit(1, &first, 2, 11),
        ErrorCode::None,
        "before it joins again it may commit"
    );
    desk.join(1, &first);
    desk.join(2, &second);
    assert_eq!(
        desk.commit(1, &first, 3, 99),
        ErrorCode::RebalanceInProgress,
        "nobody knows yet what it owns"
    );
    assert_eq!(desk.committed(), Some(11));
}

#[test]
fn a_commit_counts_only_once_the_log_has_it() {
    let (mut desk, first) = desk_with_one_member();
    desk.log_says = Err(ErrorCode::RequestTimedOut);
    assert_eq!(desk.commit(1, &first, 1, 10), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.committed(), None);
}

#[test]
fn a_follower_that_missed_the_answer_gets_it_again_but_the_leader_starts_anew() {
    let (mut desk, first, second) = desk_with_two_members();
    let again = desk.join(2, &second);
    assert_eq!(desk.joined(again).generation, 2);
    assert_eq!(desk.state(), "Stable 2 2");
    desk.join(1, &first);
    assert_eq!(desk.state(), "PreparingRebalance 2 2");
}

#[test]
fn session_timeouts_have_bounds_and_groups_a_size() {
    let mut desk = Desk::new(GroupCoordinatorConfig {
        max_size: 1,
        ..GroupCoordinatorConfig::default()
    });
    let mut request = join_request(1, &"".into());
    request.session_timeout_us = 5 * SECOND;
    let short = desk.send(1, RequestBody::JoinGroup(Box::new(request)));
    assert_eq!(desk.error(short), ErrorCode::InvalidSessionTimeout);

    desk.join_new(1);
    let second = desk.join(2, &"".into());
    assert_eq!(desk.error(second), ErrorCode::GroupMaxSizeReached);
}

#[test]
fn what_is_loaded_and_not_known_to_be_committed_is_told_when_it_is() {
    let (mut desk, first) = desk_with_one_member();
    assert_eq!(desk.commit(1, &first, 1, 10), ErrorCode::None);
    desk.unload();
    desk.hold = true;
    desk.load_uncommitted(Some(desk.log.len() as u64));
    let reading = desk.fetch_offset(1);
    assert!(!desk.answers.contains_key(&reading), "it may still get lost");
    desk.commit_held(Ok(()));
    assert_eq!(desk.error(reading), ErrorCode::None);
    let again = desk.fetch_offset(1);
    assert_eq!(desk.error(again), ErrorCode::None, "from then on nobody waits");
}
