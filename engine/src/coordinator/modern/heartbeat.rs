//! The heartbeat: joining, being there, and leaving (`GroupMetadataManager.consumerGroupHeartbeat`).

use super::group::ConsumerGroup;
use super::member::ConsumerGroupMember;
use super::reconcile::Goal;
use super::records::Changes;
use crate::coordinator::effect::Turn;
use crate::trace::{EpochWhy, Fact, ReconcileStep};
use crate::wire::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, JOIN_EPOCH, LEAVE_EPOCH, MemberId,
    NodeId, PartitionId, STATIC_LEAVE_EPOCH,
};
use std::sync::Arc;

impl ConsumerGroup {
    /// Handles a heartbeat of a group with that number at its coordinator. What has changed is added to `changes`, and has
    /// to be in the log before the answer goes out.
    ///
    /// # Errors
    /// Nothing has changed then.
    pub(super) fn heartbeat(
        &mut self,
        from: NodeId,
        group: u32,
        request: &ConsumerGroupHeartbeatRequest,
        changes: &mut Changes,
        turn: &mut Turn,
    ) -> Result<ConsumerGroupHeartbeatResponse, ErrorCode> {
        if request.member_epoch == LEAVE_EPOCH || request.member_epoch == STATIC_LEAVE_EPOCH {
            return self.leave(request, changes, turn);
        }
        let is_known = self.members.contains_key(&request.member);
        if !is_known && self.members.len() >= turn.config.max_size as usize {
            return Err(ErrorCode::GroupMaxSizeReached);
        }
        let joins = request.member_epoch == JOIN_EPOCH;
        match &request.instance_id {
            None => self.find_dynamic(request, joins)?,
            Some(instance) => self.find_static(request, instance, joins, changes)?,
        }
        let is_new = !self.members.contains_key(&request.member);
        if is_new {
            self.last_member += 1;
            let member = ConsumerGroupMember::new(self.last_member, request.member.clone(), from);
            self.members.insert(request.member.clone(), member);
        }
        let has_new_subscription = self.update_member(from, request, is_new, changes);
        self.update_epoch(has_new_subscription, is_new, changes, turn);
        self.update_target(changes, turn);
        let before = self.lead(group, request, has_new_subscription, changes, turn);
        let Some(member) = self.members.get_mut(&request.member) else {
            return Err(ErrorCode::UnknownMemberId);
        };
        let timeout_us = turn.config.consumer_session_timeout_us;
        member.session.extend(timeout_us, group, member.number, turn.ctx);
        // The answer to a full request may be to one whose answer was lost.
        let is_full =
            request.rebalance_timeout_us.is_some() && request.subscription.is_some() && request.owned.is_some();
        let now = member.partitions();
        let response = ConsumerGroupHeartbeatResponse {
            error: ErrorCode::None,
            member: member.id.clone(),
            member_epoch: member.epoch,
            heartbeat_interval_us: turn.config.consumer_heartbeat_interval_us,
            assignment: (joins || is_full || before != now).then_some(now),
        };
        self.update_state(turn);
        Ok(response)
    }

    /// `getOrMaybeSubscribeDynamicConsumerGroupMember`.
    fn find_dynamic(&self, request: &ConsumerGroupHeartbeatRequest, joins: bool) -> Result<(), ErrorCode> {
        match self.members.get(&request.member) {
            Some(member) => check_epoch(member, request),
            None if joins => Ok(()),
            None => Err(ErrorCode::UnknownMemberId),
        }
    }

    /// `getOrMaybeSubscribeStaticConsumerGroupMember`. A new life takes the place of one that has said good bye for a while:
    /// it has its target and what it had, and nobody else notices.
    fn find_static(
        &mut self,
        request: &ConsumerGroupHeartbeatRequest,
        instance: &Arc<str>,
        joins: bool,
        changes: &mut Changes,
    ) -> Result<(), ErrorCode> {
        let Some(existing) = self.static_member(instance) else {
            return if joins { Ok(()) } else { Err(ErrorCode::UnknownMemberId) };
        };
        if !joins {
            if existing.id != request.member {
                return Err(ErrorCode::FencedInstanceId);
            }
            return check_epoch(existing, request);
        }
        if existing.epoch != STATIC_LEAVE_EPOCH {
            return Err(ErrorCode::UnreleasedInstanceId);
        }
        let old = existing.id.clone();
        if let Some(mut member) = self.members.remove(&old) {
            changes.removed(&old);
            self.last_member += 1;
            // Another number: the timers of the former life mean nothing to this one.
            member.number = self.last_member;
            member.session = Default::default();
            member.revocation = None;
            member.revocation_alarm = Default::default();
            member.id = request.member.clone();
            (member.epoch, member.previous_epoch) = (0, 0);
            changes.member(&member);
            changes.target(&member);
            changes.current(&member);
            self.members.insert(request.member.clone(), member);
        }
        Ok(())
    }

    fn static_member(&self, instance: &Arc<str>) -> Option<&ConsumerGroupMember> {
        self.members
            .values()
            .find(|member| member.instance_id.as_ref() == Some(instance))
    }

    /// Takes over what the member says of itself. Answers whether it wants to read something else.
    fn update_member(
        &mut self,
        from: NodeId,
        request: &ConsumerGroupHeartbeatRequest,
        is_new: bool,
        changes: &mut Changes,
    ) -> bool {
        let Some(member) = self.members.get_mut(&request.member) else {
            return false;
        };
        let mut changed = is_new || member.node != from;
        member.node = from;
        if let Some(instance) = &request.instance_id {
            changed |= member.instance_id.as_ref() != Some(instance);
            member.instance_id = Some(instance.clone());
        }
        if let Some(timeout_us) = request.rebalance_timeout_us {
            changed |= member.rebalance_timeout_us != timeout_us;
            member.rebalance_timeout_us = timeout_us;
        }
        if let Some(assignor) = request.assignor {
            changed |= member.assignor != Some(assignor);
            member.assignor = Some(assignor);
        }
        let mut has_new_subscription = false;
        if let Some(topics) = &request.subscription {
            has_new_subscription = member.subscription != *topics;
            member.subscription = topics.clone();
        }
        if changed || has_new_subscription {
            changes.member(member);
        }
        has_new_subscription
    }

    /// The epoch rises when somebody wants to read something else, or what they read has more partitions
    /// (`updateSubscriptionMetadata`).
    fn update_epoch(&mut self, has_new_subscription: bool, is_new: bool, changes: &mut Changes, turn: &mut Turn) {
        let bumps = self.epoch == 0 || has_new_subscription;
        if !bumps && !self.look_again {
            return;
        }
        self.look_again = false;
        let described = self.described();
        if !bumps && described == self.known {
            return;
        }
        self.known = described;
        let why = if is_new {
            EpochWhy::MemberJoined
        } else if has_new_subscription {
            EpochWhy::SubscriptionChanged
        } else {
            EpochWhy::PartitionsChanged
        };
        self.raise_epoch(why, turn);
        changes.epoch(self);
    }

    /// Leads the member one step on. Answers what it had before.
    fn lead(
        &mut self,
        group: u32,
        request: &ConsumerGroupHeartbeatRequest,
        has_new_subscription: bool,
        changes: &mut Changes,
        turn: &mut Turn,
    ) -> Arc<[PartitionId]> {
        let Some(mut member) = self.members.remove(&request.member) else {
            return [].into();
        };
        let before = member.clone();
        let target = member.target.clone();
        let goal = Goal {
            epoch: self.assignment_epoch.max(1),
            target: &target,
            has_new_subscription,
            owned: request.owned.as_deref(),
        };
        let others = &self.members;
        member.reconcile(goal, |partition| others.values().any(|other| other.holds(partition)));
        if member.differs_from(&before) {
            changes.current(&member);
            member.time_revocation(group, turn);
        }
        if let Some(step) = member.step_from(&before) {
            turn.ctx.record(Fact::MemberReconciles {
                consumer: member.node,
                step,
                epoch: u32::try_from(member.epoch).unwrap_or(0),
                partitions: member.partitions_of(step, &before),
            });
        }
        self.members.insert(request.member.clone(), member);
        before.partitions()
    }

    /// `consumerGroupLeave`.
    fn leave(
        &mut self,
        request: &ConsumerGroupHeartbeatRequest,
        changes: &mut Changes,
        turn: &mut Turn,
    ) -> Result<ConsumerGroupHeartbeatResponse, ErrorCode> {
        let member = match &request.instance_id {
            None => self.members.get(&request.member),
            Some(instance) => {
                let member = self.static_member(instance);
                if member.is_some_and(|member| member.id != request.member) {
                    return Err(ErrorCode::FencedInstanceId);
                }
                member
            }
        };
        let id = member.ok_or(ErrorCode::UnknownMemberId)?.id.clone();
        if request.instance_id.is_some() && request.member_epoch == STATIC_LEAVE_EPOCH {
            self.rest(&id, changes);
        } else {
            self.fence(&id, EpochWhy::MemberLeft, changes, turn);
        }
        self.update_state(turn);
        Ok(ConsumerGroupHeartbeatResponse {
            error: ErrorCode::None,
            member: id,
            member_epoch: request.member_epoch,
            heartbeat_interval_us: 0,
            assignment: None,
        })
    }

    /// A static member is away for a while: all stays as it is, until its session ends
    /// (`consumerGroupStaticMemberGroupLeave`).
    fn rest(&mut self, id: &MemberId, changes: &mut Changes) {
        if let Some(member) = self.members.get_mut(id) {
            member.epoch = STATIC_LEAVE_EPOCH;
            member.pending_revocation.clear();
            changes.current(member);
        }
    }
}

impl ConsumerGroupMember {
    /// Whether what is stored of its way has changed.
    fn differs_from(&self, before: &Self) -> bool {
        self.state != before.state
            || self.epoch != before.epoch
            || self.previous_epoch != before.previous_epoch
            || self.assigned != before.assigned
            || self.pending_revocation != before.pending_revocation
    }

    /// What to say of the step: the part of it that its process notices.
    fn step_from(&self, before: &Self) -> Option<ReconcileStep> {
        use crate::wire::MemberState::UnrevokedPartitions;
        let gained = self.assigned.iter().any(|own| !before.is_assigned(own.partition));
        if self.state == UnrevokedPartitions {
            (self.pending_revocation != before.pending_revocation).then_some(ReconcileStep::Revoke)
        } else if gained {
            Some(ReconcileStep::Assign)
        } else if before.state == UnrevokedPartitions {
            Some(ReconcileStep::Released)
        } else if self.state != before.state || self.epoch != before.epoch {
            Some(ReconcileStep::Enter)
        } else {
            None
        }
    }

    fn partitions_of(&self, step: ReconcileStep, before: &Self) -> u32 {
        let count = match step {
            ReconcileStep::Revoke => self.pending_revocation.len(),
            ReconcileStep::Released => before.pending_revocation.len(),
            ReconcileStep::Assign => {
                let gained = |own: &&super::member::Assigned| !before.is_assigned(own.partition);
                self.assigned.iter().filter(gained).count()
            }
            ReconcileStep::Enter => self.assigned.len(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

/// Whoever comes with the epoch before is believed when it owns nothing that it should not: the answer with the new epoch
/// may have been lost (`throwIfConsumerGroupMemberEpochIsInvalid`).
fn check_epoch(member: &ConsumerGroupMember, request: &ConsumerGroupHeartbeatRequest) -> Result<(), ErrorCode> {
    let owns_no_other = |owned: &Arc<[PartitionId]>| owned.iter().all(|partition| member.is_assigned(*partition));
    let missed_the_answer =
        request.member_epoch == member.previous_epoch && request.owned.as_ref().is_some_and(owns_no_other);
    if request.member_epoch == JOIN_EPOCH
        || request.member_epoch == member.epoch
        || request.member_epoch < member.epoch && missed_the_answer
    {
        Ok(())
    } else {
        Err(ErrorCode::FencedMemberEpoch)
    }
}
