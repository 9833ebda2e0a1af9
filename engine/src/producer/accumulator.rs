//! Batches in the making: one queue for each partition.

use super::queued_batch::{BatchState, QueuedBatch};
use crate::log::size::{NO_HEADER_BYTES, estimate_upper_bound};
use crate::log::{BatchBuilder, Dictionary, Record, RetryHeaders};
use crate::trace::{BatchWhy, EventId};
use crate::wire::{LeaderEpoch, Micros};
use std::collections::VecDeque;

/// An open batch has room for so many records before it has to grow.
const USUAL_RECORDS: usize = 32;

/// One queue of batches for each partition (`RecordAccumulator`). Bounded by `buffer.memory`.
#[derive(Debug, Clone, Default)]
pub(super) struct Accumulator {
    queues: Vec<VecDeque<QueuedBatch>>,
    /// For each partition, how many records have left its queue for the first time.
    left: Vec<u32>,
    /// Whether the partition has ever had a batch: Kafka makes its queue then.
    opened: Vec<bool>,
    buffered_bytes: u64,
    /// Memory was given back since that was last asked.
    released: bool,
    records: u64,
}

/// What an append did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Appended {
    /// What the queue grew by.
    pub(super) bytes: u32,
    /// Opened a batch.
    pub(super) new_batch: bool,
    /// All batches of the queue are full now.
    pub(super) all_full: bool,
}

/// When a queue may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readiness {
    Empty,
    Now(BatchWhy),
    At(Micros),
}

impl Accumulator {
    /// Makes queues for so many partitions; there may be more later, never fewer.
    pub(super) fn resize(&mut self, partitions: u32) {
        let partitions = partitions as usize;
        if partitions > self.queues.len() {
            self.queues.resize_with(partitions, VecDeque::new);
            self.opened.resize(partitions, false);
            self.left.resize(partitions, 0);
        }
    }

    /// Whether the queue's last batch is full, closed or missing: a record would need a new one.
    pub(super) fn is_tail_full(&self, partition: u32) -> bool {
        self.queues[partition as usize].back().is_none_or(QueuedBatch::is_full)
    }

    /// Adds the record to the queue's last batch, if that has room. Otherwise it closes it.
    pub(super) fn append_to_tail(
        &mut self,
        partition: u32,
        record: Record,
        now: Micros,
        dictionary: &Dictionary,
    ) -> Option<Appended> {
        let tail = self.queues[partition as usize].back_mut()?;
        let BatchState::Open(builder) = &mut tail.state else {
            return None;
        };
        let before = builder.size_bytes();
        if !builder.try_add(record, now, dictionary) {
            let closed = builder.clone();
            tail.state = BatchState::Closed(closed);
            return None;
        }
        self.records += 1;
        let (bytes, all_full) = (builder.size_bytes() - before, builder.is_full());
        Some(Appended {
            bytes,
            new_batch: false,
            all_full,
        })
    }

    /// Opens a batch with the record in it. `None` when `buffer.memory` has no room for `batch.size`, or for the record
    /// if that is more; when nothing else is held there always is.
    pub(super) fn append_new(
        &mut self,
        partition: u32,
        record: Record,
        now: Micros,
        batch_size: u32,
        buffer_memory: u64,
        dictionary: &Dictionary,
    ) -> Option<Appended> {
        let key_bytes = record.key.map(|key| dictionary.key_bytes(key));
        let held_bytes = batch_size.max(estimate_upper_bound(
            key_bytes,
            Some(record.value_bytes),
            NO_HEADER_BYTES,
        ));
        if self.buffered_bytes > 0 && self.buffered_bytes + u64::from(held_bytes) > buffer_memory {
            return None;
        }
        let mut builder = BatchBuilder::new(now, batch_size).with_room_for(USUAL_RECORDS);
        builder.try_add(record, now, dictionary);
        let (bytes, all_full) = (builder.size_bytes(), builder.is_full());
        self.buffered_bytes += u64::from(held_bytes);
        self.records += 1;
        self.opened[partition as usize] = true;
        let ordinal = self.next_ordinal(partition);
        self.queues[partition as usize].push_back(QueuedBatch::open(builder, ordinal, held_bytes, now));
        Some(Appended {
            bytes,
            new_batch: true,
            all_full,
        })
    }

    /// Appends a record with headers: to the queue's last batch, or to a new one; `None` when there is no memory for that.
    /// Answers its ordinal, too.
    pub(super) fn append_relayed(
        &mut self,
        partition: u32,
        (record, headers): (Record, RetryHeaders),
        now: Micros,
        batch_size: u32,
        buffer_memory: u64,
        dictionary: &Dictionary,
    ) -> Option<(Appended, u32)> {
        let queue = &mut self.queues[partition as usize];
        if let Some(tail) = queue.back_mut()
            && let BatchState::Open(builder) = &mut tail.state
        {
            let before = builder.size_bytes();
            if builder.try_add_with(record, headers, now, dictionary) {
                self.records += 1;
                let appended = Appended {
                    bytes: builder.size_bytes() - before,
                    new_batch: false,
                    all_full: builder.is_full(),
                };
                return Some((appended, tail.ordinal + tail.records() - 1));
            }
            let closed = builder.clone();
            tail.state = BatchState::Closed(closed);
        }
        let key_bytes = record.key.map(|key| dictionary.key_bytes(key));
        let held_bytes = batch_size.max(estimate_upper_bound(key_bytes, Some(record.value_bytes), headers.bytes));
        if self.buffered_bytes > 0 && self.buffered_bytes + u64::from(held_bytes) > buffer_memory {
            return None;
        }
        let mut builder = BatchBuilder::new(now, batch_size);
        builder.try_add_with(record, headers, now, dictionary);
        let (bytes, all_full) = (builder.size_bytes(), builder.is_full());
        self.buffered_bytes += u64::from(held_bytes);
        self.records += 1;
        self.opened[partition as usize] = true;
        let ordinal = self.next_ordinal(partition);
        self.queues[partition as usize].push_back(QueuedBatch::open(builder, ordinal, held_bytes, now));
        let appended = Appended {
            bytes,
            new_batch: true,
            all_full,
        };
        Some((appended, ordinal))
    }

    /// What the next batch of that queue begins with.
    fn next_ordinal(&self, partition: u32) -> u32 {
        let left = self.left[partition as usize];
        let tail = self.queues[partition as usize].back();
        tail.map_or(left, |tail| left.max(tail.ordinal + tail.records()))
    }

    /// Says which event opened the queue's last batch.
    pub(super) fn set_tail_cause(&mut self, partition: u32, cause: EventId) {
        if let Some(tail) = self.queues[partition as usize].back_mut() {
            tail.cause = cause;
        }
    }

    /// Whether and when the queue may be sent (`RecordAccumulator.batchReady`), to a leader of that epoch.
    pub(super) fn readiness(
        &self,
        partition: u32,
        leader_epoch: LeaderEpoch,
        now: Micros,
        linger_us: Micros,
        exhausted: bool,
    ) -> Readiness {
        let queue = &self.queues[partition as usize];
        let Some(head) = queue.front() else {
            return Readiness::Empty;
        };
        if let Some(again) = head.again {
            return if head.backs_off(now, leader_epoch) {
                Readiness::At(head.retry_at_us)
            } else {
                Readiness::Now(again)
            };
        }
        let lingered = head.created_us + linger_us;
        if queue.len() > 1 || head.is_full() {
            Readiness::Now(BatchWhy::Full)
        } else if lingered <= now {
            Readiness::Now(BatchWhy::Linger)
        } else if exhausted {
            Readiness::Now(BatchWhy::MemoryExhausted)
        } else {
            Readiness::At(lingered)
        }
    }

    /// The queue's first batch.
    pub(super) fn head(&self, partition: u32) -> Option<&QueuedBatch> {
        self.queues[partition as usize].front()
    }

    /// Takes the queue's first batch.
    pub(super) fn pop(&mut self, partition: u32) -> Option<QueuedBatch> {
        let batch = self.queues[partition as usize].pop_front()?;
        self.records -= u64::from(batch.records());
        let left = &mut self.left[partition as usize];
        *left = (*left).max(batch.ordinal + batch.records());
        Some(batch)
    }

    /// Takes the queue's first batch if it was created before that moment.
    pub(super) fn pop_created_before(&mut self, partition: u32, moment: Micros) -> Option<QueuedBatch> {
        let due = self.queues[partition as usize]
            .front()
            .is_some_and(|head| head.created_us <= moment);
        if due { self.pop(partition) } else { None }
    }

    /// Puts a batch back to the front: it is the first to be sent again.
    pub(super) fn push_front(&mut self, partition: u32, batch: QueuedBatch) {
        self.records += u64::from(batch.records());
        self.queues[partition as usize].push_front(batch);
    }

    /// Puts a batch back to its place in the order of numbers (`RecordAccumulator.insertInSequenceOrder`), which is that
    /// of ordinals.
    pub(super) fn insert_in_order(&mut self, partition: u32, batch: QueuedBatch) {
        self.records += u64::from(batch.records());
        let queue = &mut self.queues[partition as usize];
        let place = queue.iter().position(|other| other.ordinal > batch.ordinal);
        queue.insert(place.unwrap_or(queue.len()), batch);
    }

    /// Gives the batch's memory back: it is done.
    pub(super) fn release(&mut self, batch: &QueuedBatch) {
        self.buffered_bytes = self.buffered_bytes.saturating_sub(u64::from(batch.held_bytes));
        self.released = true;
    }

    /// Whether memory was given back since the last time.
    pub(super) fn take_released(&mut self) -> bool {
        std::mem::take(&mut self.released)
    }

    /// When the oldest batch that waits was created.
    pub(super) fn oldest_us(&self) -> Option<Micros> {
        self.queues
            .iter()
            .filter_map(|queue| queue.front())
            .map(|head| head.created_us)
            .min()
    }

    /// Accounts for batches that were made of another one.
    pub(super) fn hold(&mut self, batch: &QueuedBatch) {
        self.buffered_bytes += u64::from(batch.held_bytes);
    }

    /// What is taken of `buffer.memory`: batches that wait, and those that are on their way.
    pub(super) fn buffered_bytes(&self) -> u64 {
        self.buffered_bytes
    }

    /// Records in all queues.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// How many batches the queue has.
    #[cfg(test)]
    pub(super) fn batches(&self, partition: u32) -> usize {
        self.queues[partition as usize].len()
    }

    /// How many partitions there are queues for.
    pub(super) fn partitions(&self) -> u32 {
        u32::try_from(self.queues.len()).unwrap_or(0)
    }

    /// The lengths of the queues, once every partition has had one (`RecordAccumulator.partitionReady`).
    pub(super) fn lengths_if_all_opened(&self, lengths: &mut Vec<(u32, u32)>) -> bool {
        lengths.clear();
        if !self.opened.iter().all(|opened| *opened) {
            return false;
        }
        let all = self.queues.iter().zip(0u32..);
        lengths.extend(all.map(|(queue, index)| (index, u32::try_from(queue.len()).unwrap_or(u32::MAX))));
        true
    }
}
