//! Requests that are not answered yet (`ConsumerNetworkClient`, `InFlightRequests`).

use crate::node::{Alarm, Ctx, Timer};
use crate::short_sort::sort_short_by_key;
use crate::wire::{Api, BrokerId, Channel, Micros, RequestBody};

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
#[derive(Debug, Clone, Default)]
pub(super) struct Requests {
    last: u32,
    in_flight: Vec<InFlight>,
    alarm: Alarm,
}

impl Requests {
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
        let deadline = ctx.now() + timeout_us;
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
        Some(self.in_flight.swap_remove(index))
    }

    /// When the alarm has come: the requests that are not going to be answered, the oldest first.
    pub(super) fn take_overdue(&mut self, ctx: &mut Ctx) -> Vec<InFlight> {
        let now = ctx.now();
        if !self.alarm.rang(now) {
            return Vec::new();
        }
        // The connection is closed, so whatever else was sent on it is lost with the first.
        let late = self.in_flight.iter().filter(|request| request.deadline <= now);
        let mut closed: Vec<(BrokerId, Channel)> = late.map(|request| (request.to, request.channel)).collect();
        closed.dedup();
        for (to, channel) in &closed {
            ctx.disconnect((*to).into(), *channel);
        }
        let mut overdue: Vec<InFlight> = self
            .in_flight
            .extract_if(.., |request| closed.contains(&(request.to, request.channel)))
            .collect();
        sort_short_by_key(&mut overdue, |request| request.correlation);
        if let Some(next) = self.in_flight.iter().map(|request| request.deadline).min() {
            self.alarm.arm(next, Timer::RequestTimeout, ctx);
        }
        overdue
    }

    pub(super) fn is_waiting(&self, api: Api) -> bool {
        self.in_flight.iter().any(|request| request.api == api)
    }

    pub(super) fn is_waiting_for(&self, to: BrokerId, api: Api) -> bool {
        self.in_flight
            .iter()
            .any(|request| request.to == to && request.api == api)
    }

    /// How many requests that broker has not answered.
    pub(super) fn load(&self, broker: BrokerId) -> usize {
        self.in_flight.iter().filter(|request| request.to == broker).count()
    }

    /// The connection to the coordinator is closed: nothing more comes from there.
    pub(super) fn forget_coordinator(&mut self) {
        self.in_flight.retain(|request| request.channel != Channel::Coordinator);
    }
}
