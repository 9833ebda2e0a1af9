//! The application: it polls, works on what it gets, record after record, and commits (`KafkaConsumer.poll`).

use super::Consumer;
use super::auto_commit::AutoCommit;
use super::dead_letters::DeadLetters;
use super::membership::MemberState;
use super::pace::Pace;
use super::sending_on::SendingOn;
use super::state::Life;
use super::stopped::Stopped;
use crate::application::CommitStrategy;
use crate::log::LogEntry;
use crate::node::Ctx;
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
    /// Waits until what it has sent on is stored (`KafkaProducer.flush`): only then it may commit.
    Flushing,
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

/// The application. It holds at most `max.poll.records` records, and dead letters up to a bound of their own.
#[derive(Debug, Clone, Default)]
pub(super) struct Application {
    pub(super) phase: Phase,
    /// When `poll()` last returned.
    pub(super) polled_at: Micros,
    pub(super) work: VecDeque<Run>,
    /// Counts the timers, so that an old one is known.
    pub(super) timer: u32,
    /// The partitions of this poll, and how far they were processed when they were committed last.
    pub(super) polled: Vec<(PartitionId, Offset)>,
    /// What is to be committed.
    pub(super) commit: Vec<(PartitionId, Offset)>,
    /// Attempts in place at the record in hand that have failed, and when the first one did.
    pub(super) failed: Option<(u32, Micros)>,
    pub(super) sending: SendingOn,
    pub(super) stopped: Stopped,
    pub(super) letters: DeadLetters,
    pub(super) auto: AutoCommit,
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
        let goes_on = if self.modern.is_some() {
            self.poll_modern(ctx)
        } else {
            if self.membership.must_join() {
                self.join(ctx);
            }
            match self.membership.state {
                MemberState::Stable => true,
                _ => self.config.is_cooperative() && self.membership.generation.is_some(),
            }
        };
        if !goes_on || self.pay_commit(ctx) {
            return;
        }
        if !self.application.seeks.is_empty() {
            self.carry_out_seeks(ctx);
        }
        self.auto_commit(ctx);
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
        self.application.polled.clear();
        self.application
            .polled
            .extend(partitions.map(|owned| (owned.id, owned.processed)));
        self.application.polled.dedup();
        if self.commits_by_itself(CommitStrategy::BeforeProcessing) {
            self.commit_positions();
        } else {
            self.work(ctx);
        }
    }

    /// Whether the application commits like that. With `enable.auto.commit` it never does.
    pub(super) fn commits_by_itself(&self, strategy: CommitStrategy) -> bool {
        let application = &self.config.application;
        !application.auto_commit && application.commit == strategy
    }

    /// The records in hand are done, or given up, or one of them is and each is committed: what is processed is committed
    /// next, once what was sent on is stored.
    pub(super) fn settle(&mut self) {
        let application = &self.application;
        self.application.phase = if !application.sending.is_empty() {
            Phase::Flushing
        } else if self.config.application.auto_commit
            || self.config.application.commit == CommitStrategy::BeforeProcessing
            || self.config.role == super::Role::DeadLetter
        {
            if application.work.is_empty() {
                Phase::Polling
            } else {
                Phase::Processing
            }
        } else {
            self.commit_processed();
            Phase::Committing
        };
    }

    /// `close()` was called: the record in hand is not finished.
    pub(super) fn stop_processing(&mut self) {
        if self.application.phase == Phase::Processing {
            self.application.work.clear();
            self.application.failed = None;
            self.settle();
        }
    }
}
