//! What a person does to a group, or to one of its consumers.

use super::words::Word::{Key, Node, Number};
use super::words::Words;
use partitura_engine::trace::CommandFact;
use partitura_engine::wire::{NodeId, OffsetSpec, ResetTo, SeekTo};

pub(super) fn commanded(command: &CommandFact, w: &Words) -> Option<String> {
    Some(match *command {
        CommandFact::Group { group, consumers } => w.say(
            "set the consumers of group {} to {}",
            &[Key(group), Number(consumers.into())],
        ),
        CommandFact::Stall { consumer, stalled } => {
            let sentence = if stalled {
                "let the application of {} hang in a record"
            } else {
                "let the application of {} go on"
            };
            w.say(sentence, &[Node(NodeId::Consumer(consumer))])
        }
        CommandFact::Slow {
            consumer,
            processing_us,
        } => match processing_us {
            Some(us) => w.say(
                "slowed {} to {} ms a record",
                &[Node(NodeId::Consumer(consumer)), Number(us / 1000)],
            ),
            None => w.say("made {} as fast as before", &[Node(NodeId::Consumer(consumer))]),
        },
        CommandFact::Seek { consumer, to } => {
            let node = Node(NodeId::Consumer(consumer));
            match to {
                SeekTo::Earliest => w.say("had {} seek to the beginning of what it owns", &[node]),
                SeekTo::Latest => w.say("had {} seek to the end of what it owns", &[node]),
                SeekTo::Offset { partition, offset } => w.say(
                    "had {} seek in P{} to offset {}",
                    &[node, Number(partition.into()), Number(offset)],
                ),
            }
        }
        CommandFact::DeleteGroup { group } => w.say("asked to delete the group {}", &[Key(group)]),
        CommandFact::ResetOffsets { group, to } => match to {
            ResetTo::All(OffsetSpec::Earliest) => {
                w.say("asked to reset the offsets of {} to the earliest", &[Key(group)])
            }
            ResetTo::All(OffsetSpec::Latest) => w.say("asked to reset the offsets of {} to the latest", &[Key(group)]),
            ResetTo::All(OffsetSpec::Timestamp(us)) => w.say(
                "asked to reset the offsets of {} to those of {} ms",
                &[Key(group), Number(us / 1000)],
            ),
            ResetTo::Offset { partition, offset } => w.say(
                "asked to reset the offset of {} in P{} to {}",
                &[Key(group), Number(partition.into()), Number(offset)],
            ),
        },
        _ => return None,
    })
}
