//! What each partition gets, and whether more partitions can help.

use crate::keys::{KeyAt, Keys, Tally};
use crate::skew::Skew;

/// What a partition gets of the records with keys.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PartitionShare {
    /// Distinct keys.
    pub keys: u64,
    /// Rows and their weight.
    pub tally: Tally,
    /// Its part of the weight of all keys.
    pub permille: u32,
}

/// The key with the largest weight.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Hottest {
    /// Which key.
    pub key: KeyAt,
    /// Its part of the weight of all keys, rounded down.
    pub permille: u32,
    /// Up to so many partitions, this key alone is no more than a fair share of one of them: ⌊1 ÷ share⌋. With more, the
    /// partition with this key is the busiest however the others fall, and it takes as much as before: from there on,
    /// more partitions cannot help. `None` when the key takes more than half: then even two do not share alike.
    pub fits_until: Option<u64>,
}

/// What the partitions of a topic get.
///
/// Only records with a key are in it: those without are no question of keys. The built-in partitioner spreads them
/// evenly in sticky batches (KIP-480, KIP-794), so they add the same to each partition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shares {
    /// By partition.
    pub partitions: Vec<PartitionShare>,
    /// How uneven the partitions' weights are.
    pub skew: Skew,
    /// The hottest key; `None` when nothing weighs anything.
    pub hottest: Option<Hottest>,
}

impl Shares {
    /// The partition with the largest weight; the first one of equals.
    #[must_use]
    pub fn busiest(&self) -> Option<(u32, PartitionShare)> {
        let all = (0..).zip(self.partitions.iter().copied());
        all.reduce(|best, next| {
            if next.1.tally.weight > best.1.tally.weight {
                next
            } else {
                best
            }
        })
    }

    /// The busiest partition's share, in thousandths, if the hottest key had a partition of its own and the others fell
    /// as well as can be: the larger of the key's share and a fair share. No number of partitions, no hash and no
    /// placement of whole keys does better; only splitting the key does.
    #[must_use]
    pub fn least_possible(&self) -> Option<u32> {
        least_possible(self.hottest?, self.partitions.len() as u64)
    }
}

/// See [`Shares::least_possible`].
fn least_possible(hottest: Hottest, partitions: u64) -> Option<u32> {
    let fair = 1000_u64.checked_div(partitions)? as u32;
    Some(hottest.permille.max(fair))
}

/// What each of so many partitions gets of these keys, by Kafka's murmur2.
///
/// Takes room for each partition, so the caller keeps their number to what a topic can have.
#[must_use]
pub fn shares(keys: &Keys, partitions: u32) -> Shares {
    let mut shares = vec![PartitionShare::default(); partitions as usize];
    for at in keys.ids().filter(|_| partitions > 0) {
        let share = &mut shares[keys.partition(at, partitions) as usize];
        let Tally { rows, weight } = keys.tally(at);
        share.keys += 1;
        share.tally.rows += rows;
        share.tally.weight += weight;
    }
    let total = keys.total().weight;
    for share in &mut shares {
        share.permille = (share.tally.weight * 1000).checked_div(total).unwrap_or(0) as u32;
    }
    Shares {
        skew: Skew::of(shares.iter().map(|share| share.tally.weight).collect()),
        partitions: shares,
        hottest: keys.hottest(),
    }
}

impl Keys {
    /// The hottest key; `None` when nothing weighs anything. Does not depend on the number of partitions.
    #[must_use]
    pub fn hottest(&self) -> Option<Hottest> {
        let key = *self.top(1).first()?;
        let (weight, total) = (self.tally(key).weight, self.total().weight);
        let fits = u64::try_from(total.checked_div(weight)?).unwrap_or(u64::MAX);
        Some(Hottest {
            key,
            permille: (weight * 1000 / total) as u32,
            fits_until: (fits >= 2).then_some(fits),
        })
    }

    /// How uneven the keys' weights are among themselves, wherever they land. Sorts all of them.
    #[must_use]
    pub fn skew(&self) -> Skew {
        Skew::of(self.weights().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Importer, list};

    #[test]
    fn shares_are_by_kafkas_hash() {
        let keys = list("user-1\nuser-1\nuser-3\n");
        let shares = shares(&keys, 6);
        assert_eq!(shares.partitions[2].tally.rows, 2);
        assert_eq!(shares.partitions[2].permille, 666);
        assert_eq!(shares.busiest().map(|(partition, _)| partition), Some(2));
    }

    #[test]
    fn a_key_of_a_quarter_fits_until_four_partitions() {
        let hottest = |text| list(text).hottest().unwrap();
        let quarter = hottest("hot\nhot\na\nb\nc\nd\ne\nf\n");
        assert_eq!((quarter.permille, quarter.fits_until), (250, Some(4)));
        assert_eq!(least_possible(quarter, 2), Some(500));
        assert_eq!(least_possible(quarter, 4), Some(250));
        assert_eq!(least_possible(quarter, 100), Some(250));
        // Exactly half is a fair share of one of two; more is not.
        assert_eq!(hottest("a\na\nb\nc\n").fits_until, Some(2));
        assert_eq!(hottest("a\na\nb\n").fits_until, None);
    }

    #[test]
    fn nothing_has_no_hottest_key_and_no_skew() {
        let keys = Importer::new(crate::Layout::list()).finish().keys;
        let none = shares(&keys, 3);
        assert_eq!(
            (none.hottest, none.skew, none.least_possible()),
            (None, Skew::default(), None)
        );
        assert_eq!(shares(&list("a\n"), 0).partitions, []);
    }
}
