//! The log of one replica.

use super::{Batch, LeaderEpochs, LogEntry, ProducerStates};
use crate::wire::{EpochEnd, LeaderEpoch, Micros, Offset};
use std::sync::Arc;

/// Entries to a chunk. Full chunks are shared by the clones of a world; only the last one is ever copied.
const CHUNK: usize = 256;

/// A partition's log on one broker: batches with consecutive offsets.
///
/// It grows by what is appended; the world's limit on produced records ([`crate::world::Limits`]) bounds it.
#[derive(Debug, Clone, Default)]
pub struct Log {
    chunks: Vec<Arc<Vec<LogEntry>>>,
    start: Offset,
    end: Offset,
    epochs: LeaderEpochs,
    producers: ProducerStates,
}

/// What a truncation took away.
#[derive(Debug, Clone)]
pub struct Removed {
    /// So many records.
    pub records: u64,
    /// The first of their batches, the oldest first: at least [`Removed::KEPT`] records, or all.
    pub first: Vec<LogEntry>,
}

impl Removed {
    /// So many records are kept to be looked at.
    pub const KEPT: u64 = 8;
}

impl Log {
    /// The first offset that it holds: Kafka's log start offset.
    #[must_use]
    pub fn start(&self) -> Offset {
        self.start
    }

    /// The offset that the next record gets: Kafka's log end offset (LEO).
    #[must_use]
    pub fn end(&self) -> Offset {
        self.end
    }

    /// The leaders that have written to it, and where each of them began.
    #[must_use]
    pub fn epochs(&self) -> &LeaderEpochs {
        &self.epochs
    }

    /// The epoch of the last leader that it knows; `None` before the first record.
    #[must_use]
    pub fn latest_epoch(&self) -> Option<LeaderEpoch> {
        self.epochs.latest()
    }

    /// Where that epoch ends in this log ([`LeaderEpochs::end_offset_for`]).
    #[must_use]
    pub fn end_offset_for(&self, epoch: LeaderEpoch) -> Option<EpochEnd> {
        self.epochs.end_offset_for(epoch, self.end)
    }

    /// A leader begins its epoch at the end of the log (`UnifiedLog.assignEpochStartOffset`).
    pub fn assign_epoch(&mut self, epoch: LeaderEpoch) {
        self.epochs.assign(epoch, self.end);
    }

    /// Gives the batch its offsets, as the leader does. Answers the first one.
    pub fn append(&mut self, batch: Arc<Batch>, leader_epoch: LeaderEpoch) -> Offset {
        let base_offset = self.end;
        self.push(LogEntry {
            base_offset,
            leader_epoch,
            batch,
        });
        base_offset
    }

    /// Appends what a leader sent, with the leader's offsets, as a follower does.
    ///
    /// # Panics
    /// When the entry does not start where the log ends: a follower that asks from its log end cannot get anything
    /// else, so this would be a bug in the simulation (`UnexpectedAppendOffsetException` in Kafka).
    pub fn append_as_follower(&mut self, entry: LogEntry) {
        assert_eq!(
            entry.base_offset, self.end,
            "invariant follower-appends-at-log-end is broken"
        );
        self.push(entry);
    }

    /// The idempotent producers that have written to it.
    #[must_use]
    pub fn producers(&self) -> &ProducerStates {
        &self.producers
    }

    /// As [`Log::producers`], to let some expire.
    pub fn producers_mut(&mut self) -> &mut ProducerStates {
        &mut self.producers
    }

    /// The broker starts again with this log: what is known of producers comes from the snapshot that a clean stop leaves
    /// behind, else from the records (`LogLoader`, `UnifiedLog.rebuildProducerState`).
    pub fn reload_producers(&mut self, after_clean_stop: bool, now: Micros, expiration_us: Micros) {
        if after_clean_stop {
            self.producers.reload_from_snapshot(now, expiration_us);
        } else {
            self.rebuild_producers();
        }
    }

    fn rebuild_producers(&mut self) {
        let mut producers = std::mem::take(&mut self.producers);
        producers.rebuild(self.entries_from(self.start));
        self.producers = producers;
    }

    /// Cuts off all from `offset` on, and the whole batch that contains it (`UnifiedLog.truncateTo`). `None` when there
    /// is nothing to cut; even then an epoch that has begun there without a record is forgotten.
    ///
    /// As in Kafka the log ends at `offset` afterwards, also when the batch that was cut began before it. Epochs and high
    /// watermarks lie between batches, so this does not happen to a follower.
    pub fn truncate_to(&mut self, offset: Offset) -> Option<Removed> {
        self.epochs.truncate_from_end(offset.min(self.end));
        if offset >= self.end {
            return None;
        }
        let mut removed = Removed {
            records: 0,
            first: Vec::new(),
        };
        for entry in self.entries_from(offset) {
            if removed.records < Removed::KEPT {
                removed.first.push(entry.clone());
            }
            removed.records += u64::from(entry.batch.len());
        }
        let goes = |entry: &LogEntry| entry.end_offset() > offset;
        while self.chunks.pop_if(|chunk| chunk.first().is_none_or(goes)).is_some() {}
        if let Some(last) = self.chunks.last_mut()
            && last.last().is_some_and(goes)
        {
            let kept = last.partition_point(|entry| !goes(entry));
            Arc::make_mut(last).truncate(kept);
        }
        self.end = offset;
        self.start = self.start.min(offset);
        self.rebuild_producers();
        Some(removed)
    }

    /// The log begins at `offset` from now on, if that is further than it did: reads below are out of range
    /// (`UnifiedLog.maybeIncrementLogStartOffset`). Not beyond its end.
    pub fn delete_records_before(&mut self, offset: Offset) {
        let offset = offset.min(self.end);
        if offset > self.start {
            self.start = offset;
            self.epochs.truncate_from_start(offset);
        }
    }

    fn push(&mut self, entry: LogEntry) {
        self.epochs.assign(entry.leader_epoch, entry.base_offset);
        self.end = entry.end_offset();
        self.producers.note(&entry.batch, entry.base_offset);
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => Arc::make_mut(last).push(entry),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(entry);
                self.chunks.push(Arc::new(chunk));
            }
        }
    }

    /// Whole batches from the one that contains `from`, below `up_to`, until `max_bytes`. With `at_least_one` the first
    /// always fits, so that a large batch cannot stop its reader for ever (`LogSegment.read`, KIP-74).
    #[must_use]
    pub fn read(&self, from: Offset, up_to: Offset, max_bytes: u32, at_least_one: bool) -> Vec<LogEntry> {
        let mut taken = Vec::new();
        let mut bytes = 0u64;
        for entry in self.entries_from(from) {
            let size = u64::from(entry.batch.size_bytes());
            let may_exceed = at_least_one && taken.is_empty();
            let full = !may_exceed && bytes + size > u64::from(max_bytes);
            if entry.end_offset() > up_to || full {
                break;
            }
            bytes += size;
            taken.push(entry.clone());
        }
        taken
    }

    /// The bytes that a read would find, not more than `enough`: what a parked fetch waits for.
    #[must_use]
    pub fn bytes_between(&self, from: Offset, up_to: Offset, enough: u64) -> u64 {
        if from >= up_to {
            return 0;
        }
        let mut bytes = 0;
        for entry in self.entries_from(from) {
            if entry.end_offset() > up_to || bytes >= enough {
                break;
            }
            bytes += u64::from(entry.batch.size_bytes());
        }
        bytes
    }

    /// The entries from the one that contains `offset` on.
    pub fn entries_from(&self, offset: Offset) -> impl Iterator<Item = &LogEntry> {
        let chunk = self
            .chunks
            .partition_point(|c| c.last().is_some_and(|e| e.end_offset() <= offset));
        let within = self
            .chunks
            .get(chunk)
            .map_or(0, |c| c.partition_point(|e| e.end_offset() <= offset));
        self.chunks[chunk.min(self.chunks.len())..]
            .iter()
            .flat_map(|c| c.iter())
            .skip(within)
    }

    /// The entries, the newest first.
    pub fn entries_backwards(&self) -> impl Iterator<Item = &LogEntry> {
        self.chunks.iter().rev().flat_map(|c| c.iter().rev())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{BatchBuilder, BatchSequence, Dictionary, Record};
    use crate::wire::NodeId;

    fn batch(dictionary: &mut Dictionary, records: u32) -> Arc<Batch> {
        let key = dictionary.key("k").unwrap();
        let mut builder = BatchBuilder::new(0, u32::MAX);
        for sequence in 1..=records {
            let record = Record {
                key: Some(key),
                subject: key,
                sequence,
                value: None,
                value_bytes: 100,
                timestamp_delta_us: 0,
            };
            assert!(builder.try_add(record, 0, dictionary));
        }
        builder.build(NodeId::Producer(1), 0, None)
    }

    fn log_of(batches: usize) -> Log {
        let mut dictionary = Dictionary::default();
        let mut log = Log::default();
        for _ in 0..batches {
            log.append(batch(&mut dictionary, 2), 0);
        }
        log
    }

    #[test]
    fn a_read_starts_with_the_batch_that_contains_the_offset() {
        let log = log_of(600);
        for from in [0, 1, 511, 512, 513, 1023] {
            let read = log.read(from, log.end(), 1, true);
            assert_eq!(read.len(), 1, "the first batch always fits");
            assert_eq!(read[0].base_offset, from / 2 * 2);
        }
        assert!(log.read(log.end(), log.end(), 1, true).is_empty());
    }

    #[test]
    fn a_read_ends_at_the_high_watermark_and_at_the_limit() {
        let log = log_of(10);
        let size = log.read(0, 2, 1, true)[0].batch.size_bytes();
        assert_eq!(
            log.read(0, 7, u32::MAX, true).len(),
            3,
            "the batch that holds offset 7 is not whole below it"
        );
        assert_eq!(log.read(4, log.end(), 2 * size, true).len(), 2);
        assert!(log.read(4, log.end(), size - 1, false).is_empty());
        assert_eq!(log.bytes_between(4, log.end(), u64::MAX), u64::from(size) * 8);
    }

    #[test]
    fn a_clone_shares_what_is_full() {
        let log = log_of(CHUNK + 1);
        let mut copy = log.clone();
        copy.append(log.read(0, 2, 1, true)[0].batch.clone(), 1);
        assert!(Arc::ptr_eq(&log.chunks[0], &copy.chunks[0]));
        assert_eq!((log.end(), copy.end()), (514, 516));
    }

    #[test]
    fn a_truncation_takes_whole_batches_and_says_what_they_were() {
        let mut log = log_of(600);
        let original = log.clone();
        let removed = log.truncate_to(514).expect("there is something to cut");
        assert_eq!((log.end(), removed.records), (514, 1200 - 514));
        let first: Vec<Offset> = removed.first.iter().map(|entry| entry.base_offset).collect();
        assert_eq!(first, [514, 516, 518, 520], "eight records");
        assert!(Arc::ptr_eq(&log.chunks[0], &original.chunks[0]), "what stays is shared");
        assert_eq!(log.entries_backwards().next().unwrap().base_offset, 512);

        let removed = log.truncate_to(511).expect("in the middle of a batch");
        assert_eq!((log.end(), removed.records), (511, 4));
        assert_eq!(log.entries_backwards().next().unwrap().end_offset(), 510);
        assert!(log.truncate_to(511).is_none(), "there is nothing more to cut");
    }

    #[test]
    fn a_truncated_log_forgets_the_producers_of_what_is_gone() {
        let mut dictionary = Dictionary::default();
        let mut log = Log::default();
        let numbered = |dictionary: &mut Dictionary, producer_id, base| {
            let sequence = BatchSequence {
                producer_id,
                epoch: 0,
                base,
            };
            (batch(dictionary, 2).renumbered(Some(sequence)), sequence)
        };
        let (first, sequence) = numbered(&mut dictionary, 1, 0);
        log.append(first, 0);
        log.append(numbered(&mut dictionary, 1, 2).0, 0);
        log.append(numbered(&mut dictionary, 2, 0).0, 0);
        log.truncate_to(2);
        let known: Vec<_> = log
            .producers()
            .iter()
            .map(|(id, state)| (id, state.kept().len()))
            .collect();
        assert_eq!(known, [(1, 1)]);
        let again = log.producers().check(sequence, 2).unwrap().unwrap();
        assert_eq!((again.base_offset, again.last_offset), (0, 1));
    }

    #[test]
    fn a_truncated_log_goes_on_under_the_next_leader() {
        let mut log = log_of(3);
        log.truncate_to(2);
        log.assign_epoch(4);
        let mut dictionary = Dictionary::default();
        assert_eq!(log.append(batch(&mut dictionary, 2), 4), 2);
        assert_eq!(log.epochs().starts(), [(0, 0), (4, 2)]);
        assert_eq!(
            log.end_offset_for(3),
            Some(EpochEnd {
                epoch: 0,
                end_offset: 2
            })
        );
        let read = log.read(0, log.end(), u32::MAX, true);
        assert_eq!(read.iter().map(|e| e.leader_epoch).collect::<Vec<_>>(), [0, 4]);
    }

    #[test]
    fn what_is_deleted_before_an_offset_moves_the_start() {
        let mut log = log_of(3);
        log.delete_records_before(3);
        assert_eq!((log.start(), log.epochs().starts()), (3, [(0, 3)].as_slice()));
        log.delete_records_before(1);
        assert_eq!(log.start(), 3, "never back");
        log.delete_records_before(100);
        assert_eq!(log.start(), 6, "not beyond the end");
    }

    proptest::proptest! {
        #[test]
        fn reading_on_and_on_gives_every_record_once(
            sizes in proptest::collection::vec(1u32..6, 1..400),
            limit in 1u32..3_000,
            from in 0u64..2_000,
        ) {
            let mut dictionary = Dictionary::default();
            let mut log = Log::default();
            for size in &sizes {
                log.append(batch(&mut dictionary, *size), 0);
            }
            let mut next = from.min(log.end());
            while next < log.end() {
                let read = log.read(next, log.end(), limit, true);
                proptest::prop_assert!(!read.is_empty(), "a read always comes on");
                proptest::prop_assert!(read[0].base_offset <= next && next < read[0].end_offset());
                proptest::prop_assert!(read.windows(2).all(|pair| pair[0].end_offset() == pair[1].base_offset));
                next = read[read.len() - 1].end_offset();
            }
            proptest::prop_assert_eq!(next, log.end());
        }
    }
}
