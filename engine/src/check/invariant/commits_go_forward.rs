//! What is committed is not taken back.

use super::commits::{Commit, Commits};
use crate::application::CommitStrategy;
use crate::check::{Broken, Invariant, Moment};
use crate::trace::{Event, Fact};
use crate::wire::{GroupId, NodeId, Offset, PartitionId};
use std::collections::BTreeMap;

/// **A group's committed offset never goes back**, unless its application reads from further back (`seek()`,
/// `auto.offset.reset`, a log that was truncated), or an administrator resets it. A member that was taken for dead cannot
/// move the offset of a partition that others read by now: the coordinator takes commits of the present generation only
/// (`ClassicGroup.validateOffsetCommit`, `ConsumerGroup.validateOffsetCommit`). Holds under all settings, while nothing that
/// groups have written is lost: a coordinator that has forgotten offsets counts from older ones.
///
/// An application that commits before it processes has committed the end of a poll when it stands still at a record of it:
/// it seeks back to that one, and the next poll may return fewer records.
#[derive(Debug, Default)]
pub struct CommitsGoForward {
    commits: Commits,
    /// From where an application of the group reads that was set to read from elsewhere than the group has committed, until
    /// its commits have come there, or somebody reads from what is committed.
    from: BTreeMap<(GroupId, PartitionId), Offset>,
}

impl CommitsGoForward {
    /// Where an application was set to.
    fn note(&mut self, event: &Event, moment: &Moment) {
        let Some(group) = moment.world.group_of(event.node) else {
            return;
        };
        let (partition, offset) = match event.fact {
            Fact::PositionSet {
                partition,
                committed: true,
                ..
            } => (partition, None),
            Fact::PositionSet { partition, offset, .. } | Fact::LogTruncationDetected { partition, to: offset } => {
                (partition, Some(offset))
            }
            Fact::PartitionPaused { partition, .. } => match goes_back_to(group, event.node, partition, moment) {
                None => return,
                offset => (partition, offset),
            },
            _ => return,
        };
        let key = (group.clone(), partition);
        match offset {
            None => {
                self.from.remove(&key);
            }
            Some(offset) => {
                let from = self.from.entry(key).or_insert(offset);
                *from = offset.min(*from);
            }
        }
    }

    /// Whether it may be: it goes forward, or no further back than to where an application was set.
    fn is_right(&mut self, commit: &Commit) -> bool {
        let key = (commit.group.clone(), commit.partition);
        let from = self.from.get(&key).copied().filter(|from| *from <= commit.offset);
        let goes_back = commit.before.is_some_and(|before| commit.offset < before);
        // Once it has gone back, or was ahead from the beginning, that says nothing of the next one any more.
        if from.is_some_and(|from| goes_back || commit.before.is_none_or(|before| before <= from)) {
            self.from.remove(&key);
        }
        !goes_back || from.is_some()
    }
}

/// The record at which an application stands still, if what it has committed may be ahead of that.
fn goes_back_to(group: &GroupId, node: NodeId, partition: PartitionId, moment: &Moment) -> Option<Offset> {
    let mut members = moment.world.consumers_of(group);
    let (_, consumer) = members.find(|(number, _)| node == NodeId::Consumer(*number))?;
    if consumer.config().application.commit != CommitStrategy::BeforeProcessing {
        return None;
    }
    let mut owned = consumer.owned();
    let owned = owned.find(|owned| owned.partition == partition)?;
    Some(owned.processed)
}

impl Invariant for CommitsGoForward {
    fn name(&self) -> &'static str {
        "commits-go-forward"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            self.note(event, moment);
        }
        for commit in self.commits.of_step(moment) {
            if self.is_right(&commit) {
                continue;
            }
            if commit.was_reset {
                self.commits.excuse(&commit);
                continue;
            }
            let topic = moment.world.topic_id();
            let mut written = moment.history.partitions().filter(|(id, _)| Some(id.topic) != topic);
            if !written.any(|(_, p)| p.has_lost() || p.promise().is_void()) {
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
        patient.committed(2);
        assert_eq!(patient.diagnosis(), Some("commits-go-forward"));
    }

    /// A patient in whom 40 is committed, and the reader reads from there.
    fn reads_on() -> Patient {
        let mut patient = Patient::healthy();
        patient.set_to(40);
        patient.committed(40);
        assert_eq!(patient.diagnosis(), None);
        patient
    }

    #[test]
    fn who_is_set_back_may_commit_from_there_and_once() {
        let mut patient = reads_on();
        patient.set_to(30);
        patient.committed(32);
        assert_eq!(patient.diagnosis(), None);
        patient.committed(31);
        assert_eq!(patient.diagnosis(), Some("commits-go-forward"));
    }

    #[test]
    fn further_back_than_it_was_set_is_noticed() {
        let mut patient = reads_on();
        patient.set_to(30);
        patient.committed(29);
        assert_eq!(patient.diagnosis(), Some("commits-go-forward"));
    }

    #[test]
    fn who_is_set_forward_has_no_reason_to_commit_from_the_past() {
        let mut patient = reads_on();
        patient.set_to(50);
        patient.committed(52);
        assert_eq!(patient.diagnosis(), None);
        patient.committed(51);
        assert_eq!(patient.diagnosis(), Some("commits-go-forward"));
    }
}
