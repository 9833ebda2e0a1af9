//! The sender: one round after the other, it looks what can leave, and for whom.

use super::Producer;
use super::accumulator::Readiness;
use super::availability::NodeLatencies;
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
    /// For each broker, the place of the partition that was looked at last (`nodesDrainIndex`).
    drain_index: Vec<usize>,
    alarm: Alarm,
    pub(super) timeout_alarm: Alarm,
    pub(super) delivery_alarm: Alarm,
    queue_lengths: Vec<(u32, u32)>,
    latencies: NodeLatencies,
}

/// Whose partitions can be sent, and when more will be (`RecordAccumulator.ReadyCheckResult`).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ready {
    /// One bit a broker: there are at most nine.
    pub(super) brokers: u16,
    /// The first moment at which another partition can be sent.
    pub(super) wake: Option<Micros>,
    /// Something waits for a partition that nobody leads.
    leaderless: bool,
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

    pub(super) fn drain_index(&mut self, broker: BrokerId) -> &mut usize {
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
        let mut ready = self.ready(ctx.now());
        for broker in (0..16)
            .map(BrokerId)
            .filter(|broker| ready.brokers & (1 << broker.0) != 0)
        {
            self.note_latency(broker, ctx.now());
            if let Some(until) = self.links.throttled_until(broker, ctx.now()) {
                ready.wake = Some(ready.wake.map_or(until, |wake| wake.min(until)));
            } else if self.links.is_open(broker) {
                self.send_to(broker, ctx);
            } else {
                self.try_link(broker, ctx);
            }
        }
        if let Some(at) = ready.wake {
            self.sender.alarm.arm(at, Timer::Sender, ctx);
        }
        if ready.leaderless {
            self.metadata.request_update();
            self.maybe_ask_metadata(ctx);
        }
    }

    /// Who can be sent something (`RecordAccumulator.ready`). Weighs the partitions for the built-in partitioner, too.
    pub(super) fn ready(&mut self, now: Micros) -> Ready {
        self.rebuild_load();
        let mut ready = Ready::default();
        for partition in 0..self.accumulator.partitions() {
            let readiness = self.readiness(partition, now);
            let Some(leader) = self.metadata.leader(partition) else {
                ready.leaderless |= readiness != Readiness::Empty;
                continue;
            };
            match readiness {
                Readiness::Empty => {}
                _ if self.is_muted(partition) => {}
                Readiness::Now(_) => ready.brokers |= 1 << leader.0,
                Readiness::At(at) => ready.wake = Some(ready.wake.map_or(at, |wake| wake.min(at))),
            }
        }
        ready
    }

    /// With one request in flight, a partition is muted meanwhile, so that a retry cannot be overtaken
    /// (`RecordAccumulator.mutePartition`).
    pub(super) fn is_muted(&self, partition: u32) -> bool {
        self.config.max_in_flight == 1 && self.sender.has_in_flight(partition)
    }

    /// Notes that there is something for that broker, and whether it can go (`RecordAccumulator.updateNodeLatencyStats`).
    fn note_latency(&mut self, broker: BrokerId, now: Micros) {
        if self.config.partitioner_availability_timeout_us > 0 {
            let may_send = self.links.is_open(broker) && self.links.throttled_until(broker, now).is_none();
            let can_drain = may_send && self.has_room_for(broker);
            self.sender.latencies.note(broker, now, can_drain);
        }
    }

    pub(super) fn readiness(&self, partition: u32, now: Micros) -> Readiness {
        let leader_epoch = self.metadata.leader_epoch(partition);
        let exhausted = self.application.waits_for_memory();
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
            let timeout_us = self.config.partitioner_availability_timeout_us;
            lengths.retain(|(partition, length)| {
                let leader = self.metadata.leader(*partition);
                leader.is_some_and(|leader| *length == 0 || !self.sender.latencies.is_slow(leader, timeout_us))
            });
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
        led.any(|partition| matches!(self.readiness(partition, now), Readiness::Now(_)) && !self.is_muted(partition))
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
