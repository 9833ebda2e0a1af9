//! Where librdkafka sends what has no key.

use super::Reachable;
use crate::node::Random;
use crate::wire::Micros;

/// `sticky.partitioning.linger.ms`, librdkafka's default.
const LINGER_US: Micros = 10_000;

/// A partition that is kept for a while, not for a batch (`rd_kafka_msg_sticky_partition`).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct IntervalSticky {
    current: Option<(u32, Micros)>,
}

impl IntervalSticky {
    /// Another one is drawn when the time is over, or the present one has lost its leader. Answers whether it was, too.
    pub(super) fn partition(&mut self, topic: Reachable, now: Micros, random: &mut Random) -> Option<(u32, bool)> {
        if topic.partitions == 0 {
            return None;
        }
        let kept = self
            .current
            .filter(|(partition, since)| topic.is_available(*partition) && now - since <= LINGER_US);
        if let Some((partition, _)) = kept {
            return Some((partition, false));
        }
        let drawn = draw(topic, random);
        let moved = self.current.is_none_or(|(before, _)| before != drawn);
        self.current = Some((drawn, now));
        Some((drawn, moved))
    }
}

/// Any partition; a second time if the first has no leader, and then wherever that falls
/// (`rd_kafka_msg_partitioner_random`).
fn draw(topic: Reachable, random: &mut Random) -> u32 {
    let drawn = random.below(topic.partitions);
    if topic.is_available(drawn) {
        drawn
    } else {
        random.below(topic.partitions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Reachable = Reachable {
        available: &[0, 1, 2, 3, 4, 5, 6, 7],
        partitions: 8,
    };

    #[test]
    fn it_stays_for_ten_milliseconds_and_leaves_a_partition_without_a_leader_at_once() {
        let mut random = Random::named(1, "interval");
        let mut sticky = IntervalSticky::default();
        let (first, _) = sticky.partition(ALL, 0, &mut random).unwrap();
        for now in [0, 5_000, 10_000] {
            assert_eq!(sticky.partition(ALL, now, &mut random), Some((first, false)));
        }
        let (second, _) = sticky.partition(ALL, 10_001, &mut random).unwrap();
        let one = [(second + 1) % 8];
        let topic = Reachable {
            available: &one,
            partitions: 8,
        };
        let state = sticky;
        let mut drawn_again = (0..50).map(|seed| {
            let mut sticky = state;
            sticky
                .partition(topic, 10_002, &mut Random::named(seed, "x"))
                .unwrap()
                .0
        });
        assert!(drawn_again.any(|partition| partition == one[0]));
    }
}
