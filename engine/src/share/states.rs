//! What outlives a leader: the state that share partitions have written.

use super::{RecordState, SharePartition};
use crate::short_map::ShortMap;
use crate::wire::{ErrorCode, GroupId, LeaderEpoch, Offset, PartitionId};

/// Stands for the share coordinator and its topic `__share_group_state` (`ShareCoordinatorService`): what was written is
/// there for the next leader. It is always there and answers at once, which Kafka's does not.
#[derive(Debug, Clone, Default)]
pub struct ShareStates {
    all: ShortMap<(PartitionId, GroupId), ShareState>,
}

/// The state of one partition for one group, as it was written last.
#[derive(Debug, Clone, Default)]
pub struct ShareState {
    /// The epoch of the leader that has written it.
    leader_epoch: LeaderEpoch,
    /// All before it is finished.
    pub(super) start: Offset,
    /// State and delivery count of what follows. That a record is acquired is not written: for the next leader it is
    /// available, and that delivery has not been.
    pub(super) records: Vec<(RecordState, u16)>,
}

impl ShareStates {
    /// WriteShareGroupState. Answers whether it is taken: a leader that another one has followed may not write any more
    /// (`FENCED_LEADER_EPOCH`, `ShareCoordinatorShard.maybeGetWriteStateError`).
    pub fn write(&mut self, partition: PartitionId, group: &GroupId, shared: &SharePartition) -> bool {
        let state = self.all.or_default((partition, group.clone()));
        if shared.leader_epoch() < state.leader_epoch {
            return false;
        }
        state.leader_epoch = shared.leader_epoch();
        state.start = shared.start();
        state.records.clear();
        state
            .records
            .extend(shared.records().map(|(_, record)| match record.state {
                RecordState::Acquired => (RecordState::Available, record.delivery_count.saturating_sub(1)),
                settled => (settled, record.delivery_count),
            }));
        true
    }

    /// ReadShareGroupState, by the leader of that epoch; `None` where the group has never read that partition.
    ///
    /// # Errors
    /// `FENCED_LEADER_EPOCH` for a leader that another one has followed (`ShareCoordinatorShard.maybeGetReadStateError`).
    pub fn read(
        &self,
        partition: PartitionId,
        group: &GroupId,
        leader_epoch: LeaderEpoch,
    ) -> Result<Option<&ShareState>, ErrorCode> {
        let found = self.all.get(&(partition, group.clone()));
        if found.is_some_and(|state| leader_epoch < state.leader_epoch) {
            return Err(ErrorCode::FencedLeaderEpoch);
        }
        Ok(found)
    }
}
