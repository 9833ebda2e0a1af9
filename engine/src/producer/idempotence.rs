//! The numbers of an idempotent producer's batches (KIP-98, KIP-360): who has which, what is not known to be written, and
//! when to begin anew.
//!
//! `TransactionManager`, `TxnPartitionMap` and `TxnPartitionEntry`, as far as they serve producers without transactions.
//! Pure: it sends nothing, and knows batches by their ordinal in their partition.

use crate::log::{BatchSequence, sequence_after};
use crate::wire::{ErrorCode, ProducerEpoch, ProducerId, Sequence};

/// The largest epoch (`Short.MAX_VALUE`): after it comes another id.
const LARGEST_EPOCH: ProducerEpoch = 0x7fff;

/// An id and its epoch (`ProducerIdAndEpoch`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) producer_id: ProducerId,
    pub(super) epoch: ProducerEpoch,
}

/// What the producer knows of its numbers. Bounded: one entry a partition, with as many batches as may be in flight.
#[derive(Debug, Clone, Default)]
pub(super) struct Idempotence {
    identity: Option<Identity>,
    partitions: Vec<Numbers>,
    /// With the next turn.
    bump_required: bool,
}

/// The numbers of one partition (`TxnPartitionEntry`).
#[derive(Debug, Clone, Default)]
struct Numbers {
    /// Of the batches that have numbers here. Older than the producer's own while they are in flight.
    identity: Option<Identity>,
    next: Sequence,
    last_acked: Option<Sequence>,
    /// Batches that have a number and no outcome, in the order of their numbers: on their way, or waiting to be sent
    /// again.
    open: Vec<Open>,
    /// A batch was given up that may have been written: the number after it.
    unresolved: Option<Sequence>,
    /// The numbers of the open batches begin at 0 with the next epoch.
    rewrite: bool,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    ordinal: u32,
    records: u32,
    base: Sequence,
    /// It had another number before (`ProducerBatch.sequenceHasBeenReset`).
    rewritten: bool,
}

impl Numbers {
    fn place_of(&self, ordinal: u32) -> Option<usize> {
        self.open.iter().position(|open| open.ordinal == ordinal)
    }

    fn last_of(&self, ordinal: u32) -> Option<Sequence> {
        let open = self.open.iter().find(|open| open.ordinal == ordinal)?;
        Some(sequence_after(open.base, open.records - 1))
    }

    fn close(&mut self, ordinal: u32) {
        self.open.retain(|open| open.ordinal != ordinal);
    }

    /// The number that follows what is acknowledged.
    fn expected(&self) -> Sequence {
        self.last_acked.map_or(0, |last| sequence_after(last, 1))
    }

    fn note_acked(&mut self, last: Sequence) {
        // Numbers go round, so that the later one of two is the one that lies less than half a round ahead.
        let is_later = |than: Sequence| (1..1 << 30).contains(&(last.wrapping_sub(than) & 0x7fff_ffff));
        if self.last_acked.is_none_or(is_later) {
            self.last_acked = Some(last);
        }
    }

    /// `TxnPartitionEntry.startSequencesAtBeginning`.
    fn start_at_beginning(&mut self, identity: Option<Identity>) {
        let mut next = 0;
        for open in &mut self.open {
            (open.base, open.rewritten) = (next, true);
            next = sequence_after(next, open.records);
        }
        self.identity = identity;
        self.next = next;
        self.last_acked = None;
        self.rewrite = false;
        self.unresolved = None;
    }
}

impl Idempotence {
    /// Who the producer is, once a broker has said so.
    pub(super) fn identity(&self) -> Option<Identity> {
        self.identity
    }

    pub(super) fn set_identity(&mut self, identity: Identity) {
        self.identity = Some(identity);
    }

    fn numbers(&mut self, partition: u32) -> &mut Numbers {
        let partition = partition as usize;
        if partition >= self.partitions.len() {
            self.partitions.resize_with(partition + 1, Numbers::default);
        }
        &mut self.partitions[partition]
    }

    /// Whether the partition's first batch in the queue may go (`RecordAccumulator.shouldStopDrainBatchesForPartition`).
    ///
    /// A new one waits while others with an older epoch are open, or while it is unknown whether one that was given up was
    /// written. One that is sent again waits until it is the first of those that are open: so a partition has one batch on
    /// its way while an earlier one is tried again, and order holds.
    pub(super) fn may_drain(&self, partition: u32, ordinal: u32) -> bool {
        let Some(numbers) = self.partitions.get(partition as usize) else {
            return self.identity.is_some();
        };
        if self.identity.is_none() {
            return false;
        }
        match numbers.place_of(ordinal) {
            Some(place) => place == 0,
            None => {
                let stale = numbers.identity != self.identity && !numbers.open.is_empty();
                !stale && numbers.unresolved.is_none()
            }
        }
    }

    /// The batch's number: the one that it has, or the next. `None` while the producer has no id.
    pub(super) fn number(&mut self, partition: u32, ordinal: u32, records: u32) -> Option<BatchSequence> {
        let identity = self.identity?;
        let numbers = self.numbers(partition);
        let base = match numbers.place_of(ordinal) {
            Some(place) => numbers.open[place].base,
            None => {
                // `TransactionManager.maybeUpdateProducerIdAndEpoch`
                if numbers.identity != Some(identity) && numbers.open.is_empty() {
                    numbers.start_at_beginning(Some(identity));
                }
                let base = numbers.next;
                numbers.next = sequence_after(base, records);
                numbers.open.push(Open {
                    ordinal,
                    records,
                    base,
                    rewritten: false,
                });
                base
            }
        };
        let of = numbers.identity.unwrap_or(identity);
        Some(BatchSequence {
            producer_id: of.producer_id,
            epoch: of.epoch,
            base,
        })
    }

    /// The broker has it (`TransactionManager.handleCompletedBatch`). `sent_as` is what it had when it went: its number, if
    /// it was given up meanwhile.
    pub(super) fn acknowledged(&mut self, partition: u32, ordinal: u32, records: u32, sent_as: Option<BatchSequence>) {
        let Some(sent_as) = sent_as else { return };
        let numbers = self.numbers(partition);
        let given_up = || {
            let same = numbers
                .identity
                .is_some_and(|id| (id.producer_id, id.epoch) == (sent_as.producer_id, sent_as.epoch));
            same.then(|| sequence_after(sent_as.base, records - 1))
        };
        if let Some(last) = numbers.last_of(ordinal).or_else(given_up) {
            numbers.note_acked(last);
        }
        numbers.close(ordinal);
    }

    /// Its number is not needed any more: it was given up with an error (`TransactionManager.handleFailedBatch`). The
    /// numbers after it would leave a gap, so with `known` to be unwritten the producer begins a new epoch.
    pub(super) fn failed(&mut self, partition: u32, ordinal: u32, error: ErrorCode, known: bool) {
        let numbers = self.numbers(partition);
        if numbers.place_of(ordinal).is_none() {
            return;
        }
        numbers.close(ordinal);
        let is_gap = matches!(
            error,
            ErrorCode::OutOfOrderSequenceNumber | ErrorCode::UnknownProducerId
        );
        if known || is_gap {
            self.require_bump(partition);
        }
    }

    /// It was given up after it had been sent more than once, and nobody knows whether it was written
    /// (`TransactionManager.markSequenceUnresolved`). Call it before [`Idempotence::failed`].
    pub(super) fn unresolved(&mut self, partition: u32, ordinal: u32) {
        let numbers = self.numbers(partition);
        if let Some(last) = numbers.last_of(ordinal) {
            let after = sequence_after(last, 1);
            numbers.unresolved = Some(numbers.unresolved.map_or(after, |known| known.max(after)));
        }
    }

    /// It goes on as smaller ones, whose records are so many (`RecordAccumulator.splitAndReenqueue`).
    pub(super) fn split(&mut self, partition: u32, ordinal: u32, parts: impl Iterator<Item = u32>) {
        let numbers = self.numbers(partition);
        let Some(place) = numbers.place_of(ordinal) else { return };
        let whole = numbers.open.remove(place);
        let (mut base, mut ordinal, mut at) = (whole.base, whole.ordinal, place);
        for records in parts {
            numbers.open.insert(
                at,
                Open {
                    ordinal,
                    records,
                    base,
                    ..whole
                },
            );
            base = sequence_after(base, records);
            ordinal += records;
            at += 1;
        }
    }

    /// Whether an error that is about numbers is worth another try; `None` for other errors
    /// (`TransactionManager.canRetry`).
    ///
    /// A batch whose predecessor is not acknowledged is certain to be out of order, and only waits for it. Otherwise there
    /// is a gap, which a new epoch closes.
    pub(super) fn may_retry(&mut self, partition: u32, ordinal: u32, error: ErrorCode) -> Option<bool> {
        let numbers = self.numbers(partition);
        let open = numbers.open.iter().find(|open| open.ordinal == ordinal).copied();
        let (base, rewritten) = open.map_or((None, false), |open| (Some(open.base), open.rewritten));
        let bump = match error {
            ErrorCode::UnknownProducerId => !rewritten,
            ErrorCode::OutOfOrderSequenceNumber => match numbers.unresolved {
                Some(next) => base == Some(next),
                None => !rewritten && base == Some(numbers.expected()),
            },
            _ => return None,
        };
        if bump {
            self.require_bump(partition);
        }
        Some(open.is_some())
    }

    /// `TransactionManager.requestIdempotentEpochBumpForPartition`. All open batches are renumbered then, also those before
    /// the one that has failed: if one of them is written and its answer was lost, it is written again. So it is in Kafka.
    fn require_bump(&mut self, partition: u32) {
        self.bump_required = true;
        self.numbers(partition).rewrite = true;
    }

    /// Before each round of the sender: sees what became of numbers that were in doubt
    /// (`TransactionManager.maybeResolveSequences`), and begins a new epoch if one is needed
    /// (`bumpIdempotentEpochAndResetIdIfNeeded`). Answers that; without an identity afterwards, a new one is to be asked
    /// for.
    pub(super) fn turn(&mut self) -> Option<ProducerEpoch> {
        for numbers in &mut self.partitions {
            if numbers.unresolved.is_some() && numbers.open.is_empty() {
                numbers.unresolved = None;
                // If later batches were written, so was the one in doubt.
                if numbers.next != numbers.expected() {
                    numbers.rewrite = true;
                    self.bump_required = true;
                }
            }
        }
        if !std::mem::take(&mut self.bump_required) {
            return None;
        }
        self.identity = self.identity.and_then(|identity| {
            let epoch = Some(identity.epoch).filter(|epoch| *epoch < LARGEST_EPOCH)? + 1;
            Some(Identity { epoch, ..identity })
        });
        let identity = self.identity;
        for numbers in self.partitions.iter_mut().filter(|numbers| numbers.rewrite) {
            numbers.start_at_beginning(identity);
        }
        identity.map(|identity| identity.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn producer() -> Idempotence {
        let mut idempotence = Idempotence::default();
        idempotence.set_identity(Identity {
            producer_id: 4,
            epoch: 0,
        });
        idempotence
    }

    /// Three batches of two records, all on their way.
    fn three_open() -> Idempotence {
        let mut idempotence = producer();
        for ordinal in [0, 2, 4] {
            assert!(idempotence.may_drain(0, ordinal));
            assert_eq!(number(&mut idempotence, ordinal), (0, ordinal));
        }
        idempotence
    }

    fn number(idempotence: &mut Idempotence, ordinal: u32) -> (ProducerEpoch, Sequence) {
        let number = idempotence.number(0, ordinal, 2).unwrap();
        (number.epoch, number.base)
    }

    #[test]
    fn nothing_goes_before_the_id_is_there() {
        let mut idempotence = Idempotence::default();
        assert!(!idempotence.may_drain(0, 0));
        assert_eq!(idempotence.number(0, 0, 1), None);
    }

    #[test]
    fn a_number_is_kept_when_the_batch_is_sent_again() {
        let mut idempotence = three_open();
        assert_eq!(number(&mut idempotence, 2), (0, 2));
        assert_eq!(number(&mut idempotence, 6), (0, 6));
    }

    #[test]
    fn only_the_first_of_those_that_are_open_is_sent_again() {
        let mut idempotence = three_open();
        assert!(idempotence.may_drain(0, 0) && !idempotence.may_drain(0, 2));
        idempotence.acknowledged(0, 0, 2, sent(0, 0));
        assert!(idempotence.may_drain(0, 2) && !idempotence.may_drain(0, 4));
    }

    fn sent(epoch: ProducerEpoch, base: Sequence) -> Option<BatchSequence> {
        Some(BatchSequence {
            producer_id: 4,
            epoch,
            base,
        })
    }

    #[test]
    fn out_of_order_behind_another_one_only_waits() {
        let mut idempotence = three_open();
        let error = ErrorCode::OutOfOrderSequenceNumber;
        assert_eq!(idempotence.may_retry(0, 2, error), Some(true));
        assert_eq!(idempotence.turn(), None);
    }

    #[test]
    fn a_real_gap_begins_a_new_epoch_and_renumbers() {
        let mut idempotence = three_open();
        idempotence.acknowledged(0, 0, 2, sent(0, 0));
        let error = ErrorCode::OutOfOrderSequenceNumber;
        assert_eq!(idempotence.may_retry(0, 2, error), Some(true));
        assert_eq!(idempotence.turn(), Some(1));
        assert_eq!(
            (number(&mut idempotence, 2), number(&mut idempotence, 4)),
            ((1, 0), (1, 2))
        );
        assert_eq!(
            idempotence.may_retry(0, 4, error),
            Some(true),
            "an answer to its old number"
        );
        assert_eq!(idempotence.turn(), None);
        assert_eq!(number(&mut idempotence, 6), (1, 4));
    }

    #[test]
    fn another_partition_finishes_with_its_old_epoch_first() {
        let mut idempotence = three_open();
        assert!(idempotence.number(1, 0, 1).is_some());
        idempotence.failed(1, 0, ErrorCode::InvalidRequest, true);
        assert_eq!(idempotence.turn(), Some(1));
        assert_eq!(number(&mut idempotence, 2), (0, 2), "sent again as it was");
        assert!(!idempotence.may_drain(0, 6), "a new one would overtake");
        for ordinal in [0, 2, 4] {
            idempotence.acknowledged(0, ordinal, 2, sent(0, ordinal));
        }
        assert!(idempotence.may_drain(0, 6));
        assert_eq!(number(&mut idempotence, 6), (1, 0));
    }

    #[test]
    fn what_was_given_up_in_doubt_is_resolved_once_nothing_is_open() {
        let given_up_first = || {
            let mut idempotence = three_open();
            idempotence.unresolved(0, 0);
            idempotence.failed(0, 0, ErrorCode::RequestTimedOut, false);
            assert!(!idempotence.may_drain(0, 6), "nothing new meanwhile");
            assert!(idempotence.may_drain(0, 2));
            assert_eq!(idempotence.turn(), None);
            idempotence
        };
        let mut written = given_up_first();
        written.acknowledged(0, 2, 2, sent(0, 2));
        written.acknowledged(0, 4, 2, sent(0, 4));
        assert_eq!(written.turn(), None, "later ones were written, so it was");
        assert_eq!(number(&mut written, 6), (0, 6));

        let mut lost = given_up_first();
        let error = ErrorCode::OutOfOrderSequenceNumber;
        assert_eq!(lost.may_retry(0, 4, error), Some(true));
        assert_eq!(lost.turn(), None, "the one behind the doubtful one tells");
        assert_eq!(lost.may_retry(0, 2, error), Some(true));
        assert_eq!(lost.turn(), Some(1));
        assert_eq!(number(&mut lost, 2), (1, 0));

        let mut all_given_up = given_up_first();
        for ordinal in [2, 4] {
            all_given_up.unresolved(0, ordinal);
            all_given_up.failed(0, ordinal, ErrorCode::RequestTimedOut, false);
        }
        assert_eq!(all_given_up.turn(), Some(1));
        assert_eq!(number(&mut all_given_up, 6), (1, 0));
    }

    #[test]
    fn an_answer_that_comes_after_it_was_given_up_still_counts() {
        let mut idempotence = producer();
        assert_eq!(number(&mut idempotence, 0), (0, 0));
        idempotence.unresolved(0, 0);
        idempotence.failed(0, 0, ErrorCode::RequestTimedOut, false);
        idempotence.acknowledged(0, 0, 2, sent(0, 0));
        assert_eq!(idempotence.turn(), None);
        assert_eq!(number(&mut idempotence, 2), (0, 2));
    }

    #[test]
    fn a_split_keeps_the_numbers() {
        let mut idempotence = three_open();
        idempotence.split(0, 2, [1, 1].into_iter());
        assert!(!idempotence.may_drain(0, 3));
        idempotence.acknowledged(0, 0, 2, sent(0, 0));
        idempotence.acknowledged(0, 2, 1, sent(0, 2));
        assert_eq!(idempotence.number(0, 3, 1).map(|number| number.base), Some(3));
    }

    #[test]
    fn after_the_largest_epoch_comes_another_id() {
        let mut idempotence = producer();
        idempotence.set_identity(Identity {
            producer_id: 4,
            epoch: LARGEST_EPOCH,
        });
        assert!(idempotence.number(0, 0, 1).is_some());
        idempotence.failed(0, 0, ErrorCode::InvalidRequest, true);
        assert_eq!(idempotence.turn(), None);
        assert_eq!(idempotence.identity(), None);
    }
}
