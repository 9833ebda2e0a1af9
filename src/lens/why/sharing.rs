//! What share groups do with records.

use super::words::Word::{Key, Node, Number, Place, Records, Text};
use super::words::Words;
use partitura_engine::trace::{Fact, ShareStep};

pub(super) fn sentence(fact: &Fact, w: &Words) -> Option<String> {
    let share = match *fact {
        Fact::Share(share) => share,
        Fact::ShareGroupChanged { epoch, members } => {
            return Some(w.say(
                "has the share group in epoch {}, with {} members: each is told its partitions with its next heartbeat",
                &[Number(epoch.into()), Number(members.into())],
            ));
        }
        Fact::ShareProcessed {
            partition,
            offset,
            subject,
            sequence,
            delivery_count,
            ..
        } => {
            return Some(w.say(
                "processed record {} about {}, offset {} of {}, delivery {}",
                &[
                    Number(sequence.into()),
                    Key(Some(subject)),
                    Number(offset),
                    Place(partition),
                    Number(delivery_count.into()),
                ],
            ));
        }
        Fact::ShareFailed {
            partition,
            offset,
            subject,
            sequence,
            delivery_count,
            why,
        } => {
            return Some(w.say(
                "could not process record {} about {}, offset {} of {}, delivery {}: {}",
                &[
                    Number(sequence.into()),
                    Key(Some(subject)),
                    Number(offset),
                    Place(partition),
                    Number(delivery_count.into()),
                    Text(why.name()),
                ],
            ));
        }
        _ => return None,
    };
    let sentence = match share.step {
        ShareStep::Acquired => {
            "gave {} of {} from offset {} to {}, delivery {}: nobody else gets them until the lock ends"
        }
        ShareStep::Accepted => "has {} of {} from offset {} as done: {} accepted them, of delivery {}",
        ShareStep::Released => "may give {} of {} from offset {} to others: {} released them, after delivery {}",
        ShareStep::Rejected => "gives {} of {} from offset {} to nobody any more: {} rejected them, at delivery {}",
        ShareStep::Renewed => "begins the lock of {} of {} from offset {} anew: {} needs longer, delivery {}",
        ShareStep::LockExpired => {
            "may give {} of {} from offset {} to others: {} said nothing within group.share.record.lock.duration.ms, delivery {}"
        }
        ShareStep::SessionEnded => "may give {} of {} from offset {} to others: {} is gone, with delivery {}",
        ShareStep::Archived => {
            "gives {} of {} from offset {} to nobody any more: {} had them last, and group.share.delivery.count.limit allows {} deliveries"
        }
        ShareStep::AcknowledgeRefused => {
            "does not hear what is said of {} of {} from offset {}: {} does not have them any more"
        }
    };
    Some(w.say(
        sentence,
        &[
            Records(share.records),
            Place(share.partition),
            Number(share.first),
            Node(share.member),
            Number(share.delivery_count.into()),
        ],
    ))
}
