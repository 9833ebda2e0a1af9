//! The texts of keys and values, each kept once: a record carries two small numbers instead of strings.

use crate::producer::murmur2::murmur2;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

/// A key's text, or the subject of a record, in the [`Dictionary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(NonZeroU32);

/// A value's text in the [`Dictionary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(NonZeroU32);

impl KeyId {
    /// Its place in the dictionary, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl ValueId {
    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

#[derive(Debug, Clone)]
struct Key {
    text: Arc<str>,
    hash: i32,
}

/// All texts of a run. It only grows: with the scenario's keys at the start, then with those that a person types, which
/// [`Dictionary::LIMIT`] bounds.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    keys: Vec<Key>,
    values: Vec<Arc<str>>,
    by_key: BTreeMap<Arc<str>, KeyId>,
}

impl Dictionary {
    /// The most keys, and the most values. Whoever adds more is told `None`.
    pub const LIMIT: usize = 1_000_000;

    /// The id of that key, new or old; `None` at the limit.
    pub fn key(&mut self, text: &str) -> Option<KeyId> {
        if let Some(id) = self.by_key.get(text) {
            return Some(*id);
        }
        let id = KeyId(next_id(self.keys.len())?);
        let text: Arc<str> = text.into();
        self.keys.push(Key {
            text: text.clone(),
            hash: murmur2(text.as_bytes()),
        });
        self.by_key.insert(text, id);
        Some(id)
    }

    /// The id of a new value; `None` at the limit.
    pub fn value(&mut self, text: &str) -> Option<ValueId> {
        let id = ValueId(next_id(self.values.len())?);
        self.values.push(text.into());
        Some(id)
    }

    /// The id of that key, if it is known.
    #[must_use]
    pub fn find_key(&self, text: &str) -> Option<KeyId> {
        self.by_key.get(text).copied()
    }

    /// The key's text.
    #[must_use]
    pub fn key_text(&self, id: KeyId) -> &Arc<str> {
        &self.keys[id.index()].text
    }

    /// The key's murmur2 hash, computed once.
    #[must_use]
    pub fn key_hash(&self, id: KeyId) -> i32 {
        self.keys[id.index()].hash
    }

    /// The key's size in UTF-8.
    #[must_use]
    pub fn key_bytes(&self, id: KeyId) -> u32 {
        u32::try_from(self.keys[id.index()].text.len()).unwrap_or(u32::MAX)
    }

    /// The value's text.
    #[must_use]
    pub fn value_text(&self, id: ValueId) -> &Arc<str> {
        &self.values[id.index()]
    }

    /// The key at that place, from 0.
    #[must_use]
    pub fn key_at(&self, index: usize) -> Option<KeyId> {
        let number = u32::try_from(index + 1).ok().filter(|_| index < self.keys.len())?;
        NonZeroU32::new(number).map(KeyId)
    }

    /// How many keys there are.
    #[must_use]
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }
}

fn next_id(len: usize) -> Option<NonZeroU32> {
    if len >= Dictionary::LIMIT {
        return None;
    }
    u32::try_from(len + 1).ok().and_then(NonZeroU32::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_once() {
        let mut dictionary = Dictionary::default();
        let first = dictionary.key("match-7");
        assert_eq!(dictionary.key("match-7"), first);
        assert_eq!(dictionary.key_count(), 1);
        assert_eq!(dictionary.key_hash(first.unwrap()), murmur2(b"match-7"));
    }
}
