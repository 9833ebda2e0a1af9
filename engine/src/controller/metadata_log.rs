//! The controller and its metadata log: what it writes, when it may answer, and what it knows when it does not lead.
//!
//! The active controller applies a record as it writes it, before it is committed, so that the next request sees it; what
//! it says to others waits until then (`QuorumController`'s deferred events and in-memory snapshots). A standby applies
//! what is committed.

use super::{Controller, Return};
use crate::node::Ctx;
use crate::trace::EventId;
use crate::wire::{
    AllocateProducerIdsResponse, AlterPartitionResponse, Api, BrokerHeartbeatResponse, BrokerRegistrationResponse,
    ErrorCode, MetadataEntry, MetadataImage, MetadataRecord, NodeId, Offset, ResponseBody,
};
use std::borrow::Cow;

/// An answer that waits for what was written before it.
#[derive(Debug, Clone)]
pub(super) struct Held {
    to: Return,
    body: ResponseBody,
    /// All below this must be committed.
    after: Offset,
    cause: EventId,
}

impl Held {
    pub(super) fn is_for(&self, node: NodeId) -> bool {
        self.to.to == node
    }
}

impl Controller {
    /// Writes a record of the metadata log, which `cause` brought about. Only the active controller may.
    pub(super) fn write(&mut self, record: MetadataRecord, cause: EventId) {
        if self.quorum.leads().is_some() {
            self.image.apply(&record);
            self.quorum.append(record, cause);
        }
    }

    /// Answers once all that is written so far is committed; with `NOT_CONTROLLER`, if leadership is lost before.
    pub(super) fn answer_when_committed(&mut self, to: Return, body: ResponseBody, ctx: &mut Ctx) {
        let after = self.quorum.log_end();
        if after <= self.quorum.high_watermark() {
            to.answer(body, ctx);
            return;
        }
        self.held.push(Held {
            to,
            body,
            after,
            cause: ctx.cause(),
        });
    }

    /// What has become of the quorum, and what follows from it. Comes after each input.
    pub(super) fn follow_quorum(&mut self, ctx: &mut Ctx) {
        let leads = self.quorum.leads();
        if self.active.is_some() && self.active != leads {
            self.step_down(ctx);
        }
        if self.active.is_none() {
            self.apply_committed();
            if leads.is_some() && self.quorum.has_committed_its_epoch() {
                self.step_up(ctx);
            }
        }
        self.release_held(ctx);
    }

    /// Whatever is in the log is committed and applied: it is the active controller now (`QuorumController.claim`).
    fn step_up(&mut self, ctx: &mut Ctx) {
        self.active = self.quorum.leads();
        let cause = ctx.cause();
        ctx.set_cause(self.quorum.since());
        self.on_active(ctx);
        ctx.set_cause(cause);
    }

    /// It does not lead any more. What was not committed may never be, so it forgets it, and those who wait for it have to
    /// ask the next one (`QuorumController.renounce`).
    fn step_down(&mut self, ctx: &mut Ctx) {
        self.active = None;
        self.image = MetadataImage::default();
        self.apply_committed();
        let cause = ctx.cause();
        ctx.set_cause(self.quorum.since());
        for held in std::mem::take(&mut self.held) {
            if let Some(body) = not_controller(held.body.api()) {
                held.to.answer(body, ctx);
            }
        }
        self.on_resigned(ctx);
        ctx.set_cause(cause);
    }

    fn apply_committed(&mut self) {
        let committed = self.quorum.high_watermark();
        if self.image.offset > committed {
            self.image = MetadataImage::default();
        }
        replay(&mut self.image, self.quorum.entries(), committed);
    }

    fn release_held(&mut self, ctx: &mut Ctx) {
        let committed = self.quorum.high_watermark();
        if self.held.first().is_none_or(|held| held.after > committed) {
            return;
        }
        let cause = ctx.cause();
        for held in self.held.extract_if(.., |held| held.after <= committed) {
            ctx.set_cause(held.cause);
            held.to.answer(held.body, ctx);
        }
        ctx.set_cause(cause);
    }

    /// The cluster as far as a majority of the controllers has it on disk.
    #[must_use]
    pub fn committed_image(&self) -> Cow<'_, MetadataImage> {
        let committed = self.quorum.high_watermark();
        if self.image.offset == committed {
            return Cow::Borrowed(&self.image);
        }
        let mut image = MetadataImage::default();
        replay(&mut image, self.quorum.entries(), committed);
        Cow::Owned(image)
    }
}

fn replay(image: &mut MetadataImage, entries: &[MetadataEntry], to: Offset) {
    let from = usize::try_from(image.offset).unwrap_or(usize::MAX);
    let to = usize::try_from(to).unwrap_or(usize::MAX).min(entries.len());
    for entry in entries.get(from..to).unwrap_or_default() {
        image.apply(&entry.record);
    }
}

/// The answer of a controller that is not active; `None` for what is not asked of controllers.
pub(super) fn not_controller(api: Api) -> Option<ResponseBody> {
    let error = ErrorCode::NotController;
    let body = match api {
        Api::BrokerRegistration => {
            ResponseBody::BrokerRegistration(BrokerRegistrationResponse { error, broker_epoch: 0 })
        }
        Api::BrokerHeartbeat => ResponseBody::BrokerHeartbeat(BrokerHeartbeatResponse {
            error,
            fenced: true,
            should_shut_down: false,
        }),
        Api::AlterPartition => ResponseBody::AlterPartition(AlterPartitionResponse {
            error,
            partitions: Vec::new(),
        }),
        Api::AllocateProducerIds => ResponseBody::AllocateProducerIds(AllocateProducerIdsResponse {
            error,
            start: 0,
            len: 0,
        }),
        Api::CreateTopics => ResponseBody::CreateTopics(error),
        _ => return None,
    };
    Some(body)
}
