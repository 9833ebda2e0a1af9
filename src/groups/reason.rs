//! Why a group rebalanced, in a few words, for the label of its band. The whole chain is the panel's.

use crate::lens::why::node;
use partitura_engine::trace::{EpochWhy, Event, EventId, Fact, GroupStateName, Trace};
use partitura_engine::wire::{Api, NodeId};
use std::collections::VecDeque;

/// Why: who, and what there is to say before and after its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason(&'static str, Option<NodeId>, &'static str);

/// The reasons of the run's rebalances: a long run forgets its oldest events, and these are still to be told.
#[derive(Debug, Clone, Default)]
pub struct Reasons {
    kept: VecDeque<(EventId, Reason)>,
}

/// How many reasons are kept: those of more rebalances than the engine keeps, of all groups.
const KEPT: usize = 1_024;
/// How many causes are looked through: what set a rebalance off is near.
const NEAR: usize = 24;

impl Reasons {
    /// Takes note of what led to a new state of a group.
    pub fn absorb(&mut self, event: &Event, trace: &Trace) {
        use GroupStateName::{Dead, Empty, Stable};
        let Fact::GroupState { state, .. } = event.fact else {
            return;
        };
        if !matches!(state, Dead | Empty | Stable) {
            if self.kept.len() == KEPT {
                self.kept.pop_front();
            }
            self.kept.push_back((event.cause, Reason::of(trace, event.cause)));
        }
    }

    /// Why, from the event that led to it: `consumer 4 joined`, `session of consumer 2 ended`.
    #[must_use]
    pub fn words(&self, id: EventId) -> String {
        let found = self.kept.iter().find(|(of, _)| *of == id);
        let Some((_, Reason(before, who, after))) = found else {
            return "reason no longer kept".to_owned();
        };
        let who = who.map(node).unwrap_or_default();
        [before, &*who, after].concat()
    }
}

impl Reason {
    fn of(trace: &Trace, id: EventId) -> Self {
        let mut why = None;
        let mut next = trace.get(id);
        for _ in 0..NEAR {
            let Some(event) = next else { break };
            next = trace.get(event.cause);
            if let Fact::GroupEpochBumped { why: bumped, .. } = event.fact {
                why = Some(bumped);
            } else if let Some(reason) = Self::from(event, why, trace) {
                return reason;
            }
        }
        Self(why.map_or("for no known reason", epoch_words), None, "")
    }

    fn from(event: &Event, why: Option<EpochWhy>, trace: &Trace) -> Option<Self> {
        let of = |what| Some(Self("", Some(event.node), what));
        match event.fact {
            Fact::MemberRemoved { consumer } => Some(Self("session of ", Some(consumer), " ended")),
            Fact::CoordinatorLoaded { .. } => Some(Self("another coordinator", None, "")),
            Fact::Sent(sent) if !sent.response => match (sent.api, why) {
                (Api::JoinGroup, _) if is_member(event, trace) => of(" joined again"),
                (Api::JoinGroup, _) | (Api::ConsumerGroupHeartbeat, Some(EpochWhy::MemberJoined)) => of(" joined"),
                (Api::LeaveGroup, _) | (Api::ConsumerGroupHeartbeat, Some(EpochWhy::MemberLeft)) => of(" left"),
                (Api::ConsumerGroupHeartbeat, Some(why)) => Some(Self(epoch_words(why), None, "")),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether the one who asks to join is a member already: it has its part of the assignment, and joins again because of it.
fn is_member(join: &Event, trace: &Trace) -> bool {
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
