//! Stories of a consumer group (KIP-848) that the vectors do not tell: what outlives the coordinator, who may commit.

use super::desk::{Desk, GROUP, SECOND, TOPIC};
use crate::coordinator::GroupCoordinatorConfig;
use crate::wire::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, JOIN_EPOCH, LEAVE_EPOCH,
    OffsetCommitRequest, PartitionId, RequestBody, ResponseBody,
};

fn desk() -> Desk {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    learn(&mut desk);
    desk
}

fn learn(desk: &mut Desk) {
    desk.coordinator.learn_topics([(TOPIC, 4)].into_iter());
}

fn request(member: &str, epoch: i32, owned: Option<&[u16]>) -> ConsumerGroupHeartbeatRequest {
    let joins = epoch == JOIN_EPOCH;
    ConsumerGroupHeartbeatRequest {
        group: GROUP.into(),
        member: member.into(),
        member_epoch: epoch,
        instance_id: None,
        rebalance_timeout_us: joins.then_some(60 * SECOND),
        subscription: joins.then(|| [TOPIC].into()),
        assignor: None,
        owned: owned.map(|owned| owned.iter().map(|&index| PartitionId { topic: TOPIC, index }).collect()),
    }
}

/// The error and the epoch, and the assignment if there is one.
fn beat(desk: &mut Desk, member: &str, epoch: i32, owned: Option<&[u16]>) -> (ErrorCode, i32, Option<Vec<u16>>) {
    let sent = desk.send(
        1,
        RequestBody::ConsumerGroupHeartbeat(Box::new(request(member, epoch, owned))),
    );
    let ConsumerGroupHeartbeatResponse {
        error,
        member_epoch,
        assignment,
        ..
    } = match desk.answer(sent) {
        ResponseBody::ConsumerGroupHeartbeat(response) => response,
        other => panic!("not an answer to a heartbeat: {other:?}"),
    };
    let indexes = assignment.map(|assigned| assigned.iter().map(|partition| partition.index).collect());
    (error, member_epoch, indexes)
}

fn commit(desk: &mut Desk, member: &str, epoch: u32, index: u16) -> ErrorCode {
    let commit = OffsetCommitRequest {
        group: GROUP.into(),
        member: member.into(),
        instance: None,
        generation: Some(epoch),
        offsets: vec![(PartitionId { topic: TOPIC, index }, 5)],
    };
    let sent = desk.send(1, RequestBody::OffsetCommit(commit));
    desk.error(sent)
}

/// a has all and is told to give half of it up for b.
fn desk_in_the_middle_of_a_move() -> Desk {
    let mut desk = desk();
    assert_eq!(
        beat(&mut desk, "a", 0, Some(&[])),
        (ErrorCode::None, 2, Some(vec![0, 1, 2, 3]))
    );
    desk.pass(2 * SECOND);
    assert_eq!(beat(&mut desk, "b", 0, Some(&[])), (ErrorCode::None, 3, Some(vec![])));
    assert_eq!(beat(&mut desk, "a", 2, None), (ErrorCode::None, 2, Some(vec![0, 1])));
    desk
}

#[test]
fn another_coordinator_goes_on_where_the_first_one_was() {
    let mut desk = desk_in_the_middle_of_a_move();
    desk.move_to_another(GroupCoordinatorConfig::default());
    learn(&mut desk);
    assert_eq!(desk.state(), "Reconciling 3 2");
    assert_eq!(
        beat(&mut desk, "b", 3, None),
        (ErrorCode::None, 3, None),
        "a has not given them up"
    );
    assert_eq!(beat(&mut desk, "a", 2, Some(&[0, 1])), (ErrorCode::None, 3, None));
    assert_eq!(beat(&mut desk, "b", 3, None), (ErrorCode::None, 3, Some(vec![2, 3])));
    assert_eq!(desk.state(), "Stable 3 2");
}

#[test]
fn a_member_that_another_coordinator_never_hears_of_is_out_after_a_whole_session() {
    let mut desk = desk_in_the_middle_of_a_move();
    desk.move_to_another(GroupCoordinatorConfig::default());
    learn(&mut desk);
    desk.pass(44 * SECOND);
    assert_eq!(beat(&mut desk, "a", 2, Some(&[0, 1])).0, ErrorCode::None);
    desk.pass(SECOND);
    assert_eq!(
        desk.state(),
        "Assigning 4 1",
        "b is gone, and the next heartbeat shares anew"
    );
    assert_eq!(
        beat(&mut desk, "a", 3, None),
        (ErrorCode::None, 4, Some(vec![0, 1, 2, 3]))
    );
}

#[test]
fn who_does_not_give_up_in_time_is_out() {
    let mut desk = desk_in_the_middle_of_a_move();
    for _ in 0..6 {
        desk.pass(10 * SECOND);
        beat(&mut desk, "a", 2, None);
        beat(&mut desk, "b", 3, None);
    }
    assert_eq!(beat(&mut desk, "a", 2, None).0, ErrorCode::UnknownMemberId);
    assert_eq!(beat(&mut desk, "b", 4, None).2, None, "what was a's it has already");
    assert_eq!(desk.state(), "Stable 4 1");
}

#[test]
fn a_commit_of_an_earlier_epoch_counts_for_what_the_member_has_had_since() {
    let mut desk = desk_in_the_middle_of_a_move();
    assert_eq!(beat(&mut desk, "a", 2, Some(&[0, 1])).1, 3);
    assert_eq!(commit(&mut desk, "a", 3, 0), ErrorCode::None);
    assert_eq!(commit(&mut desk, "a", 2, 1), ErrorCode::None, "its own since epoch 2");
    assert_eq!(
        commit(&mut desk, "a", 2, 2),
        ErrorCode::StaleMemberEpoch,
        "not its own any more"
    );
    assert_eq!(
        commit(&mut desk, "a", 4, 0),
        ErrorCode::StaleMemberEpoch,
        "nobody is there yet"
    );
    assert_eq!(commit(&mut desk, "c", 3, 0), ErrorCode::UnknownMemberId);
}

#[test]
fn what_the_log_did_not_take_has_not_happened() {
    let mut desk = desk();
    desk.log_says = Err(ErrorCode::NotEnoughReplicas);
    assert_eq!(beat(&mut desk, "a", 0, Some(&[])).0, ErrorCode::CoordinatorNotAvailable);
    assert_eq!(desk.state(), "Empty 0 0");
    desk.log_says = Ok(());
    assert_eq!(beat(&mut desk, "a", 0, Some(&[])).1, 2);
}

#[test]
fn an_answer_waits_for_what_it_rests_on() {
    let mut desk = desk();
    desk.hold = true;
    let joining = desk.send(
        1,
        RequestBody::ConsumerGroupHeartbeat(Box::new(request("a", 0, Some(&[])))),
    );
    let next = desk.send(1, RequestBody::ConsumerGroupHeartbeat(Box::new(request("a", 2, None))));
    assert!(desk.answers.is_empty(), "nothing of it is committed");
    desk.commit_held(Ok(()));
    assert_eq!(
        (desk.error(joining), desk.error(next)),
        (ErrorCode::None, ErrorCode::None)
    );
}

#[test]
fn who_leaves_frees_its_partitions_at_once() {
    let mut desk = desk_in_the_middle_of_a_move();
    assert_eq!(beat(&mut desk, "a", LEAVE_EPOCH, None).0, ErrorCode::None);
    desk.pass(2 * SECOND);
    assert_eq!(
        beat(&mut desk, "b", 3, None),
        (ErrorCode::None, 4, Some(vec![0, 1, 2, 3]))
    );
}

#[test]
fn a_group_speaks_one_protocol_at_a_time() {
    let mut desk = desk_in_the_middle_of_a_move();
    let joining = desk.join(7, &"".into());
    assert_eq!(desk.error(joining), ErrorCode::InconsistentGroupProtocol);
    beat(&mut desk, "a", LEAVE_EPOCH, None);
    beat(&mut desk, "b", LEAVE_EPOCH, None);
    let (_, joining) = desk.join_new(7);
    desk.pass(3 * SECOND);
    assert_eq!(desk.joined(joining).error, ErrorCode::None);
    assert_eq!(beat(&mut desk, "a", 0, Some(&[])).0, ErrorCode::GroupIdNotFound);
}
