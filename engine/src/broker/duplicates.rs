//! Idempotence at the leader: a batch that is in the log already is not appended again.

use super::connections::Return;
use super::{Broker, Replica};
use crate::log::Batch;
use crate::node::{Bug, Ctx};
use crate::trace::Fact;
use crate::wire::{ErrorCode, InitProducerIdResponse, Micros, Offset, PartitionId, ProducerId, ResponseBody};

/// Ids to a broker, as in a block that a controller hands out (`ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE`).
const BLOCK: ProducerId = 1_000;

impl Broker {
    /// Gives a producer an id of its own. Blocks are the brokers' own for now; no controller is asked for one.
    pub(super) fn init_producer_id(&mut self, to: Return, ctx: &mut Ctx) {
        let producer_id = ProducerId::from(self.id.0 - 1) * BLOCK + ProducerId::from(self.producer_ids);
        self.producer_ids += 1;
        let answer = InitProducerIdResponse {
            error: ErrorCode::None,
            producer_id,
            epoch: 0,
        };
        self.answer(to, ResponseBody::InitProducerId(answer), ctx);
    }
}

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
