//! The sender: which batches leave when.

use super::Producer;
use super::accumulator::{QueuedBatch, Readiness};
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{BatchWhy, EventId, Fact};
use crate::wire::{Acks, BrokerId, Channel, Micros, ProduceRequest, RequestBody};
use std::collections::VecDeque;

/// The sender's state (`Sender`, `NetworkClient`, `InFlightRequests`).
#[derive(Debug, Clone, Default)]
pub(super) struct Sender {
    correlation: u32,
    /// Requests that are not answered, the oldest first; at most `max.in.flight.requests.per.connection` a broker.
    pub(super) requests: VecDeque<InFlight>,
    /// For each broker, the partition that was looked at last (`nodesDrainIndex`).
    drain_index: Vec<u32>,
    alarm: Alarm,
    pub(super) timeout_alarm: Alarm,
    pub(super) delivery_alarm: Alarm,
    queue_lengths: Vec<(u32, u32)>,
}

/// A request that is not answered.
#[derive(Debug, Clone)]
pub(super) struct InFlight {
    pub(super) correlation: u32,
    pub(super) broker: BrokerId,
    pub(super) sent_us: Micros,
    /// The event of its sending.
    pub(super) cause: EventId,
    pub(super) batches: Vec<(u32, QueuedBatch)>,
}

impl Sender {
    pub(super) fn in_flight(&self) -> u32 {
        u32::try_from(self.requests.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn in_flight_to(&self, broker: BrokerId) -> u32 {
        let to_broker = self.requests.iter().filter(|request| request.broker == broker);
        u32::try_from(to_broker.count()).unwrap_or(u32::MAX)
    }

    fn has_in_flight(&self, partition: u32) -> bool {
        self.requests
            .iter()
            .any(|request| request.batches.iter().any(|(p, _)| *p == partition))
    }

    fn drain_index(&mut self, broker: BrokerId) -> &mut u32 {
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
        self.rebuild_load();
        let mut ready: u16 = 0; // one bit a broker: there are at most nine
        let mut wake: Option<Micros> = None;
        for partition in 0..self.accumulator.partitions() {
            let Some(leader) = self.metadata.leader(partition) else {
                continue;
            };
            match self.readiness(partition, ctx.now()) {
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
        self.watch_delivery(ctx);
    }

    fn readiness(&self, partition: u32, now: Micros) -> Readiness {
        self.accumulator
            .readiness(partition, now, self.config.linger_us, self.application.is_blocked())
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

    /// One request to that broker after the other, while a batch is ready and there is room in flight.
    fn send_to(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        let trigger = ctx.cause();
        while self.sender.in_flight_to(broker) < self.config.max_in_flight.max(1) && self.has_ready(broker, ctx.now()) {
            let (batches, cause) = self.drain(broker, ctx);
            if batches.is_empty() {
                break;
            }
            ctx.set_cause(cause);
            self.send_request(broker, batches, ctx);
            ctx.set_cause(trigger);
        }
    }

    fn has_ready(&self, broker: BrokerId, now: Micros) -> bool {
        let mut led = (0..self.accumulator.partitions()).filter(|p| self.metadata.leader(*p) == Some(broker));
        led.any(|partition| matches!(self.readiness(partition, now), Readiness::Now(_)))
    }

    /// At most one batch a partition, from where the last drain stopped, until `max.request.size`
    /// (`RecordAccumulator.drainBatchesForOneNode`). Batches that are not ready go along. Answers the drain of the first
    /// that was ready, too: the request goes because of it.
    fn drain(&mut self, broker: BrokerId, ctx: &mut Ctx) -> (Vec<(u32, QueuedBatch)>, EventId) {
        let trigger = ctx.cause();
        let partitions = self.accumulator.partitions();
        let start = *self.sender.drain_index(broker) % partitions.max(1);
        let mut drained: Vec<(u32, QueuedBatch)> = Vec::new();
        let (mut bytes, mut because) = (0u32, None);
        for step in 0..partitions {
            let partition = (start + step) % partitions;
            if self.metadata.leader(partition) != Some(broker) {
                continue;
            }
            *self.sender.drain_index(broker) = partition;
            // With one request in flight, a partition is muted meanwhile, so that a retry cannot be overtaken.
            if self.config.max_in_flight == 1 && self.sender.has_in_flight(partition) {
                continue;
            }
            let Some(head) = self.accumulator.head(partition, ctx.now()) else {
                continue;
            };
            if !drained.is_empty() && bytes.saturating_add(head.size_bytes()) > self.config.max_request_size {
                break;
            }
            let why = match self.readiness(partition, ctx.now()) {
                Readiness::Now(why) => why,
                Readiness::Empty | Readiness::At(_) => BatchWhy::Along,
            };
            let Some(batch) = self.accumulator.pop(partition) else {
                continue;
            };
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
        let cause = ctx.request(broker.into(), Channel::Data, correlation, RequestBody::Produce(request));
        if self.config.acks == Acks::None {
            // Nobody answers: the client calls it done when the bytes are handed to the socket.
            for (partition, batch) in batches {
                self.acknowledge(partition, &batch, 0, ctx);
            }
            return;
        }
        let sent_us = ctx.now();
        self.sender.requests.push_back(InFlight {
            correlation,
            broker,
            sent_us,
            cause,
            batches,
        });
        self.sender
            .timeout_alarm
            .arm(sent_us + self.config.request_timeout_us, Timer::RequestTimeout, ctx);
    }
}
