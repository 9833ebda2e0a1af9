//! One after the other.

use super::Reachable;
use crate::producer::murmur2::to_positive;

/// A counter over the partitions that have a leader, or over all where none has (`RoundRobinPartitioner`).
///
/// As in Kafka 4.x it is asked once a record. From 2.4 to 3.x it was asked twice for a record that needed a new batch,
/// so that with small batches every other partition got nothing (KAFKA-9965).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoundRobin {
    counter: i32,
}

impl RoundRobin {
    pub(super) fn next(&mut self, topic: Reachable) -> Option<u32> {
        let value = to_positive(self.counter);
        self.counter = self.counter.wrapping_add(1);
        match topic.available {
            [] => value.checked_rem(topic.partitions),
            available => Some(available[value as usize % available.len()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_without_a_leader_are_passed_over_until_none_has_one() {
        let mut round = RoundRobin::default();
        let mut take = |available: &[u32]| {
            let topic = Reachable {
                available,
                partitions: 4,
            };
            [(); 4].map(|()| round.next(topic).unwrap())
        };
        assert_eq!(take(&[0, 1, 2, 3]), [0, 1, 2, 3]);
        assert_eq!(take(&[0, 2, 3]), [2, 3, 0, 2], "the counter goes on: 4 of 3 is 1");
        assert_eq!(take(&[]), [0, 1, 2, 3]);
    }

    #[test]
    fn the_counter_goes_round() {
        let mut round = RoundRobin { counter: i32::MAX };
        let topic = Reachable {
            available: &[],
            partitions: 5,
        };
        assert_eq!(round.next(topic), Some(2_147_483_647 % 5));
        assert_eq!(round.next(topic), Some(0), "the sign is dropped");
    }
}
