//! What goes on for a while gets a mark on the timeline where it begins, and not one for each of its events: a quota that
//! throttles, a `send()` that blocks, records that are dropped at the source.

use super::why::node;
use crate::session::history::MarkKind;
use partitura_engine::trace::{Event, Fact};
use partitura_engine::wire::{Micros, NodeId};

/// So long after the last event of its kind, the next one is a new beginning.
const QUIET_US: Micros = 5_000_000;

/// What goes on at the moment.
#[derive(Debug, Clone, Default)]
pub struct Spells {
    /// Until when each kind goes on.
    until: [Option<Micros>; 4],
    /// Producers that have had an answer: what blocks them is not that they know no broker yet.
    known: Vec<NodeId>,
}

impl Spells {
    /// The mark of that event, if something begins with it.
    pub fn begins(&mut self, event: &Event) -> Option<(MarkKind, String)> {
        let (kind, lasts_us, mark) = match event.fact {
            Fact::BatchAcknowledged { .. } => {
                if !self.known.contains(&event.node) {
                    self.known.push(event.node);
                }
                return None;
            }
            Fact::Throttled { client, throttle_ms } => {
                let label = format!("quota holds {} back", node(client));
                (0, Micros::from(throttle_ms) * 1_000, (MarkKind::Trouble, label))
            }
            Fact::SendBlocked if self.known.contains(&event.node) => (
                1,
                0,
                (MarkKind::Trouble, format!("send() of {} blocks", node(event.node))),
            ),
            Fact::SourceDropped { .. } => (2, 0, (MarkKind::Trouble, "records dropped at the source".to_owned())),
            Fact::SourceQueued { .. } => (3, 0, (MarkKind::Retry, "records wait at the source".to_owned())),
            _ => return None,
        };
        let before = self.until[kind].replace(event.at + lasts_us + QUIET_US);
        before.is_none_or(|until| event.at > until).then_some(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::wire::{PartitionId, TopicId};

    const SECOND: Micros = 1_000_000;

    fn event(at: Micros, node: NodeId, fact: Fact) -> Event {
        Event {
            id: at,
            at,
            node,
            cause: 0,
            fact,
        }
    }

    fn throttled(at_s: u64) -> Event {
        let fact = Fact::Throttled {
            client: NodeId::Producer(1),
            throttle_ms: 800,
        };
        event(at_s * SECOND, NodeId::Broker(1), fact)
    }

    #[test]
    fn a_quota_is_marked_where_it_begins_to_throttle() {
        let mut spells = Spells::default();
        let marked: Vec<u64> = [10, 11, 15, 20, 40]
            .into_iter()
            .filter(|at| spells.begins(&throttled(*at)).is_some())
            .collect();
        assert_eq!(marked, [10, 40], "what goes on has one mark");
    }

    #[test]
    fn a_send_that_waits_for_the_first_metadata_is_no_trouble() {
        let mut spells = Spells::default();
        let producer = NodeId::Producer(1);
        assert_eq!(spells.begins(&event(SECOND, producer, Fact::SendBlocked)), None);
        let partition = PartitionId {
            topic: TopicId(1),
            index: 0,
        };
        let acknowledged = Fact::BatchAcknowledged {
            partition,
            base_offset: 0,
            records: 1,
            ordinal: 0,
        };
        assert_eq!(spells.begins(&event(2 * SECOND, producer, acknowledged)), None);
        let blocked = spells.begins(&event(9 * SECOND, producer, Fact::SendBlocked));
        assert_eq!(blocked.map(|(kind, _)| kind), Some(MarkKind::Trouble));
        let other = event(9 * SECOND, NodeId::Producer(2), Fact::SendBlocked);
        assert_eq!(spells.begins(&other), None, "that one has not got anywhere yet");
    }
}
