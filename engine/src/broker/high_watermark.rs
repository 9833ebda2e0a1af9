//! The high watermark: how far a partition is committed.

use super::Broker;
use super::replica::{Replica, Surroundings};
use crate::node::{Bug, Ctx};
use crate::trace::Fact;
use crate::wire::{ErrorCode, Offset, PartitionId};

impl Replica {
    /// `min.insync.replicas`, but not more than there are replicas (`Partition.effectiveMinIsr`).
    #[must_use]
    pub fn effective_min_isr(&self, min_insync_replicas: u8) -> usize {
        let replicas = self
            .leading()
            .map_or(usize::MAX, |leading| leading.followers.len().saturating_add(1));
        usize::from(min_insync_replicas).min(replicas)
    }

    /// Whether fewer are in sync than must be (`Partition.isUnderMinIsr`).
    #[must_use]
    pub fn is_under_min_isr(&self, min_insync_replicas: u8) -> bool {
        let enough = self.effective_min_isr(min_insync_replicas);
        self.isr().is_some_and(|isr| isr.len() < enough)
    }

    /// Moves the leader's high watermark to the smallest log end among the maximal ISR and those about to join it. Answers
    /// where it is now, if it has moved.
    ///
    /// Stands still while the ISR is below the effective minimum, whatever `acks` is (KIP-966,
    /// `Partition.maybeIncrementLeaderHW`). Never goes back on a leader.
    pub fn advance(&mut self, around: &Surroundings) -> Option<Offset> {
        let is_frozen = self.is_under_min_isr(around.min_insync_replicas);
        if is_frozen && !around.has_bug(Bug::HighWatermarkBelowMinIsr) {
            return None;
        }
        let reached = self.reached(around)?;
        (reached > self.high_watermark).then(|| {
            self.high_watermark = reached;
            reached
        })
    }

    /// Up to where all have it that count. Somebody who is caught up and may join counts before it is in the ISR, or the
    /// high watermark would run away from it for as long as the proposal takes.
    fn reached(&self, around: &Surroundings) -> Option<Offset> {
        let leading = self.leading()?;
        let end = self.log.end();
        if around.has_bug(Bug::HighWatermarkFromLogEnd) {
            return Some(end);
        }
        let mut reached = end;
        for follower in &leading.followers {
            // A follower that has never fetched has told nothing: it holds the watermark where it is.
            let has = follower.log_end.unwrap_or(0);
            let joins = || follower.is_caught_up(end, around) && follower.is_eligible(around);
            if has < reached && (leading.counts(follower.broker) || joins()) {
                reached = has;
            }
        }
        Some(reached)
    }

    /// Whether an acks=all produce that ends at `until` is done, and how (`Partition.checkEnoughReplicasReachOffset`).
    ///
    /// Below the minimum the high watermark stands still, so `NOT_ENOUGH_REPLICAS_AFTER_APPEND` comes only when it had
    /// passed the records before the ISR shrank, and the request was looked at after.
    #[must_use]
    pub fn is_replicated(&self, until: Offset, min_insync_replicas: u8) -> Option<ErrorCode> {
        let Some(leading) = self.leading() else {
            return Some(ErrorCode::NotLeaderOrFollower);
        };
        if self.high_watermark < until {
            return None;
        }
        let in_sync = leading.maximal_isr().len() as usize;
        Some(if in_sync < self.effective_min_isr(min_insync_replicas) {
            ErrorCode::NotEnoughReplicasAfterAppend
        } else {
            ErrorCode::None
        })
    }

    /// A follower's high watermark is its leader's, but not beyond its own log end, even if that is lower than before
    /// (`ReplicaFetcherThread.processPartitionData`, `UnifiedLog.maybeUpdateHighWatermark`). Answers it, if it has moved.
    pub fn follow_high_watermark(&mut self, leader: Offset) -> Option<Offset> {
        let to = leader.clamp(self.log.start(), self.log.end());
        (to != self.high_watermark).then(|| {
            self.high_watermark = to;
            to
        })
    }
}

impl Broker {
    /// Moves the partition's high watermark if it can, and completes what waited for that: parked produce requests, and
    /// consumers' fetches.
    pub(super) fn advance_high_watermark(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        let cause = ctx.cause();
        if self.move_high_watermark(partition, ctx).is_some() {
            self.complete_produces(partition, ctx);
            self.complete_fetches(partition, ctx);
        }
        ctx.set_cause(cause);
    }

    /// Moves the partition's high watermark if it can, and makes that the cause of what follows.
    pub(super) fn move_high_watermark(&mut self, partition: PartitionId, ctx: &mut Ctx) -> Option<Offset> {
        let around = surroundings!(self, partition, ctx);
        let to = self.replicas.get_mut(&partition)?.advance(&around)?;
        ctx.record_as_cause(Fact::HighWatermarkMoved { partition, to });
        Some(to)
    }
}
