//! Whom the controller may elect, the leader waits for.

use crate::check::{Broken, Invariant, Moment};
use crate::wire::{BrokerId, BrokerSet, PartitionId, PartitionState};

/// **The ISR at the controller is within the maximal ISR of the leader**: every replica that the controller may elect
/// counts for the leader's high watermark. A leader counts its committed ISR and a proposed expansion at once, and takes
/// a proposed shrink back from its count only when the controller has it (KIP-497, `Partition.scala`,
/// `PendingPartitionChange.maximalIsr`). Holds under all settings, for the leader of the controller's epoch, but for one gap
/// that Kafka has: metadata that tells the leader what it knows already takes back what it has proposed since
/// ([`crate::broker::Replica::taken_back`]).
#[derive(Debug)]
pub struct IsrWithinMaximal;

impl Invariant for IsrWithinMaximal {
    fn name(&self) -> &'static str {
        "isr-within-maximal"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        let image = moment.world.authoritative_image();
        if moment.history.image_changed() {
            return image
                .partitions
                .iter()
                .try_for_each(|(id, state)| compare(*id, state, moment));
        }
        let changed = moment.changes().filter(|change| change.now.leads);
        changed
            .filter_map(|change| Some((change.partition, image.partitions.get(&change.partition)?)))
            .try_for_each(|(id, state)| compare(id, state, moment))
    }
}

fn compare(id: PartitionId, state: &PartitionState, moment: &Moment) -> Result<(), Broken> {
    let Some(leader) = state.leader else { return Ok(()) };
    let Some(replica) = moment.replica(leader, id) else {
        return Ok(());
    };
    // A controller that stands by may know less than the leader.
    let is_past = state.partition_epoch < replica.partition_epoch();
    if !replica.is_leader() || replica.leader_epoch != state.leader_epoch || is_past {
        return Ok(());
    }
    let maximal = replica.maximal_isr().unwrap_or_default();
    let proposed = replica.taken_back();
    let is_beyond = |broker: &BrokerId| !maximal.contains(*broker) && !proposed.contains(*broker);
    let beyond: BrokerSet = state.isr.iter().copied().filter(is_beyond).collect();
    if beyond.is_empty() {
        return Ok(());
    }
    Err(Broken::new(format!(
        "the controller has {beyond} in the ISR of {}, and its leader {leader} counts on {maximal} only",
        moment.world.names().partition(id),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;

    #[test]
    fn a_replica_that_could_lead_and_does_not_count_is_noticed() {
        let mut patient = Patient::healthy();
        let (leader, follower) = (patient.leader(), patient.follower());
        patient.replica(leader).doctor_isr(&[leader, follower]);
        assert_eq!(patient.diagnosis(), Some(IsrWithinMaximal.name()));
    }
}
