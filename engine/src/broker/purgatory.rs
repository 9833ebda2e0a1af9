//! Where requests wait: acks=all produces for followers, fetches for records.

use super::connections::Return;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::EventId;
use crate::wire::{ErrorCode, FetchRequest, Micros, Offset, PartitionId, ProduceResponse};

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
    /// The first error of a partition that is done.
    pub(super) error: ErrorCode,
    /// What brought it here: the reason of a timeout.
    pub(super) cause: EventId,
}

impl ParkedProduce {
    /// Crosses off what is done, and notes how it ended.
    pub(super) fn settle(&mut self, mut how: impl FnMut(PartitionId, Offset) -> Option<ErrorCode>) {
        let (completion, first_error) = (&mut self.completion, &mut self.error);
        self.waits.retain(|(partition, until)| {
            let Some(error) = how(*partition, *until) else {
                return true;
            };
            if error == ErrorCode::None {
                return false;
            }
            if *first_error == ErrorCode::None {
                *first_error = error;
            }
            if let Completion::Produce(_, response, _) = completion {
                let of_partition = response.partitions.iter_mut().filter(|p| p.partition == *partition);
                of_partition.for_each(|produced| produced.error = error);
            }
            false
        });
    }
}

/// What to do when an append is committed.
#[derive(Debug, Clone)]
pub(super) enum Completion {
    /// Answer the producer, whose request has so many bytes.
    Produce(Return, ProduceResponse, u32),
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

    /// Crosses off that partition where it is done. Answers a request that waits for nothing more.
    pub(super) fn settled_produce(
        &mut self,
        partition: PartitionId,
        how: impl Fn(Offset) -> Option<ErrorCode>,
    ) -> Option<ParkedProduce> {
        for (index, parked) in self.produces.iter_mut().enumerate() {
            parked.settle(|waiting, until| if waiting == partition { how(until) } else { None });
            if parked.waits.is_empty() {
                return Some(self.produces.remove(index));
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
