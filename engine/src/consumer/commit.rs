//! `commitSync()`: stores how far the application has come, and waits until that is done.
//!
//! The application commits the partitions of its last poll (`commitSync(offsets)`), not all that it owns.

use super::Consumer;
use super::poll::Phase;
use super::requests::InFlight;
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
        if self.ready_coordinator(ctx.now()).is_none() || self.requests.is_waiting(Api::OffsetCommit) {
            return;
        }
        let commit = OffsetCommitRequest {
            group: self.config.group.clone(),
            member: self.membership.member.clone(),
            instance: None,
            generation: Some(generation),
            offsets: self.application.commit.clone(),
        };
        self.ask_coordinator(self.config.request_timeout_us, RequestBody::OffsetCommit(commit), ctx);
    }

    pub(super) fn on_commit_answer(&mut self, asked: InFlight, error: ErrorCode, ctx: &mut Ctx) {
        if self.application.phase() != Phase::Committing || asked.round != self.membership.round {
            return;
        }
        if error == ErrorCode::None {
            for &(partition, offset) in &self.application.commit {
                if let Some(slot) = self.fetcher.slot(partition) {
                    self.fetcher.owned[slot].committed = Some(offset);
                }
            }
            self.application.poll_again();
            self.coordinator.succeeded();
            return;
        }
        self.on_group_error(Api::OffsetCommit, error, ctx);
        if !error.is_retriable() {
            // `commitSync` throws, and the application polls again all the same: there the consumer joins again.
            self.application.poll_again();
        }
    }
}
