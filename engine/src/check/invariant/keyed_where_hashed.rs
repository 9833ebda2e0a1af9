//! A key leads to a partition.

use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::producer::murmur2::{murmur2, to_positive};
use crate::producer::partitioner_class::PartitionerClass;
use crate::trace::{CommandFact, Fact};
use crate::wire::NodeId;
use crate::world::Setup;
use std::collections::BTreeSet;

/// **A record with a key goes where its producer's partitioner hashes the key**: over as many partitions as the topic has,
/// or had when the producer last heard of it. Holds for classes that go by the key, unless `partitioner.ignore.keys` says
/// otherwise, and for keys of which no record was given its partition.
#[derive(Debug)]
pub struct KeyedWhereHashed {
    at_first: u32,
    ignore_keys: bool,
    given: BTreeSet<KeyId>,
}

impl KeyedWhereHashed {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            at_first: setup.topic.partitions.into(),
            ignore_keys: setup.producer.partitioner_ignore_keys,
            given: BTreeSet::new(),
        }
    }

    /// Where the class puts that key; `None` where the key does not decide.
    fn place(&self, class: &PartitionerClass, key: &str, partitions: u32) -> Option<u32> {
        let java = |key: &str| to_positive(murmur2(key.as_bytes())).checked_rem(partitions);
        match class {
            PartitionerClass::Default if self.ignore_keys => None,
            PartitionerClass::Default | PartitionerClass::Default24 => java(key),
            PartitionerClass::KeyPart(part) => java(part.of(key)),
            PartitionerClass::Librdkafka(hash) => hash.partition(key.as_bytes(), partitions),
            PartitionerClass::RoundRobin | PartitionerClass::UniformSticky => None,
        }
    }
}

impl Invariant for KeyedWhereHashed {
    fn name(&self) -> &'static str {
        "keyed-where-hashed"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        let world = moment.world;
        for event in moment.events() {
            let (partition, key, number) = match (event.fact, event.node) {
                (Fact::Commanded(CommandFact::SendTo { key: Some(key), .. }), _) => {
                    self.given.insert(key);
                    continue;
                }
                (
                    Fact::RecordSent {
                        partition,
                        key: Some(key),
                        ..
                    },
                    NodeId::Producer(number),
                ) if !self.given.contains(&key) => (partition, key, number),
                _ => continue,
            };
            let class = world.setup().producer.partitioner_of(number);
            let text = world.dictionary().key_text(key);
            let topic = world.authoritative_image().partitions.keys();
            let now = topic.filter(|id| id.topic == partition.topic).count();
            let now = u32::try_from(now).unwrap_or(u32::MAX).max(self.at_first);
            let mut places = (self.at_first..=now).filter_map(|count| self.place(&class, text, count));
            let mut decides = false;
            let right = places.any(|place| {
                decides = true;
                place == u32::from(partition.index)
            });
            if decides && !right {
                let partition = world.names().partition(partition);
                let message = format!(
                    "{} has put the key {text} into {partition}, where {class} does not",
                    event.node
                );
                return Err(Broken::at(event.id, message));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::wire::PartitionId;

    #[test]
    fn a_record_in_another_partition_is_noticed() {
        let mut patient = Patient::with(|setup| setup.topic.partitions = 4);
        let (partition, leader) = (patient.partition(), patient.leader());
        let record = patient.batches(leader)[0].batch.records()[0];
        for (index, expected) in [(0, None), (1, Some("keyed-where-hashed"))] {
            let sent = Fact::RecordSent {
                partition: PartitionId { index, ..partition },
                key: record.key,
                subject: record.subject,
                sequence: 1,
            };
            patient.claim(NodeId::Producer(1), sent);
            assert_eq!(patient.diagnosis(), expected);
        }
    }
}
