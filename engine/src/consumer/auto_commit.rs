//! `enable.auto.commit`: the consumer commits by itself, inside `poll()`, before a rebalance and when it closes
//! (`ConsumerCoordinator.maybeAutoCommitOffsetsAsync`, `onJoinPrepare`, `close`).
//!
//! It commits positions: the ends of what *earlier* polls have returned. An application that has processed all of that
//! before it polls again loses nothing; what it has processed since the last commit is read again after a crash.

use super::Consumer;
use super::owned::Place;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{Api, ErrorCode, Micros, Offset, OffsetCommitRequest, PartitionId, RequestBody};

/// When the next one is due, and what is under way.
#[derive(Debug, Clone, Default)]
pub(super) struct AutoCommit {
    next_at: Option<Micros>,
    alarm: Alarm,
    under_way: Option<Vec<(PartitionId, Offset)>>,
    /// The commit before giving partitions up was sent.
    before_giving_up: bool,
}

impl Consumer {
    /// In `poll()`: commits what earlier polls have returned, if `auto.commit.interval.ms` has passed. Does not wait for the
    /// answer.
    pub(super) fn auto_commit(&mut self, ctx: &mut Ctx) {
        if !self.config.application.auto_commit {
            return;
        }
        let now = ctx.now();
        let interval_us = self.config.application.auto_commit_interval_us;
        let next_at = *self.application.auto.next_at.get_or_insert(now + interval_us);
        if now >= next_at {
            let done = self.fetcher.owned.is_empty() || self.send_auto_commit(ctx);
            let wait_us = if done {
                interval_us
            } else {
                self.config.retry_backoff_us
            };
            self.application.auto.next_at = Some(now + wait_us.max(1));
        }
        let at = self.application.auto.next_at.unwrap_or(next_at);
        self.application.auto.alarm.arm(at, Timer::AutoCommit, ctx);
    }

    /// Before partitions are given up, for a rebalance or for good: commits what was returned. Answers whether the answer is
    /// still to come. Asked again after each input, until it says no.
    pub(super) fn auto_commits_first(&mut self, ctx: &mut Ctx) -> bool {
        if !self.config.application.auto_commit {
            return false;
        }
        if self.requests.is_waiting(Api::OffsetCommit) {
            return true;
        }
        let first_time = !std::mem::replace(&mut self.application.auto.before_giving_up, true);
        first_time && self.send_auto_commit(ctx)
    }

    /// What was owned is given up.
    pub(super) fn auto_commit_is_over(&mut self) {
        self.application.auto.before_giving_up = false;
        self.application.auto.under_way = None;
    }

    fn send_auto_commit(&mut self, ctx: &mut Ctx) -> bool {
        let Some(generation) = self.membership.generation else {
            return false;
        };
        let known = self.fetcher.owned.iter().filter(|owned| owned.place == Place::Known);
        let offsets: Vec<(PartitionId, Offset)> = known.map(|owned| (owned.id, owned.position)).collect();
        let may_ask = self.ready_coordinator(ctx.now()).is_some() && !self.requests.is_waiting(Api::OffsetCommit);
        if offsets.is_empty() || !may_ask {
            return false;
        }
        let cause = ctx.cause();
        ctx.record_as_cause(Fact::AutoCommitted {
            partitions: u32::try_from(offsets.len()).unwrap_or(u32::MAX),
        });
        self.application.auto.under_way = Some(offsets.clone());
        let commit = OffsetCommitRequest {
            group: self.config.group.clone(),
            member: self.membership.member.clone(),
            instance: self.membership.instance.clone(),
            generation: Some(generation),
            offsets,
        };
        self.ask_coordinator(self.config.request_timeout_us, RequestBody::OffsetCommit(commit), ctx);
        ctx.set_cause(cause);
        true
    }

    pub(super) fn on_auto_commit_timer(&mut self, ctx: &mut Ctx) {
        self.application.auto.alarm.rang(ctx.now());
    }

    /// The answer to a commit of its own. A failed one is tried again after `retry.backoff.ms`, and nobody is told.
    pub(super) fn on_auto_commit_answer(&mut self, error: ErrorCode, ctx: &mut Ctx) {
        let Some(offsets) = self.application.auto.under_way.take() else {
            return;
        };
        if error == ErrorCode::None {
            for (partition, offset) in offsets {
                if let Some(slot) = self.fetcher.slot(partition) {
                    self.fetcher.owned[slot].committed = Some(offset);
                }
            }
            return self.coordinator.succeeded();
        }
        if error.is_retriable() {
            self.application.auto.next_at = Some(ctx.now() + self.config.retry_backoff_us);
        }
        self.on_group_error(Api::OffsetCommit, error, ctx);
    }
}
