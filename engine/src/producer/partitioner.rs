//! Which partition a record goes to.

use super::built_in_partitioner::{LoadStats, StickyPartition, next_partition};
use super::murmur2::to_positive;
use crate::node::Random;

/// The producer's partitioner (`KafkaProducer.partition`, `BuiltInPartitioner`).
#[derive(Debug, Clone)]
pub(super) struct Partitioner {
    sticky: StickyPartition,
    load: LoadStats,
}

impl Partitioner {
    pub(super) fn new(batch_size: u32) -> Self {
        Self {
            sticky: StickyPartition::new(batch_size),
            load: LoadStats::default(),
        }
    }

    /// By key: the hash over *all* partitions, whether they have a leader or not.
    pub(super) fn by_hash(hash: i32, partitions: u32) -> u32 {
        to_positive(hash) % partitions
    }

    /// Without a key: the partition that records go to at present.
    pub(super) fn sticky(&mut self, random: &mut Random, available: &[u32], partitions: u32) -> Option<u32> {
        let load = &self.load;
        self.sticky
            .current(|| next_partition(random.int(), load, available, partitions))
    }

    /// Counts what was appended to the present partition. Answers whether another one is drawn.
    pub(super) fn appended(
        &mut self,
        bytes: u32,
        all_full: bool,
        random: &mut Random,
        available: &[u32],
        partitions: u32,
    ) -> bool {
        let load = &self.load;
        self.sticky.produced(bytes, all_full, || {
            next_partition(random.int(), load, available, partitions)
        })
    }

    /// Weighs partitions by the lengths of their queues (KIP-794).
    pub(super) fn rebuild_load(&mut self, queues: &[(u32, u32)], queues_of_topic: usize) {
        self.load.rebuild(queues, queues_of_topic);
    }
}
