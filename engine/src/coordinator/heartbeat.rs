//! Heartbeat and LeaveGroup: *I am alive* and *good bye*.

use super::effect::{Asker, Turn};
use super::group::Group;
use crate::trace::GroupStateName;
use crate::wire::{ErrorCode, HeartbeatRequest, LeaveGroupRequest, ResponseBody};

impl Group {
    /// `GroupMetadataManager.classicGroupHeartbeatToClassicGroup`. The answer is the only way by which a member hears
    /// of a rebalance.
    pub(super) fn heartbeat(&mut self, asker: Asker, request: &HeartbeatRequest, turn: &mut Turn) {
        let (state, generation, number) = (self.state, self.generation, self.number);
        let error = match self.member(&request.member) {
            None => ErrorCode::UnknownMemberId,
            Some(_) if request.generation != generation => ErrorCode::IllegalGeneration,
            Some(member) => match state {
                GroupStateName::Empty
                | GroupStateName::Dead
                | GroupStateName::Assigning
                | GroupStateName::Reconciling => ErrorCode::UnknownMemberId,
                GroupStateName::PreparingRebalance => {
                    member.extend_session(number, turn.ctx);
                    // Why the member has to join again, and not why it asked.
                    turn.ctx.set_cause(self.state_event);
                    ErrorCode::RebalanceInProgress
                }
                // In CompletingRebalance, too: members send heartbeats from their JoinGroup's answer on.
                GroupStateName::CompletingRebalance | GroupStateName::Stable => {
                    member.extend_session(number, turn.ctx);
                    ErrorCode::None
                }
            },
        };
        turn.reply(asker, ResponseBody::Heartbeat(error));
    }

    /// `GroupMetadataManager.classicGroupLeaveToClassicGroup`.
    pub(super) fn leave(&mut self, asker: Asker, request: &LeaveGroupRequest, turn: &mut Turn) {
        if let Some(index) = self.pending.iter().position(|pending| pending.id == request.member) {
            self.pending.remove(index);
            turn.reply(asker, ResponseBody::LeaveGroup(ErrorCode::None));
            // Kafka has the partitions shared anew even though this one never had any.
            self.share_anew(turn);
        } else if let Some(number) = self.member(&request.member).map(|member| member.number) {
            turn.reply(asker, ResponseBody::LeaveGroup(ErrorCode::None));
            self.remove_member(number, turn);
        } else {
            turn.reply(asker, ResponseBody::LeaveGroup(ErrorCode::UnknownMemberId));
        }
    }
}
