//! What a fetch may see.

use super::replica::Replica;
use crate::node::Bug;
use crate::wire::{BrokerId, EpochEnd, ErrorCode, FetchPartition, Offset};

/// What a fetch may see of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readable {
    /// All below this.
    UpTo(Offset),
    /// Nothing: the reader's log is not a beginning of this one. This is the last that they can have in common.
    Diverging(EpochEnd),
}

impl Replica {
    /// What a fetch of `follower`, or of a consumer, may see: consumers what is committed, followers all
    /// (`Partition.fetchRecords`, `Partition.readRecords`). `bug` is the mistake that is built in.
    ///
    /// # Errors
    /// `FENCED_LEADER_EPOCH`, `UNKNOWN_LEADER_EPOCH` (KIP-320), `NOT_LEADER_OR_FOLLOWER`, `OFFSET_OUT_OF_RANGE`.
    pub fn readable(
        &self,
        wanted: &FetchPartition,
        follower: Option<BrokerId>,
        bug: Option<Bug>,
    ) -> Result<Readable, ErrorCode> {
        if bug != Some(Bug::NoFetchFencing) {
            if wanted.current_leader_epoch < self.leader_epoch {
                return Err(ErrorCode::FencedLeaderEpoch);
            }
            if wanted.current_leader_epoch > self.leader_epoch {
                return Err(ErrorCode::UnknownLeaderEpoch);
            }
        }
        let leading = self.leading().ok_or(ErrorCode::NotLeaderOrFollower)?;
        if let Some(broker) = follower
            && !leading.followers.iter().any(|known| known.broker == broker)
        {
            // A reassignment that this leader has not heard of adds it (`Partition.followerReplicaOrThrow`).
            return Err(ErrorCode::UnknownLeaderEpoch);
        }
        if let Some(diverging) = self.divergence(wanted)? {
            return Ok(Readable::Diverging(diverging));
        }
        if wanted.fetch_offset < self.log.start() || wanted.fetch_offset > self.log.end() {
            return Err(ErrorCode::OffsetOutOfRange);
        }
        let sees_all = follower.is_some() || bug == Some(Bug::ReadsBeyondHighWatermark);
        Ok(Readable::UpTo(if sees_all {
            self.log.end()
        } else {
            self.high_watermark
        }))
    }

    /// Whether consumers may be told the high watermark as the end of what is committed: a new leader may know less of it
    /// than the one before, until it has reached the start of its epoch (KIP-207, `Partition.fetchOffsetForTimestamp`).
    pub(super) fn knows_latest_offset(&self) -> bool {
        self.leading()
            .is_some_and(|leading| self.high_watermark >= leading.epoch_start)
    }

    /// Whether the reader's last epoch ended elsewhere in this log than at the offset up to which it has read (KIP-595).
    fn divergence(&self, wanted: &FetchPartition) -> Result<Option<EpochEnd>, ErrorCode> {
        let Some(epoch) = wanted.last_fetched_epoch else {
            return Ok(None);
        };
        let found = self.log.end_offset_for(epoch).ok_or(ErrorCode::OffsetOutOfRange)?;
        if wanted.fetch_offset < self.log.start() {
            return Err(ErrorCode::OffsetOutOfRange);
        }
        let diverges = found.epoch < epoch || found.end_offset < wanted.fetch_offset;
        Ok(diverges.then_some(found))
    }
}
