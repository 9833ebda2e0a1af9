//! No acknowledged record is lost.

use crate::check::{Broken, Invariant, Moment};
use crate::trace::{Event, Fact};
use crate::wire::{NodeId, Offset, PartitionId};
use std::collections::BTreeMap;

/// **No acknowledged record is lost**: with `acks=all`, what was acknowledged is committed, and every later leader has it.
/// Holds as long as nothing committed may be lost ([`crate::check::Promise`]): no unclean election took place, and fewer
/// than `min.insync.replicas` disks were lost between two moments of full replication.
#[derive(Debug, Default)]
pub struct AcknowledgedSurvive {
    acknowledged: BTreeMap<PartitionId, Vec<Acknowledged>>,
}

#[derive(Debug, Clone, Copy)]
struct Acknowledged {
    base_offset: Offset,
    producer: NodeId,
    ordinal: u32,
    records: u32,
}

impl Invariant for AcknowledgedSurvive {
    fn name(&self) -> &'static str {
        "acknowledged-survive"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            self.note(event, moment)?;
        }
        for change in moment.changes().filter(|change| change.became_leader()) {
            let Some(history) = moment.history.partition(change.partition) else {
                continue;
            };
            if !history.promise().holds() || change.now.epoch < history.epoch() {
                continue;
            }
            let Some(replica) = moment.replica(change.broker, change.partition) else {
                continue;
            };
            let acknowledged = self.acknowledged.get(&change.partition);
            for batch in acknowledged.into_iter().flatten() {
                let entry = replica.log.entries_from(batch.base_offset).next();
                if !entry.is_some_and(|entry| is_it(entry.base_offset, &entry.batch, batch)) {
                    return Err(Broken::new(format!(
                        "{} leads {} in epoch {} without {}@{}, {} records, which was acknowledged",
                        change.broker,
                        moment.world.names().partition(change.partition),
                        change.now.epoch,
                        batch.producer,
                        batch.base_offset,
                        batch.records,
                    )));
                }
            }
        }
        Ok(())
    }
}

impl AcknowledgedSurvive {
    /// What is acknowledged is committed by then.
    fn note(&mut self, event: &Event, moment: &Moment) -> Result<(), Broken> {
        let Fact::BatchAcknowledged {
            partition,
            base_offset,
            records,
            ordinal,
        } = event.fact
        else {
            return Ok(());
        };
        let batch = Acknowledged {
            base_offset,
            producer: event.node,
            ordinal,
            records,
        };
        let Some(history) = moment.history.partition(partition) else {
            return Ok(());
        };
        if history.promise().is_void() {
            return Ok(());
        }
        self.acknowledged.entry(partition).or_default().push(batch);
        let entry = history.committed_at(base_offset);
        if entry.is_some_and(|entry| is_it(entry.base_offset, &entry.batch, &batch)) {
            return Ok(());
        }
        Err(Broken::at(
            event.id,
            format!(
                "{} was told that {}@{base_offset} is stored, which is not committed: that ends at {}",
                event.node,
                moment.world.names().partition(partition),
                history.committed_end()
            ),
        ))
    }
}

fn is_it(base_offset: Offset, stored: &crate::log::Batch, wanted: &Acknowledged) -> bool {
    (base_offset, stored.producer, stored.ordinal) == (wanted.base_offset, wanted.producer, wanted.ordinal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;

    #[test]
    fn a_word_that_is_not_kept_is_noticed() {
        let mut patient = Patient::healthy();
        let partition = patient.partition();
        let word = Fact::BatchAcknowledged {
            partition,
            base_offset: 1_000_000,
            records: 1,
            ordinal: 1_000_000,
        };
        patient.claim(NodeId::Producer(1), word);
        assert_eq!(patient.diagnosis(), Some(AcknowledgedSurvive::default().name()));
    }
}
