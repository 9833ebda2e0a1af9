//! A partition that the consumer owns (`SubscriptionState.TopicPartitionState`).

use crate::wire::{BrokerId, LeaderEpoch, Micros, Offset, OffsetSpec, PartitionId};

/// Where a partition is on its way to being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The group may have a committed offset.
    Unknown,
    /// It has none, or none that is in the log: `auto.offset.reset` decides.
    Reset,
    /// Known: it can be read.
    Known,
}

/// A partition that the consumer owns.
#[derive(Debug, Clone)]
pub(super) struct Owned {
    pub(super) id: PartitionId,
    /// The membership's round in which it came: what was asked before says nothing about it.
    pub(super) since: u32,
    pub(super) leader: Option<BrokerId>,
    pub(super) leader_epoch: LeaderEpoch,
    pub(super) place: Place,
    /// Where the application wants it to be reset to; `None` for where `auto.offset.reset` says.
    pub(super) reset: Option<OffsetSpec>,
    /// The next offset to hand to the application.
    pub(super) position: Offset,
    /// The epoch of the record before the next one to fetch, if it was fetched.
    pub(super) last_epoch: Option<LeaderEpoch>,
    /// The next offset to fetch. Beyond the position while records are buffered.
    pub(super) fetched: Offset,
    /// The next offset that the application will process.
    pub(super) processed: Offset,
    pub(super) committed: Option<Offset>,
    /// A rebalance has kept it from committing what is processed: it does so afterwards.
    pub(super) owes_commit: bool,
    pub(super) high_watermark: Offset,
    /// Orders the partitions of a fetch: those that gave something last come last.
    pub(super) turn: u64,
    /// After an error: not before that.
    pub(super) retry_at: Micros,
    /// The application has paused it until then.
    pub(super) paused_until: Micros,
}

impl Owned {
    pub(super) fn new(id: PartitionId, since: u32) -> Self {
        Self {
            id,
            since,
            leader: None,
            leader_epoch: 0,
            place: Place::Unknown,
            reset: None,
            position: 0,
            last_epoch: None,
            fetched: 0,
            processed: 0,
            committed: None,
            owes_commit: false,
            high_watermark: 0,
            turn: 0,
            retry_at: 0,
            paused_until: 0,
        }
    }

    /// Reads from `offset` on.
    pub(super) fn seek(&mut self, offset: Offset) {
        self.place = Place::Known;
        self.reset = None;
        self.position = offset;
        self.last_epoch = None;
        self.fetched = offset;
        self.processed = offset;
    }
}

/// A partition that a consumer owns, as it can be seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnedPartition {
    /// Which.
    pub partition: PartitionId,
    /// The next offset to hand to the application; 0 until the consumer knows where to start.
    pub position: Offset,
    /// The next offset that the application will process; 0 until the consumer knows where to start.
    pub processed: Offset,
    /// The next offset that the group would read from after a restart, if this consumer has read or committed one.
    pub committed: Option<Offset>,
    /// The last that was heard of the leader's high watermark.
    pub high_watermark: Offset,
    /// The leader epoch of the last record that it has fetched, since it was told where to read.
    pub last_epoch: Option<LeaderEpoch>,
    /// Records fetched and not yet processed.
    pub buffered: u64,
}

impl From<&Owned> for OwnedPartition {
    fn from(owned: &Owned) -> Self {
        Self {
            partition: owned.id,
            position: owned.position,
            processed: owned.processed,
            committed: owned.committed,
            high_watermark: owned.high_watermark,
            last_epoch: owned.last_epoch,
            buffered: owned.fetched.saturating_sub(owned.processed),
        }
    }
}
