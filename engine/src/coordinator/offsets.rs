//! OffsetCommit and OffsetFetch: how far the group has read.

use super::effect::{Asker, Effect, Turn, commit_answer, offsets_answer, offsets_error};
use super::group::Group;
use super::stores::{Stored, Write};
use super::sync::as_group_error;
use crate::log::GroupRecord;
use crate::node::Bug;
use crate::trace::{Fact, GroupStateName};
use crate::wire::{Api, ErrorCode, Offset, OffsetCommitRequest, PartitionId};

impl Group {
    /// `OffsetMetadataManager.commitOffset`. A commit is a sign of life, too.
    pub(super) fn commit(&mut self, asker: Asker, request: OffsetCommitRequest, turn: &mut Turn) {
        let error = match &self.modern {
            _ if turn.ctx.has_bug(Bug::StaleCommitAccepted) => ErrorCode::None,
            Some(group) => group.check_commit(&request),
            None => self.check_commit(asker, &request, turn),
        };
        if error != ErrorCode::None {
            return turn.reply(asker, commit_answer(error));
        }
        let number = self.number;
        if let Some(member) = self.member(&request.member) {
            member.extend_session(number, turn.ctx);
        }
        if request.offsets.is_empty() {
            return turn.reply(asker, commit_answer(ErrorCode::None));
        }
        let record = |(partition, offset): &(PartitionId, Offset)| GroupRecord::Offset {
            group: self.id.clone(),
            partition: *partition,
            offset: *offset,
        };
        let records = request.offsets.iter().map(record).collect();
        let then = Stored::Offsets {
            asker: Some(asker),
            offsets: request.offsets,
        };
        self.store(records, self.offset_record_bytes(), then, turn);
    }

    /// `ClassicGroup.validateOffsetCommit`: members of the present generation only. A member that was taken for dead
    /// must not move the offsets of partitions that others read by now. Who is in no group, such as an administrator who
    /// resets offsets, moves those of a group without members.
    fn check_commit(&self, asker: Asker, request: &OffsetCommitRequest, turn: &mut Turn) -> ErrorCode {
        if request.generation.is_none() && self.state == GroupStateName::Empty {
            return ErrorCode::None;
        }
        let error = self.check_member(
            asker,
            Api::OffsetCommit,
            &request.member,
            request.instance.as_ref(),
            turn,
        );
        if error != ErrorCode::None {
            error
        } else if request.generation != Some(self.generation) {
            ErrorCode::IllegalGeneration
        } else if self.state == GroupStateName::CompletingRebalance {
            ErrorCode::RebalanceInProgress
        } else {
            ErrorCode::None
        }
    }

    /// The offsets are committed.
    pub(super) fn offsets_stored(&mut self, offsets: &[(PartitionId, Offset)], turn: &mut Turn) {
        for &(partition, offset) in offsets {
            self.offsets.insert(partition, offset);
            turn.ctx.record(Fact::OffsetCommitted { partition, offset });
        }
    }

    /// Offsets that are written and not committed yet are waited for, so that nobody reads again what the group is about
    /// to have read (`requireStable`, KIP-447; `GroupCoordinatorService.fetchOffsets`).
    pub(super) fn fetch_offsets(&mut self, asker: Asker, turn: &mut Turn) {
        let Some(until) = turn.stores.pending_end(self.partition) else {
            return turn.reply(asker, offsets_answer(self.offsets().collect()));
        };
        let token = turn.stores.add(Write {
            group: self.number,
            partition: self.partition,
            end: until,
            then: Stored::Read { asker },
        });
        turn.effects.push(Effect::Await {
            token,
            partition: self.partition,
            until,
        });
    }

    /// What was written before the OffsetFetch is committed, or is not in time.
    pub(super) fn offsets_settled(&mut self, asker: Asker, result: Result<(), ErrorCode>, turn: &mut Turn) {
        let answer = match result {
            Ok(()) => offsets_answer(self.offsets().collect()),
            Err(error) => offsets_error(as_group_error(error)),
        };
        turn.reply(asker, answer);
    }
}
