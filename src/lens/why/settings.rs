//! Which settings an event hangs on.

use partitura_engine::trace::{BatchWhy, Election, EpochWhy, Fact, FenceWhy, ShareStep, WorkStep};
use partitura_engine::wire::{ErrorCode, NodeId};

/// The settings without which it would have gone another way, by their names; those that this run does not have are
/// left out by whoever shows them.
#[must_use]
pub fn settings_of(fact: &Fact) -> &'static [&'static str] {
    match *fact {
        Fact::BrokerFenced {
            why: FenceWhy::SessionExpired,
            ..
        } => &["broker.session.timeout.ms", "broker.heartbeat.interval.ms"],
        Fact::ControlledShutdownStarted | Fact::BrokerShuttingDown { .. } => &["controlled.shutdown.enable"],
        Fact::LeaderElected { how, .. } => match how {
            Election::Preferred => &[
                "auto.leader.rebalance.enable",
                "leader.imbalance.check.interval.seconds",
            ],
            Election::FromElr | Election::LastKnown => &["eligible.leader.replicas.version", "min.insync.replicas"],
            Election::Unclean => &["unclean.leader.election.enable"],
            Election::First | Election::FromIsr => &["replication.factor"],
        },
        Fact::LeaderLost { .. } => &["unclean.leader.election.enable", "replication.factor"],
        Fact::IsrProposed { from, to, .. } if to.len() < from.len() => &["replica.lag.time.max.ms"],
        Fact::IsrChanged { .. } | Fact::IsrUpdated { .. } | Fact::HighWatermarkMoved { .. } => &["min.insync.replicas"],
        Fact::QuorumChanged { .. } => &[
            "controller.quorum.fetch.timeout.ms",
            "controller.quorum.election.timeout.ms",
        ],
        Fact::Throttled {
            client: NodeId::Consumer(_),
            ..
        } => &["consumer_byte_rate", "quota.window.num"],
        Fact::Throttled { .. } => &["producer_byte_rate", "quota.window.num"],
        Fact::ProduceParked { .. } => &["acks", "request.timeout.ms"],
        Fact::BatchAcknowledged { .. } => &["acks"],
        Fact::AppendRefused { error, .. } | Fact::BatchRetried { error, .. } | Fact::RecordsFailed { error, .. } => {
            of_error(error, fact)
        }
        Fact::DuplicateDropped { .. } | Fact::ProducerIdAssigned { .. } | Fact::ProducerEpochBumped { .. } => {
            &["enable.idempotence", "max.in.flight.requests.per.connection"]
        }
        Fact::BatchDrained { why, .. } => match why {
            BatchWhy::Linger => &["linger.ms"],
            BatchWhy::Retry => &["retry.backoff.ms"],
            BatchWhy::MemoryExhausted => &["buffer.memory"],
            BatchWhy::Full | BatchWhy::Split | BatchWhy::Along => &["batch.size"],
        },
        Fact::SourceQueued { .. } => &["send.limit"],
        Fact::SourceDropped { .. } => &["source", "send.limit"],
        Fact::SendBlocked | Fact::SendTimedOut => &["max.block.ms", "buffer.memory"],
        Fact::RecordTooLarge { .. } | Fact::BatchSplit { .. } => &["max.request.size", "message.max.bytes"],
        Fact::MemberRemoved { .. } => &["session.timeout.ms", "max.poll.interval.ms"],
        Fact::GroupEpochBumped { why, .. } => match why {
            EpochWhy::SessionExpired => &["group.consumer.session.timeout.ms"],
            EpochWhy::RevocationTimedOut => &["max.poll.interval.ms"],
            _ => &["group.protocol"],
        },
        Fact::TargetAssignmentComputed { .. } => &["group.remote.assignor", "group.consumer.assignment.interval.ms"],
        Fact::MemberReconciles { .. } => &["group.consumer.heartbeat.interval.ms"],
        Fact::PositionSet { committed: false, .. } => &["auto.offset.reset"],
        Fact::Work(work) => match work.step {
            WorkStep::Reappeared | WorkStep::AcknowledgedLate => &["queue.visibility.timeout.ms"],
            WorkStep::DeadLettered => &["queue.max.receives"],
            _ => &[],
        },
        Fact::Share(share) => match share.step {
            ShareStep::LockExpired | ShareStep::AcknowledgeRefused => &["group.share.record.lock.duration.ms"],
            ShareStep::Archived => &["group.share.delivery.count.limit"],
            _ => &[],
        },
        _ => &[],
    }
}

fn of_error(error: ErrorCode, fact: &Fact) -> &'static [&'static str] {
    match error {
        ErrorCode::NotEnoughReplicas | ErrorCode::NotEnoughReplicasAfterAppend => &["min.insync.replicas", "acks"],
        ErrorCode::RequestTimedOut | ErrorCode::NetworkException => &["request.timeout.ms", "delivery.timeout.ms"],
        _ if matches!(fact, Fact::RecordsFailed { .. }) => &["retries", "delivery.timeout.ms"],
        _ => &["retries", "retry.backoff.ms"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::scenario::Setting;
    use partitura_engine::wire::{BrokerId, PartitionId, TopicId};

    #[test]
    fn all_names_are_in_the_catalogue() {
        let partition = PartitionId {
            topic: TopicId(0),
            index: 0,
        };
        let elected = [
            Election::First,
            Election::Preferred,
            Election::FromElr,
            Election::LastKnown,
            Election::Unclean,
        ]
        .map(|how| Fact::LeaderElected {
            partition,
            leader: BrokerId(1),
            epoch: 1,
            how,
        });
        let drained = [
            BatchWhy::Full,
            BatchWhy::Linger,
            BatchWhy::Retry,
            BatchWhy::MemoryExhausted,
        ]
        .map(|why| Fact::BatchDrained {
            partition,
            records: 1,
            bytes: 1,
            why,
        });
        let failed = ErrorCode::ALL.iter().flat_map(|error| {
            let (error, records, ordinal, attempt) = (*error, 1, 0, 1);
            let failed = Fact::RecordsFailed {
                partition,
                error,
                records,
                ordinal,
            };
            let retried = Fact::BatchRetried {
                partition,
                error,
                records,
                ordinal,
                attempt,
            };
            [failed, retried]
        });
        let others = [
            Fact::BrokerFenced {
                broker: BrokerId(1),
                why: FenceWhy::SessionExpired,
            },
            Fact::ControlledShutdownStarted,
            Fact::LeaderLost { partition, epoch: 1 },
            Fact::IsrProposed {
                partition,
                from: [BrokerId(1)].into_iter().collect(),
                to: [].into_iter().collect(),
            },
            Fact::HighWatermarkMoved { partition, to: 1 },
            Fact::QuorumChanged {
                role: partitura_engine::wire::QuorumRole::Leader,
                epoch: 1,
            },
            Fact::ProduceParked { partition, until: 1 },
            Fact::ProducerEpochBumped { epoch: 1 },
            Fact::Throttled {
                client: NodeId::Producer(1),
                throttle_ms: 1,
            },
            Fact::Throttled {
                client: NodeId::Consumer(1),
                throttle_ms: 1,
            },
            Fact::SendBlocked,
            Fact::SourceDropped {
                subject: partitura_engine::log::Dictionary::default().key("ad-1").unwrap(),
                sequence: 1,
            },
            Fact::RecordTooLarge { key: None, bytes: 1 },
            Fact::GroupEpochBumped {
                epoch: 3,
                why: EpochWhy::SessionExpired,
            },
            Fact::GroupEpochBumped {
                epoch: 3,
                why: EpochWhy::RevocationTimedOut,
            },
            Fact::TargetAssignmentComputed {
                epoch: 3,
                members: 2,
                partitions: 6,
            },
            Fact::MemberRemoved {
                consumer: partitura_engine::wire::NodeId::Consumer(1),
            },
        ];
        for fact in elected.into_iter().chain(drained).chain(failed).chain(others) {
            let names = settings_of(&fact);
            assert!(!names.is_empty(), "{fact:?}");
            for name in names {
                assert!(Setting::find(name).is_some(), "{name} of {fact:?}");
            }
        }
    }
}
