//! Weights, in integers, and drawing by them in constant time.

use super::KeyDistribution;
use crate::node::Random;

/// Draws places by their weights (Vose's alias method, in integers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AliasTable {
    /// For each slot: below this draw its own place, else its alias.
    threshold: Vec<u32>,
    alias: Vec<u32>,
}

impl AliasTable {
    /// Splits the weights into slots of equal size, each shared by two places at most.
    pub(super) fn new(weights: &[u64]) -> Self {
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
        Self { threshold, alias }
    }

    /// The next place. There must be one.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let bits = random.bits();
        let slot = (((bits & 0xffff_ffff) * self.threshold.len() as u64) >> 32) as usize;
        let coin = (bits >> 32) as u32;
        if coin < self.threshold[slot] {
            slot
        } else {
            self.alias[slot] as usize
        }
    }
}

/// The weight of each of `count` keys. With [`KeyDistribution::Weights`] those that are `given`; a key beyond them never
/// comes.
pub(super) fn weights(count: usize, distribution: KeyDistribution, given: &[u32]) -> Vec<u64> {
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
            let others = (count as u64).saturating_sub(1).max(1);
            let mut weights = vec![ONE * (100 - percent) / others; count];
            if let Some(first) = weights.first_mut() {
                *first = ONE * percent;
            }
            weights
        }
        KeyDistribution::Weights => {
            let given = given.iter().map(|weight| u64::from(*weight));
            given.chain(std::iter::repeat(0)).take(count).collect()
        }
    }
}
