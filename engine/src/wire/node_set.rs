//! Some nodes, as one small value.

use super::NodeId;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A set of nodes, such as `b1,b3` or `p` for all producers. Of the consumers the 64th bit stands for all later
/// ones. Whatever has a consumer has its relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NodeSet {
    controllers: u8,
    brokers: u16,
    producers: u16,
    consumers: u64,
    share_consumers: u16,
}

impl NodeSet {
    /// Everybody.
    pub const ALL: Self = Self {
        controllers: u8::MAX,
        brokers: u16::MAX,
        producers: u16::MAX,
        consumers: u64::MAX,
        share_consumers: u16::MAX,
    };

    /// Only that one.
    #[must_use]
    pub fn only(node: NodeId) -> Self {
        [node].into_iter().collect()
    }

    /// Whether the node is in it. The person at the controls never is, nor the work
    /// queue and its workers.
    #[must_use]
    pub fn contains(self, node: NodeId) -> bool {
        let has = |bits: u64, number: u8, most: u8| bits & (1 << number.saturating_sub(1).min(most)) != 0;
        match node {
            NodeId::User | NodeId::Queue | NodeId::Worker(_) => false,
            NodeId::Controller(n) => has(self.controllers.into(), n, 7),
            NodeId::Broker(n) => has(self.brokers.into(), n, 15),
            NodeId::Producer(n) => has(self.producers.into(), n, 15),
            NodeId::Consumer(n) | NodeId::Relay(n) => has(self.consumers, n, 63),
            NodeId::ShareConsumer(n) => has(self.share_consumers.into(), n, 15),
        }
    }

    /// All that is in this one or in that one.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            controllers: self.controllers | other.controllers,
            brokers: self.brokers | other.brokers,
            producers: self.producers | other.producers,
            consumers: self.consumers | other.consumers,
            share_consumers: self.share_consumers | other.share_consumers,
        }
    }

    /// Puts that one in, too.
    #[inline]
    pub fn add(&mut self, node: NodeId) {
        let bit = |number: u8, most: u8| 1u64 << number.saturating_sub(1).min(most);
        match node {
            NodeId::User | NodeId::Queue | NodeId::Worker(_) => {}
            NodeId::Controller(n) => self.controllers |= bit(n, 7) as u8,
            NodeId::Broker(n) => self.brokers |= bit(n, 15) as u16,
            NodeId::Producer(n) => self.producers |= bit(n, 15) as u16,
            NodeId::Consumer(n) | NodeId::Relay(n) => self.consumers |= bit(n, 63),
            NodeId::ShareConsumer(n) => self.share_consumers |= bit(n, 15) as u16,
        }
    }
}

/// Share consumers came later than the others: a set without them, or of everybody, has the digest that it always had.
impl Hash for NodeSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            controllers,
            brokers,
            producers,
            consumers,
            share_consumers,
        } = *self;
        controllers.hash(state);
        brokers.hash(state);
        producers.hash(state);
        consumers.hash(state);
        if !matches!(share_consumers, 0 | u16::MAX) {
            share_consumers.hash(state);
        }
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        let mut set = Self::default();
        nodes.into_iter().for_each(|node| set.add(node));
        set
    }
}

/// Written as it is read in links and scenarios: `b1,b3`, `p`, `all`.
impl fmt::Display for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALL {
            return f.write_str("all");
        }
        let kinds = [
            ("ctrl", u64::from(self.controllers), u64::from(u8::MAX), 8u8),
            ("b", u64::from(self.brokers), u64::from(u16::MAX), 16),
            ("p", u64::from(self.producers), u64::from(u16::MAX), 16),
            ("c", self.consumers, u64::MAX, 64),
            ("s", u64::from(self.share_consumers), u64::from(u16::MAX), 16),
        ];
        let mut first = true;
        for (prefix, bits, all, most) in kinds {
            let numbers = (1..=most).filter(|n| bits & (1 << (n - 1)) != 0).map(Some);
            let whole = (bits == all).then_some(None);
            let shown: Vec<Option<u8>> = if bits == all {
                whole.into_iter().collect()
            } else {
                numbers.collect()
            };
            for number in shown {
                let comma = if first { "" } else { "," };
                first = false;
                write!(f, "{comma}{prefix}")?;
                if let Some(number) = number {
                    write!(f, "{number}")?;
                }
            }
        }
        Ok(())
    }
}
