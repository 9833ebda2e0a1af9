//! From `__consumer_offsets` back to a group (`GroupMetadataManager.replay`, `onLoaded`).

use super::group::ConsumerGroup;
use super::member::{Assigned, ConsumerGroupMember};
use crate::coordinator::effect::Turn;
use crate::log::ConsumerGroupRecord;
use crate::wire::{MemberId, MemberState, NodeId};

impl ConsumerGroup {
    /// Becomes what the record says.
    pub(in crate::coordinator) fn replay(&mut self, record: &ConsumerGroupRecord) {
        match record {
            ConsumerGroupRecord::Epoch { epoch, partitions } => {
                self.epoch = *epoch;
                self.known = partitions.to_vec();
            }
            ConsumerGroupRecord::TargetEpoch { epoch, at_us } => {
                self.assignment_epoch = *epoch;
                self.assigned_at_us = Some(*at_us);
            }
            ConsumerGroupRecord::Member {
                member,
                node,
                instance_id,
                rebalance_timeout_us,
                subscription,
                assignor,
            } => {
                let member = self.replayed(member);
                member.node = *node;
                member.instance_id = instance_id.clone();
                member.rebalance_timeout_us = *rebalance_timeout_us;
                member.subscription = subscription.clone();
                member.assignor = *assignor;
            }
            ConsumerGroupRecord::Target { member, partitions } => self.replayed(member).target = partitions.clone(),
            ConsumerGroupRecord::Current {
                member,
                epoch,
                previous_epoch,
                state,
                assigned,
                pending_revocation,
            } => {
                let member = self.replayed(member);
                member.epoch = *epoch;
                member.previous_epoch = *previous_epoch;
                member.state = *state;
                let owned = |&(partition, since)| Assigned { partition, since };
                member.assigned = assigned.iter().map(owned).collect();
                member.pending_revocation = pending_revocation.to_vec();
            }
            ConsumerGroupRecord::Removed { member } => {
                self.members.remove(member);
            }
        }
    }

    /// Whoever first says something of a member makes it.
    fn replayed(&mut self, id: &MemberId) -> &mut ConsumerGroupMember {
        if !self.members.contains_key(id) {
            self.last_member += 1;
            let member = ConsumerGroupMember::new(self.last_member, id.clone(), NodeId::User);
            self.members.insert(id.clone(), member);
        }
        let Some(member) = self.members.get_mut(id) else {
            panic!("invariant a-replayed-member-is-there is broken by {id}");
        };
        member
    }

    /// Coordinated here from now on: every member has a full session to show that it is still there, and its full time to
    /// give up what it was told to.
    pub(in crate::coordinator) fn start(&mut self, group: u32, turn: &mut Turn) {
        self.look_again = true;
        let timeout_us = turn.config.consumer_session_timeout_us;
        for member in self.members.values_mut() {
            // Alarms that were set before are not for this life of it: they may have rung already.
            member.session = Default::default();
            member.revocation_alarm = Default::default();
            member.session.extend(timeout_us, group, member.number, turn.ctx);
            if member.state == MemberState::UnrevokedPartitions {
                member.time_revocation(group, turn);
            }
        }
        self.update_state(turn);
    }
}
