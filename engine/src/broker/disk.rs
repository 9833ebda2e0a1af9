//! A slow disk: what is appended takes its time, one write after the other.
//!
//! Kafka's appends go to the page cache and hardly ever wait. A disk that is overloaded, or fails slowly, makes them wait
//! all the same, and with them whoever handles the request. Reads are not slowed: they come from the cache.

use super::Broker;
use super::connections::Return;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::EventId;
use crate::wire::{BrokerId, FetchResponse, Micros, ProduceRequest};
use std::collections::VecDeque;

/// The disk. A disk that is never in the way holds nothing, and costs nothing.
///
/// Bounded: of each connection one produce request can be here, and of each leader one answer to a fetch.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    bytes_per_s: Option<u64>,
    queue: VecDeque<Write>,
    /// When the first of the queue is done.
    busy_until: Micros,
    alarm: Alarm,
}

#[derive(Debug, Clone)]
struct Write {
    bytes: u64,
    work: Work,
    cause: EventId,
}

/// What is done when the disk has taken it.
#[derive(Debug, Clone)]
pub(super) enum Work {
    /// A producer's request.
    Produce(Return, ProduceRequest),
    /// What was fetched from that leader.
    Fetched(BrokerId, FetchResponse),
}

impl Work {
    fn bytes(&self) -> u64 {
        let batches = |bytes: &mut dyn Iterator<Item = u32>| bytes.map(u64::from).sum();
        match self {
            Work::Produce(_, request) => batches(&mut request.batches.iter().map(|(_, batch)| batch.size_bytes())),
            Work::Fetched(_, response) => {
                let entries = response.partitions.iter().flat_map(|fetched| &fetched.entries);
                batches(&mut entries.map(|entry| entry.batch.size_bytes()))
            }
        }
    }
}

impl Disk {
    /// The same disk under another process: how fast it is stays.
    pub(super) fn restarted(&self) -> Self {
        Self {
            bytes_per_s: self.bytes_per_s,
            ..Self::default()
        }
    }

    pub(super) fn bytes_per_s(&self) -> Option<u64> {
        self.bytes_per_s
    }

    /// Whether writes have to wait.
    pub(super) fn is_slow(&self) -> bool {
        self.bytes_per_s.is_some()
    }

    fn time_for(&self, bytes: u64) -> Micros {
        let rate = u128::from(self.bytes_per_s.unwrap_or(u64::MAX).max(1));
        Micros::try_from(u128::from(bytes) * 1_000_000 / rate).unwrap_or(Micros::MAX / 2)
    }

    fn begin_first(&mut self, ctx: &mut Ctx) {
        if let Some(first) = self.queue.front() {
            self.busy_until = ctx.now().saturating_add(self.time_for(first.bytes));
            self.alarm.arm(self.busy_until, Timer::Disk, ctx);
        }
    }

    /// Writes from now on at that rate; what is left of the write that is under way, too.
    fn set_rate(&mut self, bytes_per_s: Option<u64>, ctx: &mut Ctx) {
        let left = u128::from(self.busy_until.saturating_sub(ctx.now()));
        let left_bytes = left * u128::from(self.bytes_per_s.unwrap_or(0)) / 1_000_000;
        self.bytes_per_s = bytes_per_s;
        if let Some(first) = self.queue.front_mut() {
            first.bytes = first.bytes.min(u64::try_from(left_bytes).unwrap_or(u64::MAX));
        }
        self.begin_first(ctx);
    }

    fn take_first(&mut self) -> Option<Write> {
        self.queue.pop_front()
    }
}

impl Broker {
    /// The disk takes so many bytes a second from now on; `None` for as many as come.
    pub(super) fn set_disk(&mut self, bytes_per_s: Option<u64>, ctx: &mut Ctx) {
        self.disk.set_rate(bytes_per_s, ctx);
        if !self.disk.is_slow() {
            while let Some(write) = self.disk.take_first() {
                self.written(write, ctx);
            }
            self.work_off(ctx);
        }
    }

    /// Does that work when the disk has taken its bytes: now, unless the disk is slow.
    pub(super) fn write(&mut self, work: Work, ctx: &mut Ctx) {
        if !self.disk.is_slow() {
            return self.done(work, ctx);
        }
        let write = Write {
            bytes: work.bytes(),
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
        if ctx.now() < self.disk.busy_until {
            // The disk has become slower since the alarm was set.
            let at = self.disk.busy_until;
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
