//! Maps of few entries in little code.
//!
//! The standard library's maps are trees, with 5 to 10 KB of code for each pair of types that is inserted and removed. Maps
//! of brokers, partitions or connections are short: a sorted list does the same in a tenth of the code, lies together in
//! memory, and keeps the order of the keys, on which determinism rests.

use std::borrow::Borrow;
use std::fmt;
use std::ops::{Index, Range, RangeInclusive};

/// A map in the order of its keys. Inserting and removing move what lies behind, so for up to a few hundred entries.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortMap<K, V> {
    /// Sorted by key, each key once.
    entries: Vec<(K, V)>,
}

impl<K, V> Default for ShortMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> ShortMap<K, V> {
    /// No entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The entries in the order of their keys, as all that follow.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The entries, their values to be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> + ExactSizeIterator {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The values.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// The entry with the largest key.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.entries.last().map(|(key, value)| (key, value))
    }

    /// Keeps the entries of which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.entries.retain_mut(|(key, value)| keep(key, value));
    }

    /// Removes the entries of which `is_taken` says so, and answers them as it goes.
    pub fn extract_if(&mut self, mut is_taken: impl FnMut(&K, &mut V) -> bool) -> impl Iterator<Item = (K, V)> {
        self.entries.extract_if(.., move |(key, value)| is_taken(key, value))
    }
}

impl<K: Ord, V> ShortMap<K, V> {
    /// Where the key is, or where it belongs.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.entries.binary_search_by(|(at, _)| at.borrow().cmp(key))
    }

    /// Whether the key has a value.
    #[must_use]
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// The key's value.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|place| &self.entries[place].1)
    }

    /// The key's value, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|place| &mut self.entries[place].1)
    }

    /// Gives the key a value, and answers the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.entries[place].1, value)),
            Err(place) => {
                self.entries.insert(place, (key, value));
                None
            }
        }
    }

    /// Removes the key, and answers the value that it had.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|place| self.entries.remove(place).1)
    }

    /// The key's value, after it was given `value()` if it had none.
    pub fn or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let place = match self.place(&key) {
            Ok(place) => place,
            Err(place) => {
                self.entries.insert(place, (key, value()));
                place
            }
        };
        &mut self.entries[place].1
    }

    /// The key's value, after it was given the default if it had none.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    /// The entries with these keys, the last one not among them, their values to be changed.
    pub fn range_mut(&mut self, keys: Range<K>) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        let from = self.entries.partition_point(|(key, _)| *key < keys.start);
        let to = self.entries.partition_point(|(key, _)| *key < keys.end);
        self.entries[from..to.max(from)]
            .iter_mut()
            .map(|(key, value)| (&*key, value))
    }

    /// The entries with these keys.
    pub fn range(&self, keys: RangeInclusive<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let from = self.entries.partition_point(|(key, _)| key < keys.start());
        let after = self.entries.partition_point(|(key, _)| key <= keys.end());
        self.entries[from..after.max(from)]
            .iter()
            .map(|(key, value)| (key, value))
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for ShortMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for ShortMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

/// Panics without an entry, so for tests.
impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for ShortMap<K, V> {
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key has an entry")
    }
}

impl<K, V> IntoIterator for ShortMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for ShortMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_is_a_map_as_the_standard_library_has_it(
            steps: Vec<(u8, Option<u16>)>,
            (from, to) in (0u8..=255, 0u8..=255),
        ) {
            let (mut ours, mut theirs) = (ShortMap::new(), BTreeMap::new());
            for (key, value) in steps {
                let key = key % 32;
                match value {
                    Some(value) if value % 2 == 0 => prop_assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                    Some(value) => {
                        prop_assert_eq!(ours.or_insert_with(key, || value), theirs.entry(key).or_insert(value));
                    }
                    None => prop_assert_eq!(ours.remove(&key), theirs.remove(&key)),
                }
                prop_assert_eq!(ours.get(&key), theirs.get(&key));
            }
            prop_assert!(ours.iter().eq(&theirs));
            prop_assert_eq!(ours.last_key_value(), theirs.last_key_value());
            if from <= to {
                prop_assert!(ours.range(from..=to).eq(theirs.range(from..=to)));
            }
            let taken: Vec<_> = ours.extract_if(|key, _| key % 3 == 0).collect();
            prop_assert!(taken.into_iter().eq(theirs.extract_if(.., |key, _| key % 3 == 0)));
            prop_assert!(ours.into_iter().eq(theirs));
        }
    }
}
