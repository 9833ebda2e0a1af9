//! What is asked of the active controller, until it answers.

use super::{InFlight, PAUSE_US};
use crate::broker::Broker;
use crate::node::Ctx;
use crate::trace::EventId;
use crate::wire::{Micros, NodeId, RequestBody};

/// Requests to the active controller. Each part of the broker has one at a time, so they are few.
#[derive(Debug, Clone, Default)]
pub(super) struct Asks(Vec<Ask>);

#[derive(Debug, Clone)]
struct Ask {
    body: RequestBody,
    cause: EventId,
    in_flight: Option<InFlight>,
    /// Not before this.
    at: Micros,
}

impl Asks {
    /// Whether that was asked; then it is done.
    pub(super) fn answered(&mut self, from: NodeId, correlation: u32) -> bool {
        let is_it = |ask: &Ask| ask.in_flight.is_some_and(|request| request.is(from, correlation));
        let place = self.0.iter().position(is_it);
        place.map(|place| self.0.remove(place)).is_some()
    }

    pub(super) fn next_deadline(&self) -> Option<Micros> {
        let moments = self.0.iter();
        moments
            .map(|ask| ask.in_flight.map_or(ask.at, |request| request.deadline_us))
            .min()
    }
}

impl Broker {
    /// Asks the active controller, as soon as one is known, and again until it answers.
    pub(in crate::broker) fn ask_controller(&mut self, body: RequestBody, ctx: &mut Ctx) {
        self.controller.asks.0.push(Ask {
            body,
            cause: ctx.cause(),
            in_flight: None,
            at: ctx.now(),
        });
        self.send_asks(ctx);
    }

    pub(super) fn send_asks(&mut self, ctx: &mut Ctx) {
        let Some(active) = self.controller.observer.active_controller() else {
            return;
        };
        let (now, cause) = (ctx.now(), ctx.cause());
        let patience = self.config.session_timeout_us;
        for place in 0..self.controller.asks.0.len() {
            let ask = &self.controller.asks.0[place];
            if ask.in_flight.is_none() && ask.at <= now {
                ctx.set_cause(ask.cause);
                let body = ask.body.clone();
                self.controller.asks.0[place].in_flight = Some(self.controller.request(active, body, patience, ctx));
            }
        }
        ctx.set_cause(cause);
    }

    /// Those requests are not answered: they are sent again after a pause.
    pub(super) fn ask_again(&mut self, which: impl Fn(&InFlight) -> bool, ctx: &mut Ctx) {
        let at = ctx.now() + PAUSE_US;
        let mut lost = false;
        for ask in &mut self.controller.asks.0 {
            if ask.in_flight.as_ref().is_some_and(&which) {
                ask.in_flight = None;
                ask.at = at;
                lost = true;
            }
        }
        if lost {
            self.controller.arm(at, ctx);
        }
    }
}
