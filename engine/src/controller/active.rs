//! What the active controller does beyond answering brokers: it watches their sessions, elects, rebalances, and obeys the
//! administrator.

use super::{Controller, Return};
use crate::node::Ctx;
use crate::wire::{
    AdminRequest, AllocateProducerIdsRequest, AllocateProducerIdsResponse, AlterPartitionRequest,
    AlterPartitionResponse, ErrorCode, ResponseBody,
};

impl Controller {
    /// It leads the quorum, and all that was committed before is applied.
    pub(super) fn on_active(&mut self, _ctx: &mut Ctx) {}

    /// It does not lead any more. What it knew beyond the committed log is gone.
    pub(super) fn on_resigned(&mut self, _ctx: &mut Ctx) {}

    pub(super) fn on_broker_session(&mut self, _ctx: &mut Ctx) {}

    pub(super) fn on_leader_rebalance(&mut self, _ctx: &mut Ctx) {}

    pub(super) fn on_unclean_election(&mut self, _ctx: &mut Ctx) {}

    pub(super) fn admin(&mut self, _request: &AdminRequest, _ctx: &mut Ctx) {}

    pub(super) fn alter_partition(&mut self, to: Return, _request: AlterPartitionRequest, ctx: &mut Ctx) {
        let response = AlterPartitionResponse {
            error: ErrorCode::None,
            partitions: Vec::new(),
        };
        self.answer_when_committed(to, ResponseBody::AlterPartition(response), ctx);
    }

    pub(super) fn allocate_producer_ids(&mut self, to: Return, _request: AllocateProducerIdsRequest, ctx: &mut Ctx) {
        let response = AllocateProducerIdsResponse {
            error: ErrorCode::None,
            start: 0,
            len: 0,
        };
        self.answer_when_committed(to, ResponseBody::AllocateProducerIds(response), ctx);
    }
}
