//! Which key comes how often.

use super::Interval;
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
    fn divisor(self, rank: u64) -> u64 {
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

/// Draws keys by a distribution, each in constant time (Vose's alias method, in integers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySampler {
    keys: Vec<KeyId>,
    /// For each slot: below this draw its own key, else its alias.
    threshold: Vec<u32>,
    alias: Vec<u32>,
    /// The weight of its keys, of the weight of all.
    part: u64,
    whole: u64,
}

impl KeySampler {
    /// The most keys that a distribution may have: ranks up to here keep the integer weights exact enough.
    pub const MAX_KEYS: usize = 1_000_000;

    /// A sampler of these keys; `None` when there are none.
    #[must_use]
    pub fn new(keys: &[KeyId], distribution: KeyDistribution) -> Option<Self> {
        Self::split(keys, distribution, 1).pop().flatten()
    }

    /// Deals the keys to so many producers and makes a sampler for each; `None` for one that gets none. All records about
    /// a key come from one producer ([`KeySampler::producer_of`]), as all reports of a match come from one reporter: Kafka
    /// keeps the order of what one producer sends, not of what two send at the same time.
    #[must_use]
    pub fn split(keys: &[KeyId], distribution: KeyDistribution, producers: u8) -> Vec<Option<Self>> {
        let keys = &keys[..keys.len().min(Self::MAX_KEYS)];
        if keys.is_empty() {
            return vec![None; usize::from(producers.max(1))];
        }
        let weights = weights(keys.len(), distribution);
        let whole: u64 = weights.iter().sum();
        let dealt = |producer: usize| {
            let mine = || (0..keys.len()).filter(move |rank| Self::producer_of(keys[*rank], producers) == producer);
            let own: Vec<u64> = mine().map(|i| weights[i]).collect();
            let part = own.iter().sum();
            let (threshold, alias) = alias_table(&own);
            (part > 0).then(|| Self {
                keys: mine().map(|i| keys[i]).collect(),
                threshold,
                alias,
                part,
                whole,
            })
        };
        (0..usize::from(producers.max(1))).map(dealt).collect()
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
        let bits = random.bits();
        let slot = (((bits & 0xffff_ffff) * self.keys.len() as u64) >> 32) as usize;
        let coin = (bits >> 32) as u32;
        if coin < self.threshold[slot] {
            self.keys[slot]
        } else {
            self.keys[self.alias[slot] as usize]
        }
    }
}

fn weights(count: usize, distribution: KeyDistribution) -> Vec<u64> {
    const ONE: u64 = 1 << 36; // a million keys of this weight, times 100, still fit into 64 bits
    match distribution {
        KeyDistribution::Uniform => vec![ONE; count],
        KeyDistribution::Zipf(exponent) => (1..=count as u64)
            .map(|rank| (u128::from(ONE) << 16) / u128::from(exponent.divisor(rank).max(1)))
            .map(|w| w as u64)
            .collect(),
        KeyDistribution::Hot { .. } if count == 1 => vec![ONE],
        KeyDistribution::Hot { percent } => {
            let percent = u64::from(percent.min(100));
            let others = count as u64 - 1;
            let mut weights = vec![ONE * (100 - percent) / others; count];
            weights[0] = ONE * percent;
            weights
        }
    }
}

/// Splits the weights into slots of equal size, each shared by two keys at most.
fn alias_table(weights: &[u64]) -> (Vec<u32>, Vec<u32>) {
    let count = weights.len() as u128;
    let total: u128 = weights.iter().map(|w| u128::from(*w)).sum::<u128>().max(1);
    let mut scaled: Vec<u128> = weights.iter().map(|w| u128::from(*w) * count).collect();
    let mut threshold = vec![u32::MAX; weights.len()];
    let mut alias: Vec<u32> = (0..weights.len() as u32).collect();
    let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..weights.len()).partition(|i| scaled[*i] < total);
    while let (Some(poor), Some(rich)) = (small.pop(), large.pop()) {
        threshold[poor] = u32::try_from((scaled[poor] << 32) / total).unwrap_or(u32::MAX);
        alias[poor] = rich as u32;
        scaled[rich] -= total - scaled[poor];
        if scaled[rich] < total {
            small.push(rich);
        } else {
            large.push(rich);
        }
    }
    (threshold, alias)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Dictionary;

    fn shares(count: usize, distribution: KeyDistribution) -> Vec<u32> {
        let mut dictionary = Dictionary::default();
        let keys: Vec<KeyId> = (0..count).map(|i| dictionary.key(&format!("k{i}")).unwrap()).collect();
        let sampler = KeySampler::new(&keys, distribution).unwrap();
        let mut random = Random::named(1, "test");
        let mut shares = vec![0; count];
        for _ in 0..100_000 {
            shares[sampler.draw(&mut random).index()] += 1;
        }
        shares
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
        let samplers = KeySampler::split(&keys, KeyDistribution::Hot { percent: 60 }, 2);
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
            KeySampler::split(&keys, KeyDistribution::Uniform, 6)[5],
            None,
            "more producers than keys"
        );
    }
}
