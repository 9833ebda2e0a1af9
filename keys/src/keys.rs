//! Keys with what each of them weighs, in the order in which they were first seen.

use partitura_engine::producer::murmur2::{murmur2, to_positive};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How much something counts, in millionths, so that decimal numbers add up exactly.
pub type Weight = u128;

/// The weight of a row that has none of its own.
pub const ONE: Weight = 1_000_000;

/// Rows, and what they weigh together.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Rows.
    pub rows: u64,
    /// Their weight, in millionths.
    pub weight: Weight,
}

impl Tally {
    /// Adds a row.
    pub(crate) fn add(&mut self, weight: Weight) {
        self.rows += 1;
        self.weight += weight;
    }
}

/// The place of a key in [`Keys`]: keys are numbered in the order in which they were first seen.
pub type KeyAt = u32;

/// Distinct keys with their tallies. The text of all is one string, and each key is hashed only when it is new.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    text: String,
    /// Where each key ends in `text`.
    ends: Vec<u32>,
    /// Kafka's murmur2 of each key, without its sign bit.
    hashes: Vec<u32>,
    rows: Vec<u64>,
    weights: Vec<Weight>,
    total: Tally,
}

impl Keys {
    /// Keys that somebody knows already, each with its weight and without rows. The caller sees to it that none comes
    /// twice.
    #[must_use]
    pub fn weighted<'a>(list: impl IntoIterator<Item = (&'a str, Weight)>) -> Self {
        let mut keys = Self::default();
        for (key, weight) in list {
            let at = keys.insert(key, hash_of(key)) as usize;
            keys.weights[at] = weight;
            keys.total.weight += weight;
        }
        keys
    }

    /// How many distinct keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of all keys together.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// A key's text; the empty one for a place where there is none.
    #[must_use]
    pub fn key(&self, at: KeyAt) -> &str {
        let at = at as usize;
        let Some(end) = self.ends.get(at) else { return "" };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..*end as usize]
    }

    /// The rows of a key, and their weight.
    #[must_use]
    pub fn tally(&self, at: KeyAt) -> Tally {
        let at = at as usize;
        Tally {
            rows: self.rows.get(at).copied().unwrap_or(0),
            weight: self.weights.get(at).copied().unwrap_or(0),
        }
    }

    /// The rows of all keys, and their weight. Rows without a key are not in it.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.total
    }

    /// Kafka's murmur2 of a key, without its sign bit (`Utils.toPositive`); 0 for a place where there is none.
    #[must_use]
    pub fn hash(&self, at: KeyAt) -> u32 {
        self.hashes.get(at as usize).copied().unwrap_or(0)
    }

    /// The partition of a key, as Kafka's default partitioner has it (`BuiltInPartitioner.partitionForKey`).
    #[must_use]
    pub fn partition(&self, at: KeyAt, partitions: u32) -> u32 {
        self.hash(at).checked_rem(partitions).unwrap_or(0)
    }

    /// The place of a key, if it is there.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<KeyAt> {
        let hash = hash_of(key);
        self.ids().find(|at| self.hash(*at) == hash && self.key(*at) == key)
    }

    /// All places, in the order in which the keys were first seen.
    pub fn ids(&self) -> impl Iterator<Item = KeyAt> + use<> {
        0..self.ends.len() as KeyAt
    }

    /// The heaviest keys, at most so many, the heaviest first; of equal ones the one that was seen first.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<KeyAt> {
        // The lightest of those kept is on top of the heap; few keys of a long list get past it.
        let mut kept = BinaryHeap::with_capacity(most.min(self.len()) + 1);
        for at in self.ids() {
            let entry = Reverse((self.weights[at as usize], Reverse(at)));
            if kept.len() < most {
                kept.push(entry);
            } else if kept.peek().is_some_and(|lightest| entry < *lightest) {
                kept.pop();
                kept.push(entry);
            }
        }
        let sorted = kept.into_sorted_vec();
        sorted.into_iter().map(|Reverse((_, Reverse(at)))| at).collect()
    }

    /// The weights, in the order of the keys.
    pub(crate) fn weights(&self) -> &[Weight] {
        &self.weights
    }

    /// The hashes, in the order of the keys.
    pub(crate) fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// Appends a key that is not there yet. The caller sees to the limits.
    pub(crate) fn insert(&mut self, key: &str, hash: u32) -> KeyAt {
        self.text.push_str(key);
        self.ends.push(self.text.len() as u32);
        self.hashes.push(hash);
        self.rows.push(0);
        self.weights.push(0);
        (self.ends.len() - 1) as KeyAt
    }

    /// Counts a row of a key that is there.
    pub(crate) fn count(&mut self, at: KeyAt, weight: Weight) {
        self.rows[at as usize] += 1;
        self.weights[at as usize] += weight;
        self.total.add(weight);
    }
}

/// Kafka's hash of a key.
pub(crate) fn hash_of(key: &str) -> u32 {
    to_positive(murmur2(key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(list: &[(&str, u64)]) -> Keys {
        let mut keys = Keys::default();
        for (key, times) in list {
            let at = keys.insert(key, hash_of(key));
            for _ in 0..*times {
                keys.count(at, ONE);
            }
        }
        keys
    }

    #[test]
    fn the_heaviest_come_first_and_of_equal_ones_the_first_seen() {
        let keys = keys(&[("b", 2), ("a", 5), ("c", 2), ("d", 1)]);
        let names = |most| keys.top(most).into_iter().map(|at| keys.key(at)).collect::<Vec<_>>();
        assert_eq!(names(10), ["a", "b", "c", "d"]);
        assert_eq!(names(2), ["a", "b"]);
        assert_eq!(names(0), [""; 0]);
    }

    #[test]
    fn a_key_goes_where_kafka_puts_it() {
        let keys = keys(&[("user-1", 1), ("", 1)]);
        assert_eq!((keys.partition(0, 6), keys.partition(0, 8)), (2, 4));
        assert_eq!(keys.find("user-1"), Some(0));
        assert_eq!(keys.find(""), Some(1));
        assert_eq!(keys.find("user-2"), None);
        assert_eq!((keys.key(7), keys.tally(7)), ("", Tally::default()));
    }
}
