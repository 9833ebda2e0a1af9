//! `commitSync()`: stores how far the application has come, and waits until that is done.
//!
//! The application commits the partitions of its last poll (`commitSync(offsets)`), not all that it owns.

use super::Consumer;
use super::poll::Phase;
use super::requests::InFlight;
use super::state::Life;
use crate::node::Ctx;
use crate::wire::{Api, ErrorCode, OffsetCommitRequest, RequestBody};

impl Consumer {
    /// Sends the commit, if it can be sent now.
    pub(super) fn commit(&mut self, ctx: &mut Ctx) {
        let Some(generation) = self
            .membership
            .generation
            .filter(|_| !self.application.commit.is_empty())
        else {
            // Nothing is done, or this is no member any more: `CommitFailedException`. Then the records will be read
            // again, by whoever owns them now.
            self.application.poll_again();
            return self.poll(ctx);
        };
        if self.membership.is_rebalancing() {
            self.owe_commit();
            if self.life != Life::Open {
                self.leave(ctx);
            }
            return;
        }
        if self.ready_coordinator(ctx.now()).is_none() || self.requests.is_waiting(Api::OffsetCommit) {
            return;
        }
        let commit = OffsetCommitRequest {
            group: self.config.group.clone(),
            member: self.membership.member.clone(),
            instance: self.membership.instance.clone(),
            generation: Some(generation),
            offsets: self.application.commit.clone(),
        };
        self.ask_coordinator(self.config.request_timeout_us, RequestBody::OffsetCommit(commit), ctx);
    }

    /// `RebalanceInProgressException`: it cannot commit now, but polls, and commits when the rebalance is over
    /// (`ConsumerCoordinator.sendOffsetCommitRequest`). Only with the cooperative protocol does an application work then.
    fn owe_commit(&mut self) {
        for (partition, _) in &self.application.commit {
            if let Some(slot) = self.fetcher.slot(*partition) {
                self.fetcher.owned[slot].owes_commit = true;
            }
        }
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
        if self.application.phase() != Phase::Committing || asked.round != self.membership.round {
            return;
        }
        if error == ErrorCode::None {
            for &(partition, offset) in &self.application.commit {
                if let Some(slot) = self.fetcher.slot(partition) {
                    self.fetcher.owned[slot].committed = Some(offset);
                    self.fetcher.owned[slot].owes_commit = false;
                }
            }
            self.application.poll_again();
            self.coordinator.succeeded();
            return;
        }
        self.on_group_error(Api::OffsetCommit, error, ctx);
        if error == ErrorCode::RebalanceInProgress {
            self.owe_commit();
        } else if !error.is_retriable() && error != ErrorCode::StaleMemberEpoch {
            // `commitSync` throws, and the application polls again all the same: there the consumer joins again.
            self.application.poll_again();
        }
    }
}
