//! Producer ids: a broker hands them out from a block that it has from the controller (KIP-730, `RPCProducerIdManager`).

use super::Broker;
use super::connections::Return;
use crate::node::Ctx;
use crate::wire::{
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, ErrorCode, InitProducerIdResponse, Micros, ProducerId,
    RequestBody, ResponseBody,
};
use std::ops::Range;

/// After a refusal the next question waits for this long (`RETRY_BACKOFF_MS`).
const RETRY_AFTER_US: Micros = 50_000;

/// The block that is handed out, and the next one.
#[derive(Debug, Clone, Default)]
pub(super) struct ProducerIds {
    current: Range<ProducerId>,
    /// How many ids the current block had.
    block: u64,
    next: Option<Range<ProducerId>>,
    asked: bool,
    not_before: Micros,
}

impl ProducerIds {
    /// The next id; `None` until there is another block.
    fn take(&mut self) -> Option<ProducerId> {
        if self.current.is_empty()
            && let Some(next) = self.next.take()
        {
            self.block = next.end - next.start;
            self.current = next;
        }
        self.current.next()
    }

    /// Whether to ask for another block: nine of ten ids are gone (`PID_PREFETCH_THRESHOLD`).
    fn is_short(&self) -> bool {
        let left = self.current.end.saturating_sub(self.current.start);
        self.next.is_none() && left <= self.block / 10
    }
}

impl Broker {
    /// Answers `COORDINATOR_LOAD_IN_PROGRESS` while there is no id to hand out: clients try that again.
    pub(super) fn init_producer_id(&mut self, to: Return, ctx: &mut Ctx) {
        let id = self.producer_ids.take();
        if self.producer_ids.is_short() {
            self.ask_for_producer_ids(ctx);
        }
        let error = match id {
            Some(_) => ErrorCode::None,
            None => ErrorCode::CoordinatorLoadInProgress,
        };
        let answer = InitProducerIdResponse {
            error,
            producer_id: id.unwrap_or(0),
            epoch: 0,
        };
        self.answer(to, ResponseBody::InitProducerId(answer), ctx);
    }

    fn ask_for_producer_ids(&mut self, ctx: &mut Ctx) {
        let (ids, Some(broker_epoch)) = (&mut self.producer_ids, self.controller.broker_epoch()) else {
            return;
        };
        if ids.asked || ctx.now() < ids.not_before {
            return;
        }
        ids.asked = true;
        let request = AllocateProducerIdsRequest {
            broker: self.id,
            broker_epoch,
        };
        self.ask_controller(RequestBody::AllocateProducerIds(request), ctx);
    }

    /// The controller's answer. After a refusal the next producer that asks makes the broker ask again.
    pub(super) fn on_producer_ids(&mut self, response: &AllocateProducerIdsResponse, ctx: &mut Ctx) {
        let ids = &mut self.producer_ids;
        ids.asked = false;
        if response.error == ErrorCode::None && response.len > 0 {
            ids.next = Some(response.start..response.start.saturating_add(u64::from(response.len)));
        } else {
            ids.not_before = ctx.now() + RETRY_AFTER_US;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_handed_out_before_the_next_one() {
        let mut ids = ProducerIds::default();
        assert_eq!((ids.take(), ids.is_short()), (None, true));
        ids.next = Some(1000..1010);
        let taken: Vec<Option<ProducerId>> = (0..9).map(|_| ids.take()).collect();
        assert_eq!((taken[0], taken[8]), (Some(1000), Some(1008)));
        assert!(ids.is_short(), "nine of ten are gone: ask now");
        ids.next = Some(5000..5010);
        assert_eq!((ids.take(), ids.take()), (Some(1009), Some(5000)));
    }
}
