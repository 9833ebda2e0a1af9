//! The envelope: every request with its answer.

use super::cluster::{
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, AlterPartitionRequest, AlterPartitionResponse,
    BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationRequest, BrokerRegistrationResponse,
    InitProducerIdResponse,
};
use super::consumer_group::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use super::group::{
    FindCoordinatorResponse, HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest,
    OffsetCommitRequest, OffsetCommitResponse, OffsetFetchResponse, SyncGroupRequest, SyncGroupResponse,
};
use super::produce_fetch::{
    FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse, ProduceRequest, ProduceResponse,
};
use super::quorum::{
    FetchMetadataRequest, FetchMetadataResponse, QuorumEpochRequest, QuorumEpochResponse, VoteRequest, VoteResponse,
};
use super::share::{ShareFetchRequest, ShareFetchResponse, ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse};
use super::{ErrorCode, GroupId, MetadataImage, WorkMessage};
use std::sync::Arc;

/// A request's kind (`org.apache.kafka.common.protocol.ApiKeys`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // Each is Kafka's own name.
pub enum Api {
    Produce,
    Fetch,
    ListOffsets,
    Metadata,
    OffsetCommit,
    OffsetFetch,
    FindCoordinator,
    JoinGroup,
    Heartbeat,
    LeaveGroup,
    SyncGroup,
    CreateTopics,
    BrokerRegistration,
    BrokerHeartbeat,
    /// A broker's fetch of `__cluster_metadata`, which Kafka sends as an ordinary Fetch to the controller.
    FetchMetadataLog,
    AlterPartition,
    InitProducerId,
    AllocateProducerIds,
    Vote,
    BeginQuorumEpoch,
    EndQuorumEpoch,
    ConsumerGroupHeartbeat,
    ShareFetch,
    ShareGroupHeartbeat,
    DeleteGroups,
}

impl Api {
    /// Kafka's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Api::Produce => "Produce",
            Api::Fetch => "Fetch",
            Api::ListOffsets => "ListOffsets",
            Api::Metadata => "Metadata",
            Api::OffsetCommit => "OffsetCommit",
            Api::OffsetFetch => "OffsetFetch",
            Api::FindCoordinator => "FindCoordinator",
            Api::JoinGroup => "JoinGroup",
            Api::Heartbeat => "Heartbeat",
            Api::LeaveGroup => "LeaveGroup",
            Api::SyncGroup => "SyncGroup",
            Api::CreateTopics => "CreateTopics",
            Api::BrokerRegistration => "BrokerRegistration",
            Api::BrokerHeartbeat => "BrokerHeartbeat",
            Api::FetchMetadataLog => "Fetch __cluster_metadata",
            Api::AlterPartition => "AlterPartition",
            Api::InitProducerId => "InitProducerId",
            Api::AllocateProducerIds => "AllocateProducerIds",
            Api::Vote => "Vote",
            Api::BeginQuorumEpoch => "BeginQuorumEpoch",
            Api::EndQuorumEpoch => "EndQuorumEpoch",
            Api::ConsumerGroupHeartbeat => "ConsumerGroupHeartbeat",
            Api::ShareFetch => "ShareFetch",
            Api::ShareGroupHeartbeat => "ShareGroupHeartbeat",
            Api::DeleteGroups => "DeleteGroups",
        }
    }
}

/// Which of a client's connections to a broker carries a request. A broker handles one request at a time on each;
/// a consumer keeps a second one to its coordinator, so that heartbeats do not queue behind a parked fetch
/// (`ConsumerNetworkClient`, `AbstractCoordinator`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Produce, fetch and metadata.
    Data,
    /// The group coordinator.
    Coordinator,
}

/// What one node sends to another.
#[derive(Debug, Clone)]
pub enum Message {
    /// A question.
    Request(Request),
    /// Its answer.
    Response(Response),
    /// The connection is closed by the sender. As in TCP it comes after all that was sent before on it.
    Disconnect(Channel),
    /// Something about the work queue beside the topic.
    Work(WorkMessage),
}

/// A question, with what is needed to match its answer.
#[derive(Debug, Clone)]
pub struct Request {
    /// Chosen by the sender, echoed in the response.
    pub correlation: u32,
    /// The connection that carries it.
    pub channel: Channel,
    /// The question.
    pub body: RequestBody,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The request's number.
    pub correlation: u32,
    /// The connection that carries it.
    pub channel: Channel,
    /// The answer.
    pub body: ResponseBody,
}

/// The requests.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // The types say it.
pub enum RequestBody {
    Produce(ProduceRequest),
    Fetch(FetchRequest),
    ListOffsets(ListOffsetsRequest),
    /// All topics, as the asked broker knows them.
    Metadata,
    FindCoordinator(GroupId),
    /// Boxed, as it is large and rare: what each message costs to move is its largest kind.
    JoinGroup(Box<JoinGroupRequest>),
    SyncGroup(SyncGroupRequest),
    Heartbeat(HeartbeatRequest),
    LeaveGroup(LeaveGroupRequest),
    OffsetCommit(OffsetCommitRequest),
    /// The committed offsets of all of a group's partitions.
    OffsetFetch(GroupId),
    /// Creates one topic.
    CreateTopics {
        name: Arc<str>,
        partitions: u16,
        replication_factor: u8,
    },
    BrokerRegistration(BrokerRegistrationRequest),
    BrokerHeartbeat(BrokerHeartbeatRequest),
    FetchMetadataLog(FetchMetadataRequest),
    AlterPartition(AlterPartitionRequest),
    InitProducerId,
    AllocateProducerIds(AllocateProducerIdsRequest),
    Vote(VoteRequest),
    BeginQuorumEpoch(QuorumEpochRequest),
    EndQuorumEpoch(QuorumEpochRequest),
    /// Boxed, as JoinGroup is.
    ConsumerGroupHeartbeat(Box<ConsumerGroupHeartbeatRequest>),
    ShareFetch(ShareFetchRequest),
    ShareGroupHeartbeat(ShareGroupHeartbeatRequest),
    /// One of them.
    DeleteGroups(GroupId),
}

/// The answers.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // The types say it.
pub enum ResponseBody {
    Produce(ProduceResponse),
    Fetch(FetchResponse),
    ListOffsets(ListOffsetsResponse),
    Metadata(Arc<MetadataImage>),
    FindCoordinator(FindCoordinatorResponse),
    JoinGroup(JoinGroupResponse),
    SyncGroup(SyncGroupResponse),
    Heartbeat(ErrorCode),
    LeaveGroup(ErrorCode),
    OffsetCommit(OffsetCommitResponse),
    OffsetFetch(OffsetFetchResponse),
    CreateTopics(ErrorCode),
    BrokerRegistration(BrokerRegistrationResponse),
    BrokerHeartbeat(BrokerHeartbeatResponse),
    FetchMetadataLog(FetchMetadataResponse),
    AlterPartition(AlterPartitionResponse),
    InitProducerId(InitProducerIdResponse),
    AllocateProducerIds(AllocateProducerIdsResponse),
    Vote(VoteResponse),
    BeginQuorumEpoch(QuorumEpochResponse),
    EndQuorumEpoch(QuorumEpochResponse),
    ConsumerGroupHeartbeat(ConsumerGroupHeartbeatResponse),
    ShareFetch(ShareFetchResponse),
    ShareGroupHeartbeat(ShareGroupHeartbeatResponse),
    DeleteGroups(ErrorCode),
}

impl RequestBody {
    /// Its kind.
    #[must_use]
    pub fn api(&self) -> Api {
        match self {
            RequestBody::Produce(_) => Api::Produce,
            RequestBody::Fetch(_) => Api::Fetch,
            RequestBody::ListOffsets(_) => Api::ListOffsets,
            RequestBody::Metadata => Api::Metadata,
            RequestBody::FindCoordinator(_) => Api::FindCoordinator,
            RequestBody::JoinGroup(_) => Api::JoinGroup,
            RequestBody::SyncGroup(_) => Api::SyncGroup,
            RequestBody::Heartbeat(_) => Api::Heartbeat,
            RequestBody::LeaveGroup(_) => Api::LeaveGroup,
            RequestBody::OffsetCommit(_) => Api::OffsetCommit,
            RequestBody::OffsetFetch(_) => Api::OffsetFetch,
            RequestBody::CreateTopics { .. } => Api::CreateTopics,
            RequestBody::BrokerRegistration(_) => Api::BrokerRegistration,
            RequestBody::BrokerHeartbeat(_) => Api::BrokerHeartbeat,
            RequestBody::FetchMetadataLog(_) => Api::FetchMetadataLog,
            RequestBody::AlterPartition(_) => Api::AlterPartition,
            RequestBody::InitProducerId => Api::InitProducerId,
            RequestBody::AllocateProducerIds(_) => Api::AllocateProducerIds,
            RequestBody::Vote(_) => Api::Vote,
            RequestBody::BeginQuorumEpoch(_) => Api::BeginQuorumEpoch,
            RequestBody::EndQuorumEpoch(_) => Api::EndQuorumEpoch,
            RequestBody::ConsumerGroupHeartbeat(_) => Api::ConsumerGroupHeartbeat,
            RequestBody::ShareFetch(_) => Api::ShareFetch,
            RequestBody::ShareGroupHeartbeat(_) => Api::ShareGroupHeartbeat,
            RequestBody::DeleteGroups(_) => Api::DeleteGroups,
        }
    }
}

impl ResponseBody {
    /// The kind of request that it answers.
    #[must_use]
    pub fn api(&self) -> Api {
        match self {
            ResponseBody::Produce(_) => Api::Produce,
            ResponseBody::Fetch(_) => Api::Fetch,
            ResponseBody::ListOffsets(_) => Api::ListOffsets,
            ResponseBody::Metadata(_) => Api::Metadata,
            ResponseBody::FindCoordinator(_) => Api::FindCoordinator,
            ResponseBody::JoinGroup(_) => Api::JoinGroup,
            ResponseBody::SyncGroup(_) => Api::SyncGroup,
            ResponseBody::Heartbeat(_) => Api::Heartbeat,
            ResponseBody::LeaveGroup(_) => Api::LeaveGroup,
            ResponseBody::OffsetCommit(_) => Api::OffsetCommit,
            ResponseBody::OffsetFetch(_) => Api::OffsetFetch,
            ResponseBody::CreateTopics(_) => Api::CreateTopics,
            ResponseBody::BrokerRegistration(_) => Api::BrokerRegistration,
            ResponseBody::BrokerHeartbeat(_) => Api::BrokerHeartbeat,
            ResponseBody::FetchMetadataLog(_) => Api::FetchMetadataLog,
            ResponseBody::AlterPartition(_) => Api::AlterPartition,
            ResponseBody::InitProducerId(_) => Api::InitProducerId,
            ResponseBody::AllocateProducerIds(_) => Api::AllocateProducerIds,
            ResponseBody::Vote(_) => Api::Vote,
            ResponseBody::BeginQuorumEpoch(_) => Api::BeginQuorumEpoch,
            ResponseBody::EndQuorumEpoch(_) => Api::EndQuorumEpoch,
            ResponseBody::ConsumerGroupHeartbeat(_) => Api::ConsumerGroupHeartbeat,
            ResponseBody::ShareFetch(_) => Api::ShareFetch,
            ResponseBody::ShareGroupHeartbeat(_) => Api::ShareGroupHeartbeat,
            ResponseBody::DeleteGroups(_) => Api::DeleteGroups,
        }
    }

    /// The first error that it reports.
    #[must_use]
    pub fn error(&self) -> ErrorCode {
        match self {
            ResponseBody::Produce(r) => first_error(r.partitions.iter().map(|p| p.error)),
            ResponseBody::Fetch(r) => first_error(r.partitions.iter().map(|p| p.error)),
            ResponseBody::ListOffsets(r) => first_error(r.partitions.iter().map(|p| p.error)),
            ResponseBody::FindCoordinator(r) => r.error,
            ResponseBody::JoinGroup(r) => r.error,
            ResponseBody::SyncGroup(r) => r.error,
            ResponseBody::Heartbeat(e)
            | ResponseBody::LeaveGroup(e)
            | ResponseBody::CreateTopics(e)
            | ResponseBody::DeleteGroups(e) => *e,
            ResponseBody::OffsetCommit(r) => r.error,
            ResponseBody::OffsetFetch(r) => r.error,
            ResponseBody::BrokerRegistration(r) => r.error,
            ResponseBody::BrokerHeartbeat(r) => r.error,
            ResponseBody::FetchMetadataLog(r) => r.error,
            ResponseBody::AlterPartition(r) if r.error != ErrorCode::None => r.error,
            ResponseBody::AlterPartition(r) => first_error(r.partitions.iter().map(|p| p.error)),
            ResponseBody::InitProducerId(r) => r.error,
            ResponseBody::AllocateProducerIds(r) => r.error,
            ResponseBody::BeginQuorumEpoch(r) | ResponseBody::EndQuorumEpoch(r) => r.error,
            ResponseBody::ConsumerGroupHeartbeat(r) => r.error,
            ResponseBody::ShareFetch(r) => first_error(r.partitions.iter().map(|p| p.error)),
            ResponseBody::ShareGroupHeartbeat(r) => r.error,
            ResponseBody::Metadata(_) | ResponseBody::Vote(_) => ErrorCode::None,
        }
    }
}

fn first_error(errors: impl Iterator<Item = ErrorCode>) -> ErrorCode {
    errors
        .into_iter()
        .find(|e| *e != ErrorCode::None)
        .unwrap_or(ErrorCode::None)
}
