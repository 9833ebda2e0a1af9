//! How many there were in the last seconds.

use crate::wire::Micros;

/// What happened in the last five seconds, in ten buckets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Recent {
    buckets: [u32; Self::BUCKETS],
    last: u64,
    /// When the last bucket is over; 0 before the first of all.
    until_us: Micros,
    /// When the first of all came: what is young is not divided by more than its age.
    first_us: Option<Micros>,
}

impl Recent {
    const BUCKETS: usize = 10;
    const BUCKET_US: Micros = 500_000;

    fn advance(&mut self, now: Micros) {
        let bucket = now / Self::BUCKET_US;
        if bucket >= self.last + Self::BUCKETS as u64 {
            self.buckets = [0; Self::BUCKETS];
        } else {
            for passed in self.last + 1..=bucket {
                self.buckets[(passed % Self::BUCKETS as u64) as usize] = 0;
            }
        }
        self.last = self.last.max(bucket);
        self.until_us = (self.last + 1) * Self::BUCKET_US;
    }

    /// One more, a million times a run.
    #[inline]
    pub(super) fn add(&mut self, now: Micros) {
        if now >= self.until_us {
            self.first_us.get_or_insert(now);
            self.advance(now);
        }
        self.buckets[(self.last % Self::BUCKETS as u64) as usize] += 1;
    }

    /// All of them.
    pub(super) fn sum(&self, now: Micros) -> u64 {
        let mut current = *self;
        current.advance(now);
        current.buckets.iter().map(|n| u64::from(*n)).sum()
    }

    /// How many a second, to the nearest: over what the buckets cover, or over the time since the first of all if that
    /// is less, but over half a second at least.
    pub(super) fn per_s(&self, now: Micros) -> u32 {
        let Some(first_us) = self.first_us else { return 0 };
        let oldest = (now / Self::BUCKET_US).saturating_sub(Self::BUCKETS as u64 - 1) * Self::BUCKET_US;
        let covered = now.saturating_sub(oldest.max(first_us)).max(Self::BUCKET_US);
        let per_s = (self.sum(now) * 1_000_000 + covered / 2) / covered;
        u32::try_from(per_s).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recent_fades_after_five_seconds() {
        let mut recent = Recent::default();
        for at in 0..10 {
            recent.add(at * 100_000);
        }
        assert_eq!(recent.sum(900_000), 10);
        assert_eq!(recent.sum(5_000_000), 5, "the first half second is forgotten");
        assert_eq!(recent.sum(60_000_000), 0);
    }

    #[test]
    fn a_rate_is_over_the_time_that_there_was() {
        let mut recent = Recent::default();
        assert_eq!(recent.per_s(7_000_000), 0, "nothing ever came");
        for at in 0..200 {
            recent.add(10_000_000 + at * 10_000);
        }
        assert_eq!(
            recent.per_s(12_000_000),
            100,
            "two seconds of a hundred a second, not five"
        );
        assert_eq!(recent.per_s(16_000_000), 11, "50 in the last 4.5 s");
        assert_eq!(recent.per_s(30_000_000), 0);
    }
}
