//! How long an application waits before it tries a record again.

use crate::wire::Micros;

/// The waits before the attempts 2, 3 and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryDelays {
    /// One after the other.
    Listed(Vec<Micros>),
    /// Each so many times the one before.
    Exponential {
        /// The first.
        first_us: Micros,
        /// Times this.
        factor: u32,
        /// How many.
        count: u8,
    },
}

impl Default for RetryDelays {
    fn default() -> Self {
        RetryDelays::Listed(vec![1_000_000, 5_000_000, 30_000_000])
    }
}

impl RetryDelays {
    /// A wait is never longer.
    pub const LONGEST_US: Micros = 3_600_000_000;

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u8 {
        match self {
            RetryDelays::Listed(listed) => u8::try_from(listed.len()).unwrap_or(u8::MAX),
            RetryDelays::Exponential { count, .. } => *count,
        }
    }

    /// The wait after so many failed attempts, from 1; `None` when there are no more.
    #[must_use]
    pub fn after(&self, attempts: u32) -> Option<Micros> {
        let place = attempts.checked_sub(1)?;
        match self {
            RetryDelays::Listed(listed) => listed.get(place as usize).copied(),
            RetryDelays::Exponential {
                first_us,
                factor,
                count,
            } => (place < u32::from(*count)).then(|| {
                let times = u64::from(*factor).saturating_pow(place);
                first_us.saturating_mul(times).min(Self::LONGEST_US)
            }),
        }
    }

    /// As [`RetryDelays::after`], but the last for ever.
    #[must_use]
    pub fn after_for_ever(&self, attempts: u32) -> Micros {
        let last = u32::from(self.count());
        self.after(attempts.clamp(1, last.max(1))).unwrap_or(1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_delays_grow_by_their_factor_and_end() {
        let delays = RetryDelays::Exponential {
            first_us: 1_000,
            factor: 3,
            count: 4,
        };
        let waits: Vec<Option<Micros>> = (0..6).map(|attempts| delays.after(attempts)).collect();
        assert_eq!(waits, [None, Some(1_000), Some(3_000), Some(9_000), Some(27_000), None]);
        assert_eq!(delays.after_for_ever(99), 27_000);
    }

    #[test]
    fn no_delay_is_longer_than_an_hour() {
        let delays = RetryDelays::Exponential {
            first_us: 3_000_000,
            factor: 1_000,
            count: 9,
        };
        assert_eq!(delays.after(9), Some(RetryDelays::LONGEST_US));
    }
}
