//! Share groups (KIP-932): what their members ask brokers for, and what they get.

use super::{ErrorCode, GroupId, Micros, NodeId, Offset, PartitionId};
use crate::log::LogEntry;
use std::sync::Arc;

/// A member of a share group, in one of its lives. Stands for the UUID that a share consumer gives itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShareMember {
    /// Which consumer.
    pub node: NodeId,
    /// Counts its lives: a process that starts again is another member.
    pub life: u32,
}

/// What the application says of a record (`AcknowledgeType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AcknowledgeType {
    /// It is done.
    Accept,
    /// Somebody shall try again.
    Release,
    /// Nobody shall try again.
    Reject,
    /// It takes longer: the lock begins anew (KIP-1222).
    Renew,
}

/// Some records in a row, of which the same is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcknowledgementBatch {
    /// The first one's offset.
    pub first: Offset,
    /// The last one's.
    pub last: Offset,
    /// What is said.
    pub kind: AcknowledgeType,
}

/// One partition of a [`ShareFetchRequest`].
#[derive(Debug, Clone)]
pub struct SharePartitionRequest {
    /// Which.
    pub partition: PartitionId,
    /// What is said of records that were acquired before.
    pub acknowledgements: Vec<AcknowledgementBatch>,
    /// Whether more are wanted.
    pub fetch: bool,
}

/// ShareFetch, and ShareAcknowledge where no partition is fetched: acknowledgements ride on fetches.
#[derive(Debug, Clone)]
pub struct ShareFetchRequest {
    /// The group.
    pub group: GroupId,
    /// Who asks.
    pub member: ShareMember,
    /// The member closes its share session (epoch −1): what it still has is released.
    pub is_final: bool,
    /// How long the broker may hold the request while there is nothing to acquire.
    pub max_wait_us: Micros,
    /// The most bytes.
    pub max_bytes: u32,
    /// `max.poll.records`: no further batch is begun above that.
    pub max_records: u32,
    /// The partitions.
    pub partitions: Vec<SharePartitionRequest>,
}

/// Records in a row that the member has now, and how often each was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcquiredRecords {
    /// The first one's offset.
    pub first: Offset,
    /// The last one's.
    pub last: Offset,
    /// This delivery included.
    pub delivery_count: u16,
}

/// One partition of a [`ShareFetchResponse`].
#[derive(Debug, Clone)]
pub struct SharePartitionResponse {
    /// Which.
    pub partition: PartitionId,
    /// Why nothing could be acquired, if something is wrong.
    pub error: ErrorCode,
    /// Why the acknowledgements do not count, if they do not.
    pub acknowledge_error: ErrorCode,
    /// Whole batches. Only what was acquired is the member's.
    pub entries: Vec<LogEntry>,
    /// What it has acquired, ascending.
    pub acquired: Vec<AcquiredRecords>,
}

/// The answer to a [`ShareFetchRequest`].
#[derive(Debug, Clone)]
pub struct ShareFetchResponse {
    /// Those with records, and those of which something was said.
    pub partitions: Vec<SharePartitionResponse>,
}

/// A member shows that it is there, and learns its partitions.
#[derive(Debug, Clone)]
pub struct ShareGroupHeartbeatRequest {
    /// The group.
    pub group: GroupId,
    /// Who.
    pub member: ShareMember,
    /// The epoch that it is in; 0 to join, −1 to leave.
    pub epoch: i32,
    /// The topic that it subscribes to.
    pub topic: Arc<str>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct ShareGroupHeartbeatResponse {
    /// What is wrong, if something is.
    pub error: ErrorCode,
    /// The epoch that the member is in now.
    pub epoch: i32,
    /// When the next heartbeat is due.
    pub interval_us: Micros,
    /// The partitions that it reads, together with others.
    pub assignment: Arc<[PartitionId]>,
}
