//! OffsetCommit: how far the group has read.

use super::effect::{Asker, Turn, commit_answer};
use super::group::Group;
use super::stores::Stored;
use super::sync::as_group_error;
use crate::trace::{Fact, GroupStateName};
use crate::wire::{ErrorCode, Offset, OffsetCommitRequest, PartitionId};

impl Group {
    /// `OffsetMetadataManager.commitOffset`. A commit is a sign of life, too.
    pub(super) fn commit(&mut self, asker: Asker, request: OffsetCommitRequest, turn: &mut Turn) {
        let error = self.check_commit(&request);
        if error != ErrorCode::None {
            return turn.reply(asker, commit_answer(error));
        }
        let number = self.number;
        if let Some(member) = self.member(&request.member) {
            member.extend_session(number, turn.ctx);
        }
        let records = request.offsets.len();
        if records == 0 {
            return turn.reply(asker, commit_answer(ErrorCode::None));
        }
        let then = Stored::Offsets {
            asker,
            offsets: request.offsets,
        };
        self.store(records, self.offset_record_bytes(), then, turn);
    }

    /// `ClassicGroup.validateOffsetCommit`: members of the present generation only. A member that was taken for dead
    /// must not move the offsets of partitions that others read by now.
    fn check_commit(&self, request: &OffsetCommitRequest) -> ErrorCode {
        if !self.is_member(&request.member) {
            ErrorCode::UnknownMemberId
        } else if request.generation != self.generation {
            ErrorCode::IllegalGeneration
        } else if self.state == GroupStateName::CompletingRebalance {
            ErrorCode::RebalanceInProgress
        } else {
            ErrorCode::None
        }
    }

    /// The offsets are committed, or could not be.
    pub(super) fn offsets_stored(
        &mut self,
        asker: Asker,
        offsets: &[(PartitionId, Offset)],
        result: Result<(), ErrorCode>,
        turn: &mut Turn,
    ) {
        if let Err(error) = result {
            return turn.reply(asker, commit_answer(as_group_error(error)));
        }
        for &(partition, offset) in offsets {
            self.offsets.insert(partition, offset);
            turn.ctx.record(Fact::OffsetCommitted { partition, offset });
        }
        turn.reply(asker, commit_answer(ErrorCode::None));
    }
}
