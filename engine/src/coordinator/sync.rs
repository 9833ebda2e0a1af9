//! SyncGroup: the leader says who owns what, the others wait for it.

use super::effect::{Asker, Turn, sync_error};
use super::group::Group;
use super::stores::Stored;
use crate::log::GroupRecord;
use crate::trace::GroupStateName;
use crate::wire::{Api, Assignment, ErrorCode, PartitionId, ResponseBody, SyncGroupRequest, SyncGroupResponse};
use std::sync::Arc;

impl Group {
    /// `GroupMetadataManager.classicGroupSyncToClassicGroup`.
    pub(super) fn sync(&mut self, asker: Asker, request: SyncGroupRequest, turn: &mut Turn) {
        let error = self.check_member(asker, Api::SyncGroup, &request.member, request.instance.as_ref(), turn);
        let (state, generation) = (self.state, self.generation);
        let leader = self.leader;
        let Some(member) = self.member(&request.member).filter(|_| error == ErrorCode::None) else {
            return turn.reply(asker, sync_error(error));
        };
        if request.generation != generation {
            return turn.reply(asker, sync_error(ErrorCode::IllegalGeneration));
        }
        match state {
            GroupStateName::Empty | GroupStateName::Dead | GroupStateName::Assigning | GroupStateName::Reconciling => {
                turn.reply(asker, sync_error(ErrorCode::UnknownMemberId));
            }
            GroupStateName::PreparingRebalance => turn.reply(asker, sync_error(ErrorCode::RebalanceInProgress)),
            GroupStateName::CompletingRebalance => {
                member.sync = Some(asker);
                member.owes_sync = false;
                if leader == Some(member.number) {
                    self.store_assignment(request.assignments, turn);
                }
            }
            GroupStateName::Stable => {
                member.owes_sync = false;
                let partitions = member.assignment.clone();
                turn.reply(asker, assigned(partitions));
            }
        }
    }

    /// The assignment is in the log before anybody learns of it, so that another coordinator knows it, too.
    fn store_assignment(&self, assignments: Vec<Assignment>, turn: &mut Turn) {
        let partitions = assignments.iter().map(|assignment| assignment.partitions.len()).sum();
        let generation = self.generation;
        self.store(
            [GroupRecord::Metadata(self.metadata(&assignments))].into(),
            self.record_bytes(partitions),
            Stored::Metadata {
                generation,
                assignments,
            },
            turn,
        );
    }

    /// The assignment is committed, or could not be. Nobody cares if the group has moved on meanwhile.
    pub(super) fn assignment_stored(
        &mut self,
        generation: u32,
        assignments: &[Assignment],
        result: Result<(), ErrorCode>,
        turn: &mut Turn,
    ) {
        if self.state != GroupStateName::CompletingRebalance || self.generation != generation {
            return;
        }
        if let Err(error) = result {
            self.drop_assignments(as_group_error(error), turn);
            return self.prepare_rebalance(turn);
        }
        self.transition(GroupStateName::Stable, turn);
        for member in &mut self.members {
            // The leader may have left somebody out.
            let own = assignments.iter().find(|assignment| assignment.member == member.id);
            member.assignment = own.map_or_else(|| [].into(), |assignment| assignment.partitions.clone());
            if let Some(asker) = member.sync.take() {
                member.extend_session(self.number, turn.ctx);
                turn.reply(asker, assigned(member.assignment.clone()));
            }
        }
    }

    /// Members that have not sent a SyncGroup in time are out (`expirePendingSync`, KAFKA-13435).
    pub(super) fn sync_phase_over(&mut self, generation: u32, turn: &mut Turn) {
        let in_time = !matches!(self.state, GroupStateName::CompletingRebalance | GroupStateName::Stable);
        let lacks_some = self.lost_sync || self.members.iter().any(|member| member.owes_sync);
        if self.generation == generation && !in_time && lacks_some {
            self.remove_failed(|member| member.owes_sync, turn);
            self.prepare_rebalance(turn);
        }
    }
}

fn assigned(partitions: Arc<[PartitionId]>) -> ResponseBody {
    ResponseBody::SyncGroup(SyncGroupResponse {
        error: ErrorCode::None,
        partitions,
    })
}

/// What a member is told when a write to `__consumer_offsets` fails (`CoordinatorOperationExceptionHelper`): find the
/// coordinator again, or try again.
pub(super) fn as_group_error(error: ErrorCode) -> ErrorCode {
    match error {
        ErrorCode::UnknownTopicOrPartition | ErrorCode::NotEnoughReplicas | ErrorCode::RequestTimedOut => {
            ErrorCode::CoordinatorNotAvailable
        }
        ErrorCode::NotLeaderOrFollower => ErrorCode::NotCoordinator,
        other => other,
    }
}
