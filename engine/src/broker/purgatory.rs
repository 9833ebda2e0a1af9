//! Where requests wait: acks=all produces for followers, fetches for records.

use super::connections::Return;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::EventId;
use crate::wire::{FetchRequest, Micros, Offset, PartitionId, ProduceResponse};

/// The parked requests (`DelayedOperationPurgatory`). Bounded: a connection has one request at most here, and a
/// coordinator as many commits as it has members.
#[derive(Debug, Clone, Default)]
pub(super) struct Purgatory {
    produces: Vec<ParkedProduce>,
    fetches: Vec<ParkedFetch>,
    produce_alarm: Alarm,
    fetch_alarm: Alarm,
}

/// An append that waits for the high watermark (`DelayedProduce`).
#[derive(Debug, Clone)]
pub(super) struct ParkedProduce {
    /// The partitions that are not there yet, each with the high watermark that it needs.
    pub(super) waits: Vec<(PartitionId, Offset)>,
    pub(super) deadline_us: Micros,
    pub(super) completion: Completion,
    /// What brought it here: the reason of a timeout.
    pub(super) cause: EventId,
}

/// What to do when an append is committed.
#[derive(Debug, Clone)]
pub(super) enum Completion {
    /// Answer the producer.
    Produce(Return, ProduceResponse),
    /// Tell the group coordinator, by the number that it gave.
    Stored(u64),
}

/// A fetch that waits for `min_bytes` (`DelayedFetch`).
#[derive(Debug, Clone)]
pub(super) struct ParkedFetch {
    pub(super) to: Return,
    pub(super) request: FetchRequest,
    pub(super) deadline_us: Micros,
    /// What brought it here: the reason of an empty answer.
    pub(super) cause: EventId,
}

impl Purgatory {
    /// How many produces and fetches are parked.
    pub(super) fn len(&self) -> (usize, usize) {
        (self.produces.len(), self.fetches.len())
    }

    pub(super) fn park_produce(&mut self, parked: ParkedProduce, ctx: &mut Ctx) {
        self.produce_alarm.arm(parked.deadline_us, Timer::ParkedProduce, ctx);
        self.produces.push(parked);
    }

    /// Crosses off what the high watermark has passed. Answers a request that waits for nothing more.
    pub(super) fn satisfied_produce(&mut self, partition: PartitionId, high_watermark: Offset) -> Option<Completion> {
        for (index, parked) in self.produces.iter_mut().enumerate() {
            parked
                .waits
                .retain(|(waiting, end)| *waiting != partition || *end > high_watermark);
            if parked.waits.is_empty() {
                return Some(self.produces.remove(index).completion);
            }
        }
        None
    }

    /// The produces whose time is up.
    pub(super) fn expired_produces(&mut self, ctx: &mut Ctx) -> Vec<ParkedProduce> {
        let now = ctx.now();
        if !self.produce_alarm.rang(now) {
            return Vec::new();
        }
        let expired = self
            .produces
            .extract_if(.., |parked| parked.deadline_us <= now)
            .collect();
        if let Some(next) = self.produces.iter().map(|parked| parked.deadline_us).min() {
            self.produce_alarm.arm(next, Timer::ParkedProduce, ctx);
        }
        expired
    }

    pub(super) fn park_fetch(&mut self, parked: ParkedFetch, ctx: &mut Ctx) {
        self.fetch_alarm.arm(parked.deadline_us, Timer::ParkedFetch, ctx);
        self.fetches.push(parked);
    }

    /// The parked fetches that ask for that partition.
    pub(super) fn fetches_of(&self, partition: PartitionId) -> impl Iterator<Item = (usize, &ParkedFetch)> {
        let asks = move |parked: &ParkedFetch| parked.request.partitions.iter().any(|p| p.partition == partition);
        self.fetches.iter().enumerate().filter(move |(_, parked)| asks(parked))
    }

    /// Takes one of them.
    pub(super) fn take_fetch(&mut self, index: usize) -> ParkedFetch {
        self.fetches.remove(index)
    }

    /// The fetches whose time is up.
    pub(super) fn expired_fetches(&mut self, ctx: &mut Ctx) -> Vec<ParkedFetch> {
        let now = ctx.now();
        if !self.fetch_alarm.rang(now) {
            return Vec::new();
        }
        let expired = self
            .fetches
            .extract_if(.., |parked| parked.deadline_us <= now)
            .collect();
        if let Some(next) = self.fetches.iter().map(|parked| parked.deadline_us).min() {
            self.fetch_alarm.arm(next, Timer::ParkedFetch, ctx);
        }
        expired
    }
}
