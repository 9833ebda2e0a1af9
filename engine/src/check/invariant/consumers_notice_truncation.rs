//! A consumer notices when what it has read is gone.

use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::trace::{Event, Fact};
use crate::wire::{LeaderEpoch, NodeId, Offset, PartitionId};
use std::collections::BTreeMap;

/// **A consumer does not read on behind records that are gone**: where an unclean election has put others in the place of
/// those that it has processed, it is told so before it gets what comes after (KIP-320, `OffsetsForLeaderEpoch`,
/// `SubscriptionState.maybeValidatePosition`). Holds under all settings.
///
/// Not for whom its application sets back to a record that it has got and not processed: `KafkaConsumer.seek` with an
/// offset alone names no epoch, so that nothing is compared ("this will ensure we skip validation"). It shows by what is
/// fetched a second time.
#[derive(Debug, Default)]
pub struct ConsumersNoticeTruncation {
    readings: BTreeMap<(NodeId, PartitionId), Reading>,
}

/// How far a reader has come in a partition, since it was last told where it is.
#[derive(Debug, Default)]
struct Reading {
    /// The offset after what it has fetched last.
    fetched: Offset,
    /// The leader epoch in which that ends.
    epoch: Option<LeaderEpoch>,
    /// What it has processed last.
    last: Option<Processed>,
}

/// A record, as its reader saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Processed {
    offset: Offset,
    subject: KeyId,
    sequence: u32,
    /// It is of no later epoch. The same record in a later one was sent again: that it has the same offset is chance.
    epoch: Option<LeaderEpoch>,
}

impl Invariant for ConsumersNoticeTruncation {
    fn name(&self) -> &'static str {
        "consumers-notice-truncation"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            match event.fact {
                Fact::PositionSet { partition, .. }
                | Fact::LogTruncationDetected { partition, .. }
                | Fact::PartitionRevoked { partition }
                | Fact::PartitionLost { partition } => {
                    self.readings.remove(&(event.node, partition));
                }
                Fact::RecordsFetched {
                    partition,
                    base_offset,
                    records,
                } => {
                    let reading = self.readings.entry((event.node, partition)).or_default();
                    if base_offset < reading.fetched {
                        reading.last = None;
                    }
                    reading.fetched = base_offset + u64::from(records);
                    reading.epoch = epoch_of(event.node, partition, moment);
                }
                Fact::RecordProcessed {
                    partition,
                    offset,
                    subject,
                    sequence,
                    ..
                } => {
                    let reading = self.readings.entry((event.node, partition)).or_default();
                    let now = Processed {
                        offset,
                        subject,
                        sequence,
                        epoch: reading.epoch,
                    };
                    let before = reading.last.replace(now);
                    if let Some(before) = before.filter(|before| before.offset + 1 == offset) {
                        compare(event, partition, before, now, moment)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn compare(event: &Event, id: PartitionId, before: Processed, now: Processed, moment: &Moment) -> Result<(), Broken> {
    let Some(history) = moment.history.partition(id) else {
        return Ok(());
    };
    let has = |record: Processed| {
        let entry = history.committed_at(record.offset)?;
        let place = usize::try_from(record.offset - entry.base_offset).ok()?;
        let stored = entry.batch.records().get(place)?;
        let is_later = record.epoch.is_some_and(|epoch| entry.leader_epoch > epoch);
        Some((stored.subject, stored.sequence) == (record.subject, record.sequence) && !is_later)
    };
    // What it had fetched before the election, or gets from the leader before, may be gone as well: then it is not told yet.
    if has(now) == Some(true) && has(before) == Some(false) {
        let partition = moment.world.names().partition(id);
        let message = format!(
            "{} reads on at {partition}@{}, and what it has read before that is not there any more",
            event.node, now.offset
        );
        return Err(Broken::at(event.id, message));
    }
    Ok(())
}

/// The epoch of the last record that it has fetched.
fn epoch_of(node: NodeId, partition: PartitionId, moment: &Moment) -> Option<LeaderEpoch> {
    let NodeId::Consumer(number) = node else { return None };
    let group = moment.world.group_of(node)?;
    let (_, consumer) = moment.world.consumers_of(group).find(|(of, _)| *of == number)?;
    let owned = consumer.owned().find(|owned| owned.partition == partition)?;
    owned.last_epoch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::node::Bug;
    use crate::trace::ProcessFault;
    use crate::wire::NodeSet;
    use crate::world::Command;

    #[test]
    fn a_consumer_that_says_no_epoch_reads_on() {
        // While the consumers are away, the last replica is lost and comes back empty, and other records come in the place
        // of those that were read.
        let process = |node, fault| Command::Process { node, fault };
        let cut = Command::Cut {
            from: (1..=3).map(NodeId::Consumer).collect(),
            to: NodeSet::only(NodeId::Broker(1)),
            both_ways: true,
        };
        let sick = |bug| {
            let cut = cut.clone();
            Patient::sick(|setup| {
                setup.bug = bug;
                setup.brokers = 1;
                setup.topic.replication_factor = 1;
                setup.broker.min_insync_replicas = 1;
                setup.controller.min_insync_replicas = 1;
                setup.controller.broker_session_timeout_us = 1_000_000;
                setup.commands = vec![
                    (3_000_000, Command::Rate(0)),
                    (3_500_000, cut),
                    (3_600_000, process(NodeId::Broker(1), ProcessFault::LoseDisk)),
                    (5_000_000, process(NodeId::Broker(1), ProcessFault::Start)),
                    (5_500_000, Command::Rate(500)),
                    (7_500_000, Command::Heal),
                ];
            })
        };
        assert_eq!(sick(None), None);
        assert_eq!(sick(Some(Bug::NoFetchFencing)), Some("consumers-notice-truncation"));
    }

    #[test]
    fn whom_its_application_sets_back_is_not_told() {
        let finding = |set_back: Offset| {
            let mut patient = Patient::healthy();
            let (partition, (reader, end)) = (patient.partition(), patient.reader());
            let batches = patient.batches(patient.leader());
            let mut records = batches.iter().flat_map(|entry| entry.batch.records());
            let last = records.nth(end as usize - 1).expect("it was processed");
            let processed = |offset, sequence| Fact::RecordProcessed {
                partition,
                offset,
                subject: last.subject,
                sequence,
                latency_us: 0,
            };
            let fetched = Fact::RecordsFetched {
                partition,
                base_offset: end - set_back,
                records: 1,
            };
            patient.claim(reader, processed(end - 2, u32::MAX));
            patient.claim(reader, fetched);
            patient.claim(reader, processed(end - 1, last.sequence));
            patient.finding(&mut ConsumersNoticeTruncation::default())
        };
        let found = finding(0).expect("it reads on behind a record that is not there");
        assert!(found.contains("is not there any more"), "{found}");
        assert_eq!(finding(1), None);
    }
}
