//! Share groups at the broker: it leads partitions that they read together, and coordinates their members.

mod fetch;
mod members;

use crate::node::Alarm;
use crate::share::{ShareGroup, SharePartition};
use crate::short_map::ShortMap;
use crate::trace::EventId;
use crate::wire::{ErrorCode, GroupId, Micros, PartitionId, ShareFetchRequest};

use super::connections::Return;

/// What the broker knows of share groups. What has to outlive it is written to `ShareStates`; members join anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Sharing {
    /// For the partitions that it leads (`SharePartitionManager.partitionCache`).
    partitions: ShortMap<(PartitionId, GroupId), SharePartition>,
    /// Fetches that wait for something to acquire (`DelayedShareFetch`): one a connection at most.
    parked: Vec<ParkedShareFetch>,
    parked_alarm: Alarm,
    lock_alarm: Alarm,
    /// The groups that it coordinates.
    groups: Vec<ShareGroup>,
    session_alarm: Alarm,
}

/// A share fetch that waits.
#[derive(Debug, Clone)]
struct ParkedShareFetch {
    to: Return,
    request: ShareFetchRequest,
    /// How its acknowledgements went, which were heard when it came.
    acknowledged: Vec<(PartitionId, ErrorCode)>,
    deadline_us: Micros,
    cause: EventId,
}

impl Sharing {
    /// Nobody has ever asked anything: there is nothing to look after.
    pub(super) fn is_idle(&self) -> bool {
        self.partitions.is_empty() && self.parked.is_empty()
    }
}

impl super::Broker {
    /// Whether it coordinates that share group, as it sees itself.
    #[must_use]
    pub fn coordinates_share_group(&self, group: &str) -> bool {
        self.coordinator_for(group) == Ok(self.id)
    }

    /// The members of that share group, if it coordinates it.
    #[must_use]
    pub fn share_group(&self, group: &str) -> Option<&ShareGroup> {
        self.sharing.groups.iter().find(|known| **known.id() == *group)
    }

    /// What a share group has done with a partition, if that is kept here.
    #[must_use]
    pub fn share_partition(&self, group: &str, partition: PartitionId) -> Option<&SharePartition> {
        let mut all = self.sharing.partitions.iter();
        all.find(|((id, name), _)| *id == partition && **name == *group)
            .map(|(_, shared)| shared)
    }
}
