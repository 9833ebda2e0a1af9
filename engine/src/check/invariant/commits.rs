//! What groups have committed, group by group.
//!
//! The fact that says so names no group, so that one says it as often as the topic has groups: who it was is asked of the
//! coordinator.

use crate::broker::Broker;
use crate::check::Moment;
use crate::coordinator::{Group, partition_for::partition_for};
use crate::trace::{CommandFact, EventId, Fact, GroupStateName};
use crate::wire::{BrokerId, GroupId, LeaderEpoch, NodeId, Offset, PartitionId};
use std::collections::BTreeMap;

/// A committed offset that is another one than before.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub(super) group: GroupId,
    pub(super) partition: PartitionId,
    pub(super) offset: Offset,
    /// The one before.
    pub(super) before: Option<Offset>,
    /// It may be what an administrator has reset it to: there is a reset for it that has come to nothing yet.
    pub(super) was_reset: bool,
    pub(super) event: EventId,
}

/// The offsets of all groups, as they were committed last.
#[derive(Debug, Default)]
pub(super) struct Commits {
    known: BTreeMap<(GroupId, PartitionId), Offset>,
    /// The latest leader epoch in which a coordinator of the group has said what it has committed.
    led_in: BTreeMap<GroupId, LeaderEpoch>,
    /// How often an administrator wanted to reset the offsets of a group, and how often one came of it, by partition.
    resets: BTreeMap<GroupId, u32>,
    taken: BTreeMap<(GroupId, PartitionId), u32>,
}

impl Commits {
    /// What the step has committed. Of several commits of a group in one step the last one counts.
    pub(super) fn of_step(&mut self, moment: &Moment) -> Vec<Commit> {
        let mut commits = Vec::new();
        for event in moment.events() {
            match (event.fact, event.node) {
                (Fact::Commanded(CommandFact::ResetOffsets { group: Some(group), .. }), _) => {
                    let group = moment.world.dictionary().key_text(group).clone();
                    *self.resets.entry(group).or_default() += 1;
                }
                // Whoever comes by that name begins anew.
                (
                    Fact::GroupState {
                        state: GroupStateName::Dead,
                        group: Some(group),
                        ..
                    },
                    _,
                ) => {
                    let group = moment.world.dictionary().key_text(group);
                    self.known.retain(|(known, _), _| known != group);
                }
                (Fact::OffsetCommitted { partition, offset }, NodeId::Broker(number)) => {
                    let of_it =
                        |group: &Group| (group.committed(partition) == Some(offset)).then_some((partition, offset));
                    for (broker, group) in coordinated(moment, number) {
                        let said = of_it(group).filter(|_| !self.is_late(moment, broker, group.id()));
                        commits.extend(said.and_then(|said| self.take(group.id(), said, event.id)));
                    }
                }
                (Fact::CoordinatorLoaded { .. }, NodeId::Broker(number)) => {
                    for (broker, group) in coordinated(moment, number) {
                        if !self.is_late(moment, broker, group.id()) {
                            commits.extend(self.found(group, event.id));
                        }
                    }
                }
                _ => {}
            }
        }
        commits
    }

    /// The group has committed that; `None` if that is nothing new.
    fn take(&mut self, group: &GroupId, (partition, offset): (PartitionId, Offset), event: EventId) -> Option<Commit> {
        let before = self.known.insert((group.clone(), partition), offset);
        (before != Some(offset)).then(|| Commit {
            group: group.clone(),
            partition,
            offset,
            before,
            was_reset: self.may_be_reset(group, partition),
            event,
        })
    }

    /// What a new coordinator has found further back than it was known to be: a commit that its predecessor had written, and
    /// not yet told of when it died. What it has found further ahead may still get lost, and is known when it is told.
    fn found(&mut self, group: &Group, event: EventId) -> Vec<Commit> {
        let is_back = |&(partition, offset): &(PartitionId, Offset)| {
            let known = self.known.get(&(group.id().clone(), partition));
            known.is_some_and(|known| offset < *known)
        };
        let back: Vec<(PartitionId, Offset)> = group.offsets().filter(is_back).collect();
        let commits = back.into_iter().filter_map(|said| self.take(group.id(), said, event));
        commits.collect()
    }

    /// Whether that is a former coordinator of the group, which stood still and tells now what had been replicated from it
    /// before another one took over. That one has found it in its log, and may have committed more since.
    fn is_late(&mut self, moment: &Moment, broker: &Broker, group: &GroupId) -> bool {
        let Some((topic, state)) = moment.world.authoritative_image().topic("__consumer_offsets") else {
            return false;
        };
        let index = u16::try_from(partition_for(group, u32::from(state.partitions))).unwrap_or(0);
        let Some(replica) = broker.replica(PartitionId { topic, index }) else {
            return false;
        };
        let latest = self.led_in.entry(group.clone()).or_insert(replica.leader_epoch);
        *latest = replica.leader_epoch.max(*latest);
        replica.leader_epoch < *latest
    }

    /// Whether there is a reset that this commit may be. One that jumps and is excused takes it
    /// ([`Commits::excuse`]).
    fn may_be_reset(&self, group: &GroupId, partition: PartitionId) -> bool {
        let wanted = self.resets.get(group).copied().unwrap_or(0);
        let taken = self.taken.get(&(group.clone(), partition)).copied().unwrap_or(0);
        taken < wanted
    }

    /// That commit was a reset.
    pub(super) fn excuse(&mut self, commit: &Commit) {
        *self.taken.entry((commit.group.clone(), commit.partition)).or_default() += 1;
    }
}

/// The groups that a broker coordinates.
fn coordinated<'a>(moment: &'a Moment, broker: u8) -> impl Iterator<Item = (&'a Broker, &'a Group)> {
    let broker = moment.world.broker_of(BrokerId(broker));
    broker
        .into_iter()
        .flat_map(|broker| broker.coordinator().groups().map(move |group| (broker, group)))
}
