//! Which epoch may commit and ask for offsets (`ConsumerGroup.validateOffsetCommit`, `validateOffsetFetch`).

use super::group::ConsumerGroup;
use crate::wire::{ErrorCode, OffsetCommitRequest, PartitionId};

impl ConsumerGroup {
    /// A member commits in its own epoch. In an older one it may for what it has had since then and still has: the number is
    /// behind, and nobody else can have read it (KIP-1251).
    /// Whoever is in no group may while the group is empty.
    pub(in crate::coordinator) fn check_commit(&self, request: &OffsetCommitRequest) -> ErrorCode {
        let Some(epoch) = request.generation.filter(|_| !request.member.is_empty()) else {
            return if self.members.is_empty() {
                ErrorCode::None
            } else {
                ErrorCode::UnknownMemberId
            };
        };
        let Some(member) = self.members.get(&request.member) else {
            return ErrorCode::UnknownMemberId;
        };
        let offsets = &request.offsets;
        let epoch = i32::try_from(epoch).unwrap_or(i32::MAX);
        let has_had = |partition: PartitionId| {
            let own = member.assigned.iter().find(|own| own.partition == partition);
            own.is_some_and(|own| own.since <= epoch)
        };
        if epoch == member.epoch || epoch < member.epoch && offsets.iter().all(|(partition, _)| has_had(*partition)) {
            ErrorCode::None
        } else {
            ErrorCode::StaleMemberEpoch
        }
    }
}
