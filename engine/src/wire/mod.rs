//! What crosses the network: requests, responses and errors by Kafka's names, and the identities they speak of.

mod cluster;
mod consumer_group;
mod error;
mod group;
mod id;
mod message;
mod metadata;
mod node_set;
mod produce_fetch;
mod quorum;
mod share;
mod wire_size;
mod work;

pub use cluster::{
    AdminRequest, AllocateProducerIdsRequest, AllocateProducerIdsResponse, AlterPartition, AlterPartitionRequest,
    AlterPartitionResponse, AlteredPartition, BrokerHeartbeatRequest, BrokerHeartbeatResponse,
    BrokerRegistrationRequest, BrokerRegistrationResponse, InitProducerIdResponse, QuorumRole, QuotaType,
};
pub use consumer_group::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, JOIN_EPOCH, LEAVE_EPOCH, MemberState,
    STATIC_LEAVE_EPOCH, ServerAssignor,
};
pub use error::ErrorCode;
pub use group::{
    Assignment, FindCoordinatorResponse, GroupProtocol, HeartbeatRequest, InstanceId, JoinGroupRequest,
    JoinGroupResponse, JoinedMember, LeaveGroupRequest, MemberId, OffsetCommitRequest, OffsetCommitResponse,
    OffsetFetchResponse, Subscription, SyncGroupRequest, SyncGroupResponse,
};
pub use id::{
    BrokerEpoch, BrokerId, BrokerSet, GroupId, LeaderEpoch, Micros, NodeId, Offset, PartitionId, ProducerEpoch,
    ProducerId, QuorumEpoch, Sequence, TopicId,
};
pub use message::{Api, Channel, Message, Request, RequestBody, Response, ResponseBody};
pub use metadata::{BrokerState, LeaderRecovery, MetadataImage, MetadataRecord, PartitionState, TopicState};
pub use node_set::NodeSet;
pub use produce_fetch::{
    Acks, EpochEnd, FetchPartition, FetchRequest, FetchResponse, FetchedPartition, FetchingReplica, ListOffsetsRequest,
    ListOffsetsResponse, OffsetSpec, ProduceRequest, ProduceResponse, ProducedPartition, ResetTo, SeekTo,
};
pub use quorum::{
    FetchMetadataRequest, FetchMetadataResponse, MetadataEntry, QuorumEpochRequest, QuorumEpochResponse, VoteRequest,
    VoteResponse,
};
pub use share::{
    AcknowledgeType, AcknowledgementBatch, AcquiredRecords, ShareFetchRequest, ShareFetchResponse,
    ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse, ShareMember, SharePartitionRequest,
    SharePartitionResponse,
};
pub use work::{Receipt, WorkItem, WorkMessage};
