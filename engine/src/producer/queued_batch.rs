//! A batch of the producer, from its first record to its outcome.

use crate::log::{Batch, BatchBuilder, BatchSequence, Dictionary};
use crate::trace::{BatchWhy, EventId};
use crate::wire::{LeaderEpoch, Micros, NodeId};
use std::sync::Arc;

/// A batch in a queue, or on its way.
#[derive(Debug, Clone)]
pub(super) struct QueuedBatch {
    pub(super) state: BatchState,
    /// The how manyeth record for its partition is its first ([`Batch::ordinal`]).
    pub(super) ordinal: u32,
    /// `delivery.timeout.ms` and `linger.ms` run from here.
    pub(super) created_us: Micros,
    /// What it holds of `buffer.memory`.
    pub(super) held_bytes: u32,
    /// It is a part of a batch that was too large.
    is_split: bool,
    /// Why it waits, when it is not for the first time.
    pub(super) again: Option<BatchWhy>,
    /// `delivery.timeout.ms` has run out while it was on its way: the application knows, and an answer means nothing.
    pub(super) expired: bool,
    /// How often it has been sent.
    pub(super) attempts: u32,
    /// The epoch of the leader that it was sent to last.
    pub(super) sent_in_epoch: LeaderEpoch,
    /// Not before this, after an error.
    pub(super) retry_at_us: Micros,
    /// The event that put its first record in.
    pub(super) cause: EventId,
}

#[derive(Debug, Clone)]
pub(super) enum BatchState {
    Open(BatchBuilder),
    /// A record did not fit any more.
    Closed(BatchBuilder),
    /// Has been sent before.
    Built(Arc<Batch>),
}

impl QueuedBatch {
    /// One that still takes records, opened now.
    pub(super) fn open(builder: BatchBuilder, ordinal: u32, held_bytes: u32, now: Micros) -> Self {
        Self {
            state: BatchState::Open(builder),
            ordinal,
            created_us: now,
            held_bytes,
            is_split: false,
            again: None,
            expired: false,
            attempts: 0,
            sent_in_epoch: 0,
            retry_at_us: 0,
            cause: 0,
        }
    }

    pub(super) fn records(&self) -> u32 {
        match &self.state {
            BatchState::Open(builder) | BatchState::Closed(builder) => builder.count(),
            BatchState::Built(batch) => batch.len(),
        }
    }

    pub(super) fn size_bytes(&self) -> u32 {
        match &self.state {
            BatchState::Open(builder) | BatchState::Closed(builder) => builder.size_bytes(),
            BatchState::Built(batch) => batch.size_bytes(),
        }
    }

    /// It waits until then, and goes out again.
    pub(super) fn retry_at(&mut self, at: Micros, cause: EventId) {
        self.retry_at_us = at;
        self.again = Some(BatchWhy::Retry);
        self.cause = cause;
    }

    /// Whether it was sent before and failed (`ProducerBatch.inRetry`).
    pub(super) fn is_retried(&self) -> bool {
        self.again == Some(BatchWhy::Retry)
    }

    /// Whether it waits for its backoff. It does not when the partition has another leader since it was tried last
    /// (KIP-951, `ProducerBatch.hasLeaderChangedForTheOngoingRetry`).
    pub(super) fn backs_off(&self, now: Micros, leader_epoch: LeaderEpoch) -> bool {
        self.is_retried() && now < self.retry_at_us && leader_epoch <= self.sent_in_epoch
    }

    /// The numbers that it was sent with last.
    pub(super) fn sequence(&self) -> Option<BatchSequence> {
        match &self.state {
            BatchState::Built(batch) => batch.sequence,
            BatchState::Open(_) | BatchState::Closed(_) => None,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        match &self.state {
            BatchState::Open(builder) => builder.is_full(),
            BatchState::Closed(_) | BatchState::Built(_) => true,
        }
    }

    /// Closes it for good, with these numbers.
    pub(super) fn build(&mut self, producer: NodeId, sequence: Option<BatchSequence>) -> Arc<Batch> {
        let batch = match std::mem::replace(&mut self.state, BatchState::Open(BatchBuilder::new(0, 0))) {
            BatchState::Open(builder) | BatchState::Closed(builder) => builder.build(producer, self.ordinal, sequence),
            BatchState::Built(batch) if batch.sequence == sequence => batch,
            BatchState::Built(batch) => batch.renumbered(sequence),
        };
        self.state = BatchState::Built(batch.clone());
        batch
    }

    /// Its records in smaller batches, after `MESSAGE_TOO_LARGE` (`ProducerBatch.split`): of `batch.size` the first
    /// time, then of half its size, so that it comes to an end (`RecordAccumulator.splitAndReenqueue`, KAFKA-8350).
    pub(super) fn split(mut self, producer: NodeId, batch_size: u32, dictionary: &Dictionary) -> Vec<QueuedBatch> {
        let batch_size = if self.is_split {
            self.size_bytes() / 2
        } else {
            batch_size
        };
        self.is_split = true;
        self.again = Some(BatchWhy::Split);
        self.attempts = 0;
        let sequence = self.sequence();
        let batch = self.build(producer, sequence);
        let mut parts: Vec<QueuedBatch> = Vec::new();
        let mut headers = batch.headers().iter();
        for (ordinal, record) in (self.ordinal..).zip(batch.records()) {
            let headers = headers.next();
            let add = |builder: &mut BatchBuilder, sent_us| match headers {
                Some(headers) => builder.try_add_with(*record, *headers, sent_us, dictionary),
                None => builder.try_add(*record, sent_us, dictionary),
            };
            let sent_us = batch.base_timestamp_us + u64::from(record.timestamp_delta_us);
            let added = parts.last_mut().is_some_and(|part| match &mut part.state {
                BatchState::Open(builder) => add(builder, sent_us),
                BatchState::Closed(_) | BatchState::Built(_) => false,
            });
            if !added {
                let mut builder = BatchBuilder::new(sent_us, batch_size);
                add(&mut builder, sent_us);
                parts.push(QueuedBatch {
                    state: BatchState::Open(builder),
                    ordinal,
                    held_bytes: 0,
                    ..self.clone()
                });
            }
        }
        for part in &mut parts {
            part.build(producer, None);
            part.held_bytes = part.size_bytes();
        }
        parts
    }
}
