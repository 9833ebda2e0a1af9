//! What applications do with records that they cannot process, in a line each.

use super::Names;
use crate::application::Destination;
use crate::log::KeyId;
use crate::trace::{CommandFact, Fact, PauseWhy};
use crate::wire::{Offset, PartitionId};

/// `orders-0@7 goal#3`.
fn record(n: &Names, partition: PartitionId, offset: Offset, subject: KeyId, sequence: u32) -> String {
    format!(
        "{}@{offset} {}#{sequence}",
        n.partition(partition),
        n.key(Some(subject))
    )
}

pub(super) fn text(fact: &Fact, n: &Names) -> Option<String> {
    Some(match *fact {
        Fact::AttemptFailed {
            partition,
            offset,
            subject,
            sequence,
            attempt,
            why,
        } => {
            let record = record(n, partition, offset, subject, sequence);
            format!("failed at {record}, attempt {attempt}: {}", why.name())
        }
        Fact::RecordSentOn {
            partition,
            offset,
            subject,
            sequence,
            to,
            due_us,
            why,
        } => {
            let record = record(n, partition, offset, subject, sequence);
            match to {
                Destination::Main => format!("redrives {record} to the topic"),
                Destination::DeadLetters => format!("sends {record} to the dead letters: {}", why.name()),
                Destination::Tier(tier) => {
                    let due = super::readable_time(due_us);
                    format!("sends {record} to retry {tier}, due at {due}: {}", why.name())
                }
            }
        }
        Fact::RecordStoredOn {
            partition,
            offset,
            subject,
            sequence,
        } => format!("stored {}", record(n, partition, offset, subject, sequence)),
        Fact::RecordSkipped {
            partition,
            offset,
            subject,
            sequence,
        } => format!("skipped {}", record(n, partition, offset, subject, sequence)),
        Fact::PartitionPaused {
            partition,
            until_us,
            why,
        } => {
            let why = match why {
                PauseWhy::NotDue => "its next record is not due",
                PauseWhy::Stopped => "stopped at a record",
                PauseWhy::Full => "no room for more dead letters",
            };
            let until = super::readable_time(until_us);
            format!("pauses {} until {until}: {why}", n.partition(partition))
        }
        Fact::DeadLetterTaken {
            partition,
            offset,
            subject,
            sequence,
        } => format!("has dead letter {}", record(n, partition, offset, subject, sequence)),
        Fact::ApplicationCrashed {
            partition,
            offset,
            subject,
            sequence,
        } => format!("killed by {}", record(n, partition, offset, subject, sequence)),
        Fact::NoOffsetForPartition { partition } => {
            format!("NoOffsetForPartitionException for {}", n.partition(partition))
        }
        Fact::AutoCommitted { partitions } => format!("commits by itself, {partitions} partitions"),
        _ => return None,
    })
}

pub(super) fn command_text(command: &CommandFact) -> Option<String> {
    Some(match *command {
        CommandFact::Poison { rules: 0 } => "no poison".to_owned(),
        CommandFact::Poison { rules } => format!("{rules} rules for poison"),
        CommandFact::FailurePercent(percent) => format!("{percent} of 100 attempts fail"),
        CommandFact::Downstream { down: true } => "downstream is down".to_owned(),
        CommandFact::Downstream { down: false } => "downstream is up".to_owned(),
        CommandFact::Redrive { only: None } => "redrive all dead letters".to_owned(),
        CommandFact::Redrive {
            only: Some((partition, offset)),
        } => format!("redrive dead letter {partition}:{offset}"),
        _ => return None,
    })
}
