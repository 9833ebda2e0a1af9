//! `delivery.timeout.ms`: how long a producer tries before it tells the application that it has failed.

use super::Producer;
use super::queued_batch::QueuedBatch;
use crate::node::{Ctx, Timer};
use crate::wire::{ErrorCode, Micros};

impl Producer {
    pub(super) fn is_too_old(&self, batch: &QueuedBatch, now: Micros) -> bool {
        now >= batch.created_us.saturating_add(self.config.delivery_timeout_us)
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
    /// (`RecordAccumulator.expiredBatches`, `Sender.getExpiredInflightBatches`). While an idempotent producer has no id
    /// nothing is given up: Kafka's sender does not come so far (`Sender.runOnce`).
    pub(super) fn on_delivery_timer(&mut self, ctx: &mut Ctx) {
        if !self.sender.delivery_alarm.rang(ctx.now()) {
            return;
        }
        if self.has_producer_id(ctx) {
            self.expire_batches(ctx);
        }
        self.run_sender(ctx);
    }

    fn expire_batches(&mut self, ctx: &mut Ctx) {
        let Some(moment) = ctx.now().checked_sub(self.config.delivery_timeout_us) else {
            return;
        };
        let trigger = ctx.cause();
        let mut requests = std::mem::take(&mut self.sender.requests);
        for (partition, batch) in requests.iter_mut().flat_map(|request| &mut request.batches) {
            if batch.created_us <= moment && !batch.expired {
                batch.expired = true;
                ctx.set_cause(batch.cause);
                self.expire(*partition, batch, ErrorCode::RequestTimedOut, ctx);
            }
        }
        self.sender.requests = requests;
        for partition in 0..self.accumulator.partitions() {
            while let Some(batch) = self.accumulator.pop_created_before(partition, moment) {
                ctx.set_cause(batch.cause);
                self.expire(partition, &batch, ErrorCode::RequestTimedOut, ctx);
            }
        }
        ctx.set_cause(trigger);
    }

    /// Gives one up. If it was sent more than once nobody knows whether it is written, and its partition takes no new
    /// batches until that is clear (`Sender.sendProducerData`, `TransactionManager.markSequenceUnresolved`).
    ///
    /// An answer that comes when it is due to be given up counts as if it had come after that; Kafka's client begins a new
    /// epoch then although the batch may be written.
    pub(super) fn expire(&mut self, partition: u32, batch: &QueuedBatch, error: ErrorCode, ctx: &mut Ctx) {
        if batch.is_retried() {
            self.idempotence.unresolved(partition, batch.ordinal);
        }
        self.idempotence.failed(partition, batch.ordinal, error, false);
        self.fail(partition, batch, error, ctx);
    }
}
