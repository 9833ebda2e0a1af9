//! A merge step behind the consumers that puts what is about one subject back in order (`order.repair`).
//!
//! It knows the numbers of the records, and holds one until all before it about the same subject have come. Some never
//! will. Of those that `send()` refused, that the source dropped, or of which the producer was told that they failed, it
//! is told, as an application could tell it; for all others (lost on the way, acknowledged and lost) it waits no longer
//! than its timeout, and then lets go what it holds. What comes after all is let through at once, and counted as out of
//! order; what comes twice is dropped. It changes nothing of the run: the consumers do not wait for it.

use super::{Event, Fact};
use crate::log::KeyId;
use crate::wire::{Micros, NodeId, PartitionId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

/// So many records are held at most. At the bound a record's subject is given up to its first record that is held.
const MOST_HELD: u64 = 200_000;

/// What the merge step has done, and holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MergeFigures {
    /// Records that it holds now.
    pub held: u64,
    /// The most that it has held at a time.
    pub most_held: u64,
    /// Records that it has let go, in order or not.
    pub released: u64,
    /// The longest that it has held one, of those that it let go.
    pub longest_delay_us: Micros,
    /// How long it has held them, all together.
    pub delay_sum_us: Micros,
    /// Records that it waits for no longer.
    pub given_up: u64,
    /// Records that came after they were given up: they went out after later ones.
    pub out_of_order: u64,
    /// Records that came twice; the second is dropped.
    pub duplicates: u64,
}

/// The merge step.
#[derive(Debug, Clone)]
pub(super) struct Merge {
    timeout_us: Micros,
    /// By subject.
    lines: Vec<Line>,
    /// By producer, then by partition.
    lanes: Vec<Vec<Lane>>,
    /// When the record of that subject and number has been held for long enough. Some are not held any more.
    deadlines: VecDeque<(Micros, KeyId, u32)>,
    figures: MergeFigures,
}

/// What is about one subject.
#[derive(Debug, Clone, Default)]
struct Line {
    /// All up to this number are done: let go, or given up.
    done: u32,
    /// Those above that have come, and since when they are held; `None` for one that never will.
    above: BTreeMap<u32, Option<Micros>>,
    /// Given up, and not come after all.
    given_up: BTreeSet<u32>,
}

/// What one producer has sent to one partition and knows nothing of yet, by ordinal.
#[derive(Debug, Clone, Default)]
struct Lane {
    first: u32,
    sent: VecDeque<Option<(KeyId, u32)>>,
}

impl Lane {
    /// The producer knows of these: takes them out.
    fn settle(&mut self, ordinals: Range<u32>) -> Vec<(KeyId, u32)> {
        let places = ordinals.filter_map(|ordinal| usize::try_from(ordinal.checked_sub(self.first)?).ok());
        let settled = places.filter_map(|place| self.sent.get_mut(place)?.take()).collect();
        while let Some(None) = self.sent.front() {
            self.sent.pop_front();
            self.first += 1;
        }
        settled
    }
}

impl Merge {
    pub(super) fn new(timeout_us: Micros) -> Self {
        Self {
            timeout_us,
            lines: Vec::new(),
            lanes: Vec::new(),
            deadlines: VecDeque::new(),
            figures: MergeFigures::default(),
        }
    }

    pub(super) fn add(&mut self, event: &Event) {
        self.advance(event.at);
        match event.fact {
            Fact::RecordSent {
                partition,
                subject,
                sequence,
                ..
            } => {
                if let Some(lane) = self.lane(event.node, partition) {
                    lane.sent.push_back(Some((subject, sequence)));
                }
            }
            Fact::BatchAcknowledged {
                partition,
                ordinal,
                records,
                ..
            } => {
                self.settle(event.node, partition, ordinal, records);
            }
            Fact::RecordsFailed {
                partition,
                ordinal,
                records,
                ..
            } => {
                for (subject, sequence) in self.settle(event.node, partition, ordinal, records) {
                    self.never_comes(subject, sequence, event.at);
                }
            }
            Fact::SourceDropped { subject, sequence } => self.never_comes(subject, sequence, event.at),
            Fact::RecordProcessed { subject, sequence, .. } => self.comes(subject, sequence, event.at),
            _ => {}
        }
    }

    fn lane(&mut self, producer: NodeId, partition: PartitionId) -> Option<&mut Lane> {
        let NodeId::Producer(number) = producer else {
            return None;
        };
        let lanes = at(&mut self.lanes, usize::from(number));
        Some(at(lanes, usize::from(partition.index)))
    }

    fn settle(&mut self, producer: NodeId, partition: PartitionId, ordinal: u32, records: u32) -> Vec<(KeyId, u32)> {
        let lane = self.lane(producer, partition);
        lane.map_or_else(Vec::new, |lane| lane.settle(ordinal..ordinal.saturating_add(records)))
    }

    /// A consumer hands a record over.
    fn comes(&mut self, subject: KeyId, sequence: u32, now: Micros) {
        let line = at(&mut self.lines, subject.index());
        if sequence <= line.done {
            if line.given_up.remove(&sequence) {
                self.figures.out_of_order += 1;
                self.figures.released += 1;
            } else {
                self.figures.duplicates += 1;
            }
        } else if sequence == line.done + 1 {
            line.above.remove(&sequence);
            line.done = sequence;
            self.figures.released += 1;
            self.let_go(subject, now);
        } else if line.above.get(&sequence).copied().flatten().is_some() {
            self.figures.duplicates += 1;
        } else {
            line.above.insert(sequence, Some(now));
            self.figures.held += 1;
            self.figures.most_held = self.figures.most_held.max(self.figures.held);
            self.deadlines.push_back((now + self.timeout_us, subject, sequence));
            if self.figures.held > MOST_HELD {
                self.give_up_before_the_first(subject, now);
            }
        }
    }

    /// A record that has its number will not come.
    pub(super) fn never_comes(&mut self, subject: KeyId, sequence: u32, now: Micros) {
        let line = at(&mut self.lines, subject.index());
        if sequence > line.done {
            line.above.entry(sequence).or_insert(None);
            self.let_go(subject, now);
        }
    }

    /// Lets go what is next, and what follows it.
    fn let_go(&mut self, subject: KeyId, now: Micros) {
        let line = at(&mut self.lines, subject.index());
        while let Some(next) = line.above.first_entry()
            && *next.key() == line.done + 1
        {
            let (sequence, since) = next.remove_entry();
            line.done = sequence;
            match since {
                Some(since) => self.figures.release(now.saturating_sub(since)),
                None => {
                    line.given_up.insert(sequence);
                    self.figures.given_up += 1;
                }
            }
        }
    }

    /// Waits no longer for what is missing before that record.
    fn give_up_before(&mut self, subject: KeyId, sequence: u32, now: Micros) {
        let line = at(&mut self.lines, subject.index());
        for missing in line.done + 1..sequence {
            line.above.entry(missing).or_insert(None);
        }
        self.let_go(subject, now);
    }

    fn give_up_before_the_first(&mut self, subject: KeyId, now: Micros) {
        let line = at(&mut self.lines, subject.index());
        let held = line.above.iter().find(|(_, since)| since.is_some());
        if let Some(sequence) = held.map(|(sequence, _)| *sequence) {
            self.give_up_before(subject, sequence, now);
        }
    }

    /// Lets go what has been held for long enough.
    pub(super) fn advance(&mut self, now: Micros) {
        while let Some((due, subject, sequence)) = self.deadlines.front().copied()
            && due <= now
        {
            self.deadlines.pop_front();
            let line = at(&mut self.lines, subject.index());
            if line.above.get(&sequence).copied().flatten().is_some() {
                self.give_up_before(subject, sequence, due);
            }
        }
    }

    /// What it has done until `now`.
    pub(super) fn figures(&self, now: Micros) -> MergeFigures {
        if self.deadlines.front().is_none_or(|(due, ..)| *due > now) {
            return self.figures;
        }
        let mut later = self.clone();
        later.advance(now);
        later.figures
    }

    /// Up to which number all about that subject are done, and how many of those were given up and have not come.
    pub(super) fn done_about(&self, subject: KeyId) -> (u32, u64) {
        let line = self.lines.get(subject.index());
        line.map_or((0, 0), |line| (line.done, line.given_up.len() as u64))
    }

    #[cfg(test)]
    pub(super) fn doctor(&mut self) {
        self.lines.iter_mut().for_each(|line| line.done += 1);
    }

    /// How many records about that subject it holds.
    pub(super) fn held_about(&self, subject: KeyId) -> u64 {
        let line = self.lines.get(subject.index());
        line.map_or(0, |line| line.above.values().flatten().count() as u64)
    }
}

impl MergeFigures {
    fn release(&mut self, delay_us: Micros) {
        self.held -= 1;
        self.released += 1;
        self.delay_sum_us += delay_us;
        self.longest_delay_us = self.longest_delay_us.max(delay_us);
    }
}

/// The entry at that place, made when there is none.
fn at<T: Default>(entries: &mut Vec<T>, place: usize) -> &mut T {
    if place >= entries.len() {
        entries.resize_with(place + 1, T::default);
    }
    &mut entries[place]
}

#[cfg(test)]
mod tests;
