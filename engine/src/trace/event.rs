//! Events, and the trace that holds the last of them.

use super::journeys::{JourneyStep, Journeys};
use super::merge::{Merge, MergeFigures};
use super::partials::Partials;
use super::{Counters, Fact, Groups, Ledger, digest::Digest};
use crate::log::KeyId;
use crate::wire::{Micros, NodeId, TopicId};
use std::collections::VecDeque;

/// An event's number, in the order in which things happened, from 1; 0 stands for *no cause*.
pub type EventId = u64;

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// When.
    pub at: Micros,
    /// To whom.
    pub node: NodeId,
    /// What brought it about: an earlier event, or 0.
    pub cause: EventId,
    /// What.
    pub fact: Fact,
}

/// The account of a run. Counters and digest cover all of it; of the events themselves the last ones are kept, as many
/// as its limit says, so that a long run does not fill the memory.
#[derive(Debug, Clone)]
pub struct Trace {
    events: VecDeque<Event>,
    limit: usize,
    next: EventId,
    digest: Digest,
    counters: Counters,
    ledger: Ledger,
    journeys: Journeys,
    groups: Groups,
    /// `order.repair`.
    merge: Option<Box<Merge>>,
    /// From the first rule on that spreads a subject over several keys.
    partials: Option<Box<Partials>>,
}

impl Trace {
    /// An empty trace that keeps the last `limit` events.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            events: VecDeque::new(),
            limit: limit.max(1),
            next: 1,
            digest: Digest::default(),
            counters: Counters::default(),
            ledger: Ledger::default(),
            journeys: Journeys::default(),
            groups: Groups::default(),
            merge: None,
            partials: None,
        }
    }

    /// Writes down what happened.
    #[inline] // The event is then made where it is kept, not copied there.
    pub fn record(&mut self, at: Micros, node: NodeId, cause: EventId, fact: Fact) -> EventId {
        let event = Event {
            id: self.next,
            at,
            node,
            cause,
            fact,
        };
        self.keep(&event);
        event.id
    }

    /// That is the topic that the run is about; others are beside it.
    pub(crate) fn count_partitions_of(&mut self, topic: TopicId) {
        self.counters.main_topic = Some(topic);
    }

    /// From now on a merge step behind the consumers puts records back in order, and waits no longer than that.
    pub(crate) fn repair_order(&mut self, timeout_us: Micros) {
        self.merge = Some(Box::new(Merge::new(timeout_us)));
    }

    /// From now on the consumers' applications count by key.
    pub(crate) fn count_partials(&mut self) {
        let before = self.counters.subjects.iter().map(|subject| subject.processed);
        self.partials
            .get_or_insert_with(|| Box::new(Partials::beginning(before)));
    }

    /// Whether the consumers' applications count by key.
    pub(crate) fn counts_partials(&self) -> bool {
        self.partials.is_some()
    }

    /// A consumer's application has counted a record under its key.
    pub(crate) fn count_partial(&mut self, consumer: NodeId, key: Option<KeyId>, subject: KeyId) {
        if let Some(partials) = self.partials.as_mut().filter(|_| !self.groups.is_further(consumer)) {
            partials.add(consumer, key, subject);
        }
    }

    /// A record with that number will never be sent.
    pub(crate) fn never_sent(&mut self, subject: KeyId, sequence: u32, now: Micros) {
        if let Some(merge) = &mut self.merge {
            merge.never_comes(subject, sequence, now);
        }
    }

    /// The total of what was processed about that subject, put together from what each consumer has counted under each
    /// key, and from how many counts. While every record has its subject as key, that is one.
    #[must_use]
    pub fn total_about(&self, subject: KeyId) -> (u64, u32) {
        match &self.partials {
            Some(partials) => partials.total(subject),
            None => {
                let subjects = &self.counters.subjects;
                let total = subjects.get(subject.index()).map_or(0, |subject| subject.processed);
                (total, u32::from(total > 0))
            }
        }
    }

    /// The most counts that make up the total of one subject.
    #[must_use]
    pub fn most_partials(&self) -> u32 {
        match &self.partials {
            Some(partials) => partials.most(),
            None => u32::from(self.counters.processed > 0),
        }
    }

    /// What the merge step has done until `now`; `None` when there is none.
    #[must_use]
    pub fn merge_figures(&self, now: Micros) -> Option<MergeFigures> {
        self.merge.as_ref().map(|merge| merge.figures(now))
    }

    /// How many records about that subject the merge step holds.
    #[must_use]
    pub fn held_about(&self, subject: KeyId) -> u64 {
        self.merge.as_ref().map_or(0, |merge| merge.held_about(subject))
    }

    /// Up to which number the merge step is done with what is about that subject, and how many of those were given up and
    /// have not come; `None` without a merge step.
    #[must_use]
    pub(crate) fn merged_about(&self, subject: KeyId) -> Option<(u32, u64)> {
        self.merge.as_ref().map(|merge| merge.done_about(subject))
    }

    /// For tests of the invariants: the merge step is done with one record more about each subject.
    #[cfg(test)]
    pub(crate) fn doctor_merge(&mut self) {
        if let Some(merge) = &mut self.merge {
            merge.doctor();
        }
    }

    #[inline(never)]
    fn keep(&mut self, event: &Event) {
        self.next += 1;
        match event.fact {
            // Of these two there are as many as records. They have ways of their own, which the compiler makes short: it
            // knows there who does not want the event.
            Fact::RecordSent { .. } => self.account_for(event),
            Fact::RecordProcessed { .. } => self.account_for(event),
            _ => self.account_for_others(event),
        }
        if self.events.len() == self.limit {
            self.events.pop_front();
        }
        self.events.push_back(*event);
    }

    /// Tells an event to all who keep accounts.
    #[inline(always)]
    fn account_for(&mut self, event: &Event) {
        self.digest.add(event);
        // What further groups do with records is theirs: figures of the run are those of the main group.
        if !self.groups.add(event) {
            self.counters.add(event);
            self.ledger.add(event);
            self.journeys.add(event);
            if let Some(merge) = &mut self.merge {
                merge.add(event);
            }
        }
    }

    #[inline(never)]
    fn account_for_others(&mut self, event: &Event) {
        self.account_for(event);
    }

    /// How many events there have been.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.next - 1
    }

    /// One number for the whole trace: two runs with the same digest went the same way.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// Sums over the whole run.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What has become of the groups.
    #[must_use]
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// There is such a group. The first is the main one.
    pub(crate) fn add_group(&mut self, group: KeyId) {
        self.groups.add_group(group);
    }

    /// A consumer is a member of that group from now on: `is_main` for one of the main group, or of a part of its
    /// application.
    pub(crate) fn add_consumer(&mut self, consumer: u8, group: KeyId, is_main: bool) {
        self.groups.add_consumer(consumer, group, is_main);
    }

    /// What the applications sent, and were told of it.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What has happened to a record that failed at least once, as far as that is remembered.
    #[must_use]
    pub fn journey(&self, subject: KeyId, sequence: u32) -> &[JourneyStep] {
        self.journeys.of(subject, sequence)
    }

    /// The event of that number, if it is still kept.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&Event> {
        let first = self.events.front()?.id;
        self.events.get(usize::try_from(id.checked_sub(first)?).ok()?)
    }

    /// The kept events after that one, the oldest first.
    pub fn since(&self, id: EventId) -> impl DoubleEndedIterator<Item = &Event> {
        let first = self.events.front().map_or(self.next, |e| e.id);
        let skip = usize::try_from((id + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        self.events.range(skip.min(self.events.len())..)
    }

    /// The event, what brought it about, what brought that about, and so on, as far as it is kept.
    #[must_use]
    pub fn chain(&self, id: EventId) -> Vec<Event> {
        let mut chain = Vec::new();
        let mut next = self.get(id);
        while let Some(event) = next {
            chain.push(*event);
            next = self.get(event.cause);
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_drops_the_oldest_events_and_keeps_the_sums() {
        let mut trace = Trace::new(3);
        let mut cause = 0;
        for at in 0..5 {
            cause = trace.record(at, NodeId::User, cause, Fact::BrokerStarted);
        }
        assert_eq!(trace.count(), 5);
        assert_eq!(trace.since(0).map(|e| e.id).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(trace.since(4).map(|e| e.id).collect::<Vec<_>>(), [5]);
        assert_eq!(trace.chain(5).iter().map(|e| e.id).collect::<Vec<_>>(), [5, 4, 3]);
        assert!(trace.get(2).is_none());
    }
}
