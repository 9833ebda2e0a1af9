//! What the applications behind the consumers need in the world: retry topics, consumers that read them, relays, and what
//! a person does to the service that processing calls.

use super::start::bootstrap;
use super::{Setup, World};
use crate::application::{CommitStrategy, Poison, PoisonWhat};
use crate::consumer::{ConsumerConfig, Role};
use crate::log::KeyId;
use crate::node::{NodeCommand, Random};
use crate::producer::Producer;
use crate::trace::EventId;
use crate::wire::{Acks, NodeId, Offset, OffsetSpec};
use std::sync::Arc;

/// The topic, or the group, of that role beside the one of that name: `orders-retry-1`, `orders-dlq`.
#[must_use]
pub(super) fn name_for(role: Role, name: &str) -> String {
    match role {
        Role::Main => name.to_owned(),
        Role::Retry(tier) => format!("{name}-retry-{tier}"),
        Role::DeadLetter => format!("{name}-dlq"),
    }
}

/// The roles that have a topic and a group of their own beside the main ones.
pub(super) fn side_roles(setup: &Setup) -> Vec<Role> {
    let application = &setup.consumer.application;
    let mut roles: Vec<Role> = (1..=application.tiers()).map(Role::Retry).collect();
    if application.has_dead_letters() {
        roles.push(Role::DeadLetter);
    }
    roles
}

impl World {
    /// The topics are created as soon as all brokers are up: the main one first.
    pub(super) fn topics_wanted(&self) -> Vec<NodeCommand> {
        let setup = &self.setup;
        let mut roles = vec![Role::Main];
        roles.extend(side_roles(setup));
        let topics = roles.into_iter().map(|role| NodeCommand::CreateTopic {
            name: name_for(role, &setup.topic.name).into(),
            partitions: setup.topic.partitions,
            replication_factor: setup.topic.replication_factor,
            when_brokers: setup.brokers,
        });
        topics.collect()
    }

    /// What a consumer of that role is made from.
    pub(super) fn consumer_config(&self, role: Role) -> ConsumerConfig {
        let mut config = self.setup.consumer.clone();
        config.role = role;
        config.main_topic = self.setup.topic.name.as_str().into();
        if role != Role::Main {
            config.topic = name_for(role, &self.setup.topic.name).into();
            config.group = name_for(role, &self.setup.consumer.group).into();
            // What was sent on before somebody has read there is not passed over.
            config.auto_offset_reset = Some(OffsetSpec::Earliest);
            let application = &mut config.application;
            // Whoever waits for a record's time must not commit ahead of it.
            if application.commit == CommitStrategy::BeforeProcessing {
                application.commit = CommitStrategy::EachPoll;
            }
            application.auto_commit &= role != Role::DeadLetter;
        }
        config
    }

    /// The consumers of the retry topics and of the dead letters, numbered after the first of the main group.
    pub(super) fn add_retry_consumers(&mut self) {
        for role in side_roles(&self.setup) {
            let count = match role {
                Role::Retry(_) => self.setup.consumer.application.retry_consumers,
                Role::Main | Role::DeadLetter => 1,
            };
            for _ in 0..count {
                let Ok(number) = u8::try_from(self.nodes.consumers.len() + 1) else {
                    return;
                };
                let config = self.consumer_config(role);
                self.add_consumer_with(number, config, 0);
            }
        }
    }

    /// The producer in the process of that consumer, if its application sends records on. It waits for all in-sync replicas
    /// and for nothing else: the application calls `flush()` after `send()`.
    pub(super) fn relay_of(&self, number: u8, config: &ConsumerConfig) -> Option<(Producer, Random)> {
        if config.account != 0 || !config.application.sends_on() {
            return None;
        }
        let mut producer = self.setup.producer.clone();
        producer.acks = Acks::All;
        producer.linger_us = 0;
        let mut relay = Producer::new(number, Arc::new(producer), bootstrap(&self.setup));
        let topic = |role| name_for(role, &self.setup.topic.name).into();
        let tiers = (1..=config.application.tiers()).map(|tier| topic(Role::Retry(tier)));
        relay.make_relay(
            tiers.collect(),
            Some(topic(Role::DeadLetter)).filter(|_| config.application.has_dead_letters()),
        );
        let random = Random::named(self.setup.seed, &NodeId::Relay(number).to_string());
        Some((relay, random))
    }

    /// The relay of that consumer has died: the next one knows nothing of it, and is another producer to the brokers.
    pub(super) fn forget_relay(&mut self, number: u8) {
        let place = usize::from(number).saturating_sub(1);
        let Some((consumer, _)) = self.nodes.consumers.get(place) else {
            return;
        };
        let config = consumer.config().clone();
        let next = self.relay_of(number, &config);
        if let (Some(Some((relay, _))), Some((next, _))) = (self.nodes.relays.get_mut(place), next) {
            *relay = next;
        }
    }

    /// These records cannot be processed from now on, and no others.
    pub(super) fn set_poison(&mut self, poison: &[Poison]) {
        if poison.is_empty() && self.downstream.is_calm() {
            return;
        }
        let dictionary = Arc::make_mut(&mut self.dictionary);
        let mut subjects: Vec<(KeyId, bool)> = Vec::new();
        let mut places: Vec<(u16, Offset, bool)> = Vec::new();
        for rule in poison {
            match &rule.what {
                PoisonWhat::Key(key) => subjects.extend(dictionary.key(key).map(|subject| (subject, rule.crash))),
                PoisonWhat::Offset { partition, offset } => places.push((*partition, *offset, rule.crash)),
            }
        }
        self.downstream.set_poison(subjects, places);
    }

    /// Tells whoever has dead letters in hand to send them back.
    pub(super) fn redrive(&mut self, only: Option<(u16, Offset)>, cause: EventId) {
        for number in 1..=self.nodes.consumers.len() {
            if let Ok(number) = u8::try_from(number) {
                self.order(NodeId::Consumer(number), NodeCommand::Redrive(only), cause);
            }
        }
    }
}
