//! Produce: append, and answer when `acks` is satisfied.

use super::connections::Return;
use super::purgatory::{Completion, ParkedProduce};
use super::{Appended, Broker};
use crate::log::Batch;
use crate::node::{Bug, Ctx};
use crate::trace::Fact;
use crate::wire::{Acks, ErrorCode, Offset, PartitionId, ProduceRequest, ProduceResponse, ProducedPartition};
use std::sync::Arc;

impl Broker {
    /// `ReplicaManager.appendRecords`, once the disk has taken it.
    pub(super) fn append_produced(&mut self, to: Return, request: ProduceRequest, ctx: &mut Ctx) {
        let bytes = request.wire_bytes();
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
        let response = ProduceResponse {
            partitions,
            throttle_ms: 0,
        };
        match request.acks {
            // Nobody waits for an answer, and none is sent. That something is wrong the client learns by losing its
            // connection (`KafkaApis.sendResponseCallback`).
            Acks::None if response.partitions.iter().any(|p| p.error != ErrorCode::None) => {
                self.connections.close(to.to, to.channel);
                ctx.disconnect(to.to, to.channel);
            }
            Acks::None => self.release_unanswered(to, bytes, ctx),
            Acks::Leader => self.answer_produce(to, response, bytes, ctx),
            Acks::All => {
                let completion = Completion::Produce(to, response, bytes);
                self.park_produce(waits, request.timeout_us, completion, ctx);
            }
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
            if append.is_committed {
                self.complete_produces(append.partition, ctx);
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
        let (min_insync, max_bytes) = (self.min_insync_replicas(partition), self.config.message_max_bytes);
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
        let base_offset = replica.append(batch);
        let cause = ctx.cause();
        ctx.record_as_cause(Fact::Appended {
            partition,
            base_offset,
            records,
            as_leader: true,
        });
        let is_committed = self.move_high_watermark(partition, ctx).is_some();
        self.appended.push(Appended {
            partition,
            cause: ctx.cause(),
            is_committed,
        });
        ctx.set_cause(cause);
        Ok(base_offset)
    }

    /// Waits until the high watermark has passed all of `waits`; does not wait for what it has passed already.
    pub(super) fn park_produce(
        &mut self,
        waits: Vec<(PartitionId, Offset)>,
        timeout_us: u64,
        completion: Completion,
        ctx: &mut Ctx,
    ) {
        let mut parked = ParkedProduce {
            waits,
            deadline_us: ctx.now() + timeout_us,
            completion,
            error: ErrorCode::None,
            cause: ctx.cause(),
        };
        if ctx.has_bug(Bug::AcksAllByLeaderAlone) {
            parked.waits.clear();
        }
        parked.settle(|partition, until| self.is_replicated(partition, until));
        match parked.waits.first() {
            None => self.complete(parked, ctx),
            Some((partition, until)) => {
                ctx.record(Fact::ProduceParked {
                    partition: *partition,
                    until: *until,
                });
                self.purgatory.park_produce(parked, ctx);
            }
        }
    }

    /// Whether that partition's part of an acks=all produce is done, and how. Where this broker does not lead any more it
    /// is: what happened to the records only the new leader can tell (`DelayedProduce.tryComplete`).
    fn is_replicated(&self, partition: PartitionId, until: Offset) -> Option<ErrorCode> {
        let Some(replica) = self.replicas.get(&partition) else {
            return Some(ErrorCode::NotLeaderOrFollower);
        };
        replica.is_replicated(until, self.min_insync_replicas(partition))
    }

    /// The high watermark of that partition has moved, or this broker does not lead it any more: some parked requests are
    /// done (`DelayedProduce.tryComplete`).
    pub(super) fn complete_produces(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        loop {
            let (replica, min_insync) = (self.replicas.get(&partition), self.min_insync_replicas(partition));
            let settled = |until| {
                replica.map_or(Some(ErrorCode::NotLeaderOrFollower), |replica| {
                    replica.is_replicated(until, min_insync)
                })
            };
            let Some(parked) = self.purgatory.settled_produce(partition, settled) else {
                return;
            };
            self.complete(parked, ctx);
        }
    }

    /// Parked too long: the records stay in the log, but nobody can say whether they will be committed.
    pub(super) fn on_produce_timeout(&mut self, ctx: &mut Ctx) {
        for mut parked in self.purgatory.expired_produces(ctx) {
            ctx.set_cause(parked.cause);
            parked.settle(|_, _| Some(ErrorCode::RequestTimedOut));
            self.complete(parked, ctx);
        }
        self.work_off(ctx);
    }

    fn complete(&mut self, parked: ParkedProduce, ctx: &mut Ctx) {
        match parked.completion {
            Completion::Produce(to, response, bytes) => self.answer_produce(to, response, bytes, ctx),
            Completion::Stored(token) => {
                let result = match parked.error {
                    ErrorCode::None => Ok(()),
                    error => Err(error),
                };
                self.stored(token, result, ctx);
            }
        }
    }
}
