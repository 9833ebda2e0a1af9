//! Brokers that die, fall silent, or are not what they were.

use super::little_world::{LittleWorld, MILLI, SECOND, partition};
use crate::consumer::ConsumerState;
use crate::trace::Fact;
use crate::wire::{Api, BrokerId, ErrorCode, NodeId};

/// One member that owns both partitions, of which broker 2 leads the second.
fn one_member() -> LittleWorld {
    let mut world = LittleWorld::new(2);
    world.start(&[1], |_| {});
    world.pass(7 * SECOND);
    assert_eq!(world.group(), "Stable 1 1");
    world
}

fn two_members() -> LittleWorld {
    let mut world = LittleWorld::new(2);
    world.start(&[1, 2], |_| {});
    world.pass(10 * SECOND);
    assert_eq!(world.group(), "Stable 1 2");
    world
}

fn has_lost(world: &LittleWorld, id: u8, broker: u8) -> bool {
    let lost = Fact::ConnectionLost {
        with: NodeId::Broker(broker),
    };
    world.facts(id).any(|fact| fact == lost)
}

fn sent(world: &LittleWorld, id: u8, api: Api) -> usize {
    let of_kind = |fact: &Fact| matches!(fact, Fact::Sent(sent) if sent.api == api);
    world.facts(id).filter(of_kind).count()
}

fn revoked(world: &LittleWorld, id: u8) -> bool {
    world
        .facts(id)
        .any(|fact| matches!(fact, Fact::PartitionRevoked { .. }))
}

#[test]
fn the_coordinator_dies_and_the_members_go_on_with_another_without_a_rebalance() {
    let mut world = two_members();
    world.crash(1);
    world.pass(9 * SECOND);
    assert!(has_lost(&world, 1, 1) && has_lost(&world, 2, 1));
    assert_eq!(world.consumers[&1].state(), ConsumerState::Stable);
    world.elect(0, 2);
    world.coordinate_at(2);
    world.write(0, 3);
    world.write(1, 3);
    world.pass(5 * SECOND);
    assert_eq!(world.group(), "Stable 1 2");
    assert!(!revoked(&world, 1) && !revoked(&world, 2));
    assert_eq!((world.committed(0), world.committed(1)), (Some(3), Some(3)));
    world.pass(120 * SECOND);
    assert_eq!(world.group(), "Stable 1 2", "heartbeats go there, too");
}

#[test]
fn nobody_knocks_at_a_dead_brokers_door_more_than_once_a_second() {
    let mut world = one_member();
    let (metadata, find) = (sent(&world, 1, Api::Metadata), sent(&world, 1, Api::FindCoordinator));
    let fetches = sent(&world, 1, Api::Fetch);
    world.crash(1);
    world.crash(2);
    world.pass(60 * SECOND);
    for (api, before) in [
        (Api::Metadata, metadata),
        (Api::FindCoordinator, find),
        (Api::Fetch, fetches),
    ] {
        let tries = sent(&world, 1, api) - before;
        assert!((20..200).contains(&tries), "{tries} of {}", api.name());
    }
    world.crashed.clear();
    world.coordinate_at(1);
    world.write(0, 1);
    world.pass(3 * SECOND);
    assert_eq!(world.committed(0), Some(1), "and yet it is back soon");
}

#[test]
fn a_commit_in_flight_when_the_coordinator_dies_is_sent_to_the_next_one() {
    let mut world = one_member();
    world.hold_stores = true;
    world.write(0, 3);
    world.pass(100 * MILLI);
    assert_eq!(world.committed(0), None, "it is written, and not committed");
    world.offsets_log.pop(); // nor replicated
    world.crash(1);
    world.hold_stores = false;
    world.elect(0, 2);
    world.coordinate_at(2);
    assert!(world.consumers[&1].is_busy());
    world.pass(2 * SECOND);
    assert_eq!(world.committed(0), Some(3));
    assert_eq!(world.processed(0), [0, 1, 2], "none twice");
    assert_eq!(world.group(), "Stable 1 1");
}

#[test]
fn a_coordinator_that_resigns_sends_its_members_away_and_they_find_the_next() {
    let mut world = two_members();
    world.resign();
    world.coordinate_at(2);
    world.write(1, 2);
    world.pass(4 * SECOND);
    assert_eq!(world.committed(1), Some(2));
    let refused = |fact| matches!(fact, Fact::CoordinatorRefused { error, .. } if error == ErrorCode::NotCoordinator);
    assert!(world.facts(1).any(refused) && world.facts(2).any(refused));
    assert_eq!(world.group(), "Stable 1 2");
    assert!(!revoked(&world, 1) && !revoked(&world, 2));
}

#[test]
fn a_join_in_flight_when_the_coordinator_dies_is_sent_again() {
    let mut world = one_member();
    world.start(&[2], |_| {});
    world.pass(SECOND);
    assert_eq!(world.group(), "PreparingRebalance 1 2");
    world.crash(1);
    world.elect(0, 2);
    world.coordinate_at(2);
    assert_eq!(
        world.group(),
        "Stable 1 1",
        "the next one knows of the first member only"
    );
    world.pass(10 * SECOND);
    assert_eq!(world.group(), "Stable 2 2");
    assert_eq!((world.owned(1), world.owned(2)), (vec![0], vec![1]));
}

#[test]
fn a_rebalance_that_was_not_stored_is_begun_again() {
    let mut world = one_member();
    world.hold_stores = true;
    world.start(&[2], |_| {});
    world.pass(4 * SECOND);
    assert_eq!(world.group(), "CompletingRebalance 2 2");
    world.offsets_log.pop();
    world.hold_stores = false;
    world.crash(1);
    world.elect(0, 2);
    world.coordinate_at(2);
    world.pass(10 * SECOND);
    assert_eq!(world.consumers[&1].state(), ConsumerState::Stable);
    assert_eq!(world.consumers[&2].state(), ConsumerState::Stable);
    assert_eq!((world.owned(1), world.owned(2)), (vec![0], vec![1]));
}

#[test]
fn a_leader_that_dies_is_left_at_once_for_the_next() {
    let mut world = one_member();
    world.crash(2);
    world.pass(2 * SECOND);
    assert!(has_lost(&world, 1, 2));
    world.elect(1, 1);
    world.write(1, 2);
    world.pass(1100 * MILLI);
    assert_eq!(world.processed(1), [0, 1]);
}

#[test]
fn a_leader_that_falls_silent_is_left_after_the_request_timeout() {
    let mut world = one_member();
    world.dead.insert(NodeId::Broker(2));
    world.elect(1, 1);
    world.write(1, 2);
    world.pass(29 * SECOND);
    assert!(world.processed(1).is_empty(), "nobody told it");
    world.pass(3 * SECOND);
    assert_eq!(world.processed(1), [0, 1]);
    assert_eq!(world.group(), "Stable 1 1");
}

#[test]
fn a_coordinator_that_falls_silent_is_left_too() {
    let mut world = two_members();
    world.dead.insert(NodeId::Broker(1));
    world.pass(9 * SECOND);
    world.elect(0, 2);
    world.coordinate_at(2);
    world.write(1, 1);
    world.pass(40 * SECOND);
    assert_eq!(world.committed(1), Some(1));
    assert_eq!(
        world.group(),
        "Stable 1 2",
        "the session restarted with the new coordinator"
    );
}

#[test]
fn metadata_is_asked_of_another_broker_when_one_is_dead() {
    let mut world = LittleWorld::new(1);
    world.crash(1);
    world.elect(0, 2);
    world.coordinate_at(2);
    world.write(0, 1);
    world.start(&[1], |_| {});
    world.pass(6 * SECOND);
    assert_eq!(world.processed(0), [0]);
}

#[test]
fn a_broker_that_lags_behind_is_not_believed() {
    let mut world = one_member();
    let old = world.image.clone();
    world.elect(1, 1);
    world.write(1, 1);
    world.pass(SECOND);
    assert_eq!(world.processed(1), [0]);
    world.lagging.insert(BrokerId(1), old.clone());
    world.lagging.insert(BrokerId(2), old);
    world.pass(400 * SECOND);
    world.write(1, 1);
    world.pass(MILLI);
    assert_eq!(
        world.processed(1),
        [0, 1],
        "it still asks the leader of the newest epoch that it knows"
    );
}

#[test]
fn metadata_has_an_age() {
    let mut world = one_member();
    let before = sent(&world, 1, Api::Metadata);
    world.pass(290 * SECOND);
    assert_eq!(sent(&world, 1, Api::Metadata), before);
    world.pass(20 * SECOND);
    assert_eq!(sent(&world, 1, Api::Metadata), before + 1);
}

#[test]
fn partitions_that_are_added_are_noticed_with_the_next_metadata_and_shared() {
    let mut world = two_members();
    world.add_partition();
    world.add_partition();
    world.write(3, 1);
    world.pass(310 * SECOND);
    assert_eq!(world.group(), "Stable 2 2");
    assert_eq!((world.owned(1), world.owned(2)), (vec![0, 1], vec![2, 3]));
    assert_eq!(world.processed(3), [0]);
}

#[test]
fn a_log_that_was_truncated_is_read_again_from_where_it_parts() {
    let mut world = one_member();
    world.write(0, 2);
    world.write(0, 3);
    world.pass(SECOND);
    assert_eq!(world.processed(0), [0, 1, 2, 3, 4]);
    world.truncate(0, 2); // the next leader has less: an unclean election, or acks=1
    world.elect(0, 2);
    world.write(0, 5);
    world.pass(SECOND);
    let detected = Fact::LogTruncationDetected {
        partition: partition(0),
        to: 2,
    };
    assert_eq!(world.facts(1).filter(|fact| *fact == detected).count(), 1);
    assert_eq!(
        world.processed(0),
        [0, 1, 2, 3, 4, 2, 3, 4, 5, 6],
        "the offsets come again, with other records"
    );
    assert_eq!(world.committed(0), Some(7));
}

#[test]
fn a_consumer_that_closes_while_nobody_coordinates_closes_all_the_same() {
    let mut world = one_member();
    world.crash(1);
    world.crash(2);
    world.write(0, 1);
    world.close(1);
    world.pass(31 * SECOND);
    assert_eq!(world.consumers[&1].state(), ConsumerState::Closed);
}

#[test]
fn a_coordinator_that_does_not_answer_heartbeats_is_unknown_after_the_session_timeout() {
    let mut world = LittleWorld::new(2);
    world.start(&[1], |config| config.session_timeout_us = 6 * SECOND);
    world.pass(7 * SECOND);
    world.dead.insert(NodeId::Broker(1));
    world.elect(0, 2);
    world.coordinate_at(2);
    world.pass(12 * SECOND);
    let closed = Fact::Disconnected {
        from: NodeId::Broker(1),
    };
    assert!(
        world.facts(1).any(|fact| fact == closed),
        "long before request.timeout.ms"
    );
}

#[test]
fn a_commit_that_the_log_does_not_take_is_tried_again() {
    let mut world = one_member();
    world.hold_stores = true;
    world.write(0, 1);
    world.pass(SECOND);
    world.resign();
    world.coordinate_at(1);
    world.hold_stores = false;
    world.pass(2 * SECOND);
    assert_eq!(world.committed(0), Some(1));
    assert!(sent(&world, 1, Api::OffsetCommit) >= 2);
    assert_eq!(world.processed(0), [0]);
}
