//! What the records of `__consumer_offsets` say.
//!
//! A [`Record`](super::Record) has no room for a value, and the texts of a run are not a node's to write. So a batch of
//! the group coordinator carries beside its records, which have their sizes, what they say: the next coordinator reads
//! it from the log, and from nowhere else.

use crate::wire::{GroupId, InstanceId, MemberId, Micros, NodeId, Offset, PartitionId, Subscription};
use std::sync::Arc;

/// What a record of `__consumer_offsets` says (`GroupCoordinatorRecordHelpers`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupRecord {
    /// `OffsetCommitKey` and `OffsetCommitValue`: how far a group has read.
    Offset {
        /// The group.
        group: GroupId,
        /// What it reads.
        partition: PartitionId,
        /// The next offset to read.
        offset: Offset,
    },
    /// `GroupMetadataKey` and `GroupMetadataValue`: a classic group with its members.
    Metadata(GroupMetadata),
}

/// A classic group as it is stored, once its members know what they own, or once it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMetadata {
    /// The group.
    pub group: GroupId,
    /// Its generation.
    pub generation: u32,
    /// The assignor of that generation.
    pub protocol: Option<Arc<str>>,
    /// The member that computed the assignment.
    pub leader: Option<MemberId>,
    /// Its members, in the order in which they came.
    pub members: Box<[MemberMetadata]>,
}

/// A member of a stored group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberMetadata {
    /// Its id.
    pub id: MemberId,
    /// Its `group.instance.id`, if it is a static member.
    pub instance: Option<InstanceId>,
    /// Its process; stands for the client's id and host.
    pub node: NodeId,
    /// Its `session.timeout.ms`.
    pub session_timeout_us: Micros,
    /// Its `max.poll.interval.ms`.
    pub rebalance_timeout_us: Micros,
    /// What it said of itself under the chosen protocol.
    pub subscription: Subscription,
    /// What it owns.
    pub assignment: Arc<[PartitionId]>,
}
