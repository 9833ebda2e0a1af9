//! What brokers and administrators ask of the active controller.

use super::{
    BrokerEpoch, BrokerId, ErrorCode, LeaderEpoch, LeaderRecovery, Offset, PartitionId, ProducerEpoch, ProducerId,
};
use std::sync::Arc;

/// A broker says that it is there (KIP-631).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerRegistrationRequest {
    /// Who.
    pub broker: BrokerId,
    /// Its `broker.rack`.
    pub rack: Option<Arc<str>>,
    /// The epoch of its last life, when that ended in a clean shutdown; `None` otherwise (KIP-966,
    /// `CleanShutdownFileHandler`).
    pub previous_broker_epoch: Option<BrokerEpoch>,
    /// Counts its lives, so that a request that is sent twice is told from a broker that is started twice.
    pub incarnation: u32,
}

/// The answer to a [`BrokerRegistrationRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerRegistrationResponse {
    /// `NOT_CONTROLLER`, `DUPLICATE_BROKER_REGISTRATION`.
    pub error: ErrorCode,
    /// The offset of the broker's registration record: it may be unfenced once it has applied that.
    pub broker_epoch: BrokerEpoch,
}

/// A broker is alive, and says how far it is (`BrokerLifecycleManager`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerHeartbeatRequest {
    /// Who.
    pub broker: BrokerId,
    /// Its registration.
    pub broker_epoch: BrokerEpoch,
    /// What it has applied of the metadata log: the next offset.
    pub metadata_offset: Offset,
    /// It wants to be stopped, in order.
    pub want_shut_down: bool,
}

/// The answer to a [`BrokerHeartbeatRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerHeartbeatResponse {
    /// `NOT_CONTROLLER`, `STALE_BROKER_EPOCH`, `BROKER_ID_NOT_REGISTERED`.
    pub error: ErrorCode,
    /// It may not lead.
    pub fenced: bool,
    /// It may stop now.
    pub should_shut_down: bool,
}

/// A leader proposes other in-sync replicas (KIP-497).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterPartitionRequest {
    /// The leader.
    pub broker: BrokerId,
    /// Its registration.
    pub broker_epoch: BrokerEpoch,
    /// One for each partition.
    pub partitions: Vec<AlterPartition>,
}

/// One partition of an [`AlterPartitionRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterPartition {
    /// Which.
    pub partition: PartitionId,
    /// The epoch in which the sender leads.
    pub leader_epoch: LeaderEpoch,
    /// The state from which it starts.
    pub partition_epoch: u32,
    /// The in-sync replicas that it wants, each with the registration that it saw in their fetches (KIP-903); `None`
    /// for those whose registration it has not seen.
    pub new_isr: Vec<(BrokerId, Option<BrokerEpoch>)>,
    /// After an unclean election: whether it has recovered (KIP-704).
    pub recovery: LeaderRecovery,
}

/// The answer to an [`AlterPartitionRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterPartitionResponse {
    /// `NOT_CONTROLLER`, `STALE_BROKER_EPOCH`.
    pub error: ErrorCode,
    /// One for each partition.
    pub partitions: Vec<AlteredPartition>,
}

/// One partition of an [`AlterPartitionResponse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlteredPartition {
    /// Which.
    pub partition: PartitionId,
    /// `FENCED_LEADER_EPOCH`, `INVALID_UPDATE_VERSION`, `INVALID_REQUEST`, `INELIGIBLE_REPLICA`,
    /// `NEW_LEADER_ELECTED`, `UNKNOWN_TOPIC_OR_PARTITION`.
    pub error: ErrorCode,
    /// Who leads.
    pub leader: Option<BrokerId>,
    /// In which epoch.
    pub leader_epoch: LeaderEpoch,
    /// The in-sync replicas now.
    pub isr: Vec<BrokerId>,
    /// Whether the leader has recovered.
    pub recovery: LeaderRecovery,
    /// The state's number.
    pub partition_epoch: u32,
}

/// A broker wants a block of producer ids to hand out (KIP-730).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocateProducerIdsRequest {
    /// Who.
    pub broker: BrokerId,
    /// Its registration.
    pub broker_epoch: BrokerEpoch,
}

/// The answer to an [`AllocateProducerIdsRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocateProducerIdsResponse {
    /// `NOT_CONTROLLER`, `STALE_BROKER_EPOCH`.
    pub error: ErrorCode,
    /// The first.
    pub start: ProducerId,
    /// How many.
    pub len: u32,
}

/// The answer to a producer that wants an id (`InitProducerId`, KIP-98).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InitProducerIdResponse {
    /// `COORDINATOR_LOAD_IN_PROGRESS` while the broker has no block of ids.
    pub error: ErrorCode,
    /// The id.
    pub producer_id: ProducerId,
    /// Its epoch.
    pub epoch: ProducerEpoch,
}

/// What an administrator asks of the controller: `kafka-leader-election`, `kafka-topics --alter`,
/// `kafka-reassign-partitions`, `kafka-configs --alter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminRequest {
    /// `ElectLeaders`: of all partitions of the topic.
    ElectLeaders {
        /// The topic's name.
        topic: Arc<str>,
        /// From outside of the ISR, where nobody in it is alive.
        unclean: bool,
    },
    /// `CreatePartitions`.
    CreatePartitions {
        /// The topic's name.
        topic: Arc<str>,
        /// How many it shall have.
        count: u16,
    },
    /// `AlterPartitionReassignments`: of one partition.
    Reassign {
        /// The topic's name.
        topic: Arc<str>,
        /// The partition's number.
        partition: u16,
        /// The replicas that it shall have.
        replicas: Vec<BrokerId>,
    },
    /// `IncrementalAlterConfigs` of the topic.
    AlterConfigs {
        /// The topic's name.
        topic: Arc<str>,
        /// `unclean.leader.election.enable`, if it shall change.
        unclean: Option<bool>,
        /// `min.insync.replicas`, if it shall change.
        min_insync_replicas: Option<u8>,
    },
    /// `AlterClientQuotas` of every client-id.
    AlterClientQuotas {
        /// Which kind.
        quota: QuotaType,
        /// So many bytes a second for each client; 0 for none.
        bytes_per_s: u64,
    },
}

/// What a client quota limits (`org.apache.kafka.server.quota.QuotaType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuotaType {
    /// `producer_byte_rate`: what a producer sends to a broker.
    Produce,
    /// `consumer_byte_rate`: what a consumer fetches from a broker.
    Fetch,
}

impl QuotaType {
    /// Kafka's name of the quota.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            QuotaType::Produce => "producer_byte_rate",
            QuotaType::Fetch => "consumer_byte_rate",
        }
    }
}

/// The state of a controller in its quorum, by Kafka's name (`QuorumState`, KIP-595, KIP-996).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum QuorumRole {
    Unattached,
    Follower,
    Prospective,
    Candidate,
    Leader,
    Resigned,
}

impl QuorumRole {
    /// Kafka's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            QuorumRole::Unattached => "Unattached",
            QuorumRole::Follower => "Follower",
            QuorumRole::Prospective => "Prospective",
            QuorumRole::Candidate => "Candidate",
            QuorumRole::Leader => "Leader",
            QuorumRole::Resigned => "Resigned",
        }
    }
}
