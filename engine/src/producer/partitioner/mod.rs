//! Which partition a record goes to.

mod interval_sticky;
mod round_robin;
mod sticky_cache;

use super::built_in_partitioner::{LoadStats, StickyPartition, next_partition};
use super::config::ProducerConfig;
use super::murmur2::{murmur2, to_positive};
use super::partitioner_class::PartitionerClass;
use crate::log::{Dictionary, KeyId};
use crate::node::Random;
use crate::wire::Micros;
use interval_sticky::IntervalSticky;
use round_robin::RoundRobin;
use sticky_cache::StickyCache;

/// What the producer's metadata says of the topic.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reachable<'m> {
    /// The partitions with a leader.
    pub(super) available: &'m [u32],
    /// How many there are at all.
    pub(super) partitions: u32,
}

impl Reachable<'_> {
    fn is_available(&self, partition: u32) -> bool {
        self.available.contains(&partition)
    }
}

/// Where a record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Wherever the accumulator sticks at present (`RecordMetadata.UNKNOWN_PARTITION`).
    Sticky,
    /// There.
    Partition(u32),
    /// There, and those that follow as well.
    Moved(u32),
}

/// The producer's partitioner (`KafkaProducer.partition`, `BuiltInPartitioner`).
#[derive(Debug, Clone)]
pub(super) struct Partitioner {
    class: PartitionerClass,
    ignore_keys: bool,
    sticky: StickyPartition,
    load: LoadStats,
    cache: StickyCache,
    round_robin: RoundRobin,
    interval: IntervalSticky,
}

impl Partitioner {
    pub(super) fn new(config: &ProducerConfig, class: PartitionerClass) -> Self {
        Self {
            class,
            ignore_keys: config.partitioner_ignore_keys,
            sticky: StickyPartition::new(config.batch_size),
            load: LoadStats::default(),
            cache: StickyCache::default(),
            round_robin: RoundRobin::default(),
            interval: IntervalSticky::default(),
        }
    }

    pub(super) fn class(&self) -> &PartitionerClass {
        &self.class
    }

    /// Where a record with that key goes; `None` when the topic has no partitions. As in Kafka,
    /// `partitioner.ignore.keys` means nothing to a class that was chosen.
    pub(super) fn choose(
        &mut self,
        key: Option<KeyId>,
        topic: Reachable,
        now: Micros,
        random: &mut Random,
        dictionary: &Dictionary,
    ) -> Option<Choice> {
        // By key: the hash over *all* partitions, whether they have a leader or not.
        let by_hash = |hash: i32| to_positive(hash).checked_rem(topic.partitions).map(Choice::Partition);
        match (&self.class, key) {
            (PartitionerClass::Default, Some(key)) if !self.ignore_keys => by_hash(dictionary.key_hash(key)),
            (PartitionerClass::Default, _) => Some(Choice::Sticky),
            (PartitionerClass::Default24, Some(key)) => by_hash(dictionary.key_hash(key)),
            (PartitionerClass::Default24 | PartitionerClass::UniformSticky, _) => {
                self.cache.partition(topic, random).map(Choice::Partition)
            }
            (PartitionerClass::KeyPart(part), Some(key)) => {
                by_hash(murmur2(part.of(dictionary.key_text(key)).as_bytes()))
            }
            (PartitionerClass::RoundRobin | PartitionerClass::KeyPart(_), _) => {
                self.round_robin.next(topic).map(Choice::Partition)
            }
            (PartitionerClass::Librdkafka(hash), key) => {
                let key = key.map(|key| dictionary.key_text(key).as_bytes());
                let partition = match key {
                    Some(key) => hash.partition(key, topic.partitions),
                    None => hash.partition_without_key(topic.partitions),
                };
                partition
                    .map(Choice::Partition)
                    .or_else(|| self.choose_by_interval(topic, now, random))
            }
        }
    }

    fn choose_by_interval(&mut self, topic: Reachable, now: Micros, random: &mut Random) -> Option<Choice> {
        let (partition, moved) = self.interval.partition(topic, now, random)?;
        Some(if moved {
            Choice::Moved(partition)
        } else {
            Choice::Partition(partition)
        })
    }

    /// A record for that partition needs a new batch; for classes that hear of it
    /// ([`PartitionerClass::hears_of_new_batches`]). Answers where it sticks from now on, if that is somewhere else.
    pub(super) fn on_new_batch(&mut self, partition: u32, topic: Reachable, random: &mut Random) -> Option<u32> {
        if self.cache.on_new_batch(partition, topic, random) {
            self.cache.partition(topic, random)
        } else {
            None
        }
    }

    /// Without a key: the partition that records go to at present.
    pub(super) fn sticky(&mut self, random: &mut Random, topic: Reachable) -> Option<u32> {
        let load = &self.load;
        self.sticky
            .current(|| next_partition(random.int(), load, topic.available, topic.partitions))
    }

    /// Counts what was appended to the present partition. Answers whether another one is drawn.
    pub(super) fn appended(&mut self, bytes: u32, all_full: bool, random: &mut Random, topic: Reachable) -> bool {
        let load = &self.load;
        self.sticky.produced(bytes, all_full, || {
            next_partition(random.int(), load, topic.available, topic.partitions)
        })
    }

    /// Weighs partitions by the lengths of their queues (KIP-794).
    pub(super) fn rebuild_load(&mut self, queues: &[(u32, u32)], queues_of_topic: usize) {
        self.load.rebuild(queues, queues_of_topic);
    }
}

#[cfg(test)]
mod tests;
