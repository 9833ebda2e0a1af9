//! Who owns what, by generation.

use crate::check::{Broken, Invariant, Moment};
use crate::consumer::Consumer;
use crate::trace::{Event, Fact, GroupStateName};
use crate::wire::{GroupId, NodeId, PartitionId};
use std::collections::{BTreeMap, BTreeSet};

/// **No partition is owned by two members of a group in the same generation**: it is assigned to one in each, and whoever gets
/// it, no member that has come into the same generation still has it. A member that does not know yet that the group went on
/// without it is in an older one. Holds under all settings, while nothing committed is lost: a coordinator that has forgotten
/// a generation counts it again. So does one that takes over while the generation is not shared out yet, as that is not
/// written down: that others still have something is asked only of groups that have not moved.
///
/// A group that was deleted is gone with its generations: another one of its name counts from the beginning
/// (`GroupMetadataManager.getOrMaybeCreateClassicGroup`, `getOrMaybeCreateConsumerGroup`), and who does not know yet has
/// what it has in the one that was.
#[derive(Debug, Default)]
pub struct OneOwnerPerGeneration {
    owners: BTreeMap<(GroupId, PartitionId), (u32, NodeId)>,
    /// Who has been given anything since the group began.
    members: BTreeSet<(GroupId, NodeId)>,
    /// Groups have moved to another coordinator.
    has_moved: bool,
}

impl Invariant for OneOwnerPerGeneration {
    fn name(&self) -> &'static str {
        "one-owner-per-generation"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            match event.fact {
                Fact::CoordinatorLoaded { groups: 1.., .. } => self.has_moved = true,
                Fact::GroupState {
                    state: GroupStateName::Dead,
                    group: Some(group),
                    ..
                } => self.forget(moment.world.dictionary().key_text(group)),
                Fact::PartitionAssigned { partition, generation } => {
                    self.note(event, (partition, generation), moment)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl OneOwnerPerGeneration {
    fn forget(&mut self, group: &GroupId) {
        self.owners.retain(|(of, _), _| of != group);
        self.members.retain(|(of, _)| of != group);
    }

    fn note(&mut self, event: &Event, given: (PartitionId, u32), moment: &Moment) -> Result<(), Broken> {
        let (partition, generation) = given;
        let Some(group) = moment.world.group_of(event.node) else {
            return Ok(());
        };
        self.members.insert((group.clone(), event.node));
        let before = self.owners.insert((group.clone(), partition), (generation, event.node));
        let before = before.filter(|(of, owner)| *of == generation && *owner != event.node);
        let still = || self.still_owns(moment, group, given, event.node);
        let Some(other) = before.map(|(_, owner)| owner).or_else(still) else {
            return Ok(());
        };
        let mut partitions = moment.history.partitions();
        if partitions.any(|(_, p)| p.has_lost() || p.promise().is_void()) {
            return Ok(());
        }
        let name = moment.world.names().partition(partition);
        let message = format!(
            "{name} belongs to {other} and to {} in generation {generation} of {group}",
            event.node
        );
        Err(Broken::at(event.id, message))
    }

    /// Another member of the group in that generation that has not given the partition up.
    fn still_owns(
        &self,
        moment: &Moment,
        group: &GroupId,
        (partition, generation): (PartitionId, u32),
        but: NodeId,
    ) -> Option<NodeId> {
        if self.has_moved {
            return None;
        }
        let owns = |consumer: &Consumer| {
            consumer.generation() == Some(generation) && consumer.owned().any(|owned| owned.partition == partition)
        };
        let is_member = |node: NodeId| self.members.contains(&(group.clone(), node)) && moment.world.is_there(node);
        let others = moment.world.consumers_of(group);
        let mut others = others.map(|(number, consumer)| (NodeId::Consumer(number), consumer));
        let other = others.find(|(node, consumer)| *node != but && owns(consumer) && is_member(*node));
        other.map(|(node, _)| node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;

    #[test]
    fn two_owners_are_noticed_and_a_new_generation_is_none() {
        let mut patient = Patient::healthy();
        let partition = patient.partition();
        let assigned = |generation| Fact::PartitionAssigned { partition, generation };
        patient.claim(NodeId::Consumer(1), assigned(70));
        patient.claim(NodeId::Consumer(2), assigned(71));
        assert_eq!(patient.diagnosis(), None);
        patient.claim(NodeId::Consumer(3), assigned(71));
        assert_eq!(patient.diagnosis(), Some("one-owner-per-generation"));
    }

    #[test]
    fn a_group_that_was_deleted_has_no_owners() {
        let mut patient = Patient::healthy();
        let partition = patient.partition();
        let assigned = Fact::PartitionAssigned {
            partition,
            generation: 70,
        };
        let name = patient.world.setup().consumer.group.clone();
        let group = patient.world.dictionary().find_key(&name);
        assert_ne!(group, None);
        let dead = Fact::GroupState {
            group,
            state: GroupStateName::Dead,
            generation: 70,
            members: 0,
        };
        patient.claim(NodeId::Consumer(1), assigned);
        let leader = patient.leader();
        patient.claim(leader.into(), dead);
        patient.claim(NodeId::Consumer(2), assigned);
        assert_eq!(patient.diagnosis(), None);
        patient.claim(NodeId::Consumer(3), assigned);
        assert_eq!(patient.diagnosis(), Some("one-owner-per-generation"));
    }
}
