//! Idempotence at the leader: a batch that is in the log already is not appended again.

use super::Replica;
use crate::log::Batch;
use crate::node::{Bug, Ctx};
use crate::trace::Fact;
use crate::wire::{ErrorCode, Micros, Offset, PartitionId};

impl Replica {
    /// Where the batch is already, if it is a duplicate: the producer is answered as if it had been appended now
    /// (`UnifiedLog.analyzeAndValidateProducerState`).
    ///
    /// Kafka looks for producers that have expired every ten minutes; here that is done when one of them writes.
    pub(super) fn find_duplicate(
        &mut self,
        partition: PartitionId,
        batch: &Batch,
        expiration_us: Micros,
        ctx: &mut Ctx,
    ) -> Result<Option<Offset>, ErrorCode> {
        let Some(sequence) = batch.sequence.filter(|_| !ctx.has_bug(Bug::NoSequenceCheck)) else {
            return Ok(None);
        };
        if self
            .log
            .producers()
            .is_expired(sequence.producer_id, ctx.now(), expiration_us)
        {
            self.log.producers_mut().expire(ctx.now(), expiration_us);
        }
        let duplicate = self.log.producers().check(sequence, batch.len())?;
        let Some(kept) = duplicate.filter(|_| !ctx.has_bug(Bug::DuplicatesAppended)) else {
            return Ok(None);
        };
        ctx.record(Fact::DuplicateDropped {
            partition,
            base_offset: kept.base_offset,
            records: batch.len(),
        });
        Ok(Some(kept.base_offset))
    }
}
