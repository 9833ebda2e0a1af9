//! Heartbeat and LeaveGroup: *I am alive* and *good bye*.

use super::effect::{Asker, Turn};
use super::group::Group;
use crate::trace::GroupStateName;
use crate::wire::{Api, ErrorCode, HeartbeatRequest, LeaveGroupRequest, ResponseBody};

impl Group {
    /// `GroupMetadataManager.classicGroupHeartbeatToClassicGroup`. The answer is the only way by which a member hears
    /// of a rebalance.
    pub(super) fn heartbeat(&mut self, asker: Asker, request: &HeartbeatRequest, turn: &mut Turn) {
        let error = self.check_member(asker, Api::Heartbeat, &request.member, request.instance.as_ref(), turn);
        let (state, generation, number) = (self.state, self.generation, self.number);
        let error = match self.member(&request.member).filter(|_| error == ErrorCode::None) {
            None => error,
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
            return;
        }
        match self.who_leaves(asker, request, turn) {
            Ok(number) => {
                turn.reply(asker, ResponseBody::LeaveGroup(ErrorCode::None));
                self.remove_member(number, turn);
            }
            Err(error) => turn.reply(asker, ResponseBody::LeaveGroup(error)),
        }
    }

    /// The number of the member that goes. An administrator removes a static member by its instance id alone.
    fn who_leaves(&mut self, asker: Asker, request: &LeaveGroupRequest, turn: &mut Turn) -> Result<u32, ErrorCode> {
        let member = match &request.instance {
            Some(instance) if request.member.is_empty() => self.static_member(instance),
            instance => {
                let error = self.check_member(asker, Api::LeaveGroup, &request.member, instance.as_ref(), turn);
                self.members
                    .iter()
                    .find(|member| error == ErrorCode::None && member.id == request.member)
                    .ok_or(error)
                    .map(Some)?
            }
        };
        member.map(|member| member.number).ok_or(ErrorCode::UnknownMemberId)
    }
}
