//! What is on its way into `__consumer_offsets`, and who waits for it.

use super::effect::Asker;
use super::group::Group;
use super::modern::ConsumerGroup;
use super::static_member::Former;
use crate::short_map::ShortMap;
use crate::wire::{Assignment, ConsumerGroupHeartbeatResponse, Offset, PartitionId};

/// What happens once a batch is committed.
#[derive(Debug, Clone)]
pub(super) enum Stored {
    /// The members of that generation learn what they own.
    Metadata {
        generation: u32,
        assignments: Vec<Assignment>,
    },
    /// A static member that came back learns that it is one.
    Replacement { asker: Asker, former: Former },
    /// Nothing: the group is empty.
    Nothing,
    /// The offsets count, and the member learns it. Without an asker the member has been told that it took too long;
    /// they count all the same, because they are in the log.
    Offsets {
        asker: Option<Asker>,
        offsets: Vec<(PartitionId, Offset)>,
    },
    /// Nothing was written: an OffsetFetch waits for what was written before it.
    Read { asker: Asker },
    /// What a consumer group has become counts, and the member learns it. Else it is as `before`, if nothing came after.
    Consumer {
        answer: Option<(Asker, ConsumerGroupHeartbeatResponse)>,
        before: Box<ConsumerGroup>,
        revision: u64,
    },
    /// Nothing was written: a heartbeat's answer waits for what was written before it.
    ConsumerRead {
        asker: Asker,
        response: ConsumerGroupHeartbeatResponse,
    },
    /// Whoever has deleted the group learns it. If nothing could be written, the group is there again.
    Deletion { asker: Asker, group: Box<Group> },
}

/// A batch that is not committed yet, or a read that waits for one.
#[derive(Debug, Clone)]
pub(super) struct Write {
    /// The group's number.
    pub(super) group: u32,
    /// The partition of `__consumer_offsets`.
    pub(super) partition: u16,
    /// It is committed when the high watermark is here.
    pub(super) end: Offset,
    pub(super) then: Stored,
}

impl Write {
    fn is_late(&self) -> bool {
        matches!(self.then, Stored::Offsets { asker: None, .. })
    }
}

/// Batches that are not committed yet. A connection carries one request at a time, so there is at most one commit for
/// each client, one group record for each rebalance that the broker has not heard the end of, and late commits of as
/// many partitions as a group reads.
#[derive(Debug, Clone, Default)]
pub(super) struct Stores {
    last: u64,
    waiting: ShortMap<u64, Write>,
    /// Where the log ended that a new coordinator has loaded, where that was not known to be committed: by partition.
    loaded: ShortMap<u16, Offset>,
}

impl Stores {
    /// A token for it.
    pub(super) fn add(&mut self, write: Write) -> u64 {
        self.last += 1;
        self.waiting.insert(self.last, write);
        self.last
    }

    /// The batch of that token is in the leader's log, which ends there with it.
    pub(super) fn appended(&mut self, token: u64, end: Offset) {
        if let Some(write) = self.waiting.get_mut(&token) {
            write.end = end;
        }
    }

    /// What waits for the batch.
    pub(super) fn take(&mut self, token: u64) -> Option<Write> {
        self.waiting.remove(&token)
    }

    /// The coordinator has loaded that partition up to `end`, of which not all is known to be committed. What it answers out
    /// of it waits, as for its own writes (`CoordinatorRuntime.CoordinatorContext.waitForPendingWrites`).
    pub(super) fn loaded(&mut self, partition: u16, end: Offset) {
        self.loaded.insert(partition, end);
    }

    /// The high watermark of that partition is there.
    pub(super) fn committed(&mut self, partition: u16, end: Offset) {
        if self.loaded.get(&partition).is_some_and(|loaded| *loaded <= end) {
            self.loaded.remove(&partition);
        }
    }

    /// Where the last batch ends that was written to that partition and is not known to be committed.
    pub(super) fn pending_end(&self, partition: u16) -> Option<Offset> {
        self.waiting
            .values()
            .filter(|write| {
                write.partition == partition && !matches!(write.then, Stored::Read { .. } | Stored::ConsumerRead { .. })
            })
            .map(|write| write.end)
            .chain(self.loaded.get(&partition).copied())
            .max()
    }

    /// Partitions of which that group has written an offset that is not known to be committed.
    pub(super) fn pending_offsets(&self, group: u32) -> impl Iterator<Item = PartitionId> {
        let of_group = self.waiting.values().filter(move |write| write.group == group);
        of_group
            .flat_map(|write| match &write.then {
                Stored::Offsets { offsets, .. } => offsets.as_slice(),
                _ => &[],
            })
            .map(|(partition, _)| *partition)
    }

    /// The offsets are in the log, and nobody waits for them any more. What an earlier late one says of the same
    /// partitions does not matter then.
    pub(super) fn keep_late(&mut self, token: u64, write: Write) {
        let Stored::Offsets { offsets: newer, .. } = &write.then else {
            return;
        };
        for earlier in self
            .waiting
            .values_mut()
            .filter(|earlier| earlier.is_late() && earlier.group == write.group)
        {
            if let Stored::Offsets { offsets, .. } = &mut earlier.then {
                offsets.retain(|(partition, _)| newer.iter().all(|(other, _)| other != partition));
            }
        }
        self.waiting
            .retain(|_, earlier| !matches!(&earlier.then, Stored::Offsets { offsets, .. } if offsets.is_empty()));
        self.waiting.insert(token, write);
    }

    /// Late offsets of that partition that are committed by now, with their groups, in the order of the log.
    pub(super) fn take_late(&mut self, partition: u16, committed: Offset) -> Vec<(u32, Vec<(PartitionId, Offset)>)> {
        let due = |write: &Write| write.is_late() && write.partition == partition && write.end <= committed;
        self.waiting
            .extract_if(|_, write| due(write))
            .filter_map(|(_, write)| match write.then {
                Stored::Offsets { offsets, .. } => Some((write.group, offsets)),
                _ => None,
            })
            .collect()
    }

    /// All that waits for that partition, which this broker does not lead any more.
    pub(super) fn take_all(&mut self, partition: u16) -> Vec<Write> {
        self.loaded.remove(&partition);
        self.waiting
            .extract_if(|_, write| write.partition == partition)
            .map(|(_, write)| write)
            .collect()
    }
}
