//! How often records are sent. In integers throughout: the same moments natively and in wasm.

use crate::node::Random;
use crate::wire::Micros;

/// Records a second, with bursts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Records a second over all producers, outside of bursts.
    pub per_second: u32,
    /// Times at which it is another.
    pub bursts: Vec<Burst>,
}

/// A stretch of time with another rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// From here.
    pub from_us: Micros,
    /// To here, exclusive.
    pub until_us: Micros,
    /// Records a second meanwhile.
    pub per_second: u32,
}

/// The mean time between two records of one producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Nanoseconds: whole microseconds would round a high rate away.
    pub mean_ns: u64,
}

impl Interval {
    /// The interval of a producer that sends `part` of `whole` of `per_second` records a second; `None` if that is none.
    #[must_use]
    pub fn of(per_second: u32, part: u64, whole: u64) -> Option<Self> {
        let mean_ns = (u128::from(whole) * 1_000_000_000).checked_div(u128::from(per_second) * u128::from(part))?;
        Some(Self {
            mean_ns: u64::try_from(mean_ns).unwrap_or(u64::MAX >> 2).clamp(1, u64::MAX >> 2),
        })
    }

    /// The time to the next record, in nanoseconds: even between half and one and a half times the mean, so that the
    /// producers do not march in step.
    #[must_use]
    pub fn draw_ns(self, random: &mut Random) -> u64 {
        self.mean_ns / 2 + random.below_u64(self.mean_ns + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_draws_make_the_rate() {
        let mut random = Random::named(7, "p1");
        let interval = Interval::of(300_000, 1, 4).unwrap();
        let total: u64 = (0..100_000).map(|_| interval.draw_ns(&mut random)).sum();
        let expected = 100_000 * interval.mean_ns;
        assert!(
            total.abs_diff(expected) < expected / 100,
            "{total} is far from {expected}"
        );
        assert_eq!(Interval::of(0, 1, 4), None);
        assert_eq!(Interval::of(10, 0, 4), None);
    }
}
