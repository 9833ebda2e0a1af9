//! The journeys of records that could not be processed at the first attempt: each place where they were, and what became
//! of them there.

use super::{Event, EventId, Fact};
use crate::application::Destination;
use crate::log::{FailureWhy, KeyId};
use crate::short_map::ShortMap;
use crate::wire::{Micros, NodeId, Offset, PartitionId};
use std::collections::VecDeque;

/// One thing that happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JourneyStep {
    /// When.
    pub at_us: Micros,
    /// Whose application it was.
    pub node: NodeId,
    /// In which partition of which topic.
    pub partition: PartitionId,
    /// At which offset.
    pub offset: Offset,
    /// What.
    pub what: JourneyWhat,
    /// The event that says so.
    pub event: EventId,
}

/// What happened to a record on its journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JourneyWhat {
    /// An attempt to process it failed.
    Failed {
        /// The how manyeth.
        attempt: u32,
        /// Why.
        why: FailureWhy,
    },
    /// It has killed the process that worked on it.
    Crashed,
    /// It was sent on.
    SentOn {
        /// Where to.
        to: Destination,
        /// When it is due there.
        due_us: Micros,
        /// Why.
        why: FailureWhy,
    },
    /// It is stored there.
    Stored,
    /// A person can look at it.
    DeadLetter,
    /// It was passed over.
    Skipped,
    /// It was processed.
    Processed,
}

/// The journeys of the records that failed last. Bounded: [`Journeys::RECORDS`] of [`Journeys::STEPS`] steps each.
#[derive(Debug, Clone, Default)]
pub(super) struct Journeys {
    of: ShortMap<(KeyId, u32), Vec<JourneyStep>>,
    /// The oldest first.
    order: VecDeque<(KeyId, u32)>,
}

impl Journeys {
    /// So many records are remembered; the one that failed first is forgotten first.
    pub(super) const RECORDS: usize = 2_000;
    /// So many steps of each: the first ones.
    pub(super) const STEPS: usize = 100;

    #[inline(always)]
    pub(super) fn add(&mut self, event: &Event) {
        match event.fact {
            Fact::RecordProcessed { .. } if self.order.is_empty() => {}
            Fact::RecordProcessed { .. }
            | Fact::AttemptFailed { .. }
            | Fact::ApplicationCrashed { .. }
            | Fact::RecordSentOn { .. }
            | Fact::RecordStoredOn { .. }
            | Fact::DeadLetterTaken { .. }
            | Fact::RecordSkipped { .. } => self.note(event),
            _ => {}
        }
    }

    #[cold]
    fn note(&mut self, event: &Event) {
        let Some((id, partition, offset, what)) = step_of(&event.fact) else {
            return;
        };
        if !self.of.contains_key(&id) {
            if what == JourneyWhat::Processed {
                return;
            }
            if self.order.len() == Self::RECORDS
                && let Some(oldest) = self.order.pop_front()
            {
                self.of.remove(&oldest);
            }
            self.order.push_back(id);
        }
        let steps = self.of.or_default(id);
        if steps.len() < Self::STEPS {
            steps.push(JourneyStep {
                at_us: event.at,
                node: event.node,
                partition,
                offset,
                what,
                event: event.id,
            });
        }
    }

    pub(super) fn of(&self, subject: KeyId, sequence: u32) -> &[JourneyStep] {
        self.of.get(&(subject, sequence)).map_or(&[], Vec::as_slice)
    }
}

fn step_of(fact: &Fact) -> Option<((KeyId, u32), PartitionId, Offset, JourneyWhat)> {
    Some(match *fact {
        Fact::AttemptFailed {
            partition,
            offset,
            subject,
            sequence,
            attempt,
            why,
        } => (
            (subject, sequence),
            partition,
            offset,
            JourneyWhat::Failed { attempt, why },
        ),
        Fact::ApplicationCrashed {
            partition,
            offset,
            subject,
            sequence,
        } => ((subject, sequence), partition, offset, JourneyWhat::Crashed),
        Fact::RecordSentOn {
            partition,
            offset,
            subject,
            sequence,
            to,
            due_us,
            why,
        } => (
            (subject, sequence),
            partition,
            offset,
            JourneyWhat::SentOn { to, due_us, why },
        ),
        Fact::RecordStoredOn {
            partition,
            offset,
            subject,
            sequence,
        } => ((subject, sequence), partition, offset, JourneyWhat::Stored),
        Fact::DeadLetterTaken {
            partition,
            offset,
            subject,
            sequence,
        } => ((subject, sequence), partition, offset, JourneyWhat::DeadLetter),
        Fact::RecordSkipped {
            partition,
            offset,
            subject,
            sequence,
        } => ((subject, sequence), partition, offset, JourneyWhat::Skipped),
        Fact::RecordProcessed {
            partition,
            offset,
            subject,
            sequence,
            ..
        } => ((subject, sequence), partition, offset, JourneyWhat::Processed),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Dictionary;
    use crate::wire::TopicId;

    #[test]
    fn what_never_failed_has_no_journey_and_the_oldest_are_forgotten() {
        let subject = Dictionary::default().key("a").unwrap();
        let partition = PartitionId {
            topic: TopicId(0),
            index: 0,
        };
        let mut journeys = Journeys::default();
        let mut add = |fact| {
            journeys.add(&Event {
                id: 1,
                at: 5,
                node: NodeId::Consumer(1),
                cause: 0,
                fact,
            });
        };
        let processed = |sequence| Fact::RecordProcessed {
            partition,
            offset: 0,
            subject,
            sequence,
            latency_us: 0,
        };
        let failed = |sequence| Fact::AttemptFailed {
            partition,
            offset: 0,
            subject,
            sequence,
            attempt: 1,
            why: FailureWhy::Outage,
        };
        add(processed(1));
        for sequence in 2..=Journeys::RECORDS as u32 + 2 {
            add(failed(sequence));
        }
        add(processed(3));
        assert!(journeys.of(subject, 1).is_empty() && journeys.of(subject, 2).is_empty());
        let steps: Vec<JourneyWhat> = journeys.of(subject, 3).iter().map(|step| step.what).collect();
        let why = FailureWhy::Outage;
        assert_eq!(steps, [JourneyWhat::Failed { attempt: 1, why }, JourneyWhat::Processed]);
    }
}
