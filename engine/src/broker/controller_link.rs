//! A broker's link to the controllers: it follows the metadata log, registers and sends heartbeats, and asks the active
//! controller for what only that may do.
//!
//! Who is active the broker learns from the quorum, as an observer of it (`observer`). All else goes to that one, and is
//! asked again elsewhere when the answer is `NOT_CONTROLLER` or does not come (`NodeToControllerChannelManager`).

mod asks;
mod lifecycle;
mod observer;
#[cfg(test)]
mod tests;

use super::Broker;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{EventId, Fact};
use crate::wire::{BrokerEpoch, Channel, ErrorCode, Micros, NodeId, RequestBody, Response, ResponseBody};
use asks::Asks;
use lifecycle::Lifecycle;
use observer::Observer;
use std::sync::Arc;

/// The broker waits so long before it asks the controllers again (`NodeToControllerRequestThread.doWork`).
const PAUSE_US: Micros = 100_000;

/// What the broker knows of the controllers, and they of it.
#[derive(Debug, Clone)]
pub(super) struct ControllerLink {
    voters: Arc<[NodeId]>,
    rack: Option<Arc<str>>,
    observer: Observer,
    lifecycle: Lifecycle,
    asks: Asks,
    pub(super) creating_offsets_topic: bool,
    correlation: u32,
    /// The start of the process: what the broker says of itself is said because it runs.
    since: EventId,
    alarm: Alarm,
}

/// A question that is not answered yet.
#[derive(Debug, Clone, Copy)]
struct InFlight {
    to: NodeId,
    correlation: u32,
    deadline_us: Micros,
}

impl InFlight {
    fn is(&self, from: NodeId, correlation: u32) -> bool {
        self.to == from && self.correlation == correlation
    }
}

impl ControllerLink {
    /// That of a broker that has never run.
    pub(super) fn new(voters: Arc<[NodeId]>, rack: Option<Arc<str>>) -> Self {
        Self {
            voters,
            rack,
            observer: Observer::default(),
            lifecycle: Lifecycle::default(),
            asks: Asks::default(),
            creating_offsets_topic: false,
            correlation: 0,
            since: 0,
            alarm: Alarm::default(),
        }
    }

    /// That of the same broker's next process. After a `clean` stop it can say that it has lost nothing (KIP-966).
    pub(super) fn restarted(&self, clean: bool) -> Self {
        Self {
            lifecycle: self.lifecycle.restarted(clean),
            observer: self.observer.restarted(),
            ..Self::new(self.voters.clone(), self.rack.clone())
        }
    }

    /// The disk is lost: whatever was stopped in order, was not.
    pub(super) fn lose_disk(&mut self) {
        self.lifecycle.lose_disk();
    }

    /// When the last heartbeats left, the newest first.
    pub(super) fn heartbeats_us(&self) -> impl Iterator<Item = Micros> {
        self.lifecycle.heartbeats_us()
    }

    /// Its registration, once it has one.
    pub(super) fn broker_epoch(&self) -> Option<BrokerEpoch> {
        self.lifecycle.registered_at()
    }

    #[cfg(test)]
    pub(super) fn is_fenced(&self) -> bool {
        self.lifecycle.is_fenced()
    }

    /// It has been told to stop.
    pub(super) fn is_shutting_down(&self) -> bool {
        self.lifecycle.is_shutting_down()
    }

    /// Sends a request to that controller; it is given up after `patience_us`.
    fn request(&mut self, to: NodeId, body: RequestBody, patience_us: Micros, ctx: &mut Ctx) -> InFlight {
        self.correlation = self.correlation.wrapping_add(1);
        let in_flight = InFlight {
            to,
            correlation: self.correlation,
            deadline_us: ctx.now() + patience_us,
        };
        ctx.request(to, Channel::Data, in_flight.correlation, body);
        self.arm(in_flight.deadline_us, ctx);
        in_flight
    }

    fn arm(&mut self, at: Micros, ctx: &mut Ctx) {
        let cause = ctx.cause();
        ctx.set_cause(self.since);
        self.alarm.arm(at, Timer::ControllerLink, ctx);
        ctx.set_cause(cause);
    }
}

impl Broker {
    /// The process runs.
    pub(super) fn start(&mut self, ctx: &mut Ctx) {
        self.controller.since = ctx.record_as_cause(Fact::BrokerStarted);
        self.controller.lifecycle.next_us = Some(ctx.now());
        self.fetch_metadata_log(ctx);
    }

    /// An answer of a controller: `None` when nobody waits for it any more, or it is no more than `NOT_CONTROLLER`.
    pub(super) fn awaited_from_controller(
        &mut self,
        from: NodeId,
        response: Response,
        ctx: &mut Ctx,
    ) -> Option<ResponseBody> {
        let Response { correlation, body, .. } = response;
        let not_controller = body.error() == ErrorCode::NotController;
        if self.controller.observer.answered(from, correlation) {
            return Some(body);
        }
        if self.controller.lifecycle.answered(from, correlation) {
            if not_controller {
                self.communicate_in(PAUSE_US, ctx);
                return None;
            }
            return Some(body);
        }
        if not_controller {
            self.ask_again(|ask| ask.is(from, correlation), ctx);
            return None;
        }
        self.controller.asks.answered(from, correlation).then_some(body)
    }

    /// A controller has closed the connection, or is not there: what it was asked is not answered.
    pub(super) fn on_controller_disconnect(&mut self, from: NodeId, ctx: &mut Ctx) {
        self.lose_metadata_fetch(|fetch| fetch.to == from, ctx);
        if self.controller.lifecycle.lost(|request| request.to == from) {
            self.communicate_in(PAUSE_US, ctx);
        }
        self.ask_again(|ask| ask.to == from, ctx);
    }

    /// Something that was asked may have waited too long, or is to be asked again.
    pub(super) fn on_controller_link_timer(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if !self.controller.alarm.rang(now) {
            return;
        }
        let late = |request: &InFlight| request.deadline_us <= now;
        self.lose_metadata_fetch(late, ctx);
        self.fetch_metadata_log(ctx);
        if self.controller.lifecycle.lost(late) {
            self.communicate_after_failure(ctx);
        }
        self.communicate(ctx);
        self.ask_again(late, ctx);
        self.send_asks(ctx);
        let controller = &self.controller;
        let moments = [
            controller.observer.next_deadline(),
            controller.lifecycle.next_deadline(),
            controller.asks.next_deadline(),
        ];
        // What is overdue waits for an active controller, not for time.
        if let Some(next) = moments.into_iter().flatten().filter(|at| *at > now).min() {
            self.controller.arm(next, ctx);
        }
    }

    /// The quorum has a leader that the broker did not know of.
    fn on_active_controller_known(&mut self, ctx: &mut Ctx) {
        self.communicate(ctx);
        self.send_asks(ctx);
    }
}
