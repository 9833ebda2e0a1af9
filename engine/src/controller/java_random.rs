//! Java's random numbers, where Kafka's choice depends on them.

const MULTIPLIER: u64 = 0x5_deec_e66d;
const INCREMENT: u64 = 0xb;
const MASK: u64 = (1 << 48) - 1;

/// `java.util.Random`: the 48-bit linear congruential generator that its documentation prescribes.
///
/// Replica placement is the only user: with it a seed places replicas where Kafka would. All other chance in the
/// engine comes from a node's own stream.
#[derive(Clone, Debug)]
pub struct JavaRandom {
    state: u64,
}

impl JavaRandom {
    /// The generator of `new Random(seed)`.
    #[must_use]
    pub fn new(seed: i64) -> Self {
        Self {
            state: (seed.cast_unsigned() ^ MULTIPLIER) & MASK,
        }
    }

    /// A number from 0 to `bound` − 1 (`Random.nextInt(int)`).
    ///
    /// Answers 0, drawing nothing, for a bound that is not positive, where Java throws.
    pub fn next_int_bound(&mut self, bound: i32) -> i32 {
        if bound <= 0 {
            return 0;
        }
        if bound & (bound - 1) == 0 {
            // The high bits of this generator are the good ones: a power of two takes those.
            return ((i64::from(bound) * i64::from(self.next_31_bits())) >> 31) as i32;
        }
        loop {
            let bits = self.next_31_bits();
            let drawn = bits % bound;
            // Draw again in the last, incomplete stretch of the range: it would favour small numbers.
            if (bits - drawn).checked_add(bound - 1).is_some() {
                return drawn;
            }
        }
    }

    /// Shuffles as `Collections.shuffle(list, random)` does: from the end, each with one at or before it.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for unplaced in (2..=list.len()).rev() {
            let bound = i32::try_from(unplaced).unwrap_or(i32::MAX);
            list.swap(unplaced - 1, self.next_int_bound(bound) as usize);
        }
    }

    fn next_31_bits(&mut self) -> i32 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT) & MASK;
        (self.state >> 17) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_what_java_draws() {
        let mut random = JavaRandom::new(42);
        let drawn: Vec<i32> = (0..8).map(|_| random.next_int_bound(10)).collect();
        assert_eq!(drawn, [0, 3, 8, 4, 0, 5, 5, 8]);
    }

    #[test]
    fn an_impossible_bound_draws_nothing() {
        let mut random = JavaRandom::new(1);
        assert_eq!((random.next_int_bound(0), random.next_int_bound(-5)), (0, 0));
        assert_eq!(random.next_int_bound(1000), JavaRandom::new(1).next_int_bound(1000));
    }
}
