//! Where partitions stand still, under `failure.policy=stop`.

use crate::wire::{Offset, PartitionId};

/// For each partition that stands still: at which record, and after how many attempts. At most one entry a partition.
#[derive(Debug, Clone, Default)]
pub(super) struct Stopped {
    at: Vec<(PartitionId, Offset, u32)>,
}

impl Stopped {
    pub(super) fn attempts(&self, partition: PartitionId, offset: Offset) -> u32 {
        let here = |(p, o, _): &&(PartitionId, Offset, u32)| (*p, *o) == (partition, offset);
        self.at.iter().find(here).map_or(0, |(.., attempts)| *attempts)
    }

    pub(super) fn failed(&mut self, partition: PartitionId, offset: Offset, attempts: u32) {
        self.passed(partition);
        self.at.push((partition, offset, attempts));
    }

    /// A record of that partition is processed: it moves.
    pub(super) fn passed(&mut self, partition: PartitionId) {
        self.at.retain(|(p, ..)| *p != partition);
    }
}
