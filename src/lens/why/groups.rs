//! What a person does to a group, or to one of its consumers.

use super::words::Word::{Key, Node, Number};
use super::words::Words;
use partitura_engine::trace::CommandFact;
use partitura_engine::wire::{NodeId, OffsetSpec, ResetTo, SeekTo};

pub(super) fn commanded(command: &CommandFact, w: &Words) -> Option<String> {
    let consumer = |n: u8| Node(NodeId::Consumer(n));
    Some(match *command {
        CommandFact::Group { group, consumers } => w.say(
            "set the number of consumers of {} to {}",
            &[Key(group), Number(consumers.into())],
        ),
        CommandFact::Stall { consumer: n, stalled } => w.say(
            if stalled {
                "made the application of {} hang"
            } else {
                "let the application of {} go on"
            },
            &[consumer(n)],
        ),
        CommandFact::Slow {
            consumer: n,
            processing_us: Some(us),
        } => w.say("let {} work {} ms on each record", &[consumer(n), Number(us / 1_000)]),
        CommandFact::Slow { consumer: n, .. } => w.say("gave {} its own pace back", &[consumer(n)]),
        CommandFact::Seek { consumer: n, to } => match to {
            SeekTo::Earliest => w.say("let {} read on at the beginning", &[consumer(n)]),
            SeekTo::Latest => w.say("let {} read on at the end", &[consumer(n)]),
            SeekTo::Offset { partition, offset } => w.say(
                "let {} read on at offset {} of P{}",
                &[consumer(n), Number(offset), Number(partition.into())],
            ),
        },
        CommandFact::ResetOffsets { group, to } => match to {
            ResetTo::All(OffsetSpec::Earliest) => w.say("set the offsets of {} back to the beginning", &[Key(group)]),
            ResetTo::All(OffsetSpec::Latest) => w.say("set the offsets of {} to the end", &[Key(group)]),
            ResetTo::All(OffsetSpec::Timestamp(us)) => w.say(
                "set the offsets of {} to what came from {} ms on",
                &[Key(group), Number(us / 1_000)],
            ),
            ResetTo::Offset { partition, offset } => w.say(
                "set the offset of {} in P{} to {}",
                &[Key(group), Number(partition.into()), Number(offset)],
            ),
        },
        _ => return None,
    })
}
