//! Which partitioner a producer has (`partitioner.class`).

use super::key_hash::ClientHash;
use super::key_part::KeyPart;
use std::fmt;

/// A producer's rule for where records go that have no partition given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PartitionerClass {
    /// Kafka's own since 3.3, when no class is set: murmur2 of the key; without one KIP-794's sticky partitioner.
    #[default]
    Default,
    /// `RoundRobinPartitioner`: one available partition after the other, key or no key.
    RoundRobin,
    /// `UniformStickyPartitioner` (2.4 to 3.x, KIP-480): sticky until a batch is full, key or no key.
    UniformSticky,
    /// `DefaultPartitioner` as it was from 2.4 to 3.2: murmur2 of the key; without one KIP-480's sticky partition.
    Default24,
    /// One of librdkafka's.
    Librdkafka(ClientHash),
    /// A class of one's own: murmur2 of a part of the key.
    KeyPart(KeyPart),
}

impl PartitionerClass {
    /// What [`PartitionerClass::parse`] reads, as it follows *must be*.
    pub const ALLOWED: &'static str = "default, round-robin, uniform-sticky, default-2.4, consistent_random, \
                                       murmur2_random, fnv1a_random, prefix:3 or part:|:1, or several of them with commas between";

    const NAMED: [(&'static str, PartitionerClass); 7] = [
        ("default", PartitionerClass::Default),
        ("round-robin", PartitionerClass::RoundRobin),
        ("uniform-sticky", PartitionerClass::UniformSticky),
        ("default-2.4", PartitionerClass::Default24),
        (
            "consistent_random",
            PartitionerClass::Librdkafka(ClientHash::ConsistentRandom),
        ),
        (
            "murmur2_random",
            PartitionerClass::Librdkafka(ClientHash::Murmur2Random),
        ),
        ("fnv1a_random", PartitionerClass::Librdkafka(ClientHash::Fnv1aRandom)),
    ];

    /// Reads a name; `None` where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let named = Self::NAMED.into_iter().find(|(name, _)| *name == text);
        named
            .map(|(_, class)| class)
            .or_else(|| KeyPart::parse(text).map(PartitionerClass::KeyPart))
    }

    /// Whether it is told when a record would need a new batch, and asked again (`Partitioner.onNewBatch`, KIP-480;
    /// Kafka has dropped that in 4.0).
    pub(super) fn hears_of_new_batches(&self) -> bool {
        matches!(self, PartitionerClass::UniformSticky | PartitionerClass::Default24)
    }
}

impl fmt::Display for PartitionerClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let PartitionerClass::KeyPart(part) = self {
            return part.fmt(f);
        }
        let named = Self::NAMED.iter().find(|(_, class)| class == self);
        f.write_str(named.map_or("default", |(name, _)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_and_writes() {
        let names = PartitionerClass::NAMED.iter().map(|(name, _)| *name);
        for name in names.chain(["prefix:3", "part:|:1", "part:::0", "part:--:12"]) {
            assert_eq!(PartitionerClass::parse(name).unwrap().to_string(), name);
        }
        for wrong in [
            "",
            "Default",
            "prefix",
            "prefix:0",
            "part:|",
            "part::1",
            "part:|:x",
            "part:|:-1",
            "murmur2",
        ] {
            assert_eq!(PartitionerClass::parse(wrong), None, "{wrong}");
        }
    }
}
