//! The events that a person would tell of, out of the thousands that happen: kept apart, so that a flood of fetches
//! does not wash them away.

use crate::session::history::{Mark, MarkKind};
use partitura_engine::trace::{CommandFact, Event, Fact, GroupStateName};
use partitura_engine::world::Command;
use std::collections::VecDeque;

/// The last milestones of a run.
#[derive(Debug, Clone, Default)]
pub struct Milestones {
    last: VecDeque<Event>,
}

impl Milestones {
    /// How many are kept.
    pub const KEPT: usize = 60;

    /// The last ones, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Event> {
        self.last.iter().rev()
    }

    /// Takes note of what happened, if it is worth telling.
    pub fn absorb(&mut self, event: &Event) {
        if !is_milestone(&event.fact) {
            return;
        }
        if self.last.len() == Self::KEPT {
            self.last.pop_front();
        }
        self.last.push_back(*event);
    }
}

/// Whether a person would tell of it.
#[must_use]
pub fn is_milestone(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Commanded(_)
            | Fact::RecordLimitReached { .. }
            | Fact::BrokerStarted
            | Fact::BrokerRegistered { .. }
            | Fact::BrokerUnfenced { .. }
            | Fact::TopicCreated { .. }
            | Fact::LeaderElected { .. }
            | Fact::AppendRefused { .. }
            | Fact::BatchRetried { .. }
            | Fact::RecordsFailed { .. }
            | Fact::SendBlocked
            | Fact::GroupState { .. }
            | Fact::MemberRemoved { .. }
            | Fact::AssignmentComputed { .. }
            | Fact::PartitionAssigned { .. }
            | Fact::PartitionRevoked { .. }
            | Fact::CoordinatorRefused { .. }
            | Fact::ConsumerClosed
    )
}

/// The event as a mark of the timeline, if it deserves one. `yours` says whether the person at the controls did it.
#[must_use]
pub fn mark_of(event: &Event, yours: bool) -> Option<Mark> {
    let (kind, label) = match event.fact {
        Fact::Commanded(command) => (
            if yours { MarkKind::You } else { MarkKind::Scenario },
            command_label(command),
        ),
        Fact::RecordLimitReached { .. } => (MarkKind::Trouble, "record limit".to_owned()),
        Fact::TopicCreated { .. } => (MarkKind::Scenario, "topic created".to_owned()),
        // Epoch 0 is the topic's creation, which has its own mark.
        Fact::LeaderElected {
            partition,
            leader,
            epoch,
            ..
        } if epoch > 0 => (MarkKind::Leader, format!("P{} → broker {}", partition.index, leader.0)),
        Fact::GroupState {
            state: GroupStateName::PreparingRebalance,
            ..
        } => (MarkKind::Rebalance, "rebalance".to_owned()),
        Fact::GroupState {
            state: GroupStateName::Stable,
            members,
            ..
        } => (MarkKind::Stable, format!("group of {members} stable")),
        Fact::RecordsFailed { .. } => (MarkKind::Trouble, "records failed".to_owned()),
        _ => return None,
    };
    Some(Mark {
        at_us: event.at,
        kind,
        label,
    })
}

fn command_label(command: CommandFact) -> String {
    match command {
        CommandFact::Rate(rate) => format!("{rate} records/s"),
        CommandFact::Keys => "other keys".to_owned(),
        CommandFact::Keyed(true) => "keyed by subject".to_owned(),
        CommandFact::Keyed(false) => "no keys".to_owned(),
        CommandFact::Consumers(1) => "1 consumer".to_owned(),
        CommandFact::Consumers(n) => format!("{n} consumers"),
        CommandFact::Send { .. } => "one record sent".to_owned(),
        other => format!("{other:?}"),
    }
}

/// A command in a few words, as it will be marked when its time has come.
#[must_use]
pub fn command_words(command: &Command) -> String {
    command_label(command.fact())
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::trace::Election;
    use partitura_engine::wire::{BrokerId, NodeId, PartitionId, TopicId};

    fn event(fact: Fact) -> Event {
        Event {
            id: 1,
            at: 5,
            node: NodeId::User,
            cause: 0,
            fact,
        }
    }

    #[test]
    fn the_first_leaders_are_no_marks_and_later_ones_are() {
        let elected = |epoch| Fact::LeaderElected {
            partition: PartitionId {
                topic: TopicId(1),
                index: 2,
            },
            leader: BrokerId(3),
            epoch,
            how: Election::FromIsr,
        };
        assert_eq!(mark_of(&event(elected(0)), false), None);
        assert_eq!(mark_of(&event(elected(1)), false).unwrap().label, "P2 → broker 3");
    }

    #[test]
    fn what_you_did_is_told_from_what_the_scenario_did() {
        let command = event(Fact::Commanded(CommandFact::Consumers(3)));
        assert_eq!(mark_of(&command, true).unwrap().kind, MarkKind::You);
        assert_eq!(mark_of(&command, false).unwrap().kind, MarkKind::Scenario);
    }

    #[test]
    fn a_flood_of_fetches_leaves_the_milestones_alone() {
        let mut milestones = Milestones::default();
        milestones.absorb(&event(Fact::ConsumerClosed));
        for _ in 0..1000 {
            milestones.absorb(&event(Fact::Polled { records: 1 }));
        }
        assert_eq!(milestones.newest_first().count(), 1);
    }
}
