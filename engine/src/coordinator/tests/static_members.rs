//! Stories of static members: processes with a `group.instance.id`.

use super::desk::{Desk, GROUP, SECOND, TOPIC, join_request, protocol};
use crate::coordinator::GroupCoordinatorConfig;
use crate::trace::Fact;
use crate::wire::{
    ErrorCode, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, MemberId, NodeId, OffsetCommitRequest,
    PartitionId, RequestBody, ResponseBody, Subscription, SyncGroupRequest,
};

/// Two static members in generation 2, `worker-1` leads.
fn desk_with_two_workers() -> (Desk, MemberId, MemberId) {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let one = join(&mut desk, 1, &"".into(), "worker-1");
    desk.pass(3 * SECOND);
    let first = desk.joined(one).member;
    desk.sync(1, &first, 1, &[(&first, &[0, 1])]);
    let two = join(&mut desk, 2, &"".into(), "worker-2");
    let one = join(&mut desk, 1, &first, "worker-1");
    let second = desk.joined(two).member;
    assert_eq!(desk.joined(one).members.len(), 2);
    desk.sync(2, &second, 2, &[]);
    desk.sync(1, &first, 2, &[(&first, &[0]), (&second, &[1])]);
    desk.answers.clear();
    (desk, first, second)
}

fn request(client: u8, member: &MemberId, instance: &str) -> JoinGroupRequest {
    JoinGroupRequest {
        instance: Some(instance.into()),
        ..join_request(client, member)
    }
}

fn join(desk: &mut Desk, client: u8, member: &MemberId, instance: &str) -> u32 {
    desk.send(
        client,
        RequestBody::JoinGroup(Box::new(request(client, member, instance))),
    )
}

fn heartbeat(desk: &mut Desk, client: u8, member: &MemberId, instance: &str, generation: u32) -> ErrorCode {
    let sent = desk.send(
        client,
        RequestBody::Heartbeat(HeartbeatRequest {
            group: GROUP.into(),
            member: member.clone(),
            instance: Some(instance.into()),
            generation,
        }),
    );
    desk.error(sent)
}

fn leave(desk: &mut Desk, client: u8, member: &str, instance: &str) -> ErrorCode {
    let sent = desk.send(
        client,
        RequestBody::LeaveGroup(LeaveGroupRequest {
            group: GROUP.into(),
            member: member.into(),
            instance: Some(instance.into()),
        }),
    );
    desk.error(sent)
}

fn said(desk: &Desk, fact: Fact) -> bool {
    desk.trace.since(0).any(|event| event.fact == fact)
}

#[test]
fn a_static_member_needs_no_second_join_to_get_its_id() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let joining = join(&mut desk, 1, &"".into(), "worker-1");
    assert_eq!(desk.state(), "PreparingRebalance 0 1");
    desk.pass(3 * SECOND);
    let joined = desk.joined(joining);
    assert!(joined.member.starts_with("worker-1-"), "{}", joined.member);
    assert_eq!(joined.members[0].instance.as_deref(), Some("worker-1"));
}

#[test]
fn who_comes_back_takes_its_own_place_and_nobody_else_notices() {
    let (mut desk, first, second) = desk_with_two_workers();
    let back = join(&mut desk, 2, &"".into(), "worker-2");
    let joined = desk.joined(back);
    assert_ne!(joined.member, second, "it has another member id");
    assert_eq!((joined.generation, joined.leader), (2, first.clone()));
    assert!(joined.members.is_empty());
    assert!(!joined.skip_assignment);
    assert_eq!(desk.state(), "Stable 2 2");
    assert_eq!(heartbeat(&mut desk, 1, &first, "worker-1", 2), ErrorCode::None);
    let syncing = desk.sync(2, &joined.member, 2, &[]);
    assert_eq!(desk.synced(syncing), [1], "what it had before");
    assert!(said(
        &desk,
        Fact::StaticMemberReplaced {
            consumer: NodeId::Consumer(2),
            was: NodeId::Consumer(2),
        }
    ));
}

#[test]
fn the_leader_that_comes_back_has_nothing_to_compute() {
    let (mut desk, _, second) = desk_with_two_workers();
    let back = join(&mut desk, 1, &"".into(), "worker-1");
    let joined = desk.joined(back);
    assert!(joined.skip_assignment);
    assert_eq!(joined.leader, joined.member);
    assert_eq!(joined.members.len(), 2, "it still has to notice new partitions");
    assert_eq!(heartbeat(&mut desk, 2, &second, "worker-2", 2), ErrorCode::None);
}

#[test]
fn another_topic_is_for_the_leader_to_notice_but_another_assignor_makes_all_join_again() {
    let (mut desk, _, _) = desk_with_two_workers();
    let mut other_topic = request(2, &"".into(), "worker-2");
    other_topic.protocols = [protocol("range", Subscription::to([]))].into();
    let back = desk.send(2, RequestBody::JoinGroup(Box::new(other_topic)));
    assert_eq!(desk.joined(back).generation, 2);
    assert_eq!(desk.state(), "Stable 2 2");

    let both = || {
        [
            protocol("roundrobin", Subscription::to([TOPIC])),
            protocol("range", Subscription::to([TOPIC])),
        ]
    };
    for (client, instance) in [(1, "worker-1"), (2, "worker-2")] {
        let mut request = request(client, &"".into(), instance);
        request.protocols = both().into();
        desk.send(client, RequestBody::JoinGroup(Box::new(request)));
    }
    assert_eq!(
        desk.state(),
        "PreparingRebalance 2 2",
        "the vote comes out another way now"
    );
}

#[test]
fn whoever_still_speaks_in_the_name_of_the_old_id_is_fenced() {
    let (mut desk, _, second) = desk_with_two_workers();
    join(&mut desk, 3, &"".into(), "worker-2");
    let (group, instance): (_, Option<_>) = (GROUP.into(), Some("worker-2".into()));
    assert_eq!(
        heartbeat(&mut desk, 2, &second, "worker-2", 2),
        ErrorCode::FencedInstanceId
    );
    assert_eq!(leave(&mut desk, 2, &second, "worker-2"), ErrorCode::FencedInstanceId);
    let joining = join(&mut desk, 2, &second, "worker-2");
    assert_eq!(desk.error(joining), ErrorCode::FencedInstanceId);
    let syncing = desk.send(
        2,
        RequestBody::SyncGroup(SyncGroupRequest {
            group,
            member: second.clone(),
            instance: instance.clone(),
            generation: 2,
            assignments: Vec::new(),
        }),
    );
    assert_eq!(desk.error(syncing), ErrorCode::FencedInstanceId);
    let committing = desk.send(
        2,
        RequestBody::OffsetCommit(OffsetCommitRequest {
            group: GROUP.into(),
            member: second.clone(),
            instance,
            generation: Some(2),
            offsets: vec![(PartitionId { topic: TOPIC, index: 1 }, 99)],
        }),
    );
    assert_eq!(desk.error(committing), ErrorCode::FencedInstanceId);
    assert_eq!(desk.committed(), None);
    let fenced = |event: &crate::trace::Event| matches!(event.fact, Fact::InstanceFenced { .. });
    assert_eq!(desk.trace.since(0).filter(|event| fenced(event)).count(), 5);
    assert_eq!(
        desk.heartbeat(2, &second, 2),
        ErrorCode::UnknownMemberId,
        "without its instance id it is a stranger"
    );
}

#[test]
fn a_join_that_waits_in_the_name_of_the_old_id_is_fenced_at_once() {
    let (mut desk, first, second) = desk_with_two_workers();
    join(&mut desk, 3, &"".into(), "worker-3");
    let old = join(&mut desk, 2, &second, "worker-2");
    let new = join(&mut desk, 4, &"".into(), "worker-2");
    assert_eq!(desk.error(old), ErrorCode::FencedInstanceId);
    assert!(!desk.answers.contains_key(&new));
    join(&mut desk, 1, &first, "worker-1");
    assert_eq!(desk.joined(new).generation, 3);
}

#[test]
fn who_comes_back_while_the_leader_computes_makes_all_join_again() {
    let (mut desk, first, second) = desk_with_two_workers();
    join(&mut desk, 1, &first, "worker-1");
    join(&mut desk, 2, &second, "worker-2");
    assert_eq!(desk.state(), "CompletingRebalance 3 2");
    let waiting = desk.sync(2, &second, 3, &[]);
    join(&mut desk, 2, &"".into(), "worker-2");
    assert_eq!(desk.error(waiting), ErrorCode::FencedInstanceId);
    assert_eq!(
        desk.state(),
        "PreparingRebalance 3 2",
        "the leader knows the old id only"
    );
}

#[test]
fn a_session_may_end_while_the_others_still_join() {
    let (mut desk, first, _) = desk_with_two_workers();
    desk.pass(5 * SECOND);
    let third = join(&mut desk, 3, &"".into(), "worker-3");
    join(&mut desk, 1, &first, "worker-1");
    assert_eq!(desk.state(), "PreparingRebalance 2 3");
    desk.pass(5 * SECOND);
    assert_eq!(
        desk.state(),
        "CompletingRebalance 3 2",
        "its session ended before the join phase did"
    );
    assert_eq!(desk.removed(), [NodeId::Consumer(2)]);
    assert_eq!(desk.joined(third).generation, 3);
}

#[test]
fn who_is_away_is_assigned_to_all_the_same() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let quick = |client: u8, member: &MemberId| {
        let mut request = request(client, member, &format!("worker-{client}"));
        request.rebalance_timeout_us = 4 * SECOND;
        RequestBody::JoinGroup(Box::new(request))
    };
    let (one, two) = (desk.send(1, quick(1, &"".into())), desk.send(2, quick(2, &"".into())));
    desk.pass(4 * SECOND);
    let (first, second) = (desk.joined(one).member, desk.joined(two).member);
    desk.sync(2, &second, 1, &[]);
    desk.sync(1, &first, 1, &[(&first, &[0]), (&second, &[1])]);

    let again = desk.send(2, quick(2, &second));
    assert_eq!(desk.joined(again).generation, 1);
    desk.send(3, quick(3, &"".into()));
    let again = desk.send(2, quick(2, &second));
    desk.pass(4 * SECOND);
    let joined = desk.joined(again);
    assert_eq!(joined.generation, 2);
    assert_eq!(joined.leader, second, "the leader is away, so one that joined leads");
    assert!(joined.members.iter().any(|member| member.member == first));
    assert!(said(
        &desk,
        Fact::StaticMemberAwaited {
            consumer: NodeId::Consumer(1)
        }
    ));
    assert!(desk.removed().is_empty());
}

#[test]
fn a_join_phase_that_nobody_came_to_waits_once_more() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let ask = |client: u8, member: &MemberId| {
        let mut request = request(client, member, &format!("worker-{client}"));
        request.session_timeout_us = 20 * SECOND;
        request.rebalance_timeout_us = 4 * SECOND;
        RequestBody::JoinGroup(Box::new(request))
    };
    let (one, two) = (desk.send(1, ask(1, &"".into())), desk.send(2, ask(2, &"".into())));
    desk.pass(4 * SECOND);
    let (first, second) = (desk.joined(one).member, desk.joined(two).member);
    desk.sync(2, &second, 1, &[]);
    desk.sync(1, &first, 1, &[(&first, &[0]), (&second, &[1])]);
    let third = desk.join(3, &"".into());
    let unused = desk.joined(third).member;
    assert_eq!(desk.leave(3, &unused), ErrorCode::None);
    desk.pass(5 * SECOND);
    assert_eq!(
        desk.state(),
        "PreparingRebalance 1 2",
        "4 s are over, and nobody is there to lead"
    );
    let one = desk.send(1, ask(1, &first));
    desk.pass(3 * SECOND);
    assert_eq!(desk.joined(one).generation, 2, "after another 4 s");
    assert_eq!(desk.state(), "CompletingRebalance 2 2");
}

#[test]
fn a_new_id_that_cannot_be_stored_is_not_the_member() {
    let (mut desk, _, second) = desk_with_two_workers();
    desk.log_says = Err(ErrorCode::NotEnoughReplicas);
    let back = join(&mut desk, 2, &"".into(), "worker-2");
    assert_eq!(desk.error(back), ErrorCode::CoordinatorNotAvailable);
    assert_eq!(heartbeat(&mut desk, 2, &second, "worker-2", 2), ErrorCode::None);
}

#[test]
fn who_came_back_is_known_to_the_next_coordinator() {
    let (mut desk, _, second) = desk_with_two_workers();
    let back = join(&mut desk, 2, &"".into(), "worker-2");
    let id = desk.joined(back).member;
    desk.move_to_another(GroupCoordinatorConfig::default());
    assert_eq!(heartbeat(&mut desk, 2, &id, "worker-2", 2), ErrorCode::None);
    assert_eq!(
        heartbeat(&mut desk, 2, &second, "worker-2", 2),
        ErrorCode::FencedInstanceId
    );
    let syncing = desk.sync(2, &id, 2, &[]);
    assert_eq!(desk.synced(syncing), [1]);
}

#[test]
fn an_administrator_removes_a_static_member_by_its_instance_id() {
    let (mut desk, _, second) = desk_with_two_workers();
    assert_eq!(leave(&mut desk, 9, "", "worker-7"), ErrorCode::UnknownMemberId);
    assert_eq!(leave(&mut desk, 9, "", "worker-2"), ErrorCode::None);
    assert_eq!(desk.state(), "PreparingRebalance 2 1");
    assert_eq!(
        heartbeat(&mut desk, 2, &second, "worker-2", 2),
        ErrorCode::UnknownMemberId
    );
}

#[test]
fn who_is_missed_for_a_whole_session_is_a_new_member_when_it_comes_back() {
    let (mut desk, first, _) = desk_with_two_workers();
    for _ in 0..3 {
        desk.pass(4 * SECOND);
        heartbeat(&mut desk, 1, &first, "worker-1", 2);
    }
    assert_eq!(desk.removed(), [NodeId::Consumer(2)]);
    assert_eq!(desk.state(), "PreparingRebalance 2 1");
    let back = join(&mut desk, 2, &"".into(), "worker-2");
    let rejoining = join(&mut desk, 1, &first, "worker-1");
    assert_eq!(desk.joined(rejoining).members.len(), 2);
    assert_eq!(desk.joined(back).generation, 3);
}

#[test]
fn the_timers_of_the_old_id_do_not_end_the_session_of_the_new_one() {
    let (mut desk, first, _) = desk_with_two_workers();
    desk.pass(9 * SECOND);
    heartbeat(&mut desk, 1, &first, "worker-1", 2);
    let back = join(&mut desk, 2, &"".into(), "worker-2");
    assert!(matches!(desk.answer(back), ResponseBody::JoinGroup(_)));
    desk.pass(5 * SECOND);
    assert_eq!(desk.state(), "Stable 2 2");
    assert!(desk.removed().is_empty());
}
