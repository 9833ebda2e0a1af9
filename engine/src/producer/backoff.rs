//! Waiting longer after each failure.

use crate::node::Random;
use crate::wire::Micros;

/// `initial`, doubled at each failure before this one, give or take a fifth, never above `max`; constant when that is not
/// more (`ExponentialBackoff`, KIP-580).
pub(super) fn backoff(initial: Micros, max: Micros, failures_before: u32, random: &mut Random) -> Micros {
    if max <= initial {
        return initial;
    }
    let doubled = initial.saturating_mul(1 << failures_before.min(16)).min(max);
    (doubled * 4 / 5 + random.below_u64(doubled * 2 / 5 + 1)).min(max)
}
