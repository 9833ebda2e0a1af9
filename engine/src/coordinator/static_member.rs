//! Static members (KIP-345): a process with a `group.instance.id` is the same member after a restart, though with another
//! member id. It takes its own place again, and as long as its session has not run out nobody else has to join again.

use super::effect::{Asker, Turn, join_error, sync_error};
use super::group::{Group, Member};
use super::join::member_id;
use super::session::Session;
use super::stores::Stored;
use super::sync::as_group_error;
use crate::log::GroupRecord;
use crate::trace::{Fact, GroupStateName};
use crate::wire::{Api, Assignment, ErrorCode, GroupProtocol, InstanceId, JoinGroupRequest, MemberId, Micros};
use std::sync::Arc;

/// What a static member was before it came back, should the log not take the news.
#[derive(Debug, Clone)]
pub(super) struct Former {
    id: MemberId,
    protocols: Arc<[GroupProtocol]>,
    session_timeout_us: Micros,
    rebalance_timeout_us: Micros,
}

impl Group {
    /// Whether that is a member (`ClassicGroup.validateMember`). Two processes with one instance id would read the same
    /// partitions: the one that came last is the member, the other is fenced.
    pub(super) fn check_member(
        &self,
        asker: Asker,
        api: Api,
        id: &MemberId,
        instance: Option<&InstanceId>,
        turn: &mut Turn,
    ) -> ErrorCode {
        match instance.map(|instance| self.static_member(instance)) {
            Some(None) => ErrorCode::UnknownMemberId,
            Some(Some(member)) if member.id != *id => {
                let (consumer, by) = (asker.node, member.node);
                turn.ctx.record_as_cause(Fact::InstanceFenced { consumer, by, api });
                ErrorCode::FencedInstanceId
            }
            _ if self.is_member(id) => ErrorCode::None,
            _ => ErrorCode::UnknownMemberId,
        }
    }

    /// The member with that `group.instance.id`.
    pub(super) fn static_member(&self, instance: &InstanceId) -> Option<&Member> {
        self.members
            .iter()
            .find(|member| member.instance.as_ref() == Some(instance))
    }

    /// A process comes without a member id and with the instance id of a member: it is that member, with a new id
    /// (`updateStaticMemberThenRebalanceOrCompleteJoin`).
    pub(super) fn come_back(&mut self, number: u32, asker: Asker, request: JoinGroupRequest, turn: &mut Turn) {
        let Some(former) = self.replace(number, asker, request, turn) else {
            return;
        };
        match self.state {
            // What it wants to read may have changed. As long as the assignor is the same, that is for the leader to see.
            GroupStateName::Stable if self.select_protocol() == self.protocol => {
                self.store_replacement(asker, former, turn);
            }
            GroupStateName::Stable => self.rebalance_or_complete_join(turn),
            // The leader may be about to assign to the id that is gone.
            GroupStateName::CompletingRebalance => self.prepare_rebalance(turn),
            GroupStateName::PreparingRebalance => self.complete_join_phase_if_all_joined(turn),
            GroupStateName::Empty | GroupStateName::Dead | GroupStateName::Assigning | GroupStateName::Reconciling => {}
        }
    }

    /// Puts the process that came in the place of the one that was there (`ClassicGroup.replaceStaticMember`). Who still
    /// waits for an answer in the name of the old id is fenced.
    fn replace(&mut self, number: u32, asker: Asker, request: JoinGroupRequest, turn: &mut Turn) -> Option<Former> {
        let group = self.number;
        self.last_member += 1;
        let new_number = self.last_member;
        let led = self.leader == Some(number);
        let member = self.members.iter_mut().find(|member| member.number == number)?;
        turn.ctx.record_as_cause(Fact::StaticMemberReplaced {
            consumer: asker.node,
            was: member.node,
        });
        let former = Former {
            id: std::mem::replace(&mut member.id, member_id(&request, turn.ctx.random())),
            protocols: std::mem::replace(&mut member.protocols, request.protocols),
            session_timeout_us: std::mem::replace(&mut member.session_timeout_us, request.session_timeout_us),
            rebalance_timeout_us: std::mem::replace(&mut member.rebalance_timeout_us, request.rebalance_timeout_us),
        };
        if let Some(waiting) = member.join.replace(asker) {
            turn.reply(waiting, join_error(ErrorCode::FencedInstanceId, former.id.clone()));
        }
        if let Some(waiting) = member.sync.take() {
            turn.reply(waiting, sync_error(ErrorCode::FencedInstanceId));
        }
        // Kafka goes on to wait for the SyncGroup of the old id, which cannot come.
        self.lost_sync |= member.owes_sync;
        member.owes_sync = false;
        member.is_new = false;
        member.node = asker.node;
        // The timers of the old id mean nothing any more.
        member.number = new_number;
        member.session = Session::default();
        member.extend_session(group, turn.ctx);
        if led {
            self.leader = Some(new_number);
        }
        Some(former)
    }

    /// Nobody has to join again. The member learns that it is one when the next coordinator would know it, too.
    fn store_replacement(&self, asker: Asker, former: Former, turn: &mut Turn) {
        let assignments: Vec<Assignment> = self
            .members
            .iter()
            .map(|member| Assignment {
                member: member.id.clone(),
                partitions: member.assignment.clone(),
            })
            .collect();
        let partitions = assignments.iter().map(|assignment| assignment.partitions.len()).sum();
        self.store(
            [GroupRecord::Metadata(self.metadata(&assignments))].into(),
            self.record_bytes(partitions),
            Stored::Replacement { asker, former },
            turn,
        );
    }

    /// The group record with the new member id is committed, or could not be: then the old id is the member again.
    pub(super) fn replacement_stored(
        &mut self,
        asker: Asker,
        former: Former,
        result: Result<(), ErrorCode>,
        turn: &mut Turn,
    ) {
        let group = self.number;
        let Some(member) = self.members.iter_mut().find(|member| member.join == Some(asker)) else {
            // It was answered meanwhile: the group has gone on, or it has come back once more.
            return;
        };
        member.join = None;
        let Err(error) = result else {
            let id = member.id.clone();
            let answer = self.join_answer(&id, true);
            return turn.reply(asker, answer);
        };
        member.id = former.id;
        member.protocols = former.protocols;
        member.session_timeout_us = former.session_timeout_us;
        member.rebalance_timeout_us = former.rebalance_timeout_us;
        member.extend_session(group, turn.ctx);
        turn.reply(asker, join_error(as_group_error(error), "".into()));
    }
}
