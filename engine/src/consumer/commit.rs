//! `commitSync()`: stores how far the application has come, and waits until that is done.
//!
//! The application commits the partitions of its last poll (`commitSync(offsets)`), not all that it owns: after all
//! records of the poll, after each record, or before any of them (`commit`).

use super::Consumer;
use super::poll::Phase;
use super::requests::InFlight;
use super::state::Life;
use crate::application::CommitStrategy;
use crate::node::Ctx;
use crate::wire::{Api, ErrorCode, OffsetCommitRequest, RequestBody};

impl Consumer {
    /// What is processed of the partitions of this poll is to be committed.
    pub(super) fn commit_processed(&mut self) {
        let fetcher = &self.fetcher;
        let application = &mut self.application;
        application.commit.clear();
        for (partition, before) in &mut application.polled {
            let processed = fetcher.slot(*partition).map(|slot| fetcher.owned[slot].processed);
            if let Some(processed) = processed.filter(|processed| processed != before) {
                *before = processed;
                application.commit.push((*partition, processed));
            }
        }
    }

    /// All records of this poll are to be committed, before any of them is processed.
    pub(super) fn commit_positions(&mut self) {
        let fetcher = &self.fetcher;
        let application = &mut self.application;
        let ends = application.polled.iter().filter_map(|(partition, _)| {
            let slot = fetcher.slot(*partition)?;
            Some((*partition, fetcher.owned[slot].position))
        });
        application.commit.clear();
        application.commit.extend(ends);
        application.phase = Phase::Committing;
    }

    /// Sends the commit, if it can be sent now. Answers whether the application waits for it.
    pub(super) fn commit(&mut self, ctx: &mut Ctx) -> bool {
        let Some(generation) = self.membership.generation else {
            // This is no member any more: `CommitFailedException`. Then the records will be read again, by whoever owns
            // them now.
            self.throw_commit();
            return false;
        };
        if self.application.commit.is_empty() {
            self.after_commit(ctx);
            return false;
        }
        if self.membership.is_rebalancing() {
            self.owe_commit(ctx);
            if self.life != Life::Open {
                self.leave(ctx);
            }
            return false;
        }
        if self.ready_coordinator(ctx.now()).is_none() || self.requests.is_waiting(Api::OffsetCommit) {
            return true;
        }
        let commit = OffsetCommitRequest {
            group: self.config.group.clone(),
            member: self.membership.member.clone(),
            instance: self.membership.instance.clone(),
            generation: Some(generation),
            offsets: self.application.commit.clone(),
        };
        self.ask_coordinator(self.config.request_timeout_us, RequestBody::OffsetCommit(commit), ctx);
        true
    }

    /// `commitSync` throws, and the application polls again all the same: there the consumer joins again.
    fn throw_commit(&mut self) {
        self.application.work.clear();
        self.application.poll_again();
    }

    /// `commitSync` returns: the application goes on with what it has in hand, or polls again.
    fn after_commit(&mut self, ctx: &mut Ctx) {
        if self.application.work.is_empty() {
            self.application.poll_again();
        } else {
            self.application.phase = Phase::Processing;
            self.work(ctx);
        }
    }

    /// `RebalanceInProgressException`: it cannot commit now, but polls, and commits when the rebalance is over
    /// (`ConsumerCoordinator.sendOffsetCommitRequest`). Only with the cooperative protocol does an application work then.
    fn owe_commit(&mut self, ctx: &mut Ctx) {
        if self.commits_by_itself(CommitStrategy::BeforeProcessing) {
            return self.put_back();
        }
        // Dead letters are committed with the next that is sent back: those in hand must not be.
        let owes = self.config.role != super::Role::DeadLetter;
        for (partition, _) in self.application.commit.iter().filter(|_| owes) {
            if let Some(slot) = self.fetcher.slot(*partition) {
                self.fetcher.owned[slot].owes_commit = true;
            }
        }
        self.after_commit(ctx);
    }

    /// What may not be processed before it is committed is not: the application seeks back to it, and reads it again.
    fn put_back(&mut self) {
        for run in std::mem::take(&mut self.application.work) {
            let owned = &mut self.fetcher.owned[run.slot];
            if owned.position != owned.processed {
                owned.seek(owned.processed);
                self.fetcher.drop_buffered(run.slot);
            }
        }
        self.application.failed = None;
        self.application.poll_again();
    }

    /// After a rebalance: commits what it had to keep back, and says whether there was any.
    pub(super) fn pay_commit(&mut self, ctx: &mut Ctx) -> bool {
        if self.membership.is_rebalancing() || !self.fetcher.owned.iter().any(|owned| owned.owes_commit) {
            return false;
        }
        let owed = self.fetcher.owned.iter().filter(|owned| owned.owes_commit);
        self.application.commit = owed.map(|owned| (owned.id, owned.processed)).collect();
        self.application.commit_again();
        self.commit(ctx);
        true
    }

    pub(super) fn on_commit_answer(&mut self, asked: InFlight, error: ErrorCode, ctx: &mut Ctx) {
        if asked.round != self.membership.round {
            return;
        }
        if self.config.application.auto_commit {
            return self.on_auto_commit_answer(error, ctx);
        }
        if self.application.phase() != Phase::Committing {
            return;
        }
        if error == ErrorCode::None {
            for &(partition, offset) in &self.application.commit {
                if let Some(slot) = self.fetcher.slot(partition) {
                    self.fetcher.owned[slot].committed = Some(offset);
                    self.fetcher.owned[slot].owes_commit = false;
                }
            }
            self.after_commit(ctx);
            self.coordinator.succeeded();
            return;
        }
        self.on_group_error(Api::OffsetCommit, error, ctx);
        if error == ErrorCode::RebalanceInProgress {
            self.owe_commit(ctx);
        } else if !error.is_retriable() && error != ErrorCode::StaleMemberEpoch {
            self.throw_commit();
        }
    }
}
