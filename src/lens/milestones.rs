//! The events that a person would tell of, out of the thousands that happen: kept apart, so that a flood of fetches
//! does not wash them away.

use super::about::partition_of;
use super::why::node;
use crate::session::history::{Mark, MarkKind};
use crate::ui::format::counted;
use partitura_engine::trace::{CommandFact, Election, Event, Fact, GroupStateName, KeyFact, ProcessFault};
use partitura_engine::wire::{QuorumRole, TopicId};
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

    /// Takes note of what happened, if it is worth telling. `topic` is the one whose partitions are the rows.
    pub fn absorb(&mut self, event: &Event, topic: Option<TopicId>) {
        if !is_milestone(&event.fact) || !is_of_rows(&event.fact, topic) {
            return;
        }
        if self.last.len() == Self::KEPT {
            self.last.pop_front();
        }
        self.last.push_back(*event);
    }
}

/// Whether it is about a row, or about no partition at all: what happens to the fifty partitions of
/// `__consumer_offsets` would wash all else away. That a coordinator has groups to look after is told.
fn is_of_rows(fact: &Fact, topic: Option<TopicId>) -> bool {
    match fact {
        Fact::CoordinatorLoaded { groups, .. } => *groups > 0,
        _ => partition_of(fact).is_none_or(|partition| topic.is_none_or(|topic| partition.topic == topic)),
    }
}

/// Whether a person would tell of it.
#[must_use]
pub fn is_milestone(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Commanded(_)
            | Fact::RecordLimitReached { .. }
            | Fact::ProcessCrashed
            | Fact::ProcessStopped
            | Fact::ProcessPaused
            | Fact::ProcessResumed
            | Fact::DiskLost
            | Fact::BrokerStarted
            | Fact::ControlledShutdownStarted
            | Fact::BrokerRegistered { .. }
            | Fact::BrokerUnfenced { .. }
            | Fact::BrokerFenced { .. }
            | Fact::BrokerShuttingDown { .. }
            | Fact::IsrChanged { .. }
            | Fact::LeaderLost { .. }
            | Fact::AlterPartitionRefused { .. }
            | Fact::ReassignmentStarted { .. }
            | Fact::ReassignmentCompleted { .. }
            | Fact::PartitionsAdded { .. }
            | Fact::TopicConfigured { .. }
            | Fact::QuotaAltered { .. }
            | Fact::Throttled { .. }
            | Fact::AdminRefused { .. }
            | Fact::QuorumChanged { .. }
            | Fact::Diverged { .. }
            | Fact::Truncated { .. }
            | Fact::DuplicateDropped { .. }
            | Fact::CoordinatorLoaded { .. }
            | Fact::LogTruncationDetected { .. }
            | Fact::ProducerEpochBumped { .. }
            | Fact::TopicCreated { .. }
            | Fact::LeaderElected { .. }
            | Fact::AppendRefused { .. }
            | Fact::BatchRetried { .. }
            | Fact::RecordsFailed { .. }
            | Fact::SendBlocked
            | Fact::SourceQueued { .. }
            | Fact::KeyRuleRefused { .. }
            | Fact::GroupState { .. }
            | Fact::MemberRemoved { .. }
            | Fact::StaticMemberReplaced { .. }
            | Fact::InstanceFenced { .. }
            | Fact::StaticMemberAwaited { .. }
            | Fact::GroupProtocolChosen { .. }
            | Fact::AssignmentComputed { .. }
            | Fact::PartitionAssigned { .. }
            | Fact::PartitionRevoked { .. }
            | Fact::PartitionLost { .. }
            | Fact::GroupEpochBumped { .. }
            | Fact::TargetAssignmentComputed { .. }
            | Fact::MemberReconciles { .. }
            | Fact::CoordinatorRefused { .. }
            | Fact::ConsumerClosed
            | Fact::ConsumerStarted
            | Fact::ApplicationStalled
            | Fact::ApplicationGoesOn
            | Fact::SeekRefused { .. }
            | Fact::OffsetResetRefused { .. }
            | Fact::GroupDeletionRefused { .. }
            | Fact::OffsetsReset { .. }
    )
}

/// The event as a mark of the timeline, if it deserves one. `yours` says whether the person at the controls did it.
#[must_use]
pub fn mark_of(event: &Event, topic: Option<TopicId>, yours: bool) -> Option<Mark> {
    if !is_of_rows(&event.fact, topic) {
        return None;
    }
    let (kind, label) = match event.fact {
        Fact::Commanded(command) => of_command(command, yours),
        Fact::RecordLimitReached { .. } => (MarkKind::Trouble, "record limit".to_owned()),
        Fact::TopicCreated { .. } => (MarkKind::Scenario, "topic created".to_owned()),
        Fact::OffsetResetRefused { error, .. } => (MarkKind::Trouble, format!("reset refused: {}", error.name())),
        Fact::GroupDeletionRefused { error, .. } => (MarkKind::Trouble, format!("deletion refused: {}", error.name())),
        Fact::GroupState {
            state: GroupStateName::Dead,
            ..
        } => (MarkKind::Trouble, "group deleted".to_owned()),
        Fact::BrokerFenced { broker, .. } => (MarkKind::Fenced, format!("broker {} fenced", broker.0)),
        // Epoch 0 is the topic's creation, which has its own mark.
        Fact::LeaderElected {
            partition,
            leader,
            epoch,
            how,
        } if epoch > 0 => match how {
            Election::Unclean => (
                MarkKind::Trouble,
                format!("P{} → broker {}, unclean", partition.index, leader.0),
            ),
            _ => (MarkKind::Leader, format!("P{} → broker {}", partition.index, leader.0)),
        },
        Fact::LeaderLost { partition, .. } => (MarkKind::Trouble, format!("P{} offline", partition.index)),
        // The first one is there before anything else is.
        Fact::QuorumChanged {
            role: QuorumRole::Leader,
            epoch,
        } if epoch > 1 => (MarkKind::Leader, format!("{} is active", node(event.node))),
        Fact::Truncated { partition, records, .. } => (
            MarkKind::Truncated,
            format!("{} truncates {records} of P{}", node(event.node), partition.index),
        ),
        Fact::BatchRetried { .. } => (MarkKind::Retry, "records sent again".to_owned()),
        Fact::DuplicateDropped { .. } => (MarkKind::Stable, "duplicate dropped".to_owned()),
        Fact::GroupState {
            state: GroupStateName::PreparingRebalance,
            ..
        } => (MarkKind::Rebalance, "rebalance".to_owned()),
        Fact::GroupEpochBumped { epoch, .. } => (MarkKind::Rebalance, format!("group epoch {epoch}")),
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
        event: Some(*event),
    })
}

fn of_command(command: CommandFact, yours: bool) -> (MarkKind, String) {
    let label = command_label(command);
    match command {
        CommandFact::Process {
            fault: ProcessFault::Crash | ProcessFault::Stop | ProcessFault::Pause | ProcessFault::LoseDisk,
            ..
        }
        | CommandFact::Cut { .. }
        | CommandFact::Impair { .. }
        | CommandFact::SlowDisk {
            bytes_per_s: Some(_), ..
        } => (MarkKind::Fault, if yours { format!("you {label}") } else { label }),
        _ => (if yours { MarkKind::You } else { MarkKind::Scenario }, label),
    }
}

fn command_label(command: CommandFact) -> String {
    match command {
        CommandFact::Rate(rate) => format!("{rate} records/s"),
        CommandFact::Keys => "other keys".to_owned(),
        CommandFact::Key(key) => match key {
            KeyFact::None => "no keys".to_owned(),
            KeyFact::Subject => "keyed by subject".to_owned(),
            KeyFact::Salt { shards, .. } => format!("salted with {shards}"),
            KeyFact::Compound { .. } => "compound keys".to_owned(),
        },
        CommandFact::SendLimits { count: 0 } => "no limit at the source".to_owned(),
        CommandFact::SendLimits { .. } => "limit at the source".to_owned(),
        CommandFact::Consumers(n) => counted(n.into(), "consumer"),
        CommandFact::Group { consumers: n, .. } => counted(n.into(), "consumer") + " in a group",
        CommandFact::Stall {
            consumer,
            stalled: true,
        } => format!("consumer {consumer} hangs"),
        CommandFact::Stall { consumer, .. } => format!("consumer {consumer} goes on"),
        CommandFact::Slow {
            consumer,
            processing_us: Some(_),
        } => format!("consumer {consumer} at another pace"),
        CommandFact::Slow { consumer, .. } => format!("consumer {consumer} at its own pace"),
        CommandFact::Seek { consumer, .. } => format!("consumer {consumer} reads on elsewhere"),
        CommandFact::DeleteGroup { .. } => "delete a group".to_owned(),
        CommandFact::ResetOffsets { .. } => "reset offsets".to_owned(),
        CommandFact::Send { .. } | CommandFact::SendTo { .. } => "one record sent".to_owned(),
        CommandFact::Process { node: of, fault } => {
            let verb = match fault {
                ProcessFault::Crash => "crash",
                ProcessFault::Stop => "stop",
                ProcessFault::Pause => "pause",
                ProcessFault::Resume => "resume",
                ProcessFault::Start => "start",
                ProcessFault::LoseDisk => "destroy the disk of",
            };
            format!("{verb} {}", node(of))
        }
        CommandFact::SlowDisk { broker, bytes_per_s } => {
            let verb = if bytes_per_s.is_some() { "slow" } else { "speed up" };
            format!("{verb} the disk of broker {}", broker.0)
        }
        CommandFact::Cut { .. } => "cut the network".to_owned(),
        CommandFact::Impair { .. } => "slow the network".to_owned(),
        CommandFact::Heal => "network healed".to_owned(),
        CommandFact::ElectLeaders { unclean: false } => "elect preferred leaders".to_owned(),
        CommandFact::ElectLeaders { unclean: true } => "unclean election".to_owned(),
        CommandFact::AddPartitions { count } => counted(count.into(), "partition"),
        CommandFact::Reassign { partition, .. } => format!("reassign P{partition}"),
        CommandFact::Unclean(allowed) => format!("unclean election: {allowed}"),
        CommandFact::Poison { rules: 0 } => "no poison".to_owned(),
        CommandFact::Poison { .. } => "poison".to_owned(),
        CommandFact::FailurePercent(percent) => format!("{percent} % of attempts fail"),
        CommandFact::Downstream { down: true } => "downstream down".to_owned(),
        CommandFact::Downstream { down: false } => "downstream up".to_owned(),
        CommandFact::Redrive { .. } => "redrive".to_owned(),
        CommandFact::ClientQuota { quota, bytes_per_s } => {
            let mut label = quota.name().to_owned();
            label.push(' ');
            label.push_str(&bytes_per_s.to_string());
            label
        }
        CommandFact::MinInsyncReplicas(count) => format!("min ISR {count}"),
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
    use partitura_engine::wire::{BrokerId, NodeId, PartitionId};

    const TOPIC: Option<TopicId> = Some(TopicId(1));

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
        assert_eq!(mark_of(&event(elected(0)), TOPIC, false), None);
        assert_eq!(
            mark_of(&event(elected(1)), TOPIC, false).unwrap().label,
            "P2 → broker 3"
        );
        let other = Some(TopicId(0));
        assert_eq!(
            mark_of(&event(elected(1)), other, false),
            None,
            "another topic's partitions are no rows"
        );
    }

    #[test]
    fn what_you_did_is_told_from_what_the_scenario_did() {
        let command = event(Fact::Commanded(CommandFact::Consumers(3)));
        assert_eq!(mark_of(&command, TOPIC, true).unwrap().kind, MarkKind::You);
        assert_eq!(mark_of(&command, TOPIC, false).unwrap().kind, MarkKind::Scenario);
    }

    #[test]
    fn a_fault_of_yours_says_so_and_starting_again_is_no_fault() {
        let process = |fault| {
            let node = NodeId::Broker(3);
            event(Fact::Commanded(CommandFact::Process { node, fault }))
        };
        let crash = mark_of(&process(ProcessFault::Crash), TOPIC, true).unwrap();
        assert_eq!(
            (crash.kind, crash.label.as_str()),
            (MarkKind::Fault, "you crash broker 3")
        );
        let start = mark_of(&process(ProcessFault::Start), TOPIC, false).unwrap();
        assert_eq!(
            (start.kind, start.label.as_str()),
            (MarkKind::Scenario, "start broker 3")
        );
    }

    #[test]
    fn a_flood_of_fetches_leaves_the_milestones_alone() {
        let mut milestones = Milestones::default();
        milestones.absorb(&event(Fact::ConsumerClosed), TOPIC);
        for _ in 0..1000 {
            milestones.absorb(&event(Fact::Polled { records: 1 }), TOPIC);
        }
        assert_eq!(milestones.newest_first().count(), 1);
    }
}
