//! What the cluster is made of: the records of the metadata log, and the image that a node builds from them (KIP-500).

use super::{BrokerEpoch, BrokerId, LeaderEpoch, Offset, PartitionId, ProducerId, QuorumEpoch, QuotaType, TopicId};
use crate::short_map::ShortMap;
use crate::trace::EventId;
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
        /// Which of its lives.
        incarnation: u32,
    },
    /// `BrokerRegistrationChangeRecord`: fenced or unfenced, and whether it is about to stop.
    BrokerRegistrationChange {
        /// Who.
        broker: BrokerId,
        /// May it lead and be in an ISR?
        fenced: bool,
        /// Its leaderships are being moved away.
        in_controlled_shutdown: bool,
    },
    /// `TopicRecord`.
    Topic {
        /// Its id.
        topic: TopicId,
        /// Its name.
        name: Arc<str>,
    },
    /// `LeaderChangeMessage`: the first record of each epoch of the quorum. The image does not keep it.
    LeaderChange {
        /// The controller that leads from here on.
        leader: u8,
        /// In this epoch.
        epoch: QuorumEpoch,
    },
    /// `ProducerIdsRecord`: all ids below are handed out.
    ProducerIds {
        /// The next one.
        next: ProducerId,
    },
    /// `ConfigRecord` of a topic, for the settings that can be changed while the cluster runs.
    TopicConfig {
        /// Which topic.
        topic: TopicId,
        /// `unclean.leader.election.enable`; `None` for the cluster's.
        unclean: Option<bool>,
        /// `min.insync.replicas`; `None` for the cluster's.
        min_insync_replicas: Option<u8>,
    },
    /// `ClientQuotaRecord` of every client-id.
    ClientQuota {
        /// Which kind.
        quota: QuotaType,
        /// So many bytes a second for each client; 0 for none.
        bytes_per_s: u64,
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
    /// Its leaderships are being moved away, because it is about to stop.
    pub in_controlled_shutdown: bool,
    /// Its registration.
    pub epoch: BrokerEpoch,
    /// Which of its lives.
    pub incarnation: u32,
}

impl BrokerState {
    /// May it lead, and join an ISR (`ClusterControlManager.isActive`)?
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.fenced && !self.in_controlled_shutdown
    }
}

/// A topic as the controller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicState {
    /// Its name.
    pub name: Arc<str>,
    /// How many partitions it has.
    pub partitions: u16,
    /// `unclean.leader.election.enable`, where the topic has its own.
    pub unclean: Option<bool>,
    /// `min.insync.replicas`, where the topic has its own.
    pub min_insync_replicas: Option<u8>,
}

/// Whether a leader that was elected uncleanly has finished its recovery (KIP-704).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs)]
pub enum LeaderRecovery {
    #[default]
    Recovered,
    Recovering,
}

/// A partition as the controller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionState {
    /// Its replicas in the order of assignment; the first is the preferred leader.
    pub replicas: Arc<[BrokerId]>,
    /// The in-sync replicas, in the order in which Kafka keeps them: that of the request that made them so.
    pub isr: Arc<[BrokerId]>,
    /// The eligible leader replicas: those that left while the ISR was below `min.insync.replicas`, and have all that
    /// is committed (KIP-966).
    pub elr: Arc<[BrokerId]>,
    /// The last leader, remembered when nobody is left in ISR and ELR (KIP-966).
    pub last_known_leader: Option<BrokerId>,
    /// Whether the leader has recovered from an unclean election.
    pub recovery: LeaderRecovery,
    /// Replicas that a reassignment adds, until they are in sync (KIP-455).
    pub adding: Arc<[BrokerId]>,
    /// Replicas that a reassignment removes, once the others are in sync.
    pub removing: Arc<[BrokerId]>,
    /// Who leads.
    pub leader: Option<BrokerId>,
    /// How many leaders there have been.
    pub leader_epoch: LeaderEpoch,
    /// How many times this state has changed.
    pub partition_epoch: u32,
}

impl PartitionState {
    /// That of a new partition: no reassignment, nothing to recover.
    #[must_use]
    pub fn new(replicas: Arc<[BrokerId]>, isr: Arc<[BrokerId]>, leader: Option<BrokerId>) -> Self {
        Self {
            replicas,
            isr,
            elr: Arc::default(),
            last_known_leader: None,
            recovery: LeaderRecovery::Recovered,
            adding: Arc::default(),
            removing: Arc::default(),
            leader,
            leader_epoch: 0,
            partition_epoch: 0,
        }
    }

    /// Whether a reassignment is under way (KIP-455).
    #[must_use]
    pub fn is_reassigning(&self) -> bool {
        !self.adding.is_empty() || !self.removing.is_empty()
    }
}

/// The cluster at one offset of the metadata log. Shared: a broker answers Metadata with a pointer to its image.
#[derive(Debug, Clone, Default)]
pub struct MetadataImage {
    /// The next record to apply.
    pub offset: Offset,
    /// The brokers.
    pub brokers: ShortMap<BrokerId, BrokerState>,
    /// The topics.
    pub topics: ShortMap<TopicId, TopicState>,
    /// The partitions.
    pub partitions: ShortMap<PartitionId, PartitionState>,
    /// The next producer id to hand out.
    pub next_producer_id: ProducerId,
    /// The quotas of every client-id that were altered, in bytes a second; 0 for one that was taken away.
    pub client_quotas: ShortMap<QuotaType, u64>,
}

impl MetadataImage {
    /// Applies the record at `self.offset`.
    pub fn apply(&mut self, record: &MetadataRecord) {
        let epoch = self.offset;
        self.offset += 1;
        match record {
            MetadataRecord::RegisterBroker {
                broker,
                rack,
                incarnation,
            } => {
                let state = BrokerState {
                    rack: rack.clone(),
                    fenced: true,
                    in_controlled_shutdown: false,
                    epoch,
                    incarnation: *incarnation,
                };
                self.brokers.insert(*broker, state);
            }
            MetadataRecord::BrokerRegistrationChange {
                broker,
                fenced,
                in_controlled_shutdown,
            } => {
                if let Some(state) = self.brokers.get_mut(broker) {
                    state.fenced = *fenced;
                    state.in_controlled_shutdown = *in_controlled_shutdown;
                }
            }
            MetadataRecord::LeaderChange { .. } => {}
            MetadataRecord::ProducerIds { next } => self.next_producer_id = *next,
            MetadataRecord::TopicConfig {
                topic,
                unclean,
                min_insync_replicas,
            } => {
                if let Some(state) = self.topics.get_mut(topic) {
                    state.unclean = *unclean;
                    state.min_insync_replicas = *min_insync_replicas;
                }
            }
            MetadataRecord::ClientQuota { quota, bytes_per_s } => {
                self.client_quotas.insert(*quota, *bytes_per_s);
            }
            MetadataRecord::Topic { topic, name } => {
                self.topics.insert(
                    *topic,
                    TopicState {
                        name: name.clone(),
                        partitions: 0,
                        unclean: None,
                        min_insync_replicas: None,
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
