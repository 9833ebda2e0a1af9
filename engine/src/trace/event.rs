//! Events, and the trace that holds the last of them.

use super::{Counters, Fact, Ledger, digest::Digest};
use crate::log::KeyId;
use crate::wire::{Micros, NodeId};
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

    /// A record with that number will never be sent.
    pub(crate) fn never_sent(&mut self, _subject: KeyId, _sequence: u32) {}

    #[inline(never)]
    fn keep(&mut self, event: &Event) {
        self.next += 1;
        self.digest.add(event);
        self.counters.add(event);
        self.ledger.add(event);
        if self.events.len() == self.limit {
            self.events.pop_front();
        }
        self.events.push_back(*event);
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

    /// What the applications sent, and were told of it.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
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
