//! The classic group protocol: join, sync, heartbeat, leave, and the offsets that a group commits.

use super::{BrokerId, ErrorCode, GroupId, Micros, Offset, PartitionId, TopicId};
use std::sync::Arc;

/// A member's name within its group. The coordinator makes it (KIP-394); empty before that.
pub type MemberId = Arc<str>;

/// A static member's `group.instance.id`: the same over all its restarts (KIP-345).
pub type InstanceId = Arc<str>;

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
    /// `group.instance.id`; `None` for a dynamic member.
    pub instance: Option<InstanceId>,
    /// The assignors that it knows, the one that it likes best first (`partition.assignment.strategy`).
    pub protocols: Arc<[GroupProtocol]>,
    /// The client's `client.id`, from which the coordinator makes the member id.
    pub client_id: Arc<str>,
}

/// An assignor that a member knows, and what the leader has to know of the member if that one is chosen
/// (`JoinGroupRequestProtocol`). The coordinator does not look into the metadata, but for whether they have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupProtocol {
    /// Such as `range`.
    pub name: Arc<str>,
    /// What the member says of itself.
    pub metadata: Subscription,
}

/// What a member tells the leader (`ConsumerProtocolSubscription`, version 3). What the sticky assignor of Kafka writes
/// into the user data, namely what the member had and in which generation, has its place in `owned` and `generation`, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// What it wants to read.
    pub topics: Arc<[TopicId]>,
    /// What it owns, ascending; nothing once it has given up all.
    pub owned: Arc<[PartitionId]>,
    /// The generation in which it got that; `None` stands for Kafka's -1.
    pub generation: Option<u32>,
}

impl Subscription {
    /// Wants these topics and owns nothing yet.
    #[must_use]
    pub fn to(topics: impl Into<Arc<[TopicId]>>) -> Self {
        Self {
            topics: topics.into(),
            owned: [].into(),
            generation: None,
        }
    }
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
    /// The assignor that was chosen; `None` with an error.
    pub protocol: Option<Arc<str>>,
    /// Who computes the assignment.
    pub leader: MemberId,
    /// The leader is not to compute anything: it came back as a static member, and what was assigned stays (KIP-814).
    pub skip_assignment: bool,
    /// All members with what they subscribe to; for the leader only, empty for the others.
    pub members: Vec<JoinedMember>,
}

/// A member as the leader sees it.
#[derive(Debug, Clone)]
pub struct JoinedMember {
    /// Its id.
    pub member: MemberId,
    /// `group.instance.id` of a static member.
    pub instance: Option<InstanceId>,
    /// What it says of itself under the chosen protocol.
    pub metadata: Subscription,
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
    /// Its `group.instance.id`, if it is a static member.
    pub instance: Option<InstanceId>,
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
    /// Its `group.instance.id`, if it is a static member.
    pub instance: Option<InstanceId>,
    /// Its generation.
    pub generation: u32,
}

/// Goes at once, instead of by the session timeout.
#[derive(Debug, Clone)]
pub struct LeaveGroupRequest {
    /// The group.
    pub group: GroupId,
    /// Who goes: the sender. Empty when an administrator removes a static member by its instance id.
    pub member: MemberId,
    /// The `group.instance.id` of who goes, if that is a static member.
    pub instance: Option<InstanceId>,
}

/// Stores how far a member has read. Each offset is the *next* one to read.
#[derive(Debug, Clone)]
pub struct OffsetCommitRequest {
    /// The group.
    pub group: GroupId,
    /// The sender; empty for whoever is in no group: an administrator, or a consumer that assigns itself.
    pub member: MemberId,
    /// Its `group.instance.id`, if it is a static member.
    pub instance: Option<InstanceId>,
    /// Its generation; `None` stands for Kafka's -1, of whoever is in no group.
    pub generation: Option<u32>,
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
