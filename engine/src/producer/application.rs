//! The application on top of the producer: it calls `send()` for record after record, and waits when that blocks.

use super::Producer;
use super::partitioner::Partitioner;
use crate::log::{KeyId, Record, ValueId};
use crate::node::{Ctx, Timer};
use crate::trace::{EventId, Fact};
use crate::wire::Micros;
use crate::workload::{Interval, KeySampler};
use std::collections::VecDeque;
use std::sync::Arc;

/// What the application is about to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pending {
    key: Option<KeyId>,
    subject: KeyId,
    sequence: u32,
    value: Option<ValueId>,
    value_bytes: u32,
    cause: EventId,
}

/// A record that a scenario lists, its texts resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedRecord {
    /// What it is about; its key when records have keys.
    pub subject: KeyId,
    /// What it says.
    pub value: ValueId,
}

/// How the last record found its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastSent {
    /// When.
    pub at_us: Micros,
    /// Its key.
    pub key: Option<KeyId>,
    /// What it is about.
    pub subject: KeyId,
    /// The chosen partition.
    pub partition: u32,
}

/// The application: one thread that sends one record after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Application {
    source: Option<(Arc<KeySampler>, Interval)>,
    pub(super) keyed: bool,
    pub(super) value_bytes: u32,
    /// The next record's moment, in nanoseconds, so that high rates are kept.
    next_ns: u64,
    /// The schedule that the arrival timer belongs to.
    schedule: u32,
    listed: VecDeque<(Micros, ListedRecord)>,
    /// What waits for `send()` to go on. Bounded: while the first of them blocks, the rate makes no more, so that only
    /// what the scenario lists and a person sends can follow.
    blocked: VecDeque<Pending>,
    blocks: u32,
    stopped: bool,
    pub(super) last_sent: Option<LastSent>,
}

impl Application {
    pub(super) fn set_listed(&mut self, listed: Vec<(Micros, ListedRecord)>) {
        self.listed = listed.into();
    }

    pub(super) fn is_blocked(&self) -> bool {
        !self.blocked.is_empty()
    }
}

impl Producer {
    /// Whether records have keys, and how large a value is that nobody wrote.
    pub fn configure(&mut self, keyed: bool, value_bytes: u32) {
        self.application.keyed = keyed;
        self.application.value_bytes = value_bytes;
    }

    pub(super) fn set_source(&mut self, source: Option<(Arc<KeySampler>, Interval)>, ctx: &mut Ctx) {
        self.application.source = source;
        self.application.next_ns = ctx.now() * 1000;
        if !self.application.is_blocked() {
            self.schedule_arrival(ctx);
        }
        self.schedule_listed(ctx);
    }

    pub(super) fn stop(&mut self) {
        self.application.stopped = true;
        self.application.schedule += 1;
        self.application.listed.clear();
    }

    fn schedule_arrival(&mut self, ctx: &mut Ctx) {
        let app = &mut self.application;
        app.schedule += 1;
        if let (Some((_, interval)), false) = (&app.source, app.stopped) {
            app.next_ns += interval.draw_ns(ctx.random());
            ctx.timer(app.next_ns / 1000, Timer::Arrival(app.schedule));
        }
    }

    fn schedule_listed(&mut self, ctx: &mut Ctx) {
        if let Some((at, _)) = self.application.listed.front() {
            ctx.timer(*at, Timer::Listed);
        }
    }

    pub(super) fn on_arrival(&mut self, schedule: u32, ctx: &mut Ctx) {
        if schedule != self.application.schedule {
            return;
        }
        let Some((sampler, _)) = &self.application.source else { return };
        let subject = sampler.draw(ctx.random());
        let key = self.application.keyed.then_some(subject);
        let value_bytes = self.application.value_bytes;
        self.send(key, subject, None, value_bytes, ctx);
        if !self.application.is_blocked() {
            self.schedule_arrival(ctx);
        }
    }

    pub(super) fn on_listed(&mut self, ctx: &mut Ctx) {
        while let Some((at, record)) = self.application.listed.front().copied() {
            if at > ctx.now() {
                break;
            }
            self.application.listed.pop_front();
            let key = self.application.keyed.then_some(record.subject);
            self.send_by_text(key, record.subject, Some(record.value), ctx);
        }
        self.schedule_listed(ctx);
    }

    pub(super) fn send_by_hand(
        &mut self,
        key: Option<KeyId>,
        subject: KeyId,
        value: Option<ValueId>,
        ctx: &mut Ctx,
    ) {
        if !self.application.stopped {
            self.send_by_text(key, subject, value, ctx);
        }
    }

    fn send_by_text(&mut self, key: Option<KeyId>, subject: KeyId, value: Option<ValueId>, ctx: &mut Ctx) {
        let bytes = value.map_or(0, |value| ctx.dictionary().value_text(value).len());
        self.send(key, subject, value, u32::try_from(bytes).unwrap_or(u32::MAX), ctx);
    }

    /// `KafkaProducer.send`: blocks while there is no metadata or no memory; the records behind it wait their turn.
    fn send(&mut self, key: Option<KeyId>, subject: KeyId, value: Option<ValueId>, value_bytes: u32, ctx: &mut Ctx) {
        let sequence = ctx.subjects().next(subject);
        let pending = Pending { key, subject, sequence, value, value_bytes, cause: ctx.cause() };
        if self.application.is_blocked() {
            self.application.blocked.push_back(pending);
        } else if !self.try_send(pending, ctx) {
            ctx.record(Fact::SendBlocked);
            self.application.blocked.push_back(pending);
            self.start_block(ctx);
        }
    }

    fn start_block(&mut self, ctx: &mut Ctx) {
        self.application.blocks += 1;
        let block = self.application.blocks;
        ctx.timer_in(self.config.max_block_us, Timer::MaxBlock(block));
    }

    /// Metadata came, or memory became free.
    pub(super) fn unblock(&mut self, ctx: &mut Ctx) {
        if !self.application.is_blocked() {
            return;
        }
        let cause = ctx.cause();
        while let Some(pending) = self.application.blocked.pop_front() {
            ctx.set_cause(pending.cause);
            if !self.try_send(pending, ctx) {
                self.application.blocked.push_front(pending);
                ctx.set_cause(cause);
                return;
            }
        }
        ctx.set_cause(cause);
        self.application.next_ns = ctx.now() * 1000;
        self.schedule_arrival(ctx);
    }

    /// The application is told by a TimeoutException that its record was not sent; the next one has its turn.
    pub(super) fn on_max_block(&mut self, block: u32, ctx: &mut Ctx) {
        if block != self.application.blocks {
            return;
        }
        if self.application.blocked.pop_front().is_some() {
            ctx.record(Fact::SendTimedOut);
            if self.application.is_blocked() {
                self.start_block(ctx);
            } else {
                self.application.next_ns = ctx.now() * 1000;
                self.schedule_arrival(ctx);
            }
        }
    }

    /// Chooses the partition and appends. `false` when that has to wait.
    fn try_send(&mut self, pending: Pending, ctx: &mut Ctx) -> bool {
        let partitions = self.metadata.partitions();
        if partitions == 0 {
            return false;
        }
        let record = Record {
            key: pending.key,
            subject: pending.subject,
            sequence: pending.sequence,
            value: pending.value,
            value_bytes: pending.value_bytes,
            timestamp_delta_us: 0,
        };
        match pending.key {
            Some(key) => {
                let partition = Partitioner::by_hash(ctx.dictionary().key_hash(key), partitions);
                self.append(partition, record, false, ctx).is_some()
            }
            None => self.append_without_key(record, ctx),
        }
    }

    /// Records without a key stick to a partition; whether it is time for another one is asked before, and again when a
    /// batch would have to be opened (`RecordAccumulator.append`, `partitionChanged`).
    fn append_without_key(&mut self, record: Record, ctx: &mut Ctx) -> bool {
        loop {
            let (available, partitions) = (self.metadata.available(), self.metadata.partitions());
            let Some(partition) = self.partitioner.sticky(ctx.random, available, partitions) else { return false };
            let tail_full = self.accumulator.is_tail_full(partition);
            if tail_full && self.switch_sticky(0, true, ctx) {
                continue;
            }
            match self.accumulator.append_to_tail(partition, record, ctx.now(), ctx.dictionary()) {
                Some(appended) => {
                    self.appended(partition, record, appended, ctx);
                    self.switch_sticky(appended.bytes, appended.all_full, ctx);
                    return true;
                }
                None if !tail_full && self.switch_sticky(0, true, ctx) => {}
                None => {
                    let Some(appended) = self.append(partition, record, true, ctx) else { return false };
                    self.switch_sticky(appended.bytes, appended.all_full, ctx);
                    return true;
                }
            }
        }
    }

    fn switch_sticky(&mut self, bytes: u32, all_full: bool, ctx: &mut Ctx) -> bool {
        let (available, partitions) = (self.metadata.available(), self.metadata.partitions());
        let switched = self.partitioner.appended(bytes, all_full, ctx.random, available, partitions);
        if switched
            && let Some(next) = self.partitioner.sticky(ctx.random, available, partitions)
            && let Some(partition) = self.metadata.partition_id(next)
        {
            ctx.record(Fact::StickyPartitionChanged { partition });
        }
        switched
    }

    /// Appends to the partition's last batch, or to a new one. `None` when there is no memory for that.
    fn append(
        &mut self,
        partition: u32,
        record: Record,
        tail_refused: bool,
        ctx: &mut Ctx,
    ) -> Option<super::accumulator::Appended> {
        let to_tail = if tail_refused {
            None
        } else {
            self.accumulator.append_to_tail(partition, record, ctx.now(), ctx.dictionary())
        };
        let appended = match to_tail {
            Some(appended) => appended,
            None if self.accumulator.has_memory(self.config.batch_size, self.config.buffer_memory) => {
                let batch_size = self.config.batch_size;
                self.accumulator.append_new(partition, record, ctx.now(), batch_size, ctx.dictionary())
            }
            None => return None,
        };
        self.appended(partition, record, appended, ctx);
        Some(appended)
    }

    fn appended(&mut self, partition: u32, record: Record, appended: super::accumulator::Appended, ctx: &mut Ctx) {
        let Some(id) = self.metadata.partition_id(partition) else { return };
        let Record { key, subject, sequence, .. } = record;
        let cause = ctx.cause();
        let sent = ctx.record_as_cause(Fact::RecordSent { partition: id, key, subject, sequence });
        self.application.last_sent = Some(LastSent { at_us: ctx.now(), key, subject, partition });
        if appended.new_batch {
            self.accumulator.set_tail_cause(partition, sent);
        }
        if appended.new_batch || appended.all_full {
            self.run_sender(ctx);
        }
        ctx.set_cause(cause);
    }
}
