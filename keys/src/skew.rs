//! How uneven a load is.

use crate::keys::Weight;

/// How uneven a load is spread, in thousandths.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Skew {
    /// The largest part over the mean part: 1000 when all are alike, n × 1000 when one of n has everything. 0 without load.
    pub max_over_mean_permille: u64,
    /// The Gini coefficient: 0 when all parts are alike, close to 1000 when one of many has everything. It sees the whole
    /// spread, where max ÷ mean only sees the top.
    pub gini_permille: u64,
}

impl Skew {
    /// The skew of these parts; parts without load count.
    #[must_use]
    pub fn of(mut parts: Vec<Weight>) -> Self {
        let count = parts.len() as Weight;
        let total: Weight = parts.iter().sum();
        if total == 0 {
            return Self::default();
        }
        parts.sort_unstable();
        let max = parts.last().copied().unwrap_or(0);
        // Gini = Σ (2i − n − 1) xᵢ ÷ (n Σ xᵢ), with the parts in order of size and i from 1.
        let ranked: Weight = (1..).zip(&parts).map(|(rank, part): (Weight, _)| rank * part).sum();
        let above = 2 * ranked - (count + 1) * total;
        Self {
            max_over_mean_permille: (max * 1000 * count / total) as u64,
            gini_permille: (above * 1000 / (count * total)) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_is_no_skew_and_all_in_one_is_the_most() {
        let skew = |parts: &[Weight]| {
            let skew = Skew::of(parts.to_vec());
            (skew.max_over_mean_permille, skew.gini_permille)
        };
        assert_eq!(skew(&[7, 7, 7, 7]), (1000, 0));
        assert_eq!(skew(&[0, 0, 12, 0]), (4000, 750));
        assert_eq!(skew(&[1, 2, 3, 4]), (1600, 250));
        assert_eq!(skew(&[]), (0, 0));
        assert_eq!(skew(&[0, 0]), (0, 0));
    }
}
