//! What applications do with records that they cannot process.

use super::words::Word::{Key, Number, Place, Text};
use super::words::Words;
use partitura_engine::application::Destination;
use partitura_engine::log::{FailureWhy, KeyId};
use partitura_engine::trace::{CommandFact, Fact, PauseWhy};
use partitura_engine::wire::{Offset, PartitionId};

/// A sentence about one record: which it is, where it is, and one more word.
fn of_record(
    w: &Words,
    sentence: &str,
    (partition, offset): (PartitionId, Offset),
    (subject, sequence): (KeyId, u32),
    more: &str,
) -> String {
    w.say(
        sentence,
        &[
            Number(sequence.into()),
            Key(Some(subject)),
            Place(partition),
            Number(offset),
            Text(more),
        ],
    )
}

fn reason(why: FailureWhy) -> &'static str {
    match why {
        FailureWhy::Poison => "nobody can process it",
        FailureWhy::Transient => "bad luck, another attempt may succeed",
        FailureWhy::Outage => "the service that it calls is down",
        FailureWhy::Follows => "an earlier record of its key is in retry, and it stays behind that",
    }
}

pub(super) fn application(fact: &Fact, w: &Words) -> Option<String> {
    Some(match *fact {
        Fact::AttemptFailed {
            partition,
            offset,
            subject,
            sequence,
            why,
            ..
        } => of_record(
            w,
            "could not process record {} about {}, {} at {}: {}",
            (partition, offset),
            (subject, sequence),
            reason(why),
        ),
        Fact::RecordSentOn {
            partition,
            offset,
            subject,
            sequence,
            to,
            why,
            ..
        } => {
            let sentence = match to {
                Destination::Main => "sent record {} about {}, {} at {}, back to the topic, because a person wanted it",
                Destination::Tier(_) => "sent record {} about {}, {} at {}, to a retry topic: {}",
                Destination::DeadLetters => {
                    "sent record {} about {}, {} at {}, to the dead letters after its last attempt: {}"
                }
            };
            of_record(w, sentence, (partition, offset), (subject, sequence), reason(why))
        }
        Fact::RecordStoredOn {
            partition,
            offset,
            subject,
            sequence,
        } => of_record(
            w,
            "knows that record {} about {} is stored in {} at {}: now it may commit past it",
            (partition, offset),
            (subject, sequence),
            "",
        ),
        Fact::RecordSkipped {
            partition,
            offset,
            subject,
            sequence,
        } => of_record(
            w,
            "passed over record {} about {}, {} at {}: it is lost for the group",
            (partition, offset),
            (subject, sequence),
            "",
        ),
        Fact::PartitionPaused {
            partition,
            until_us,
            why,
        } => {
            let why = match why {
                PauseWhy::NotDue => "its next record is not due yet",
                PauseWhy::Stopped => "it cannot process the next record, and does not go past it",
                PauseWhy::Full => "it has no room for more dead letters",
            };
            w.say(
                "paused {} until {} ms: {}",
                &[Place(partition), Number(until_us / 1_000), Text(why)],
            )
        }
        Fact::DeadLetterTaken {
            partition,
            offset,
            subject,
            sequence,
        } => of_record(
            w,
            "has record {} about {} in hand, a dead letter of {} at {}",
            (partition, offset),
            (subject, sequence),
            "",
        ),
        Fact::ApplicationCrashed {
            partition,
            offset,
            subject,
            sequence,
        } => of_record(
            w,
            "was killed by record {} about {}, {} at {}",
            (partition, offset),
            (subject, sequence),
            "",
        ),
        Fact::NoOffsetForPartition { partition } => w.say(
            "ended with NoOffsetForPartitionException: the group has no offset for {}, and auto.offset.reset is none",
            &[Place(partition)],
        ),
        Fact::AutoCommitted { partitions } => w.say(
            "commits by itself, inside poll(), what earlier polls have returned of {} partitions",
            &[Number(partitions.into())],
        ),
        _ => return None,
    })
}

/// What a person did to the application's surroundings.
pub(super) fn commanded(command: &CommandFact, w: &Words) -> Option<String> {
    Some(match *command {
        CommandFact::Poison { rules: 0 } => "let every record be processed again".to_owned(),
        CommandFact::Poison { rules } => w.say(
            "made some records impossible to process: {} rules",
            &[Number(rules.into())],
        ),
        CommandFact::FailurePercent(percent) => w.say("let {} of 100 attempts fail", &[Number(percent.into())]),
        CommandFact::Downstream { down: true } => "took the service down that processing calls".to_owned(),
        CommandFact::Downstream { down: false } => "brought the service up again that processing calls".to_owned(),
        CommandFact::Redrive { only: None } => "sent all dead letters back".to_owned(),
        CommandFact::Redrive {
            only: Some((partition, offset)),
        } => w.say(
            "sent the dead letter of partition {} at {} back",
            &[Number(partition.into()), Number(offset)],
        ),
        _ => return None,
    })
}
