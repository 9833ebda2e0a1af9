//! What a record has as its key. Its *subject*, what it is about, stays the same; the key is what is hashed, and so what
//! chooses the partition.

use super::KeyDistribution;
use super::shares::{AliasTable, weights};
use crate::log::{Dictionary, KeyId};
use crate::node::Random;
use std::fmt::Write as _;
use std::sync::Arc;

/// What a record has as its key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum KeyRule {
    /// Nothing: the partitioner chooses without one.
    None,
    /// Its subject: all records about one thing go to one partition.
    #[default]
    Subject,
    /// The subject and a number, `ad-1#0` to `ad-1#7`, drawn anew for each record: what is about one subject is spread
    /// over so many keys.
    Salt {
        /// How many keys a subject has.
        shards: u32,
        /// Only these subjects; all when there are none. The others have their subject as key.
        only: Vec<String>,
    },
    /// The subject and something else that the record speaks of, `ad-1|region-0` to `ad-1|region-5`: what is about one
    /// subject *and* one region stays together.
    Compound {
        /// What the second part is: `region`.
        part: String,
        /// How many there are.
        count: u32,
        /// How often each comes.
        distribution: KeyDistribution,
    },
}

impl KeyRule {
    /// The most keys of a salted subject.
    pub const MAX_SHARDS: u32 = 1_000;
    /// The most second parts of a compound key.
    pub const MAX_PARTS: u32 = 100_000;
    /// The most keys that a rule may make, over all subjects: each is kept with its hash, so that a record costs no text.
    pub const MAX_KEYS: u64 = 250_000;

    /// Whether one subject can have several keys, or none: then what is about it is in several places, and a total has to
    /// be put together.
    #[must_use]
    pub fn spreads(&self) -> bool {
        *self != KeyRule::Subject
    }

    /// How many keys the rule makes of one subject that it spreads.
    #[must_use]
    pub fn keys_of_each(&self) -> u32 {
        match self {
            KeyRule::None | KeyRule::Subject => 0,
            KeyRule::Salt { shards, .. } => *shards,
            KeyRule::Compound { count, .. } => *count,
        }
    }

    /// How many keys the rule makes of so many subjects.
    #[must_use]
    pub fn keys_of(&self, subjects: usize) -> u64 {
        let spread = match self {
            KeyRule::Salt { only, .. } if !only.is_empty() => only.len().min(subjects),
            _ => subjects,
        };
        (spread as u64).saturating_mul(u64::from(self.keys_of_each()))
    }

    /// Appends the text of a subject's key of that number, from 0.
    fn write_key(&self, subject: &str, number: u32, text: &mut String) {
        text.push_str(subject);
        let _ = match self {
            KeyRule::None | KeyRule::Subject => Ok(()),
            KeyRule::Salt { .. } => write!(text, "#{number}"),
            KeyRule::Compound { part, .. } => write!(text, "|{part}-{number}"),
        };
    }

    fn is_about(&self, subject: &str) -> bool {
        match self {
            KeyRule::Salt { only, .. } => only.is_empty() || only.iter().any(|name| name == subject),
            _ => true,
        }
    }
}

/// A rule with all its keys in the dictionary, so that a producer only picks one.
#[derive(Debug, Clone)]
pub struct Keying {
    rule: Arc<KeyRule>,
    /// The keys of the first subject that is spread, then those of the next.
    keys: Arc<Vec<KeyId>>,
    /// For each subject, by its place in the dictionary: where its keys begin, plus one; 0 for one that is not spread.
    first: Arc<Vec<u32>>,
    /// How often each number comes; `None` for all alike.
    sampler: Option<Arc<AliasTable>>,
}

impl Default for Keying {
    fn default() -> Self {
        Self::plain(KeyRule::Subject)
    }
}

impl Keying {
    fn plain(rule: KeyRule) -> Self {
        Self {
            rule: Arc::new(rule),
            keys: Arc::default(),
            first: Arc::default(),
            sampler: None,
        }
    }

    /// Makes the keys of these subjects.
    ///
    /// # Errors
    ///
    /// How many keys it would take, when there is no room for them ([`KeyRule::MAX_KEYS`], [`Dictionary::LIMIT`]).
    pub fn new(rule: &KeyRule, subjects: &[KeyId], dictionary: &mut Dictionary) -> Result<Self, u64> {
        let mut keying = Self::plain(rule.clone());
        let each = rule.keys_of_each();
        if each == 0 {
            return Ok(keying);
        }
        let needed = rule.keys_of(subjects.len());
        if needed > KeyRule::MAX_KEYS {
            return Err(needed);
        }
        let (mut keys, mut first, mut text) = (Vec::new(), Vec::new(), String::new());
        for subject in subjects {
            let name = dictionary.key_text(*subject).clone();
            if !rule.is_about(&name) {
                continue;
            }
            let place = subject.index();
            if place >= first.len() {
                first.resize(place + 1, 0);
            }
            first[place] = u32::try_from(keys.len() + 1).map_err(|_| needed)?;
            for number in 0..each {
                text.clear();
                rule.write_key(&name, number, &mut text);
                keys.push(dictionary.key(&text).ok_or(needed)?);
            }
        }
        if let KeyRule::Compound { distribution, .. } = rule
            && *distribution != KeyDistribution::Uniform
        {
            keying.sampler = Some(Arc::new(AliasTable::new(&weights(each as usize, *distribution, &[]))));
        }
        (keying.keys, keying.first) = (Arc::new(keys), Arc::new(first));
        Ok(keying)
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &KeyRule {
        &self.rule
    }

    /// The keys that a subject's records can have; none for one that is not spread.
    #[must_use]
    pub fn keys_of(&self, subject: KeyId) -> &[KeyId] {
        let first = self.first.get(subject.index()).copied().unwrap_or(0) as usize;
        let each = self.rule.keys_of_each() as usize;
        let keys = first
            .checked_sub(1)
            .and_then(|first| self.keys.get(first..first + each));
        keys.unwrap_or_default()
    }

    /// The key of the next record about that subject. Draws only when there is something to choose.
    #[must_use]
    pub fn key(&self, subject: KeyId, random: &mut Random) -> Option<KeyId> {
        if let KeyRule::None = *self.rule {
            return None;
        }
        let keys = self.keys_of(subject);
        if keys.is_empty() {
            return Some(subject);
        }
        let number = match &self.sampler {
            Some(sampler) => sampler.draw(random),
            None => random.below(u32::try_from(keys.len()).unwrap_or(u32::MAX)) as usize,
        };
        keys.get(number).copied().or(Some(subject))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::ZipfExponent;

    fn subjects(dictionary: &mut Dictionary, names: &[&str]) -> Vec<KeyId> {
        names.iter().map(|name| dictionary.key(name).unwrap()).collect()
    }

    /// How often each key comes in 60 000 draws.
    fn drawn(rule: &KeyRule, about: usize) -> Vec<(String, u32)> {
        let mut dictionary = Dictionary::default();
        let subjects = subjects(&mut dictionary, &["ad-1", "ad-2"]);
        let keying = Keying::new(rule, &subjects, &mut dictionary).unwrap();
        let mut random = Random::named(3, "p1");
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..60_000 {
            let key = keying.key(subjects[about], &mut random);
            *counts
                .entry(key.map_or("null", |key| dictionary.key_text(key)).to_owned())
                .or_default() += 1;
        }
        counts.into_iter().collect()
    }

    #[test]
    fn salt_stays_below_its_number_and_is_even() {
        let salt = |only: &[&str]| KeyRule::Salt {
            shards: 6,
            only: only.iter().map(|name| (*name).to_owned()).collect(),
        };
        let keys = drawn(&salt(&[]), 0);
        let names: Vec<&str> = keys.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(names, ["ad-1#0", "ad-1#1", "ad-1#2", "ad-1#3", "ad-1#4", "ad-1#5"]);
        assert!(keys.iter().all(|(_, n)| n.abs_diff(10_000) < 400), "{keys:?}");
        assert_eq!(
            drawn(&salt(&["ad-2"]), 0),
            [("ad-1".to_owned(), 60_000)],
            "not this one"
        );
        assert_eq!(drawn(&salt(&["ad-2"]), 1).len(), 6);
    }

    #[test]
    fn the_second_part_of_a_compound_key_comes_by_its_distribution() {
        let compound = |distribution| KeyRule::Compound {
            part: "region".to_owned(),
            count: 3,
            distribution,
        };
        let even = drawn(&compound(KeyDistribution::Uniform), 0);
        assert_eq!(even[2].0, "ad-1|region-2");
        assert!(even.iter().all(|(_, n)| n.abs_diff(20_000) < 500), "{even:?}");
        let zipf = drawn(&compound(KeyDistribution::Zipf(ZipfExponent::One)), 0);
        for ((key, n), expected) in zipf.iter().zip([32_727_u32, 16_364, 10_909]) {
            assert!(n.abs_diff(expected) < 500, "{key}: {n}, not {expected}");
        }
    }

    #[test]
    fn without_a_choice_nothing_is_drawn() {
        for rule in [KeyRule::None, KeyRule::Subject] {
            let mut dictionary = Dictionary::default();
            let subjects = subjects(&mut dictionary, &["ad-1"]);
            let keying = Keying::new(&rule, &subjects, &mut dictionary).unwrap();
            let (mut random, mut untouched) = (Random::named(1, "p1"), Random::named(1, "p1"));
            let key = keying.key(subjects[0], &mut random);
            assert_eq!(key, (rule == KeyRule::Subject).then_some(subjects[0]));
            assert_eq!(random.bits(), untouched.bits(), "{rule:?} has drawn");
            assert_eq!(dictionary.key_count(), 1);
        }
    }

    #[test]
    fn too_many_keys_are_refused_before_they_are_made() {
        let mut dictionary = Dictionary::default();
        let subjects = subjects(&mut dictionary, &["a", "b", "c"]);
        let rule = KeyRule::Compound {
            part: "user".to_owned(),
            count: KeyRule::MAX_PARTS,
            distribution: KeyDistribution::Uniform,
        };
        assert_eq!(Keying::new(&rule, &subjects, &mut dictionary).unwrap_err(), 300_000);
        assert_eq!(dictionary.key_count(), 3);
    }
}
