//! What groups have committed, group by group.
//!
//! The fact that says so names no group, so that one says it as often as the topic has groups: who it was is asked of the
//! coordinator.

use crate::check::Moment;
use crate::trace::{CommandFact, EventId, Fact};
use crate::wire::{GroupId, NodeId, Offset, PartitionId};
use std::collections::{BTreeMap, BTreeSet};

/// A committed offset that is another one than before.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub(super) group: GroupId,
    pub(super) partition: PartitionId,
    pub(super) offset: Offset,
    /// The one before.
    pub(super) before: Option<Offset>,
    /// An administrator has reset it: the group has no members.
    pub(super) was_reset: bool,
    pub(super) event: EventId,
}

/// The offsets of all groups, as they were committed last.
#[derive(Debug, Default)]
pub(super) struct Commits {
    known: BTreeMap<(GroupId, PartitionId), Offset>,
    /// Groups whose offsets an administrator wanted to reset.
    reset: BTreeSet<GroupId>,
}

impl Commits {
    /// What the step has committed. Of several commits of a group in one step the last one counts.
    pub(super) fn new(&mut self, moment: &Moment) -> Vec<Commit> {
        let mut commits = Vec::new();
        for event in moment.events() {
            match (event.fact, event.node) {
                (Fact::Commanded(CommandFact::ResetOffsets { group: Some(group), .. }), _) => {
                    self.reset.insert(moment.world.dictionary().key_text(group).clone());
                }
                (Fact::OffsetCommitted { partition, offset }, NodeId::Broker(number)) => {
                    let Some(broker) = moment.world.broker_of(crate::wire::BrokerId(number)) else {
                        continue;
                    };
                    for group in broker.coordinator().groups() {
                        if group.committed(partition) != Some(offset) {
                            continue;
                        }
                        let before = self.known.insert((group.id().clone(), partition), offset);
                        if before == Some(offset) {
                            continue;
                        }
                        commits.push(Commit {
                            group: group.id().clone(),
                            partition,
                            offset,
                            before,
                            was_reset: self.reset.contains(group.id()) && group.members().next().is_none(),
                            event: event.id,
                        });
                    }
                }
                _ => {}
            }
        }
        commits
    }
}
