//! What a coordinator has assigned.

use crate::check::{Broken, Invariant, Moment};
use crate::coordinator::Group;
use crate::trace::Fact;
use crate::wire::PartitionId;

/// **An assignment is legal**: a group's members have only partitions that exist, of the topic that they read, and each
/// partition is in at most one of them (`ConsumerPartitionAssignor`: each consumer's assignment is disjoint from the
/// others'). Looked at where a group comes into a state, at its coordinator. Holds under all settings.
#[derive(Debug)]
pub struct AssignmentIsLegal;

impl Invariant for AssignmentIsLegal {
    fn name(&self) -> &'static str {
        "assignment-is-legal"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        if !moment
            .events()
            .any(|event| matches!(event.fact, Fact::GroupState { .. }))
        {
            return Ok(());
        }
        let groups = moment
            .touched_brokers()
            .flat_map(|broker| broker.coordinator().groups());
        groups.into_iter().try_for_each(|group| look(group, moment))
    }
}

fn look(group: &Group, moment: &Moment) -> Result<(), Broken> {
    let image = moment.world.authoritative_image();
    let mut seen: Vec<PartitionId> = Vec::new();
    for (node, _, assigned) in group.members() {
        for partition in assigned.iter() {
            let name = || moment.world.names().partition(*partition);
            // A controller that has just become active may know less than the brokers do.
            let is_known = || {
                moment
                    .world
                    .brokers()
                    .any(|broker| broker.replica(*partition).is_some())
            };
            let exists = image.partitions.contains_key(partition) || is_known();
            if !exists || !moment.world.reads(node, partition.topic) {
                let message = format!("{node} has {} in {}, which is not to be had", name(), group.id());
                return Err(Broken::new(message));
            }
            if seen.contains(partition) {
                return Err(Broken::new(format!("{} is assigned twice in {}", name(), group.id())));
            }
            seen.push(*partition);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::trace::GroupStateName;
    use crate::wire::NodeId;

    #[test]
    fn a_partition_that_two_members_have_is_noticed() {
        let mut patient = Patient::healthy();
        let partition = patient.partition();
        let settled = Fact::GroupState {
            group: None,
            state: GroupStateName::Stable,
            generation: 1,
            members: 3,
        };
        patient.claim(NodeId::User, settled);
        assert_eq!(patient.diagnosis(), None);
        for broker in (1..=3).map(crate::wire::BrokerId) {
            patient.world.doctor_broker(broker).doctor_assignments(&[partition]);
        }
        patient.claim(NodeId::User, settled);
        assert_eq!(patient.diagnosis(), Some("assignment-is-legal"));
    }
}
