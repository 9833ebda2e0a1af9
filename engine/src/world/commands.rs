//! What commands do: they are told to nodes, as a person at a terminal would.

use super::{Command, Limits, Setup, World};
use crate::log::{Dictionary, KeyId};
use crate::node::{Input, NodeCommand};
use crate::trace::{CommandFact, EventId, Fact};
use crate::wire::NodeId;
use crate::workload::{KeyDistribution, KeySampler};
use std::sync::Arc;

/// The workload as it is played at the moment.
#[derive(Debug, Clone)]
pub(super) struct Playing {
    per_second: u32,
    keys: Vec<KeyId>,
    distribution: KeyDistribution,
    /// One for each producer.
    samplers: Vec<Option<Arc<KeySampler>>>,
    producers: u8,
    /// A command has set the rate: bursts of the scenario do not change it any more.
    rate_is_set: bool,
    /// The record limit was reached.
    pub(super) stopped: bool,
    /// Consumers that are meant to run, by their number.
    consumers: Vec<u8>,
}

impl Playing {
    pub(super) fn new(setup: &Setup, keys: Vec<KeyId>) -> Self {
        let mut playing = Self {
            per_second: setup.workload.rate.per_second,
            keys,
            distribution: setup.workload.distribution,
            samplers: Vec::new(),
            producers: setup.producers,
            rate_is_set: false,
            stopped: false,
            consumers: (1..=setup.consumers).collect(),
        };
        playing.sample();
        playing
    }

    fn sample(&mut self) {
        let split = KeySampler::split(&self.keys, self.distribution, self.producers);
        self.samplers = split.into_iter().map(|sampler| sampler.map(Arc::new)).collect();
    }

    /// The producer, from 0, that reports on that subject; the first for a subject that is none of the workload's.
    pub(super) fn producer_of(&self, subject: KeyId) -> usize {
        let rank = self.keys.iter().position(|key| *key == subject).unwrap_or(0);
        rank % usize::from(self.producers.max(1))
    }
}

impl World {
    /// The keys that the rate's records are about, in the order of their rank.
    #[must_use]
    pub fn keys(&self) -> &[KeyId] {
        &self.playing.keys
    }

    /// Records a second that the producers are meant to send, all together.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.playing.per_second
    }

    pub(super) fn obey(&mut self, command: &Command) {
        match command {
            Command::Rate(per_second) => {
                let per_second = (*per_second).min(Limits::MAX_RATE);
                let cause = self.note(CommandFact::Rate(per_second));
                self.playing.per_second = per_second;
                self.playing.rate_is_set = true;
                self.set_sources(per_second, cause);
            }
            Command::Distribution(distribution) => {
                let cause = self.note(CommandFact::Keys);
                self.playing.distribution = *distribution;
                self.resample(cause);
            }
            Command::Keys(keys) => {
                let dictionary = Arc::make_mut(&mut self.dictionary);
                self.playing.keys = keys.iter().filter_map(|key| dictionary.key(key)).collect();
                let cause = self.note(CommandFact::Keys);
                self.resample(cause);
            }
            Command::Keyed(keyed) => {
                let cause = self.note(CommandFact::Keyed(*keyed));
                self.tell_producers(&NodeCommand::SetKeyed(*keyed), cause);
            }
            Command::Consumers(count) => self.set_consumers(*count),
            Command::Send { key, value } => self.send_by_hand(key.as_deref(), value),
        }
    }

    fn note(&mut self, command: CommandFact) -> EventId {
        self.trace.record(self.now, NodeId::User, 0, Fact::Commanded(command))
    }

    fn resample(&mut self, cause: EventId) {
        self.playing.sample();
        self.set_sources(self.playing.per_second, cause);
    }

    /// A burst begins, with its rate, or ends, with `None`.
    pub(super) fn burst(&mut self, per_second: Option<u32>) {
        if !self.playing.rate_is_set {
            let per_second = per_second.unwrap_or(self.playing.per_second);
            let cause = self.note(CommandFact::Rate(per_second));
            self.set_sources(per_second, cause);
        }
    }

    fn set_sources(&mut self, per_second: u32, cause: EventId) {
        for number in 1..=self.setup.producers {
            let sampler = self.playing.samplers.get(usize::from(number) - 1).cloned().flatten();
            let source = sampler.and_then(|sampler| Some((sampler.clone(), sampler.interval(per_second)?)));
            self.tell(NodeId::Producer(number), Input::Command(NodeCommand::SetSource(source)), cause);
        }
    }

    fn tell_producers(&mut self, command: &NodeCommand, cause: EventId) {
        for number in 1..=self.setup.producers {
            self.tell(NodeId::Producer(number), Input::Command(command.clone()), cause);
        }
    }

    /// Starts consumers, or closes the last ones. A consumer that starts after another has closed is a new one, with a
    /// new number, as a new process would be; numbers end at 255, and then no more start.
    fn set_consumers(&mut self, count: u8) {
        let count = usize::from(count.min(Limits::MAX_CONSUMERS));
        let cause = self.note(CommandFact::Consumers(u8::try_from(count).unwrap_or(u8::MAX)));
        while self.playing.consumers.len() > count {
            if let Some(number) = self.playing.consumers.pop() {
                self.tell(NodeId::Consumer(number), Input::Command(NodeCommand::Close), cause);
            }
        }
        while self.playing.consumers.len() < count {
            let Ok(number) = u8::try_from(self.nodes.consumers.len() + 1) else { break };
            self.playing.consumers.push(number);
            self.add_consumer(number, self.now);
        }
    }

    fn send_by_hand(&mut self, key: Option<&str>, value: &str) {
        let dictionary: &mut Dictionary = Arc::make_mut(&mut self.dictionary);
        let (subject, value) = (dictionary.key(key.unwrap_or("(no key)")), dictionary.value(value));
        let Some(subject) = subject else { return };
        let key = key.map(|_| subject);
        let cause = self.note(CommandFact::Send { key });
        let producer = u8::try_from(self.playing.producer_of(subject) + 1).unwrap_or(1);
        self.tell(NodeId::Producer(producer), Input::Command(NodeCommand::Send { key, subject, value }), cause);
    }
}
