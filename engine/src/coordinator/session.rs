//! Sessions: the time within which a member has to be heard of.

use super::effect::{Turn, join_error};
use super::group::{Group, Member};
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{Fact, GroupStateName};
use crate::wire::{ErrorCode, Micros};

/// How long a new member's JoinGroup waits (`CLASSIC_GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS`). Its session says nothing yet:
/// it cannot send heartbeats, and if it has gone away, nobody would notice.
pub(super) const NEW_MEMBER_JOIN_TIMEOUT_US: Micros = 300_000_000;

/// When a member's session runs out. One alarm is set, not one for each heartbeat.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Session {
    deadline: Micros,
    alarm: Alarm,
}

impl Session {
    /// The member was heard of.
    pub(super) fn extend(&mut self, timeout_us: Micros, group: u32, member: u32, ctx: &mut Ctx) {
        self.deadline = ctx.now() + timeout_us;
        self.alarm.arm(self.deadline, Timer::Session { group, member }, ctx);
    }

    /// The alarm came. Answers whether the session has run out; sets the alarm again when it was extended meanwhile.
    pub(super) fn has_run_out(&mut self, group: u32, member: u32, ctx: &mut Ctx) -> bool {
        if !self.alarm.rang(ctx.now()) {
            return false;
        }
        if self.deadline > ctx.now() {
            self.alarm.arm(self.deadline, Timer::Session { group, member }, ctx);
            return false;
        }
        true
    }
}

impl Member {
    /// Starts the session anew.
    pub(super) fn extend_session(&mut self, group: u32, ctx: &mut Ctx) {
        self.session.extend(self.session_timeout_us, group, self.number, ctx);
    }

    /// Whoever waits for an answer is alive, but for a new member (`ClassicGroupMember.hasSatisfiedHeartbeat`). Its
    /// session begins again with the answer.
    fn counts_as_alive(&self) -> bool {
        !self.is_new && (self.join.is_some() || self.sync.is_some())
    }
}

impl Group {
    /// A session may have run out (`GroupMetadataManager.expireClassicGroupMemberHeartbeat`).
    pub(super) fn session_alarm(&mut self, number: u32, turn: &mut Turn) {
        if self.modern.is_some() {
            return self.consumer_session_alarm(number, turn);
        }
        if let Some(index) = self.pending.iter().position(|pending| pending.number == number) {
            if self.pending[index].session.has_run_out(self.number, number, turn.ctx) {
                self.pending.remove(index);
                self.complete_join_phase_if_all_joined(turn);
            }
            return;
        }
        let group = self.number;
        let Some(member) = self.members.iter_mut().find(|member| member.number == number) else {
            return;
        };
        if member.session.has_run_out(group, number, turn.ctx) && !member.counts_as_alive() {
            let node = member.node;
            turn.ctx.record_as_cause(Fact::MemberRemoved { consumer: node });
            self.remove_member(number, turn);
        }
    }

    /// A member is gone, and the others share what it had (`removeMemberAndUpdateClassicGroup`).
    pub(super) fn remove_member(&mut self, number: u32, turn: &mut Turn) {
        let Some(removed) = self.remove(number) else { return };
        if let Some(asker) = removed.join {
            turn.reply(asker, join_error(ErrorCode::UnknownMemberId, removed.id));
        }
        self.share_anew(turn);
    }

    /// Somebody is gone for whom others may be waiting, or whose partitions they should have.
    pub(super) fn share_anew(&mut self, turn: &mut Turn) {
        match self.state {
            GroupStateName::Stable | GroupStateName::CompletingRebalance => self.prepare_rebalance(turn),
            GroupStateName::PreparingRebalance => self.complete_join_phase_if_all_joined(turn),
            _ => {}
        }
    }
}
