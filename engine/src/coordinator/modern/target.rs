//! The target: who should have what (`TargetAssignmentBuilder`, `GroupMetadataManager.maybeUpdateTargetAssignment`).

use super::assign::{MemberSpec, assign};
use super::group::ConsumerGroup;
use super::records::Changes;
use crate::coordinator::effect::Turn;
use crate::trace::Fact;
use crate::wire::ServerAssignor;

impl ConsumerGroup {
    /// Computes the target for the present epoch, unless it is computed already, or was not long ago: then those who come
    /// meanwhile are waited for, and the first heartbeat after that computes it
    /// (`group.consumer.assignment.interval.ms`).
    pub(super) fn update_target(&mut self, changes: &mut Changes, turn: &mut Turn) {
        let now = turn.ctx.now();
        let interval_us = turn.config.consumer_assignment_interval_us;
        let is_too_soon = self.assigned_at_us.is_some_and(|at| now < at + interval_us);
        if self.epoch <= self.assignment_epoch || is_too_soon {
            return;
        }
        let described = self.described();
        let specs: Vec<MemberSpec> = self
            .members
            .values()
            .map(|member| MemberSpec {
                id: &member.id,
                instance_id: member.instance_id.as_deref(),
                topics: &member.subscription,
                previous: &member.target,
            })
            .collect();
        let targets = assign(self.assignor(turn.config.consumer_assignor), &specs, &described);
        for (member, target) in self.members.values_mut().zip(targets) {
            if *member.target != *target {
                member.target = target.into();
                changes.target(member);
            }
        }
        self.assignment_epoch = self.epoch;
        self.assigned_at_us = Some(now);
        changes.target_epoch(self);
        turn.ctx.record_as_cause(Fact::TargetAssignmentComputed {
            epoch: self.epoch(),
            members: u32::try_from(self.members.len()).unwrap_or(u32::MAX),
            partitions: described.iter().map(|(_, partitions)| u32::from(*partitions)).sum(),
        });
    }

    /// The assignor that most members ask for; the broker's own when nobody asks (`computePreferredServerAssignor`).
    fn assignor(&self, default: ServerAssignor) -> ServerAssignor {
        let votes = |assignor| {
            self.members
                .values()
                .filter(|member| member.assignor == Some(assignor))
                .count()
        };
        match (votes(ServerAssignor::Uniform), votes(ServerAssignor::Range)) {
            (0, 0) => default,
            (uniform, range) if range > uniform => ServerAssignor::Range,
            _ => ServerAssignor::Uniform,
        }
    }
}
