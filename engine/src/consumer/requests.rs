//! Requests that are not answered yet (`ConsumerNetworkClient`, `InFlightRequests`), and the connections that carry them.

use super::backoff::Backoff;
use super::connections::{Connections, Openness};
use crate::node::{Alarm, Ctx, Timer};
use crate::short_sort::sort_short_by_key;
use crate::trace::Fact;
use crate::wire::{Api, BrokerId, Channel, Micros, RequestBody};

/// `socket.connection.setup.timeout.ms`: how long a connection may take to open.
const CONNECTION_SETUP_TIMEOUT_US: Micros = 10_000_000;

/// A request that is not answered yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFlight {
    correlation: u32,
    channel: Channel,
    deadline: Micros,
    pub(super) to: BrokerId,
    pub(super) api: Api,
    /// The membership's round when it was sent: an answer about partitions that were given up meanwhile means nothing.
    pub(super) round: u32,
}

/// All of them: at most one of each kind, and one fetch and one ListOffsets to each broker.
#[derive(Debug, Clone)]
pub(super) struct Requests {
    last: u32,
    in_flight: Vec<InFlight>,
    alarm: Alarm,
    connections: Connections,
    /// `reconnect.backoff.ms` and its largest.
    reconnect: Backoff,
}

impl Requests {
    pub(super) fn new(reconnect: Backoff) -> Self {
        Self {
            last: 0,
            in_flight: Vec::new(),
            alarm: Alarm::default(),
            connections: Connections::default(),
            reconnect,
        }
    }

    pub(super) fn send(&mut self, to: BrokerId, timeout_us: Micros, round: u32, body: RequestBody, ctx: &mut Ctx) {
        self.send_on(Channel::Data, to, timeout_us, round, body, ctx);
    }

    /// The coordinator has a connection of its own, so that heartbeats do not wait behind a parked fetch.
    pub(super) fn send_to_coordinator(
        &mut self,
        to: BrokerId,
        timeout_us: Micros,
        round: u32,
        body: RequestBody,
        ctx: &mut Ctx,
    ) {
        self.send_on(Channel::Coordinator, to, timeout_us, round, body, ctx);
    }

    fn send_on(
        &mut self,
        channel: Channel,
        to: BrokerId,
        timeout_us: Micros,
        round: u32,
        body: RequestBody,
        ctx: &mut Ctx,
    ) {
        self.last = self.last.wrapping_add(1);
        // On a connection that is not open yet, what is answered at once shows whether it opens.
        let opens = self.connections.openness(to, channel) != Openness::Open && is_answered_at_once(&body);
        let patience_us = if opens {
            timeout_us.min(CONNECTION_SETUP_TIMEOUT_US)
        } else {
            timeout_us
        };
        let deadline = ctx.now() + patience_us;
        self.connections.used(to, channel, ctx.now());
        self.in_flight.push(InFlight {
            correlation: self.last,
            channel,
            deadline,
            to,
            api: body.api(),
            round,
        });
        self.alarm.arm(deadline, Timer::RequestTimeout, ctx);
        ctx.request(to.into(), channel, self.last, body);
    }

    /// The request with that number, which is answered now.
    pub(super) fn take(&mut self, correlation: u32) -> Option<InFlight> {
        let index = self
            .in_flight
            .iter()
            .position(|request| request.correlation == correlation)?;
        let asked = self.in_flight.swap_remove(index);
        self.connections.heard(asked.to, asked.channel);
        Some(asked)
    }

    /// When the alarm has come: closes the connections whose answers do not come, one after the other. Whatever else was
    /// sent on such a connection is lost with it.
    pub(super) fn close_overdue(&mut self, ctx: &mut Ctx) -> Vec<InFlight> {
        let now = ctx.now();
        if !self.alarm.rang(now) {
            return Vec::new();
        }
        let mut lost = Vec::new();
        while let Some(late) = self.in_flight.iter().find(|request| request.deadline <= now) {
            let (to, channel) = (late.to, late.channel);
            lost.append(&mut self.close(to, channel, ctx));
        }
        if let Some(next) = self.in_flight.iter().map(|request| request.deadline).min() {
            self.alarm.arm(next, Timer::RequestTimeout, ctx);
        }
        lost
    }

    /// Closes a connection from this side. Answers the requests that are not going to be answered, the oldest first.
    pub(super) fn close(&mut self, to: BrokerId, channel: Channel, ctx: &mut Ctx) -> Vec<InFlight> {
        if self.connections.openness(to, channel) == Openness::Closed {
            return Vec::new();
        }
        ctx.disconnect(to.into(), channel);
        self.connections.closed(to, channel, self.reconnect, ctx);
        self.take_all(to, channel)
    }

    /// A connection was closed by the other side, or could not be opened. Answers the requests that are not going to be
    /// answered, the oldest first; `None` when there was no such connection.
    pub(super) fn lost(&mut self, to: BrokerId, channel: Channel, ctx: &mut Ctx) -> Option<Vec<InFlight>> {
        if self.connections.openness(to, channel) == Openness::Closed {
            return None;
        }
        ctx.record_as_cause(Fact::ConnectionLost { with: to.into() });
        self.connections.closed(to, channel, self.reconnect, ctx);
        Some(self.take_all(to, channel))
    }

    fn take_all(&mut self, to: BrokerId, channel: Channel) -> Vec<InFlight> {
        let mut gone: Vec<InFlight> = self
            .in_flight
            .extract_if(.., |request| request.to == to && request.channel == channel)
            .collect();
        sort_short_by_key(&mut gone, |request| request.correlation);
        gone
    }

    /// The broker has held this client back: nothing is sent to it for so long (`NetworkClient.maybeThrottle`).
    pub(super) fn throttle(&mut self, to: BrokerId, throttle_ms: u64, ctx: &mut Ctx) {
        let until = ctx.now().saturating_add(throttle_ms.saturating_mul(1_000));
        self.connections.throttle(to, Channel::Data, until, ctx);
    }

    pub(super) fn on_reconnect_timer(&mut self, ctx: &mut Ctx) {
        self.connections.on_timer(ctx);
    }

    pub(super) fn is_waiting(&self, api: Api) -> bool {
        self.in_flight.iter().any(|request| request.api == api)
    }

    pub(super) fn is_waiting_for(&self, to: BrokerId, api: Api) -> bool {
        self.in_flight
            .iter()
            .any(|request| request.to == to && request.api == api)
    }

    /// Whether something can be sent there now; otherwise the connection was lost a moment ago.
    pub(super) fn can_send(&self, to: BrokerId, now: Micros) -> bool {
        self.connections.is_usable(to, Channel::Data, now)
    }

    /// As [`Requests::can_send`], to a coordinator.
    pub(super) fn can_coordinate(&self, to: BrokerId, now: Micros) -> bool {
        self.connections.is_usable(to, Channel::Coordinator, now)
    }

    /// The broker that is asked what any of them knows (`NetworkClient.leastLoadedNode`): of those whose connection is
    /// open the one with the fewest requests in flight, else one whose connection is about to open, else the one that was
    /// not tried for the longest time. `None` while all of them were lost a moment ago.
    pub(super) fn least_loaded(&self, brokers: impl Iterator<Item = BrokerId>, now: Micros) -> Option<BrokerId> {
        let rank = |broker: &BrokerId| {
            let openness = self.connections.openness(*broker, Channel::Data);
            let load = self.in_flight.iter().filter(|request| request.to == *broker).count();
            let tried_at = match openness {
                Openness::Closed => self.connections.tried_at(*broker, Channel::Data),
                Openness::Open | Openness::Opening => 0,
            };
            (openness, load, tried_at)
        };
        brokers.filter(|broker| self.can_send(*broker, now)).min_by_key(rank)
    }
}

/// Whether a broker answers without waiting for other members, so that no answer means that it is not there.
fn is_answered_at_once(body: &RequestBody) -> bool {
    match body {
        RequestBody::JoinGroup(join) => join.member.is_empty() && join.instance.is_none(),
        RequestBody::SyncGroup(_) => false,
        _ => true,
    }
}
