//! The consumer group protocol of KIP-848: one request that says *I am alive*, *this is what I want and have*, and whose
//! answer says *this is what you should have*.

use super::{ErrorCode, GroupId, MemberId, Micros, PartitionId, TopicId};
use std::sync::Arc;

/// With this epoch a member joins, for the first time or again.
pub const JOIN_EPOCH: i32 = 0;
/// With this one it leaves for good.
pub const LEAVE_EPOCH: i32 = -1;
/// With this one a static member leaves for a while: what it has is kept for its next life, until its session ends.
pub const STATIC_LEAVE_EPOCH: i32 = -2;

/// Who gets what, computed by the coordinator (`group.consumer.assignors`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ServerAssignor {
    /// All have as many partitions as the others, and keep what they have.
    #[default]
    Uniform,
    /// Of each topic a block, the same one of each; kept where it can be.
    Range,
}

impl ServerAssignor {
    /// Kafka's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ServerAssignor::Uniform => "uniform",
            ServerAssignor::Range => "range",
        }
    }
}

/// How far a member is on its way to its target (`MemberState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MemberState {
    /// It has what it should have.
    #[default]
    Stable,
    /// It was told to give partitions up, and has not said yet that it has.
    UnrevokedPartitions,
    /// It waits for partitions that others have not given up yet.
    UnreleasedPartitions,
}

impl MemberState {
    /// Kafka's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            MemberState::Stable => "STABLE",
            MemberState::UnrevokedPartitions => "UNREVOKED_PARTITIONS",
            MemberState::UnreleasedPartitions => "UNRELEASED_PARTITIONS",
        }
    }
}

/// What a member says of itself (`ConsumerGroupHeartbeatRequest.json`). What has not changed since the last time is left
/// out; all of it is there when the member joins or the last answer was an error.
#[derive(Debug, Clone)]
pub struct ConsumerGroupHeartbeatRequest {
    /// The group.
    pub group: GroupId,
    /// The sender, who has made this id itself.
    pub member: MemberId,
    /// Its epoch, or [`JOIN_EPOCH`], [`LEAVE_EPOCH`] or [`STATIC_LEAVE_EPOCH`].
    pub member_epoch: i32,
    /// `group.instance.id`, of a static member.
    pub instance_id: Option<Arc<str>>,
    /// How long it may take to give partitions up: its `max.poll.interval.ms`.
    pub rebalance_timeout_us: Option<Micros>,
    /// What it wants to read.
    pub subscription: Option<Arc<[TopicId]>>,
    /// `group.remote.assignor`. The one that most members want is used.
    pub assignor: Option<ServerAssignor>,
    /// What it owns now.
    pub owned: Option<Arc<[PartitionId]>>,
}

/// What a member learns (`ConsumerGroupHeartbeatResponse.json`).
#[derive(Debug, Clone)]
pub struct ConsumerGroupHeartbeatResponse {
    /// `FENCED_MEMBER_EPOCH` or `UNKNOWN_MEMBER_ID`: the member has to drop everything and join again.
    pub error: ErrorCode,
    /// The receiver.
    pub member: MemberId,
    /// Its epoch from now on.
    pub member_epoch: i32,
    /// When the next heartbeat is due (`group.consumer.heartbeat.interval.ms`).
    pub heartbeat_interval_us: Micros,
    /// What it should own, where that has changed or it has asked for it all.
    pub assignment: Option<Arc<[PartitionId]>>,
}

impl ConsumerGroupHeartbeatResponse {
    /// An error, and nothing else.
    #[must_use]
    pub fn refusal(error: ErrorCode) -> Self {
        Self {
            error,
            member: "".into(),
            member_epoch: 0,
            heartbeat_interval_us: 0,
            assignment: None,
        }
    }
}
