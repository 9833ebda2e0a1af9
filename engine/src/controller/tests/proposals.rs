//! AlterPartition: Kafka's checks, in Kafka's order.

use super::desk::{Desk, PARTITION, brokers};
use crate::controller::ControllerConfig;
use crate::node::Bug;
use crate::trace::Fact;
use crate::wire::{AlterPartition, AlterPartitionRequest, BrokerId, ErrorCode, LeaderRecovery, RequestBody};

fn cluster() -> Desk {
    Desk::with_cluster(ControllerConfig::default(), 3)
}

#[test]
fn a_shrink_is_accepted_in_the_order_proposed_and_bumps_the_partition_epoch_only() {
    let mut desk = cluster();
    let answer = desk.propose(1, desk.proposal(&[3, 1]));
    assert_eq!((answer.error, answer.isr), (ErrorCode::None, brokers(&[3, 1])));
    assert_eq!((answer.leader_epoch, answer.partition_epoch), (0, 1));
}

#[test]
fn each_check_refuses_with_its_own_error() {
    let mut desk = cluster();
    desk.propose(1, desk.proposal(&[1, 2]));
    desk.propose(1, desk.proposal(&[1, 2, 3]));
    type Spoil = fn(&mut AlterPartition);
    let wrong: [(u8, Spoil, ErrorCode); 10] = [
        (1, |p| p.partition.index = 7, ErrorCode::UnknownTopicOrPartition),
        (1, |p| p.leader_epoch = 1, ErrorCode::NotController),
        (1, |p| p.partition_epoch = 9, ErrorCode::NotController),
        (2, |_| (), ErrorCode::InvalidRequest),
        (1, |p| p.partition_epoch = 1, ErrorCode::InvalidUpdateVersion),
        (1, |p| p.new_isr = vec![(BrokerId(2), None)], ErrorCode::InvalidRequest),
        (1, |p| p.new_isr.push((BrokerId(9), None)), ErrorCode::InvalidRequest),
        (1, |p| p.new_isr.push((BrokerId(1), None)), ErrorCode::InvalidRequest),
        (
            1,
            |p| p.recovery = LeaderRecovery::Recovering,
            ErrorCode::InvalidRequest,
        ),
        (1, |p| p.new_isr[1].1 = Some(99), ErrorCode::IneligibleReplica),
    ];
    for (number, (sender, spoil, error)) in wrong.into_iter().enumerate() {
        let mut proposal = desk.proposal(&[1, 2]);
        spoil(&mut proposal);
        let partition = proposal.partition;
        assert_eq!(desk.propose(sender, proposal).error, error, "{number}");
        let refused = desk.last(|fact| matches!(fact, Fact::AlterPartitionRefused { .. }));
        assert_eq!(refused.fact, Fact::AlterPartitionRefused { partition, error });
    }
    assert_eq!(desk.isr(), [1, 2, 3]);
}

#[test]
fn a_former_leader_is_fenced_before_anything_else_is_looked_at() {
    let mut desk = cluster();
    let late = desk.proposal(&[1]);
    desk.expire(1);
    desk.beat(1);
    assert_eq!(desk.propose(1, late).error, ErrorCode::FencedLeaderEpoch);
}

#[test]
fn a_fenced_follower_may_not_join() {
    let mut desk = cluster();
    desk.expire(3);
    assert_eq!(
        desk.propose(1, desk.proposal(&[1, 2, 3])).error,
        ErrorCode::IneligibleReplica
    );
    desk.beat(3);
    assert_eq!(desk.propose(1, desk.proposal(&[1, 2, 3])).error, ErrorCode::None);
}

#[test]
fn a_former_life_of_a_broker_may_not_propose() {
    let mut desk = cluster();
    let request = AlterPartitionRequest {
        broker: BrokerId(1),
        broker_epoch: 99,
        partitions: vec![desk.proposal(&[1])],
    };
    assert_eq!(
        desk.ask(1, RequestBody::AlterPartition(request)).error(),
        ErrorCode::StaleBrokerEpoch
    );
    assert_eq!(desk.isr(), [1, 2, 3]);
}

#[test]
fn the_bug_takes_a_proposal_from_an_older_state() {
    let mut desk = cluster();
    let late = desk.proposal(&[1, 2, 3]);
    desk.propose(1, desk.proposal(&[1]));
    desk.bug = Some(Bug::NoPartitionEpochCheck);
    assert_eq!(desk.propose(1, late).error, ErrorCode::None);
    assert_eq!(desk.isr(), [1, 2, 3]);
}

#[test]
fn a_leader_that_recovers_stays_alone_until_it_has_recovered() {
    let mut desk = cluster();
    let state = desk.controller.image.partitions.get_mut(&PARTITION).unwrap();
    state.isr = brokers(&[1]).into();
    state.recovery = LeaderRecovery::Recovering;
    let mut proposal = desk.proposal(&[1, 2]);
    proposal.recovery = LeaderRecovery::Recovering;
    assert_eq!(desk.propose(1, proposal).error, ErrorCode::InvalidRequest);
    assert_eq!(desk.propose(1, desk.proposal(&[1])).recovery, LeaderRecovery::Recovered);
}

#[test]
fn the_end_of_a_reassignment_may_take_the_leadership_away() {
    let mut desk = cluster();
    let state = desk.controller.image.partitions.get_mut(&PARTITION).unwrap();
    state.isr = brokers(&[1]).into();
    (state.adding, state.removing) = (brokers(&[2, 3]).into(), brokers(&[1]).into());
    assert_eq!(desk.propose(1, desk.proposal(&[1, 2])).error, ErrorCode::None);
    assert_eq!(
        desk.propose(1, desk.proposal(&[1, 2, 3])).error,
        ErrorCode::NewLeaderElected
    );
    assert_eq!((desk.leader(), desk.isr()), (Some(2), vec![2, 3]));
    assert!(
        desk.facts()
            .contains(&Fact::ReassignmentCompleted { partition: PARTITION })
    );
}
