//! What is on its way into `__consumer_offsets`, and who waits for it.

use super::effect::Asker;
use crate::wire::{Assignment, Offset, PartitionId};
use std::collections::BTreeMap;

/// What happens once a batch is committed.
#[derive(Debug, Clone)]
pub(super) enum Stored {
    /// The members of that generation learn what they own.
    Metadata {
        generation: u32,
        assignments: Vec<Assignment>,
    },
    /// Nothing: the group is empty.
    Nothing,
    /// The offsets count, and the member learns it.
    Offsets {
        asker: Asker,
        offsets: Vec<(PartitionId, Offset)>,
    },
}

/// Batches that are not committed yet. A connection carries one request at a time, so there is at most one commit for
/// each client, and one group record for each rebalance that the broker has not heard the end of.
#[derive(Debug, Clone, Default)]
pub(super) struct Stores {
    last: u64,
    waiting: BTreeMap<u64, (u32, Stored)>,
}

impl Stores {
    /// A token for something of that group.
    pub(super) fn add(&mut self, group: u32, what: Stored) -> u64 {
        self.last += 1;
        self.waiting.insert(self.last, (group, what));
        self.last
    }

    /// The group's number, and what waits for the batch.
    pub(super) fn take(&mut self, token: u64) -> Option<(u32, Stored)> {
        self.waiting.remove(&token)
    }
}
