//! A replica: a log, and the part that the broker plays for it.

use crate::log::Log;
use crate::wire::{BrokerId, LeaderEpoch, Offset};
use std::sync::Arc;

/// One broker's copy of a partition.
#[derive(Debug, Clone)]
pub struct Replica {
    /// What is stored.
    pub log: Log,
    /// What it may serve to consumers ends here; what it knows of it, for a follower.
    pub high_watermark: Offset,
    /// The epoch of the leader that it knows.
    pub leader_epoch: LeaderEpoch,
    /// Leader or follower.
    pub role: Role,
}

/// The part that a broker plays for a partition.
#[derive(Debug, Clone)]
pub enum Role {
    /// Takes writes, answers fetches.
    Leader {
        /// The other replicas' log ends, as their fetches have told.
        followers: Vec<Follower>,
        /// Those that count for the high watermark; includes the leader.
        isr: Arc<[BrokerId]>,
    },
    /// Fetches from that broker.
    Follower {
        /// Who leads; `None` while nobody does.
        leader: Option<BrokerId>,
    },
}

/// A follower, as its leader knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follower {
    /// Who.
    pub broker: BrokerId,
    /// The offset of its last fetch: it has all before it. `None` before its first.
    pub log_end: Option<Offset>,
}

impl Replica {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self {
            log: Log::default(),
            high_watermark: 0,
            leader_epoch: 0,
            role: Role::Follower { leader: None },
        }
    }

    /// Whether it leads.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader { .. })
    }

    /// The in-sync replicas, if it leads.
    #[must_use]
    pub fn isr(&self) -> Option<&[BrokerId]> {
        match &self.role {
            Role::Leader { isr, .. } => Some(isr),
            Role::Follower { .. } => None,
        }
    }
}

impl Default for Replica {
    fn default() -> Self {
        Self::new()
    }
}
