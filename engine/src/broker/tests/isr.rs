//! Who is in sync, and what that does to the high watermark.

use super::{SECOND, around, batch, registered, state, wanted};
use crate::broker::{Altered, IsrProposal, Replica, Surroundings};
use crate::wire::{AlteredPartition, BrokerId, BrokerSet, ErrorCode, FetchingReplica, LeaderRecovery, Offset};

fn leader(isr: &[u8]) -> Replica {
    let brokers = registered();
    let mut replica = Replica::default();
    replica.apply(&state(Some(1), 0, 0, isr), &around(1, 0, &brokers));
    replica
}

fn fetch(replica: &mut Replica, follower: u8, offset: Offset, around: &Surroundings) -> Option<IsrProposal> {
    let by = FetchingReplica {
        broker: BrokerId(follower),
        epoch: 0,
    };
    let is_news = replica.note_fetch(by, offset, 0, around).unwrap();
    let proposal = replica.expand_isr(BrokerId(follower), around);
    if is_news {
        replica.advance(around);
    }
    proposal
}

fn set(brokers: &[u8]) -> BrokerSet {
    brokers.iter().copied().map(BrokerId).collect()
}

fn answer(error: ErrorCode, partition_epoch: u32, isr: &[u8]) -> AlteredPartition {
    AlteredPartition {
        partition: super::PARTITION,
        error,
        leader: Some(BrokerId(1)),
        leader_epoch: 0,
        isr: isr.iter().copied().map(BrokerId).collect(),
        recovery: LeaderRecovery::Recovered,
        partition_epoch,
    }
}

#[test]
fn the_high_watermark_is_what_the_slowest_in_sync_replica_has() {
    let (mut replica, brokers) = (leader(&[1, 2, 3]), registered());
    let now = around(1, 0, &brokers);
    replica.append(batch(5));
    fetch(&mut replica, 2, 5, &now);
    assert_eq!(replica.high_watermark(), 0, "3 has told nothing yet");
    fetch(&mut replica, 3, 2, &now);
    assert_eq!(replica.high_watermark(), 2);
    fetch(&mut replica, 3, 1, &now);
    assert_eq!(replica.high_watermark(), 2, "never back on a leader");
}

#[test]
fn below_the_minimum_the_high_watermark_stands_still_and_then_jumps() {
    let (mut replica, brokers) = (leader(&[1]), registered());
    let now = around(1, 0, &brokers);
    replica.append(batch(5));
    assert_eq!(replica.advance(&now), None, "one in sync, two needed, whatever acks is");
    let proposal = fetch(&mut replica, 2, 5, &now).expect("2 has reached the high watermark");
    assert_eq!(
        replica.high_watermark(),
        0,
        "what is proposed does not count for the minimum"
    );
    let committed = replica.on_altered(&proposal, &answer(ErrorCode::None, 1, &[1, 2]));
    assert_eq!((committed, replica.advance(&now)), (Altered::Committed, Some(5)));
}

#[test]
fn a_follower_is_dropped_when_it_has_not_caught_up_for_thirty_seconds() {
    let (mut replica, brokers) = (leader(&[1, 2, 3]), registered());
    replica.append(batch(5));
    let at = |second| around(1, second * SECOND, &brokers);
    fetch(&mut replica, 3, 5, &at(0));
    // At each fetch 2 has what there was at the one before, but never all that there is.
    for second in 1..=40 {
        let had = replica.log().end() - 5;
        fetch(&mut replica, 2, had, &at(second));
        fetch(&mut replica, 3, had + 5, &at(second));
        replica.append(batch(5));
        fetch(&mut replica, 2, had + 5, &at(second));
        assert!(
            replica.shrink_isr(&at(second)).is_none(),
            "always a little behind is in sync"
        );
    }
    let end = replica.log().end();
    fetch(&mut replica, 3, end, &at(40));
    assert!(
        replica.shrink_isr(&at(70)).is_none(),
        "thirty seconds are not longer than thirty seconds"
    );
    let proposal = replica.shrink_isr(&at(71)).expect("2 is too far behind");
    assert_eq!(proposal.to(), set(&[1, 3]));
    assert_eq!(
        replica.maximal_isr(),
        Some(set(&[1, 2, 3])),
        "it counts until the controller has dropped it"
    );
    assert!(replica.shrink_isr(&at(90)).is_none(), "one proposal at a time");
}

#[test]
fn who_joins_counts_at_once() {
    let (mut replica, brokers) = (leader(&[1, 2]), registered());
    let now = around(1, 40 * SECOND, &brokers);
    replica.append(batch(5));
    fetch(&mut replica, 2, 5, &now);
    assert_eq!(
        replica.high_watermark(),
        5,
        "3 is not in the ISR, and does not hold it back"
    );
    assert_eq!(
        fetch(&mut replica, 3, 3, &now),
        None,
        "it must reach the high watermark first"
    );
    let proposal = fetch(&mut replica, 3, 5, &now).unwrap();
    assert_eq!((proposal.from, proposal.to()), (set(&[1, 2]), set(&[1, 2, 3])));
    replica.append(batch(1));
    fetch(&mut replica, 2, 6, &now);
    assert_eq!(replica.high_watermark(), 5, "3 is waited for before it is committed");
}

#[test]
fn a_broker_that_is_fenced_or_was_started_again_does_not_join() {
    let (mut replica, mut brokers) = (leader(&[1, 2]), registered());
    brokers.get_mut(&BrokerId(3)).unwrap().fenced = true;
    assert_eq!(fetch(&mut replica, 3, 0, &around(1, 0, &brokers)), None);
    let state = brokers.get_mut(&BrokerId(3)).unwrap();
    (state.fenced, state.epoch) = (false, 7);
    let by = FetchingReplica {
        broker: BrokerId(3),
        epoch: 0,
    };
    let now = around(1, 0, &brokers);
    assert_eq!(
        replica.expand_isr(BrokerId(3), &now),
        None,
        "the fetch that it knows is of an earlier life"
    );
    let mut other = leader(&[1, 2]);
    assert_eq!(other.note_fetch(by, 0, 0, &now), Err(ErrorCode::NotLeaderOrFollower));
}

#[test]
fn every_refusal_has_its_meaning() {
    let refused = |error| {
        let (mut replica, brokers) = (leader(&[1, 2]), registered());
        let now = around(1, 0, &brokers);
        let proposal = fetch(&mut replica, 3, 0, &now).unwrap();
        let meaning = replica.on_altered(&proposal, &answer(error, 0, &[1, 2]));
        (meaning, replica.maximal_isr().unwrap())
    };
    // Certainly not applied: back to what is committed.
    assert_eq!(
        refused(ErrorCode::IneligibleReplica),
        (Altered::Unchanged, set(&[1, 2]))
    );
    // The leader is behind: nobody knows what the controller has, so the larger set counts until metadata comes.
    for error in [
        ErrorCode::FencedLeaderEpoch,
        ErrorCode::InvalidUpdateVersion,
        ErrorCode::InvalidRequest,
        ErrorCode::NewLeaderElected,
        ErrorCode::UnknownTopicOrPartition,
    ] {
        assert_eq!(refused(error), (Altered::Unchanged, set(&[1, 2, 3])), "{error}");
    }
    assert_eq!(refused(ErrorCode::NetworkException).0, Altered::Retry);
}

#[test]
fn an_answer_that_comes_after_another_change_is_passed_over() {
    let (mut replica, brokers) = (leader(&[1, 2]), registered());
    let now = around(1, 0, &brokers);
    let proposal = fetch(&mut replica, 3, 0, &now).unwrap();
    replica.apply(&state(Some(1), 0, 5, &[1]), &now);
    let late = replica.on_altered(&proposal, &answer(ErrorCode::None, 1, &[1, 2, 3]));
    assert_eq!(
        (late, replica.isr().unwrap()),
        (Altered::Unchanged, [BrokerId(1)].as_slice())
    );
}

#[test]
fn a_replica_that_the_leader_does_not_know_is_told_to_try_again() {
    let (replica, mut follower, brokers) = (leader(&[1, 2]), Replica::default(), registered());
    follower.apply(&state(Some(1), 0, 0, &[1, 2]), &around(9, 0, &brokers));
    let readable = replica.readable(&wanted(&follower), Some(BrokerId(9)), None);
    assert_eq!(readable, Err(ErrorCode::UnknownLeaderEpoch));
}
