//! Which batches go into one request.

use super::Producer;
use super::accumulator::Readiness;
use super::queued_batch::QueuedBatch;
use crate::node::Ctx;
use crate::trace::{BatchWhy, EventId, Fact};
use crate::wire::BrokerId;

impl Producer {
    /// At most one batch a partition, from where the last drain stopped, until `max.request.size`
    /// (`RecordAccumulator.drainBatchesForOneNode`). Batches that are not ready go along. Answers the drain of the first
    /// that was ready, too: the request goes because of it.
    pub(super) fn drain(&mut self, broker: BrokerId, ctx: &mut Ctx) -> (Vec<(u32, QueuedBatch)>, EventId) {
        let trigger = ctx.cause();
        let now = ctx.now();
        let partitions = self.metadata.order().len();
        let start = *self.sender.drain_index(broker) % partitions.max(1);
        let mut drained: Vec<(u32, QueuedBatch)> = Vec::new();
        let (mut bytes, mut because) = (0u32, None);
        for step in 0..partitions {
            let place = (start + step) % partitions;
            let partition = self.metadata.order()[place];
            if self.metadata.leader(partition) != Some(broker) {
                continue;
            }
            *self.sender.drain_index(broker) = place;
            if self.is_muted(partition) {
                continue;
            }
            let Some(head) = self.accumulator.head(partition) else {
                continue;
            };
            if head.backs_off(now, self.metadata.leader_epoch(partition)) {
                continue;
            }
            if !drained.is_empty() && bytes.saturating_add(head.size_bytes()) > self.config.max_request_size {
                break;
            }
            // Kafka ends the round here, and begins the next one here, too: the partitions that follow wait with this one.
            if self.config.is_idempotent() && !self.idempotence.may_drain(partition, head.ordinal) {
                break;
            }
            let why = match self.readiness(partition, now) {
                Readiness::Now(why) => why,
                Readiness::Empty | Readiness::At(_) => BatchWhy::Along,
            };
            let Some(batch) = self.accumulator.pop(partition) else {
                continue;
            };
            if self.config.is_idempotent() {
                self.idempotence.number(partition, batch.ordinal, batch.records());
            }
            bytes = bytes.saturating_add(batch.size_bytes());
            ctx.set_cause(because.filter(|_| why == BatchWhy::Along).unwrap_or(trigger));
            let event = self.record_drained(partition, &batch, why, ctx);
            if why != BatchWhy::Along && because.is_none() {
                because = Some(event);
            }
            drained.push((partition, batch));
        }
        ctx.set_cause(trigger);
        (drained, because.unwrap_or(trigger))
    }

    /// What made it ready is its cause: its first record, when it has lingered, or its refusal, when it is tried again;
    /// otherwise what happens now.
    fn record_drained(&mut self, partition: u32, batch: &QueuedBatch, why: BatchWhy, ctx: &mut Ctx) -> EventId {
        let Some(id) = self.metadata.partition_id(partition) else {
            return ctx.cause();
        };
        if matches!(why, BatchWhy::Linger | BatchWhy::Retry | BatchWhy::Split) {
            ctx.set_cause(batch.cause);
        }
        let (records, bytes) = (batch.records(), batch.size_bytes());
        ctx.record(Fact::BatchDrained {
            partition: id,
            records,
            bytes,
            why,
        })
    }
}
