//! What records are about and have as keys, and what a person changes of that.

use super::commands::Playing;
use super::{Setup, World};
use crate::log::{Dictionary, KeyId};
use crate::node::NodeCommand;
use crate::trace::{CommandFact, Fact, KeyFact};
use crate::wire::NodeId;
use crate::workload::{KeyRule, Keying, SendLimit};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Playing {
    /// The subjects that need keys: those that the rate's records are about, and those that the scenario lists.
    fn subjects(&self, setup: &Setup, dictionary: &mut Dictionary) -> Vec<KeyId> {
        let mut seen: BTreeSet<KeyId> = self.keys.iter().copied().collect();
        let mut subjects = self.keys.clone();
        for event in &setup.workload.listed {
            subjects.extend(dictionary.key(&event.key).filter(|subject| seen.insert(*subject)));
        }
        subjects
    }
}

impl World {
    /// The keys that the rate's records are about, in the order of their rank.
    #[must_use]
    pub fn keys(&self) -> &[KeyId] {
        &self.playing.keys
    }

    /// All keys that there have been, those of the setup first, then those that a person brought, in the order in which
    /// they came: a key keeps its place for ever.
    #[must_use]
    pub fn known_keys(&self) -> &[KeyId] {
        &self.playing.known
    }

    /// What records have as key now.
    #[must_use]
    pub fn key_rule(&self) -> &KeyRule {
        self.playing.keying.rule()
    }

    /// The keys that records about that subject can have now: several where the rule spreads it, else none but itself.
    #[must_use]
    pub fn keys_of_subject(&self, subject: KeyId) -> &[KeyId] {
        self.playing.keying.keys_of(subject)
    }

    /// Makes the keys of the rule that the setup begins with. One for which there is no room is left out, and told, and
    /// records have their subject as key; `scenario::validate` says it before.
    pub(super) fn begin_keys(&mut self) {
        let setup = self.setup.clone();
        self.make_keys(&setup.workload.key);
    }

    /// Another rule from now on. One that needs too many keys is refused, and told.
    pub(super) fn set_key_rule(&mut self, rule: &KeyRule) {
        let cause = self.note(CommandFact::Key(KeyFact::of(rule)));
        if self.make_keys(rule) {
            let keying = self.playing.keying.clone();
            self.tell_producers(&NodeCommand::SetKeying(keying), cause);
        }
    }

    /// The rate's records are about these from now on.
    pub(super) fn set_keys(&mut self, keys: &[String]) {
        let dictionary = Arc::make_mut(&mut self.dictionary);
        self.playing.keys = keys.iter().filter_map(|key| dictionary.key(key)).collect();
        let keys = self.playing.keys.clone();
        self.remember(&keys);
        let cause = self.note(CommandFact::Keys);
        let rule = self.playing.keying.rule().clone();
        if rule.keys_of_each() > 0 && self.make_keys(&rule) {
            let keying = self.playing.keying.clone();
            self.tell_producers(&NodeCommand::SetKeying(keying), cause);
        }
        self.resample(cause);
    }

    fn make_keys(&mut self, rule: &KeyRule) -> bool {
        let dictionary = Arc::make_mut(&mut self.dictionary);
        let subjects = match rule.keys_of_each() {
            0 => Vec::new(),
            _ => self.playing.subjects(&self.setup, dictionary),
        };
        match Keying::new(rule, &subjects, dictionary) {
            Ok(keying) => {
                self.playing.keying = keying;
                if rule.spreads() {
                    self.trace.count_partials();
                }
                true
            }
            Err(keys) => {
                let refused = Fact::KeyRuleRefused { keys };
                self.trace.record(self.now, NodeId::User, 0, refused);
                false
            }
        }
    }

    /// Other limits of the source from now on.
    pub(super) fn set_send_limits(&mut self, limits: &[SendLimit]) {
        let count = u32::try_from(limits.len()).unwrap_or(u32::MAX);
        let cause = self.note(CommandFact::SendLimits { count });
        let limits = self.resolve_limits(limits);
        self.tell_producers(&NodeCommand::SetLimits(limits), cause);
    }

    /// Limits with their subjects' numbers. A subject that nothing was about yet gets one.
    pub(super) fn resolve_limits(&mut self, limits: &[SendLimit]) -> Arc<[(KeyId, u32)]> {
        let dictionary = Arc::make_mut(&mut self.dictionary);
        let resolved = limits.iter().take(SendLimit::MOST);
        resolved
            .filter_map(|limit| Some((dictionary.key(&limit.subject)?, limit.per_second)))
            .collect()
    }

    pub(super) fn remember(&mut self, keys: &[KeyId]) {
        let mut known = BTreeSet::new();
        known.extend(self.playing.known.iter().copied());
        self.playing
            .known
            .extend(keys.iter().filter(|key| !known.contains(key)));
    }
}
