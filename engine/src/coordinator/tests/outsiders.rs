//! Stories of commits by whoever is in no group, such as an administrator who resets offsets.

use super::desk::{Desk, GROUP, TOPIC};
use super::{desk_with_one_member, desk_with_two_members};
use crate::coordinator::GroupCoordinatorConfig;
use crate::wire::{ErrorCode, OffsetCommitRequest, PartitionId, RequestBody};

fn reset(desk: &mut Desk, offset: u64) -> ErrorCode {
    let commit = OffsetCommitRequest {
        group: GROUP.into(),
        member: "".into(),
        instance: None,
        generation: None,
        offsets: vec![(PartitionId { topic: TOPIC, index: 0 }, offset)],
    };
    let sent = desk.send(9, RequestBody::OffsetCommit(commit));
    desk.error(sent)
}

#[test]
fn offsets_of_a_group_with_members_are_not_for_others_to_move() {
    let (mut desk, first, second) = desk_with_two_members();
    assert_eq!(desk.commit(1, &first, 2, 10), ErrorCode::None);
    assert_eq!(reset(&mut desk, 3), ErrorCode::UnknownMemberId);
    assert_eq!(desk.committed(), Some(10));
    desk.leave(1, &first);
    assert_eq!(
        reset(&mut desk, 3),
        ErrorCode::UnknownMemberId,
        "the other one is still there"
    );
    desk.leave(2, &second);
    assert_eq!(reset(&mut desk, 3), ErrorCode::None);
    assert_eq!(desk.committed(), Some(3));
}

#[test]
fn a_group_that_was_never_there_can_have_offsets_before_its_first_member() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    assert_eq!(reset(&mut desk, 3), ErrorCode::None);
    assert_eq!(desk.state(), "Empty 0 0");
    let reading = desk.fetch_offset(1);
    assert_eq!(desk.error(reading), ErrorCode::None);
    assert_eq!(desk.committed(), Some(3));
    let (_, joining) = desk.join_new(1);
    desk.pass(3 * super::SECOND);
    assert_eq!(desk.joined(joining).generation, 1);
}

#[test]
fn a_member_of_old_does_not_make_a_group() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    assert_eq!(desk.commit(1, &"c1-of-old".into(), 4, 10), ErrorCode::IllegalGeneration);
    assert_eq!(desk.state(), "none");
}

#[test]
fn a_member_without_a_generation_is_no_member() {
    let (mut desk, first) = desk_with_one_member();
    let commit = OffsetCommitRequest {
        group: GROUP.into(),
        member: first,
        instance: None,
        generation: None,
        offsets: vec![(PartitionId { topic: TOPIC, index: 0 }, 9)],
    };
    let sent = desk.send(1, RequestBody::OffsetCommit(commit));
    assert_eq!(desk.error(sent), ErrorCode::IllegalGeneration);
}
