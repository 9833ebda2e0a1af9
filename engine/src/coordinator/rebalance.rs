//! The join phase: from *somebody came or went* to *these are the members of generation n*.

use super::effect::{Turn, sync_error};
use super::group::Group;
use super::stores::Stored;
use crate::log::GroupRecord;
use crate::node::{Bug, Timer};
use crate::trace::{Fact, GroupStateName};
use crate::wire::{ErrorCode, Micros};

/// A join phase that goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct JoinPhase {
    /// Which one; its timer says the same.
    round: u32,
    /// For the first rebalance of an empty group: the delay that runs, and how much longer it may be made.
    initial: Option<InitialDelay>,
}

#[derive(Debug, Clone, Copy)]
struct InitialDelay {
    delay_us: Micros,
    remaining_us: Micros,
}

impl Group {
    /// `maybePrepareRebalanceOrCompleteJoin`.
    pub(super) fn rebalance_or_complete_join(&mut self, turn: &mut Turn) {
        match self.state {
            GroupStateName::PreparingRebalance => self.complete_join_phase_if_all_joined(turn),
            GroupStateName::Dead => {}
            _ => self.prepare_rebalance(turn),
        }
    }

    /// All have to join again. They learn it from their heartbeats.
    ///
    /// A group that was empty waits for `group.initial.rebalance.delay.ms` (KIP-134): processes that are started
    /// together would otherwise rebalance once for each of them.
    pub(super) fn prepare_rebalance(&mut self, turn: &mut Turn) {
        let previous = self.state;
        self.lost_sync = false;
        self.transition(GroupStateName::PreparingRebalance, turn);
        if previous == GroupStateName::CompletingRebalance {
            self.drop_assignments(ErrorCode::RebalanceInProgress, turn);
        }
        if previous == GroupStateName::Empty {
            let delay_us = turn.config.initial_rebalance_delay_us;
            let remaining_us = self.rebalance_timeout_us().saturating_sub(delay_us);
            self.wait_for_joins(delay_us, Some(InitialDelay { delay_us, remaining_us }), turn);
        } else if self.all_joined() {
            self.complete_join_phase(turn);
        } else {
            self.wait_for_joins(self.rebalance_timeout_us(), None, turn);
        }
    }

    fn wait_for_joins(&mut self, wait_us: Micros, initial: Option<InitialDelay>, turn: &mut Turn) {
        self.rounds += 1;
        self.join_phase = Some(JoinPhase {
            round: self.rounds,
            initial,
        });
        turn.ctx.timer_in(
            wait_us,
            Timer::JoinPhase {
                group: self.number,
                round: self.rounds,
            },
        );
    }

    /// The join phase has lasted as long as it may. The first one of a group goes on when somebody came meanwhile
    /// (`tryCompleteInitialRebalanceElseSchedule`).
    pub(super) fn join_phase_over(&mut self, round: u32, turn: &mut Turn) {
        let Some(phase) = self.join_phase.filter(|phase| phase.round == round) else {
            return;
        };
        match phase.initial {
            Some(InitialDelay { delay_us, remaining_us }) if self.new_member_added && remaining_us > 0 => {
                self.new_member_added = false;
                let next_us = turn.config.initial_rebalance_delay_us.min(remaining_us);
                let remaining_us = remaining_us.saturating_sub(delay_us);
                self.wait_for_joins(
                    next_us,
                    Some(InitialDelay {
                        delay_us: next_us,
                        remaining_us,
                    }),
                    turn,
                );
            }
            _ => self.complete_join_phase(turn),
        }
    }

    /// `maybeCompleteJoinPhase`: everybody is there, so there is nothing to wait for, unless this is the initial delay.
    pub(super) fn complete_join_phase_if_all_joined(&mut self, turn: &mut Turn) {
        let waits = self.state == GroupStateName::PreparingRebalance && self.previous_state != GroupStateName::Empty;
        if waits && self.all_joined() {
            self.complete_join_phase(turn);
        }
    }

    fn all_joined(&self) -> bool {
        self.pending.is_empty() && self.members.iter().all(|member| member.join.is_some())
    }

    /// `completeClassicGroupJoin`: a dynamic member that is not there is no member any more, a static
    /// one is, until its session ends. They form the next generation.
    fn complete_join_phase(&mut self, turn: &mut Turn) {
        self.join_phase = None;
        self.remove_failed(|member| member.join.is_none() && member.instance.is_none(), turn);
        if !self.members.is_empty() && !self.elect_joined_leader() {
            // Only static members are left, and none of them came: until their sessions end they may (KIP-345).
            return self.wait_for_joins(self.rebalance_timeout_us(), None, turn);
        }
        if self.generation == 0 || !turn.ctx.has_bug(Bug::GenerationNotBumped) {
            self.generation += 1;
        }
        self.choose_protocol(turn);
        if self.members.is_empty() {
            self.transition(GroupStateName::Empty, turn);
            let record = GroupRecord::Metadata(self.metadata(&[]));
            self.store([record].into(), self.record_bytes(0), Stored::Nothing, turn);
            return;
        }
        self.transition(GroupStateName::CompletingRebalance, turn);
        for index in 0..self.members.len() {
            let answer = self.join_answer(&self.members[index].id, false);
            let member = &mut self.members[index];
            member.is_new = false;
            member.owes_sync = true;
            member.extend_session(self.number, turn.ctx);
            if let Some(asker) = member.join.take() {
                turn.reply(asker, answer);
            } else {
                turn.ctx.record(Fact::StaticMemberAwaited { consumer: member.node });
            }
        }
        let sync = Timer::SyncPhase {
            group: self.number,
            generation: self.generation,
        };
        turn.ctx.timer_in(self.rebalance_timeout_us(), sync);
    }

    /// Nobody owns anything, and whoever waits to learn what it owns is told why not
    /// (`resetAndPropagateAssignmentWithError`).
    pub(super) fn drop_assignments(&mut self, error: ErrorCode, turn: &mut Turn) {
        for member in &mut self.members {
            member.assignment = [].into();
            if let Some(asker) = member.sync.take() {
                member.extend_session(self.number, turn.ctx);
                turn.reply(asker, sync_error(error));
            }
        }
    }
}
