//! Stories of groups that are deleted.

use super::desk::{Desk, GROUP, SECOND};
use super::{desk_with_one_member, desk_with_two_members};
use crate::coordinator::GroupCoordinatorConfig;
use crate::wire::{ErrorCode, MemberId, RequestBody};

fn delete(desk: &mut Desk) -> ErrorCode {
    let sent = desk.send(9, RequestBody::DeleteGroups(GROUP.into()));
    desk.error(sent)
}

/// A group that has committed 10 and has no members any more.
fn desk_with_an_empty_group() -> (Desk, MemberId) {
    let (mut desk, first) = desk_with_one_member();
    assert_eq!(desk.commit(1, &first, 1, 10), ErrorCode::None);
    desk.leave(1, &first);
    assert_eq!(desk.state(), "Empty 2 0");
    (desk, first)
}

#[test]
fn a_group_with_members_is_not_deleted() {
    let (mut desk, first, second) = desk_with_two_members();
    assert_eq!(desk.commit(1, &first, 2, 10), ErrorCode::None);
    assert_eq!(delete(&mut desk), ErrorCode::NonEmptyGroup);
    desk.leave(1, &first);
    assert_eq!(
        delete(&mut desk),
        ErrorCode::NonEmptyGroup,
        "in the middle of a rebalance"
    );
    assert_eq!(desk.committed(), Some(10));
    desk.leave(2, &second);
    assert_eq!(delete(&mut desk), ErrorCode::None);
    assert_eq!(desk.state(), "none");
}

#[test]
fn there_has_to_be_a_group() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    assert_eq!(delete(&mut desk), ErrorCode::GroupIdNotFound);
    let (mut desk, _) = desk_with_an_empty_group();
    assert_eq!(delete(&mut desk), ErrorCode::None);
    assert_eq!(delete(&mut desk), ErrorCode::GroupIdNotFound);
}

#[test]
fn what_a_deleted_group_has_committed_is_forgotten_by_the_next_coordinator_too() {
    let (mut desk, first) = desk_with_an_empty_group();
    assert_eq!(delete(&mut desk), ErrorCode::None);
    desk.move_to_another(GroupCoordinatorConfig::default());
    assert_eq!(desk.state(), "none");
    assert_eq!(desk.commit(1, &first, 1, 11), ErrorCode::IllegalGeneration);
    let (_, joining) = desk.join_new(2);
    desk.pass(3 * SECOND);
    assert_eq!(desk.joined(joining).generation, 1, "another group of that name");
    assert_eq!(desk.committed(), None);
    desk.move_to_another(GroupCoordinatorConfig::default());
    assert_eq!(desk.committed(), None);
}

#[test]
fn an_offset_that_is_on_its_way_is_forgotten_too() {
    let (mut desk, first) = desk_with_one_member();
    desk.hold = true;
    let committing = desk.send_commit(1, &first, 1, 12);
    desk.leave(1, &first);
    let deleting = desk.send(9, RequestBody::DeleteGroups(GROUP.into()));
    desk.commit_held(Ok(()));
    assert_eq!(desk.error(committing), ErrorCode::None);
    assert_eq!(desk.error(deleting), ErrorCode::None);
    desk.move_to_another(GroupCoordinatorConfig::default());
    assert_eq!(desk.state(), "none");
}

#[test]
fn a_deletion_that_cannot_be_written_does_not_happen() {
    let (mut desk, _) = desk_with_an_empty_group();
    desk.log_says = Err(ErrorCode::NotEnoughReplicas);
    assert_eq!(delete(&mut desk), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.state(), "Empty 2 0");
    assert_eq!(desk.committed(), Some(10));
    desk.log_says = Err(ErrorCode::RequestTimedOut);
    assert_eq!(delete(&mut desk), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.state(), "none", "it is in the log, and took too long only");
}

#[test]
fn whoever_deletes_is_told_when_the_coordinator_moves() {
    let (mut desk, _) = desk_with_an_empty_group();
    desk.hold = true;
    let deleting = desk.send(9, RequestBody::DeleteGroups(GROUP.into()));
    desk.unload();
    assert_eq!(desk.error(deleting), ErrorCode::NotCoordinator);
}
