//! The application's work on the records that `poll()` has handed out, one after the other.

use super::poll::{Phase, Run};
use super::{Consumer, Role};
use crate::application::{CommitStrategy, Outcome};
use crate::log::{Record, RetryHeaders};
use crate::node::{Bug, Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{Micros, Offset, PartitionId};

/// The record in hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct InHand {
    pub(super) slot: usize,
    pub(super) partition: PartitionId,
    pub(super) offset: Offset,
    pub(super) record: Record,
    /// When `send()` was called for it where it is now.
    pub(super) sent_us: Micros,
    pub(super) headers: Option<RetryHeaders>,
}

impl InHand {
    /// Where it was before it was sent on for the first time.
    pub(super) fn first_at(&self) -> (PartitionId, Offset) {
        let here = (self.partition, self.offset);
        self.headers.map_or(here, |h| (h.original_partition, h.original_offset))
    }
}

impl Consumer {
    /// Works on the records in hand, as far as it gets.
    pub(super) fn work(&mut self, ctx: &mut Ctx) {
        while self.application.phase == Phase::Processing {
            if self.application.work.is_empty() {
                return self.settle();
            }
            if self.config.role == Role::DeadLetter {
                self.take_dead_letters(ctx);
                continue;
            }
            if !self.is_plain(ctx) && self.sets_aside(ctx) {
                continue;
            }
            if self.processing_us() > 0 || self.is_stalled() {
                return self.start_record(ctx);
            }
            if !self.handle_front(ctx) {
                return;
            }
        }
    }

    /// Whether nothing can happen to a record but that it is processed. What further groups do with it does not fail.
    fn is_plain(&self, ctx: &Ctx) -> bool {
        let can_fail = self.config.account == 0 && !ctx.downstream.is_calm();
        self.config.role == Role::Main && self.application.failed.is_none() && !can_fail
    }

    fn start_record(&mut self, ctx: &mut Ctx) {
        self.try_in(self.processing_us(), ctx);
    }

    /// The record in hand is tried after so long.
    pub(super) fn try_in(&mut self, after_us: Micros, ctx: &mut Ctx) {
        self.application.timer += 1;
        ctx.timer_in(after_us, Timer::Processed(self.application.timer));
    }

    /// The application is done with a record. `go_on` does the rest.
    pub(super) fn on_processed(&mut self, number: u32, ctx: &mut Ctx) {
        if number != self.application.timer || self.application.phase != Phase::Processing || self.hangs(number) {
            return;
        }
        if !self.application.work.is_empty() && self.handle_front(ctx) {
            self.work(ctx);
        }
    }

    /// Processes what is first: one record, or with no time for each all of its run. Answers whether the application goes on
    /// at once.
    fn handle_front(&mut self, ctx: &mut Ctx) -> bool {
        if !self.is_plain(ctx) {
            return self.attempt(ctx);
        }
        let whole = self.processing_us() == 0 && !self.commits_by_itself(CommitStrategy::EachRecord);
        let record = if whole {
            self.application.work.pop_front()
        } else {
            self.take_one()
        };
        if let Some(record) = record {
            self.process(&record, ctx);
        }
        self.after_record();
        true
    }

    /// The record in hand, as a run of its own; it is not in hand any more.
    pub(super) fn take_one(&mut self) -> Option<Run> {
        let run = self.application.work.front_mut()?;
        let record = Run {
            to: run.from + 1,
            ..run.clone()
        };
        run.from += 1;
        if run.from == run.to {
            self.application.work.pop_front();
        }
        Some(record)
    }

    /// The record in hand.
    pub(super) fn in_hand(&self) -> Option<InHand> {
        let run = self.application.work.front()?;
        let batch = &run.entry.batch;
        let record = *batch.records().get(run.from as usize)?;
        Some(InHand {
            slot: run.slot,
            partition: self.fetcher.owned[run.slot].id,
            offset: run.entry.base_offset + u64::from(run.from),
            record,
            sent_us: batch.base_timestamp_us + u64::from(record.timestamp_delta_us),
            headers: batch.headers().get(run.from as usize).copied(),
        })
    }

    /// A record is done with, in one way or another.
    pub(super) fn after_record(&mut self) {
        if self.commits_by_itself(CommitStrategy::EachRecord) {
            self.settle();
        }
    }

    /// Tries to process the record in hand. Answers whether the application goes on at once.
    fn attempt(&mut self, ctx: &mut Ctx) -> bool {
        let Some(hand) = self.in_hand() else { return true };
        match ctx.downstream.attempt(&hand.record, hand.first_at(), ctx.random) {
            Outcome::Done => {
                self.application.failed = None;
                self.application.stopped.passed(hand.partition);
                if let Some(key) = hand.record.key.filter(|_| self.config.application.keep_order) {
                    ctx.downstream
                        .keys
                        .leave(key, (hand.record.subject, hand.record.sequence));
                }
                if let Some(record) = self.take_one() {
                    self.process(&record, ctx);
                }
                self.after_record();
                true
            }
            Outcome::Failed(why) => self.fail(hand, why, ctx),
            Outcome::Crash => {
                ctx.record_as_cause(Fact::ApplicationCrashed {
                    partition: hand.partition,
                    offset: hand.offset,
                    subject: hand.record.subject,
                    sequence: hand.record.sequence,
                });
                self.die(ctx);
                false
            }
        }
    }

    /// Says of each record of the run that it is processed. A million times a run: nothing else belongs here.
    fn process(&mut self, run: &Run, ctx: &mut Ctx) {
        let owned = &mut self.fetcher.owned[run.slot];
        let batch = &run.entry.batch;
        let age_us = ctx.now().saturating_sub(batch.base_timestamp_us);
        let first = run.entry.base_offset + u64::from(run.from);
        let mut offset = first;
        let counts = ctx.counts_partials();
        let records = &batch.records()[run.from as usize..run.to as usize];
        for (place, record) in (run.from as usize..).zip(records) {
            let latency_us = match batch.headers().get(place) {
                Some(headers) => ctx.now().saturating_sub(headers.sent_us),
                None => age_us.saturating_sub(u64::from(record.timestamp_delta_us)),
            };
            ctx.record(Fact::RecordProcessed {
                partition: owned.id,
                offset,
                subject: record.subject,
                sequence: record.sequence,
                latency_us,
            });
            if counts {
                ctx.count_partial(record.key, record.subject);
            }
            offset += 1;
        }
        owned.processed = offset;
        let forgets = ctx.has_bug(Bug::DedupForgets);
        ctx.downstream.apply(self.config.account, records, forgets);
        ctx.downstream
            .handled(self.config.account)
            .done(owned.id, first..offset);
    }

    /// The process is killed: nobody is told, and nothing is finished.
    fn die(&mut self, ctx: &mut Ctx) {
        self.membership.round += 1;
        self.fetcher.give_up();
        self.application = super::poll::Application::default();
        self.requests = super::Requests::new(self.config.reconnect_backoff());
        self.life = super::Life::Closed;
        ctx.crash();
    }
}
