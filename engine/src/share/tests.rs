//! Stories of a share partition and a share group, as `SharePartitionTest` and `ShareGroupTest` have them.

use super::*;
use crate::log::{BatchBuilder, Dictionary, KeyId, LogEntry, Record};
use crate::trace::ShareStep;
use crate::wire::AcknowledgeType::{Accept, Reject, Release, Renew};
use crate::wire::{
    AcknowledgeType, AcknowledgementBatch, ErrorCode, GroupId, Micros, NodeId, Offset, PartitionId, ShareMember,
    TopicId,
};
use std::sync::Arc;

const LOCK: Micros = 30_000_000;
const ANNA: ShareMember = ShareMember {
    node: NodeId::ShareConsumer(1),
    life: 1,
};
const BEN: ShareMember = ShareMember {
    node: NodeId::ShareConsumer(2),
    life: 1,
};

fn subject(dictionary: &mut Dictionary) -> KeyId {
    dictionary.key("goal").unwrap()
}

/// A log of batches of these sizes, from offset 0.
fn log(sizes: &[u64]) -> Vec<LogEntry> {
    let mut dictionary = Dictionary::default();
    let subject = subject(&mut dictionary);
    let mut next = 0;
    let entry = |size: &u64| {
        let mut builder = BatchBuilder::new(0, u32::MAX);
        for _ in 0..*size {
            let record = Record {
                key: None,
                subject,
                sequence: 1,
                value: None,
                value_bytes: 10,
                timestamp_delta_us: 0,
            };
            assert!(builder.try_add(record, 0, &dictionary));
        }
        let entry = LogEntry {
            base_offset: next,
            leader_epoch: 0,
            batch: builder.build(NodeId::Producer(1), 0, None),
        };
        next = entry.end_offset();
        entry
    };
    sizes.iter().map(entry).collect()
}

fn shared(limit: u16, locks: u32) -> SharePartition {
    let config = ShareConfig {
        delivery_count_limit: limit,
        max_record_locks: locks,
        ..ShareConfig::default()
    };
    SharePartition::new(config, 0, 0)
}

/// The next records for that member, of that log, as `first-last×count`.
fn acquire(shared: &mut SharePartition, member: ShareMember, log: &[LogEntry], most: u32, now: Micros) -> String {
    let from = shared.next_fetch_offset();
    let entries: Vec<LogEntry> = log.iter().filter(|entry| entry.end_offset() > from).cloned().collect();
    let up_to = log.last().map_or(0, LogEntry::end_offset);
    let ranges = shared.acquire(member, &entries, (up_to, most), now);
    let texts = ranges
        .iter()
        .map(|range| format!("{}-{}×{}", range.first, range.last, range.delivery_count));
    texts.collect::<Vec<_>>().join(" ")
}

fn say(first: Offset, last: Offset, kind: AcknowledgeType) -> AcknowledgementBatch {
    AcknowledgementBatch { first, last, kind }
}

/// One letter a record, from the start of the window.
fn states(shared: &SharePartition) -> String {
    let letter = |record: &SharedRecord| match record.state {
        RecordState::Available => 'v',
        RecordState::Acquired => 'a',
        RecordState::Acknowledged => 'd',
        RecordState::Archived => 'x',
    };
    let letters: String = shared.records().map(|(_, record)| letter(record)).collect();
    format!("{}:{letters}", shared.start())
}

#[test]
fn a_record_is_one_members_until_it_says_what_became_of_it() {
    let (mut shared, log) = (shared(5, 2_000), log(&[3, 3]));
    assert_eq!(acquire(&mut shared, ANNA, &log, 3, 0), "0-2×1");
    assert_eq!(acquire(&mut shared, BEN, &log, 500, 0), "3-5×1");
    assert_eq!(acquire(&mut shared, BEN, &log, 500, 0), "", "all of it is somebody's");
    assert_eq!(states(&shared), "0:aaaaaa");
    shared.acknowledge(ANNA, &[say(0, 2, Accept)], 1).unwrap();
    assert_eq!(states(&shared), "3:aaa", "the window moves over what is done");
}

#[test]
fn the_window_moves_only_over_what_is_finished_from_its_start() {
    let (mut shared, log) = (shared(5, 2_000), log(&[6]));
    acquire(&mut shared, ANNA, &log, 500, 0);
    shared
        .acknowledge(ANNA, &[say(2, 3, Accept), say(5, 5, Reject)], 1)
        .unwrap();
    assert_eq!(states(&shared), "0:aaddax");
    shared.acknowledge(ANNA, &[say(0, 1, Accept)], 2).unwrap();
    assert_eq!(states(&shared), "4:ax");
    shared.acknowledge(ANNA, &[say(4, 4, Accept)], 3).unwrap();
    assert_eq!((states(&shared), shared.end()), ("6:".to_owned(), 6));
}

#[test]
fn what_is_released_is_anybodys_and_its_deliveries_are_counted() {
    let (mut shared, log) = (shared(5, 2_000), log(&[4]));
    acquire(&mut shared, ANNA, &log, 500, 0);
    let told = shared
        .acknowledge(ANNA, &[say(0, 0, Accept), say(1, 2, Release), say(3, 3, Accept)], 1)
        .unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|t| (t.step, t.first, t.records, t.delivery_count))
        .collect();
    let expected = [
        (ShareStep::Accepted, 0, 1, 1),
        (ShareStep::Released, 1, 2, 1),
        (ShareStep::Accepted, 3, 1, 1),
    ];
    assert_eq!(told, expected);
    assert_eq!((states(&shared).as_str(), shared.next_fetch_offset()), ("1:vvd", 1));
    assert_eq!(acquire(&mut shared, BEN, &log, 500, 2), "1-2×2");
}

#[test]
fn a_rejected_record_is_nobodys_any_more() {
    let (mut shared, log) = (shared(5, 2_000), log(&[2]));
    acquire(&mut shared, ANNA, &log, 500, 0);
    shared
        .acknowledge(ANNA, &[say(0, 0, Release), say(1, 1, Reject)], 1)
        .unwrap();
    assert_eq!(states(&shared), "0:vx");
    assert_eq!(acquire(&mut shared, BEN, &log, 500, 2), "0-0×2");
}

#[test]
fn what_one_does_not_have_one_cannot_acknowledge_and_then_nothing_of_it_counts() {
    let (mut shared, log) = (shared(5, 2_000), log(&[4]));
    acquire(&mut shared, ANNA, &log, 500, 0);
    let refused =
        |shared: &mut SharePartition, member, batches: &[_]| shared.acknowledge(member, batches, 1).unwrap_err();
    assert_eq!(
        refused(&mut shared, BEN, &[say(0, 0, Accept)]),
        ErrorCode::InvalidRecordState
    );
    assert_eq!(
        refused(&mut shared, ANNA, &[say(0, 1, Accept), say(3, 4, Accept)]),
        ErrorCode::InvalidRequest
    );
    assert_eq!(states(&shared), "0:aaaa");
    shared.acknowledge(ANNA, &[say(1, 1, Accept)], 1).unwrap();
    assert_eq!(
        refused(&mut shared, ANNA, &[say(0, 1, Accept)]),
        ErrorCode::InvalidRecordState,
        "twice"
    );
    assert_eq!(states(&shared), "0:adaa");
}

#[test]
fn a_lock_that_runs_out_gives_the_record_to_others_and_the_late_word_does_not_count() {
    let (mut shared, log) = (shared(5, 2_000), log(&[2]));
    acquire(&mut shared, ANNA, &log, 500, 10);
    assert_eq!(shared.next_expiry(), Some(10 + LOCK));
    assert_eq!(shared.expire_locks(9 + LOCK), []);
    let told = shared.expire_locks(10 + LOCK);
    assert_eq!(
        told.iter().map(|t| (t.step, t.records, t.member)).collect::<Vec<_>>(),
        [(ShareStep::LockExpired, 2, ANNA)]
    );
    let late = shared.acknowledge(ANNA, &[say(0, 1, Accept)], 11 + LOCK);
    assert_eq!(late.unwrap_err(), ErrorCode::InvalidRecordState);
    assert_eq!(acquire(&mut shared, BEN, &log, 500, 12 + LOCK), "0-1×2");
}

#[test]
fn renewing_begins_the_lock_anew_and_counts_as_no_delivery() {
    let (mut shared, log) = (shared(5, 2_000), log(&[1]));
    acquire(&mut shared, ANNA, &log, 500, 0);
    shared.acknowledge(ANNA, &[say(0, 0, Renew)], LOCK - 1).unwrap();
    assert_eq!(shared.expire_locks(LOCK), []);
    assert_eq!(shared.next_expiry(), Some(2 * LOCK - 1));
    shared.acknowledge(ANNA, &[say(0, 0, Release)], LOCK).unwrap();
    assert_eq!(acquire(&mut shared, BEN, &log, 500, LOCK), "0-0×2");
}

#[test]
fn a_member_that_is_gone_gives_back_what_it_has_and_only_that() {
    let (mut shared, log) = (shared(5, 2_000), log(&[2, 2]));
    acquire(&mut shared, ANNA, &log, 2, 0);
    acquire(&mut shared, BEN, &log, 2, 0);
    let told = shared.release_member(ANNA);
    assert_eq!(
        told.iter().map(|t| (t.step, t.records)).collect::<Vec<_>>(),
        [(ShareStep::SessionEnded, 2)]
    );
    assert_eq!(states(&shared), "0:vvaa");
    let next_life = ShareMember { life: 2, ..BEN };
    assert_eq!(shared.release_member(next_life), [], "another life is another member");
}

#[test]
fn the_last_delivery_that_is_allowed_archives_the_record() {
    for how in [ShareStep::Released, ShareStep::LockExpired, ShareStep::SessionEnded] {
        let (mut shared, log) = (shared(2, 2_000), log(&[1]));
        for delivery in 1..=2 {
            assert_eq!(acquire(&mut shared, ANNA, &log, 500, 0), format!("0-0×{delivery}"));
            let told = match how {
                ShareStep::Released => shared.acknowledge(ANNA, &[say(0, 0, Release)], 0).unwrap(),
                ShareStep::LockExpired => shared.expire_locks(LOCK),
                _ => shared.release_member(ANNA),
            };
            let steps: Vec<_> = told.iter().map(|t| t.step).collect();
            let expected: &[ShareStep] = if delivery == 1 {
                &[how]
            } else {
                &[how, ShareStep::Archived]
            };
            assert_eq!(steps, expected);
        }
        assert_eq!(
            (states(&shared).as_str(), shared.can_acquire()),
            ("1:", true),
            "the window moves over it"
        );
    }
}

#[test]
fn no_more_than_the_locks_of_a_partition_are_under_way() {
    let (mut shared, log) = (shared(5, 5), log(&[3, 4, 3]));
    assert_eq!(acquire(&mut shared, ANNA, &log, 500, 0), "0-4×1");
    assert!(!shared.can_acquire());
    assert_eq!(acquire(&mut shared, BEN, &log, 500, 0), "");
    shared.acknowledge(ANNA, &[say(3, 3, Accept)], 0).unwrap();
    assert!(
        !shared.can_acquire(),
        "the window counts from its start, not by what is out"
    );
    shared.acknowledge(ANNA, &[say(4, 4, Release)], 0).unwrap();
    assert!(shared.can_acquire(), "what came back can be had in a full window");
    assert_eq!(acquire(&mut shared, BEN, &log, 500, 0), "4-4×2");
    shared.acknowledge(ANNA, &[say(0, 2, Accept)], 0).unwrap();
    assert_eq!(acquire(&mut shared, BEN, &log, 500, 0), "5-8×1");
}

/// `max.poll.records` begins no further batch, but cuts none (`batch_optimized`).
#[test]
fn batches_are_acquired_whole() {
    let (mut shared, log) = (shared(5, 2_000), log(&[4, 4, 4]));
    assert_eq!(acquire(&mut shared, ANNA, &log, 5, 0), "0-7×1");
    assert_eq!(acquire(&mut shared, BEN, &log, 1, 0), "8-11×1");
}

/// One record of sixteen kills whoever has it. From half the limit on the batch shrinks, so that the others are done.
#[test]
fn a_batch_with_a_poison_record_shrinks_until_it_is_alone() {
    let (mut shared, log) = (shared(5, 2_000), log(&[16]));
    let mut had = Vec::new();
    let mut now = 0;
    loop {
        let got = acquire(&mut shared, ANNA, &log, 500, now);
        if got.is_empty() {
            break;
        }
        let acquired: Vec<Offset> = shared
            .records()
            .filter(|(_, record)| record.state == RecordState::Acquired)
            .map(|(offset, _)| offset)
            .collect();
        had.push(got);
        if acquired.contains(&5) {
            shared.release_member(ANNA);
        } else {
            let done: Vec<_> = acquired.iter().map(|offset| say(*offset, *offset, Accept)).collect();
            shared.acknowledge(ANNA, &done, now).unwrap();
        }
        now += 1;
    }
    assert_eq!(
        had[..4],
        ["0-15×1", "0-15×2", "0-15×3", "0-7×4"],
        "half of it at the fourth delivery"
    );
    assert!(had.contains(&"5-5×5".to_owned()), "alone at the last: {had:?}");
    assert_eq!(states(&shared), "16:");
    let unlucky = had.iter().filter(|got| got.ends_with("×5")).count();
    assert_eq!(unlucky, 8, "each of its half had its last try alone");
}

#[test]
fn what_the_log_has_lost_is_skipped() {
    let (mut shared, log) = (shared(5, 2_000), log(&[2, 2, 2]));
    acquire(&mut shared, ANNA, &log, 2, 0);
    assert_eq!(acquire(&mut shared, BEN, &log[2..], 500, 0), "4-5×1");
    assert_eq!(states(&shared), "0:aaxxaa");
}

/// Who has been followed by another leader neither writes nor reads any more.
#[test]
fn a_former_leader_is_fenced() {
    let mut states = ShareStates::default();
    let (partition, group): (_, GroupId) = (partitions(1)[0], Arc::from("workers"));
    let led = |epoch, start| SharePartition::new(ShareConfig::default(), epoch, start);
    assert!(states.write(partition, &group, &led(1, 10)));
    assert!(states.write(partition, &group, &led(2, 20)));
    assert!(!states.write(partition, &group, &led(1, 11)));
    let start = |epoch| {
        states
            .read(partition, &group, epoch)
            .map(|found| found.map(|state| state.start))
    };
    assert_eq!(start(1), Err(ErrorCode::FencedLeaderEpoch));
    assert_eq!((start(2), start(3)), (Ok(Some(20)), Ok(Some(20))));
}

fn partitions(count: u16) -> Vec<PartitionId> {
    let id = |index| PartitionId {
        topic: TopicId(0),
        index,
    };
    (0..count).map(id).collect()
}

#[test]
fn partitions_are_dealt_in_a_circle_and_shared_where_there_are_fewer_than_members() {
    let of = |count, members, place| {
        let assigned = simple_assignment(&partitions(count), members, place);
        assigned.iter().map(|id| id.index).collect::<Vec<_>>()
    };
    assert_eq!([0, 1, 2].map(|place| of(4, 3, place)), [vec![0, 3], vec![1], vec![2]]);
    assert_eq!([0, 1, 2].map(|place| of(1, 3, place)), [vec![0], vec![0], vec![0]]);
    assert_eq!([0, 1, 2].map(|place| of(2, 3, place)), [vec![0], vec![1], vec![0]]);
    assert!(of(0, 2, 1).is_empty());
}

#[test]
fn a_group_has_an_epoch_for_each_change_and_no_barrier() {
    let mut group = ShareGroup::new("workers".into());
    let all = partitions(2);
    assert_eq!(group.heartbeat(ANNA, 0, &all, 45), Ok(true));
    assert_eq!((group.epoch(), &*group.assignment(ANNA)), (1, &all[..]));
    assert_eq!(group.heartbeat(BEN, 0, &all, 50), Ok(true));
    assert_eq!((group.epoch(), &*group.assignment(ANNA)), (2, &all[..1]));
    assert_eq!(group.heartbeat(ANNA, 1, &all, 60), Ok(false));
    assert_eq!(group.expire(50), [BEN.node]);
    assert_eq!((group.epoch(), &*group.assignment(ANNA)), (3, &all[..]));
    assert_eq!(
        group.heartbeat(BEN, 2, &all, 70),
        Err(ErrorCode::UnknownMemberId),
        "it joins again"
    );
    assert!(group.leave(ANNA) && !group.leave(ANNA));
}
