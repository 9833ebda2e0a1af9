//! Who and what: small, ordered, copyable identities.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A moment or a span of virtual time, in microseconds.
pub type Micros = u64;

/// The place of a record in a partition's log.
pub type Offset = u64;

/// Counts the leaders that a partition has had. A request that carries an older one is fenced (KIP-101, KIP-320).
pub type LeaderEpoch = u32;

/// A broker's registration, by the offset of its record in the metadata log: a later one makes an earlier one stale
/// (KIP-903).
pub type BrokerEpoch = Offset;

/// Counts the leaders of the controller quorum (KIP-595).
pub type QuorumEpoch = u32;

/// An idempotent producer's id (KIP-98).
pub type ProducerId = u64;

/// Counts the lives of a producer id.
pub type ProducerEpoch = u16;

/// The number of a record among those of one producer id and epoch in one partition: 0 to 2147483647, then 0 again.
pub type Sequence = u32;

/// A consumer group's `group.id`.
pub type GroupId = Arc<str>;

/// A broker's `node.id`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BrokerId(pub u8);

/// A topic, numbered in the order of creation. Stands for Kafka's topic id (KIP-516).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub u16);

/// One partition of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartitionId {
    /// The topic.
    pub topic: TopicId,
    /// The partition's number in it, from 0.
    pub index: u16,
}

/// By topic, then by index: compared as one number, because brokers look up a partition for each that a request names.
impl Ord for PartitionId {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let number = |id: &Self| u32::from(id.topic.0) << 16 | u32::from(id.index);
        number(self).cmp(&number(other))
    }
}

impl PartialOrd for PartitionId {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
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
    /// The producer in the process of the consumer of that number, to which its application hands records that it sends
    /// on. It lives and dies with its consumer.
    Relay(u8),
    /// The plain work queue beside the topic.
    Queue,
    /// One of its workers.
    Worker(u8),
    /// A member of a share group.
    ShareConsumer(u8),
}

impl NodeId {
    /// Its number among its kind; 0 for the person at the controls, and for the work queue.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            NodeId::User | NodeId::Queue => 0,
            NodeId::Controller(n)
            | NodeId::Broker(n)
            | NodeId::Producer(n)
            | NodeId::Consumer(n)
            | NodeId::Relay(n)
            | NodeId::Worker(n)
            | NodeId::ShareConsumer(n) => n,
        }
    }
}

impl NodeId {
    /// Its place among all nodes, in the order of `Ord`, as one number.
    pub(crate) fn place(self) -> u16 {
        let kind = match self {
            NodeId::User => 0,
            NodeId::Controller(_) => 1,
            NodeId::Broker(_) => 2,
            NodeId::Producer(_) => 3,
            NodeId::Consumer(_) => 4,
            NodeId::Relay(_) => 5,
            NodeId::Queue => 6,
            NodeId::Worker(_) => 7,
            NodeId::ShareConsumer(_) => 8,
        };
        kind << 8 | u16::from(self.number())
    }
}

impl From<BrokerId> for NodeId {
    fn from(id: BrokerId) -> Self {
        NodeId::Broker(id.0)
    }
}

/// Some brokers, as one number: small enough to be part of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BrokerSet(u16);

impl BrokerSet {
    /// Whether the broker is in it.
    #[must_use]
    pub fn contains(self, broker: BrokerId) -> bool {
        self.0 & (1 << (broker.0 & 15)) != 0
    }

    /// How many brokers are in it.
    #[must_use]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether nobody is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its brokers, ascending.
    pub fn iter(self) -> impl Iterator<Item = BrokerId> {
        (0..16).map(BrokerId).filter(move |broker| self.contains(*broker))
    }
}

impl FromIterator<BrokerId> for BrokerSet {
    fn from_iter<I: IntoIterator<Item = BrokerId>>(brokers: I) -> Self {
        Self(brokers.into_iter().fold(0, |set, broker| set | 1 << (broker.0 & 15)))
    }
}

/// Written as `[1,3]`.
impl fmt::Display for BrokerSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (place, broker) in self.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            write!(f, "{comma}{}", broker.0)?;
        }
        f.write_str("]")
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
            NodeId::Relay(n) => write!(f, "c{n}'"),
            NodeId::Queue => f.write_str("q"),
            NodeId::Worker(n) => write!(f, "w{n}"),
            NodeId::ShareConsumer(n) => write!(f, "s{n}"),
        }
    }
}

impl fmt::Display for BrokerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_as_one_number_has_the_order_of_its_fields() {
        let numbers = [0, 1, 2, 255, 256, u16::MAX];
        let ids = numbers.map(|topic| {
            numbers.map(|index| PartitionId {
                topic: TopicId(topic),
                index,
            })
        });
        assert!(ids.as_flattened().is_sorted_by(|a, b| a < b));

        let kinds = [
            NodeId::Controller,
            NodeId::Broker,
            NodeId::Producer,
            NodeId::Consumer,
            NodeId::Relay,
            NodeId::Worker,
            NodeId::ShareConsumer,
        ];
        let numbered = kinds.iter().flat_map(|kind| [1, 2, u8::MAX].map(kind));
        let mut nodes: Vec<NodeId> = numbered.chain([NodeId::User, NodeId::Queue]).collect();
        nodes.sort();
        assert!(nodes.is_sorted_by_key(|node| node.place()));
        nodes.dedup_by_key(|node| node.place());
        assert_eq!(nodes.len(), 23, "each has a place of its own");
    }
}
