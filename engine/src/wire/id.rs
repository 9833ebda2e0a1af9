//! Who and what: small, ordered, copyable identities.

use std::fmt;
use std::sync::Arc;

/// A moment or a span of virtual time, in microseconds.
pub type Micros = u64;

/// The place of a record in a partition's log.
pub type Offset = u64;

/// Counts the leaders that a partition has had. A request that carries an older one is fenced (KIP-101, KIP-320).
pub type LeaderEpoch = u32;

/// A consumer group's `group.id`.
pub type GroupId = Arc<str>;

/// A broker's `node.id`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BrokerId(pub u8);

/// A topic, numbered in the order of creation. Stands for Kafka's topic id (KIP-516).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub u16);

/// One partition of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionId {
    /// The topic.
    pub topic: TopicId,
    /// The partition's number in it, from 0.
    pub index: u16,
}

/// A process of the simulated system. Numbers start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeId {
    /// The person at the controls, and what the scenario does in their stead.
    User,
    /// A KRaft controller.
    Controller(u8),
    /// A broker.
    Broker(u8),
    /// A producer.
    Producer(u8),
    /// A consumer.
    Consumer(u8),
}

impl From<BrokerId> for NodeId {
    fn from(id: BrokerId) -> Self {
        NodeId::Broker(id.0)
    }
}

/// Written as in the traces: `b1`, `p2`, `c3`, `ctrl1`.
impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NodeId::User => f.write_str("user"),
            NodeId::Controller(n) => write!(f, "ctrl{n}"),
            NodeId::Broker(n) => write!(f, "b{n}"),
            NodeId::Producer(n) => write!(f, "p{n}"),
            NodeId::Consumer(n) => write!(f, "c{n}"),
        }
    }
}

impl fmt::Display for BrokerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", self.0)
    }
}
