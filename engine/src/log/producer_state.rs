//! What a log remembers of the idempotent producers that have written to it (KIP-98): enough to tell a batch that is sent
//! twice from a new one, and to see a gap.

use super::{Batch, BatchSequence, LogEntry};
use crate::short_map::ShortMap;
use crate::wire::{ErrorCode, Micros, Offset, ProducerEpoch, ProducerId, Sequence};

/// The batches of a producer that a log can recognise when they come again
/// (`ProducerStateEntry.NUM_BATCHES_TO_RETAIN`): as many as an idempotent producer may have in flight.
pub const BATCHES_KEPT: usize = 5;

/// The number that lies `by` records after `sequence`: 2147483647 is followed by 0
/// (`DefaultRecordBatch.incrementSequence`).
#[must_use]
pub fn sequence_after(sequence: Sequence, by: u32) -> Sequence {
    sequence.wrapping_add(by) & LARGEST
}

const LARGEST: Sequence = 0x7fff_ffff;

/// The producers of one log (`ProducerStateManager`). Bounded: one entry for each producer id that has written within
/// `producer.id.expiration.ms`, and a cluster hands out one id to each life of a producer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProducerStates {
    producers: ShortMap<ProducerId, ProducerState>,
}

/// One producer, as a log knows it (`ProducerStateEntry`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProducerState {
    /// Its epoch.
    pub epoch: ProducerEpoch,
    /// When the last record of its last batch was sent: it expires by that.
    pub last_timestamp_us: Micros,
    kept: [KeptBatch; BATCHES_KEPT],
    len: u8,
}

/// A batch that is still recognised (`BatchMetadata`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeptBatch {
    /// The number of its first record.
    pub first_sequence: Sequence,
    /// The number of its last record.
    pub last_sequence: Sequence,
    /// Where it is.
    pub base_offset: Offset,
    /// Where its last record is.
    pub last_offset: Offset,
}

impl ProducerState {
    /// The batches that are still recognised, the oldest first; at least one.
    #[must_use]
    pub fn kept(&self) -> &[KeptBatch] {
        &self.kept[..usize::from(self.len)]
    }

    /// The last batch.
    #[must_use]
    pub fn last(&self) -> KeptBatch {
        self.kept[usize::from(self.len.max(1)) - 1]
    }

    fn of(epoch: ProducerEpoch) -> Self {
        Self {
            epoch,
            last_timestamp_us: 0,
            kept: [KeptBatch::default(); BATCHES_KEPT],
            len: 0,
        }
    }

    fn keep(&mut self, batch: KeptBatch) {
        if usize::from(self.len) == BATCHES_KEPT {
            self.kept.rotate_left(1);
        } else {
            self.len += 1;
        }
        self.kept[usize::from(self.len) - 1] = batch;
    }

    fn is_expired(&self, now: Micros, expiration_us: Micros) -> bool {
        now.saturating_sub(self.last_timestamp_us) >= expiration_us
    }
}

impl ProducerStates {
    /// What to do with a batch that a client sends: append it (`None`), or answer where it is already.
    ///
    /// Exactly the same numbers as one of the last [`BATCHES_KEPT`] batches make a duplicate. Otherwise the number of the
    /// first record must follow the last one, or be 0 in a new epoch. Of a producer that is not known any number is taken:
    /// its state may have expired (`ProducerAppendInfo.checkSequence`).
    ///
    /// # Errors
    /// `INVALID_PRODUCER_EPOCH` for an epoch before the known one; `OUT_OF_ORDER_SEQUENCE_NUMBER` for a gap, for a batch
    /// that is older than those that are kept, and for one that covers another in part.
    pub fn check(&self, sequence: BatchSequence, records: u32) -> Result<Option<KeptBatch>, ErrorCode> {
        let Some(known) = self.producers.get(&sequence.producer_id) else {
            return Ok(None);
        };
        let last_sequence = last_sequence(sequence.base, records);
        if sequence.epoch < known.epoch {
            return Err(ErrorCode::InvalidProducerEpoch);
        }
        let expected = if sequence.epoch == known.epoch {
            let same = |kept: &&KeptBatch| kept.first_sequence == sequence.base && kept.last_sequence == last_sequence;
            if let Some(duplicate) = known.kept().iter().find(same) {
                return Ok(Some(*duplicate));
            }
            sequence_after(known.last().last_sequence, 1)
        } else {
            0
        };
        if sequence.base == expected {
            Ok(None)
        } else {
            Err(ErrorCode::OutOfOrderSequenceNumber)
        }
    }

    /// Notes a batch that is in the log now. Nothing is checked: a follower takes over what its leader has decided
    /// (`AppendOrigin.REPLICATION`).
    pub fn note(&mut self, batch: &Batch, base_offset: Offset) {
        if let Some(sequence) = batch.sequence {
            self.note_appended(sequence, batch.len(), base_offset, batch.max_timestamp_us);
        }
    }

    /// As [`ProducerStates::note`], without the batch.
    pub fn note_appended(&mut self, sequence: BatchSequence, records: u32, base_offset: Offset, timestamp_us: Micros) {
        let state = self
            .producers
            .or_insert_with(sequence.producer_id, || ProducerState::of(sequence.epoch));
        if state.epoch != sequence.epoch {
            *state = ProducerState::of(sequence.epoch);
        }
        state.last_timestamp_us = timestamp_us;
        state.keep(KeptBatch {
            first_sequence: sequence.base,
            last_sequence: last_sequence(sequence.base, records),
            base_offset,
            last_offset: base_offset + u64::from(records.max(1)) - 1,
        });
    }

    /// Whether that producer is known, but has not written for `producer.id.expiration.ms`.
    #[must_use]
    pub fn is_expired(&self, producer: ProducerId, now: Micros, expiration_us: Micros) -> bool {
        let known = self.producers.get(&producer);
        known.is_some_and(|state| state.is_expired(now, expiration_us))
    }

    /// Forgets who has not written for `producer.id.expiration.ms`.
    pub fn expire(&mut self, now: Micros, expiration_us: Micros) {
        self.producers.retain(|_, state| !state.is_expired(now, expiration_us));
    }

    /// Forgets all, and learns it again from what is left of the log after a truncation (`truncateAndReload`,
    /// `UnifiedLog.rebuildProducerState`). Who had expired is known again until the next look.
    pub fn rebuild<'l>(&mut self, entries: impl Iterator<Item = &'l LogEntry>) {
        self.producers.clear();
        for entry in entries {
            self.note(&entry.batch, entry.base_offset);
        }
    }

    /// A restart after a clean stop: the snapshot that was written then has only the last batch of each producer
    /// (`ProducerStateManager.writeSnapshot`), and is read without those that have expired.
    pub fn reload_from_snapshot(&mut self, now: Micros, expiration_us: Micros) {
        self.expire(now, expiration_us);
        for state in self.producers.values_mut() {
            let last = state.last();
            (state.len, state.kept[0]) = (1, last);
        }
    }

    /// The producers that are known, ascending by id.
    pub fn iter(&self) -> impl Iterator<Item = (ProducerId, &ProducerState)> {
        self.producers.iter().map(|(id, state)| (*id, state))
    }
}

fn last_sequence(base: Sequence, records: u32) -> Sequence {
    sequence_after(base, records.max(1) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(epoch: ProducerEpoch, base: Sequence) -> BatchSequence {
        BatchSequence {
            producer_id: 7,
            epoch,
            base,
        }
    }

    /// A log of batches of two records each, from that number on.
    fn log_of(batches: u32, first: Sequence) -> ProducerStates {
        let mut states = ProducerStates::default();
        for batch in 0..batches {
            let base = sequence_after(first, batch * 2);
            assert_eq!(states.check(numbers(0, base), 2), Ok(None));
            states.note_appended(numbers(0, base), 2, u64::from(batch) * 2, 0);
        }
        states
    }

    #[test]
    fn a_batch_that_comes_again_is_found_where_it_is() {
        let states = log_of(7, 0);
        let offset = |base| {
            states
                .check(numbers(0, base), 2)
                .map(|found| found.map(|kept| kept.base_offset))
        };
        assert_eq!((offset(12), offset(4)), (Ok(Some(12)), Ok(Some(4))));
        assert_eq!(
            offset(2),
            Err(ErrorCode::OutOfOrderSequenceNumber),
            "the sixth from the end is forgotten"
        );
    }

    #[test]
    fn a_gap_and_a_part_of_another_batch_are_refused() {
        let states = log_of(2, 0);
        assert_eq!(states.check(numbers(0, 4), 1), Ok(None));
        for (base, records) in [(5, 1), (2, 3), (3, 1)] {
            assert_eq!(
                states.check(numbers(0, base), records),
                Err(ErrorCode::OutOfOrderSequenceNumber)
            );
        }
    }

    #[test]
    fn a_new_epoch_starts_at_0_and_ends_the_old_one() {
        let mut states = log_of(2, 0);
        assert_eq!(states.check(numbers(1, 4), 1), Err(ErrorCode::OutOfOrderSequenceNumber));
        assert_eq!(states.check(numbers(1, 0), 1), Ok(None));
        states.note_appended(numbers(1, 0), 1, 4, 0);
        assert_eq!(states.check(numbers(0, 4), 1), Err(ErrorCode::InvalidProducerEpoch));
        assert_eq!(states.check(numbers(1, 1), 1), Ok(None));
    }

    #[test]
    fn an_unknown_producer_may_start_anywhere_and_so_may_one_that_has_expired() {
        let mut states = log_of(1, 100);
        assert_eq!(states.check(numbers(0, 0), 1), Err(ErrorCode::OutOfOrderSequenceNumber));
        states.expire(10, 10);
        assert_eq!(states.check(numbers(0, 0), 1), Ok(None));
    }

    #[test]
    fn numbers_wrap_around() {
        let states = log_of(3, 2_147_483_644);
        assert_eq!(
            states.iter().next().map(|(_, state)| state.last().last_sequence),
            Some(1)
        );
        assert_eq!(states.check(numbers(0, 2), 1), Ok(None));
        assert!(matches!(states.check(numbers(0, 2_147_483_646), 2), Ok(Some(_))));
        assert_eq!(sequence_after(2_147_483_647, 1), 0);
    }

    #[test]
    fn a_snapshot_knows_the_last_batch_only() {
        let mut states = log_of(3, 0);
        states.reload_from_snapshot(5, 10);
        assert!(matches!(states.check(numbers(0, 4), 2), Ok(Some(_))));
        assert_eq!(states.check(numbers(0, 2), 2), Err(ErrorCode::OutOfOrderSequenceNumber));
        states.reload_from_snapshot(10, 10);
        assert_eq!(states.iter().count(), 0);
    }
}
