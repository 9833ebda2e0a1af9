//! The classic group protocol: join, sync, heartbeat, leave, and the offsets that a group commits.

use super::{BrokerId, ErrorCode, GroupId, Micros, Offset, PartitionId, TopicId};
use std::sync::Arc;

/// A member's name within its group. The coordinator makes it (KIP-394); empty before that.
pub type MemberId = Arc<str>;

/// Where a group's coordinator is.
#[derive(Debug, Clone, Copy)]
pub struct FindCoordinatorResponse {
    /// `COORDINATOR_NOT_AVAILABLE` while `__consumer_offsets` has no leader for the group.
    pub error: ErrorCode,
    /// The broker that leads the group's partition of `__consumer_offsets`.
    pub coordinator: Option<BrokerId>,
}

/// Asks to be a member of the next generation.
#[derive(Debug, Clone)]
pub struct JoinGroupRequest {
    /// The group.
    pub group: GroupId,
    /// Empty at first: the answer is then `MEMBER_ID_REQUIRED` and an id.
    pub member: MemberId,
    /// The member's `session.timeout.ms`.
    pub session_timeout_us: Micros,
    /// The member's `max.poll.interval.ms`: how long the others wait for it in a rebalance.
    pub rebalance_timeout_us: Micros,
    /// What it wants to read.
    pub subscription: Arc<[TopicId]>,
    /// The client's `client.id`, from which the coordinator makes the member id.
    pub client_id: Arc<str>,
}

/// The generation that was formed.
#[derive(Debug, Clone)]
pub struct JoinGroupResponse {
    /// `MEMBER_ID_REQUIRED` with an id, or another error.
    pub error: ErrorCode,
    /// The generation's number.
    pub generation: u32,
    /// The receiver's own id.
    pub member: MemberId,
    /// Who computes the assignment.
    pub leader: MemberId,
    /// All members with what they subscribe to; for the leader only, empty for the others.
    pub members: Vec<JoinedMember>,
}

/// A member as the leader sees it.
#[derive(Debug, Clone)]
pub struct JoinedMember {
    /// Its id.
    pub member: MemberId,
    /// What it wants to read.
    pub subscription: Arc<[TopicId]>,
}

/// What one member owns.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The owner.
    pub member: MemberId,
    /// Its partitions, ascending.
    pub partitions: Arc<[PartitionId]>,
}

/// Hands in (leader) or asks for (all) the assignment.
#[derive(Debug, Clone)]
pub struct SyncGroupRequest {
    /// The group.
    pub group: GroupId,
    /// The sender.
    pub member: MemberId,
    /// Its generation.
    pub generation: u32,
    /// What everybody owns, from the leader; empty from the others.
    pub assignments: Vec<Assignment>,
}

/// What the receiver owns.
#[derive(Debug, Clone)]
pub struct SyncGroupResponse {
    /// Why there is no assignment, if there is none.
    pub error: ErrorCode,
    /// Its partitions, ascending.
    pub partitions: Arc<[PartitionId]>,
}

/// *I am alive*, and the way a member hears of a rebalance.
#[derive(Debug, Clone)]
pub struct HeartbeatRequest {
    /// The group.
    pub group: GroupId,
    /// The sender.
    pub member: MemberId,
    /// Its generation.
    pub generation: u32,
}

/// Goes at once, instead of by the session timeout.
#[derive(Debug, Clone)]
pub struct LeaveGroupRequest {
    /// The group.
    pub group: GroupId,
    /// The sender.
    pub member: MemberId,
}

/// Stores how far a member has read. Each offset is the *next* one to read.
#[derive(Debug, Clone)]
pub struct OffsetCommitRequest {
    /// The group.
    pub group: GroupId,
    /// The sender.
    pub member: MemberId,
    /// Its generation.
    pub generation: u32,
    /// Next offset to read, for each partition.
    pub offsets: Vec<(PartitionId, Offset)>,
}

/// Whether the offsets were stored.
#[derive(Debug, Clone, Copy)]
pub struct OffsetCommitResponse {
    /// Why not.
    pub error: ErrorCode,
}

/// How far a group has read.
#[derive(Debug, Clone)]
pub struct OffsetFetchResponse {
    /// Why there is no answer, if there is none.
    pub error: ErrorCode,
    /// Next offset to read, for each partition that has one.
    pub offsets: Vec<(PartitionId, Offset)>,
}
