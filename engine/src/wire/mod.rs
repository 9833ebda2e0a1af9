//! What crosses the network: requests, responses and errors by Kafka's names, and the identities they speak of.

mod error;
mod group;
mod id;
mod message;
mod metadata;
mod produce_fetch;
mod wire_size;

pub use error::ErrorCode;
pub use group::{
    Assignment, FindCoordinatorResponse, HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, JoinedMember,
    LeaveGroupRequest, MemberId, OffsetCommitRequest, OffsetCommitResponse, OffsetFetchResponse, SyncGroupRequest,
    SyncGroupResponse,
};
pub use id::{BrokerId, GroupId, LeaderEpoch, Micros, NodeId, Offset, PartitionId, TopicId};
pub use message::{Api, Channel, Message, Request, RequestBody, Response, ResponseBody};
pub use metadata::{BrokerState, MetadataImage, MetadataRecord, PartitionState, TopicState};
pub use produce_fetch::{
    Acks, FetchPartition, FetchRequest, FetchResponse, FetchedPartition, ListOffsetsRequest, ListOffsetsResponse,
    OffsetSpec, ProduceRequest, ProduceResponse, ProducedPartition,
};
