//! What becomes of a record.

use crate::application::Destination;
use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::trace::{EventId, Fact, Intervals};
use crate::wire::{NodeId, Offset, PartitionId};
use std::collections::BTreeMap;

/// **Every record that an application reads ends in exactly one way**: processed, skipped as its policy says, sent on to a
/// retry topic or to the dead letters, or taken as a dead letter. So a consumer is done with the records of a partition one
/// after the other, from where its position was set: it ends none twice, and none is left out. And **what is said to be in a
/// retry topic or among the dead letters is there**, at that offset.
///
/// With what was committed last ([`super::NothingPassedOver`]) and with all groups at the end of their topics when all is
/// well again, each record comes to its end. Holds under all settings; of what is sent on while nothing committed is lost.
#[derive(Debug, Default)]
pub struct OneEndForEachRecord {
    /// The next record with which the consumer has to be done.
    next: BTreeMap<(NodeId, PartitionId), Offset>,
    /// The same of the records that it still has in hand, from where it read before: its position was set meanwhile.
    in_hand: BTreeMap<(NodeId, PartitionId), Offset>,
    /// Sent on, and not stored yet.
    under_way: BTreeMap<(NodeId, PartitionId, Offset), (KeyId, u32)>,
    /// Dead letters that it has taken: those that it has in hand it does not take again.
    taken: BTreeMap<(NodeId, PartitionId), Intervals>,
}

impl OneEndForEachRecord {
    fn end(&mut self, node: NodeId, (partition, offset): (PartitionId, Offset)) -> Result<(), String> {
        if let Some(in_hand) = self.in_hand.get_mut(&(node, partition)).filter(|next| **next == offset) {
            *in_hand += 1;
            return Ok(());
        }
        match self.next.get_mut(&(node, partition)) {
            Some(next) if *next == offset => {
                *next += 1;
                Ok(())
            }
            Some(next) if *next < offset => Err(format!("{node} leaves out offset {next}, and is done with {offset}")),
            Some(_) => Err(format!("{node} is done with offset {offset} for the second time")),
            None => Err(format!(
                "{node} is done with offset {offset}, and reads it from nowhere"
            )),
        }
    }

    /// A dead letter is taken: those before it that are in hand already are not.
    fn take(&mut self, node: NodeId, (partition, offset): (PartitionId, Offset)) {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        let taken = self.taken.entry((node, partition)).or_default();
        if let Some(next) = self.next.get_mut(&(node, partition)) {
            while *next < offset && taken.contains(narrow(*next)) {
                *next += 1;
            }
        }
        taken.add(narrow(offset)..narrow(offset) + 1);
    }

    fn forget(&mut self, node: NodeId) {
        self.next.retain(|(of, _), _| *of != node);
        self.in_hand.retain(|(of, _), _| *of != node);
        self.under_way.retain(|(of, ..), _| *of != node);
        self.taken.retain(|(of, _), _| *of != node);
    }

    fn note(&mut self, node: NodeId, fact: Fact) -> Result<(), (PartitionId, String)> {
        match fact {
            Fact::PositionSet { partition, offset, .. } | Fact::LogTruncationDetected { partition, to: offset } => {
                if let Some(before) = self.next.insert((node, partition), offset) {
                    self.in_hand.insert((node, partition), before);
                }
            }
            Fact::Polled { .. } => self.in_hand.retain(|(of, _), _| *of != node),
            Fact::PartitionRevoked { partition } | Fact::PartitionLost { partition } => {
                self.next.remove(&(node, partition));
                self.in_hand.remove(&(node, partition));
            }
            Fact::ConsumerStarted => self.forget(node),
            Fact::RecordSkipped { partition, offset, .. }
                if self.under_way.remove(&(node, partition, offset)).is_some() => {}
            Fact::DeadLetterTaken { partition, offset, .. } => {
                self.take(node, (partition, offset));
                return self.end(node, (partition, offset)).map_err(|text| (partition, text));
            }
            Fact::RecordProcessed { partition, offset, .. } | Fact::RecordSkipped { partition, offset, .. } => {
                return self.end(node, (partition, offset)).map_err(|text| (partition, text));
            }
            Fact::RecordSentOn {
                partition,
                offset,
                subject,
                sequence,
                to,
                ..
            } => {
                self.under_way.insert((node, partition, offset), (subject, sequence));
                // A redrive is no end: the dead letter has come to its own before.
                if to != Destination::Main {
                    return self.end(node, (partition, offset)).map_err(|text| (partition, text));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether that record is in the log where it is said to be stored. Who has lost something may not know.
    fn is_stored(moment: &Moment, (partition, offset): (PartitionId, Offset), record: (KeyId, u32)) -> bool {
        let Some(history) = moment.history.partition(partition) else {
            return true;
        };
        if history.has_lost() || history.promise().is_void() {
            return true;
        }
        history.committed_at(offset).is_some_and(|entry| {
            let place = usize::try_from(offset - entry.base_offset).unwrap_or(usize::MAX);
            let found = entry.batch.records().get(place);
            found.is_some_and(|found| (found.subject, found.sequence) == record)
        })
    }

    fn stored(&mut self, moment: &Moment, event: EventId, node: NodeId, fact: Fact) -> Result<(), Broken> {
        let Fact::RecordStoredOn {
            partition,
            offset,
            subject,
            sequence,
        } = fact
        else {
            return Ok(());
        };
        let record = (subject, sequence);
        let from = self
            .under_way
            .iter()
            .find(|((of, ..), sent)| *of == node && **sent == record);
        if let Some(from) = from.map(|(from, _)| *from) {
            self.under_way.remove(&from);
        }
        if Self::is_stored(moment, (partition, offset), record) {
            return Ok(());
        }
        let name = moment.world.names().partition(partition);
        let subject = moment.world.dictionary().key_text(subject);
        let message = format!("{subject} {sequence} is said to be stored in {name} at {offset}, and is not there");
        Err(Broken::at(event, message))
    }
}

impl Invariant for OneEndForEachRecord {
    fn name(&self) -> &'static str {
        "one-end-for-each-record"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            let NodeId::Consumer(_) = event.node else { continue };
            self.note(event.node, event.fact).map_err(|(partition, message)| {
                let name = moment.world.names().partition(partition);
                Broken::at(event.id, format!("{message} of {name}"))
            })?;
            self.stored(moment, event.id, event.node, event.fact)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;

    /// The record behind the last one that the first consumer with a partition was done with is skipped, or one `ahead` of it.
    fn skipped(patient: &mut Patient, ahead: Offset) {
        let partition = patient.partition();
        let (node, next) = patient.reader();
        let leader = patient.leader();
        let record = patient.batches(leader)[0].batch.records()[0];
        let skipped = Fact::RecordSkipped {
            partition,
            offset: next + ahead,
            subject: record.subject,
            sequence: 1,
        };
        patient.claim(node, skipped);
    }

    #[test]
    fn a_record_that_is_left_out_is_noticed() {
        let mut patient = Patient::healthy();
        skipped(&mut patient, 0);
        assert_eq!(patient.diagnosis(), None);
        skipped(&mut patient, 5);
        assert_eq!(patient.diagnosis(), Some("one-end-for-each-record"));
    }

    #[test]
    fn a_second_end_is_noticed() {
        let mut patient = Patient::healthy();
        skipped(&mut patient, 0);
        skipped(&mut patient, 0);
        assert_eq!(patient.diagnosis(), Some("one-end-for-each-record"));
    }

    #[test]
    fn what_is_not_where_it_was_sent_is_noticed() {
        let mut patient = Patient::healthy();
        let (partition, leader) = (patient.partition(), patient.leader());
        let first = patient.batches(leader)[0].clone();
        let record = first.batch.records()[0];
        let (node, _) = patient.reader();
        let stored = |sequence| Fact::RecordStoredOn {
            partition,
            offset: first.base_offset,
            subject: record.subject,
            sequence,
        };
        patient.claim(node, stored(record.sequence));
        assert_eq!(patient.diagnosis(), None);
        patient.claim(node, stored(1_000_000));
        assert_eq!(patient.diagnosis(), Some("one-end-for-each-record"));
    }
}
