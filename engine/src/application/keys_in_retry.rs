//! The store of keys that are in retry (`retry.keep.order`).
//!
//! Retry topics break the order of a key: the records behind a failing one overtake it. Where order matters, applications
//! keep a store of the keys that have records in retry, which all consumers ask before each record; a later record of such
//! a key is sent after the failing one instead of being processed. That costs a shared store, a question to it for each
//! record, a detour for every record of the key, and the wait of all of them for the one that fails.
//!
//! A record that follows goes to the next tier, even if those before it are further on: all records of the key take the
//! same way, one tier after the other, and stay behind each other. A short cut would let it overtake those that are on their
//! way between two tiers.

use crate::log::KeyId;
use crate::short_map::ShortMap;

/// A record's identity: what it is about, and the how manyeth it is.
pub type RecordId = (KeyId, u32);

/// For each key, which of its records are in which tier. Bounded by the records in the retry topics.
#[derive(Debug, Clone, Default)]
pub struct KeysInRetry {
    keys: ShortMap<KeyId, Vec<(u8, RecordId)>>,
}

impl KeysInRetry {
    /// Whether no key is in retry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The record goes to that tier, from another one or from the topic.
    pub fn enter(&mut self, key: KeyId, tier: u8, record: RecordId) {
        let waiting = self.keys.or_default(key);
        waiting.retain(|(_, other)| *other != record);
        waiting.push((tier, record));
    }

    /// The record is done.
    pub fn leave(&mut self, key: KeyId, record: RecordId) {
        if let Some(waiting) = self.keys.get_mut(&key) {
            waiting.retain(|(_, other)| *other != record);
            if waiting.is_empty() {
                self.keys.remove(&key);
            }
        }
    }

    /// Where a record has to go instead of being processed in `tier` (0 for the topic itself): to the next one, if another
    /// record of its key is in any above.
    #[must_use]
    pub fn follows_to(&self, key: KeyId, tier: u8, record: RecordId) -> Option<u8> {
        let mut others = self.keys.get(&key)?.iter().filter(|(_, other)| *other != record);
        others.any(|(of, _)| *of > tier).then_some(tier + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Dictionary;

    #[test]
    fn a_later_record_goes_behind_the_last_of_its_key() {
        let mut dictionary = Dictionary::default();
        let (key, other) = (dictionary.key("a").unwrap(), dictionary.key("b").unwrap());
        let mut keys = KeysInRetry::default();
        keys.enter(key, 1, (key, 1));
        assert_eq!(keys.follows_to(key, 0, (key, 2)), Some(1));
        assert_eq!(keys.follows_to(other, 0, (other, 1)), None);
        keys.enter(key, 1, (key, 2));
        keys.enter(key, 2, (key, 1));
        assert_eq!(
            keys.follows_to(key, 1, (key, 2)),
            Some(2),
            "it moves up behind the first"
        );
        assert_eq!(keys.follows_to(key, 0, (key, 3)), Some(1), "and not past the second");
        keys.enter(key, 2, (key, 2));
        assert_eq!(
            keys.follows_to(key, 0, (key, 3)),
            Some(1),
            "nor past those that are on their way"
        );
        keys.leave(key, (key, 1));
        assert_eq!(
            keys.follows_to(key, 2, (key, 2)),
            None,
            "the first is done: it is tried"
        );
        keys.leave(key, (key, 2));
        assert!(keys.is_empty());
    }
}
