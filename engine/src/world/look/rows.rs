//! The partitions, their replicas, and the records in them.

use crate::broker::{Replica, Truncation};
use crate::log::{KeyId, LogEntry};
use crate::wire::{NodeId, Offset, PartitionId, PartitionState, TopicId};
use crate::world::{PartitionView, RecordView, ReplicaView, TruncationView, World};

/// How many keys a row names at most.
const TOP_KEYS: usize = 8;

impl World {
    pub(super) fn partition_views(&self, topic: TopicId) -> Vec<PartitionView> {
        let counters = self.trace.counters();
        let recent = |index: usize| counters.partitions.get(index).map_or(0, |p| p.recent(self.now));
        let image = self.image();
        let all: Vec<(PartitionId, &PartitionState)> = image.partitions_of(topic).collect();
        let all_recent: u64 = (0..all.len()).map(recent).sum();
        let group = self.group().map(|(_, group)| group);
        let views = all.into_iter().map(|(id, state)| {
            let index = usize::from(id.index);
            let counted = counters.partitions.get(index);
            let sent = counted.map_or(0, |p| p.sent);
            let high_watermark = self.leader_replica(id).map_or(0, |replica| replica.high_watermark);
            let committed = self.committed_by(&self.setup.consumer.group, group, id);
            let position = self.position(id);
            // Kafka counts what is in sync at leaders only.
            let (is_led, min_isr) = (state.leader.is_some(), self.effective_min_isr(topic, state));
            PartitionView {
                index: id.index,
                leader: state.leader,
                leader_epoch: state.leader_epoch,
                replicas: state.replicas.to_vec(),
                isr: state.isr.to_vec(),
                elr: state.elr.to_vec(),
                under_replicated: is_led && state.isr.len() < state.replicas.len().saturating_sub(state.adding.len()),
                offline: !is_led,
                under_min_isr: is_led && state.isr.len() < min_isr,
                at_min_isr: is_led && state.isr.len() == min_isr,
                reassigning: !state.adding.is_empty() || !state.removing.is_empty(),
                unavailable_since_us: self.unavailable_since(id.index),
                sent,
                share_permille: permille(sent, counters.sent),
                recent_permille: permille(recent(index), all_recent),
                top: self.top_keys(index),
                lag: high_watermark.saturating_sub(committed.unwrap_or(0)),
                unprocessed: high_watermark.saturating_sub(position.or(committed).unwrap_or(0)),
                heat_permille: self.partition_heat(id.index, state.leader),
                committed,
                position,
                in_per_s: counted.map_or(0, |p| p.in_per_s(self.now)),
                out_per_s: counted.map_or(0, |p| p.out_per_s(self.now)),
            }
        });
        views.collect()
    }

    /// Where the partition's owner has come. One that owns it and does not know yet where to begin is nowhere; of two that
    /// take it for theirs, it is the one further on.
    fn position(&self, id: PartitionId) -> Option<Offset> {
        let consumers = self.nodes.consumers.iter().zip(1..=u8::MAX);
        let main = &self.setup.consumer.group;
        let ours = consumers.filter(|((consumer, _), _)| consumer.config().group == *main);
        let living = ours.filter(|(_, number)| self.is_there(NodeId::Consumer(*number)));
        let owned = living.filter_map(|((consumer, _), _)| consumer.owned().find(|owned| owned.partition == id));
        let placed = owned.filter(|owned| owned.processed > 0 || owned.committed.is_none());
        placed.map(|owned| owned.processed).max()
    }

    fn top_keys(&self, partition: usize) -> Vec<(KeyId, u64)> {
        let Some(counted) = self.trace.counters().partitions.get(partition) else {
            return Vec::new();
        };
        let top = counted.top(TOP_KEYS).into_iter();
        top.filter_map(|(index, count)| Some((self.dictionary.key_at(index)?, count)))
            .collect()
    }

    pub(super) fn replica_views(&self, topic: TopicId) -> Vec<ReplicaView> {
        let image = self.image();
        let placed = image
            .partitions_of(topic)
            .flat_map(|(id, state)| state.replicas.iter().map(move |b| (id, state, *b)));
        let views = placed.filter_map(|(id, state, broker)| {
            let replica = self.broker(broker)?.replica(id)?;
            Some(ReplicaView {
                partition: id.index,
                broker,
                is_leader: replica.is_leader() && self.is_there(broker.into()),
                in_sync: state.isr.contains(&broker),
                leader_epoch: replica.leader_epoch,
                log_start: replica.log.start(),
                log_end: replica.log.end(),
                high_watermark: replica.high_watermark,
                last: self.last_records(id, replica),
                truncated: replica
                    .truncation()
                    .map(|truncation| self.truncation_view(id, truncation)),
            })
        });
        views.collect()
    }
}

fn permille(part: u64, whole: u64) -> u32 {
    u32::try_from((part * 1000 + whole / 2).checked_div(whole).unwrap_or(0)).unwrap_or(1000)
}

/// Every place in a batch, with its entry.
fn places(entry: &LogEntry) -> impl DoubleEndedIterator<Item = (&LogEntry, usize)> {
    (0..entry.batch.records().len()).map(move |place| (entry, place))
}

impl World {
    fn last_records(&self, id: PartitionId, replica: &Replica) -> Vec<RecordView> {
        let newest_first = replica.log.entries_backwards().flat_map(|entry| places(entry).rev());
        let newest_first = newest_first.map(|(entry, place)| self.record_view(id, entry, place));
        let mut last: Vec<RecordView> = newest_first.take(ReplicaView::LAST).collect();
        last.reverse();
        last
    }

    fn truncation_view(&self, id: PartitionId, truncation: &Truncation) -> TruncationView {
        let records = truncation.first.iter().flat_map(places);
        // A batch may have begun before the end that was left.
        let gone = records.filter(|(entry, place)| entry.base_offset + *place as u64 >= truncation.to);
        let gone = gone.map(|(entry, place)| self.record_view(id, entry, place));
        TruncationView {
            at_us: truncation.at_us,
            to: truncation.to,
            records: truncation.records,
            first: gone.take(ReplicaView::LAST).collect(),
        }
    }

    pub(super) fn record_view(&self, id: PartitionId, entry: &LogEntry, place: usize) -> RecordView {
        let record = &entry.batch.records()[place];
        let ordinal = entry.batch.ordinal.wrapping_add(place as u32);
        RecordView {
            offset: entry.base_offset + place as u64,
            key: record.key,
            subject: record.subject,
            sequence: record.sequence,
            value: record.value,
            acknowledged: self.is_acknowledged(id, entry.batch.producer, ordinal),
            sent_us: entry.batch.base_timestamp_us + u64::from(record.timestamp_delta_us),
        }
    }
}
