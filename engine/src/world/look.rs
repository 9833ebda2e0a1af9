//! Looking at a world: fills the [`View`].

use super::{
    BrokerView, ConsumerView, GroupView, LastSent, OwnedView, PartitionView, ProcessState, ProducerView, RecordView,
    ReplicaView, View, World,
};
use crate::broker::{Broker, Replica};
use crate::consumer::{Consumer, ConsumerState};
use crate::coordinator::Group;
use crate::log::{KeyId, LogEntry};
use crate::wire::{BrokerId, NodeId, Offset, PartitionId, PartitionState, TopicId};

/// How many keys a row names at most.
const TOP_KEYS: usize = 8;

impl World {
    /// What can be seen of this moment.
    #[must_use]
    pub fn view(&self) -> View {
        let mut view = View {
            now_us: self.now,
            ..View::default()
        };
        view.brokers = self
            .nodes
            .brokers
            .iter()
            .map(|(broker, _)| self.broker_view(broker))
            .collect();
        view.producers = self.producer_views();
        view.consumers = self.consumer_views();
        view.group = self.group_view();
        if let Some(topic) = self.topic_id() {
            view.partitions = self.partition_views(topic);
            view.replicas = self.replica_views(topic);
        }
        view
    }

    /// The topic that the scenario writes to, once it exists.
    #[must_use]
    pub fn topic_id(&self) -> Option<TopicId> {
        let index = self.topics.iter().position(|name| **name == *self.setup.topic.name)?;
        u16::try_from(index).ok().map(TopicId)
    }

    /// The record at that offset of the leader's log, if it is there.
    #[must_use]
    pub fn record_at(&self, partition: u16, offset: Offset) -> Option<RecordView> {
        let replica = self.leader_replica(PartitionId {
            topic: self.topic_id()?,
            index: partition,
        })?;
        let entry = replica
            .log
            .entries_from(offset)
            .next()
            .filter(|entry| entry.base_offset <= offset)?;
        let place = usize::try_from(offset - entry.base_offset).ok()?;
        (place < entry.batch.records().len()).then(|| record_view(entry, place))
    }

    pub(super) fn broker(&self, id: BrokerId) -> Option<&Broker> {
        self.nodes
            .brokers
            .get(usize::from(id.0).checked_sub(1)?)
            .map(|(broker, _)| broker)
    }

    /// The leader's replica, as the controller sees leadership.
    fn leader_replica(&self, partition: PartitionId) -> Option<&Replica> {
        let leader = self.authority().image().leader(partition)?;
        self.broker(leader)?.replica(partition)
    }

    /// The group at its coordinator.
    fn group(&self) -> Option<(&Broker, &Group)> {
        let name = &self.setup.consumer.group;
        let mut brokers = self.nodes.brokers.iter().map(|(broker, _)| broker);
        brokers.find_map(|broker| {
            let coordinates = broker.coordinates(name);
            Some((broker, broker.coordinator().group(name)?)).filter(|_| coordinates)
        })
    }

    fn group_view(&self) -> GroupView {
        let id = self.setup.consumer.group.to_string();
        match self.group() {
            None => GroupView {
                id,
                ..GroupView::default()
            },
            Some((broker, group)) => GroupView {
                id,
                state: group.state().name(),
                generation: group.generation(),
                coordinator: Some(broker.id()),
                members: u32::try_from(group.members().len()).unwrap_or(u32::MAX),
            },
        }
    }

    fn partition_views(&self, topic: TopicId) -> Vec<PartitionView> {
        let counters = self.trace.counters();
        let recent = |index: usize| counters.partitions.get(index).map_or(0, |p| p.recent(self.now));
        let image = self.authority().image();
        let all: Vec<(PartitionId, &PartitionState)> = image.partitions_of(topic).collect();
        let all_recent: u64 = (0..all.len()).map(recent).sum();
        let group = self.group().map(|(_, group)| group);
        let views = all.into_iter().map(|(id, state)| {
            let index = usize::from(id.index);
            let counted = counters.partitions.get(index);
            let (sent, processed) = counted.map_or((0, 0), |p| (p.sent, p.processed));
            let high_watermark = self.leader_replica(id).map_or(0, |replica| replica.high_watermark);
            let committed = group.and_then(|group| group.committed(id)).unwrap_or(0);
            PartitionView {
                index: id.index,
                leader: state.leader,
                leader_epoch: state.leader_epoch,
                replicas: state.replicas.to_vec(),
                isr: state.isr.to_vec(),
                elr: state.elr.to_vec(),
                under_replicated: state.isr.len() < state.replicas.len(),
                offline: state.leader.is_none(),
                under_min_isr: false,
                at_min_isr: false,
                reassigning: !state.adding.is_empty() || !state.removing.is_empty(),
                unavailable_since_us: None,
                sent,
                share_permille: permille(sent, counters.sent),
                recent_permille: permille(recent(index), all_recent),
                top: self.top_keys(index),
                lag: high_watermark.saturating_sub(committed),
                unprocessed: high_watermark.saturating_sub(processed),
            }
        });
        views.collect()
    }

    fn top_keys(&self, partition: usize) -> Vec<(KeyId, u64)> {
        let Some(counted) = self.trace.counters().partitions.get(partition) else {
            return Vec::new();
        };
        let top = counted.top(TOP_KEYS).into_iter();
        top.filter_map(|(index, count)| Some((self.dictionary.key_at(index)?, count)))
            .collect()
    }

    fn replica_views(&self, topic: TopicId) -> Vec<ReplicaView> {
        let image = self.authority().image();
        let placed = image
            .partitions_of(topic)
            .flat_map(|(id, state)| state.replicas.iter().map(move |b| (id, state, *b)));
        let views = placed.filter_map(|(id, state, broker)| {
            let replica = self.broker(broker)?.replica(id)?;
            Some(ReplicaView {
                partition: id.index,
                broker,
                is_leader: replica.is_leader(),
                in_sync: state.isr.contains(&broker),
                leader_epoch: replica.leader_epoch,
                log_start: replica.log.start(),
                log_end: replica.log.end(),
                high_watermark: replica.high_watermark,
                last: last_records(replica),
                truncated: None,
            })
        });
        views.collect()
    }

    fn broker_view(&self, broker: &Broker) -> BrokerView {
        let image = self.authority().image();
        let id = broker.id();
        let leads = self.topic_id().map_or(0, |topic| {
            image
                .partitions_of(topic)
                .filter(|(_, state)| state.leader == Some(id))
                .count()
        });
        let (produces, fetches) = broker.parked();
        BrokerView {
            id,
            rack: self.setup.racks.get(usize::from(id.0) - 1).cloned(),
            process: ProcessState::Running,
            process_since_us: 0,
            controller: None,
            disk_bytes_per_s: None,
            heard_us: None,
            unfenced: image.brokers.get(&id).is_some_and(|state| !state.fenced),
            leads: u32::try_from(leads).unwrap_or(0),
            coordinates: broker.coordinates(&self.setup.consumer.group),
            parked_produces: u32::try_from(produces).unwrap_or(u32::MAX),
            parked_fetches: u32::try_from(fetches).unwrap_or(u32::MAX),
            held: u32::try_from(broker.held()).unwrap_or(u32::MAX),
            heartbeats_us: broker.heartbeats_us().collect(),
        }
    }

    fn producer_views(&self) -> Vec<ProducerView> {
        let numbered = self.nodes.producers.iter().zip(1..);
        let views = numbered.map(|((producer, _), number)| ProducerView {
            node: NodeId::Producer(number),
            waiting: producer.waiting(),
            in_flight: producer.in_flight(),
            blocked: producer.is_blocked(),
            last: producer.last_sent().map(|last| LastSent {
                at_us: last.at_us,
                key: last.key,
                subject: last.subject,
                partition: u16::try_from(last.partition).unwrap_or(u16::MAX),
            }),
        });
        views.collect()
    }

    fn consumer_views(&self) -> Vec<ConsumerView> {
        let numbered = self.nodes.consumers.iter().zip(1..=u8::MAX);
        let open = numbered.filter(|((consumer, _), _)| consumer.state() != ConsumerState::Closed);
        open.map(|((consumer, _), number)| self.consumer_view(consumer, number))
            .collect()
    }

    fn consumer_view(&self, consumer: &Consumer, number: u8) -> ConsumerView {
        let group = self.group().map(|(_, group)| group);
        let mut lag = 0;
        let owned = consumer.owned().map(|owned| {
            let high_watermark = self
                .leader_replica(owned.partition)
                .map_or(0, |replica| replica.high_watermark);
            let committed: Option<Offset> = group.and_then(|group| group.committed(owned.partition));
            lag += high_watermark.saturating_sub(committed.unwrap_or(0));
            OwnedView {
                partition: owned.partition.index,
                processed: owned.processed,
                committed: owned.committed,
                buffered: owned.buffered,
            }
        });
        let owned = owned.collect();
        ConsumerView {
            node: NodeId::Consumer(number),
            state: consumer.state().name(),
            owned,
            lag,
            busy: consumer.is_busy(),
        }
    }
}

fn permille(part: u64, whole: u64) -> u32 {
    u32::try_from((part * 1000 + whole / 2).checked_div(whole).unwrap_or(0)).unwrap_or(1000)
}

fn last_records(replica: &Replica) -> Vec<RecordView> {
    let newest_first = replica.log.entries_backwards().flat_map(|entry| {
        (0..entry.batch.records().len())
            .rev()
            .map(move |place| record_view(entry, place))
    });
    let mut last: Vec<RecordView> = newest_first.take(ReplicaView::LAST).collect();
    last.reverse();
    last
}

fn record_view(entry: &LogEntry, place: usize) -> RecordView {
    let record = &entry.batch.records()[place];
    RecordView {
        offset: entry.base_offset + place as u64,
        key: record.key,
        subject: record.subject,
        sequence: record.sequence,
        value: record.value,
        acknowledged: false,
        sent_us: entry.batch.base_timestamp_us + u64::from(record.timestamp_delta_us),
    }
}
