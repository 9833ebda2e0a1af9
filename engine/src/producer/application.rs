//! The application on top of the producer: it calls `send()` for record after record, and waits when that blocks.

use super::Producer;
use super::source::Limits;
use crate::log::size::{NO_HEADER_BYTES, estimate_upper_bound};
use crate::log::{KeyId, ValueId};
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{EventId, Fact};
use crate::wire::{ErrorCode, Micros};
use crate::workload::{Interval, KeySampler, Keying, SourceKind};
use std::collections::VecDeque;
use std::sync::Arc;

/// What the application is about to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) key: Option<KeyId>,
    pub(super) subject: KeyId,
    pub(super) sequence: u32,
    pub(super) value: Option<ValueId>,
    pub(super) value_bytes: u32,
    /// The partition that the application has chosen itself.
    pub(super) partition: Option<u16>,
    /// The partition that was chosen before `send()` had to wait for memory.
    pub(super) chosen: Option<u32>,
    /// It is sent on for the consumer beside, under this number.
    pub(super) ticket: Option<u32>,
    pub(super) cause: EventId,
}

/// A record that a scenario lists, its texts resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedRecord {
    /// What it is about: the rule for keys makes its key of that.
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
    pub(super) keying: Keying,
    pub(super) kind: SourceKind,
    pub(super) limits: Limits,
    pub(super) value_bytes: u32,
    /// The next record's moment, in nanoseconds, so that high rates are kept.
    next_ns: u64,
    /// The schedule that the arrival timer belongs to.
    schedule: u32,
    listed: VecDeque<(Micros, ListedRecord)>,
    listed_alarm: Alarm,
    /// What waits for `send()` to go on. Bounded: while the first of them blocks, a source that waits makes no more, so
    /// that only what the scenario lists and a person sends can follow; and one that queues has its bound.
    blocked: VecDeque<Pending>,
    /// Whether the first of them waits for memory, not for metadata.
    starved: bool,
    /// Counts the records that were the first to wait, so that each has its own `max.block.ms`.
    blocks: u32,
    /// The event that said so of the one that is.
    blocked_by: EventId,
    stopped: bool,
    /// Since when `send()` blocks, and how long it had blocked before.
    blocked_since: Option<Micros>,
    blocked_before_us: Micros,
    pub(super) last_sent: Option<LastSent>,
    /// What goes to the topic goes to the work queue, too.
    pub(super) has_work_queue: bool,
}

impl Application {
    pub(super) fn set_listed(&mut self, listed: Vec<(Micros, ListedRecord)>) {
        self.listed = listed.into();
    }

    pub(super) fn is_blocked(&self) -> bool {
        !self.blocked.is_empty()
    }

    /// Whether `send()` waits for memory (`BufferPool.queued`).
    pub(super) fn waits_for_memory(&self) -> bool {
        self.starved && self.is_blocked()
    }

    /// `send()` blocks, and records come all the same.
    pub(super) fn piles_up(&self) -> bool {
        self.kind == SourceKind::Queues && self.is_blocked()
    }

    /// Whether the rate's records stand still now.
    fn stands_still(&self) -> bool {
        self.kind == SourceKind::Waits && self.is_blocked()
    }

    /// Records that wait in front of `send()`, and the one that it blocks.
    pub(super) fn backlog(&self) -> u64 {
        self.blocked.len() as u64 + self.limits.waiting()
    }

    /// `send()` has returned, or will not be called again.
    fn end_block(&mut self, now: Micros) {
        if let Some(since) = self.blocked_since.take() {
            self.blocked_before_us += now.saturating_sub(since);
        }
    }

    /// How long `send()` has been blocked so far.
    pub(super) fn blocked_us(&self, now: Micros) -> Micros {
        let since = self.blocked_since.filter(|_| self.is_blocked());
        self.blocked_before_us + since.map_or(0, |since| now.saturating_sub(since))
    }
}

/// What became of a `send()`.
pub(super) enum Attempt {
    /// It returned, or threw.
    Done,
    /// It blocks: the metadata does not know the topic, or the partition.
    NoMetadata,
    /// It blocks: there is no memory.
    NoMemory,
}

impl Producer {
    /// What records have as key, and how large a value is that nobody wrote.
    pub fn configure(&mut self, keying: Keying, value_bytes: u32) {
        self.application.keying = keying;
        self.application.value_bytes = value_bytes;
    }

    /// Whether the application sends what it sends to the topic to the work queue as well.
    pub fn set_work_queue(&mut self, has_work_queue: bool) {
        self.application.has_work_queue = has_work_queue;
    }

    pub(super) fn set_source(&mut self, source: Option<(Arc<KeySampler>, Interval)>, ctx: &mut Ctx) {
        self.application.source = source;
        if !self.application.stands_still() {
            self.schedule_arrivals(ctx);
        }
        self.schedule_listed(ctx);
    }

    /// Nothing more is sent, not even what waits.
    pub(super) fn stop(&mut self, ctx: &mut Ctx) {
        self.application.stopped = true;
        self.application.schedule += 1;
        self.application.listed.clear();
        self.application.end_block(ctx.now());
        let waiting = std::mem::take(&mut self.application.blocked).into_iter();
        for pending in waiting.chain(self.application.limits.clear()) {
            ctx.never_sent(pending.subject, pending.sequence);
        }
    }

    /// Starts counting from now.
    fn schedule_arrivals(&mut self, ctx: &mut Ctx) {
        self.application.next_ns = ctx.now() * 1000;
        self.schedule_next_arrival(ctx);
    }

    fn schedule_next_arrival(&mut self, ctx: &mut Ctx) {
        let app = &mut self.application;
        app.schedule += 1;
        if let (Some((_, interval)), false) = (&app.source, app.stopped) {
            app.next_ns += interval.draw_ns(ctx.random());
            ctx.timer(app.next_ns / 1000, Timer::Arrival(app.schedule));
        }
    }

    fn schedule_listed(&mut self, ctx: &mut Ctx) {
        if let Some((at, _)) = self.application.listed.front() {
            self.application.listed_alarm.arm(*at, Timer::Listed, ctx);
        }
    }

    pub(super) fn on_arrival(&mut self, schedule: u32, ctx: &mut Ctx) {
        if schedule != self.application.schedule {
            return;
        }
        let Some((sampler, _)) = &self.application.source else {
            return;
        };
        let subject = sampler.draw(ctx.random());
        let key = self.application.keying.key(subject, ctx.random());
        let value_bytes = self.application.value_bytes;
        self.send(key, subject, (None, value_bytes), None, ctx);
        if !self.application.stands_still() {
            self.schedule_next_arrival(ctx);
        }
    }

    pub(super) fn on_listed(&mut self, ctx: &mut Ctx) {
        if !self.application.listed_alarm.rang(ctx.now()) {
            return;
        }
        while let Some((at, record)) = self.application.listed.front().copied() {
            if at > ctx.now() {
                break;
            }
            self.application.listed.pop_front();
            let key = self.application.keying.key(record.subject, ctx.random());
            self.send_text(key, record.subject, Some(record.value), None, ctx);
        }
        self.schedule_listed(ctx);
    }

    /// Sends one record with a text, to that partition if the application chooses one itself.
    pub(super) fn send_text(
        &mut self,
        key: Option<KeyId>,
        subject: KeyId,
        value: Option<ValueId>,
        partition: Option<u16>,
        ctx: &mut Ctx,
    ) {
        let bytes = value.map_or(0, |value| ctx.dictionary().value_text(value).len());
        let value = (value, u32::try_from(bytes).unwrap_or(u32::MAX));
        self.send(key, subject, value, partition, ctx);
    }

    /// `KafkaProducer.send`: blocks while there is no metadata or no memory; the records behind it wait their turn, and
    /// those above a limit of the application's own wait before that.
    fn send(
        &mut self,
        key: Option<KeyId>,
        subject: KeyId,
        (value, value_bytes): (Option<ValueId>, u32),
        partition: Option<u16>,
        ctx: &mut Ctx,
    ) {
        if self.application.stopped || ctx.is_record_limit_reached() {
            return;
        }
        if self.is_too_large(key, value_bytes, ctx) {
            return;
        }
        let sequence = ctx.subjects().next(subject);
        let pending = Pending {
            key,
            subject,
            sequence,
            value,
            value_bytes,
            partition,
            chosen: None,
            ticket: None,
            cause: ctx.cause(),
        };
        self.offer(pending, ctx);
    }

    /// Calls `send()`, or has the record wait behind those that wait for it.
    pub(super) fn hand_over(&mut self, mut pending: Pending, ctx: &mut Ctx) {
        if self.application.is_blocked() {
            self.application.blocked.push_back(pending);
        } else if self.blocks(&mut pending, ctx) {
            self.application.blocked.push_back(pending);
            self.start_block(ctx);
            // Whoever waits for memory makes every batch ready (`RecordAccumulator.batchReady`).
            self.run_sender(ctx);
            self.wake_blocked(ctx);
        }
    }

    /// Tries, and notes what there was too little of.
    fn blocks(&mut self, pending: &mut Pending, ctx: &mut Ctx) -> bool {
        let attempt = self.try_send(pending, ctx);
        self.application.starved = matches!(attempt, Attempt::NoMemory);
        !matches!(attempt, Attempt::Done)
    }

    /// `KafkaProducer.ensureValidRecordSize`.
    fn is_too_large(&mut self, key: Option<KeyId>, value_bytes: u32, ctx: &mut Ctx) -> bool {
        let key_bytes = key.map(|key| ctx.dictionary().key_bytes(key));
        let bytes = estimate_upper_bound(key_bytes, Some(value_bytes), NO_HEADER_BYTES);
        let too_large = bytes > self.config.max_request_size || u64::from(bytes) > self.config.buffer_memory;
        if too_large {
            ctx.record(Fact::RecordTooLarge { key, bytes });
        }
        too_large
    }

    /// The first of those that wait begins to wait.
    fn start_block(&mut self, ctx: &mut Ctx) {
        let cause = ctx.cause();
        self.application.blocked_since.get_or_insert(ctx.now());
        self.application.blocks += 1;
        self.application.blocked_by = ctx.record_as_cause(Fact::SendBlocked);
        ctx.timer_in(self.config.max_block_us, Timer::MaxBlock(self.application.blocks));
        ctx.set_cause(cause);
    }

    /// Memory may have become free: those that wait are tried again, as long as that frees more.
    pub(super) fn wake_blocked(&mut self, ctx: &mut Ctx) {
        while self.accumulator.take_released() && self.application.is_blocked() {
            self.send_blocked(ctx);
            if self.application.is_blocked() {
                self.run_sender(ctx);
            }
        }
    }

    /// Sends what waits, in its order, until one has to wait still.
    pub(super) fn send_blocked(&mut self, ctx: &mut Ctx) {
        let first = self.application.blocks;
        let cause = ctx.cause();
        let mut went = false;
        while let Some(mut pending) = self.application.blocked.pop_front() {
            ctx.set_cause(pending.cause);
            if self.blocks(&mut pending, ctx) {
                self.application.blocked.push_front(pending);
                if went && self.application.blocks == first {
                    self.start_block(ctx);
                }
                break;
            }
            went = true;
        }
        ctx.set_cause(cause);
        if went && !self.application.is_blocked() {
            self.application.blocks += 1; // the timer of the last one means nothing any more
            self.go_on(ctx);
        }
    }

    /// `max.block.ms` is over for the first that waits: the application gets a TimeoutException, and goes on.
    pub(super) fn on_max_block(&mut self, block: u32, ctx: &mut Ctx) {
        if block != self.application.blocks {
            return;
        }
        let Some(pending) = self.application.blocked.pop_front() else {
            return;
        };
        match pending.ticket {
            Some(ticket) => self.tell_relayed(ticket, Err(ErrorCode::RequestTimedOut), ctx),
            None => ctx.never_sent(pending.subject, pending.sequence),
        }
        ctx.set_cause(self.application.blocked_by);
        ctx.record_as_cause(Fact::SendTimedOut);
        if self.application.is_blocked() {
            self.start_block(ctx);
            self.send_blocked(ctx);
        } else {
            self.go_on(ctx);
        }
    }

    /// `send()` blocks no more: a source that waited goes on.
    fn go_on(&mut self, ctx: &mut Ctx) {
        self.application.end_block(ctx.now());
        if self.application.kind == SourceKind::Waits {
            self.schedule_arrivals(ctx);
        }
        self.release_limited(ctx);
    }
}
