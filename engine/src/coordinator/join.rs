//! JoinGroup: who wants to be in the next generation.

use super::effect::{Asker, Turn, join_error};
use super::group::{Group, Member, PendingMember};
use super::session::{NEW_MEMBER_JOIN_TIMEOUT_US, Session};
use crate::node::Random;
use crate::trace::GroupStateName;
use crate::wire::{Api, ErrorCode, JoinGroupRequest, JoinGroupResponse, MemberId, ResponseBody};

impl Group {
    /// `GroupMetadataManager.classicGroupJoinToClassicGroup`.
    pub(super) fn join(&mut self, asker: Asker, request: JoinGroupRequest, turn: &mut Turn) {
        let allowed = turn.config.min_session_timeout_us..=turn.config.max_session_timeout_us;
        let is_dynamic = request.instance.is_none();
        if !allowed.contains(&request.session_timeout_us) {
            turn.reply(asker, join_error(ErrorCode::InvalidSessionTimeout, request.member));
        } else if !self.accepts(&request.member, is_dynamic, turn.config.max_size) {
            // The last to rejoin of a group that is too large are the ones that have to go.
            if let Some(number) = self.member(&request.member).map(|member| member.number) {
                self.remove(number);
            }
            turn.reply(asker, join_error(ErrorCode::GroupMaxSizeReached, "".into()));
        } else if !self.supports(&request.protocols) {
            turn.reply(asker, join_error(ErrorCode::InconsistentGroupProtocol, request.member));
        } else if request.member.is_empty() {
            self.join_without_id(asker, request, turn);
        } else if let Some(index) = self.pending_with(&request) {
            let pending = self.pending.remove(index);
            self.add_joining(asker, request, pending, turn);
        } else {
            match self.check_member(asker, Api::JoinGroup, &request.member, request.instance.as_ref(), turn) {
                ErrorCode::None => self.rejoin(asker, request, turn),
                error => turn.reply(asker, join_error(error, request.member)),
            }
        }
    }

    /// A dynamic member has to come again with the id that it gets. A static one is let in at once: should it try again,
    /// it is known by its instance id.
    fn join_without_id(&mut self, asker: Asker, request: JoinGroupRequest, turn: &mut Turn) {
        let Some(instance) = &request.instance else {
            return self.hand_out_id(asker, &request, turn);
        };
        if let Some(number) = self.static_member(instance).map(|member| member.number) {
            return self.come_back(number, asker, request, turn);
        }
        self.last_member += 1;
        let new = PendingMember {
            number: self.last_member,
            id: member_id(&request, turn.ctx.random()),
            session: Session::default(),
        };
        self.add_joining(asker, request, new, turn);
    }

    /// The place of the id that was handed out and is used now. Only dynamic members get one.
    fn pending_with(&self, request: &JoinGroupRequest) -> Option<usize> {
        let used = |pending: &PendingMember| pending.id == request.member && request.instance.is_none();
        self.pending.iter().position(used)
    }

    /// Whether there is room (`acceptJoiningMember`). During a join phase those that have joined count, not all
    /// members: the group may be over its size, and whoever rejoins too late makes room.
    fn accepts(&mut self, id: &MemberId, is_dynamic: bool, max_size: u32) -> bool {
        let max_size = max_size as usize;
        if id.is_empty() && is_dynamic && self.pending.len() >= max_size {
            return false;
        }
        match self.state {
            GroupStateName::Empty | GroupStateName::Dead | GroupStateName::Assigning | GroupStateName::Reconciling => {
                true
            }
            GroupStateName::PreparingRebalance => {
                self.joined() < max_size || self.member(id).is_some_and(|member| member.join.is_some())
            }
            GroupStateName::CompletingRebalance | GroupStateName::Stable => {
                self.members.len() < max_size || self.is_member(id)
            }
        }
    }

    /// A member without an id gets one, and has to join with it. Otherwise a client that tries again because an answer
    /// was lost would leave a dead member behind each time (KIP-394).
    fn hand_out_id(&mut self, asker: Asker, request: &JoinGroupRequest, turn: &mut Turn) {
        self.last_member += 1;
        let number = self.last_member;
        let id = member_id(request, turn.ctx.random());
        let mut session = Session::default();
        session.extend(request.session_timeout_us, self.number, number, turn.ctx);
        self.pending.push(PendingMember {
            number,
            id: id.clone(),
            session,
        });
        turn.reply(asker, join_error(ErrorCode::MemberIdRequired, id));
    }

    /// `addMemberThenRebalanceOrCompleteJoin`.
    fn add_joining(&mut self, asker: Asker, request: JoinGroupRequest, pending: PendingMember, turn: &mut Turn) {
        if self.state == GroupStateName::PreparingRebalance && self.previous_state == GroupStateName::Empty {
            self.new_member_added = true;
        }
        let mut member = Member {
            number: pending.number,
            id: pending.id,
            instance: request.instance,
            node: asker.node,
            session_timeout_us: request.session_timeout_us,
            rebalance_timeout_us: request.rebalance_timeout_us,
            protocols: request.protocols,
            assignment: [].into(),
            join: Some(asker),
            sync: None,
            is_new: true,
            owes_sync: false,
            session: pending.session,
        };
        member
            .session
            .extend(NEW_MEMBER_JOIN_TIMEOUT_US, self.number, member.number, turn.ctx);
        self.add(member);
        self.rebalance_or_complete_join(turn);
    }

    /// A member joins again (`classicGroupJoinExistingMember`).
    fn rejoin(&mut self, asker: Asker, request: JoinGroupRequest, turn: &mut Turn) {
        let is_leader = self.leader().is_some_and(|leader| leader.id == request.member);
        let Some(member) = self.member(&request.member) else {
            return;
        };
        let unchanged = member.protocols == request.protocols;
        let missed_the_answer = match self.state {
            GroupStateName::PreparingRebalance => false,
            GroupStateName::CompletingRebalance => unchanged,
            // The leader joins again to have the partitions shared anew.
            GroupStateName::Stable => unchanged && !is_leader,
            GroupStateName::Empty | GroupStateName::Dead | GroupStateName::Assigning | GroupStateName::Reconciling => {
                return turn.reply(asker, join_error(ErrorCode::UnknownMemberId, request.member));
            }
        };
        if missed_the_answer {
            let answer = self.join_answer(&request.member, false);
            return turn.reply(asker, answer);
        }
        if let Some(member) = self.member(&request.member) {
            member.node = asker.node;
            member.session_timeout_us = request.session_timeout_us;
            member.rebalance_timeout_us = request.rebalance_timeout_us;
            member.protocols = request.protocols;
            member.join = Some(asker);
        }
        self.rebalance_or_complete_join(turn);
    }

    /// What a member learns of the present generation. The leader alone learns who is in it.
    ///
    /// A static leader that came back has nothing to compute, and still learns who is in it, so that it notices when
    /// partitions are added (KIP-814).
    pub(super) fn join_answer(&self, to: &MemberId, came_back: bool) -> ResponseBody {
        let leader = self.leader().map_or_else(|| "".into(), |leader| leader.id.clone());
        let leads = leader == *to;
        let members = if leads { self.member_list() } else { Vec::new() };
        ResponseBody::JoinGroup(JoinGroupResponse {
            error: ErrorCode::None,
            generation: self.generation,
            member: to.clone(),
            protocol: self.protocol.clone(),
            leader,
            skip_assignment: came_back && leads,
            members,
        })
    }
}

/// A name that no member had before (`ClassicGroup.generateMemberId`): it begins as its process is called.
pub(super) fn member_id(request: &JoinGroupRequest, random: &mut Random) -> MemberId {
    let process = request.instance.as_ref().unwrap_or(&request.client_id);
    format!("{process}-{}", uuid(random)).into()
}

/// A random UUID as `java.util.UUID.randomUUID` makes them: version 4, variant 2.
fn uuid(random: &mut Random) -> String {
    let high = random.bits() & !0xf000 | 0x4000;
    let low = random.bits() & (u64::MAX >> 2) | 1 << 63;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
