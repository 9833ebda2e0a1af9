//! Who owns what, by generation.

use crate::check::{Broken, Invariant, Moment};
use crate::trace::Fact;
use crate::wire::{GroupId, NodeId, PartitionId};
use std::collections::BTreeMap;

/// **No partition is owned by two members of a group in the same generation.** A member that does not know yet that the
/// group went on without it is in an older one. Holds under all settings, while nothing committed is lost: a coordinator
/// that has forgotten a generation counts it again.
#[derive(Debug, Default)]
pub struct OneOwnerPerGeneration {
    owners: BTreeMap<(GroupId, PartitionId), (u32, NodeId)>,
}

impl Invariant for OneOwnerPerGeneration {
    fn name(&self) -> &'static str {
        "one-owner-per-generation"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            let Fact::PartitionAssigned { partition, generation } = event.fact else {
                continue;
            };
            let Some(group) = moment.world.group_of(event.node) else {
                continue;
            };
            let before = self.owners.insert((group.clone(), partition), (generation, event.node));
            let Some((_, other)) = before.filter(|(of, owner)| *of == generation && *owner != event.node) else {
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
