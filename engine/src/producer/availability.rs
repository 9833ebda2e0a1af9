//! Which brokers cannot be sent what waits for them (KIP-794, `partitioner.availability.timeout.ms`).

use crate::wire::{BrokerId, Micros};

/// For each broker, since when it takes nothing (`RecordAccumulator.NodeLatencyStats`).
#[derive(Debug, Clone, Default)]
pub(super) struct NodeLatencies {
    /// By the broker's number.
    nodes: Vec<Option<NodeLatency>>,
}

#[derive(Debug, Clone, Copy)]
struct NodeLatency {
    /// When there was last something for it.
    ready_us: Micros,
    /// When it last could be sent something.
    drained_us: Micros,
}

impl NodeLatencies {
    /// There is something for that broker, and it can go, or not.
    pub(super) fn note(&mut self, broker: BrokerId, now: Micros, can_drain: bool) {
        let index = usize::from(broker.0);
        if index >= self.nodes.len() {
            self.nodes.resize(index + 1, None);
        }
        let node = self.nodes[index].get_or_insert(NodeLatency {
            ready_us: now,
            drained_us: now,
        });
        node.ready_us = now;
        if can_drain {
            node.drained_us = now;
        }
    }

    /// Whether something has waited for it for longer than that; never when that is 0.
    pub(super) fn is_slow(&self, broker: BrokerId, timeout_us: Micros) -> bool {
        let node = self.nodes.get(usize::from(broker.0)).copied().flatten();
        timeout_us > 0 && node.is_some_and(|node| node.ready_us - node.drained_us > timeout_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_is_slow_while_something_waits_for_it_too_long() {
        let (b1, b2) = (BrokerId(1), BrokerId(2));
        let mut nodes = NodeLatencies::default();
        nodes.note(b1, 100, false);
        nodes.note(b1, 600, false);
        assert!(!nodes.is_slow(b1, 500), "exactly so long is not too long");
        nodes.note(b1, 601, false);
        assert!(nodes.is_slow(b1, 500) && !nodes.is_slow(b2, 500) && !nodes.is_slow(b1, 0));
        nodes.note(b1, 700, true);
        assert!(!nodes.is_slow(b1, 500));
    }
}
