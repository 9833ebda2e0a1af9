//! What is committed is not taken back.

use super::commits::Commits;
use crate::check::{Broken, Invariant, Moment};
use crate::trace::Fact;
use crate::wire::{GroupId, Offset, PartitionId};
use std::collections::BTreeMap;

/// **A group's committed offset never goes back**, unless its application reads from further back (`seek()`,
/// `auto.offset.reset`, a log that was truncated), or an administrator resets it. A member that was taken for dead cannot
/// move the offset of a partition that others read by now: the coordinator takes commits of the present generation only
/// (`ClassicGroup.validateOffsetCommit`, `ConsumerGroup.validateOffsetCommit`). Holds under all settings, while nothing
/// committed is lost: a coordinator that has forgotten offsets counts from older ones.
#[derive(Debug, Default)]
pub struct CommitsGoForward {
    commits: Commits,
    /// The earliest position that an application of the group was set to since the last commit.
    from: BTreeMap<(GroupId, PartitionId), Offset>,
}

impl Invariant for CommitsGoForward {
    fn name(&self) -> &'static str {
        "commits-go-forward"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            let (Fact::PositionSet {
                partition,
                offset,
                committed: false,
            }
            | Fact::LogTruncationDetected { partition, to: offset }) = event.fact
            else {
                continue;
            };
            if let Some(group) = moment.world.group_of(event.node) {
                let from = self.from.entry((group.clone(), partition)).or_insert(offset);
                *from = offset.min(*from);
            }
        }
        for commit in self.commits.of_step(moment) {
            let key = (commit.group.clone(), commit.partition);
            let goes_back = commit.before.is_some_and(|before| commit.offset < before);
            if !goes_back {
                continue;
            }
            if commit.was_reset {
                self.commits.excuse(&commit);
                continue;
            }
            let was_set_back = self.from.remove(&key).is_some_and(|from| from <= commit.offset);
            let mut partitions = moment.history.partitions();
            if !was_set_back && !partitions.any(|(_, p)| p.has_lost() || p.promise().is_void()) {
                let name = moment.world.names().partition(commit.partition);
                let message = format!(
                    "{} has committed {} of {name}, after {}",
                    commit.group,
                    commit.offset,
                    commit.before.unwrap_or(0)
                );
                return Err(Broken::at(commit.event, message));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::doctored::Patient;

    #[test]
    fn a_commit_from_the_past_is_noticed() {
        let mut patient = Patient::healthy();
        assert_eq!(patient.diagnosis(), None);
        // The first step back is taken for one to where the group began: that is asked too mildly yet.
        patient.committed(2);
        assert_eq!(patient.diagnosis(), None);
        patient.committed(1);
        assert_eq!(patient.diagnosis(), Some("commits-go-forward"));
    }
}
