//! The sender: which batches leave when, and what becomes of them.

use super::Producer;
use super::accumulator::{QueuedBatch, Readiness};
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{BatchWhy, Fact};
use crate::wire::{
    Acks, BrokerId, Channel, ErrorCode, Micros, NodeId, ProduceRequest, ProduceResponse, ProducedPartition, RequestBody,
};
use std::collections::VecDeque;

/// The sender's state (`Sender`, `NetworkClient`, `InFlightRequests`).
#[derive(Debug, Clone, Default)]
pub(super) struct Sender {
    correlation: u32,
    /// Requests that are not answered, the oldest first; at most `max.in.flight.requests.per.connection` a broker.
    in_flight: VecDeque<InFlight>,
    /// For each broker, the partition after the last one that was drained (`nodesDrainIndex`).
    drain_index: Vec<u32>,
    alarm: Alarm,
    timeout_alarm: Alarm,
    queue_lengths: Vec<(u32, u32)>,
}

#[derive(Debug, Clone)]
struct InFlight {
    correlation: u32,
    broker: BrokerId,
    sent_us: Micros,
    batches: Vec<(u32, QueuedBatch)>,
}

impl Sender {
    pub(super) fn in_flight(&self) -> u32 {
        u32::try_from(self.in_flight.len()).unwrap_or(u32::MAX)
    }

    fn in_flight_to(&self, broker: BrokerId) -> u32 {
        let to_broker = self.in_flight.iter().filter(|request| request.broker == broker);
        u32::try_from(to_broker.count()).unwrap_or(u32::MAX)
    }

    fn has_in_flight(&self, partition: u32) -> bool {
        self.in_flight.iter().any(|request| request.batches.iter().any(|(p, _)| *p == partition))
    }

    fn drain_start(&mut self, broker: BrokerId) -> &mut u32 {
        let index = usize::from(broker.0);
        if index >= self.drain_index.len() {
            self.drain_index.resize(index + 1, 0);
        }
        &mut self.drain_index[index]
    }
}

impl Producer {
    pub(super) fn on_sender_timer(&mut self, ctx: &mut Ctx) {
        if self.sender.alarm.rang(ctx.now()) {
            self.run_sender(ctx);
        }
    }

    /// Sends what is ready, and asks to be called when more will be (`Sender.sendProducerData`).
    pub(super) fn run_sender(&mut self, ctx: &mut Ctx) {
        self.expire(ctx);
        self.rebuild_load();
        let exhausted = self.application.is_blocked();
        let mut ready: u16 = 0; // one bit a broker: there are at most nine
        let mut wake: Option<Micros> = None;
        for partition in 0..self.accumulator.partitions() {
            let Some(leader) = self.metadata.leader(partition) else { continue };
            match self.accumulator.readiness(partition, ctx.now(), self.config.linger_us, exhausted) {
                Readiness::Empty => {}
                Readiness::Now(_) => ready |= 1 << leader.0,
                Readiness::At(at) => wake = Some(wake.map_or(at, |wake| wake.min(at))),
            }
        }
        for broker in (0..16).filter(|bit| ready & (1 << bit) != 0) {
            self.send_to(BrokerId(broker), ctx);
        }
        if let Some(at) = wake {
            self.sender.alarm.arm(at, Timer::Sender, ctx);
        }
    }

    fn rebuild_load(&mut self) {
        if !self.config.adaptive_partitioning {
            return;
        }
        let mut lengths = std::mem::take(&mut self.sender.queue_lengths);
        if self.accumulator.lengths_if_all_opened(&mut lengths) {
            let queues_of_topic = lengths.len();
            lengths.retain(|(partition, _)| self.metadata.leader(*partition).is_some());
            self.partitioner.rebuild_load(&lengths, queues_of_topic);
        }
        self.sender.queue_lengths = lengths;
    }

    /// One request to that broker after the other, while there is something to drain and room in flight.
    fn send_to(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        let cause = ctx.cause();
        while self.sender.in_flight_to(broker) < self.config.max_in_flight.max(1) {
            let batches = self.drain(broker, ctx);
            if batches.is_empty() {
                break;
            }
            self.send_request(broker, batches, ctx);
            ctx.set_cause(cause);
            if !self.has_ready(broker, ctx.now()) {
                break;
            }
        }
        ctx.set_cause(cause);
    }

    fn has_ready(&self, broker: BrokerId, now: Micros) -> bool {
        let exhausted = self.application.is_blocked();
        (0..self.accumulator.partitions()).filter(|p| self.metadata.leader(*p) == Some(broker)).any(|p| {
            matches!(self.accumulator.readiness(p, now, self.config.linger_us, exhausted), Readiness::Now(_))
        })
    }

    /// At most one batch a partition, from where the last drain stopped, until `max.request.size`
    /// (`RecordAccumulator.drainBatchesForOneNode`). Ready or not: the request goes anyway.
    fn drain(&mut self, broker: BrokerId, ctx: &mut Ctx) -> Vec<(u32, QueuedBatch)> {
        let partitions = self.accumulator.partitions();
        let start = *self.sender.drain_start(broker) % partitions.max(1);
        let mut drained: Vec<(u32, QueuedBatch)> = Vec::new();
        let mut bytes = 0u32;
        let exhausted = self.application.is_blocked();
        for step in 0..partitions {
            let partition = (start + step) % partitions;
            if self.metadata.leader(partition) != Some(broker) {
                continue;
            }
            // With one request in flight, a partition is muted meanwhile, so that a retry cannot be overtaken.
            if self.config.max_in_flight == 1 && self.sender.has_in_flight(partition) {
                continue;
            }
            let Some(head) = self.accumulator.head(partition, ctx.now()) else { continue };
            if !drained.is_empty() && bytes.saturating_add(head.size_bytes()) > self.config.max_request_size {
                *self.sender.drain_start(broker) = partition;
                break;
            }
            let why = match self.accumulator.readiness(partition, ctx.now(), self.config.linger_us, exhausted) {
                Readiness::Now(why) => why,
                Readiness::Empty | Readiness::At(_) => BatchWhy::Along,
            };
            let Some(batch) = self.accumulator.pop(partition) else { continue };
            bytes = bytes.saturating_add(batch.size_bytes());
            *self.sender.drain_start(broker) = (partition + 1) % partitions;
            self.record_drained(partition, &batch, why, ctx);
            drained.push((partition, batch));
        }
        drained
    }

    fn record_drained(&mut self, partition: u32, batch: &QueuedBatch, why: BatchWhy, ctx: &mut Ctx) {
        let Some(id) = self.metadata.partition_id(partition) else { return };
        if why == BatchWhy::Linger {
            ctx.set_cause(batch.cause);
        }
        let (records, bytes) = (batch.records(), batch.size_bytes());
        ctx.record_as_cause(Fact::BatchDrained { partition: id, records, bytes, why });
    }

    fn send_request(&mut self, broker: BrokerId, mut batches: Vec<(u32, QueuedBatch)>, ctx: &mut Ctx) {
        self.sender.correlation = self.sender.correlation.wrapping_add(1);
        let correlation = self.sender.correlation;
        let me = ctx.me();
        let built = batches.iter_mut().filter_map(|(partition, batch)| {
            batch.attempts += 1;
            Some((self.metadata.partition_id(*partition)?, batch.build(me)))
        });
        let request = ProduceRequest {
            acks: self.config.acks,
            timeout_us: self.config.request_timeout_us,
            batches: built.collect(),
        };
        ctx.request(broker.into(), Channel::Data, correlation, RequestBody::Produce(request));
        if self.config.acks == Acks::None {
            // Nobody answers: the client calls it done when the bytes are handed to the socket.
            for (partition, batch) in batches {
                self.acknowledge(partition, &batch, 0, ctx);
            }
            return;
        }
        let sent_us = ctx.now();
        self.sender.in_flight.push_back(InFlight { correlation, broker, sent_us, batches });
        self.sender.timeout_alarm.arm(sent_us + self.config.request_timeout_us, Timer::RequestTimeout(0), ctx);
    }

    pub(super) fn on_produced(&mut self, from: NodeId, correlation: u32, produced: &ProduceResponse, ctx: &mut Ctx) {
        let answered = self.sender.in_flight.iter().position(|r| r.correlation == correlation);
        let Some(request) = answered.and_then(|position| self.sender.in_flight.remove(position)) else {
            return; // It had timed out before.
        };
        debug_assert_eq!(NodeId::from(request.broker), from);
        for ((partition, batch), result) in request.batches.into_iter().zip(&produced.partitions).rev() {
            self.complete(partition, batch, *result, ctx);
        }
        self.unblock(ctx);
        self.run_sender(ctx);
    }

    /// `Sender.completeBatch`.
    fn complete(&mut self, partition: u32, batch: QueuedBatch, result: ProducedPartition, ctx: &mut Ctx) {
        match result.error {
            ErrorCode::None => self.acknowledge(partition, &batch, result.base_offset, ctx),
            ErrorCode::MessageTooLarge if batch.records() > 1 => self.split(partition, batch, ctx),
            error if error.is_retriable() && self.may_retry(&batch, ctx.now()) => {
                self.retry(partition, batch, error, ctx);
            }
            error => self.fail(partition, &batch, error, ctx),
        }
    }

    fn acknowledge(&mut self, partition: u32, batch: &QueuedBatch, base_offset: u64, ctx: &mut Ctx) {
        if let Some(id) = self.metadata.partition_id(partition) {
            ctx.record(Fact::BatchAcknowledged { partition: id, base_offset, records: batch.records() });
        }
        self.accumulator.release(batch);
    }

    fn fail(&mut self, partition: u32, batch: &QueuedBatch, error: ErrorCode, ctx: &mut Ctx) {
        if let Some(id) = self.metadata.partition_id(partition) {
            ctx.record(Fact::RecordsFailed { partition: id, error, records: batch.records() });
        }
        self.accumulator.release(batch);
    }

    fn split(&mut self, partition: u32, batch: QueuedBatch, ctx: &mut Ctx) {
        self.accumulator.release(&batch);
        for part in batch.split(ctx.me(), self.config.batch_size, ctx.dictionary()).into_iter().rev() {
            self.accumulator.hold(&part);
            self.accumulator.push_front(partition, part);
        }
    }

    fn may_retry(&self, batch: &QueuedBatch, now: Micros) -> bool {
        batch.attempts <= self.config.retries && now < batch.created_us + self.config.delivery_timeout_us
    }

    /// Back to the front of its queue, to wait `retry.backoff.ms`, doubled at each try, give or take a fifth
    /// (`ExponentialBackoff`).
    fn retry(&mut self, partition: u32, mut batch: QueuedBatch, error: ErrorCode, ctx: &mut Ctx) {
        if let Some(id) = self.metadata.partition_id(partition) {
            let (records, attempt) = (batch.records(), batch.attempts + 1);
            ctx.record(Fact::BatchRetried { partition: id, error, records, attempt });
        }
        let doubled = self.config.retry_backoff_us << (batch.attempts - 1).min(16);
        let backoff = doubled.min(self.config.retry_backoff_max_us);
        batch.retry_at_us = ctx.now() + backoff * 4 / 5 + ctx.random().below_u64(backoff * 2 / 5 + 1);
        if error.refreshes_metadata() {
            self.refresh_metadata(ctx);
        }
        self.accumulator.push_front(partition, batch);
    }

    /// Batches that wait longer than `delivery.timeout.ms` are given up.
    fn expire(&mut self, ctx: &mut Ctx) {
        let Some(moment) = ctx.now().checked_sub(self.config.delivery_timeout_us) else { return };
        for partition in 0..self.accumulator.partitions() {
            while let Some(batch) = self.accumulator.pop_created_before(partition, moment) {
                self.fail(partition, &batch, ErrorCode::RequestTimedOut, ctx);
            }
        }
    }

    /// A request that is not answered within `request.timeout.ms` ends its connection: what was sent on it is tried
    /// again (`NetworkClient.handleTimedOutRequests`).
    pub(super) fn on_request_timeout(&mut self, ctx: &mut Ctx) {
        if !self.sender.timeout_alarm.rang(ctx.now()) {
            return;
        }
        let timeout = self.config.request_timeout_us;
        let silent = self.sender.in_flight.iter().find(|r| r.sent_us + timeout <= ctx.now()).map(|r| r.broker);
        if let Some(broker) = silent {
            let all = std::mem::take(&mut self.sender.in_flight);
            let (lost, kept): (VecDeque<_>, VecDeque<_>) = all.into_iter().partition(|r| r.broker == broker);
            self.sender.in_flight = kept;
            for (partition, batch) in lost.into_iter().rev().flat_map(|request| request.batches) {
                let result = self.metadata.partition_id(partition).map(|id| ProducedPartition {
                    partition: id,
                    error: ErrorCode::NetworkException,
                    base_offset: 0,
                });
                if let Some(result) = result {
                    self.complete(partition, batch, result, ctx);
                }
            }
            self.run_sender(ctx);
        }
        if let Some(oldest) = self.sender.in_flight.iter().map(|r| r.sent_us).min() {
            self.sender.timeout_alarm.arm(oldest + timeout, Timer::RequestTimeout(0), ctx);
        }
    }
}
