//! Links: how long a message takes.

use super::{LinkConfig, NetworkConfig};
use crate::node::Random;
use crate::wire::{Micros, NodeId};
use std::collections::BTreeMap;

/// The links between nodes. Each direction of each pair is a link of its own, with its own random stream, and keeps
/// messages in order, as TCP does.
#[derive(Debug, Clone)]
pub(super) struct Network {
    config: NetworkConfig,
    seed: u64,
    links: BTreeMap<(NodeId, NodeId), Link>,
}

#[derive(Debug, Clone)]
struct Link {
    random: Random,
    last_arrival: Micros,
    /// The sender's line is busy until then.
    free_at: Micros,
}

impl Network {
    pub(super) fn new(config: NetworkConfig, seed: u64) -> Self {
        Self {
            config,
            seed,
            links: BTreeMap::new(),
        }
    }

    /// When a message that leaves now arrives: after those before it on this link, the time on the line by its size,
    /// and the latency with its jitter.
    pub(super) fn arrival(&mut self, now: Micros, from: NodeId, to: NodeId, bytes: u32) -> Micros {
        let config = self.config.between(from, to);
        let seed = self.seed;
        let link = self.links.entry((from, to)).or_insert_with(|| Link {
            random: Random::named(seed, &format!("link {from} {to}")),
            last_arrival: 0,
            free_at: 0,
        });
        let on_the_line = u64::from(bytes) * 1_000_000 / config.bytes_per_s.max(1);
        link.free_at = link.free_at.max(now) + on_the_line;
        let jitter = link.random.below_u64(config.jitter_us + 1);
        let arrival = (link.free_at + config.latency_us + jitter).max(link.last_arrival);
        link.last_arrival = arrival;
        arrival
    }
}

impl NetworkConfig {
    fn between(&self, from: NodeId, to: NodeId) -> LinkConfig {
        match (from, to) {
            (NodeId::Controller(_), _) | (_, NodeId::Controller(_)) => self.controller,
            (NodeId::Broker(_), NodeId::Broker(_)) => self.broker,
            _ => self.client,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_order_and_large_messages_take_longer() {
        let near = LinkConfig {
            latency_us: 500,
            jitter_us: 400,
            bytes_per_s: 1_000_000,
        };
        let config = NetworkConfig {
            client: near,
            broker: near,
            controller: near,
        };
        let mut network = Network::new(config, 1);
        let (p1, b1, b2) = (NodeId::Producer(1), NodeId::Broker(1), NodeId::Broker(2));
        let arrivals: Vec<Micros> = (0..100).map(|at| network.arrival(at, p1, b1, 1)).collect();
        assert!(arrivals.is_sorted());
        let large = network.arrival(1000, p1, b2, 10_000);
        assert!((11_500..=11_900).contains(&large), "10 kB at 1 MB/s, {large}");
    }
}
