//! A replica: a log, and the part that the broker plays for it.
//!
//! The rules are here, in the files beside this one and free of messages: `leadership` (becoming leader and follower),
//! `isr` (who is in sync, and what is proposed), `high_watermark`, `read` (what a fetch may see) and `truncation`.

use super::isr::Leading;
use crate::log::{Batch, Log, LogEntry};
use crate::node::Bug;
use crate::short_map::ShortMap;
use crate::wire::{BrokerId, BrokerSet, BrokerState, LeaderEpoch, Micros, Offset};
use std::sync::Arc;

/// One broker's copy of a partition (`Partition`, of which each broker has its own).
#[derive(Debug, Clone, Default)]
pub struct Replica {
    pub(crate) log: Log,
    pub(crate) high_watermark: Offset,
    pub(crate) leader_epoch: LeaderEpoch,
    pub(super) partition_epoch: u32,
    pub(super) role: Role,
    pub(super) truncation: Option<Truncation>,
    /// The high watermark that is on disk.
    checkpoint: Offset,
}

/// The part that a broker plays for a partition.
#[derive(Debug, Clone, Default)]
pub(super) enum Role {
    /// None yet: the replica was found on disk, or is new, and waits for metadata.
    #[default]
    Waiting,
    /// Takes writes, answers fetches.
    Leader(Leading),
    /// Fetches from that broker.
    Follower {
        /// Who leads; `None` while nobody does.
        leader: Option<BrokerId>,
    },
}

/// What a replica has cut off, the last time that it did.
#[derive(Debug, Clone)]
pub struct Truncation {
    /// When.
    pub at_us: Micros,
    /// Where the log ended after it.
    pub to: Offset,
    /// So many records went.
    pub records: u64,
    /// The first of their batches, at least eight records or all.
    pub first: Vec<LogEntry>,
}

/// What a replica has to know of the world around it to decide.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The broker that it is on.
    pub me: BrokerId,
    /// The moment.
    pub now: Micros,
    /// `replica.lag.time.max.ms`.
    pub lag_time_max_us: Micros,
    /// `min.insync.replicas`: the topic's own, or the cluster's.
    pub min_insync_replicas: u8,
    /// The brokers, as this one knows them.
    pub brokers: &'a ShortMap<BrokerId, BrokerState>,
    /// The mistake that is built in, if one is.
    pub bug: Option<Bug>,
}

impl Replica {
    /// The replica as it is found on disk when the process starts again: the log, and the high watermark of the last
    /// checkpoint (`LogManager.loadLog`, `LogLoader`).
    pub(super) fn restarted(&self) -> Self {
        Self {
            high_watermark: self.checkpoint.clamp(self.log.start(), self.log.end()),
            log: self.log.clone(),
            truncation: self.truncation.clone(),
            checkpoint: self.checkpoint,
            ..Self::default()
        }
    }

    /// Writes the high watermark to disk (`ReplicaManager.checkpointHighWatermarks`).
    pub(super) fn checkpoint(&mut self) {
        self.checkpoint = self.high_watermark;
    }

    /// Appends as leader. Answers the offset of the first record.
    pub fn append(&mut self, batch: Arc<Batch>) -> Offset {
        self.log.append(batch, self.leader_epoch)
    }

    /// Appends what the leader sent, up to what does not follow on from the log's end: a leader that is in order does not
    /// send that. Answers how many records that were.
    pub fn append_as_follower(&mut self, entries: Vec<LogEntry>) -> u32 {
        let before = self.log.end();
        for entry in entries {
            if entry.base_offset != self.log.end() {
                break;
            }
            self.log.append_as_follower(entry);
        }
        u32::try_from(self.log.end() - before).unwrap_or(u32::MAX)
    }

    /// What is stored.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// What it may serve to consumers ends here; for a follower: what it knows of that.
    #[must_use]
    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    /// The epoch of the leader that it knows.
    #[must_use]
    pub fn leader_epoch(&self) -> LeaderEpoch {
        self.leader_epoch
    }

    /// The number of the partition's state that it knows.
    #[must_use]
    pub fn partition_epoch(&self) -> u32 {
        self.partition_epoch
    }

    /// Whether it leads, as far as it knows.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.leading().is_some()
    }

    /// Whom it follows.
    #[must_use]
    pub fn leader(&self) -> Option<BrokerId> {
        match self.role {
            Role::Follower { leader } => leader,
            Role::Leader(_) | Role::Waiting => None,
        }
    }

    /// The in-sync replicas that are committed, if it leads; in the order in which Kafka keeps them.
    #[must_use]
    pub fn isr(&self) -> Option<&[BrokerId]> {
        self.leading().map(Leading::isr)
    }

    /// The in-sync replicas and the one that is about to join them, if it leads: those that count for the high watermark
    /// (`PartitionState.maximalIsr`, KIP-497).
    #[must_use]
    pub fn maximal_isr(&self) -> Option<BrokerSet> {
        self.leading().map(Leading::maximal_isr)
    }

    /// Replicas that it has proposed for the ISR, and does not count on any more, although the controller may.
    #[must_use]
    pub fn taken_back(&self) -> BrokerSet {
        self.leading().map(Leading::taken_back).unwrap_or_default()
    }

    /// What it has cut off, the last time that it did.
    #[must_use]
    pub fn truncation(&self) -> Option<&Truncation> {
        self.truncation.as_ref()
    }

    pub(super) fn leading(&self) -> Option<&Leading> {
        match &self.role {
            Role::Leader(leading) => Some(leading),
            Role::Follower { .. } | Role::Waiting => None,
        }
    }
}

impl Surroundings<'_> {
    pub(super) fn has_bug(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }
}
