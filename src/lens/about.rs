//! Which events concern a thing on the stage.

use crate::stage::Target;
use partitura_engine::trace::{CommandFact, Event, Fact};
use partitura_engine::wire::{Api, BrokerId, NodeId, PartitionId, TopicId};

/// Whether that event concerns that thing. Partitions are those of `topic`.
#[must_use]
pub fn concerns(event: &Event, target: Target, topic: Option<TopicId>) -> bool {
    let of_partition = |index: u16| {
        partition_of(&event.fact).is_some_and(|partition| Some(partition.topic) == topic && partition.index == index)
    };
    match target {
        Target::Partition(index) | Target::Leader(index) | Target::HighWatermark(index) => of_partition(index),
        Target::Broker(broker) => touches(event, broker.into()) || names(&event.fact, broker),
        Target::Controller(number) => touches(event, NodeId::Controller(number)),
        Target::Replica(index, broker) => of_partition(index) && touches(event, broker.into()),
        Target::Consumer(number) => touches(event, NodeId::Consumer(number)),
        Target::Producers | Target::Computation => matches!(event.node, NodeId::Producer(_)),
        Target::Group => of_group(&event.fact),
        Target::Key(key) => matches!(
            event.fact,
            Fact::RecordSent { subject, .. } | Fact::RecordProcessed { subject, .. } if subject == key
        ),
    }
}

/// The thing, in words.
#[must_use]
pub fn words(target: Target) -> String {
    match target {
        Target::Partition(index) | Target::Leader(index) | Target::HighWatermark(index) => format!("partition {index}"),
        Target::Broker(broker) => format!("broker {}", broker.0),
        Target::Controller(number) => format!("controller {number}"),
        Target::Replica(index, broker) => format!("partition {index} on broker {}", broker.0),
        Target::Consumer(number) => format!("consumer {number}"),
        Target::Producers | Target::Computation => "the producers".to_owned(),
        Target::Group => "the group".to_owned(),
        Target::Key(_) => "one key".to_owned(),
    }
}

fn touches(event: &Event, node: NodeId) -> bool {
    event.node == node
        || match event.fact {
            Fact::Sent(sent) => sent.to == node,
            Fact::Commanded(CommandFact::Process { node: of, .. }) => of == node,
            _ => false,
        }
}

/// Whether the controller decided that about the broker.
fn names(fact: &Fact, of: BrokerId) -> bool {
    match *fact {
        Fact::BrokerRegistered { broker }
        | Fact::BrokerUnfenced { broker }
        | Fact::BrokerFenced { broker, .. }
        | Fact::BrokerShuttingDown { broker }
        | Fact::Commanded(CommandFact::SlowDisk { broker, .. }) => broker == of,
        Fact::LeaderElected { leader, .. } => leader == of,
        _ => false,
    }
}

fn of_group(fact: &Fact) -> bool {
    match fact {
        Fact::Sent(sent) => {
            matches!(
                sent.api,
                Api::JoinGroup
                    | Api::SyncGroup
                    | Api::Heartbeat
                    | Api::LeaveGroup
                    | Api::FindCoordinator
                    | Api::ConsumerGroupHeartbeat
            )
        }
        Fact::GroupState { .. }
        | Fact::MemberRemoved { .. }
        | Fact::StaticMemberReplaced { .. }
        | Fact::InstanceFenced { .. }
        | Fact::StaticMemberAwaited { .. }
        | Fact::GroupProtocolChosen { .. }
        | Fact::AssignmentComputed { .. }
        | Fact::PartitionAssigned { .. }
        | Fact::PartitionRevoked { .. }
        | Fact::PartitionLost { .. }
        | Fact::NothingAssigned { .. }
        | Fact::ConsumerStarted
        | Fact::ApplicationStalled
        | Fact::ApplicationGoesOn
        | Fact::OffsetResetRefused { .. }
        | Fact::GroupDeletionRefused { .. }
        | Fact::OffsetsReset { .. }
        | Fact::CoordinatorRefused { .. }
        | Fact::GroupEpochBumped { .. }
        | Fact::TargetAssignmentComputed { .. }
        | Fact::MemberReconciles { .. }
        | Fact::ConsumerClosed => true,
        _ => false,
    }
}

/// The partition that it is about.
pub(super) fn partition_of(fact: &Fact) -> Option<PartitionId> {
    match *fact {
        Fact::Sent(sent) => sent.partition,
        Fact::LeaderElected { partition, .. }
        | Fact::BecameLeader { partition, .. }
        | Fact::BecameFollower { partition, .. }
        | Fact::Appended { partition, .. }
        | Fact::HighWatermarkMoved { partition, .. }
        | Fact::AppendRefused { partition, .. }
        | Fact::ProduceParked { partition, .. }
        | Fact::RecordSent { partition, .. }
        | Fact::BatchDrained { partition, .. }
        | Fact::BatchSplit { partition, .. }
        | Fact::IsrChanged { partition, .. }
        | Fact::IsrProposed { partition, .. }
        | Fact::IsrUpdated { partition, .. }
        | Fact::LeaderLost { partition, .. }
        | Fact::AlterPartitionRefused { partition, .. }
        | Fact::ReassignmentStarted { partition, .. }
        | Fact::ReassignmentCompleted { partition }
        | Fact::BecameLeaderless { partition, .. }
        | Fact::Diverged { partition, .. }
        | Fact::Truncated { partition, .. }
        | Fact::DuplicateDropped { partition, .. }
        | Fact::LogTruncationDetected { partition, .. }
        | Fact::BatchAcknowledged { partition, .. }
        | Fact::BatchRetried { partition, .. }
        | Fact::RecordsFailed { partition, .. }
        | Fact::StickyPartitionChanged { partition }
        | Fact::OffsetCommitted { partition, .. }
        | Fact::PartitionAssigned { partition, .. }
        | Fact::PartitionRevoked { partition }
        | Fact::PartitionLost { partition }
        | Fact::PositionSet { partition, .. }
        | Fact::RecordsFetched { partition, .. }
        | Fact::RecordProcessed { partition, .. } => Some(partition),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_concerns_its_partition_its_node_and_both() {
        let topic = TopicId(1);
        let fact = Fact::HighWatermarkMoved {
            partition: PartitionId { topic, index: 2 },
            to: 7,
        };
        let event = Event {
            id: 1,
            at: 0,
            node: NodeId::Broker(3),
            cause: 0,
            fact,
        };
        let concerned = |target| concerns(&event, target, Some(topic));
        assert!(concerned(Target::Partition(2)) && concerned(Target::Broker(BrokerId(3))));
        assert!(concerned(Target::Replica(2, BrokerId(3))) && !concerned(Target::Replica(2, BrokerId(1))));
        assert!(!concerned(Target::Partition(1)) && !concerned(Target::Group) && !concerned(Target::Producers));
        assert!(
            !concerns(&event, Target::Partition(2), Some(TopicId(0))),
            "another topic's partition 2"
        );
    }
}
