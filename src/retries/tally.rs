//! What is kept of failed records while a run goes on: how many went which way, what stands still, who waits.
//!
//! Taken from the trace as it comes, so that looking costs the engine nothing. All of it is bounded.

use partitura_engine::application::Destination;
use partitura_engine::log::{FailureWhy, KeyId};
use partitura_engine::short_map::ShortMap;
use partitura_engine::trace::{Event, Fact, PauseWhy};
use partitura_engine::wire::{Micros, NodeId, Offset, PartitionId, TopicId};
use std::collections::VecDeque;

/// What has become of the records of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// Attempts that came to nothing.
    pub failed: u64,
    /// Records processed.
    pub processed: u64,
    /// Sent on to a retry topic, after a failure.
    pub sent_on: u64,
    /// Sent on because an earlier record of their key is in retry.
    pub followed: u64,
    /// Sent to the dead letters.
    pub dead: u64,
    /// Sent back to the topic.
    pub redriven: u64,
    /// Passed over.
    pub skipped: u64,
}

/// A record that holds up all behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standstill {
    /// Where.
    pub partition: PartitionId,
    /// At which record.
    pub offset: Offset,
    /// What it is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// Since when.
    pub since_us: Micros,
    /// The last attempt.
    pub tried_us: Micros,
    /// Attempts so far.
    pub attempts: u32,
    /// Why the last one failed.
    pub why: FailureWhy,
    /// Whose application tries it.
    pub node: NodeId,
    /// The partition is paused until then; `None` where the application waits without polling.
    pub paused_until_us: Option<Micros>,
}

/// The last time that something stood still: what was sent before its end, and processed after it, has waited.
#[derive(Debug, Clone, Copy)]
struct Ended {
    from_us: Micros,
    to_us: Micros,
}

/// A record that was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassedOver {
    /// Where it was.
    pub partition: PartitionId,
    /// Its offset.
    pub offset: Offset,
    /// What it is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// When.
    pub at_us: Micros,
}

/// The account of failed records.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// By topic.
    ways: Vec<Ways>,
    /// Until when partitions are paused, because their next record is not due.
    pauses: ShortMap<PartitionId, Micros>,
    stands: Vec<Standstill>,
    /// Standstills that are over: of one partition of a consumer, or of all that it owns.
    ended: ShortMap<(NodeId, Option<PartitionId>), Ended>,
    skipped: VecDeque<PassedOver>,
    waited: u64,
    longest_wait_us: Micros,
}

impl Tally {
    /// So many of the records that were passed over are kept: the last ones.
    pub const SKIPPED: usize = 20;

    /// What has become of the records of that topic.
    #[must_use]
    pub fn ways(&self, topic: TopicId) -> Ways {
        self.ways.get(usize::from(topic.0)).copied().unwrap_or_default()
    }

    /// Until when that partition is paused, if it is at that moment.
    #[must_use]
    pub fn paused_until(&self, partition: PartitionId, now: Micros) -> Option<Micros> {
        self.pauses.get(&partition).copied().filter(|until| *until > now)
    }

    /// What stands still, as it began.
    #[must_use]
    pub fn stands(&self) -> &[Standstill] {
        &self.stands
    }

    /// The last records that were passed over, the oldest first.
    pub fn skipped(&self) -> impl DoubleEndedIterator<Item = &PassedOver> {
        self.skipped.iter()
    }

    /// Records of the topic that were processed later because a failed one stood before them.
    #[must_use]
    pub fn waited(&self) -> u64 {
        self.waited
    }

    /// The longest that one of these waited for it.
    #[must_use]
    pub fn longest_wait_us(&self) -> Micros {
        self.longest_wait_us
    }

    /// Takes note of what happened. `topic` is the main one.
    pub fn absorb(&mut self, event: &Event, topic: Option<TopicId>) {
        match event.fact {
            Fact::RecordProcessed {
                partition,
                offset,
                latency_us,
                ..
            } => {
                self.at(partition).processed += 1;
                self.moves_past(partition, offset, event);
                if Some(partition.topic) == topic && !self.ended.is_empty() {
                    self.count_wait(partition, event, latency_us);
                }
            }
            Fact::AttemptFailed { partition, .. } => {
                self.at(partition).failed += 1;
                self.stand(event);
            }
            Fact::RecordSentOn {
                partition,
                offset,
                to,
                why,
                ..
            } => {
                let ways = self.at(partition);
                match (to, why) {
                    (Destination::Main, _) => ways.redriven += 1,
                    (Destination::DeadLetters, _) => ways.dead += 1,
                    (Destination::Tier(_), FailureWhy::Follows) => ways.followed += 1,
                    (Destination::Tier(_), _) => ways.sent_on += 1,
                }
                self.moves_past(partition, offset, event);
            }
            Fact::RecordSkipped {
                partition,
                offset,
                subject,
                sequence,
            } => {
                self.at(partition).skipped += 1;
                self.moves_past(partition, offset, event);
                if self.skipped.len() == Self::SKIPPED {
                    self.skipped.pop_front();
                }
                self.skipped.push_back(PassedOver {
                    partition,
                    offset,
                    subject,
                    sequence,
                    at_us: event.at,
                });
            }
            Fact::PartitionPaused {
                partition,
                until_us,
                why,
            } => match why {
                PauseWhy::NotDue => drop(self.pauses.insert(partition, until_us)),
                PauseWhy::Stopped => {
                    let here = |stands: &&mut Standstill| (stands.partition, stands.node) == (partition, event.node);
                    if let Some(stands) = self.stands.iter_mut().find(here) {
                        stands.paused_until_us = Some(until_us);
                    }
                }
                PauseWhy::Full => {}
            },
            _ => {}
        }
    }

    #[inline]
    fn at(&mut self, partition: PartitionId) -> &mut Ways {
        let place = usize::from(partition.topic.0);
        if place >= self.ways.len() {
            self.ways.resize(place + 1, Ways::default());
        }
        &mut self.ways[place]
    }

    /// A record has failed: until something else is heard of it, all behind it waits.
    fn stand(&mut self, event: &Event) {
        let Fact::AttemptFailed {
            partition,
            offset,
            subject,
            sequence,
            attempt,
            why,
        } = event.fact
        else {
            return;
        };
        let same = self
            .stands
            .iter()
            .filter(|s| (s.partition, s.offset) == (partition, offset));
        let since_us = same.map(|stands| stands.since_us).min().unwrap_or(event.at);
        let before = |stands: &Standstill| (stands.partition, stands.node) == (partition, event.node);
        self.stands.retain(|stands| !before(stands));
        self.stands.push(Standstill {
            partition,
            offset,
            subject,
            sequence,
            since_us,
            tried_us: event.at,
            attempts: attempt,
            why,
            node: event.node,
            paused_until_us: None,
        });
    }

    /// That application is past that record.
    fn moves_past(&mut self, partition: PartitionId, offset: Offset, event: &Event) {
        let here = |stands: &Standstill| (stands.partition, stands.node) == (partition, event.node);
        let Some(place) = self.stands.iter().position(|s| here(s) && s.offset <= offset) else {
            return;
        };
        let stood = self.stands.remove(place);
        // What is sent on or skipped at once has held up nothing.
        if stood.since_us < event.at {
            let held = stood.paused_until_us.map(|_| partition);
            let ended = Ended {
                from_us: stood.since_us,
                to_us: event.at,
            };
            self.ended.insert((event.node, held), ended);
        }
    }

    fn count_wait(&mut self, partition: PartitionId, event: &Event, latency_us: Micros) {
        let sent_us = event.at.saturating_sub(latency_us);
        let of_partition = self.ended.get(&(event.node, Some(partition)));
        let ended = of_partition.or_else(|| self.ended.get(&(event.node, None)));
        // The record itself ends its standstill in the moment in which it is processed.
        if let Some(ended) = ended.filter(|ended| sent_us < ended.to_us && ended.to_us < event.at) {
            self.waited += 1;
            let wait_us = ended.to_us - sent_us.max(ended.from_us);
            self.longest_wait_us = self.longest_wait_us.max(wait_us);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::log::Dictionary;

    const MAIN: TopicId = TopicId(1);
    const RETRY: TopicId = TopicId(2);

    fn at(topic: TopicId) -> PartitionId {
        PartitionId { topic, index: 0 }
    }

    struct Story {
        tally: Tally,
        subject: KeyId,
    }

    impl Story {
        fn new() -> Self {
            Self {
                tally: Tally::default(),
                subject: Dictionary::default().key("goal").unwrap(),
            }
        }

        fn tell(&mut self, at: Micros, fact: Fact) {
            let event = Event {
                id: at,
                at,
                node: NodeId::Consumer(1),
                cause: 0,
                fact,
            };
            self.tally.absorb(&event, Some(MAIN));
        }

        fn failed(&mut self, at_us: Micros, offset: Offset, attempt: u32) {
            let (subject, why) = (self.subject, FailureWhy::Poison);
            self.tell(
                at_us,
                Fact::AttemptFailed {
                    partition: at(MAIN),
                    offset,
                    subject,
                    sequence: 1,
                    attempt,
                    why,
                },
            );
        }

        fn processed(&mut self, at_us: Micros, topic: TopicId, offset: Offset, latency_us: Micros) {
            let subject = self.subject;
            self.tell(
                at_us,
                Fact::RecordProcessed {
                    partition: at(topic),
                    offset,
                    subject,
                    sequence: 1,
                    latency_us,
                },
            );
        }
    }

    #[test]
    fn what_stood_behind_a_failed_record_has_waited_and_what_came_later_has_not() {
        let mut story = Story::new();
        story.failed(100, 7, 1);
        story.failed(200, 7, 2);
        let stands = story.tally.stands()[0];
        assert_eq!((stands.since_us, stands.attempts, stands.offset), (100, 2, 7));
        story.processed(300, MAIN, 7, 250);
        assert!(story.tally.stands().is_empty());
        assert_eq!(story.tally.waited(), 0, "the failed record itself");
        story.processed(310, MAIN, 8, 260);
        story.processed(320, MAIN, 9, 100);
        story.processed(330, MAIN, 10, 20);
        assert_eq!((story.tally.waited(), story.tally.longest_wait_us()), (2, 200));
    }

    #[test]
    fn a_record_that_is_sent_on_at_once_holds_up_nothing() {
        let mut story = Story::new();
        story.failed(100, 7, 1);
        let subject = story.subject;
        let sent_on = |why, offset| Fact::RecordSentOn {
            partition: at(MAIN),
            offset,
            subject,
            sequence: 1,
            to: Destination::Tier(1),
            due_us: 1_100,
            why,
        };
        story.tell(100, sent_on(FailureWhy::Poison, 7));
        story.tell(150, sent_on(FailureWhy::Follows, 8));
        story.processed(200, MAIN, 9, 150);
        story.processed(1_100, RETRY, 0, 1_050);
        assert!(story.tally.stands().is_empty() && story.tally.waited() == 0);
        let main = story.tally.ways(MAIN);
        assert_eq!((main.failed, main.sent_on, main.followed, main.processed), (1, 1, 1, 1));
        assert_eq!(story.tally.ways(RETRY).processed, 1);
    }

    #[test]
    fn a_pause_is_over_at_its_time() {
        let mut story = Story::new();
        story.tell(
            100,
            Fact::PartitionPaused {
                partition: at(RETRY),
                until_us: 900,
                why: PauseWhy::NotDue,
            },
        );
        assert_eq!(story.tally.paused_until(at(RETRY), 899), Some(900));
        assert_eq!(story.tally.paused_until(at(RETRY), 900), None);
    }

    #[test]
    fn only_the_last_of_what_was_passed_over_is_kept() {
        let mut story = Story::new();
        let subject = story.subject;
        for offset in 0..Tally::SKIPPED as u64 + 5 {
            story.tell(
                offset,
                Fact::RecordSkipped {
                    partition: at(MAIN),
                    offset,
                    subject,
                    sequence: 1,
                },
            );
        }
        assert_eq!(story.tally.skipped().next().unwrap().offset, 5);
        assert_eq!(story.tally.ways(MAIN).skipped, 25);
    }
}
