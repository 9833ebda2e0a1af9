//! What becomes of batches: acknowledged, tried again, split, failed.

use super::Producer;
use super::accumulator::QueuedBatch;
use super::sender::InFlight;
use crate::node::{Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{Channel, ErrorCode, Micros, NodeId, Offset, ProduceResponse};
use std::collections::VecDeque;

impl Producer {
    pub(super) fn on_produced(&mut self, from: NodeId, correlation: u32, produced: &ProduceResponse, ctx: &mut Ctx) {
        let answered = self.sender.requests.iter().position(|r| r.correlation == correlation);
        let Some(request) = answered.and_then(|position| self.sender.requests.remove(position)) else {
            return; // It had timed out before.
        };
        debug_assert_eq!(NodeId::from(request.broker), from);
        for ((partition, batch), result) in request.batches.into_iter().zip(&produced.partitions) {
            self.complete(partition, batch, result.error, result.base_offset, ctx);
        }
        self.run_sender(ctx);
    }

    /// `Sender.completeBatch`.
    fn complete(&mut self, partition: u32, batch: QueuedBatch, error: ErrorCode, base_offset: Offset, ctx: &mut Ctx) {
        match error {
            _ if batch.expired => {}
            ErrorCode::None => self.acknowledge(partition, &batch, base_offset, ctx),
            ErrorCode::MessageTooLarge if batch.records() > 1 => self.split(partition, batch, ctx),
            error if error.is_retriable() && self.may_retry(&batch, ctx.now()) => {
                self.retry(partition, batch, error, ctx);
            }
            error => self.fail(partition, &batch, error, ctx),
        }
    }

    pub(super) fn acknowledge(&mut self, partition: u32, batch: &QueuedBatch, base_offset: Offset, ctx: &mut Ctx) {
        if let Some(id) = self.metadata.partition_id(partition) {
            ctx.record(Fact::BatchAcknowledged {
                partition: id,
                base_offset,
                records: batch.records(),
                ordinal: 0,
            });
        }
        self.accumulator.release(batch);
    }

    fn fail(&mut self, partition: u32, batch: &QueuedBatch, error: ErrorCode, ctx: &mut Ctx) {
        if let Some(id) = self.metadata.partition_id(partition) {
            ctx.record(Fact::RecordsFailed {
                partition: id,
                error,
                records: batch.records(),
                ordinal: 0,
            });
        }
        self.accumulator.release(batch);
    }

    fn split(&mut self, partition: u32, batch: QueuedBatch, ctx: &mut Ctx) {
        self.accumulator.release(&batch);
        let records = batch.records();
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
        for mut part in parts.into_iter().rev() {
            part.cause = cause;
            self.accumulator.hold(&part);
            self.accumulator.push_front(partition, part);
        }
    }

    fn may_retry(&self, batch: &QueuedBatch, now: Micros) -> bool {
        batch.attempts <= self.config.retries && now < batch.created_us + self.config.delivery_timeout_us
    }

    /// Back to the front of its queue, to wait its backoff. Two batches of a partition that fail one after the other
    /// change places by that: without idempotence, more than one request in flight can reorder records.
    fn retry(&mut self, partition: u32, mut batch: QueuedBatch, error: ErrorCode, ctx: &mut Ctx) {
        let (records, attempt) = (batch.records(), batch.attempts + 1);
        let cause = match self.metadata.partition_id(partition) {
            Some(id) => ctx.record(Fact::BatchRetried {
                partition: id,
                error,
                records,
                ordinal: 0,
                attempt,
            }),
            None => ctx.cause(),
        };
        batch.retry_at(ctx.now() + self.backoff(batch.attempts, ctx), cause);
        if error.refreshes_metadata() {
            self.refresh_metadata(ctx);
        }
        self.accumulator.push_front(partition, batch);
    }

    /// `retry.backoff.ms`, doubled at each try, give or take a fifth, never above `retry.backoff.max.ms`; constant when
    /// that is not more (`ExponentialBackoff`).
    fn backoff(&self, attempts: u32, ctx: &mut Ctx) -> Micros {
        let (initial, max) = (self.config.retry_backoff_us, self.config.retry_backoff_max_us);
        if max <= initial {
            return initial;
        }
        let doubled = initial.saturating_mul(1 << (attempts.max(1) - 1).min(16)).min(max);
        (doubled * 4 / 5 + ctx.random().below_u64(doubled * 2 / 5 + 1)).min(max)
    }

    /// Makes sure to look again when the oldest batch is `delivery.timeout.ms` old.
    pub(super) fn watch_delivery(&mut self, ctx: &mut Ctx) {
        let sent = self.sender.requests.iter().flat_map(|request| &request.batches);
        let on_their_way = sent
            .filter(|(_, batch)| !batch.expired)
            .map(|(_, batch)| batch.created_us)
            .min();
        let oldest = on_their_way.into_iter().chain(self.accumulator.oldest_us()).min();
        if let Some(created) = oldest {
            let deadline = created.saturating_add(self.config.delivery_timeout_us);
            self.sender.delivery_alarm.arm(deadline, Timer::Delivery, ctx);
        }
    }

    /// Gives up the batches that are older than `delivery.timeout.ms`, waiting or on their way
    /// (`RecordAccumulator.expiredBatches`, `Sender.getExpiredInflightBatches`).
    pub(super) fn on_delivery_timer(&mut self, ctx: &mut Ctx) {
        if !self.sender.delivery_alarm.rang(ctx.now()) {
            return;
        }
        let Some(moment) = ctx.now().checked_sub(self.config.delivery_timeout_us) else {
            return;
        };
        let mut requests = std::mem::take(&mut self.sender.requests);
        for (partition, batch) in requests.iter_mut().flat_map(|request| &mut request.batches) {
            if batch.created_us <= moment && !batch.expired {
                batch.expired = true;
                ctx.set_cause(batch.cause);
                self.fail(*partition, batch, ErrorCode::RequestTimedOut, ctx);
            }
        }
        self.sender.requests = requests;
        for partition in 0..self.accumulator.partitions() {
            while let Some(batch) = self.accumulator.pop_created_before(partition, moment) {
                ctx.set_cause(batch.cause);
                self.fail(partition, &batch, ErrorCode::RequestTimedOut, ctx);
            }
        }
        self.run_sender(ctx);
    }

    /// A request that is not answered within `request.timeout.ms` ends its connection: what was sent on it is tried
    /// again, the oldest first, so that the newest comes to stand in front (`NetworkClient.handleTimedOutRequests`,
    /// `InFlightRequests.clearAll`).
    pub(super) fn on_request_timeout(&mut self, ctx: &mut Ctx) {
        if !self.sender.timeout_alarm.rang(ctx.now()) {
            return;
        }
        let timeout = self.config.request_timeout_us;
        let silent = self.sender.requests.iter().find(|r| r.sent_us + timeout <= ctx.now());
        if let Some((broker, cause)) = silent.map(|request| (request.broker, request.cause)) {
            ctx.set_cause(cause);
            ctx.disconnect(broker.into(), Channel::Data);
            let all = std::mem::take(&mut self.sender.requests);
            let (lost, kept): (VecDeque<InFlight>, VecDeque<InFlight>) =
                all.into_iter().partition(|r| r.broker == broker);
            self.sender.requests = kept;
            for (partition, batch) in lost.into_iter().flat_map(|request| request.batches) {
                self.complete(partition, batch, ErrorCode::RequestTimedOut, 0, ctx);
            }
            self.refresh_metadata(ctx);
            self.run_sender(ctx);
        }
        if let Some(oldest) = self.sender.requests.iter().map(|r| r.sent_us).min() {
            self.sender
                .timeout_alarm
                .arm(oldest + timeout, Timer::RequestTimeout, ctx);
        }
    }
}
