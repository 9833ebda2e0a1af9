//! Client quotas: how many bytes a second one client may produce, or fetch, at one broker (KIP-13, KIP-219).
//!
//! A broker measures each client by itself, as a rate over `quota.window.num` samples of `quota.window.size.seconds`
//! (`ClientQuotaManager`, `Rate`, `SampledStat`). What is over the quota is not refused: the answer goes out at once with
//! `throttle_time_ms`, and the broker reads nothing more from that connection for as long. Followers are no clients.

mod rate;

use super::Broker;
use super::connections::Return;
use crate::node::{Ctx, Timer};
use crate::short_map::ShortMap;
use crate::trace::Fact;
use crate::wire::{FetchRequest, FetchResponse, Micros, NodeId, ProduceResponse, QuotaType, ResponseBody};
use rate::{Rate, Window};

/// What each client has produced and fetched here. Empty as long as there are no quotas.
#[derive(Debug, Clone, Default)]
pub(super) struct Quotas {
    rates: ShortMap<(QuotaType, NodeId), Rate>,
}

impl Broker {
    /// The quota of a kind: as an administrator has set it last, or from the start. 0 for none; `None` where there never
    /// was one, and nothing is measured (`ClientQuotaManager.quotasEnabled`).
    fn quota(&self, of: QuotaType) -> Option<u64> {
        let from_start = match of {
            QuotaType::Produce => self.config.producer_byte_rate,
            QuotaType::Fetch => self.config.consumer_byte_rate,
        };
        let altered = self.image.client_quotas.get(&of).copied();
        altered.or(Some(from_start).filter(|quota| *quota > 0))
    }

    /// Counts what a client has moved. Answers for how many milliseconds it is held back.
    fn record_and_throttle_ms(&mut self, of: QuotaType, client: NodeId, bytes: u64, ctx: &Ctx) -> u64 {
        let Some(quota) = self.quota(of) else { return 0 };
        let window = Window::of(&self.config);
        let quota = if quota == 0 { u64::MAX } else { quota };
        let rate = self.quotas.rates.or_default((of, client));
        rate.record_and_throttle_ms(bytes, quota, window, ctx.now() / 1_000)
    }

    /// Answers a produce request of that many bytes, and mutes the connection if its client is over its quota
    /// (`KafkaApis.handleProduceRequest`). With acks=0 there is no answer that could tell the client.
    pub(super) fn answer_produce(&mut self, to: Return, mut response: ProduceResponse, bytes: u32, ctx: &mut Ctx) {
        let throttle_ms = self.record_and_throttle_ms(QuotaType::Produce, to.to, u64::from(bytes), ctx);
        response.throttle_ms = throttle_ms;
        self.answer_throttled(to, ResponseBody::Produce(response), throttle_ms, ctx);
    }

    /// An acks=0 produce request is done: nothing is answered.
    pub(super) fn release_unanswered(&mut self, to: Return, bytes: u32, ctx: &mut Ctx) {
        let throttle_ms = self.record_and_throttle_ms(QuotaType::Produce, to.to, u64::from(bytes), ctx);
        if throttle_ms == 0 {
            self.connections.release(to);
        } else {
            let cause = ctx.cause();
            self.throttle(to, throttle_ms, ctx);
            ctx.set_cause(cause);
        }
    }

    /// Answers a fetch. A consumer that would go over its quota by it gets nothing, what it would have got is not counted,
    /// and its connection is muted (`KafkaApis.handleFetchRequest`, `unrecordQuotaSensor`).
    pub(super) fn answer_fetch(&mut self, to: Return, is_follower: bool, mut response: FetchResponse, ctx: &mut Ctx) {
        let of = QuotaType::Fetch;
        if is_follower || self.quota(of).is_none() {
            return self.answer(to, ResponseBody::Fetch(response), ctx);
        }
        let bytes = response.wire_bytes();
        let throttle_ms = self.record_and_throttle_ms(of, to.to, bytes, ctx);
        if throttle_ms > 0 {
            let window = Window::of(&self.config);
            let rate = self.quotas.rates.or_default((of, to.to));
            let bytes = i64::try_from(bytes).unwrap_or(i64::MAX / 2);
            rate.record(-bytes, window, ctx.now() / 1_000);
            response.partitions.clear();
            response.throttle_ms = throttle_ms;
        }
        self.answer_throttled(to, ResponseBody::Fetch(response), throttle_ms, ctx);
    }

    /// How many bytes a fetch may bring: a consumer that asks for more than its whole window gets that much, or it would
    /// be held back for ever.
    pub(super) fn fetch_max_bytes(&self, request: &FetchRequest) -> u32 {
        let quota = self.quota(QuotaType::Fetch).filter(|quota| *quota > 0);
        match (request.replica, quota) {
            (None, Some(quota)) => {
                let most = Window::of(&self.config).most_bytes(quota);
                request.max_bytes.min(u32::try_from(most).unwrap_or(u32::MAX))
            }
            _ => request.max_bytes,
        }
    }

    /// Answers at once, and keeps the connection muted for as long as the client is held back.
    fn answer_throttled(&mut self, to: Return, body: ResponseBody, throttle_ms: u64, ctx: &mut Ctx) {
        if throttle_ms == 0 {
            return self.answer(to, body, ctx);
        }
        let cause = ctx.cause();
        if self.throttle(to, throttle_ms, ctx) {
            ctx.respond(to.to, to.channel, to.correlation, body);
        }
        ctx.set_cause(cause);
    }

    /// Mutes a connection (`ClientQuotaManager.throttle`, `ThrottledChannel`). `false` when it is closed.
    fn throttle(&mut self, to: Return, throttle_ms: u64, ctx: &mut Ctx) -> bool {
        let until = ctx.now().saturating_add(throttle_ms.saturating_mul(1_000));
        let is_open = self.connections.throttle(to, until);
        if is_open {
            ctx.record_as_cause(Fact::Throttled {
                client: to.to,
                throttle_ms: u32::try_from(throttle_ms).unwrap_or(u32::MAX),
            });
            self.throttle_alarm.arm(until, Timer::Throttle, ctx);
        }
        is_open
    }

    /// A connection may have been muted long enough (`ThrottledChannelReaper`).
    pub(super) fn on_throttle_timer(&mut self, ctx: &mut Ctx) {
        let now: Micros = ctx.now();
        if !self.throttle_alarm.rang(now) {
            return;
        }
        if let Some(next) = self.connections.end_throttles(now) {
            self.throttle_alarm.arm(next, Timer::Throttle, ctx);
        }
        self.work_off(ctx);
    }
}
