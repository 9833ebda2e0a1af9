//! A client's rate, and how long it has to be held back (`Rate`, `SampledStat`, `QuotaUtils`).
//!
//! Kafka computes with doubles: `round((rate - quota) / quota * window)`. With whole bytes that is
//! `(bytes * 1000 - quota * window) / quota` to the nearest millisecond, half up, and so it is computed here; only where
//! the exact value is a half, a double may be off by that millisecond.

use crate::broker::BrokerConfig;

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
    pub(super) fn record(&mut self, bytes: i64, window: Window, now_ms: u64) {
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
    pub(super) fn record_and_throttle_ms(&mut self, bytes: u64, quota: u64, window: Window, now_ms: u64) -> u64 {
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
