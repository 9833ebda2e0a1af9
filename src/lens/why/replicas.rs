//! What brokers do with their replicas, and with the requests that they get.

use super::words::Word::{Broker, Error, Node, Number, Place, Records, Set, Text};
use super::words::Words;
use partitura_engine::trace::Fact;
use partitura_engine::wire::BrokerSet;

pub(super) fn sentence(fact: &Fact, w: &Words) -> Option<String> {
    Some(match *fact {
        Fact::MetadataApplied { offset } => w.say("applied the metadata log up to {}", &[Number(offset)]),
        Fact::BecameLeader { partition, epoch } => w.say(
            "leads {} from now on, epoch {}",
            &[Place(partition), Number(epoch.into())],
        ),
        Fact::BecameFollower {
            partition,
            leader,
            epoch,
        } => w.say(
            "follows {} for {} from now on, epoch {}",
            &[Broker(leader), Place(partition), Number(epoch.into())],
        ),
        Fact::BecameLeaderless { partition, epoch } => w.say(
            "learned that nobody leads {}, epoch {}",
            &[Place(partition), Number(epoch.into())],
        ),
        Fact::IsrProposed { partition, from, to } => proposed(w, Place(partition), from, to),
        Fact::IsrUpdated { partition, isr } => w.say(
            "waits for {} from now on before records of {} are committed",
            &[Set(isr), Place(partition)],
        ),
        Fact::Diverged {
            partition,
            epoch,
            end_offset,
        } => w.say(
            "learned that its log of {} is no beginning of the leader's: there, epoch {} ends at {}",
            &[Place(partition), Number(epoch.into()), Number(end_offset)],
        ),
        Fact::Truncated { partition, to, records } => w.say(
            "cut {} off the end of its log of {}, which the leader does not have: it ends at {} now",
            &[Records(records), Place(partition), Number(to)],
        ),
        Fact::CoordinatorLoaded { partition, groups } => w.say(
            "coordinates the groups of {} from now on, and found {} in it",
            &[Place(partition), Number(groups.into())],
        ),
        Fact::CoordinatorUnloaded { partition } => {
            w.say("does not coordinate the groups of {} any more", &[Place(partition)])
        }
        _ => return of_requests(fact, w),
    })
}

fn proposed(w: &Words, place: super::words::Word, from: BrokerSet, to: BrokerSet) -> String {
    let without = |a: BrokerSet, b: BrokerSet| a.iter().filter(|broker| !b.contains(*broker)).collect::<BrokerSet>();
    let (gone, new) = (without(from, to), without(to, from));
    if new.is_empty() {
        let sentence = "asks the controller to take {} out of the ISR of {}: not caught up for replica.lag.time.max.ms";
        w.say(sentence, &[Set(gone), place])
    } else {
        w.say(
            "asks the controller to take {} into the ISR of {}: caught up",
            &[Set(new), place],
        )
    }
}

fn of_requests(fact: &Fact, w: &Words) -> Option<String> {
    Some(match *fact {
        Fact::RequestHeld { from, api } => w.say(
            "lets a {} request of {} wait: one of before is not answered yet",
            &[Text(api.name()), Node(from)],
        ),
        Fact::Appended {
            partition,
            base_offset,
            records,
            as_leader,
        } => {
            let sentence = if as_leader {
                "appended {} to {} at offset {}, as its leader"
            } else {
                "copied {} of {} from its leader, at offset {}"
            };
            w.say(sentence, &[Records(records), Place(partition), Number(base_offset)])
        }
        Fact::HighWatermarkMoved { partition, to } => w.say(
            "moved its high watermark of {} to {}: what is below it is committed",
            &[Place(partition), Number(to)],
        ),
        Fact::AppendRefused { partition, error } => {
            w.say("refused records for {}: {}", &[Place(partition), Error(error)])
        }
        Fact::Throttled { client, throttle_ms } => w.say(
            "found {} over its quota: it answers at once, and reads nothing more from it for {} ms",
            &[Node(client), Number(throttle_ms.into())],
        ),
        Fact::ProduceParked { partition, until } => w.say(
            "holds its acks=all answer for {} back until the high watermark is {}",
            &[Place(partition), Number(until)],
        ),
        Fact::DuplicateDropped {
            partition,
            base_offset,
            records,
        } => w.say(
            "had {} of {} already, at offset {}: by their sequence number a duplicate, acknowledged and not appended",
            &[Records(records), Place(partition), Number(base_offset)],
        ),
        _ => return None,
    })
}
