//! What becomes of batches: acknowledged, tried again, split, failed.

use super::Producer;
use super::backoff::backoff;
use super::queued_batch::QueuedBatch;
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{BrokerId, ErrorCode, Micros, Offset, ProduceResponse};

impl Producer {
    pub(super) fn on_produced(
        &mut self,
        broker: BrokerId,
        correlation: u32,
        produced: &ProduceResponse,
        ctx: &mut Ctx,
    ) {
        let Some(request) = self.sender.take_request(broker, correlation) else {
            return; // It had timed out before.
        };
        self.links.good(broker);
        if produced.throttle_ms > 0 {
            // `NetworkClient.maybeThrottle`: the broker does not read before that anyway.
            let until = ctx.now().saturating_add(produced.throttle_ms.saturating_mul(1_000));
            self.links.throttle(broker, until);
        }
        for ((partition, batch), result) in request.batches.into_iter().zip(&produced.partitions) {
            self.complete(partition, batch, result.error, result.base_offset, ctx);
        }
        self.run_sender(ctx);
    }

    /// `Sender.completeBatch`.
    pub(super) fn complete(
        &mut self,
        partition: u32,
        batch: QueuedBatch,
        error: ErrorCode,
        base_offset: Offset,
        ctx: &mut Ctx,
    ) {
        // A duplicate that the broker has no offset of any more is written all the same.
        let written = matches!(error, ErrorCode::None | ErrorCode::DuplicateSequenceNumber);
        if written {
            let (ordinal, records) = (batch.ordinal, batch.records());
            self.idempotence
                .acknowledged(partition, ordinal, records, batch.sequence());
        }
        if batch.expired {
            return; // The application knows already that it has failed.
        }
        if error.refreshes_metadata() {
            self.metadata.request_update();
        }
        if written {
            self.acknowledge(partition, &batch, base_offset, ctx);
        } else if error == ErrorCode::MessageTooLarge && batch.records() > 1 {
            self.split(partition, batch, ctx);
        } else if self.is_too_old(&batch, ctx.now()) {
            self.expire(partition, &batch, error, ctx);
        } else if batch.attempts <= self.config.retries && self.may_retry(partition, &batch, error) {
            self.retry(partition, batch, error, ctx);
        } else {
            // Without tries left nobody knows whether an earlier one was written.
            let known = batch.attempts <= self.config.retries;
            self.idempotence.failed(partition, batch.ordinal, error, known);
            self.fail(partition, &batch, error, ctx);
        }
    }

    pub(super) fn acknowledge(&mut self, partition: u32, batch: &QueuedBatch, base_offset: Offset, ctx: &mut Ctx) {
        if let Some(id) = self.metadata.partition_id(partition) {
            ctx.record(Fact::BatchAcknowledged {
                partition: id,
                base_offset,
                records: batch.records(),
                ordinal: batch.ordinal,
            });
            self.relayed_are_stored(partition, batch, id, base_offset, ctx);
        }
        self.accumulator.release(batch);
    }

    pub(super) fn fail(&mut self, partition: u32, batch: &QueuedBatch, error: ErrorCode, ctx: &mut Ctx) {
        if let Some(id) = self.metadata.partition_id(partition) {
            ctx.record(Fact::RecordsFailed {
                partition: id,
                error,
                records: batch.records(),
                ordinal: batch.ordinal,
            });
            self.relayed_have_failed(partition, batch, error, ctx);
        }
        self.accumulator.release(batch);
    }

    fn split(&mut self, partition: u32, batch: QueuedBatch, ctx: &mut Ctx) {
        self.accumulator.release(&batch);
        let (records, ordinal) = (batch.records(), batch.ordinal);
        let parts = batch.split(ctx.me(), self.config.batch_size, ctx.dictionary());
        let batches = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        let cause = match self.metadata.partition_id(partition) {
            Some(id) => ctx.record(Fact::BatchSplit {
                partition: id,
                records,
                batches,
            }),
            None => ctx.cause(),
        };
        self.idempotence
            .split(partition, ordinal, parts.iter().map(QueuedBatch::records));
        for mut part in parts.into_iter().rev() {
            part.cause = cause;
            self.accumulator.hold(&part);
            self.put_back(partition, part);
        }
    }

    /// Whether another try makes sense (`Sender.canRetry`).
    fn may_retry(&mut self, partition: u32, batch: &QueuedBatch, error: ErrorCode) -> bool {
        let about_numbers = if self.config.is_idempotent() {
            self.idempotence.may_retry(partition, batch.ordinal, error)
        } else {
            None
        };
        about_numbers.unwrap_or(error.is_retriable())
    }

    /// Back to its queue, to wait its backoff.
    fn retry(&mut self, partition: u32, mut batch: QueuedBatch, error: ErrorCode, ctx: &mut Ctx) {
        let (records, attempt) = (batch.records(), batch.attempts + 1);
        let cause = match self.metadata.partition_id(partition) {
            Some(id) => ctx.record(Fact::BatchRetried {
                partition: id,
                error,
                records,
                ordinal: batch.ordinal,
                attempt,
            }),
            None => ctx.cause(),
        };
        let (initial, max) = (self.config.retry_backoff_us, self.config.retry_backoff_max_us);
        let wait: Micros = backoff(initial, max, batch.attempts.max(1) - 1, ctx.random());
        batch.retry_at(ctx.now() + wait, cause);
        self.put_back(partition, batch);
    }

    /// To the front of its queue. Two batches of a partition that fail one after the other change places by that: without
    /// idempotence, more than one request in flight can reorder records. With it, each has its place by its number.
    pub(super) fn put_back(&mut self, partition: u32, batch: QueuedBatch) {
        if self.config.is_idempotent() {
            self.accumulator.insert_in_order(partition, batch);
        } else {
            self.accumulator.push_front(partition, batch);
        }
    }
}
