//! Whoever may lead has everything.

use crate::check::{Broken, Invariant, Moment};
use crate::wire::{BrokerId, PartitionId, PartitionState};

/// **A leader has everything that was committed, and so has every replica in the ISR or the ELR**, any of which may be the
/// next one. Holds as long as nothing committed may be lost ([`crate::check::Promise`]); a replica whose disk was lost is
/// left out until it is complete again, as long as it does not lead.
#[derive(Debug)]
pub struct LeaderCompleteness;

impl Invariant for LeaderCompleteness {
    fn name(&self) -> &'static str {
        "leader-completeness"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for change in moment.changes().filter(|change| change.became_leader()) {
            leader_has_all(change.broker, change.partition, moment)?;
        }
        // Without an active controller nobody is elected, and those that stand by know less than was committed.
        if moment.world.active_controller().is_none() {
            return Ok(());
        }
        let image = moment.world.authoritative_image();
        if moment.history.image_changed() {
            return image
                .partitions
                .iter()
                .try_for_each(|(id, state)| candidates_have_all(*id, state, moment));
        }
        let changed = moment.changes().map(|change| change.partition);
        changed
            .filter_map(|id| Some((id, image.partitions.get(&id)?)))
            .try_for_each(|(id, state)| candidates_have_all(id, state, moment))
    }
}

fn leader_has_all(leader: BrokerId, id: PartitionId, moment: &Moment) -> Result<(), Broken> {
    let (Some(history), Some(replica)) = (moment.history.partition(id), moment.replica(leader, id)) else {
        return Ok(());
    };
    let agreed = history.agreed_with(replica);
    match history.committed().get(agreed) {
        Some(missing) if history.promise().holds() && replica.leader_epoch >= history.epoch() => {
            Err(Broken::new(format!(
                "{leader} leads {} in epoch {} without {}..{}, which was committed in epoch {}",
                moment.world.names().partition(id),
                replica.leader_epoch,
                missing.base_offset,
                missing.end_offset(),
                missing.leader_epoch
            )))
        }
        _ => Ok(()),
    }
}

fn candidates_have_all(id: PartitionId, state: &PartitionState, moment: &Moment) -> Result<(), Broken> {
    let Some(history) = moment.history.partition(id) else {
        return Ok(());
    };
    if !history.promise().holds() {
        return Ok(());
    }
    for broker in state.isr.iter().chain(state.elr.iter()) {
        let Some(replica) = moment.replica(*broker, id) else {
            continue;
        };
        if !history.is_complete(replica) && !moment.history.is_emptied(*broker, id) {
            return Err(Broken::new(format!(
                "{broker} may lead {}, and does not have all up to {}, which is committed: its log ends at {}",
                moment.world.names().partition(id),
                history.committed_end(),
                replica.log.end()
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::log::Log;

    #[test]
    fn an_empty_replica_in_the_isr_is_noticed() {
        let mut patient = Patient::healthy();
        let follower = patient.follower();
        patient.replica(follower).log = Log::default();
        assert_eq!(patient.diagnosis(), Some(LeaderCompleteness.name()));
    }
}
