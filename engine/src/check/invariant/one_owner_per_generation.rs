//! Who owns what, by generation.

use crate::check::{Broken, Invariant, Moment};
use crate::consumer::Consumer;
use crate::trace::Fact;
use crate::wire::{GroupId, NodeId, PartitionId};
use std::collections::BTreeMap;

/// **No partition is owned by two members of a group in the same generation**: it is assigned to one in each, and whoever gets
/// it, no member that has come into the same generation still has it. A member that does not know yet that the group went on
/// without it is in an older one. Holds under all settings, while nothing committed is lost: a coordinator that has forgotten
/// a generation counts it again. So does one that takes over while the generation is not shared out yet, as that is not
/// written down: that others still have something is asked only of groups that have not moved.
#[derive(Debug, Default)]
pub struct OneOwnerPerGeneration {
    owners: BTreeMap<(GroupId, PartitionId), (u32, NodeId)>,
    /// Groups have moved to another coordinator.
    has_moved: bool,
}

impl Invariant for OneOwnerPerGeneration {
    fn name(&self) -> &'static str {
        "one-owner-per-generation"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            self.has_moved |= matches!(event.fact, Fact::CoordinatorLoaded { groups: 1.., .. });
            let Fact::PartitionAssigned { partition, generation } = event.fact else {
                continue;
            };
            let Some(group) = moment.world.group_of(event.node) else {
                continue;
            };
            let before = self.owners.insert((group.clone(), partition), (generation, event.node));
            let before = before.filter(|(of, owner)| *of == generation && *owner != event.node);
            let moved = self.has_moved;
            let still = || still_owns(moment, group, (partition, generation), event.node).filter(|_| !moved);
            let Some(other) = before.map(|(_, owner)| owner).or_else(still) else {
                continue;
            };
            let forgets = moment
                .history
                .partitions()
                .any(|(_, p)| p.has_lost() || p.promise().is_void());
            if !forgets {
                let name = moment.world.names().partition(partition);
                let message = format!(
                    "{name} belongs to {other} and to {} in generation {generation} of {group}",
                    event.node
                );
                return Err(Broken::at(event.id, message));
            }
        }
        Ok(())
    }
}

/// Another member in that generation that has not given the partition up.
fn still_owns(
    moment: &Moment,
    group: &GroupId,
    (partition, generation): (PartitionId, u32),
    but: NodeId,
) -> Option<NodeId> {
    let owns = |consumer: &Consumer| {
        consumer.generation() == Some(generation) && consumer.owned().any(|owned| owned.partition == partition)
    };
    let others = moment.world.consumers_of(group);
    let mut others = others.map(|(number, consumer)| (NodeId::Consumer(number), consumer));
    let other = others.find(|(node, consumer)| *node != but && moment.world.is_there(*node) && owns(consumer));
    other.map(|(node, _)| node)
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
}
