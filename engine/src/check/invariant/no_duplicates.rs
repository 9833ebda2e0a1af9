//! An idempotent producer's records are stored once.

use super::numbering::{Follows, Numbering};
use crate::check::{Broken, Invariant, Moment};
use crate::trace::Intervals;
use crate::wire::{NodeId, PartitionId};
use std::collections::BTreeMap;

/// **No record of an idempotent producer is committed twice** (KIP-98, `ProducerStateManager`). Holds with
/// `enable.idempotence`, as long as nothing committed is lost ([`crate::check::Promise`]), the leader knew the producer from
/// its first batch in the partition on, and was not stopped in order while batches were under way
/// (see `numbering`).
#[derive(Debug, Default)]
pub struct NoDuplicates {
    numbering: Numbering,
    stored: BTreeMap<(PartitionId, NodeId), Intervals>,
}

impl Invariant for NoDuplicates {
    fn name(&self) -> &'static str {
        "no-duplicates"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for forgotten in self.numbering.forgotten(moment) {
            self.stored.retain(|(partition, _), _| *partition != forgotten);
        }
        for change in moment.changes().filter(|change| change.now.leads) {
            let id = change.partition;
            let Some(history) = moment.history.partition(id) else {
                continue;
            };
            if history.promise().is_void() {
                continue;
            }
            for entry in history.newly_committed() {
                let NodeId::Producer(_) = entry.batch.producer else {
                    continue;
                };
                let stored = self.stored.entry((id, entry.batch.producer)).or_default();
                match self.numbering.note(id, entry) {
                    Follows::On => {}
                    Follows::Anew => *stored = Intervals::default(),
                    Follows::Ragged => continue,
                }
                let (first, records) = (entry.batch.ordinal, entry.batch.len());
                if stored.add(first..first.saturating_add(records)) < u64::from(records) {
                    return Err(Broken::new(format!(
                        "records {first} to {} of {} in {} are committed again at offset {}",
                        first + records - 1,
                        entry.batch.producer,
                        moment.world.names().partition(id),
                        entry.base_offset
                    )));
                }
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
    fn a_batch_that_comes_twice_is_noticed() {
        let mut patient = Patient::healthy();
        let leader = patient.leader();
        let first = patient.batches(leader)[0].batch.clone();
        patient.commit(first);
        assert_eq!(patient.diagnosis(), Some(NoDuplicates::default().name()));
    }
}
