//! What the producer asks of any broker, beside Produce: metadata, and its id.

use super::Producer;
use super::backoff::backoff;
use super::idempotence::Identity;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{EventId, Fact};
use crate::wire::{BrokerId, Channel, ErrorCode, InitProducerIdResponse, MetadataImage, Micros, RequestBody};

/// Questions without an answer yet: at most one of each kind, and one for each broker that is tried.
#[derive(Debug, Clone, Default)]
pub(super) struct Questions {
    open: Vec<Question>,
    /// When a refused wish for an id may be repeated.
    id_alarm: Alarm,
    id_not_before_us: Micros,
}

#[derive(Debug, Clone, Copy)]
struct Question {
    correlation: u32,
    broker: BrokerId,
    sent_us: Micros,
    cause: EventId,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Metadata,
    /// A Metadata request whose purpose is that something comes back.
    Trial,
    ProducerId,
}

impl Questions {
    /// How many that broker owes an answer to.
    pub(super) fn to(&self, broker: BrokerId) -> u32 {
        let to_broker = self.open.iter().filter(|question| question.broker == broker);
        u32::try_from(to_broker.count()).unwrap_or(u32::MAX)
    }

    pub(super) fn oldest_us(&self) -> Option<Micros> {
        self.open.iter().map(|question| question.sent_us).min()
    }

    /// When, to whom and as which event they were sent.
    pub(super) fn sent(&self) -> impl Iterator<Item = (Micros, BrokerId, EventId)> {
        self.open.iter().map(|q| (q.sent_us, q.broker, q.cause))
    }

    fn has(&self, kind: Kind) -> bool {
        self.open.iter().any(|question| question.kind == kind)
    }

    fn take(&mut self, broker: BrokerId, correlation: u32) -> Option<Question> {
        let answered = |q: &Question| q.correlation == correlation && q.broker == broker;
        let place = self.open.iter().position(answered)?;
        Some(self.open.remove(place))
    }
}

impl Producer {
    fn ask(&mut self, broker: BrokerId, kind: Kind, ctx: &mut Ctx) {
        let body = match kind {
            Kind::Metadata | Kind::Trial => RequestBody::Metadata,
            Kind::ProducerId => RequestBody::InitProducerId,
        };
        let correlation = self.sender.next_correlation();
        let cause = ctx.request(broker.into(), Channel::Data, correlation, body);
        let sent_us = ctx.now();
        self.questions.open.push(Question {
            correlation,
            broker,
            sent_us,
            cause,
            kind,
        });
        let deadline = sent_us + self.config.request_timeout_us;
        self.sender.timeout_alarm.arm(deadline, Timer::RequestTimeout, ctx);
    }

    /// Sends something to a broker whose connection was lost, to see whether it is back.
    pub(super) fn try_link(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        if self.links.can_try(broker, ctx.now()) {
            self.links.tried(broker, ctx.now());
            self.ask(broker, Kind::Trial, ctx);
        }
    }

    /// Asks a broker that can be asked. If the only one is lost, it is tried first; then, or when a connection may be
    /// tried again, the sender's next round comes back to this.
    fn ask_any(&mut self, kind: Kind, ctx: &mut Ctx) {
        let Some(broker) = self.least_loaded(ctx) else { return };
        if self.links.is_open(broker) {
            self.ask(broker, kind, ctx);
        } else {
            self.try_link(broker, ctx);
        }
    }

    /// Asks for metadata if that is due: at once when somebody has a reason, but not sooner than the last answer allows;
    /// after `metadata.max.age.ms` in any case (`NetworkClient.DefaultMetadataUpdater.maybeUpdate`).
    pub(super) fn maybe_ask_metadata(&mut self, ctx: &mut Ctx) {
        if self.questions.has(Kind::Metadata) {
            return;
        }
        let due = self.metadata.due_us(self.config.metadata_max_age_us);
        if due <= ctx.now() {
            self.ask_any(Kind::Metadata, ctx);
        } else {
            self.metadata.alarm.arm(due, Timer::Metadata, ctx);
        }
    }

    pub(super) fn on_metadata_timer(&mut self, ctx: &mut Ctx) {
        if self.metadata.alarm.rang(ctx.now()) {
            self.run_sender(ctx);
        }
    }

    /// Whether batches can be numbered, if they must be. Asks for an id otherwise, of any broker: without transactions it
    /// needs no coordinator (`Sender.runOnce`, `TransactionManager.bumpIdempotentEpochAndResetIdIfNeeded`).
    pub(super) fn has_producer_id(&mut self, ctx: &mut Ctx) -> bool {
        if !self.config.is_idempotent() || self.idempotence.identity().is_some() {
            return true;
        }
        if !self.questions.has(Kind::ProducerId) && self.questions.id_not_before_us <= ctx.now() {
            self.ask_any(Kind::ProducerId, ctx);
        }
        false
    }

    pub(super) fn on_producer_id_timer(&mut self, ctx: &mut Ctx) {
        if self.questions.id_alarm.rang(ctx.now()) {
            self.run_sender(ctx);
        }
    }

    pub(super) fn on_metadata(&mut self, broker: BrokerId, correlation: u32, image: &MetadataImage, ctx: &mut Ctx) {
        if self.questions.take(broker, correlation).is_none() {
            return; // It had been given up.
        }
        self.links.good(broker);
        let (initial, max) = (self.config.retry_backoff_us, self.config.retry_backoff_max_us);
        let same_again = self.metadata.update(image, &self.config.topic, ctx.now());
        if let Some(before) = same_again.checked_sub(1) {
            let wait = backoff(initial, max, before, ctx.random());
            self.metadata.wait_until(ctx.now() + wait);
        }
        if self.metadata.partitions() > 0 {
            self.accumulator.resize(self.metadata.partitions());
            self.send_blocked(ctx);
        }
        self.run_sender(ctx);
    }

    pub(super) fn on_producer_id(
        &mut self,
        broker: BrokerId,
        correlation: u32,
        answer: InitProducerIdResponse,
        ctx: &mut Ctx,
    ) {
        if self.questions.take(broker, correlation).is_none() {
            return;
        }
        self.links.good(broker);
        if answer.error == ErrorCode::None {
            let (producer_id, epoch) = (answer.producer_id, answer.epoch);
            self.idempotence.set_identity(Identity { producer_id, epoch });
            ctx.record_as_cause(Fact::ProducerIdAssigned { producer_id, epoch });
        } else {
            self.ask_for_id_later(ctx);
        }
        self.run_sender(ctx);
    }

    fn ask_for_id_later(&mut self, ctx: &mut Ctx) {
        let at = ctx.now() + self.config.retry_backoff_us;
        self.questions.id_not_before_us = at;
        self.questions.id_alarm.arm(at, Timer::ProducerId, ctx);
    }

    /// The connection is lost, and with it the answers. A question for metadata that was under way waits for its backoff
    /// (`Metadata.failedUpdate`); if there was nobody at the other end, the next broker is asked at once.
    pub(super) fn lose_questions(&mut self, broker: BrokerId, was_good: bool, ctx: &mut Ctx) {
        let lost: Vec<Question> = self.questions.open.extract_if(.., |q| q.broker == broker).collect();
        for question in lost {
            match question.kind {
                Kind::Metadata if was_good => {
                    let (initial, max) = (self.config.retry_backoff_us, self.config.retry_backoff_max_us);
                    let before = self.metadata.note_failure() - 1;
                    let wait = backoff(initial, max, before, ctx.random());
                    self.metadata.wait_until(ctx.now() + wait);
                }
                Kind::Metadata | Kind::Trial => {}
                Kind::ProducerId => self.ask_for_id_later(ctx),
            }
        }
    }
}
