//! A member's next step towards its target (`CurrentAssignmentBuilder`).

use super::member::{Assigned, ConsumerGroupMember};
use crate::wire::{MemberState, PartitionId};

/// What a member is led to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal<'a> {
    /// The epoch of the target.
    pub(super) epoch: i32,
    /// The target.
    pub(super) target: &'a [PartitionId],
    /// It wants to read something else than before.
    pub(super) has_new_subscription: bool,
    /// What it says that it owns, where it says so.
    pub(super) owned: Option<&'a [PartitionId]>,
}

impl ConsumerGroupMember {
    /// Takes the step. `is_taken` says whether another member has not given a partition up yet.
    pub(super) fn reconcile(&mut self, goal: Goal, is_taken: impl Fn(PartitionId) -> bool) {
        match self.state {
            MemberState::Stable if self.epoch != goal.epoch => self.step(goal, is_taken),
            MemberState::Stable if goal.has_new_subscription => self.drop_unsubscribed(goal),
            MemberState::Stable => {}
            MemberState::UnrevokedPartitions
                if goal.owned.is_none() || owns_any(goal.owned, &self.pending_revocation) =>
            {
                if goal.has_new_subscription {
                    self.drop_unsubscribed(goal);
                }
            }
            MemberState::UnrevokedPartitions | MemberState::UnreleasedPartitions => self.step(goal, is_taken),
        }
    }

    /// `computeNextAssignment`: first it gives up what it should not have; when it has, it enters the target's epoch with
    /// what is free of the rest.
    fn step(&mut self, goal: Goal, is_taken: impl Fn(PartitionId) -> bool) {
        let wanted =
            |partition: &PartitionId| self.subscription.contains(&partition.topic) && goal.target.contains(partition);
        let (kept, lost): (Vec<Assigned>, Vec<Assigned>) = self
            .assigned
            .iter()
            .copied()
            .partition(|assigned| wanted(&assigned.partition));
        let lost: Vec<PartitionId> = lost.iter().map(|assigned| assigned.partition).collect();
        if owns_any(goal.owned, &lost) {
            self.state = MemberState::UnrevokedPartitions;
            self.enter(self.epoch);
            self.assigned = kept;
            self.pending_revocation = lost;
            return;
        }
        let missing = goal.target.iter().filter(|partition| {
            self.subscription.contains(&partition.topic) && kept.iter().all(|own| own.partition != **partition)
        });
        // What it is about to give up itself is nobody else's.
        let (taken, free): (Vec<PartitionId>, Vec<PartitionId>) = missing
            .copied()
            .partition(|partition| !self.pending_revocation.contains(partition) && is_taken(*partition));
        self.state = if taken.is_empty() {
            MemberState::Stable
        } else {
            MemberState::UnreleasedPartitions
        };
        self.enter(goal.epoch);
        self.assigned = kept;
        for partition in free {
            self.assign(partition, goal.epoch);
        }
        self.pending_revocation.clear();
    }

    fn assign(&mut self, partition: PartitionId, since: i32) {
        let place = self.assigned.partition_point(|own| own.partition < partition);
        self.assigned.insert(place, Assigned { partition, since });
    }

    /// `updateCurrentAssignment`: what it does not subscribe to any more is taken from it at once, whatever its target.
    fn drop_unsubscribed(&mut self, goal: Goal) {
        let subscribes = |own: &Assigned| self.subscription.contains(&own.partition.topic);
        let (kept, lost): (Vec<Assigned>, Vec<Assigned>) = self.assigned.iter().copied().partition(subscribes);
        if lost.is_empty() {
            return;
        }
        let mut pending = self.pending_revocation.clone();
        pending.extend(lost.iter().map(|own| own.partition));
        self.enter(self.epoch);
        self.assigned = kept;
        if owns_any(goal.owned, &pending) {
            self.state = MemberState::UnrevokedPartitions;
            self.pending_revocation = pending;
        }
    }
}

/// Whether a member owns one of these. Whoever does not say what it owns may own all.
fn owns_any(owned: Option<&[PartitionId]>, partitions: &[PartitionId]) -> bool {
    !partitions.is_empty() && owned.is_none_or(|owned| owned.iter().any(|partition| partitions.contains(partition)))
}
