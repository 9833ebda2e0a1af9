//! How long to wait before the next try (`ExponentialBackoff`, KIP-580).

use crate::node::Random;
use crate::wire::Micros;

/// Doubled with each failure, up to a largest, and by a random fifth more or less, so that clients that lost the same
/// broker do not come back together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff {
    pub(super) initial_us: Micros,
    pub(super) max_us: Micros,
}

impl Backoff {
    /// After so many failures before this one.
    pub(super) fn after(self, failures: u32, random: &mut Random) -> Micros {
        let doubled = self.initial_us.saturating_mul(1 << failures.min(20)).min(self.max_us);
        let permille = 800 + u64::from(random.below(401));
        (doubled * permille / 1000).min(self.max_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_with_a_fifth_of_chance_and_has_an_end() {
        let backoff = Backoff {
            initial_us: 50_000,
            max_us: 1_000_000,
        };
        let mut random = Random::named(1, "c1");
        for (failures, middle) in [
            (0, 50_000),
            (1, 100_000),
            (4, 800_000),
            (9, 1_000_000),
            (u32::MAX, 1_000_000),
        ] {
            let waits: Vec<Micros> = (0..100).map(|_| backoff.after(failures, &mut random)).collect();
            assert!(
                waits
                    .iter()
                    .all(|wait| *wait >= middle * 8 / 10 && *wait <= middle * 12 / 10)
            );
            assert!(waits.iter().all(|wait| *wait <= 1_000_000));
            assert!(waits.iter().any(|wait| *wait != waits[0]));
        }
    }
}
