//! What a broker can take: what is appended takes its time, one write after the other.
//!
//! Kafka's appends go to the page cache and hardly ever wait. A broker that is overloaded, or whose disk fails slowly,
//! makes them wait all the same, and with them whoever handles the request. One queue for all that is appended: what waits
//! for a busy partition delays every other partition of the same broker. Reads are not slowed: they come from the cache.

use super::connections::Return;
use super::{Broker, BrokerConfig};
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::EventId;
use crate::wire::{BrokerId, FetchResponse, Micros, ProduceRequest};
use std::collections::VecDeque;

/// The queue in front of the log. A broker without a limit holds nothing in it, and pays nothing.
///
/// Of each open connection one produce request can be here, and of each leader one answer to a fetch. What came on a
/// connection that is closed since is written all the same, as in Kafka, so that a client's retries add to an overload: one
/// in each `request.timeout.ms`. (Kafka would stop reading at `queued.max.requests`, 500; here nothing does.)
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    /// What it can do as long as nothing is wrong with it.
    capacity: Capacity,
    /// A disk that has become slow does so much.
    slow_bytes_per_s: Option<u64>,
    queue: VecDeque<Write>,
    /// When the bytes of the first of the queue are written.
    bytes_until: Micros,
    /// When its records are done.
    records_until: Micros,
    alarm: Alarm,
}

/// How much a broker can append in a second; `None` for as much as comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capacity {
    /// `broker.records.per.second`.
    pub records_per_s: Option<u64>,
    /// `broker.bytes.per.second`, or what a slow disk leaves of it.
    pub bytes_per_s: Option<u64>,
}

impl Capacity {
    fn of(config: &BrokerConfig) -> Self {
        let limit = |n: u64| Some(n).filter(|n| *n > 0);
        Self {
            records_per_s: limit(config.records_per_s),
            bytes_per_s: limit(config.bytes_per_s),
        }
    }

    /// Whether there is a limit at all.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.records_per_s.is_some() || self.bytes_per_s.is_some()
    }

    /// The part of it that so much a second asks for, in thousandths: of records or of bytes, whichever is more. `None`
    /// where there is no limit.
    #[must_use]
    pub fn heat_permille(&self, records_per_s: u64, bytes_per_s: u64) -> Option<u32> {
        let of = |asked: u64, can: Option<u64>| {
            let can = u128::from(can?.max(1));
            u32::try_from((u128::from(asked) * 1000 + can / 2) / can).map_or(Some(u32::MAX), Some)
        };
        of(records_per_s, self.records_per_s).max(of(bytes_per_s, self.bytes_per_s))
    }
}

/// How long so much takes at a rate.
fn time_for(amount: u64, per_s: Option<u64>) -> Micros {
    let rate = u128::from(per_s.unwrap_or(u64::MAX).max(1));
    Micros::try_from(u128::from(amount) * 1_000_000 / rate).unwrap_or(Micros::MAX / 2)
}

#[derive(Debug, Clone)]
struct Write {
    bytes: u64,
    records: u64,
    work: Work,
    cause: EventId,
}

/// What is done when the broker has taken it.
#[derive(Debug, Clone)]
pub(super) enum Work {
    /// A producer's request.
    Produce(Return, ProduceRequest),
    /// What was fetched from that leader.
    Fetched(BrokerId, FetchResponse),
}

impl Work {
    /// Its bytes and its records.
    fn size(&self) -> (u64, u64) {
        let add =
            |sum: (u64, u64), (bytes, records): (u32, u32)| (sum.0 + u64::from(bytes), sum.1 + u64::from(records));
        match self {
            Work::Produce(_, request) => {
                let batches = request.batches.iter();
                batches.map(|(_, b)| (b.size_bytes(), b.len())).fold((0, 0), add)
            }
            Work::Fetched(_, response) => {
                let entries = response.partitions.iter().flat_map(|fetched| &fetched.entries);
                entries.map(|e| (e.batch.size_bytes(), e.batch.len())).fold((0, 0), add)
            }
        }
    }
}

impl Disk {
    /// That of a broker with those settings.
    pub(super) fn new(config: &BrokerConfig) -> Self {
        Self {
            capacity: Capacity::of(config),
            ..Self::default()
        }
    }

    /// The same disk under another process: how fast it is stays.
    pub(super) fn restarted(&self) -> Self {
        Self {
            capacity: self.capacity,
            slow_bytes_per_s: self.slow_bytes_per_s,
            ..Self::default()
        }
    }

    /// What it can do now.
    pub(super) fn capacity(&self) -> Capacity {
        Capacity {
            bytes_per_s: self.slow_bytes_per_s.or(self.capacity.bytes_per_s),
            ..self.capacity
        }
    }

    /// Whether writes have to wait.
    pub(super) fn is_slow(&self) -> bool {
        self.slow_bytes_per_s.is_some() || self.capacity.is_limited()
    }

    /// How long a write that came now would wait before it begins.
    pub(super) fn queue_us(&self, now: Micros) -> Micros {
        let capacity = self.capacity();
        let behind = self.queue.iter().skip(1);
        let behind = behind.map(|write| {
            time_for(write.bytes, capacity.bytes_per_s).max(time_for(write.records, capacity.records_per_s))
        });
        let first = self.busy_until().saturating_sub(now);
        behind.fold(if self.queue.is_empty() { 0 } else { first }, Micros::saturating_add)
    }

    /// When the first of the queue is done: the larger of what its bytes and its records take.
    fn busy_until(&self) -> Micros {
        self.bytes_until.max(self.records_until)
    }

    fn begin_first(&mut self, ctx: &mut Ctx) {
        if let Some(first) = self.queue.front() {
            let capacity = self.capacity();
            self.bytes_until = ctx.now().saturating_add(time_for(first.bytes, capacity.bytes_per_s));
            self.records_until = ctx
                .now()
                .saturating_add(time_for(first.records, capacity.records_per_s));
            self.alarm.arm(self.busy_until(), Timer::Disk, ctx);
        }
    }

    /// Writes from now on at that rate; what is left of the write that is under way, too. Its records take what they take.
    fn set_rate(&mut self, bytes_per_s: Option<u64>, ctx: &mut Ctx) {
        let left = u128::from(self.bytes_until.saturating_sub(ctx.now()));
        let left_bytes = left * u128::from(self.capacity().bytes_per_s.unwrap_or(0)) / 1_000_000;
        self.slow_bytes_per_s = bytes_per_s;
        let capacity = self.capacity();
        if let Some(first) = self.queue.front_mut() {
            first.bytes = first.bytes.min(u64::try_from(left_bytes).unwrap_or(u64::MAX));
            self.bytes_until = ctx.now().saturating_add(time_for(first.bytes, capacity.bytes_per_s));
            self.alarm.arm(self.busy_until(), Timer::Disk, ctx);
        }
    }

    fn take_first(&mut self) -> Option<Write> {
        self.queue.pop_front()
    }
}

impl Broker {
    /// The disk takes so many bytes a second from now on; `None` for as many as the broker can take.
    pub(super) fn set_disk(&mut self, bytes_per_s: Option<u64>, ctx: &mut Ctx) {
        self.disk.set_rate(bytes_per_s, ctx);
        if !self.disk.is_slow() {
            while let Some(write) = self.disk.take_first() {
                self.written(write, ctx);
            }
            self.work_off(ctx);
        }
    }

    /// Does that work when the broker has got to it: now, unless it has a limit.
    pub(super) fn write(&mut self, work: Work, ctx: &mut Ctx) {
        if !self.disk.is_slow() {
            return self.done(work, ctx);
        }
        let (bytes, records) = work.size();
        let write = Write {
            bytes,
            records,
            work,
            cause: ctx.cause(),
        };
        self.disk.queue.push_back(write);
        if self.disk.queue.len() == 1 {
            self.disk.begin_first(ctx);
        }
    }

    pub(super) fn on_disk_timer(&mut self, ctx: &mut Ctx) {
        if !self.disk.alarm.rang(ctx.now()) {
            return;
        }
        if ctx.now() < self.disk.busy_until() {
            // The disk has become slower since the alarm was set.
            let at = self.disk.busy_until();
            return self.disk.alarm.arm(at, Timer::Disk, ctx);
        }
        if let Some(write) = self.disk.take_first() {
            self.disk.begin_first(ctx);
            self.written(write, ctx);
            self.work_off(ctx);
        }
    }

    fn written(&mut self, write: Write, ctx: &mut Ctx) {
        let cause = ctx.cause();
        ctx.set_cause(write.cause);
        self.done(write.work, ctx);
        ctx.set_cause(cause);
    }

    fn done(&mut self, work: Work, ctx: &mut Ctx) {
        match work {
            Work::Produce(to, request) => self.append_produced(to, request, ctx),
            Work::Fetched(leader, response) => self.append_fetched(leader, response, ctx),
        }
    }
}
