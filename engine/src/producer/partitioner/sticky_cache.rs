//! The sticky partition of Kafka 2.4 to 3.2 (KIP-480).

use super::Reachable;
use crate::node::Random;
use crate::producer::murmur2::to_positive;

/// The partition that records stick to until one of them needs a new batch (`StickyPartitionCache`).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StickyCache {
    current: Option<u32>,
}

impl StickyCache {
    /// The partition at present; the first time it is drawn.
    pub(super) fn partition(&mut self, topic: Reachable, random: &mut Random) -> Option<u32> {
        if self.current.is_none() {
            self.current = next(None, topic, random);
        }
        self.current
    }

    /// A record for that partition needs a new batch. If it is the sticky one, another is drawn: never the same where
    /// two or more have a leader. Answers whether there is another one now.
    pub(super) fn on_new_batch(&mut self, partition: u32, topic: Reachable, random: &mut Random) -> bool {
        let before = self.current;
        if before.is_none_or(|current| current == partition) {
            self.current = next(before, topic, random);
        }
        self.current != before
    }
}

/// `StickyPartitionCache.nextPartition`
fn next(old: Option<u32>, topic: Reachable, random: &mut Random) -> Option<u32> {
    let mut draw = || to_positive(random.int());
    match *topic.available {
        [] => draw().checked_rem(topic.partitions),
        [only] => Some(only),
        [..] => loop {
            let drawn = topic.available[draw() as usize % topic.available.len()];
            if Some(drawn) != old {
                return Some(drawn);
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Reachable = Reachable {
        available: &[0, 1, 2],
        partitions: 3,
    };

    #[test]
    fn a_new_batch_never_stays_where_it_was() {
        let mut random = Random::named(1, "sticky");
        let mut cache = StickyCache::default();
        for _ in 0..200 {
            let before = cache.partition(ALL, &mut random).unwrap();
            assert_eq!(cache.partition(ALL, &mut random), Some(before), "it sticks");
            assert!(cache.on_new_batch(before, ALL, &mut random));
            assert_ne!(cache.partition(ALL, &mut random), Some(before));
        }
    }

    #[test]
    fn a_batch_of_another_partition_does_not_move_it() {
        let mut random = Random::named(1, "sticky");
        let mut cache = StickyCache::default();
        let sticky = cache.partition(ALL, &mut random).unwrap();
        assert!(!cache.on_new_batch((sticky + 1) % 3, ALL, &mut random));
        assert_eq!(cache.partition(ALL, &mut random), Some(sticky));
    }

    #[test]
    fn the_only_one_with_a_leader_is_taken_again() {
        let one = Reachable {
            available: &[2],
            partitions: 3,
        };
        let mut cache = StickyCache::default();
        assert_eq!(cache.partition(one, &mut Random::named(1, "sticky")), Some(2));
        assert!(!cache.on_new_batch(2, one, &mut Random::named(1, "sticky")));
        assert_eq!(cache.partition(one, &mut Random::named(1, "sticky")), Some(2));
    }
}
