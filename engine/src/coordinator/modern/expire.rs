//! Sessions that end, and revocations that take too long.

use super::group::ConsumerGroup;
use super::member::{ConsumerGroupMember, Revocation};
use super::records::Changes;
use crate::coordinator::effect::Turn;
use crate::node::Timer;
use crate::trace::{EpochWhy, Fact};
use crate::wire::{MemberId, MemberState};

impl ConsumerGroup {
    /// A session may have run out (`scheduleConsumerGroupSessionTimeout`). Answers whether the member is out.
    pub(super) fn session_alarm(&mut self, group: u32, number: u32, changes: &mut Changes, turn: &mut Turn) -> bool {
        let Some(member) = self.numbered(number) else {
            return false;
        };
        if !member.session.has_run_out(group, number, turn.ctx) {
            return false;
        }
        self.throw_out(number, EpochWhy::SessionExpired, changes, turn)
    }

    /// A member may have taken too long to give up what it was told to (`scheduleConsumerGroupRebalanceTimeout`). Whoever has
    /// left that epoch meanwhile is through. Answers whether the member is out.
    pub(super) fn revocation_alarm(&mut self, group: u32, number: u32, changes: &mut Changes, turn: &mut Turn) -> bool {
        let Some(member) = self.numbered(number) else {
            return false;
        };
        if !member.revocation_alarm.rang(turn.ctx.now()) {
            return false;
        }
        let Some(revocation) = member.revocation else {
            return false;
        };
        if revocation.deadline > turn.ctx.now() {
            let timer = Timer::Revocation { group, member: number };
            member.revocation_alarm.arm(revocation.deadline, timer, turn.ctx);
            return false;
        }
        member.revocation = None;
        if revocation.epoch != member.epoch {
            return false;
        }
        self.throw_out(number, EpochWhy::RevocationTimedOut, changes, turn)
    }

    fn throw_out(&mut self, number: u32, why: EpochWhy, changes: &mut Changes, turn: &mut Turn) -> bool {
        let Some((id, node)) = self.numbered(number).map(|member| (member.id.clone(), member.node)) else {
            return false;
        };
        turn.ctx.record_as_cause(Fact::MemberRemoved { consumer: node });
        self.fence(&id, why, changes, turn);
        self.update_state(turn);
        true
    }

    /// The member is out, and what it had is free. The others learn it when the next target is computed, with the next
    /// heartbeat of any of them (`consumerGroupFenceMember`).
    pub(super) fn fence(&mut self, id: &MemberId, why: EpochWhy, changes: &mut Changes, turn: &mut Turn) {
        self.members.remove(id);
        changes.removed(id);
        self.known = self.described();
        self.raise_epoch(why, turn);
        changes.epoch(self);
    }
}

impl ConsumerGroupMember {
    /// From being told to give something up, a member has its rebalance timeout to do it.
    pub(super) fn time_revocation(&mut self, group: u32, turn: &mut Turn) {
        if self.state != MemberState::UnrevokedPartitions {
            self.revocation = None;
            return;
        }
        let deadline = turn.ctx.now() + self.rebalance_timeout_us;
        let epoch = self.epoch;
        self.revocation = Some(Revocation { deadline, epoch });
        let member = self.number;
        self.revocation_alarm
            .arm(deadline, Timer::Revocation { group, member }, turn.ctx);
    }
}
