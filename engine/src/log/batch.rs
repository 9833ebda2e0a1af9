//! Batches: the unit of everything that Kafka does with records.

use super::size::{
    NO_HEADER_BYTES, RECORD_BATCH_OVERHEAD, estimate_upper_bound, has_room_for, is_full, record_bytes, write_limit,
};
use super::{Dictionary, GroupRecord, Record, RetryHeaders};
use crate::wire::{LeaderEpoch, Micros, NodeId, Offset, ProducerEpoch, ProducerId, Sequence};
use std::sync::Arc;

/// Records that travel, are stored and are replicated together. Never changes once it is built: the replicas of a
/// partition, the retries of a producer and the clones of a world all share one.
#[derive(Debug)]
pub struct Batch {
    /// Who sent it.
    pub producer: NodeId,
    /// The how manyeth record, from 0, of those that its producer sent to this partition is its first: the identity of
    /// its records, whatever becomes of them. Not a part of Kafka's format.
    pub ordinal: u32,
    /// An idempotent producer's numbers.
    pub sequence: Option<BatchSequence>,
    /// When its first record was sent.
    pub base_timestamp_us: Micros,
    /// When its last record was sent.
    pub max_timestamp_us: Micros,
    records: Box<[Record]>,
    group_records: Box<[GroupRecord]>,
    headers: Box<[RetryHeaders]>,
    size_bytes: u32,
}

/// What an idempotent producer writes into a batch (KIP-98).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchSequence {
    /// The producer id.
    pub producer_id: ProducerId,
    /// Its epoch.
    pub epoch: ProducerEpoch,
    /// The number of the first record.
    pub base: Sequence,
}

impl Batch {
    /// Its records, in order.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// What its records say, where a group coordinator wrote them; empty for all others.
    #[must_use]
    pub fn group_records(&self) -> &[GroupRecord] {
        &self.group_records
    }

    /// The headers of its records, one for each, where an application wrote them; empty for all others.
    #[must_use]
    pub fn headers(&self) -> &[RetryHeaders] {
        &self.headers
    }

    /// How many records it has.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.records.len()).unwrap_or(u32::MAX)
    }

    /// A batch has at least one record; this is for tools that ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The same records with other numbers: an idempotent producer that has bumped its epoch rewrites what it still has in
    /// flight (`MemoryRecordsBuilder.reopenAndRewriteProducerState`).
    #[must_use]
    pub fn renumbered(&self, sequence: Option<BatchSequence>) -> Arc<Batch> {
        Arc::new(Batch {
            producer: self.producer,
            ordinal: self.ordinal,
            sequence,
            base_timestamp_us: self.base_timestamp_us,
            max_timestamp_us: self.max_timestamp_us,
            records: self.records.clone(),
            group_records: self.group_records.clone(),
            headers: self.headers.clone(),
            size_bytes: self.size_bytes,
        })
    }

    /// Its size as Kafka's format v2 would have it, uncompressed.
    #[must_use]
    pub fn size_bytes(&self) -> u32 {
        self.size_bytes
    }
}

/// A batch that still takes records.
#[derive(Debug, Clone)]
pub struct BatchBuilder {
    base_timestamp_us: Micros,
    max_timestamp_us: Micros,
    records: Vec<Record>,
    group_records: Box<[GroupRecord]>,
    headers: Vec<RetryHeaders>,
    size_bytes: u32,
    batch_size: u32,
    write_limit: u32,
}

impl BatchBuilder {
    /// An empty batch, opened at `now`, that takes records up to `batch_size` bytes.
    #[must_use]
    pub fn new(now: Micros, batch_size: u32) -> Self {
        Self {
            base_timestamp_us: now,
            max_timestamp_us: now,
            records: Vec::new(),
            group_records: Box::default(),
            headers: Vec::new(),
            size_bytes: RECORD_BATCH_OVERHEAD,
            batch_size,
            write_limit: batch_size,
        }
    }

    /// The same with room for so many records at once: a list that grows from a few is moved three times until then.
    #[must_use]
    pub fn with_room_for(mut self, records: usize) -> Self {
        self.records.reserve_exact(records);
        self
    }

    /// What the batch grows by with that record.
    fn record_size(&self, record: &Record, header_bytes: u32, now: Micros, dictionary: &Dictionary) -> u32 {
        record_bytes(
            self.count(),
            i64::try_from((now - self.base_timestamp_us) / 1000).unwrap_or(i64::MAX),
            record.key.map(|key| dictionary.key_bytes(key)),
            Some(record.value_bytes),
            header_bytes,
        )
    }

    /// Adds the record, sent at `now`, if the batch has room for it; the first one always fits
    /// (`MemoryRecordsBuilder.hasRoomFor`). Answers whether it was added.
    pub fn try_add(&mut self, record: Record, now: Micros, dictionary: &Dictionary) -> bool {
        self.try_add_sized(record, NO_HEADER_BYTES, now, dictionary)
    }

    /// As [`BatchBuilder::try_add`], with headers. A batch has them for all of its records, or for none.
    pub fn try_add_with(
        &mut self,
        record: Record,
        headers: RetryHeaders,
        now: Micros,
        dictionary: &Dictionary,
    ) -> bool {
        let added = self.try_add_sized(record, headers.bytes, now, dictionary);
        if added {
            self.headers.push(headers);
        }
        added
    }

    #[inline]
    fn try_add_sized(&mut self, mut record: Record, header_bytes: u32, now: Micros, dictionary: &Dictionary) -> bool {
        let size = self.record_size(&record, header_bytes, now, dictionary);
        if self.records.is_empty() {
            let key = record.key.map(|key| dictionary.key_bytes(key));
            let bound = estimate_upper_bound(key, Some(record.value_bytes), header_bytes);
            self.write_limit = write_limit(self.batch_size, bound);
        } else if !has_room_for(self.write_limit, self.size_bytes, self.count(), size) {
            return false;
        }
        record.timestamp_delta_us = u32::try_from(now - self.base_timestamp_us).unwrap_or(u32::MAX);
        self.size_bytes = self.size_bytes.saturating_add(size);
        self.max_timestamp_us = now;
        self.records.push(record);
        true
    }

    /// What the records say: the group coordinator's, one for each record.
    #[must_use]
    pub fn saying(mut self, group_records: Box<[GroupRecord]>) -> Self {
        self.group_records = group_records;
        self
    }

    /// How many records it has so far.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.records.len()).unwrap_or(u32::MAX)
    }

    /// Its size so far.
    #[must_use]
    pub fn size_bytes(&self) -> u32 {
        self.size_bytes
    }

    /// Whether it takes no further record, however small.
    #[must_use]
    pub fn is_full(&self) -> bool {
        is_full(self.write_limit, self.size_bytes, self.count())
    }

    /// Closes it for good.
    #[must_use]
    pub fn build(self, producer: NodeId, ordinal: u32, sequence: Option<BatchSequence>) -> Arc<Batch> {
        Arc::new(Batch {
            producer,
            ordinal,
            sequence,
            base_timestamp_us: self.base_timestamp_us,
            max_timestamp_us: self.max_timestamp_us,
            records: self.records.into_boxed_slice(),
            group_records: self.group_records,
            headers: self.headers.into(),
            size_bytes: self.size_bytes,
        })
    }
}

/// A batch in a log: the leader gave it its offsets and its epoch, a follower copies both.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// The offset of its first record.
    pub base_offset: Offset,
    /// The epoch of the leader that appended it.
    pub leader_epoch: LeaderEpoch,
    /// The records.
    pub batch: Arc<Batch>,
}

impl LogEntry {
    /// The offset after its last record.
    #[must_use]
    pub fn end_offset(&self) -> Offset {
        self.base_offset + u64::from(self.batch.len())
    }
}
