//! How long things took: a histogram of fixed size, as `HdrHistogram` has it with two significant digits.
//!
//! A value falls into a bucket whose width is at most a 128th of it, so a percentile is off by less than 0.8 %. Integers
//! only, and no memory is taken after the first value.

use crate::wire::Micros;

/// Buckets of each power of two.
const HALF: usize = 128;
/// Values of so many bits are told apart; a longer one (19 hours) counts as the longest.
const BITS: u32 = 36;

/// Where times fall, in microseconds.
#[derive(Debug, Clone, Default)]
pub struct LatencyHistogram {
    /// Empty until the first value.
    buckets: Vec<u32>,
    count: u64,
}

/// The bucket of a value: below 256 each has its own, above that each power of two has 128.
fn place(value: Micros) -> usize {
    let value = value.min((1 << BITS) - 1);
    let shift = (u64::BITS - (value | 255).leading_zeros()) - 8;
    shift as usize * HALF + (value >> shift) as usize
}

/// The largest value of a bucket.
fn upper_us(place: usize) -> Micros {
    let shift = (place / HALF).saturating_sub(1);
    let part = (place - shift * HALF) as u64;
    ((part + 1) << shift) - 1
}

impl LatencyHistogram {
    const PLACES: usize = ((BITS - 8) as usize + 2) * HALF;

    /// Takes one in. A million times a run.
    #[inline]
    pub(super) fn add(&mut self, value: Micros) {
        if self.buckets.is_empty() {
            self.buckets = vec![0; Self::PLACES];
        }
        self.buckets[place(value)] += 1;
        self.count += 1;
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The time that so many thousandths did not exceed, as the largest of its bucket; 0 when there were none.
    #[must_use]
    pub fn percentile_us(&self, permille: u64) -> Micros {
        let wanted = (self.count * permille.min(1000)).div_ceil(1000).max(1);
        let mut seen = 0;
        for (place, count) in self.buckets.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= wanted {
                return upper_us(place);
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_a_bucket_less_than_a_128th_wide() {
        let mut value = 0;
        while value < 1 << BITS {
            let upper = upper_us(place(value));
            assert!(upper >= value, "{value}");
            assert!((upper - value) * 128 <= value.max(1), "{value} is told as {upper}");
            assert_eq!(place(upper), place(value), "{value}");
            assert_eq!(
                place(upper + 1) - place(value),
                usize::from(upper + 1 < 1 << BITS),
                "{value}"
            );
            value += 1 + value / 77;
        }
    }

    #[test]
    fn percentiles_are_those_of_the_values() {
        let mut histogram = LatencyHistogram::default();
        assert_eq!(histogram.percentile_us(500), 0);
        for value in 1..=1000 {
            histogram.add(value * 1000);
        }
        let median = histogram.percentile_us(500);
        assert!((500_000..504_000).contains(&median), "{median}");
        let high = histogram.percentile_us(990);
        assert!((990_000..998_000).contains(&high), "{high}");
        assert_eq!(histogram.count(), 1000);
    }

    #[test]
    fn what_is_longer_than_the_longest_counts_as_that() {
        let mut histogram = LatencyHistogram::default();
        histogram.add(u64::MAX);
        assert_eq!(histogram.percentile_us(1000), (1 << BITS) - 1);
        assert_eq!(place(u64::MAX), LatencyHistogram::PLACES - 1);
    }
}
