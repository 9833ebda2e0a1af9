//! Elections by hand and by the clock, more partitions, other replicas, other settings.

use super::desk::{Desk, PARTITION, SECOND, TOPIC, brokers, ids};
use crate::controller::ControllerConfig;
use crate::trace::{Election, Fact};
use crate::wire::{AdminRequest, BrokerId, ErrorCode, LeaderRecovery, PartitionId, TopicId};
use std::sync::Arc;

fn cluster() -> Desk {
    Desk::with_cluster(ControllerConfig::default(), 3)
}

fn without_elr() -> Desk {
    let config = ControllerConfig {
        eligible_leader_replicas: false,
        ..ControllerConfig::default()
    };
    Desk::with_cluster(config, 3)
}

fn elect(unclean: bool) -> AdminRequest {
    let topic = Arc::from(TOPIC);
    AdminRequest::ElectLeaders { topic, unclean }
}

fn configure(unclean: Option<bool>, min_insync_replicas: Option<u8>) -> AdminRequest {
    AdminRequest::AlterConfigs {
        topic: Arc::from(TOPIC),
        unclean,
        min_insync_replicas,
    }
}

fn last_refusal(desk: &Desk) -> Option<ErrorCode> {
    match desk.facts().last() {
        Some(Fact::AdminRefused { error }) => Some(*error),
        _ => None,
    }
}

/// Broker 1 was away and is in sync again; 2 leads.
fn preferred_is_back(desk: &mut Desk) {
    desk.expire(1);
    desk.beat(1);
    desk.propose(2, desk.proposal(&[2, 3, 1]));
    assert_eq!(desk.leader(), Some(2));
}

#[test]
fn the_preferred_leader_is_elected_by_hand() {
    let mut desk = cluster();
    desk.admin(elect(false));
    assert_eq!(last_refusal(&desk), Some(ErrorCode::ElectionNotNeeded));
    desk.expire(1);
    desk.admin(elect(false));
    assert_eq!(last_refusal(&desk), Some(ErrorCode::PreferredLeaderNotAvailable));
    let mut desk = cluster();
    preferred_is_back(&mut desk);
    desk.admin(elect(false));
    assert_eq!(desk.leader(), Some(1));
    let elected = desk.last(|fact| matches!(fact, Fact::LeaderElected { .. }));
    assert!(matches!(
        elected.fact,
        Fact::LeaderElected {
            how: Election::Preferred,
            ..
        }
    ));
}

#[test]
fn auto_leader_rebalance_gives_leaderships_back_by_the_clock() {
    let mut desk = cluster();
    preferred_is_back(&mut desk);
    desk.beat_until(299 * SECOND, &[]);
    assert_eq!(desk.leader(), Some(2));
    desk.beat_until(300 * SECOND, &[]);
    assert_eq!((desk.leader(), desk.state().leader_epoch), (Some(1), 2));
}

/// Nobody in the ISR is alive, others are.
fn leaderless(desk: &mut Desk) {
    desk.expire(2);
    desk.expire(3);
    desk.beat_until(desk.now + 9 * SECOND, &[1, 2, 3]);
    desk.beat(2);
    desk.beat(3);
    assert_eq!((desk.leader(), desk.isr()), (None, vec![1]));
}

#[test]
fn an_unclean_election_by_hand_makes_the_partition_available_and_loses_the_isr() {
    let mut desk = without_elr();
    leaderless(&mut desk);
    desk.admin(elect(true));
    assert_eq!((desk.leader(), desk.isr()), (Some(2), vec![2]));
    assert_eq!(desk.state().recovery, LeaderRecovery::Recovering);
    desk.admin(elect(true));
    assert_eq!(last_refusal(&desk), Some(ErrorCode::ElectionNotNeeded));
}

#[test]
fn where_the_settings_allow_it_the_clock_elects_uncleanly() {
    let config = ControllerConfig {
        eligible_leader_replicas: false,
        unclean_leader_election: true,
        ..ControllerConfig::default()
    };
    let mut desk = Desk::with_cluster(config, 3);
    // As a controller that did not allow it left it.
    desk.expire(1);
    let state = desk.controller.image.partitions.get_mut(&PARTITION).unwrap();
    (state.isr, state.leader) = (brokers(&[1]).into(), None);
    desk.beat_until(299 * SECOND, &[1]);
    assert_eq!((desk.leader(), desk.isr()), (None, vec![1]));
    desk.beat_until(300 * SECOND, &[1]);
    assert_eq!((desk.leader(), desk.isr()), (Some(2), vec![2]));
}

#[test]
fn leave_for_unclean_elections_is_used_at_once() {
    let mut desk = without_elr();
    leaderless(&mut desk);
    desk.admin(configure(Some(false), None));
    assert_eq!(desk.leader(), None);
    desk.admin(configure(Some(true), None));
    assert_eq!(desk.leader(), Some(2));
    let elected = desk.last(|fact| matches!(fact, Fact::LeaderElected { .. }));
    let why = desk.trace.chain(elected.id)[1].fact;
    assert_eq!(why, Fact::TopicConfigured { topic: TopicId(0) });
}

#[test]
fn the_topics_own_minimum_counts_for_eligibility() {
    let mut desk = cluster();
    desk.admin(configure(None, Some(3)));
    desk.propose(1, desk.proposal(&[1, 2]));
    assert_eq!(ids(&desk.state().elr), [3], "the cluster's minimum is 1");
    desk.admin(configure(None, Some(2)));
    assert!(desk.state().elr.is_empty(), "two are enough now");
    desk.admin(configure(None, Some(0)));
    assert_eq!(last_refusal(&desk), Some(ErrorCode::InvalidRequest));
}

#[test]
fn partitions_are_added_with_as_many_replicas_and_never_taken_away() {
    let mut desk = cluster();
    let count = |count| AdminRequest::CreatePartitions {
        topic: Arc::from(TOPIC),
        count,
    };
    desk.admin(count(1));
    assert_eq!(last_refusal(&desk), Some(ErrorCode::InvalidPartitions));
    desk.admin(count(4));
    for index in 0..4 {
        let id = PartitionId {
            topic: TopicId(0),
            index,
        };
        let state = &desk.controller.image.partitions[&id];
        assert_eq!((state.replicas.len(), state.isr.len()), (3, 3));
        assert_eq!(state.leader, state.replicas.first().copied());
    }
    let (topic, partitions) = (TopicId(0), 4);
    assert!(desk.facts().contains(&Fact::PartitionsAdded { topic, partitions }));
}

#[test]
fn a_reassignment_to_impossible_replicas_is_refused() {
    let mut desk = cluster();
    let to = |replicas: &[u8]| AdminRequest::Reassign {
        topic: Arc::from(TOPIC),
        partition: 0,
        replicas: brokers(replicas),
    };
    for replicas in [&[][..], &[1, 1], &[1, 9]] {
        desk.admin(to(replicas));
        assert_eq!(last_refusal(&desk), Some(ErrorCode::InvalidReplicaAssignment));
    }
    desk.admin(to(&[3, 2]));
    assert_eq!(ids(&desk.state().replicas), [3, 2]);
    assert_eq!((desk.leader(), desk.isr()), (Some(3), vec![2, 3]));
    let replicas = [BrokerId(2), BrokerId(3)].into_iter().collect();
    let partition = PARTITION;
    let completed = desk.last(|fact| matches!(fact, Fact::ReassignmentCompleted { .. }));
    let started = desk.trace.get(completed.cause).unwrap().fact;
    assert_eq!(started, Fact::ReassignmentStarted { partition, replicas });
}

#[test]
fn a_wish_about_an_unknown_topic_is_refused() {
    let mut desk = cluster();
    let topic = Arc::from("nobody");
    desk.admin(AdminRequest::ElectLeaders { topic, unclean: false });
    assert_eq!(last_refusal(&desk), Some(ErrorCode::UnknownTopicOrPartition));
}
