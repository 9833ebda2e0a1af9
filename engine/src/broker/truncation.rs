//! A follower whose log is not a beginning of its leader's.

use super::replica::{Replica, Truncation};
use crate::wire::{EpochEnd, Micros, Offset};

impl Replica {
    /// Where the log must end, when the leader says that this is the last that both can have in common (KIP-101, KIP-279,
    /// `AbstractFetcherThread.getOffsetTruncationState`).
    ///
    /// If this log does not know the leader's epoch, its largest smaller one is the next candidate: it is cut to that
    /// one's end, and the fetch from there may diverge again.
    #[must_use]
    pub fn truncation_offset(&self, leader: EpochEnd) -> Offset {
        let end = self.log.end();
        match self.log.end_offset_for(leader.epoch) {
            Some(mine) if mine.epoch != leader.epoch => mine.end_offset.min(end),
            Some(mine) => mine.end_offset.min(leader.end_offset).min(end),
            None => leader.end_offset.min(end),
        }
    }

    /// Cuts off all from `offset` on. The high watermark follows when it lay beyond (`UnifiedLog.truncateTo`). Answers
    /// how many records went; `None` when there was nothing to cut.
    pub fn truncate_to(&mut self, offset: Offset, now: Micros) -> Option<u64> {
        let removed = self.log.truncate_to(offset);
        self.high_watermark = self.high_watermark.min(self.log.end());
        let removed = removed?;
        self.truncation = Some(Truncation {
            at_us: now,
            to: self.log.end(),
            records: removed.records,
            first: removed.first,
        });
        Some(removed.records)
    }
}
