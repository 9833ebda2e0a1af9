//! Sums over a run, kept up to date event by event.

use super::latency::LatencyHistogram;
use super::recent::Recent;
use super::{Event, Fact, ShareCounters, WorkCounters};
use crate::application::Destination;
use crate::log::KeyId;
use crate::wire::{Micros, NodeId, ProducerEpoch, TopicId};

/// Sums over the whole run.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    /// Records that applications handed to `send()` and that are in an accumulator, or were.
    pub sent: u64,
    /// Records of which the producer knows that they are stored, as far as `acks` tells.
    pub acknowledged: u64,
    /// Records that the application was told to have failed.
    pub failed: u64,
    /// Records that the source's queue had no room for.
    pub dropped: u64,
    /// Batches that left accumulators.
    pub batches: u64,
    /// Batches that were sent again.
    pub retried: u64,
    /// Records that consumers' applications have processed.
    pub processed: u64,
    /// Records that were processed after a later one about the same subject.
    pub out_of_order: u64,
    /// Requests and responses.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// From `send()` to the end of processing, summed over the processed records.
    pub latency_sum_us: u64,
    /// The same, each by itself.
    pub latency: LatencyHistogram,
    /// How long brokers have held back clients that were over their quotas, summed.
    pub throttled_ms: u64,
    /// By partition of the topic.
    pub partitions: Vec<PartitionCounters>,
    /// By subject.
    pub subjects: Vec<SubjectCounters>,
    /// Of the group.
    pub group: GroupCounters,
    /// Of what could not be processed.
    pub retries: RetryCounters,
    /// Partitions are counted of this topic only, once it is known.
    pub(super) main_topic: Option<TopicId>,
    /// The highest epoch that a producer has come to.
    pub producer_epoch: ProducerEpoch,
    /// Of the work queue beside the topic.
    pub work: WorkCounters,
    /// Of all share groups.
    pub share: ShareCounters,
    /// By topic.
    truncated: Vec<u64>,
    now: Micros,
}

/// Sums for a partition.
#[derive(Debug, Clone, Default)]
pub struct PartitionCounters {
    /// Records sent to it.
    pub sent: u64,
    /// Acknowledged.
    pub acknowledged: u64,
    /// Processed.
    pub processed: u64,
    /// Records by what they are about, for the first [`Counters::COUNTED_SUBJECTS`] subjects.
    by_subject: Vec<u32>,
    recent: Recent,
    recent_processed: Recent,
    /// Records that left the accumulator, and the bytes of their batches: how large a record is on average.
    drained: (u64, u64),
}

/// Sums for a subject.
#[derive(Debug, Clone, Copy, Default)]
pub struct SubjectCounters {
    /// Records sent about it.
    pub sent: u64,
    /// Processed.
    pub processed: u64,
    /// Processed after a later one.
    pub out_of_order: u64,
    highest_processed: u32,
    first_partition: u16,
    /// Whether its records went to more than one partition.
    pub is_spread: bool,
}

/// Sums for the group.
#[derive(Debug, Clone, Copy, Default)]
pub struct GroupCounters {
    /// How often a new generation was formed.
    pub generations: u64,
    /// Partitions that changed hands.
    pub revoked: u64,
    /// Commits that consumers have made by themselves.
    pub auto_commits: u64,
}

/// Sums over records that could not be processed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetryCounters {
    /// Attempts that came to nothing.
    pub failed_attempts: u64,
    /// Records passed over.
    pub skipped: u64,
    /// Records sent to retry topics.
    pub sent_to_retry: u64,
    /// Records sent to the dead-letter topic.
    pub sent_to_dead_letters: u64,
    /// Dead letters that the application has taken in hand.
    pub dead_letters: u64,
    /// Dead letters sent back.
    pub redriven: u64,
}

impl PartitionCounters {
    /// Records sent to it in the last five seconds before `now`.
    #[must_use]
    pub fn recent(&self, now: Micros) -> u64 {
        self.recent.sum(now)
    }

    /// Records a second that were sent to it in the last seconds before `now`.
    #[must_use]
    pub fn in_per_s(&self, now: Micros) -> u32 {
        self.recent.per_s(now)
    }

    /// Records a second of it that were processed in the last seconds before `now`.
    #[must_use]
    pub fn out_per_s(&self, now: Micros) -> u32 {
        self.recent_processed.per_s(now)
    }

    /// So many bytes that many of its records take, their share of the batch's header included.
    #[must_use]
    pub fn bytes_of(&self, records: u64) -> u64 {
        let (drained, bytes) = self.drained;
        let all = u128::from(records) * u128::from(bytes) / u128::from(drained.max(1));
        u64::try_from(all).unwrap_or(u64::MAX)
    }

    /// How many of its records are about that subject.
    #[must_use]
    pub fn about(&self, subject: KeyId) -> u64 {
        self.by_subject.get(subject.index()).copied().map_or(0, u64::from)
    }

    /// The positions of the subjects with the most records, and their counts, the most frequent first. One pass: it is
    /// asked for with each refresh of the screen.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<(usize, u64)> {
        let mut top: Vec<(usize, u64)> = Vec::with_capacity(most + 1);
        for (index, count) in self.by_subject.iter().enumerate().filter(|(_, count)| **count > 0) {
            let count = u64::from(*count);
            if top.len() == most && top.last().is_some_and(|(_, least)| *least >= count) {
                continue;
            }
            let place = top.partition_point(|(_, above)| *above >= count);
            top.insert(place, (index, count));
            top.truncate(most);
        }
        top
    }
}

impl Counters {
    /// How many subjects are counted for each partition; the records of others count in the sums only.
    pub const COUNTED_SUBJECTS: usize = 4096;

    #[inline(always)]
    pub(super) fn add(&mut self, event: &Event) {
        self.now = event.at;
        // What a consumer's own producer sends on was sent before, and is counted with the retries.
        if let (NodeId::Relay(_), false) = (event.node, matches!(event.fact, Fact::Sent(_))) {
            return;
        }
        match event.fact {
            Fact::RecordSent { partition, subject, .. } => self.add_sent(event.at, partition.index, subject),
            Fact::Sent(sent) => {
                self.messages += 1;
                self.bytes += u64::from(sent.bytes);
            }
            Fact::BatchAcknowledged { partition, records, .. } => {
                self.acknowledged += u64::from(records);
                self.partition(partition.index).acknowledged += u64::from(records);
            }
            Fact::BatchDrained {
                partition,
                records,
                bytes,
                ..
            } => {
                self.batches += 1;
                let drained = &mut self.partition(partition.index).drained;
                *drained = (drained.0 + u64::from(records), drained.1 + u64::from(bytes));
            }
            Fact::RecordsFailed { records, .. } => self.failed += u64::from(records),
            Fact::Throttled { throttle_ms, .. } => self.throttled_ms += u64::from(throttle_ms),
            Fact::SendTimedOut | Fact::RecordTooLarge { .. } => self.failed += 1,
            Fact::SourceDropped { .. } => self.dropped += 1,
            Fact::BatchRetried { .. } => self.retried += 1,
            Fact::RecordProcessed {
                partition,
                subject,
                sequence,
                latency_us,
                ..
            } => {
                self.latency_sum_us += latency_us;
                self.latency.add(latency_us);
                if self.main_topic.is_none_or(|topic| topic == partition.topic) {
                    let counted = self.partition(partition.index);
                    counted.processed += 1;
                    counted.recent_processed.add(event.at);
                }
                self.add_processed(subject, sequence);
            }
            Fact::AutoCommitted { .. } => self.group.auto_commits += 1,
            Fact::AttemptFailed { .. } => self.retries.failed_attempts += 1,
            Fact::RecordSkipped { .. } => self.retries.skipped += 1,
            Fact::DeadLetterTaken { .. } => self.retries.dead_letters += 1,
            Fact::RecordSentOn { to, .. } => match to {
                Destination::Main => self.retries.redriven += 1,
                Destination::Tier(_) => self.retries.sent_to_retry += 1,
                Destination::DeadLetters => self.retries.sent_to_dead_letters += 1,
            },
            Fact::GroupState {
                state: super::GroupStateName::CompletingRebalance,
                ..
            } => self.group.generations += 1,
            // A consumer group has epochs instead (`consumer-group-rebalance-count`).
            Fact::GroupEpochBumped { .. } => self.group.generations += 1,
            Fact::PartitionRevoked { .. } | Fact::PartitionLost { .. } => self.group.revoked += 1,
            Fact::ProducerEpochBumped { epoch } => self.producer_epoch = self.producer_epoch.max(epoch),
            Fact::Truncated { partition, records, .. } => {
                let topic = usize::from(partition.topic.0);
                if topic >= self.truncated.len() {
                    self.truncated.resize(topic + 1, 0);
                }
                self.truncated[topic] += u64::from(records);
            }
            Fact::Work(work) => self.work.add(&work),
            Fact::Share(share) => self.share.add(&share),
            Fact::ShareFailed { .. } => self.share.failed += 1,
            Fact::ShareProcessed {
                group,
                subject,
                sequence,
                ..
            } => self.share.add_processed(group, subject, sequence),
            _ => {}
        }
    }

    /// Records that replicas of the topic have cut off, because their leader did not have them.
    #[must_use]
    pub fn truncated(&self, topic: TopicId) -> u64 {
        self.truncated.get(usize::from(topic.0)).copied().unwrap_or(0)
    }

    fn partition(&mut self, index: u16) -> &mut PartitionCounters {
        let index = usize::from(index);
        if index >= self.partitions.len() {
            self.partitions.resize_with(index + 1, PartitionCounters::default);
        }
        &mut self.partitions[index]
    }

    fn subject(&mut self, subject: KeyId) -> &mut SubjectCounters {
        let index = subject.index();
        if index >= self.subjects.len() {
            self.subjects.resize_with(index + 1, SubjectCounters::default);
        }
        &mut self.subjects[index]
    }

    #[inline]
    fn add_sent(&mut self, at: Micros, index: u16, subject: KeyId) {
        self.sent += 1;
        let about = self.subject(subject);
        if about.sent == 0 {
            about.first_partition = index;
        }
        about.is_spread |= about.first_partition != index;
        about.sent += 1;
        let partition = self.partition(index);
        partition.sent += 1;
        partition.recent.add(at);
        let place = subject.index();
        if place < Self::COUNTED_SUBJECTS {
            if place >= partition.by_subject.len() {
                partition.by_subject.resize(place + 1, 0);
            }
            partition.by_subject[place] += 1;
        }
    }

    #[inline]
    fn add_processed(&mut self, subject: KeyId, sequence: u32) {
        self.processed += 1;
        let about = self.subject(subject);
        about.processed += 1;
        let late = sequence < about.highest_processed;
        about.highest_processed = about.highest_processed.max(sequence);
        about.out_of_order += u64::from(late);
        self.out_of_order += u64::from(late);
    }

    /// The moment of the last event.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_come_first_and_the_earlier_of_equals() {
        let partition = PartitionCounters {
            by_subject: vec![3, 0, 9, 3, 5, 3],
            ..PartitionCounters::default()
        };
        assert_eq!(partition.top(4), [(2, 9), (4, 5), (0, 3), (3, 3)]);
        assert_eq!(partition.top(9).len(), 5);
    }
}
