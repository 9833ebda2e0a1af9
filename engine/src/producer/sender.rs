//! The sender: one round after the other, it looks what can leave, and for whom.

use super::Producer;
use super::accumulator::Readiness;
use super::queued_batch::QueuedBatch;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{EventId, Fact};
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

    pub(super) fn has_in_flight(&self, partition: u32) -> bool {
        self.requests
            .iter()
            .any(|request| request.batches.iter().any(|(p, _)| *p == partition))
    }

    pub(super) fn next_correlation(&mut self) -> u32 {
        self.correlation = self.correlation.wrapping_add(1);
        self.correlation
    }

    /// The request that this answers; `None` when it had been given up.
    pub(super) fn take_request(&mut self, broker: BrokerId, correlation: u32) -> Option<InFlight> {
        let answered = |request: &InFlight| request.correlation == correlation && request.broker == broker;
        let place = self.requests.iter().position(answered)?;
        self.requests.remove(place)
    }

    /// All that are on their way to that broker.
    pub(super) fn take_requests_to(&mut self, broker: BrokerId) -> Vec<InFlight> {
        let all = std::mem::take(&mut self.requests);
        let (taken, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(|request| request.broker == broker);
        self.requests = kept.into();
        taken
    }

    pub(super) fn drain_index(&mut self, broker: BrokerId) -> &mut u32 {
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

    /// One round (`Sender.runOnce`): first what concerns numbers and metadata, then what is ready.
    pub(super) fn run_sender(&mut self, ctx: &mut Ctx) {
        let trigger = ctx.cause();
        if let Some(epoch) = self.idempotence.turn() {
            ctx.record_as_cause(Fact::ProducerEpochBumped { epoch });
        }
        self.maybe_ask_metadata(ctx);
        if self.has_producer_id(ctx) {
            self.send_ready(ctx);
            self.watch_delivery(ctx);
        }
        ctx.set_cause(trigger);
    }

    /// Sends what is ready, and asks to be called when more will be (`Sender.sendProducerData`).
    fn send_ready(&mut self, ctx: &mut Ctx) {
        self.rebuild_load();
        let mut ready: u16 = 0; // one bit a broker: there are at most nine
        let mut wake: Option<Micros> = None;
        let mut leaderless = false;
        for partition in 0..self.accumulator.partitions() {
            let readiness = self.readiness(partition, ctx.now());
            let Some(leader) = self.metadata.leader(partition) else {
                leaderless |= readiness != Readiness::Empty;
                continue;
            };
            match readiness {
                Readiness::Empty => {}
                Readiness::Now(_) => ready |= 1 << leader.0,
                Readiness::At(at) => wake = Some(wake.map_or(at, |wake| wake.min(at))),
            }
        }
        for broker in (0..16).map(BrokerId).filter(|broker| ready & (1 << broker.0) != 0) {
            if let Some(until) = self.links.throttled_until(broker, ctx.now()) {
                wake = Some(wake.map_or(until, |wake| wake.min(until)));
            } else if self.links.is_open(broker) {
                self.send_to(broker, ctx);
            } else {
                self.try_link(broker, ctx);
            }
        }
        if let Some(at) = wake {
            self.sender.alarm.arm(at, Timer::Sender, ctx);
        }
        if leaderless {
            self.metadata.request_update();
            self.maybe_ask_metadata(ctx);
        }
    }

    pub(super) fn readiness(&self, partition: u32, now: Micros) -> Readiness {
        let leader_epoch = self.metadata.leader_epoch(partition);
        let exhausted = self.application.is_blocked();
        self.accumulator
            .readiness(partition, leader_epoch, now, self.config.linger_us, exhausted)
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

    fn send_request(&mut self, broker: BrokerId, mut batches: Vec<(u32, QueuedBatch)>, ctx: &mut Ctx) {
        let correlation = self.sender.next_correlation();
        let me = ctx.me();
        let built = batches.iter_mut().filter_map(|(partition, batch)| {
            batch.attempts += 1;
            batch.sent_in_epoch = self.metadata.leader_epoch(*partition);
            let number = self.idempotence.number(*partition, batch.ordinal, batch.records());
            Some((self.metadata.partition_id(*partition)?, batch.build(me, number)))
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
