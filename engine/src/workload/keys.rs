//! Which key comes how often.

use super::shares::{AliasTable, weights};
use super::{Dealing, Interval};
use crate::log::KeyId;
use crate::node::Random;

/// How often each of the workload's keys comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyDistribution {
    /// All alike.
    Uniform,
    /// The n-th key comes in proportion to 1 / n^s.
    Zipf(ZipfExponent),
    /// The first key takes this share of all records, in percent, and the others share the rest alike.
    Hot {
        /// 0 to 100.
        percent: u8,
    },
    /// As often as the workload's weights say ([`super::Workload::weights`]).
    Weights,
}

/// The exponent of a Zipf distribution, in halves: with those the weights are computed with integers alone, and are the
/// same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZipfExponent {
    /// s = 0.5
    Half,
    /// s = 1
    One,
    /// s = 1.5
    OneAndHalf,
    /// s = 2
    Two,
}

impl ZipfExponent {
    /// The divisor of the key of that rank (from 1), times 2^16.
    pub(super) fn divisor(self, rank: u64) -> u64 {
        let rank = u128::from(rank);
        let square_times_2_32 = match self {
            ZipfExponent::Half => rank << 32,
            ZipfExponent::One => (rank * rank) << 32,
            ZipfExponent::OneAndHalf => (rank * rank * rank) << 32,
            ZipfExponent::Two => (rank * rank * rank * rank) << 32,
        };
        u64::try_from(square_times_2_32.isqrt()).unwrap_or(u64::MAX)
    }
}

/// Draws keys by a distribution, each in constant time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySampler {
    keys: Vec<KeyId>,
    table: AliasTable,
    /// The weight of its keys, of the weight of all.
    part: u64,
    whole: u64,
}

impl KeySampler {
    /// The most keys that a distribution may have: ranks up to here keep the integer weights exact enough.
    pub const MAX_KEYS: usize = 1_000_000;

    /// Makes a sampler for each of so many producers; `None` for one that gets no keys. Where keys are dealt, all records
    /// about a key come from one producer ([`KeySampler::producer_of`]), as all reports of a match come from one reporter:
    /// Kafka keeps the order of what one producer sends, not of what two send at the same time. Where all producers have
    /// all keys, each sends its even part. `given` are the weights of [`KeyDistribution::Weights`].
    #[must_use]
    pub fn split(
        keys: &[KeyId],
        distribution: KeyDistribution,
        given: &[u32],
        dealing: Dealing,
        producers: u8,
    ) -> Vec<Option<Self>> {
        let producers = producers.max(1);
        let keys = &keys[..keys.len().min(Self::MAX_KEYS)];
        let weights = weights(keys.len(), distribution, given);
        let whole: u64 = weights.iter().sum();
        if dealing == Dealing::All {
            let even = Self::of(keys.to_vec(), &weights, whole.saturating_mul(producers.into()));
            return vec![even; producers.into()];
        }
        let dealt = |producer: usize| {
            let mine = || (0..keys.len()).filter(move |rank| Self::producer_of(keys[*rank], producers) == producer);
            let own: Vec<u64> = mine().map(|i| weights[i]).collect();
            Self::of(mine().map(|i| keys[i]).collect(), &own, whole)
        };
        (0..usize::from(producers)).map(dealt).collect()
    }

    fn of(keys: Vec<KeyId>, weights: &[u64], whole: u64) -> Option<Self> {
        let part = weights.iter().sum();
        (part > 0).then(|| Self {
            keys,
            table: AliasTable::new(weights),
            part,
            whole,
        })
    }

    /// Which of so many producers, from 0, sends what there is about that key. It depends on nothing else, so that a key
    /// keeps its producer when others come and go.
    #[must_use]
    pub fn producer_of(key: KeyId, producers: u8) -> usize {
        key.index() % usize::from(producers.max(1))
    }

    /// How often its producer sends when all producers together send `per_second` records a second.
    #[must_use]
    pub fn interval(&self, per_second: u32) -> Option<Interval> {
        Interval::of(per_second, self.part, self.whole)
    }

    /// The keys, in the order of their rank.
    #[must_use]
    pub fn keys(&self) -> &[KeyId] {
        &self.keys
    }

    /// The next key.
    #[must_use]
    pub fn draw(&self, random: &mut Random) -> KeyId {
        self.keys[self.table.draw(random)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Dictionary;

    fn shares(count: usize, distribution: KeyDistribution) -> Vec<u32> {
        let mut dictionary = Dictionary::default();
        let keys: Vec<KeyId> = (0..count).map(|i| dictionary.key(&format!("k{i}")).unwrap()).collect();
        let sampler = only_sampler(&keys, distribution, &[]);
        let mut random = Random::named(1, "test");
        let mut shares = vec![0; count];
        for _ in 0..100_000 {
            shares[sampler.draw(&mut random).index()] += 1;
        }
        shares
    }

    fn only_sampler(keys: &[KeyId], distribution: KeyDistribution, weights: &[u32]) -> KeySampler {
        let mut samplers = KeySampler::split(keys, distribution, weights, Dealing::Dealt, 1);
        samplers.remove(0).unwrap()
    }

    fn assert_near(got: u32, expected: u32) {
        assert!(got.abs_diff(expected) < 600, "{got} of 100 000 is far from {expected}");
    }

    #[test]
    fn uniform_is_even() {
        for share in shares(10, KeyDistribution::Uniform) {
            assert_near(share, 10_000);
        }
    }

    #[test]
    fn zipf_follows_its_exponent() {
        let one = shares(4, KeyDistribution::Zipf(ZipfExponent::One));
        for (share, expected) in one.iter().zip([48_000, 24_000, 16_000, 12_000]) {
            assert_near(*share, expected);
        }
        let two = shares(2, KeyDistribution::Zipf(ZipfExponent::Two));
        assert_near(two[0], 80_000);
        let half = shares(2, KeyDistribution::Zipf(ZipfExponent::Half));
        assert_near(half[0], 58_579);
    }

    #[test]
    fn a_hot_key_takes_its_share() {
        let hot = shares(5, KeyDistribution::Hot { percent: 60 });
        assert_near(hot[0], 60_000);
        assert_near(hot[4], 10_000);
        assert_eq!(shares(1, KeyDistribution::Hot { percent: 60 }), [100_000]);
        assert_eq!(shares(3, KeyDistribution::Hot { percent: 100 })[1..], [0, 0]);
    }

    #[test]
    fn producers_share_the_rate_as_their_keys_weigh() {
        let mut dictionary = Dictionary::default();
        let keys: Vec<KeyId> = (0..5).map(|i| dictionary.key(&format!("k{i}")).unwrap()).collect();
        let samplers = KeySampler::split(&keys, KeyDistribution::Hot { percent: 60 }, &[], Dealing::Dealt, 2);
        let means: Vec<u64> = samplers
            .iter()
            .flatten()
            .map(|s| s.interval(1000).unwrap().mean_ns)
            .collect();
        assert_eq!(
            means,
            [1_250_000, 5_000_000],
            "80 % and 20 % of a thousand records a second"
        );
        assert_eq!(
            KeySampler::split(&keys, KeyDistribution::Uniform, &[], Dealing::Dealt, 6)[5],
            None,
            "more producers than keys"
        );
    }

    #[test]
    fn weights_are_taken_as_they_are() {
        let mut dictionary = Dictionary::default();
        let keys: Vec<KeyId> = (0..4).map(|i| dictionary.key(&format!("k{i}")).unwrap()).collect();
        let sampler = only_sampler(&keys, KeyDistribution::Weights, &[600, 0, 300, 100]);
        let mut random = Random::named(1, "test");
        let mut shares = [0; 4];
        (0..100_000).for_each(|_| shares[sampler.draw(&mut random).index()] += 1);
        assert_near(shares[0], 60_000);
        assert_eq!(shares[1], 0, "a key of weight 0 never comes");
        assert_near(shares[2], 30_000);
        assert_near(shares[3], 10_000);
        let none = KeySampler::split(&keys, KeyDistribution::Weights, &[0, 0, 0, 0], Dealing::Dealt, 2);
        assert_eq!(none, [None, None], "nothing comes when nothing weighs anything");
    }

    #[test]
    fn where_all_producers_have_all_keys_each_sends_its_even_part() {
        let mut dictionary = Dictionary::default();
        let keys: Vec<KeyId> = (0..5).map(|i| dictionary.key(&format!("k{i}")).unwrap()).collect();
        let samplers = KeySampler::split(&keys, KeyDistribution::Hot { percent: 60 }, &[], Dealing::All, 4);
        for sampler in samplers.iter().flatten() {
            assert_eq!(sampler.keys().len(), 5);
            assert_eq!(sampler.interval(1000).unwrap().mean_ns, 4_000_000);
        }
        assert_eq!(samplers.iter().flatten().count(), 4);
    }
}
