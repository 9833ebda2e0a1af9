//! What the cluster is made of: the records of the metadata log, and the image that a node builds from them (KIP-500).

use super::{BrokerId, LeaderEpoch, Offset, PartitionId, TopicId};
use crate::trace::EventId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One record of `__cluster_metadata`, by the name of its schema in Kafka.
#[derive(Debug, Clone)]
pub enum MetadataRecord {
    /// `RegisterBrokerRecord`: a broker is there, fenced until it has caught up.
    RegisterBroker {
        /// Who.
        broker: BrokerId,
        /// Its `broker.rack`.
        rack: Option<Arc<str>>,
    },
    /// `BrokerRegistrationChangeRecord`: fenced or unfenced.
    BrokerRegistrationChange {
        /// Who.
        broker: BrokerId,
        /// May it lead and be in an ISR?
        fenced: bool,
    },
    /// `TopicRecord`.
    Topic {
        /// Its id.
        topic: TopicId,
        /// Its name.
        name: Arc<str>,
    },
    /// `PartitionRecord`, and `PartitionChangeRecord` later: the partition is now so.
    Partition {
        /// Which.
        partition: PartitionId,
        /// Its state.
        state: PartitionState,
        /// The event that made it so, for the trace of those who apply it.
        because: EventId,
    },
}

/// A broker as the controller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerState {
    /// Its `broker.rack`.
    pub rack: Option<Arc<str>>,
    /// May it lead and be in an ISR?
    pub fenced: bool,
}

/// A topic as the controller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicState {
    /// Its name.
    pub name: Arc<str>,
    /// How many partitions it has.
    pub partitions: u16,
}

/// A partition as the controller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionState {
    /// Its replicas in the order of assignment; the first is the preferred leader.
    pub replicas: Arc<[BrokerId]>,
    /// The in-sync replicas, ascending.
    pub isr: Arc<[BrokerId]>,
    /// Who leads.
    pub leader: Option<BrokerId>,
    /// How many leaders there have been.
    pub leader_epoch: LeaderEpoch,
    /// How many times this state has changed.
    pub partition_epoch: u32,
}

/// The cluster at one offset of the metadata log. Shared: a broker answers Metadata with a pointer to its image.
#[derive(Debug, Clone, Default)]
pub struct MetadataImage {
    /// The next record to apply.
    pub offset: Offset,
    /// The brokers.
    pub brokers: BTreeMap<BrokerId, BrokerState>,
    /// The topics.
    pub topics: BTreeMap<TopicId, TopicState>,
    /// The partitions.
    pub partitions: BTreeMap<PartitionId, PartitionState>,
}

impl MetadataImage {
    /// Applies the record at `self.offset`.
    pub fn apply(&mut self, record: &MetadataRecord) {
        self.offset += 1;
        match record {
            MetadataRecord::RegisterBroker { broker, rack } => {
                self.brokers.insert(
                    *broker,
                    BrokerState {
                        rack: rack.clone(),
                        fenced: true,
                    },
                );
            }
            MetadataRecord::BrokerRegistrationChange { broker, fenced } => {
                if let Some(state) = self.brokers.get_mut(broker) {
                    state.fenced = *fenced;
                }
            }
            MetadataRecord::Topic { topic, name } => {
                self.topics.insert(
                    *topic,
                    TopicState {
                        name: name.clone(),
                        partitions: 0,
                    },
                );
            }
            MetadataRecord::Partition { partition, state, .. } => {
                if self.partitions.insert(*partition, state.clone()).is_none()
                    && let Some(topic) = self.topics.get_mut(&partition.topic)
                {
                    topic.partitions += 1;
                }
            }
        }
    }

    /// The topic of that name.
    #[must_use]
    pub fn topic(&self, name: &str) -> Option<(TopicId, &TopicState)> {
        self.topics
            .iter()
            .find(|(_, t)| &*t.name == name)
            .map(|(id, t)| (*id, t))
    }

    /// The partition's leader.
    #[must_use]
    pub fn leader(&self, partition: PartitionId) -> Option<BrokerId> {
        self.partitions.get(&partition).and_then(|p| p.leader)
    }

    /// A topic's partitions, ascending.
    pub fn partitions_of(&self, topic: TopicId) -> impl Iterator<Item = (PartitionId, &PartitionState)> {
        let from = PartitionId { topic, index: 0 };
        let to = PartitionId { topic, index: u16::MAX };
        self.partitions.range(from..=to).map(|(id, state)| (*id, state))
    }
}
