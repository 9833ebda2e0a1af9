//! The small change of sentences: who, where, how many.

use partitura_engine::log::KeyId;
use partitura_engine::trace::Names;
use partitura_engine::wire::{BrokerId, BrokerSet, ErrorCode, NodeId, NodeSet, PartitionId, TopicId};
use std::fmt::Write as _;

/// What sentences need to know of a run.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The texts behind the numbers.
    pub names: Names<'a>,
    /// The topic whose partitions are the rows: they are called by their numbers alone.
    pub topic: Option<TopicId>,
}

/// Something that takes the place of `{}` in a sentence.
#[derive(Clone, Copy)]
pub(super) enum Word<'a> {
    Node(NodeId),
    Broker(BrokerId),
    Place(PartitionId),
    Topic(TopicId),
    Key(Option<KeyId>),
    Number(u64),
    Records(u32),
    Set(BrokerSet),
    Nodes(NodeSet),
    Text(&'a str),
    Error(ErrorCode),
}

/// `broker 3`, as a sentence names it.
#[must_use]
pub fn node(node: NodeId) -> String {
    let (kind, number) = match node {
        NodeId::User => return "the scenario".to_owned(),
        NodeId::Controller(n) => ("controller", n),
        NodeId::Broker(n) => ("broker", n),
        NodeId::Producer(n) => ("producer", n),
        NodeId::Consumer(n) => ("consumer", n),
        NodeId::Relay(n) => ("the producer of consumer", n),
        NodeId::Queue => return "the work queue".to_owned(),
        NodeId::Worker(n) => ("worker", n),
        NodeId::ShareConsumer(n) => ("share consumer", n),
    };
    format!("{kind} {number}")
}

/// The nodes of a set: all of them by name when they are few.
fn nodes(set: NodeSet) -> String {
    let has = |n: u8, of: fn(u8) -> NodeId| set.contains(of(n));
    let clients = |of: fn(u8) -> NodeId, all: &str, text: &mut Vec<String>| {
        let some: Vec<u8> = (1..=16).filter(|n| has(*n, of)).collect();
        if some.len() == 16 {
            text.push(all.to_owned());
        } else {
            text.extend(some.into_iter().map(|n| node(of(n))));
        }
    };
    let mut named = Vec::new();
    for (of, most) in [(NodeId::Broker as fn(u8) -> NodeId, 9), (NodeId::Controller, 3)] {
        named.extend((1..=most).filter(|n| has(*n, of)).map(|n| node(of(n))));
    }
    clients(NodeId::Producer, "the producers", &mut named);
    clients(NodeId::Consumer, "the consumers", &mut named);
    clients(NodeId::ShareConsumer, "the share consumers", &mut named);
    match named.len() {
        0 => "nobody".to_owned(),
        _ if set == NodeSet::ALL => "everybody else".to_owned(),
        1..=3 => named.join(", "),
        _ => "all others".to_owned(),
    }
}

impl Words<'_> {
    /// Puts the words where the sentence has `{}`.
    pub(super) fn say(&self, sentence: &str, words: &[Word]) -> String {
        let mut text = String::with_capacity(sentence.len() + 16 * words.len());
        let mut words = words.iter();
        for (place, part) in sentence.split("{}").enumerate() {
            if place > 0
                && let Some(word) = words.next()
            {
                self.write(&mut text, *word);
            }
            text.push_str(part);
        }
        text
    }

    /// `P2`, or `__consumer_offsets-12` for one that is no row.
    #[must_use]
    pub fn place(&self, partition: PartitionId) -> String {
        if Some(partition.topic) == self.topic {
            format!("P{}", partition.index)
        } else {
            self.names.partition(partition)
        }
    }

    fn write(&self, text: &mut String, word: Word) {
        let _ = match word {
            Word::Node(of) => write!(text, "{}", node(of)),
            Word::Broker(of) => write!(text, "broker {}", of.0),
            Word::Place(of) => write!(text, "{}", self.place(of)),
            Word::Topic(of) => write!(text, "{}", self.names.topic(of)),
            Word::Key(key) => match key {
                Some(key) => write!(text, "{}", self.names.dictionary.key_text(key)),
                None => write!(text, "null"),
            },
            Word::Number(n) => write!(text, "{n}"),
            Word::Records(1) => write!(text, "1 record"),
            Word::Records(n) => write!(text, "{n} records"),
            Word::Set(set) => write!(text, "{set}"),
            Word::Nodes(set) => write!(text, "{}", nodes(set)),
            Word::Text(words) => write!(text, "{words}"),
            Word::Error(error) => write!(text, "{}", error.name()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_nodes_are_named_and_many_are_all_others() {
        let set = |names: &[NodeId]| nodes(names.iter().copied().collect());
        assert_eq!(
            set(&[NodeId::Broker(3), NodeId::Controller(3)]),
            "broker 3, controller 3"
        );
        assert_eq!(set(&[]), "nobody");
        assert_eq!(nodes(NodeSet::ALL), "everybody else");
        let others = (1..=2)
            .map(NodeId::Broker)
            .chain((1..=64).map(NodeId::Consumer))
            .chain((1..=16).map(NodeId::Producer));
        assert_eq!(nodes(others.collect()), "all others");
        assert_eq!(nodes((1..=16).map(NodeId::Producer).collect()), "the producers");
    }
}
