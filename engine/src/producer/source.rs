//! In front of `send()`: a limit of the application's own for some subjects, and what piles up there.
//!
//! Kafka knows nothing of it: to a producer, a record that waits here does not exist yet. It is late all the same.

use super::Producer;
use super::application::Pending;
use crate::log::KeyId;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::Fact;
use crate::wire::Micros;
use crate::workload::SourceKind;
use std::collections::VecDeque;
use std::sync::Arc;

/// So many records may wait in front of one producer's `send()`. What comes then is dropped, and told.
pub(super) const MOST_WAITING: u64 = 100_000;

/// The limits, each with what waits for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    limits: Vec<Limit>,
    waiting: u64,
    alarm: Alarm,
}

/// A limit for one subject.
#[derive(Debug, Clone)]
struct Limit {
    subject: KeyId,
    /// The least time between two records, in nanoseconds: whole microseconds would round a high rate away.
    apart_ns: u64,
    /// The next record may go from then on.
    next_ns: u64,
    queue: VecDeque<Pending>,
}

impl Limit {
    fn allows(&self, now: Micros) -> bool {
        self.next_ns <= now * 1000
    }

    /// A record goes. One that was held up to the next whole microsecond counts as if it had gone in time.
    fn take(&mut self, now: Micros) {
        let now_ns = now * 1000;
        let from = if now_ns - self.next_ns < 1000 {
            self.next_ns
        } else {
            now_ns
        };
        self.next_ns = from + self.apart_ns;
    }

    fn due_us(&self) -> Micros {
        self.next_ns.div_ceil(1000)
    }
}

impl Limits {
    /// How many records wait for a limit.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Nothing waits any more. Answers what did.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = Pending> {
        self.waiting = 0;
        let queues = self.limits.iter_mut().map(|limit| std::mem::take(&mut limit.queue));
        queues.collect::<Vec<_>>().into_iter().flatten()
    }

    fn of(&mut self, subject: KeyId) -> Option<&mut Limit> {
        self.limits.iter_mut().find(|limit| limit.subject == subject)
    }

    /// The next record that a limit allows now, with the earliest first.
    fn pop(&mut self, now: Micros) -> Option<Pending> {
        let ready = self
            .limits
            .iter_mut()
            .filter(|limit| !limit.queue.is_empty() && limit.allows(now));
        let limit = ready.min_by_key(|limit| limit.next_ns)?;
        limit.take(now);
        self.waiting -= 1;
        limit.queue.pop_front()
    }

    fn next_due(&self) -> Option<Micros> {
        let waiting = self.limits.iter().filter(|limit| !limit.queue.is_empty());
        waiting.map(Limit::due_us).min()
    }

    /// Other limits. Answers what waited for those that are gone, in order.
    fn set(&mut self, limits: &[(KeyId, u32)], now: Micros) -> Vec<Pending> {
        let mut old = std::mem::take(&mut self.limits);
        for (subject, per_second) in limits {
            let apart_ns = 1_000_000_000 / u64::from((*per_second).max(1));
            let known = old.iter().position(|limit| limit.subject == *subject);
            let mut limit = known.map_or_else(
                || Limit {
                    subject: *subject,
                    apart_ns,
                    next_ns: 0,
                    queue: VecDeque::new(),
                },
                |place| old.remove(place),
            );
            limit.apart_ns = apart_ns;
            limit.next_ns = limit.next_ns.min(now * 1000 + apart_ns);
            self.limits.push(limit);
        }
        let free: Vec<Pending> = old.into_iter().flat_map(|limit| limit.queue).collect();
        self.waiting -= free.len() as u64;
        free
    }
}

impl Producer {
    /// What the application does while `send()` blocks, and its own limits.
    pub fn set_source_kind(&mut self, kind: SourceKind, limits: &Arc<[(KeyId, u32)]>) {
        self.application.kind = kind;
        self.application.limits.set(limits, 0);
    }

    pub(super) fn set_limits(&mut self, limits: &[(KeyId, u32)], ctx: &mut Ctx) {
        let cause = ctx.cause();
        for pending in self.application.limits.set(limits, ctx.now()) {
            ctx.set_cause(pending.cause);
            self.hand_over(pending, ctx);
        }
        ctx.set_cause(cause);
        self.release_limited(ctx);
    }

    /// A record comes to the source: it is handed to `send()`, or waits for its limit, or is dropped.
    pub(super) fn offer(&mut self, pending: Pending, ctx: &mut Ctx) {
        let now = ctx.now();
        let (blocked, full) = (self.application.piles_up(), self.application.backlog() >= MOST_WAITING);
        let limit = self.application.limits.of(pending.subject);
        let held = limit
            .as_ref()
            .is_some_and(|limit| !limit.queue.is_empty() || !limit.allows(now));
        if full && (held || blocked) {
            ctx.record(Fact::SourceDropped {
                subject: pending.subject,
                sequence: pending.sequence,
            });
            return;
        }
        match limit {
            Some(limit) if held => {
                if limit.queue.is_empty() {
                    ctx.record(Fact::SourceQueued {
                        subject: pending.subject,
                    });
                }
                limit.queue.push_back(pending);
                let due = limit.due_us();
                self.application.limits.waiting += 1;
                if !self.application.is_blocked() {
                    self.application.limits.alarm.arm(due, Timer::SourceLimit, ctx);
                }
            }
            limit => {
                if let Some(limit) = limit {
                    limit.take(now);
                }
                self.hand_over(pending, ctx);
            }
        }
    }

    pub(super) fn on_source_limit(&mut self, ctx: &mut Ctx) {
        if self.application.limits.alarm.rang(ctx.now()) {
            self.release_limited(ctx);
        }
    }

    /// Sends what the limits allow now. While `send()` blocks they wait with it: there is one thread.
    pub(super) fn release_limited(&mut self, ctx: &mut Ctx) {
        let cause = ctx.cause();
        while !self.application.is_blocked()
            && let Some(pending) = self.application.limits.pop(ctx.now())
        {
            ctx.set_cause(pending.cause);
            self.hand_over(pending, ctx);
        }
        ctx.set_cause(cause);
        if !self.application.is_blocked()
            && let Some(due) = self.application.limits.next_due()
        {
            self.application.limits.alarm.arm(due, Timer::SourceLimit, ctx);
        }
    }
}
