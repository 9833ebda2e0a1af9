//! No record is passed over.

use super::commits::{Commit, Commits};
use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::trace::{Fact, Intervals};
use crate::wire::{GroupId, NodeId, Offset, PartitionId};
use std::collections::BTreeMap;

/// **A group commits an offset only when each record below it is done with**: processed, passed over as the policy says, or
/// stored where it was sent on, so that the same holds there for the group that reads that. What a group begins behind, or
/// is told to skip by `seek()` or a reset of its offsets, it need not read.
///
/// Holds for every group, where the application commits after processing; with `enable.auto.commit` a consumer that closes
/// commits what it has in hand.
#[derive(Debug, Default)]
pub struct NothingPassedOver {
    commits: Commits,
    done: BTreeMap<(GroupId, PartitionId), Intervals>,
    /// Where the records came from that a consumer has sent on.
    from: BTreeMap<(NodeId, KeyId, u32), Vec<(PartitionId, Offset)>>,
}

impl NothingPassedOver {
    fn mark(&mut self, group: &GroupId, partition: PartitionId, from: Offset, to: Offset) {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        let done = self.done.entry((group.clone(), partition)).or_default();
        done.add(narrow(from)..narrow(to));
    }

    /// The first record below `offset` with which the group is not done.
    fn gap(&self, group: &GroupId, partition: PartitionId, offset: Offset) -> Option<Offset> {
        let done = self.done.get(&(group.clone(), partition));
        let first = done.and_then(|done| done.iter().next());
        let reached = first
            .filter(|stretch| stretch.start == 0)
            .map_or(0, |stretch| stretch.end);
        (u64::from(reached) < offset).then_some(reached.into())
    }

    fn look(&self, commit: &Commit, moment: &Moment) -> Result<(), Broken> {
        let (partition, offset) = (commit.partition, commit.offset);
        let Some(gap) = self.gap(&commit.group, partition, offset) else {
            return Ok(());
        };
        let name = moment.world.names().partition(partition);
        let message = format!(
            "{} has committed {offset} of {name}, and is not done with offset {gap}",
            commit.group
        );
        Err(Broken::at(commit.event, message))
    }
}

impl Invariant for NothingPassedOver {
    fn name(&self) -> &'static str {
        "nothing-passed-over"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            let Some(group) = moment.world.group_of(event.node) else {
                continue;
            };
            match event.fact {
                Fact::RecordProcessed { partition, offset, .. } | Fact::RecordSkipped { partition, offset, .. } => {
                    self.mark(group, partition, offset, offset + 1);
                }
                Fact::RecordSentOn {
                    partition,
                    offset,
                    subject,
                    sequence,
                    ..
                } => {
                    let from = self.from.entry((event.node, subject, sequence)).or_default();
                    from.push((partition, offset));
                }
                Fact::RecordStoredOn { subject, sequence, .. } => {
                    let from = self.from.get_mut(&(event.node, subject, sequence));
                    if let Some((partition, offset)) = from.filter(|from| !from.is_empty()).map(|from| from.remove(0)) {
                        self.mark(group, partition, offset, offset + 1);
                    }
                }
                // What was in its hands is gone.
                Fact::ConsumerStarted => self.from.retain(|(node, ..), _| *node != event.node),
                // What a group without an offset begins behind, it need not read, and neither what it is told to skip.
                Fact::PositionSet {
                    partition,
                    offset,
                    committed: false,
                } => self.mark(group, partition, 0, offset),
                _ => {}
            }
        }
        for commit in self.commits.of_step(moment) {
            let Err(broken) = self.look(&commit, moment) else {
                continue;
            };
            if !commit.was_reset {
                return Err(broken);
            }
            self.commits.excuse(&commit);
            self.mark(&commit.group, commit.partition, 0, commit.offset);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;

    #[test]
    fn a_commit_past_a_record_that_nobody_has_processed_is_noticed() {
        let mut patient = Patient::healthy();
        assert_eq!(patient.finding(&mut NothingPassedOver::default()), None);
        patient.committed(1_000_000);
        let found = patient.finding(&mut NothingPassedOver::default());
        assert!(found.is_some_and(|found| found.contains("has committed 1000000 of")));
    }
}
