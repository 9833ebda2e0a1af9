//! The reader's page as data: the records that the consumer application has processed, in the order in which it did.
//!
//! A record that comes after a later one about the same subject is *late*: the reader sees a goal before the kick-off.

use partitura_engine::log::KeyId;
use partitura_engine::trace::{Event, EventId, Fact};
use partitura_engine::wire::{Micros, NodeId, Offset};
use std::collections::VecDeque;

/// A record as it was processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadRecord {
    /// The event of its processing.
    pub event: EventId,
    /// When.
    pub at_us: Micros,
    /// By whom.
    pub consumer: NodeId,
    /// From which partition.
    pub partition: u16,
    /// Its offset there.
    pub offset: Offset,
    /// What it is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// The later record about the same subject that was processed before this one, if any.
    pub after: Option<u32>,
}

/// The last records processed, and how many came late.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    last: VecDeque<ReadRecord>,
    /// The last ones about each of the first subjects.
    about: Vec<VecDeque<ReadRecord>>,
    /// By subject, the highest sequence so far. As long as the run's dictionary at most.
    highest: Vec<u32>,
    processed: u64,
    late: u64,
}

impl Reading {
    /// How many records stand on the page.
    pub const SHOWN: usize = 12;
    /// For how many subjects the last records are kept apart from those of all others.
    pub const SUBJECTS: usize = 64;

    /// The last records, of all or about one subject, in the order in which they were read.
    pub fn in_order(&self, about: Option<KeyId>) -> impl Iterator<Item = &ReadRecord> {
        let records = match about {
            None => Some(&self.last),
            Some(subject) => self.about.get(subject.index()),
        };
        records.into_iter().flatten()
    }

    /// How many records were processed.
    #[must_use]
    pub fn processed(&self) -> u64 {
        self.processed
    }

    /// How many of them came after a later one about the same subject.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Takes note of what happened, if it is that a record was processed.
    pub fn absorb(&mut self, event: &Event) {
        let Fact::RecordProcessed {
            partition,
            offset,
            subject,
            sequence,
            ..
        } = event.fact
        else {
            return;
        };
        if self.highest.len() <= subject.index() {
            self.highest.resize(subject.index() + 1, 0);
        }
        let highest = &mut self.highest[subject.index()];
        let after = (*highest > sequence).then_some(*highest);
        *highest = sequence.max(*highest);
        self.processed += 1;
        self.late += u64::from(after.is_some());
        let record = ReadRecord {
            event: event.id,
            at_us: event.at,
            consumer: event.node,
            partition: partition.index,
            offset,
            subject,
            sequence,
            after,
        };
        push(&mut self.last, record);
        if subject.index() < Self::SUBJECTS {
            if self.about.len() <= subject.index() {
                self.about.resize_with(subject.index() + 1, VecDeque::new);
            }
            push(&mut self.about[subject.index()], record);
        }
    }
}

fn push(records: &mut VecDeque<ReadRecord>, record: ReadRecord) {
    if records.len() == Reading::SHOWN {
        records.pop_front();
    }
    records.push_back(record);
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::log::Dictionary;
    use partitura_engine::wire::{PartitionId, TopicId};

    fn processed(id: EventId, subject: KeyId, sequence: u32) -> Event {
        let partition = PartitionId {
            topic: TopicId(1),
            index: 0,
        };
        let fact = Fact::RecordProcessed {
            partition,
            offset: id,
            subject,
            sequence,
            latency_us: 10,
        };
        Event {
            id,
            at: id * 10,
            node: NodeId::Consumer(1),
            cause: 0,
            fact,
        }
    }

    #[test]
    fn a_record_that_comes_after_a_later_one_is_late() {
        let mut dictionary = Dictionary::default();
        let (goal, card) = (dictionary.key("final").unwrap(), dictionary.key("other").unwrap());
        let mut reading = Reading::default();
        for (id, (subject, sequence)) in [(goal, 1), (goal, 3), (card, 1), (goal, 2), (goal, 4)]
            .into_iter()
            .enumerate()
        {
            reading.absorb(&processed(id as u64 + 1, subject, sequence));
        }
        let rows: Vec<(u32, Option<u32>)> = reading.in_order(None).map(|r| (r.sequence, r.after)).collect();
        assert_eq!(rows, [(1, None), (3, None), (1, None), (2, Some(3)), (4, None)]);
        assert_eq!((reading.processed(), reading.late()), (5, 1));
        assert_eq!(reading.in_order(Some(card)).count(), 1);
        assert_eq!(reading.in_order(Some(goal)).count(), 4);
    }

    #[test]
    fn the_page_keeps_the_last_records_only() {
        let mut dictionary = Dictionary::default();
        let subject = dictionary.key("final").unwrap();
        let mut reading = Reading::default();
        for id in 1..100 {
            reading.absorb(&processed(id, subject, id as u32));
        }
        assert_eq!(reading.in_order(None).count(), Reading::SHOWN);
        assert_eq!(reading.in_order(None).last().unwrap().sequence, 99);
    }
}
