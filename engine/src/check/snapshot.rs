//! What the invariants remember of a replica, to see what has changed.

use crate::broker::Replica;
use crate::wire::{BrokerId, BrokerSet, LeaderEpoch, Offset, PartitionId};

/// A replica at one moment, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// Plays the leader.
    pub leads: bool,
    /// The epoch of the leader that it knows.
    pub epoch: LeaderEpoch,
    /// Its high watermark.
    pub high_watermark: Offset,
    /// Its log end.
    pub end: Offset,
    /// As leader: the committed ISR that it knows.
    pub isr: BrokerSet,
    /// As leader: those that count for the high watermark, with a proposed expansion.
    pub maximal: BrokerSet,
}

impl Snapshot {
    pub(super) fn of(replica: &Replica) -> Self {
        Self {
            leads: replica.is_leader(),
            epoch: replica.leader_epoch,
            high_watermark: replica.high_watermark,
            end: replica.log.end(),
            isr: replica.isr().into_iter().flatten().copied().collect(),
            maximal: replica.maximal_isr().unwrap_or_default(),
        }
    }
}

/// A replica that a step has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub broker: BrokerId,
    /// Of which partition.
    pub partition: PartitionId,
    /// As it was after the step that changed it last; `None` when it is new, or its process was started anew.
    pub before: Option<Snapshot>,
    /// As it is.
    pub now: Snapshot,
}

impl Change {
    /// Leads in an epoch in which it did not lead before.
    #[must_use]
    pub fn became_leader(&self) -> bool {
        self.now.leads
            && self
                .before
                .is_none_or(|before| !before.leads || before.epoch != self.now.epoch)
    }
}
