//! Produce: append, and answer when `acks` is satisfied.

use super::connections::Return;
use super::purgatory::{Completion, ParkedProduce};
use super::{Appended, Broker};
use crate::log::Batch;
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{
    Acks, ErrorCode, Offset, PartitionId, ProduceRequest, ProduceResponse, ProducedPartition, ResponseBody,
};
use std::sync::Arc;

impl Broker {
    /// `ReplicaManager.appendRecords`.
    pub(super) fn produce(&mut self, to: Return, request: ProduceRequest, ctx: &mut Ctx) {
        let mut partitions = Vec::with_capacity(request.batches.len());
        let mut waits = Vec::new();
        for (partition, batch) in request.batches {
            let records = u64::from(batch.len());
            let (error, base_offset) = match self.append(partition, batch, request.acks, ctx) {
                Ok(base_offset) => (ErrorCode::None, base_offset),
                Err(error) => {
                    ctx.record(Fact::AppendRefused { partition, error });
                    (error, 0)
                }
            };
            if error == ErrorCode::None {
                waits.push((partition, base_offset + records));
            }
            partitions.push(ProducedPartition {
                partition,
                error,
                base_offset,
            });
        }
        let response = ProduceResponse { partitions };
        match request.acks {
            // Nobody waits for an answer, and none is sent. That something is wrong the client learns by losing its
            // connection (`KafkaApis.sendResponseCallback`).
            Acks::None if response.partitions.iter().any(|p| p.error != ErrorCode::None) => {
                self.connections.close(to.to, to.channel);
                ctx.disconnect(to.to, to.channel);
            }
            Acks::None => {
                self.connections.release(to);
            }
            Acks::Leader => self.answer(to, ResponseBody::Produce(response), ctx),
            Acks::All => self.park_produce(waits, request.timeout_us, Completion::Produce(to, response), ctx),
        }
        self.tell_of_appends(ctx);
    }

    /// Completes what waited for the appends of this request, now that all of them are done: a follower's fetch brings
    /// every partition at once (`ReplicaManager.addCompletePurgatoryAction`, `ActionQueue`).
    pub(super) fn tell_of_appends(&mut self, ctx: &mut Ctx) {
        let cause = ctx.cause();
        let mut appended = std::mem::take(&mut self.appended);
        for append in appended.drain(..) {
            ctx.set_cause(append.cause);
            if let Some(high_watermark) = append.high_watermark {
                self.complete_produces(append.partition, high_watermark, ctx);
            }
            self.complete_fetches(append.partition, ctx);
        }
        if self.appended.is_empty() {
            self.appended = appended; // keeps its room for the next request
        }
        ctx.set_cause(cause);
    }

    /// Appends a batch as leader, and moves the high watermark if nobody else counts for it. Answers the offset of its
    /// first record (`Partition.appendRecordsToLeader`). The caller then [tells](Self::tell_of_appends) those who wait.
    pub(super) fn append(
        &mut self,
        partition: PartitionId,
        batch: Arc<Batch>,
        acks: Acks,
        ctx: &mut Ctx,
    ) -> Result<Offset, ErrorCode> {
        let (min_insync, max_bytes) = (self.config.min_insync_replicas, self.config.message_max_bytes);
        let expiration_us = self.config.producer_id_expiration_us;
        let replica = self.leader_of(partition)?;
        if batch.size_bytes() > max_bytes {
            return Err(ErrorCode::MessageTooLarge);
        }
        let in_sync = replica.isr().map_or(0, <[_]>::len);
        if acks == Acks::All && in_sync < replica.effective_min_isr(min_insync) {
            return Err(ErrorCode::NotEnoughReplicas);
        }
        if let Some(base_offset) = replica.find_duplicate(partition, &batch, expiration_us, ctx)? {
            return Ok(base_offset);
        }
        let records = batch.len();
        let base_offset = replica.log.append(batch, replica.leader_epoch);
        let cause = ctx.cause();
        ctx.record_as_cause(Fact::Appended {
            partition,
            base_offset,
            records,
            as_leader: true,
        });
        let high_watermark = self.move_high_watermark(partition, ctx);
        self.appended.push(Appended {
            partition,
            cause: ctx.cause(),
            high_watermark,
        });
        ctx.set_cause(cause);
        Ok(base_offset)
    }

    /// Waits until the high watermark has passed all of `waits`; does not wait for what it has passed already.
    pub(super) fn park_produce(
        &mut self,
        mut waits: Vec<(PartitionId, Offset)>,
        timeout_us: u64,
        completion: Completion,
        ctx: &mut Ctx,
    ) {
        waits.retain(|(partition, end)| self.replicas.get(partition).is_some_and(|r| r.high_watermark < *end));
        match waits.first() {
            None => self.complete(completion, ctx),
            Some((partition, until)) => {
                ctx.record(Fact::ProduceParked {
                    partition: *partition,
                    until: *until,
                });
                let deadline_us = ctx.now() + timeout_us;
                let cause = ctx.cause();
                self.purgatory.park_produce(
                    ParkedProduce {
                        waits,
                        deadline_us,
                        completion,
                        cause,
                    },
                    ctx,
                );
            }
        }
    }

    /// The high watermark of that partition has moved: some parked requests are done (`DelayedProduce.tryComplete`).
    pub(super) fn complete_produces(&mut self, partition: PartitionId, high_watermark: Offset, ctx: &mut Ctx) {
        while let Some(completion) = self.purgatory.satisfied_produce(partition, high_watermark) {
            self.complete(completion, ctx);
        }
    }

    /// Parked too long: the records stay in the log, but nobody can say whether they will be committed.
    pub(super) fn on_produce_timeout(&mut self, ctx: &mut Ctx) {
        for parked in self.purgatory.expired_produces(ctx) {
            let waits = parked.waits;
            ctx.set_cause(parked.cause);
            match parked.completion {
                Completion::Produce(to, mut response) => {
                    for produced in &mut response.partitions {
                        if waits.iter().any(|(partition, _)| *partition == produced.partition) {
                            produced.error = ErrorCode::RequestTimedOut;
                        }
                    }
                    self.answer(to, ResponseBody::Produce(response), ctx);
                }
                Completion::Stored(token) => self.stored(token, Err(ErrorCode::RequestTimedOut), ctx),
            }
        }
        self.work_off(ctx);
    }

    fn complete(&mut self, completion: Completion, ctx: &mut Ctx) {
        match completion {
            Completion::Produce(to, response) => self.answer(to, ResponseBody::Produce(response), ctx),
            Completion::Stored(token) => self.stored(token, Ok(()), ctx),
        }
    }
}
