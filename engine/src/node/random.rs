//! A node's own stream of random numbers.

use rand::Rng;
use rand_pcg::Pcg64Mcg;
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// A stream that depends on the run's seed and the node's name only: one more producer does not change what another
/// one draws. The generator (PCG XSL 128/64) gives the same numbers on every machine.
#[derive(Debug, Clone)]
pub struct Random(Pcg64Mcg, #[cfg(test)] std::collections::VecDeque<i32>);

impl Random {
    /// The stream of that name under that seed.
    #[must_use]
    pub fn named(seed: u64, name: &str) -> Self {
        Self(
            Pcg64Mcg::new(xxh3_128_with_seed(name.as_bytes(), seed)),
            #[cfg(test)]
            std::collections::VecDeque::new(),
        )
    }

    /// One whose [`Random::int`] gives these numbers first.
    #[cfg(test)]
    pub(crate) fn scripted(ints: impl IntoIterator<Item = i32>) -> Self {
        let mut random = Self::named(0, "scripted");
        random.1.extend(ints);
        random
    }

    /// How many of the numbers that were given are left.
    #[cfg(test)]
    pub(crate) fn scripted_left(&self) -> usize {
        self.1.len()
    }

    /// A number below `bound`, as good as even; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        // Lemire's multiply and shift without the rejection step: off by at most bound / 2^32.
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// As [`Random::below`], for spans of time and other large bounds.
    pub fn below_u64(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// 32 random bits, as Java's `nextInt()` would give them.
    pub fn int(&mut self) -> i32 {
        #[cfg(test)]
        if let Some(given) = self.1.pop_front() {
            return given;
        }
        self.0.next_u32().cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_apart_and_repeat() {
        let draw = |seed, name: &str| {
            let mut random = Random::named(seed, name);
            [random.bits(), random.bits()]
        };
        assert_eq!(draw(1, "p1"), draw(1, "p1"));
        assert_ne!(draw(1, "p1"), draw(1, "p2"));
        assert_ne!(draw(1, "p1"), draw(2, "p1"));
    }
}
