//! Retries that keep the order of each key.

use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::trace::{Fact, Intervals};
use crate::wire::{GroupId, NodeId, Offset, PartitionId};
use std::collections::{BTreeMap, BTreeSet};

/// **With `retry.keep.order` no record of a key is processed before an earlier one of the same key**, wherever it was tried
/// again: the order is that of the topic's partition. Records that were given up are left out, and so are those that were
/// sent back from the dead letters, as those behind them had gone on.
///
/// Holds where a consumer's own producer is idempotent, where nothing is read twice and nothing is sent on in vain: whoever
/// reads a record again processes it when later ones are done already. So a partition is watched only while each of its topics, with the retry topics, has been read by
/// one consumer from one position on, and nothing any more once a consumer's own producer has failed.
#[derive(Debug, Default)]
pub struct KeysStayInOrder {
    /// The last record of a key that was processed, by its place in the topic.
    last: BTreeMap<(u16, KeyId), Offset>,
    /// Which topics' partitions have a reader.
    read: BTreeSet<(GroupId, PartitionId)>,
    /// Partitions of which something is read again.
    disturbed: Intervals,
    is_over: bool,
}

impl KeysStayInOrder {
    fn disturb(&mut self, index: u16) {
        self.disturbed.add(u32::from(index)..u32::from(index) + 1);
    }
}

/// The key of the record at that place, and where it was first; `None` for one that was sent back.
fn origin(moment: &Moment, partition: PartitionId, offset: Offset) -> Option<(KeyId, u16, Offset)> {
    let entry = moment.history.partition(partition)?.committed_at(offset)?;
    let place = usize::try_from(offset - entry.base_offset).ok()?;
    let key = entry.batch.records().get(place)?.key?;
    match entry.batch.headers().get(place) {
        None => Some((key, partition.index, offset)),
        Some(headers) if headers.redrives == 0 => {
            Some((key, headers.original_partition.index, headers.original_offset))
        }
        Some(_) => None,
    }
}

impl Invariant for KeysStayInOrder {
    fn name(&self) -> &'static str {
        "keys-stay-in-order"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            if self.is_over {
                break;
            }
            match (event.fact, event.node) {
                (Fact::RecordsFailed { .. }, NodeId::Relay(_)) => self.is_over = true,
                (Fact::LogTruncationDetected { partition, .. }, _) => self.disturb(partition.index),
                (Fact::PositionSet { partition, .. }, node) if moment.world.account_of(node) == Some(0) => {
                    let group = moment.world.group_of(node).cloned();
                    if group.is_some_and(|group| !self.read.insert((group, partition))) {
                        self.disturb(partition.index);
                    }
                }
                (Fact::RecordProcessed { partition, offset, .. }, node) if moment.world.account_of(node) == Some(0) => {
                    let Some((key, index, first)) = origin(moment, partition, offset) else {
                        continue;
                    };
                    let last = self.last.entry((index, key)).or_insert(first);
                    if first < *last && !self.disturbed.contains(index.into()) {
                        let text = moment.world.dictionary().key_text(key);
                        let message = format!(
                            "the record of {text} at offset {first} of partition {index} is processed after the one at {last}"
                        );
                        return Err(Broken::at(event.id, message));
                    }
                    *last = first.max(*last);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::log::Record;

    #[test]
    fn a_record_that_an_earlier_one_of_its_key_follows_is_noticed() {
        let mut patient = Patient::with(|setup| setup.consumers = 1);
        assert_eq!(patient.finding(&mut KeysStayInOrder::default()), None);
        let (partition, leader) = (patient.partition(), patient.leader());
        let entries = patient.batches(leader);
        let records: Vec<(Offset, Record)> = entries
            .iter()
            .flat_map(|entry| (entry.base_offset..).zip(entry.batch.records().iter().copied()))
            .collect();
        let is_followed = |(offset, record): &&(Offset, Record)| {
            records
                .iter()
                .any(|(later, other)| later > offset && other.key == record.key)
        };
        let (offset, record) = *records.iter().find(is_followed).expect("a key comes again");
        let (reader, _) = patient.reader();
        let processed = Fact::RecordProcessed {
            partition,
            offset,
            subject: record.subject,
            sequence: record.sequence,
            latency_us: 0,
        };
        patient.claim(reader, processed);
        let found = patient.finding(&mut KeysStayInOrder::default());
        assert!(found.is_some_and(|found| found.contains(&format!("at offset {offset} of partition 0"))));
    }
}
