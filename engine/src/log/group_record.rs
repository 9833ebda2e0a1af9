//! What the records of `__consumer_offsets` say.
//!
//! A [`Record`](super::Record) has no room for a value, and the texts of a run are not a node's to write. So a batch of
//! the group coordinator carries beside its records, which have their sizes, what they say: the next coordinator reads
//! it from the log, and from nowhere else.

use crate::wire::{
    GroupId, InstanceId, MemberId, MemberState, Micros, NodeId, Offset, PartitionId, ServerAssignor, Subscription,
    TopicId,
};
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
    /// Something of a consumer group (KIP-848).
    Consumer {
        /// The group.
        group: GroupId,
        /// What.
        record: ConsumerGroupRecord,
    },
    /// `OffsetCommitKey` without a value: what a deleted group had read is forgotten.
    OffsetTombstone {
        /// The group.
        group: GroupId,
        /// What it read.
        partition: PartitionId,
    },
    /// The keys of a group's own records without values: it is deleted.
    GroupTombstone {
        /// The group.
        group: GroupId,
    },
}

/// What a record says of a consumer group. The last that is said of each thing counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsumerGroupRecord {
    /// `ConsumerGroupMetadataValue`.
    Epoch {
        /// The group's epoch.
        epoch: i32,
        /// What it reads, with the number of partitions. Stands for Kafka's hash of both.
        partitions: Box<[(TopicId, u16)]>,
    },
    /// `ConsumerGroupMemberMetadataValue`: a member and what it wants.
    Member {
        /// Its id.
        member: MemberId,
        /// Its process; stands for the client's id and host.
        node: NodeId,
        /// Its `group.instance.id`.
        instance_id: Option<Arc<str>>,
        /// Its `max.poll.interval.ms`.
        rebalance_timeout_us: Micros,
        /// What it wants to read.
        subscription: Arc<[TopicId]>,
        /// The assignor that it asks for.
        assignor: Option<ServerAssignor>,
    },
    /// `ConsumerGroupTargetAssignmentMetadataValue`: for which epoch the target is.
    TargetEpoch {
        /// That epoch.
        epoch: i32,
        /// When it was computed.
        at_us: Micros,
    },
    /// `ConsumerGroupTargetAssignmentMemberValue`: what a member should have.
    Target {
        /// Its id.
        member: MemberId,
        /// Its partitions.
        partitions: Arc<[PartitionId]>,
    },
    /// `ConsumerGroupCurrentMemberAssignmentValue`: how far a member is.
    Current {
        /// Its id.
        member: MemberId,
        /// Its epoch.
        epoch: i32,
        /// The one before.
        previous_epoch: i32,
        /// How far it is.
        state: MemberState,
        /// What it has, and since which epoch.
        assigned: Box<[(PartitionId, i32)]>,
        /// What it was told to give up.
        pending_revocation: Box<[PartitionId]>,
    },
    /// A tombstone: the member is no more.
    Removed {
        /// Its id.
        member: MemberId,
    },
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
