//! Where each leader's part of a log begins (KIP-101).

use crate::wire::{EpochEnd, LeaderEpoch, Offset};

/// The epochs of a log, each with the offset at which its leader started (`LeaderEpochFileCache`). Both grow from entry
/// to entry. Grows by one for each change of leader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeaderEpochs {
    starts: Vec<(LeaderEpoch, Offset)>,
}

impl LeaderEpochs {
    /// The epochs and their first offsets, ascending.
    #[must_use]
    pub fn starts(&self) -> &[(LeaderEpoch, Offset)] {
        &self.starts
    }

    /// The last epoch.
    #[must_use]
    pub fn latest(&self) -> Option<LeaderEpoch> {
        self.starts.last().map(|(epoch, _)| *epoch)
    }

    /// The epoch begins at that offset, unless it is known to have begun already. Later entries, and those that began at
    /// the same offset or behind it, were never followed by a record that counts, and go
    /// (`LeaderEpochFileCache.assign`).
    pub fn assign(&mut self, epoch: LeaderEpoch, start: Offset) {
        if let Some((latest, began)) = self.starts.last()
            && *latest == epoch
            && start >= *began
        {
            return;
        }
        while self
            .starts
            .pop_if(|(known, began)| *known >= epoch || *began >= start)
            .is_some()
        {}
        self.starts.push((epoch, start));
    }

    /// The log ends at `end` now: forgets the epochs that began there or later (`truncateFromEnd`).
    pub fn truncate_from_end(&mut self, end: Offset) {
        while self.starts.pop_if(|(_, began)| *began >= end).is_some() {}
    }

    /// The log begins at `start` now: the epoch of that record begins there, and those before it go
    /// (`truncateFromStart`).
    pub fn truncate_from_start(&mut self, start: Offset) {
        let gone = self.starts.partition_point(|(_, began)| *began <= start);
        if gone > 0 {
            self.starts[gone - 1].1 = start;
            self.starts.drain(..gone - 1);
        }
    }

    /// Where the epoch ends in a log that ends at `log_end` (`endOffsetFor`): where the next one begins, or at the end of
    /// the log for the latest. For an epoch that the log does not know it answers the largest one before it; below all of
    /// them the epoch itself, with the start of the first; `None` above all of them.
    #[must_use]
    pub fn end_offset_for(&self, epoch: LeaderEpoch, log_end: Offset) -> Option<EpochEnd> {
        if self.latest() == Some(epoch) {
            return Some(EpochEnd {
                epoch,
                end_offset: log_end,
            });
        }
        let above = self.starts.partition_point(|(known, _)| *known <= epoch);
        let (_, end_offset) = *self.starts.get(above)?;
        let epoch = above
            .checked_sub(1)
            .map_or(epoch, |at_or_below| self.starts[at_or_below].0);
        Some(EpochEnd { epoch, end_offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(starts: &[(LeaderEpoch, Offset)]) -> LeaderEpochs {
        let mut epochs = LeaderEpochs::default();
        for (epoch, start) in starts {
            epochs.assign(*epoch, *start);
        }
        epochs
    }

    fn end(epoch: LeaderEpoch, end_offset: Offset) -> Option<EpochEnd> {
        Some(EpochEnd { epoch, end_offset })
    }

    #[test]
    fn an_epoch_ends_where_the_next_one_begins() {
        let epochs = epochs(&[(0, 0), (2, 5), (5, 9)]);
        assert_eq!(epochs.end_offset_for(0, 20), end(0, 5));
        assert_eq!(epochs.end_offset_for(5, 20), end(5, 20), "the latest ends with the log");
        assert_eq!(
            epochs.end_offset_for(4, 20),
            end(2, 9),
            "an unknown one: the largest below"
        );
        assert_eq!(epochs.end_offset_for(6, 20), None, "one from the future is undefined");
    }

    #[test]
    fn a_leader_that_wrote_nothing_leaves_no_epoch_behind() {
        assert_eq!(epochs(&[(0, 0), (1, 5), (2, 5)]).starts(), [(0, 0), (2, 5)]);
        let mut led = epochs(&[(0, 0), (1, 5)]);
        led.truncate_from_end(5);
        assert_eq!(
            led.starts(),
            [(0, 0)],
            "its own empty epoch goes when it follows another"
        );
    }

    #[test]
    fn what_is_deleted_at_the_start_moves_the_epoch_that_it_belonged_to() {
        let mut epochs = epochs(&[(0, 0), (2, 5), (5, 9)]);
        epochs.truncate_from_start(7);
        assert_eq!(epochs.starts(), [(2, 7), (5, 9)]);
        assert_eq!(
            epochs.end_offset_for(1, 20),
            end(1, 7),
            "below all: the start of the first"
        );
    }
}
