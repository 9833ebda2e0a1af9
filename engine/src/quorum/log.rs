//! A controller's copy of `__cluster_metadata`.

use crate::wire::{MetadataEntry, Offset, QuorumEpoch};
use std::sync::Arc;

/// The metadata log on one controller's disk. It grows by changes of the cluster only, so it has no snapshots.
///
/// Shared between clones until one of them writes: a keyframe of a run costs nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    entries: Arc<Vec<MetadataEntry>>,
}

impl Log {
    /// The next offset.
    /// Makes the first record another one, for tests of the invariants.
    #[cfg(test)]
    pub(super) fn doctor(&mut self) {
        if let Some(first) = Arc::make_mut(&mut self.entries).first_mut() {
            first.cause += 1;
        }
    }

    pub(super) fn end(&self) -> Offset {
        self.entries.len() as Offset
    }

    /// The epoch of the last record; 0 of an empty log.
    pub(super) fn last_epoch(&self) -> QuorumEpoch {
        self.entries.last().map_or(0, |entry| entry.epoch)
    }

    pub(super) fn entries(&self) -> &[MetadataEntry] {
        &self.entries
    }

    /// The records of these offsets, as far as they are there.
    pub(super) fn between(&self, from: Offset, to: Offset) -> &[MetadataEntry] {
        let to = to.min(self.end());
        let from = from.min(to);
        // Both are at most the number of entries, so they fit.
        &self.entries[from as usize..to as usize]
    }

    pub(super) fn append(&mut self, entry: MetadataEntry) {
        Arc::make_mut(&mut self.entries).push(entry);
    }

    pub(super) fn extend(&mut self, entries: Vec<MetadataEntry>) {
        Arc::make_mut(&mut self.entries).extend(entries);
    }

    /// The largest epoch of a record that is at most `epoch`, and where it ends (`LeaderEpochFileCache.endOffsetFor`).
    pub(super) fn end_of(&self, epoch: QuorumEpoch) -> (QuorumEpoch, Offset) {
        let end = self.entries.partition_point(|entry| entry.epoch <= epoch);
        let found = end.checked_sub(1).map_or(0, |last| self.entries[last].epoch);
        (found, end as Offset)
    }

    /// Where a log ends that shares all up to `from` with this one, whose last record there is of `last_epoch`. `None`
    /// when `from` is such a place itself (`ReplicatedLog.validateOffsetAndEpoch`).
    pub(super) fn divergence(&self, from: Offset, last_epoch: QuorumEpoch) -> Option<(QuorumEpoch, Offset)> {
        let found = self.end_of(last_epoch);
        (found.0 != last_epoch || found.1 < from).then_some(found)
    }

    /// Where to truncate to when the leader's largest epoch up to the own last one is `epoch`, and ends at `end`
    /// (`ReplicatedLog.truncateToEndOffset`).
    pub(super) fn common_end(&self, epoch: QuorumEpoch, end: Offset) -> Offset {
        match self.end_of(epoch) {
            (own, own_end) if own == epoch => own_end.min(end),
            (_, own_end) => own_end,
        }
    }

    pub(super) fn truncate(&mut self, to: Offset) {
        if to < self.end() {
            Arc::make_mut(&mut self.entries).truncate(to as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::MetadataRecord;

    fn log(epochs: &[QuorumEpoch]) -> Log {
        let mut log = Log::default();
        for epoch in epochs {
            log.append(MetadataEntry {
                epoch: *epoch,
                cause: 0,
                record: MetadataRecord::ProducerIds { next: 0 },
            });
        }
        log
    }

    #[test]
    fn a_beginning_of_the_log_does_not_diverge() {
        let leader = log(&[1, 1, 3, 3]);
        assert_eq!(leader.divergence(0, 0), None);
        assert_eq!(leader.divergence(2, 1), None);
        assert_eq!(leader.divergence(4, 3), None);
    }

    #[test]
    fn another_log_is_cut_where_the_epochs_part() {
        let leader = log(&[1, 1, 3, 3]);
        // It has written in epoch 2, which this leader never saw.
        let follower = log(&[1, 1, 1, 2]);
        let (epoch, end) = leader.divergence(follower.end(), follower.last_epoch()).unwrap();
        assert_eq!((epoch, end), (1, 2));
        assert_eq!(follower.common_end(epoch, end), 2);
        // It has more of epoch 3 than the leader.
        let longer = log(&[1, 1, 3, 3, 3]);
        assert_eq!(leader.divergence(5, 3), Some((3, 4)));
        assert_eq!(longer.common_end(3, 4), 4);
        // It does not know the epoch at all.
        assert_eq!(log(&[2, 2]).common_end(1, 2), 0);
    }
}
