//! Client quotas: how many bytes a second one client may produce, or fetch, at one broker (KIP-13, KIP-219).
//!
//! A broker measures each client by itself, as a rate over `quota.window.num` samples of `quota.window.size.seconds`
//! (`ClientQuotaManager`, `Rate`, `SampledStat`). What is over the quota is not refused: the answer goes out at once with
//! `throttle_time_ms`, and the broker reads nothing more from that connection for as long. Followers are no clients.
//!
//! Kafka computes with doubles: `round((rate - quota) / quota * window)`. With whole bytes that is
//! `(bytes * 1000 - quota * window) / quota` to the nearest millisecond, half up, and so it is computed here; only where
//! the exact value is a half, a double may be off by that millisecond.

use super::connections::Return;
use super::{Broker, BrokerConfig};
use crate::node::{Ctx, Timer};
use crate::short_map::ShortMap;
use crate::trace::Fact;
use crate::wire::{FetchRequest, FetchResponse, Micros, NodeId, ProduceResponse, QuotaType, ResponseBody};

/// How a rate is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// `quota.window.num`, the current one included.
    samples: u64,
    /// `quota.window.size.seconds`, in milliseconds.
    size_ms: u64,
}

impl Window {
    pub(super) fn of(config: &BrokerConfig) -> Self {
        Self {
            samples: u64::from(config.quota_window_num.max(1)),
            size_ms: u64::from(config.quota_window_size_s.max(1)) * 1_000,
        }
    }

    /// The most bytes that do not surely go over the quota (`ClientQuotaManager.getMaxValueInQuotaWindow`).
    pub(super) fn most_bytes(self, quota: u64) -> u64 {
        let full_ms = u128::from((self.samples - 1) * self.size_ms);
        u64::try_from(u128::from(quota) * full_ms / 1_000).unwrap_or(u64::MAX)
    }
}

/// What came in a part of the window (`SampledStat.Sample`).
#[derive(Debug, Clone, Copy)]
struct Sample {
    bytes: i64,
    start_ms: u64,
    last_event_ms: u64,
}

impl Sample {
    fn new(now_ms: u64) -> Self {
        Self {
            bytes: 0,
            start_ms: now_ms,
            last_event_ms: now_ms,
        }
    }
}

/// A client's bytes in the window (`Rate` over `WindowedSum`). Holds one sample more than it counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Rate {
    samples: Vec<Sample>,
    current: usize,
}

impl Rate {
    /// `SampledStat.record`
    fn record(&mut self, bytes: i64, window: Window, now_ms: u64) {
        if self.samples.is_empty() {
            self.samples.push(Sample::new(now_ms));
        }
        if now_ms - self.samples[self.current].start_ms >= window.size_ms {
            self.current = (self.current + 1) % (window.samples as usize + 1);
            match self.samples.get_mut(self.current) {
                Some(oldest) => *oldest = Sample::new(now_ms),
                None => self.samples.push(Sample::new(now_ms)),
            }
        }
        let current = &mut self.samples[self.current];
        current.bytes += bytes;
        current.last_event_ms = now_ms;
    }

    /// The bytes of the window, and how long it is: since its oldest sample began, and as if all full samples but the
    /// current one were there (`SampledStat.purgeObsoleteSamples`, `Rate.windowSize`).
    fn measure(&mut self, window: Window, now_ms: u64) -> (u64, u64) {
        let age_ms = window.samples * window.size_ms;
        let mut bytes = 0;
        let mut oldest_ms = now_ms;
        for sample in &mut self.samples {
            if now_ms - sample.last_event_ms >= age_ms {
                *sample = Sample::new(now_ms);
            }
            bytes += sample.bytes;
            oldest_ms = oldest_ms.min(sample.start_ms);
        }
        let elapsed_ms = now_ms - oldest_ms;
        let missing = (window.samples - 1).saturating_sub(elapsed_ms / window.size_ms);
        let window_ms = (elapsed_ms + missing * window.size_ms).max(1);
        (u64::try_from(bytes).unwrap_or(0), window_ms)
    }

    /// Counts these bytes, and answers how long the client has to be held back (`QuotaUtils.throttleTime`).
    fn record_and_throttle_ms(&mut self, bytes: u64, quota: u64, window: Window, now_ms: u64) -> u64 {
        self.record(i64::try_from(bytes).unwrap_or(i64::MAX / 2), window, now_ms);
        let (bytes, window_ms) = self.measure(window, now_ms);
        throttle_ms(bytes, window_ms, quota)
    }
}

/// How long nothing may come until the rate is the quota: (rate − quota) / quota × window, to the nearest millisecond.
fn throttle_ms(bytes: u64, window_ms: u64, quota: u64) -> u64 {
    let quota = u128::from(quota.max(1));
    let over = (u128::from(bytes) * 1_000).saturating_sub(quota * u128::from(window_ms));
    u64::try_from((2 * over + quota) / (2 * quota)).unwrap_or(u64::MAX)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window {
        samples: 11,
        size_ms: 1_000,
    };

    /// Kafka's own story, number by number (`ClientQuotaManagerTest.testQuotaViolation`).
    #[test]
    fn a_spike_is_throttled_as_kafka_throttles_it() {
        let mut rate = Rate::default();
        let mut now_ms = 50_000;
        for _ in 0..10 {
            assert_eq!(rate.record_and_throttle_ms(400, 500, WINDOW, now_ms), 0);
            now_ms += 1_000;
        }
        now_ms += 500;
        // 400 × 10 + 2300 = 6300 bytes in 10.5 s are 600 a second: (600 − 500) / 500 × 10.5 s.
        assert_eq!(rate.record_and_throttle_ms(2_300, 500, WINDOW, now_ms), 2_100);
        now_ms += 2_100;
        for _ in 0..10 {
            rate.record_and_throttle_ms(400, 500, WINDOW, now_ms);
            now_ms += 1_000;
        }
        let after = rate.record_and_throttle_ms(0, 500, WINDOW, now_ms);
        assert_eq!(after, 0, "the spike is out of the window");
    }

    /// `ClientQuotaManagerTest.testQuotaParsing`: another quota counts for what has come before.
    #[test]
    fn another_quota_counts_for_what_has_come() {
        let mut rate = Rate::default();
        let bytes = 2_500 * 11;
        // 27 500 bytes in the least window, 10 s: 2750 a second.
        assert_eq!(rate.record_and_throttle_ms(bytes, 2_000, WINDOW, 0), 3_750);
        assert_eq!(rate.record_and_throttle_ms(0, 3_000, WINDOW, 0), 0);
        assert_eq!(rate.record_and_throttle_ms(0, 500, WINDOW, 0), 45_000);
        assert_eq!(
            rate.record_and_throttle_ms(1_000 * 11, 4_000, WINDOW, 0),
            0,
            "38 500 in 10 s"
        );
    }

    /// `ClientQuotaManagerTest.testGetMaxValueInQuotaWindowWithNonDefaultQuotaWindow`
    #[test]
    fn a_window_holds_its_full_samples_of_the_quota() {
        let window = |samples| Window {
            samples,
            size_ms: 1_000,
        };
        assert_eq!(window(4).most_bytes(10), 30);
        assert_eq!(window(11).most_bytes(500), 5_000);
        let mut rate = Rate::default();
        assert_eq!(
            rate.record_and_throttle_ms(30, 10, window(4), 0),
            0,
            "as much as may be"
        );
        assert_eq!(
            rate.record_and_throttle_ms(1, 10, window(4), 0),
            100,
            "a tenth of a second too much"
        );
    }

    #[test]
    fn nothing_is_thrown_away_by_rounding() {
        assert_eq!(throttle_ms(10_000, 10_000, 1_000), 0, "exactly the quota");
        assert_eq!(throttle_ms(10_001, 10_000, 1_000), 1);
        assert_eq!(
            throttle_ms(20_001, 10_000, 2_000),
            1,
            "half a millisecond rounds up, as Math.round does"
        );
        assert_eq!(throttle_ms(30_001, 10_000, 3_000), 0, "a third rounds down");
        assert_eq!(throttle_ms(u64::MAX, 1, 1), u64::MAX);
    }

    #[test]
    fn what_was_not_sent_is_taken_back() {
        let mut rate = Rate::default();
        assert_eq!(rate.record_and_throttle_ms(6_000, 500, WINDOW, 0), 2_000);
        rate.record(-6_000, WINDOW, 0);
        assert_eq!(rate.record_and_throttle_ms(5_000, 500, WINDOW, 0), 0);
    }

    #[test]
    fn after_a_long_silence_the_window_is_empty_and_ten_seconds_long() {
        let mut rate = Rate::default();
        rate.record_and_throttle_ms(100_000, 500, WINDOW, 0);
        assert_eq!(rate.record_and_throttle_ms(5_000, 500, WINDOW, 100_000), 0);
        assert_eq!(rate.record_and_throttle_ms(500, 500, WINDOW, 100_000), 1_000);
    }
}
