//! Why a group rebalanced, in a few words, for the label of its band. The whole chain is the panel's.

use crate::lens::why::node;
use partitura_engine::trace::{EpochWhy, Event, EventId, Fact, Trace};
use partitura_engine::wire::{Api, NodeId};

/// How many causes are looked through: what set a rebalance off is near.
const NEAR: usize = 16;

/// Why, from the event that led to it: `consumer 4 joined`, `session of consumer 2 ended`.
#[must_use]
pub fn reason(trace: &Trace, id: EventId) -> String {
    let mut why = None;
    let mut next = trace.get(id);
    for _ in 0..NEAR {
        let Some(event) = next else { break };
        next = trace.get(event.cause);
        if let Fact::GroupEpochBumped { why: bumped, .. } = event.fact {
            why = Some(bumped);
        } else if let Some(words) = words(event, why, trace) {
            return words;
        }
    }
    why.map_or("reason no longer kept", epoch_words).to_owned()
}

fn words(event: &Event, why: Option<EpochWhy>, trace: &Trace) -> Option<String> {
    let of = |who: NodeId, what: &str| Some(node(who) + what);
    match event.fact {
        Fact::MemberRemoved { consumer } => {
            let mut words = "session of ".to_owned();
            words.push_str(&node(consumer));
            words.push_str(" ended");
            Some(words)
        }
        Fact::CoordinatorLoaded { .. } => Some("another coordinator".to_owned()),
        Fact::Sent(sent) if !sent.response => match (sent.api, why) {
            (Api::JoinGroup, _) if has_synced(event, trace) => of(event.node, " joined again"),
            (Api::JoinGroup, _) | (Api::ConsumerGroupHeartbeat, Some(EpochWhy::MemberJoined)) => {
                of(event.node, " joined")
            }
            (Api::LeaveGroup, _) | (Api::ConsumerGroupHeartbeat, Some(EpochWhy::MemberLeft)) => of(event.node, " left"),
            (Api::ConsumerGroupHeartbeat, Some(why)) => Some(epoch_words(why).to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the one who asks to join is a member already: it has its part of the assignment, and joins again because of it.
fn has_synced(join: &Event, trace: &Trace) -> bool {
    let mut next = trace.get(join.cause);
    for _ in 0..NEAR {
        let Some(event) = next else { return false };
        match event.fact {
            Fact::PartitionRevoked { .. } => return true,
            Fact::Sent(sent) if sent.response && sent.api == Api::SyncGroup => return true,
            Fact::ConsumerStarted => return false,
            _ => next = trace.get(event.cause),
        }
    }
    false
}

fn epoch_words(why: EpochWhy) -> &'static str {
    match why {
        EpochWhy::MemberJoined => "a member joined",
        EpochWhy::SubscriptionChanged => "another subscription",
        EpochWhy::PartitionsChanged => "other partitions",
        EpochWhy::MemberLeft => "a member left",
        EpochWhy::SessionExpired => "a session ended",
        EpochWhy::RevocationTimedOut => "a member gave nothing up",
    }
}
