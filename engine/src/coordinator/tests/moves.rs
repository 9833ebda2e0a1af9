//! Stories of a coordinator that moves with its partition of `__consumer_offsets`.

use super::desk::{Desk, GROUP, SECOND, offsets_partition};
use super::{desk_with_one_member, desk_with_two_members};
use crate::coordinator::GroupCoordinatorConfig;
use crate::trace::Fact;
use crate::wire::{ErrorCode, NodeId, RequestBody, ResponseBody};

fn offset_of(answer: &ResponseBody) -> Result<Option<u64>, ErrorCode> {
    match answer {
        ResponseBody::OffsetFetch(fetched) if fetched.error == ErrorCode::None => {
            Ok(fetched.offsets.first().map(|(_, offset)| *offset))
        }
        other => Err(other.error()),
    }
}

#[test]
fn the_next_coordinator_finds_the_group_and_nobody_has_to_join_again() {
    let (mut desk, first, second) = desk_with_two_members();
    desk.commit(1, &first, 2, 10);
    desk.move_to_another(GroupCoordinatorConfig::default());
    assert_eq!(desk.state(), "Stable 2 2");
    assert_eq!(desk.committed(), Some(10));
    assert_eq!(desk.heartbeat(1, &first, 2), ErrorCode::None);
    assert_eq!(desk.heartbeat(2, &second, 2), ErrorCode::None);
    assert_eq!(desk.commit(2, &second, 2, 11), ErrorCode::None);
    let group = desk.coordinator.group(GROUP).expect("it was loaded");
    let owned: Vec<u16> = group
        .members()
        .flat_map(|(_, _, owned)| owned.iter().map(|p| p.index).collect::<Vec<_>>())
        .collect();
    assert_eq!(owned, [0, 1]);
    let loaded = Fact::CoordinatorLoaded {
        partition: offsets_partition(),
        groups: 1,
    };
    assert!(desk.trace.since(0).any(|event| event.fact == loaded));
}

#[test]
fn every_member_has_a_full_session_to_find_the_next_coordinator() {
    let (mut desk, first, _second) = desk_with_two_members();
    desk.pass(9 * SECOND);
    desk.move_to_another(GroupCoordinatorConfig::default());
    desk.pass(9 * SECOND);
    assert_eq!(desk.state(), "Stable 2 2");
    desk.heartbeat(1, &first, 2);
    desk.pass(SECOND);
    assert_eq!(desk.state(), "PreparingRebalance 2 1");
    assert_eq!(desk.removed(), [NodeId::Consumer(2)], "the other one did not come");
}

#[test]
fn the_leader_stays_the_leader() {
    let (mut desk, first, second) = desk_with_two_members();
    desk.move_to_another(GroupCoordinatorConfig::default());
    let follower = desk.join(2, &second);
    assert_eq!(
        desk.joined(follower).leader,
        first,
        "a follower that joins again changes nothing"
    );
    desk.join(1, &first);
    assert_eq!(desk.state(), "PreparingRebalance 2 2");
}

#[test]
fn a_rebalance_that_was_not_finished_never_was() {
    let (mut desk, first) = desk_with_one_member();
    let (second, joining) = desk.join_new(2);
    desk.join(1, &first);
    assert_eq!(desk.joined(joining).generation, 2);
    assert_eq!(desk.state(), "CompletingRebalance 2 2");
    desk.move_to_another(GroupCoordinatorConfig::default());
    assert_eq!(desk.state(), "Stable 1 1", "as it was stored last");
    assert_eq!(desk.heartbeat(1, &first, 2), ErrorCode::IllegalGeneration);
    assert_eq!(desk.heartbeat(2, &second, 2), ErrorCode::UnknownMemberId);
}

#[test]
fn a_group_that_everybody_left_is_loaded_empty_and_keeps_its_offsets() {
    let (mut desk, first) = desk_with_one_member();
    desk.commit(1, &first, 1, 10);
    desk.leave(1, &first);
    desk.move_to_another(GroupCoordinatorConfig::default());
    assert_eq!(desk.state(), "Empty 2 0");
    assert_eq!(desk.committed(), Some(10));
    let (_, joining) = desk.join_new(1);
    desk.pass(3 * SECOND);
    assert_eq!(desk.joined(joining).generation, 3);
}

#[test]
fn a_loaded_group_that_is_too_large_has_to_join_again() {
    let (mut desk, first, _) = desk_with_two_members();
    desk.move_to_another(GroupCoordinatorConfig {
        max_size: 1,
        ..GroupCoordinatorConfig::default()
    });
    assert_eq!(desk.heartbeat(1, &first, 2), ErrorCode::RebalanceInProgress);
}

#[test]
fn who_waits_for_a_coordinator_that_is_one_no_more_is_sent_away() {
    let (mut desk, first, second) = desk_with_two_members();
    let (_, joining) = desk.join_new(3);
    desk.hold = true;
    let committing = desk.send_commit(1, &first, 2, 10);
    let reading = desk.fetch_offset(2);
    desk.unload();
    for waiting in [joining, committing, reading] {
        assert_eq!(desk.error(waiting), ErrorCode::NotCoordinator);
    }
    assert_eq!(desk.state(), "none");
    assert_eq!(desk.heartbeat(2, &second, 2), ErrorCode::NotCoordinator);
    let stranger = desk.join(4, &"".into());
    assert_eq!(desk.error(stranger), ErrorCode::NotCoordinator);
    desk.commit_held(Err(ErrorCode::NotLeaderOrFollower));
    desk.pass(100 * SECOND);
    assert_eq!(desk.state(), "none", "its timers mean nothing any more");
}

#[test]
fn who_waits_for_its_assignment_is_sent_away_too() {
    let (mut desk, first) = desk_with_one_member();
    let (second, _) = desk.join_new(2);
    desk.join(1, &first);
    let syncing = desk.sync(2, &second, 2, &[]);
    desk.unload();
    assert_eq!(desk.error(syncing), ErrorCode::NotCoordinator);
}

#[test]
fn timers_of_a_group_that_was_given_up_do_not_touch_the_one_that_was_loaded() {
    let (mut desk, first) = desk_with_one_member();
    desk.join_new(2); // the second join phase ends in 60 s at the latest
    desk.unload();
    desk.load();
    let (third, joining) = desk.join_new(3);
    desk.join(1, &first);
    assert_eq!(desk.joined(joining).generation, 2);
    desk.sync(1, &first, 2, &[(&first, &[0]), (&third, &[1])]);
    for _ in 0..10 {
        desk.pass(5 * SECOND);
        desk.heartbeat(1, &first, 2);
        desk.heartbeat(3, &third, 2);
    }
    desk.join_new(4); // the second one of the group that was loaded
    for _ in 0..4 {
        desk.pass(5 * SECOND);
        desk.heartbeat(1, &first, 2);
        desk.heartbeat(3, &third, 2);
    }
    assert_eq!(desk.state(), "PreparingRebalance 2 3");
}

#[test]
fn a_coordinator_that_is_elected_again_goes_on() {
    let (mut desk, first) = desk_with_one_member();
    let (_, joining) = desk.join_new(2);
    desk.load();
    assert_eq!(
        desk.state(),
        "PreparingRebalance 1 2",
        "a new epoch of the same leader changes nothing"
    );
    desk.join(1, &first);
    assert_eq!(desk.joined(joining).generation, 2);
}

#[test]
fn whoever_asks_for_offsets_waits_for_those_that_are_being_written() {
    let (mut desk, first, _) = desk_with_two_members();
    desk.commit(1, &first, 2, 10);
    desk.hold = true;
    let committing = desk.send_commit(1, &first, 2, 20);
    let reading = desk.fetch_offset(2);
    assert!(desk.answers.is_empty());
    desk.commit_held(Ok(()));
    assert_eq!(desk.error(committing), ErrorCode::None);
    assert_eq!(offset_of(&desk.answer(reading)), Ok(Some(20)));
}

#[test]
fn a_commit_that_took_too_long_counts_once_it_is_committed() {
    let (mut desk, first, second) = desk_with_two_members();
    desk.hold = true;
    let late = desk.send_commit(1, &first, 2, 20);
    desk.commit_held(Err(ErrorCode::RequestTimedOut));
    assert_eq!(desk.error(late), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.committed(), None);

    let reading = desk.fetch_offset(2);
    desk.commit_held(Err(ErrorCode::RequestTimedOut));
    assert_eq!(
        offset_of(&desk.answer(reading)),
        Err(ErrorCode::CoordinatorNotAvailable)
    );

    let reading = desk.fetch_offset(2);
    desk.commit_held(Ok(()));
    assert_eq!(offset_of(&desk.answer(reading)), Ok(Some(20)));
    assert_eq!(desk.commit_now(2, &second, 30), ErrorCode::None);
    assert_eq!(desk.committed(), Some(30), "an older one does not come back");
}

#[test]
fn what_was_written_and_not_committed_counts_for_the_next_coordinator() {
    let (mut desk, first) = desk_with_one_member();
    desk.hold = true;
    desk.send_commit(1, &first, 1, 20);
    desk.move_to_another(GroupCoordinatorConfig::default());
    desk.hold = false;
    let reading = desk.fetch_offset(1);
    assert_eq!(offset_of(&desk.answer(reading)), Ok(Some(20)));
}

#[test]
fn errors_of_the_log_are_told_in_the_words_of_groups() {
    let (mut desk, first) = desk_with_one_member();
    for (log, told) in [
        (ErrorCode::NotEnoughReplicas, ErrorCode::CoordinatorNotAvailable),
        (ErrorCode::UnknownTopicOrPartition, ErrorCode::CoordinatorNotAvailable),
        (ErrorCode::RequestTimedOut, ErrorCode::CoordinatorNotAvailable),
        (ErrorCode::NotLeaderOrFollower, ErrorCode::NotCoordinator),
    ] {
        desk.log_says = Err(log);
        assert_eq!(desk.commit(1, &first, 1, 10), told);
    }
}

#[test]
fn an_assignment_that_cannot_be_stored_makes_all_join_again() {
    let (mut desk, first) = desk_with_one_member();
    let (second, _) = desk.join_new(2);
    desk.join(1, &first);
    desk.log_says = Err(ErrorCode::NotEnoughReplicas);
    let waiting = desk.sync(2, &second, 2, &[]);
    let syncing = desk.sync(1, &first, 2, &[(&first, &[0]), (&second, &[1])]);
    assert_eq!(desk.error(waiting), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.error(syncing), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.state(), "PreparingRebalance 2 2");
}

#[test]
fn a_group_of_another_partition_is_not_here() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let asked = desk.send(1, RequestBody::OffsetFetch("writers".into()));
    assert_eq!(desk.error(asked), ErrorCode::NotCoordinator);
}
