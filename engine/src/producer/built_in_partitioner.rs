//! Where a record without a key goes (KIP-794).
//!
//! The producer sticks to a partition until it has sent about `batch.size` bytes to it, so that batches fill; then it
//! draws the next one, preferring partitions with short queues. Drawing is [`next_partition`], sticking is
//! [`StickyPartition`].

use super::murmur2::to_positive;

/// How likely each partition is to be drawn, from the lengths of the producer's queues
/// (`BuiltInPartitioner.PartitionLoadStats`). By default, nothing is known and all are as likely.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadStats {
    partitions: Vec<u32>,
    /// Running sum of the partitions' weights, so strictly ascending. Empty when all are as likely.
    cumulative: Vec<u32>,
}

impl LoadStats {
    /// Weighs partitions by how much shorter their queue is than the longest: longest + 1 − own
    /// (`updatePartitionLoadStats`).
    ///
    /// `queues` gives partition and number of batches waiting, in the order of the producer's queues, without the
    /// partitions that have no leader or are too slow (`partitioner.availability.timeout.ms`). `queues_of_topic` is how
    /// many there are with those. Weights make no difference when there are fewer than two queues, or when none was
    /// left out and all are equally long: every partition with a leader is then as likely.
    ///
    /// The caller first makes sure that each partition of the topic has had a queue; one without could not be drawn.
    pub fn rebuild(&mut self, queues: &[(u32, u32)], queues_of_topic: usize) {
        self.clear();
        if queues.is_empty() || queues_of_topic < 2 {
            return;
        }
        let longest = queues.iter().map(|&(_, length)| length).max().unwrap_or(0);
        let all_equal = queues.iter().all(|&(_, length)| length == longest);
        if all_equal && queues.len() == queues_of_topic {
            return;
        }
        let mut sum = 0_u32;
        for &(partition, length) in queues {
            sum = sum.saturating_add(longest - length).saturating_add(1);
            self.partitions.push(partition);
            self.cumulative.push(sum);
        }
    }

    /// Forgets the queues: all partitions are as likely. Also what `partitioner.adaptive.partitioning.enable=false`
    /// and a partition without a queue come to.
    pub fn clear(&mut self) {
        self.partitions.clear();
        self.cumulative.clear();
    }
}

/// Draws the next sticky partition (`BuiltInPartitioner.nextPartition`).
///
/// `random` is any int, its sign is dropped. Without load stats the choice is among `available`, the partitions with a
/// leader, in the order of the client's metadata; if there is none, among all `partitions` of the topic. Answers `None`
/// only when the topic has no partitions at all.
#[must_use]
pub fn next_partition(random: i32, stats: &LoadStats, available: &[u32], partitions: u32) -> Option<u32> {
    let random = to_positive(random);
    if let Some(&total) = stats.cumulative.last() {
        let drawn = random % total;
        let index = stats.cumulative.partition_point(|&sum| sum <= drawn);
        return stats.partitions.get(index).copied();
    }
    if available.is_empty() {
        return random.checked_rem(partitions);
    }
    available.get(random as usize % available.len()).copied()
}

/// The partition that a topic's keyless records go to now, and how much it has got
/// (`BuiltInPartitioner.StickyPartitionInfo`).
#[derive(Clone, Debug)]
pub struct StickyPartition {
    sticky_batch_size: u32,
    current: Option<u32>,
    produced_bytes: u32,
}

impl StickyPartition {
    /// Switches about every `batch_size` bytes (`batch.size`). Kafka takes 0, which turns batching off, for 1.
    #[must_use]
    pub fn new(batch_size: u32) -> Self {
        Self {
            sticky_batch_size: batch_size.max(1),
            current: None,
            produced_bytes: 0,
        }
    }

    /// The current partition; the first time, the one that `draw` picks. `None` if it picks none, to be asked again.
    pub fn current(&mut self, draw: impl FnOnce() -> Option<u32>) -> Option<u32> {
        if self.current.is_none() {
            self.current = draw();
        }
        self.current
    }

    /// Counts bytes appended to the current partition and says whether it was enough, in which case `draw` picks the
    /// next one (`updatePartitionInfo`). The same one may come again.
    ///
    /// `enable_switch` tells that all batches in its queue are full. With one still filling, a switch waits, lest half
    /// batches be sent, but not beyond twice the batch size. A first record counts with its batch's header.
    pub fn produced(&mut self, appended_bytes: u32, enable_switch: bool, draw: impl FnOnce() -> Option<u32>) -> bool {
        self.produced_bytes = self.produced_bytes.saturating_add(appended_bytes);
        let enough = if enable_switch {
            self.sticky_batch_size
        } else {
            self.sticky_batch_size.saturating_mul(2)
        };
        let switch = self.produced_bytes >= enough;
        if switch {
            self.current = draw();
            self.produced_bytes = 0;
        }
        switch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_queue_is_drawn_less_often() {
        let mut stats = LoadStats::default();
        stats.rebuild(&[(0, 0), (1, 3), (2, 1)], 3);
        let drawn: Vec<_> = (0..8)
            .filter_map(|random| next_partition(random, &stats, &[], 3))
            .collect();
        assert_eq!(drawn, [0, 0, 0, 0, 1, 2, 2, 2]);
    }

    #[test]
    fn an_excluded_partition_is_not_drawn_even_if_the_others_are_equal() {
        let mut stats = LoadStats::default();
        stats.rebuild(&[(0, 2), (2, 2)], 3);
        assert!((0..100).all(|random| next_partition(random, &stats, &[0, 1, 2], 3) != Some(1)));
    }

    #[test]
    fn without_any_leader_all_partitions_are_drawn() {
        assert_eq!(next_partition(5, &LoadStats::default(), &[], 4), Some(1));
        assert_eq!(next_partition(5, &LoadStats::default(), &[], 0), None);
    }

    #[test]
    fn sticks_until_the_batch_is_full_or_twice_the_size_is_reached() {
        let mut sticky = StickyPartition::new(100);
        assert_eq!(sticky.current(|| Some(1)), Some(1));
        assert!(
            !sticky.produced(150, false, || Some(2)),
            "enough, but a batch is still filling"
        );
        assert!(sticky.produced(50, false, || Some(2)), "twice the batch size");
        assert!(!sticky.produced(99, true, || Some(3)));
        assert!(sticky.produced(1, true, || Some(3)));
        assert_eq!(sticky.current(|| None), Some(3));
    }
}
