//! What controllers say to each other, and what brokers fetch from them: the requests of KRaft (KIP-595, KIP-996).

use super::{ErrorCode, MetadataRecord, NodeId, Offset, QuorumEpoch};
use crate::trace::EventId;

/// Asks for a vote, or first whether there would be one (`PreVote`, KIP-996).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteRequest {
    /// The epoch that the candidate would lead; for a pre-vote, the one that it is in.
    pub epoch: QuorumEpoch,
    /// The number of the controller that asks.
    pub candidate: u8,
    /// The epoch of the last record of its log.
    pub last_epoch: QuorumEpoch,
    /// Where its log ends.
    pub log_end: Offset,
    /// Only asks.
    pub pre_vote: bool,
}

/// The answer to a [`VoteRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteResponse {
    /// The epoch of whoever answers.
    pub epoch: QuorumEpoch,
    /// The leader that it knows.
    pub leader: Option<u8>,
    /// The vote.
    pub granted: bool,
    /// Echoes the question.
    pub pre_vote: bool,
}

/// A leader tells the voters that its epoch has begun, or that it has ended (`BeginQuorumEpoch`, `EndQuorumEpoch`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuorumEpochRequest {
    /// The leader's epoch.
    pub epoch: QuorumEpoch,
    /// The leader.
    pub leader: u8,
    /// Of an epoch that has ended: the place of whoever is told among the preferred successors, from 0.
    pub place: u8,
}

/// The answer to a [`QuorumEpochRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuorumEpochResponse {
    /// `FENCED_LEADER_EPOCH` when the leader is not one any more.
    pub error: ErrorCode,
    /// The epoch of whoever answers.
    pub epoch: QuorumEpoch,
    /// The leader that it knows.
    pub leader: Option<u8>,
}

/// A fetch of `__cluster_metadata`: by a voter, whose fetch says what it has, or by a broker, which observes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchMetadataRequest {
    /// Who asks.
    pub replica: NodeId,
    /// The epoch that it is in.
    pub epoch: QuorumEpoch,
    /// The first record wanted.
    pub from: Offset,
    /// The epoch of the record before that one.
    pub last_fetched_epoch: QuorumEpoch,
    /// What it knows to be committed: a leader that knows more answers at once (KIP-1166).
    pub high_watermark: Offset,
}

/// The answer to a [`FetchMetadataRequest`].
#[derive(Debug, Clone)]
pub struct FetchMetadataResponse {
    /// `NOT_LEADER_OR_FOLLOWER` when somebody else leads, `FENCED_LEADER_EPOCH` or `UNKNOWN_LEADER_EPOCH`.
    pub error: ErrorCode,
    /// The epoch of whoever answers.
    pub epoch: QuorumEpoch,
    /// The leader that it knows.
    pub leader: Option<u8>,
    /// Below this everything is committed.
    pub high_watermark: Offset,
    /// The log of whoever asked is not a beginning of the leader's: it must end, at this epoch, here.
    pub diverging: Option<(QuorumEpoch, Offset)>,
    /// The first offset of `records`.
    pub from: Offset,
    /// The records.
    pub records: Vec<MetadataEntry>,
}

/// A record in the metadata log.
#[derive(Debug, Clone)]
pub struct MetadataEntry {
    /// The epoch of the controller that wrote it.
    pub epoch: QuorumEpoch,
    /// The event that wrote it.
    pub cause: EventId,
    /// What it says.
    pub record: MetadataRecord,
}
