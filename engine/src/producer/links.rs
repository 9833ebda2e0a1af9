//! The producer's connections: which brokers can be talked to, which must be left alone for a while.

use super::Producer;
use super::backoff::backoff;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{BrokerId, Channel, ErrorCode, Micros};

/// One connection for each broker (`ClusterConnectionStates`).
///
/// Kafka's client connects before it sends. Here the first request on a fresh connection opens it; but one that was lost
/// is first tried with a Metadata request, as Kafka's is with ApiVersions, so that no batch is spent on a broker that is
/// not there.
#[derive(Debug, Clone, Default)]
pub(super) struct Links {
    /// By the broker's number.
    links: Vec<Link>,
    pub(super) alarm: Alarm,
}

#[derive(Debug, Clone, Copy, Default)]
struct Link {
    state: LinkState,
    /// Losses since it was good for something.
    failures: u32,
    last_try_us: Micros,
    /// The broker has asked that nothing is sent until then (KIP-219).
    throttled_until_us: Micros,
}

/// What a connection is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum LinkState {
    /// Nothing was heard on it yet, and nothing speaks against it.
    #[default]
    Fresh,
    /// The broker has answered on it.
    Good,
    /// Not to be tried before this.
    Lost(Micros),
    /// Being tried: nothing else is sent meanwhile.
    Tried,
}

impl Links {
    pub(super) fn state(&self, broker: BrokerId) -> LinkState {
        self.links.get(usize::from(broker.0)).copied().unwrap_or_default().state
    }

    /// Whether requests can go out on it (`ClusterConnectionStates.isReady`).
    pub(super) fn is_open(&self, broker: BrokerId) -> bool {
        matches!(self.state(broker), LinkState::Fresh | LinkState::Good)
    }

    /// Until when nothing may be sent on it, because this client is over its quota (`ClusterConnectionStates.throttle`).
    pub(super) fn throttled_until(&self, broker: BrokerId, now: Micros) -> Option<Micros> {
        let link = self.links.get(usize::from(broker.0))?;
        Some(link.throttled_until_us).filter(|until| *until > now)
    }

    /// Until when any of them is held back.
    pub(super) fn held_back_until(&self, now: Micros) -> Option<Micros> {
        let until = self.links.iter().map(|link| link.throttled_until_us).max();
        until.filter(|until| *until > now)
    }

    /// The broker asks for a pause. It never gets shorter.
    pub(super) fn throttle(&mut self, broker: BrokerId, until: Micros) {
        let link = self.link(broker);
        link.throttled_until_us = link.throttled_until_us.max(until);
    }

    /// Whether it may be tried again now (`ClusterConnectionStates.canConnect`).
    pub(super) fn can_try(&self, broker: BrokerId, now: Micros) -> bool {
        matches!(self.state(broker), LinkState::Lost(until) if until <= now)
    }

    fn last_try_us(&self, broker: BrokerId) -> Micros {
        self.links.get(usize::from(broker.0)).map_or(0, |link| link.last_try_us)
    }

    fn link(&mut self, broker: BrokerId) -> &mut Link {
        let index = usize::from(broker.0);
        if index >= self.links.len() {
            self.links.resize(index + 1, Link::default());
        }
        &mut self.links[index]
    }

    /// The broker has answered.
    pub(super) fn good(&mut self, broker: BrokerId) {
        let link = self.link(broker);
        (link.state, link.failures) = (LinkState::Good, 0);
    }

    pub(super) fn tried(&mut self, broker: BrokerId, now: Micros) {
        let link = self.link(broker);
        (link.state, link.last_try_us) = (LinkState::Tried, now);
    }
}

impl Producer {
    /// The broker to ask what any broker can answer: one whose connection is open, with the fewest requests in flight;
    /// else one that is being tried; else the one that has not been tried for longest. Any of those among equals
    /// (`NetworkClient.leastLoadedNode`). `None` when all are busy, or to be left alone.
    pub(super) fn least_loaded(&self, ctx: &mut Ctx) -> Option<BrokerId> {
        let known = self.metadata.brokers();
        let found = self.least_loaded_of(known, ctx);
        if found.is_some() || known.iter().any(|broker| self.links.is_open(*broker)) {
            return found;
        }
        // Nobody whom the metadata names can be reached: back to where it began (KIP-899).
        self.least_loaded_of(self.metadata.bootstrap(), ctx)
    }

    fn least_loaded_of(&self, brokers: &[BrokerId], ctx: &mut Ctx) -> Option<BrokerId> {
        let now = ctx.now();
        let first = ctx.random().below(u32::try_from(brokers.len()).unwrap_or(u32::MAX)) as usize;
        let in_turn = || (0..brokers.len()).map(|step| brokers[(first + step) % brokers.len()]);
        let may_send = |broker: &BrokerId| self.links.throttled_until(*broker, now).is_none();
        let open = in_turn().filter(|broker| self.links.is_open(*broker) && self.has_room_for(*broker));
        let open = open.filter(may_send);
        let tried = || in_turn().find(|broker| self.links.state(*broker) == LinkState::Tried);
        let triable = || in_turn().filter(|broker| self.links.can_try(*broker, now));
        open.min_by_key(|broker| self.sender.in_flight_to(*broker) + self.questions.to(*broker))
            .or_else(tried)
            .or_else(|| triable().min_by_key(|broker| self.links.last_try_us(*broker)))
    }

    /// `InFlightRequests.canSendMore`
    pub(super) fn has_room_for(&self, broker: BrokerId) -> bool {
        self.sender.in_flight_to(broker) < self.config.max_in_flight.max(1)
    }

    /// The other side has closed the connection: its process has ended, or was never there, or it had no other way to
    /// say that an acks=0 request has failed.
    pub(super) fn on_connection_lost(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        let owes = self.sender.in_flight_to(broker) + self.questions.to(broker);
        if owes == 0 && !self.links.is_open(broker) {
            return; // That is known.
        }
        ctx.record_as_cause(Fact::ConnectionLost { with: broker.into() });
        self.lose(broker, ErrorCode::NetworkException, ctx);
        self.run_sender(ctx);
    }

    /// A request that is not answered within `request.timeout.ms` ends its connection
    /// (`NetworkClient.handleTimedOutRequests`).
    pub(super) fn on_request_timeout(&mut self, ctx: &mut Ctx) {
        if !self.sender.timeout_alarm.rang(ctx.now()) {
            return;
        }
        let timeout = self.config.request_timeout_us;
        let trigger = ctx.cause();
        while let Some((broker, cause)) = self.silent(ctx.now()) {
            ctx.set_cause(cause);
            ctx.disconnect(broker.into(), Channel::Data);
            self.lose(broker, ErrorCode::RequestTimedOut, ctx);
            self.run_sender(ctx);
            ctx.set_cause(trigger);
        }
        let produces = self.sender.requests.iter().map(|request| request.sent_us);
        if let Some(oldest) = produces.chain(self.questions.oldest_us()).min() {
            self.sender
                .timeout_alarm
                .arm(oldest + timeout, Timer::RequestTimeout, ctx);
        }
    }

    /// A broker that owes an answer for too long, and the request that it owes it to.
    fn silent(&self, now: Micros) -> Option<(BrokerId, u64)> {
        let timeout = self.config.request_timeout_us;
        let produces = self.sender.requests.iter().map(|r| (r.sent_us, r.broker, r.cause));
        let mut all = produces.chain(self.questions.sent());
        all.find(|(sent_us, ..)| sent_us + timeout <= now)
            .map(|(_, broker, cause)| (broker, cause))
    }

    /// All that was sent on the connection has failed: batches are tried again, the oldest first, so that without
    /// idempotence the newest comes to stand in front (`InFlightRequests.clearAll`). The broker is left alone for
    /// `reconnect.backoff.ms`, and metadata is refreshed: perhaps it leads nothing any more.
    fn lose(&mut self, broker: BrokerId, error: ErrorCode, ctx: &mut Ctx) {
        let was_good = self.links.state(broker) == LinkState::Good;
        let (initial, max) = (self.config.reconnect_backoff_us, self.config.reconnect_backoff_max_us);
        let failures = self.links.link(broker).failures;
        let until = ctx.now() + backoff(initial, max, failures, ctx.random());
        let link = self.links.link(broker);
        (link.state, link.failures) = (LinkState::Lost(until), failures + 1);
        self.links.alarm.arm(until, Timer::Reconnect, ctx);

        for request in self.sender.take_requests_to(broker) {
            for (partition, batch) in request.batches {
                self.complete(partition, batch, error, 0, ctx);
            }
        }
        self.lose_questions(broker, was_good, ctx);
        self.metadata.request_update();
    }

    pub(super) fn on_reconnect_timer(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if !self.links.alarm.rang(now) {
            return;
        }
        let waits = self.links.links.iter().filter_map(|link| match link.state {
            LinkState::Lost(until) if until > now => Some(until),
            _ => None,
        });
        if let Some(next) = waits.min() {
            self.links.alarm.arm(next, Timer::Reconnect, ctx);
        }
        self.run_sender(ctx);
    }
}
