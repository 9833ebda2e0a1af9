//! Produce, Fetch and ListOffsets: the requests that move records.

use super::{BrokerEpoch, BrokerId, ErrorCode, LeaderEpoch, Micros, Offset, PartitionId};
use crate::log::{Batch, LogEntry};
use std::sync::Arc;

/// Whose word a producer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Acks {
    /// `acks=0`: nobody's. There is no response.
    None,
    /// `acks=1`: the leader's, once it has appended.
    Leader,
    /// `acks=all`: the leader's, once the high watermark has passed the batch.
    All,
}

impl Acks {
    /// As the setting is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Acks::None => "0",
            Acks::Leader => "1",
            Acks::All => "all",
        }
    }
}

/// At most one batch for each partition (`Sender.sendProduceRequest`).
#[derive(Debug, Clone)]
pub struct ProduceRequest {
    /// When to answer.
    pub acks: Acks,
    /// How long the leader may wait for the followers: the producer's `request.timeout.ms`.
    pub timeout_us: Micros,
    /// The batches, shared with the producer that keeps them for a retry.
    pub batches: Vec<(PartitionId, Arc<Batch>)>,
}

/// What became of each batch of a [`ProduceRequest`], in its order.
#[derive(Debug, Clone)]
pub struct ProduceResponse {
    /// One for each batch.
    pub partitions: Vec<ProducedPartition>,
    /// `throttle_time_ms`: the client is over its quota, and sends nothing more here for so long.
    pub throttle_ms: u64,
}

/// What became of one batch.
#[derive(Debug, Clone, Copy)]
pub struct ProducedPartition {
    /// Where it went.
    pub partition: PartitionId,
    /// Why it failed, if it did.
    pub error: ErrorCode,
    /// The first record's offset, when it did not.
    pub base_offset: Offset,
}

/// Asks for records, by a consumer or by a follower. Followers and consumers pull; nobody pushes.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    /// The asking follower; `None` for a consumer.
    pub replica: Option<FetchingReplica>,
    /// How long the leader may hold the request while there is less than `min_bytes`.
    pub max_wait_us: Micros,
    /// Enough to answer at once.
    pub min_bytes: u32,
    /// The most to answer; the first batch always fits.
    pub max_bytes: u32,
    /// What is asked for.
    pub partitions: Vec<FetchPartition>,
}

/// The follower that fetches, and its registration, so that a leader does not take it for one that is in sync when it
/// has lost its disk meanwhile (KIP-903).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchingReplica {
    /// Who.
    pub broker: BrokerId,
    /// Its registration.
    pub epoch: BrokerEpoch,
}

/// One partition of a [`FetchRequest`].
#[derive(Debug, Clone, Copy)]
pub struct FetchPartition {
    /// The partition.
    pub partition: PartitionId,
    /// The first offset wanted. From a follower it also says: *I have all before it*.
    pub fetch_offset: Offset,
    /// The epoch in which the sender believes the leader to lead (KIP-320).
    pub current_leader_epoch: LeaderEpoch,
    /// The epoch of the record before the fetch offset, where the sender knows one (KIP-595).
    pub last_fetched_epoch: Option<LeaderEpoch>,
    /// The most to answer for this partition.
    pub max_bytes: u32,
}

/// Where an epoch ends in a log (KIP-101).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EpochEnd {
    /// The epoch, or the largest one below it that the log knows.
    pub epoch: LeaderEpoch,
    /// The offset after its last record.
    pub end_offset: Offset,
}

/// What a leader has for each partition of a [`FetchRequest`].
#[derive(Debug, Clone)]
pub struct FetchResponse {
    /// One for each partition asked for; none when the client is over its quota.
    pub partitions: Vec<FetchedPartition>,
    /// `throttle_time_ms`: the client is over its quota, and sends nothing more here for so long.
    pub throttle_ms: u64,
}

/// One partition of a [`FetchResponse`].
#[derive(Debug, Clone)]
pub struct FetchedPartition {
    /// The partition.
    pub partition: PartitionId,
    /// Why there is nothing, if something is wrong.
    pub error: ErrorCode,
    /// The leader's high watermark as it was *before* this fetch counted (`Partition.fetchRecords`).
    pub high_watermark: Offset,
    /// The first offset still in the leader's log.
    pub log_start: Offset,
    /// The log of whoever asks is not a beginning of the leader's: nothing is read, and this is how far they can agree
    /// (KIP-595, `Partition.readRecords`).
    pub diverging: Option<EpochEnd>,
    /// Whole batches from the one that contains the wanted offset; empty if there is nothing new.
    pub entries: Vec<LogEntry>,
}

/// Which end of a log is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OffsetSpec {
    /// The first offset in the log.
    Earliest,
    /// The high watermark.
    Latest,
    /// The first record that is not older than that moment (`offsetsForTimes`); the high watermark when there is none.
    Timestamp(Micros),
}

/// What a group's offsets are set to (`kafka-consumer-groups --reset-offsets`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResetTo {
    /// In all partitions to one of these (`--to-earliest`, `--to-latest`, `--to-datetime`).
    All(OffsetSpec),
    /// In one partition to that offset (`--topic orders:1 --to-offset 17`).
    Offset {
        /// Which partition of the topic.
        partition: u16,
        /// The next offset to read.
        offset: Offset,
    },
}

/// Where an application wants to read on (`seek()`, `seekToBeginning()`, `seekToEnd()`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeekTo {
    /// At the beginning of all that it owns.
    Earliest,
    /// At the end of all that it owns.
    Latest,
    /// At that offset of that partition.
    Offset {
        /// Which partition of the topic.
        partition: u16,
        /// The next offset to read.
        offset: Offset,
    },
}

/// Where logs begin or end, for `auto.offset.reset`.
#[derive(Debug, Clone)]
pub struct ListOffsetsRequest {
    /// Which end.
    pub spec: OffsetSpec,
    /// Of which partitions.
    pub partitions: Vec<PartitionId>,
}

/// The answer to a [`ListOffsetsRequest`]; `base_offset` is the offset asked for.
#[derive(Debug, Clone)]
pub struct ListOffsetsResponse {
    /// One for each partition asked for.
    pub partitions: Vec<ProducedPartition>,
}
