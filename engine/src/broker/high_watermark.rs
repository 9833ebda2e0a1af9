//! The high watermark: how far a partition is committed.

use super::replica::Role;
use super::{Broker, Replica};
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{BrokerId, Offset, PartitionId};

impl Replica {
    /// `min.insync.replicas`, but not more than there are replicas (`Partition.effectiveMinIsr`).
    pub(super) fn effective_min_isr(&self, min_insync_replicas: u8) -> usize {
        match &self.role {
            Role::Leader { followers, .. } => usize::from(min_insync_replicas).min(followers.len() + 1),
            Role::Follower { .. } => usize::from(min_insync_replicas),
        }
    }

    /// Moves the high watermark to the smallest log end among the in-sync replicas.
    ///
    /// Stands still while the ISR is below the effective minimum, whatever `acks` is (KIP-966,
    /// `Partition.maybeIncrementLeaderHW`). Never goes back on a leader.
    fn advance(&mut self, min_insync_replicas: u8) -> Option<Offset> {
        let enough = self.effective_min_isr(min_insync_replicas);
        let Role::Leader { followers, isr } = &self.role else {
            return None;
        };
        if isr.len() < enough {
            return None;
        }
        let in_sync = followers.iter().filter(|f| isr.contains(&f.broker));
        // A follower that has never fetched has told nothing: it holds the watermark at the log's start.
        let reached = in_sync
            .map(|f| f.log_end.unwrap_or(0))
            .fold(self.log.end(), Offset::min);
        (reached > self.high_watermark).then(|| {
            self.high_watermark = reached;
            reached
        })
    }

    /// Writes down what a follower's fetch says about its log end (`Partition.updateFollowerFetchState`).
    pub(super) fn note_follower(&mut self, broker: BrokerId, fetch_offset: Offset) {
        if let Role::Leader { followers, .. } = &mut self.role
            && let Some(follower) = followers.iter_mut().find(|f| f.broker == broker)
        {
            follower.log_end = Some(fetch_offset);
        }
    }
}

impl Broker {
    /// Moves the partition's high watermark if it can, and completes what waited for that: parked produce requests, and
    /// consumers' fetches.
    pub(super) fn advance_high_watermark(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        let cause = ctx.cause();
        if let Some(to) = self.move_high_watermark(partition, ctx) {
            self.complete_produces(partition, to, ctx);
            self.complete_fetches(partition, ctx);
        }
        ctx.set_cause(cause);
    }

    /// Moves the partition's high watermark if it can, and makes that the cause of what follows.
    pub(super) fn move_high_watermark(&mut self, partition: PartitionId, ctx: &mut Ctx) -> Option<Offset> {
        let min_insync = self.config.min_insync_replicas;
        let to = self.replicas.get_mut(&partition)?.advance(min_insync)?;
        ctx.record_as_cause(Fact::HighWatermarkMoved { partition, to });
        Some(to)
    }
}
