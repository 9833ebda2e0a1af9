//! What happens to brokers, controllers and replicas, in words.

use super::Names;
use crate::trace::{CommandFact, Election, EpochWhy, Fact, FenceWhy, ProcessFault, ReconcileStep};
use crate::wire::QuotaType;

/// What the election's kind adds to its line; nothing for the usual ones.
pub(super) fn election_text(how: Election) -> &'static str {
    match how {
        Election::First | Election::FromIsr => "",
        Election::Preferred => ", the preferred leader",
        Election::FromElr => ", from the ELR",
        Election::LastKnown => ", the last known leader",
        Election::Unclean => ", UNCLEAN",
    }
}

pub(super) fn text(fact: &Fact, n: &Names) -> String {
    match *fact {
        Fact::ConnectionLost { with } => format!("lost its connection to {with}"),
        Fact::ProcessCrashed => "crashed".to_owned(),
        Fact::ProcessStopped => "stopped".to_owned(),
        Fact::ProcessPaused => "stands still".to_owned(),
        Fact::ProcessResumed => "goes on".to_owned(),
        Fact::DiskLost => "lost its disk".to_owned(),
        Fact::ControlledShutdownStarted => "asks for a controlled shutdown".to_owned(),
        Fact::BrokerFenced { broker, why } => format!("fenced {broker}: {}", fence_text(why)),
        Fact::BrokerShuttingDown { broker } => format!("moves leaderships away from {broker}"),
        Fact::QuorumChanged { role, epoch } => format!("is {} in quorum epoch {epoch}", role.name()),
        Fact::VoteGranted { to, epoch } => format!("votes for ctrl{to} in quorum epoch {epoch}"),
        Fact::TopicConfigured { topic } => format!("changed settings of topic {}", n.topic(topic)),
        Fact::QuotaAltered { quota, bytes_per_s } => quota_text(quota, bytes_per_s),
        Fact::Throttled { client, throttle_ms } => format!("throttles {client} for {throttle_ms} ms"),
        Fact::PartitionsAdded { topic, partitions } => format!("topic {} has {partitions} partitions", n.topic(topic)),
        Fact::AdminRefused { error } => format!("refused the administrator: {error}"),
        Fact::ProducerIdAssigned { producer_id, epoch } => format!("has producer id {producer_id} epoch {epoch}"),
        Fact::ProducerEpochBumped { epoch } => format!("goes on with producer epoch {epoch}"),
        Fact::GroupEpochBumped { epoch, why } => format!("group epoch {epoch}: {}", epoch_text(why)),
        Fact::TargetAssignmentComputed {
            epoch,
            members,
            partitions,
        } => format!("target of epoch {epoch}: {partitions} partitions for {members} members"),
        Fact::MemberReconciles {
            consumer,
            step,
            epoch,
            partitions,
        } => format!("{consumer} {} {partitions} member epoch {epoch}", step_text(step)),
        _ => partition_text(fact, n),
    }
}

fn epoch_text(why: EpochWhy) -> &'static str {
    match why {
        EpochWhy::MemberJoined => "a member came",
        EpochWhy::SubscriptionChanged => "a member reads other topics",
        EpochWhy::PartitionsChanged => "the partitions are others",
        EpochWhy::MemberLeft => "a member left",
        EpochWhy::SessionExpired => "a session ended",
        EpochWhy::RevocationTimedOut => "a member gave nothing up in time",
    }
}

fn step_text(step: ReconcileStep) -> &'static str {
    match step {
        ReconcileStep::Revoke => "is to give up",
        ReconcileStep::Released => "has given up",
        ReconcileStep::Assign => "gets",
        ReconcileStep::Enter => "keeps",
    }
}

fn partition_text(fact: &Fact, n: &Names) -> String {
    match *fact {
        Fact::IsrChanged { partition, isr, elr } => {
            let elr = if elr.is_empty() {
                String::new()
            } else {
                format!(" ELR {elr}")
            };
            format!("ISR of {} is {isr}{elr}", n.partition(partition))
        }
        Fact::LeaderLost { partition, epoch } => format!("{} has no leader, epoch {epoch}", n.partition(partition)),
        Fact::AlterPartitionRefused { partition, error } => {
            format!("refused AlterPartition {}: {error}", n.partition(partition))
        }
        Fact::ReassignmentStarted { partition, replicas } => {
            format!("reassigns {} to {replicas}", n.partition(partition))
        }
        Fact::ReassignmentCompleted { partition } => format!("{} is reassigned", n.partition(partition)),
        Fact::BecameLeaderless { partition, epoch } => {
            format!("knows no leader of {} epoch {epoch}", n.partition(partition))
        }
        Fact::IsrProposed { partition, from, to } => {
            format!("proposes ISR {from} → {to} of {}", n.partition(partition))
        }
        Fact::IsrUpdated { partition, isr } => format!("counts on ISR {isr} of {}", n.partition(partition)),
        Fact::Diverged {
            partition,
            epoch,
            end_offset,
        } => {
            let place = n.partition(partition);
            format!("diverges from the leader of {place}: epoch {epoch} ends at {end_offset}")
        }
        Fact::Truncated { partition, to, records } => {
            format!(
                "truncated {} to {to}: {}",
                n.partition(partition),
                super::records(records)
            )
        }
        Fact::DuplicateDropped {
            partition,
            base_offset,
            records,
        } => {
            let place = n.partition(partition);
            format!(
                "has {place}@{base_offset} {} already: duplicate",
                super::records(records)
            )
        }
        Fact::CoordinatorLoaded { partition, groups } => {
            format!("coordinates the groups of {}, {groups} found", n.partition(partition))
        }
        Fact::CoordinatorUnloaded { partition } => {
            format!("does not coordinate the groups of {} any more", n.partition(partition))
        }
        Fact::LogTruncationDetected { partition, to } => {
            format!(
                "the log of {} was truncated, reads on from {to}",
                n.partition(partition)
            )
        }
        // The rest has its words in `readable`. Derived `Debug` as the last resort would bring the code of every type on the
        // wire into the app.
        _ => String::new(),
    }
}

fn quota_text(quota: QuotaType, bytes_per_s: u64) -> String {
    format!("{}={bytes_per_s}", quota.name())
}

fn fence_text(why: FenceWhy) -> &'static str {
    match why {
        FenceWhy::SessionExpired => "no heartbeat for broker.session.timeout.ms",
        FenceWhy::ShutDown => "it has stopped",
        FenceWhy::Restarted => "it has registered again",
    }
}

pub(super) fn command_text(command: &CommandFact) -> String {
    match *command {
        CommandFact::Process { node, fault } => {
            let verb = match fault {
                ProcessFault::Crash => "crash",
                ProcessFault::Stop => "stop",
                ProcessFault::Pause => "pause",
                ProcessFault::Resume => "resume",
                ProcessFault::Start => "start",
                ProcessFault::LoseDisk => "lose the disk of",
            };
            format!("{verb} {node}")
        }
        CommandFact::SlowDisk {
            broker,
            bytes_per_s: Some(bytes),
        } => format!("disk of {broker} takes {bytes} bytes/s"),
        CommandFact::SlowDisk {
            broker,
            bytes_per_s: None,
        } => format!("disk of {broker} is fast again"),
        CommandFact::Cut { from, to, both_ways } => {
            let arrow = if both_ways { "↔" } else { "→" };
            format!("cut {from} {arrow} {to}")
        }
        CommandFact::Impair {
            from,
            to,
            delay_us,
            loss_permille,
        } => format!("{from} ↔ {to}: {delay_us} µs longer, {loss_permille} ‰ lost"),
        CommandFact::Heal => "heal the network".to_owned(),
        CommandFact::ElectLeaders { unclean: false } => "elect preferred leaders".to_owned(),
        CommandFact::ElectLeaders { unclean: true } => "elect leaders uncleanly".to_owned(),
        CommandFact::AddPartitions { count } => format!("{count} partitions"),
        CommandFact::Reassign { partition, replicas } => format!("reassign partition {partition} to {replicas}"),
        CommandFact::Unclean(on) => format!("unclean.leader.election.enable={on}"),
        CommandFact::ClientQuota { quota, bytes_per_s } => quota_text(quota, bytes_per_s),
        CommandFact::MinInsyncReplicas(n) => format!("min.insync.replicas={n}"),
        // The rest has its words in `readable`.
        _ => String::new(),
    }
}
