//! The application: it polls, works on what it gets, record after record, and commits (`KafkaConsumer.poll`).

use super::Consumer;
use super::membership::MemberState;
use super::pace::Pace;
use super::state::Life;
use crate::log::LogEntry;
use crate::node::{Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{Micros, Offset, PartitionId, SeekTo};
use std::collections::VecDeque;

/// What the application's thread is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    /// In `poll()`.
    #[default]
    Polling,
    /// Works on the records that it got.
    Processing,
    /// In `commitSync()`.
    Committing,
}

/// Neighbouring records that `poll()` handed out: those with the places `from` to `to` of a batch.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) slot: usize,
    pub(super) entry: LogEntry,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// The application. It holds at most `max.poll.records` records.
#[derive(Debug, Clone, Default)]
pub(super) struct Application {
    phase: Phase,
    /// When `poll()` last returned.
    polled_at: Micros,
    work: VecDeque<Run>,
    /// Counts the timers, so that an old one is known.
    timer: u32,
    /// What is to be committed.
    pub(super) commit: Vec<(PartitionId, Offset)>,
    pub(super) pace: Pace,
    /// What it wants to read before the next records.
    pub(super) seeks: Vec<SeekTo>,
}

impl Application {
    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    /// Since when the application has not been in `poll()`.
    pub(super) fn works_since(&self) -> Option<Micros> {
        (self.phase != Phase::Polling).then_some(self.polled_at)
    }

    /// The application calls `commitSync()` for what it could not commit before.
    pub(super) fn commit_again(&mut self) {
        self.phase = Phase::Committing;
    }

    /// The application calls `poll()` again.
    pub(super) fn poll_again(&mut self) {
        self.phase = Phase::Polling;
    }
}

impl Consumer {
    /// `poll()`: first the group, then the positions, then the records. Fetches go out before the records are handed
    /// over, so that the next ones travel while the application works.
    pub(super) fn poll(&mut self, ctx: &mut Ctx) {
        if self.life != Life::Open {
            return self.leave(ctx);
        }
        self.read_held(ctx);
        if self.life != Life::Open {
            return; // What it read has ended it.
        }
        if self.membership.must_join() {
            self.join(ctx);
        }
        let goes_on = match self.membership.state {
            MemberState::Stable => true,
            _ => self.config.is_cooperative() && self.membership.generation.is_some(),
        };
        if !goes_on || self.pay_commit(ctx) {
            return;
        }
        if !self.application.seeks.is_empty() {
            self.carry_out_seeks(ctx);
        }
        self.look_up_positions(ctx);
        let polled = self
            .fetcher
            .collect(self.config.max_poll_records, &mut self.application.work);
        if let Some((records, fetched)) = polled {
            ctx.set_cause(fetched);
            ctx.record_as_cause(Fact::Polled { records });
        }
        self.send_fetches(ctx);
        if polled.is_some() {
            self.start_processing(ctx);
        }
    }

    fn start_processing(&mut self, ctx: &mut Ctx) {
        self.application.phase = Phase::Processing;
        self.application.polled_at = ctx.now();
        // What is to be committed: each partition of this poll. The offset moves when the work is done.
        let partitions = self.application.work.iter().map(|run| &self.fetcher.owned[run.slot]);
        self.application.commit.clear();
        self.application
            .commit
            .extend(partitions.map(|owned| (owned.id, owned.processed)));
        self.application.commit.dedup();
        if self.processing_us() == 0 && !self.is_stalled() {
            while let Some(run) = self.application.work.pop_front() {
                self.process(&run, ctx);
            }
            self.finish_processing();
            self.commit(ctx);
        } else {
            self.start_record(ctx);
        }
    }

    fn start_record(&mut self, ctx: &mut Ctx) {
        self.application.timer += 1;
        ctx.timer_in(self.processing_us(), Timer::Processed(self.application.timer));
    }

    /// The application is done with a record. `go_on` does the rest.
    pub(super) fn on_processed(&mut self, number: u32, ctx: &mut Ctx) {
        if number != self.application.timer || self.application.phase != Phase::Processing || self.hangs(number) {
            return;
        }
        let Some(run) = self.application.work.front_mut() else {
            return;
        };
        let record = Run {
            to: run.from + 1,
            ..run.clone()
        };
        run.from += 1;
        if run.from == run.to {
            self.application.work.pop_front();
        }
        self.process(&record, ctx);
        if self.application.work.is_empty() {
            self.finish_processing();
        } else {
            self.start_record(ctx);
        }
    }

    /// Says of each record of the run that it is processed. A million times a run: nothing else belongs here.
    fn process(&mut self, run: &Run, ctx: &mut Ctx) {
        let owned = &mut self.fetcher.owned[run.slot];
        let batch = &run.entry.batch;
        let age_us = ctx.now().saturating_sub(batch.base_timestamp_us);
        let mut offset = run.entry.base_offset + u64::from(run.from);
        let counts = ctx.counts_partials();
        for record in &batch.records()[run.from as usize..run.to as usize] {
            ctx.record(Fact::RecordProcessed {
                partition: owned.id,
                offset,
                subject: record.subject,
                sequence: record.sequence,
                latency_us: age_us.saturating_sub(u64::from(record.timestamp_delta_us)),
            });
            if counts {
                ctx.count_partial(record.key, record.subject);
            }
            offset += 1;
        }
        owned.processed = offset;
    }

    /// The records in hand are done, or given up: what is processed is committed next.
    fn finish_processing(&mut self) {
        self.application.phase = Phase::Committing;
        let fetcher = &self.fetcher;
        self.application.commit.retain_mut(|(partition, offset)| {
            let before = *offset;
            *offset = fetcher
                .slot(*partition)
                .map_or(before, |slot| fetcher.owned[slot].processed);
            *offset != before
        });
    }

    /// `close()` was called: the record in hand is not finished.
    pub(super) fn stop_processing(&mut self) {
        if self.application.phase == Phase::Processing {
            self.application.work.clear();
            self.finish_processing();
        }
    }
}
