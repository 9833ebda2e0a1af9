//! Logs that have gone apart, and how they come together again.

use super::{around, batch, registered, state, wanted};
use crate::broker::{Readable, Replica};
use crate::wire::{BrokerId, LeaderEpoch};

/// Replica `me` of a partition that broker `leader` leads.
fn replica(me: u8) -> Replica {
    let mut replica = Replica::default();
    lead(&mut replica, me, 1, 0);
    replica
}

fn lead(replica: &mut Replica, me: u8, leader: u8, epoch: LeaderEpoch) {
    let brokers = registered();
    replica.apply(&state(Some(leader), epoch, epoch, &[1, 2, 3]), &around(me, 0, &brokers));
}

/// Copies and truncates until the follower has what the leader has. Answers where it was cut.
fn catch_up(follower: &mut Replica, me: u8, leader: &Replica) -> Vec<u64> {
    let mut cuts = Vec::new();
    for _ in 0..10 {
        match leader.readable(&wanted(follower), Some(BrokerId(me)), None).unwrap() {
            Readable::Diverging(end) => {
                let to = follower.truncation_offset(end);
                follower.truncate_to(to, 0);
                cuts.push(to);
            }
            Readable::UpTo(end) if end == follower.log().end() => break,
            Readable::UpTo(end) => {
                let entries = leader.log().read(follower.log().end(), end, u32::MAX, true);
                follower.append_as_follower(entries);
                follower.follow_high_watermark(leader.high_watermark());
            }
        }
    }
    cuts
}

fn epochs(replica: &Replica) -> Vec<LeaderEpoch> {
    let entries = replica.log().entries_from(0);
    entries
        .flat_map(|entry| vec![entry.leader_epoch; entry.batch.records().len()])
        .collect()
}

#[test]
fn a_record_above_a_stale_high_watermark_survives() {
    // KIP-101, first example: the follower has the record, and does not know yet that it is committed.
    let (mut one, mut two) = (replica(1), replica(2));
    one.append(batch(1));
    catch_up(&mut two, 2, &one);
    assert_eq!((two.log().end(), two.high_watermark()), (1, 0));
    lead(&mut one, 1, 2, 1);
    lead(&mut two, 2, 2, 1);
    assert!(catch_up(&mut one, 1, &two).is_empty(), "nothing to cut");
    assert_eq!((one.log().end(), two.log().end()), (1, 1));
}

#[test]
fn what_the_new_leader_never_had_goes_and_is_remembered() {
    let (mut one, mut two) = (replica(1), replica(2));
    one.append(batch(2));
    catch_up(&mut two, 2, &one);
    one.append(batch(10));
    lead(&mut two, 2, 2, 1);
    two.append(batch(1));
    lead(&mut one, 1, 2, 1);
    assert_eq!(catch_up(&mut one, 1, &two), [2]);
    assert_eq!(epochs(&one), [0, 0, 1]);
    let cut = one.truncation().expect("it is shown");
    assert_eq!((cut.to, cut.records, cut.first.len()), (2, 10, 1));
}

#[test]
fn logs_may_have_to_be_cut_more_than_once() {
    // KIP-279: both have led in epochs that the other does not know.
    let (mut one, mut two) = (replica(1), replica(2));
    one.append(batch(1));
    catch_up(&mut two, 2, &one);
    one.append(batch(3)); // Epoch 0, at 1 only.
    lead(&mut two, 2, 2, 1);
    two.append(batch(5)); // Epoch 1, at 2 only.
    lead(&mut one, 1, 1, 2);
    one.append(batch(2)); // Epoch 2, at 1 only.
    lead(&mut one, 1, 2, 3);
    lead(&mut two, 2, 2, 3);
    two.append(batch(1));
    assert_eq!(
        catch_up(&mut one, 1, &two),
        [4, 1],
        "first to the end of epoch 0 here, then to its end there"
    );
    assert_eq!(epochs(&one), epochs(&two));
}

#[test]
fn a_followers_high_watermark_may_go_back() {
    let (mut one, mut two) = (replica(1), replica(2));
    one.append(batch(5));
    catch_up(&mut two, 2, &one);
    two.follow_high_watermark(5);
    assert_eq!(two.follow_high_watermark(3), Some(3), "a new leader may know less");
    assert_eq!(two.follow_high_watermark(9), Some(5), "not beyond its own end");
}

#[test]
fn a_replica_that_is_started_again_knows_the_high_watermark_of_its_last_checkpoint() {
    let mut one = replica(1);
    one.append(batch(5));
    one.high_watermark = 3;
    one.checkpoint();
    one.high_watermark = 5;
    let again = one.restarted();
    assert_eq!((again.log().end(), again.high_watermark()), (5, 3));
    assert!(!again.is_leader(), "it waits for metadata");
}
