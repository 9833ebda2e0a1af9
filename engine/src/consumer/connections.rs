//! The connections to the brokers: which are open, and when a closed one may be tried again (`ClusterConnectionStates`).
//!
//! There are no packets here that open a connection: the first request on it does, and the first answer shows that it
//! is open.

use super::backoff::Backoff;
use crate::node::{Alarm, Ctx, Timer};
use crate::short_map::ShortMap;
use crate::wire::{BrokerId, Channel, Micros};

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Openness {
    /// Answers have come on it.
    Open,
    /// Something was sent, and nothing has come yet.
    Opening,
    /// There is none.
    #[default]
    Closed,
}

#[derive(Debug, Clone, Copy, Default)]
struct Connection {
    openness: Openness,
    /// How many times it was lost without having been open.
    failures: u32,
    /// When it was tried last.
    tried_at: Micros,
    /// It is not tried before that (`reconnect.backoff.ms`).
    not_before: Micros,
    /// The broker has asked that nothing is sent until then (KIP-219).
    throttled_until: Micros,
}

/// All of them: two to each broker at most.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections {
    all: ShortMap<(BrokerId, Channel), Connection>,
    alarm: Alarm,
}

impl Connections {
    /// How far that connection is.
    pub(super) fn openness(&self, broker: BrokerId, channel: Channel) -> Openness {
        self.all
            .get(&(broker, channel))
            .map_or(Openness::Closed, |c| c.openness)
    }

    /// Whether something can be sent on it now: it is there, or it may be tried.
    pub(super) fn is_usable(&self, broker: BrokerId, channel: Channel, now: Micros) -> bool {
        self.all
            .get(&(broker, channel))
            .is_none_or(|c| (c.openness != Openness::Closed || c.not_before <= now) && c.throttled_until <= now)
    }

    /// When it was tried last; 0 if never.
    pub(super) fn tried_at(&self, broker: BrokerId, channel: Channel) -> Micros {
        self.all.get(&(broker, channel)).map_or(0, |c| c.tried_at)
    }

    /// Something is sent on it.
    pub(super) fn used(&mut self, broker: BrokerId, channel: Channel, now: Micros) {
        let connection = self.all.or_default((broker, channel));
        if connection.openness == Openness::Closed {
            connection.openness = Openness::Opening;
            connection.tried_at = now;
        }
    }

    /// The broker asks for a pause, because this client is over its quota. It never gets shorter
    /// (`ClusterConnectionStates.throttle`).
    pub(super) fn throttle(&mut self, broker: BrokerId, channel: Channel, until: Micros, ctx: &mut Ctx) {
        let connection = self.all.or_default((broker, channel));
        connection.throttled_until = connection.throttled_until.max(until);
        self.alarm.arm(until, Timer::Reconnect, ctx);
    }

    /// An answer came on it.
    pub(super) fn heard(&mut self, broker: BrokerId, channel: Channel) {
        let connection = self.all.or_default((broker, channel));
        connection.openness = Openness::Open;
        connection.failures = 0;
    }

    /// It is closed, by either side, or could not be opened: it is tried again after a while. Answers whether there was
    /// one.
    pub(super) fn closed(&mut self, broker: BrokerId, channel: Channel, backoff: Backoff, ctx: &mut Ctx) -> bool {
        let Some(connection) = self
            .all
            .get_mut(&(broker, channel))
            .filter(|c| c.openness != Openness::Closed)
        else {
            return false;
        };
        connection.openness = Openness::Closed;
        connection.not_before = ctx.now() + backoff.after(connection.failures, ctx.random());
        connection.failures = connection.failures.saturating_add(1);
        self.alarm.arm(connection.not_before, Timer::Reconnect, ctx);
        true
    }

    /// One may be tried again. Asks to be told of the next.
    pub(super) fn on_timer(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if !self.alarm.rang(now) {
            return;
        }
        let closed = self.all.values().filter(|c| c.openness == Openness::Closed);
        let throttled = self.all.values().map(|c| c.throttled_until);
        let moments = closed.map(|c| c.not_before).chain(throttled);
        if let Some(next) = moments.filter(|at| *at > now).min() {
            self.alarm.arm(next, Timer::Reconnect, ctx);
        }
    }
}
