//! Which records of which logs a group is done with: what it has committed and not done anything with is lost for it.

use crate::short_map::ShortMap;
use crate::trace::Intervals;
use crate::wire::{Offset, PartitionId};
use std::ops::Range;

/// By partition: what was processed, passed over on purpose, or stored elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Handled {
    partitions: ShortMap<PartitionId, Lane>,
}

#[derive(Debug, Clone, Default)]
struct Lane {
    /// Where the group began to read.
    began: Option<Offset>,
    done: Intervals,
}

impl Handled {
    /// The group reads the partition from there, if it has not begun before.
    pub fn begin(&mut self, partition: PartitionId, at: Offset) {
        let lane = self.partitions.or_default(partition);
        lane.began = Some(lane.began.map_or(at, |began| began.min(at)));
    }

    /// It is done with these. Called once for a run of neighbours.
    pub fn done(&mut self, partition: PartitionId, offsets: Range<Offset>) {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        let range = narrow(offsets.start)..narrow(offsets.end);
        self.partitions.or_default(partition).done.add(range);
    }

    /// How many records below `to` it has passed without having done anything with them.
    #[must_use]
    pub fn passed_over(&self, partition: PartitionId, to: Offset) -> u64 {
        let Some(lane) = self.partitions.get(&partition) else {
            return 0;
        };
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        let Some(began) = lane.began.map(narrow) else { return 0 };
        let within = began..narrow(to).max(began);
        let done: u64 = lane
            .done
            .common(&within)
            .map(|part| u64::from(part.end - part.start))
            .sum();
        u64::from(within.end - within.start) - done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::TopicId;

    #[test]
    fn what_was_committed_and_not_done_is_passed_over() {
        let partition = PartitionId {
            topic: TopicId(0),
            index: 1,
        };
        let mut handled = Handled::default();
        assert_eq!(handled.passed_over(partition, 10), 0, "nobody reads it");
        handled.begin(partition, 3);
        handled.done(partition, 3..6);
        handled.done(partition, 8..10);
        assert_eq!(handled.passed_over(partition, 6), 0);
        assert_eq!(handled.passed_over(partition, 9), 2);
        assert_eq!(handled.passed_over(partition, 12), 4);
        handled.done(partition, 5..12);
        assert_eq!(handled.passed_over(partition, 12), 0);
    }
}
