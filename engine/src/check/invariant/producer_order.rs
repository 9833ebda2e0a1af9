//! An idempotent producer's records stay in order.

use super::numbering::{Follows, Numbering};
use crate::check::{Broken, Invariant, Moment};
use crate::wire::{NodeId, PartitionId};
use std::collections::BTreeMap;

/// **The records of an idempotent producer are committed in the order in which they were sent**, those that failed left
/// out: sequence numbers see to it with up to five requests in flight (KIP-98, KAFKA-5494). Holds with
/// `enable.idempotence`, as long as nothing committed is lost ([`crate::check::Promise`]), the leader knew the producer from
/// its first batch in the partition on, and was not stopped in order while batches were under way
/// (see `numbering`).
#[derive(Debug, Default)]
pub struct ProducerOrder {
    numbering: Numbering,
    next: BTreeMap<(PartitionId, NodeId), u32>,
}

impl Invariant for ProducerOrder {
    fn name(&self) -> &'static str {
        "producer-order"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for forgotten in self.numbering.forgotten(moment) {
            self.next.retain(|(partition, _), _| *partition != forgotten);
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
                let next = self.next.entry((id, entry.batch.producer)).or_default();
                match self.numbering.note(id, entry) {
                    Follows::On => {}
                    Follows::Anew => *next = 0,
                    Follows::Ragged => continue,
                }
                let first = entry.batch.ordinal;
                if first < *next {
                    return Err(Broken::new(format!(
                        "record {first} of {} in {} is committed at offset {} after record {}",
                        entry.batch.producer,
                        moment.world.names().partition(id),
                        entry.base_offset,
                        *next - 1
                    )));
                }
                *next = first.saturating_add(entry.batch.len());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::log::{Batch, BatchBuilder, Dictionary, Record};
    use std::sync::Arc;

    fn batch(ordinal: u32) -> Arc<Batch> {
        let mut dictionary = Dictionary::default();
        let subject = dictionary.key("a").unwrap();
        let record = Record {
            key: None,
            subject,
            sequence: 1,
            value: None,
            value_bytes: 1,
            timestamp_delta_us: 0,
        };
        let mut builder = BatchBuilder::new(0, 1_000);
        assert!(builder.try_add(record, 0, &dictionary));
        builder.build(NodeId::Producer(1), ordinal, None)
    }

    #[test]
    fn a_batch_behind_a_later_one_is_noticed() {
        let mut patient = Patient::healthy();
        patient.commit(batch(1_000));
        patient.commit(batch(999));
        assert_eq!(patient.diagnosis(), Some(ProducerOrder::default().name()));
    }
}
