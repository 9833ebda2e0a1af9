//! What the link to the controllers hands on, until somebody takes it.

use super::Broker;
use crate::node::Ctx;
use crate::wire::{AllocateProducerIdsResponse, AlterPartitionResponse};

impl Broker {
    pub(super) fn on_alter_partition(&mut self, _response: AlterPartitionResponse, _ctx: &mut Ctx) {}

    pub(super) fn on_producer_ids(&mut self, _response: AllocateProducerIdsResponse, _ctx: &mut Ctx) {}

    /// It leads nothing any more, or need not wait for that.
    pub(super) fn on_may_stop(&mut self, ctx: &mut Ctx) {
        ctx.exit();
    }
}
