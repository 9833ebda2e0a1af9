//! One leader per epoch.

use crate::check::{Broken, Invariant, Moment};
use crate::wire::{BrokerId, LeaderEpoch, PartitionId};
use std::collections::BTreeMap;

/// **At most one broker leads a partition in an epoch.** Holds under all settings: every change of the leader bumps the
/// leader epoch (`PartitionChangeBuilder.triggerLeaderEpochBumpForShrinkIfNeeded`, `PartitionRegistration.merge`).
#[derive(Debug, Default)]
pub struct OneLeaderPerEpoch {
    leaders: BTreeMap<(PartitionId, LeaderEpoch), BrokerId>,
}

impl Invariant for OneLeaderPerEpoch {
    fn name(&self) -> &'static str {
        "one-leader-per-epoch"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for change in moment.changes().filter(|change| change.became_leader()) {
            let (id, epoch, broker) = (change.partition, change.now.epoch, change.broker);
            let first = *self.leaders.entry((id, epoch)).or_insert(broker);
            if first != broker {
                let partition = moment.world.names().partition(id);
                return Err(Broken::new(format!(
                    "{broker} leads {partition} in epoch {epoch}, in which {first} has led"
                )));
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
    fn two_leaders_of_one_epoch_are_noticed() {
        let mut patient = Patient::healthy();
        let (leader, follower) = (patient.leader(), patient.follower());
        *patient.replica(follower) = patient.replica(leader).clone();
        assert_eq!(patient.diagnosis(), Some(OneLeaderPerEpoch::default().name()));
    }
}
