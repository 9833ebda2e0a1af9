//! The groups on the topic, as they are meant to be: the main one, and further ones that read the same records for
//! themselves.
//!
//! **Invariant:** every group's name is in the dictionary before it has a consumer: its coordinator writes it.

use super::{Command, FurtherGroup, Limits, World};
use crate::broker::Broker;
use crate::consumer::{Consumer, ConsumerConfig, Role};
use crate::coordinator::Group;
use crate::log::{Dictionary, KeyId};
use crate::node::NodeCommand;
use crate::trace::{CommandFact, EventId, ProcessFault};
use crate::wire::{GroupId, NodeId};
use std::sync::Arc;

/// A further group.
#[derive(Debug, Clone)]
pub(super) struct Further {
    pub(super) config: ConsumerConfig,
    /// Consumers that are meant to run, by their number.
    pub(super) consumers: Vec<u8>,
}

impl Further {
    /// Its application has an account of its own, so that what it does with a record is not taken for the main group's.
    pub(super) fn new(group: &FurtherGroup, account: u8, main: &ConsumerConfig) -> Self {
        Self {
            config: ConsumerConfig {
                group: group.name.as_str().into(),
                account,
                processing_us: group.processing_us.unwrap_or(main.processing_us),
                ..main.clone()
            },
            consumers: Vec::new(),
        }
    }
}

impl World {
    /// Starts the consumers of the further groups that are there from the start.
    pub(super) fn start_further_groups(&mut self) {
        let setup = self.setup.clone();
        for group in &setup.more_groups {
            self.set_group(&group.name, group.consumers, None);
        }
    }

    /// That group has so many consumers from now on.
    pub(super) fn set_group(&mut self, name: &str, count: u8, cause: Option<EventId>) {
        if *name == *self.setup.consumer.group {
            return self.set_consumers(count);
        }
        let Some(place) = self.further_group(name) else { return };
        let count = count.min(Limits::MAX_CONSUMERS);
        let group = self.dictionary.find_key(name);
        let consumers = count;
        let cause = cause.unwrap_or_else(|| match self.now {
            0 => 0,
            _ => self.note(CommandFact::Group { group, consumers }),
        });
        let mut members = std::mem::take(&mut self.playing.further[place].consumers);
        let config = self.playing.further[place].config.clone();
        self.resize(&mut members, usize::from(count), &config, cause);
        self.playing.further[place].consumers = members;
    }

    /// The place of that further group. If it is new, it is made, while there is room for more.
    fn further_group(&mut self, name: &str) -> Option<usize> {
        let known = self
            .playing
            .further
            .iter()
            .position(|group| *group.config.group == *name);
        if known.is_some() {
            return known;
        }
        if self.playing.further.len() >= Limits::MAX_MORE_GROUPS {
            return None;
        }
        let dictionary: &mut Dictionary = Arc::make_mut(&mut self.dictionary);
        let key = dictionary.key(name)?;
        self.trace.add_group(key);
        let group = FurtherGroup {
            name: name.to_owned(),
            consumers: 0,
            processing_us: None,
        };
        let account = self.playing.further.len() as u8 + 1;
        let listed = self.setup.more_groups.iter().find(|listed| listed.name == name);
        let further = Further::new(listed.unwrap_or(&group), account, &self.consumer_config(Role::Main));
        self.playing.further.push(further);
        Some(self.playing.further.len() - 1)
    }

    /// Starts consumers, or closes the last ones. A consumer that starts after another has closed is a new one, with a
    /// new number, as a new process would be; numbers end at 255, and then no more start. One that has crashed, or was
    /// stopped by itself, still counts: it may be started again.
    pub(super) fn resize(&mut self, members: &mut Vec<u8>, count: usize, config: &ConsumerConfig, cause: EventId) {
        while members.len() > count {
            if let Some(number) = members.pop() {
                self.playing.retired.push(number);
                self.fault(NodeId::Consumer(number), ProcessFault::Stop, cause);
            }
        }
        while members.len() < count {
            let Ok(number) = u8::try_from(self.nodes.consumers.len() + 1) else {
                break;
            };
            members.push(number);
            self.add_consumer_with(number, config.clone(), cause);
        }
    }

    /// A consumer that was closed because its group should have fewer counts again when it is started again.
    pub(super) fn back_in_group(&mut self, node: NodeId) {
        let number = node.number();
        let retired = self.playing.retired.iter().position(|retired| *retired == number);
        let (NodeId::Consumer(_), Some(place)) = (node, retired) else {
            return;
        };
        self.playing.retired.remove(place);
        let Some(group) = self.consumer(number).map(|consumer| consumer.config().group.clone()) else {
            return;
        };
        let further = self.playing.further.iter_mut();
        let members = match further.into_iter().find(|further| further.config.group == group) {
            Some(further) => &mut further.consumers,
            None if group == self.setup.consumer.group => &mut self.playing.consumers,
            None => return,
        };
        if let Err(place) = members.binary_search(&number) {
            members.insert(place, number);
        }
    }

    /// Whether that consumer is meant to run.
    pub(super) fn is_wanted(&self, consumer: u8) -> bool {
        !self.playing.retired.contains(&consumer)
    }

    pub(super) fn consumer(&self, number: u8) -> Option<&Consumer> {
        let place = usize::from(number).checked_sub(1)?;
        self.nodes.consumers.get(place).map(|(consumer, _)| consumer)
    }

    /// The consumers of that group, whether they run or not, with their numbers.
    pub(crate) fn consumers_of<'a>(&'a self, group: &'a str) -> impl Iterator<Item = (u8, &'a Consumer)> {
        let numbered = self.nodes.consumers.iter().zip(1..=u8::MAX);
        let all = numbered.map(|((consumer, _), number)| (number, consumer));
        all.filter(move |(_, consumer)| *consumer.config().group == *group)
    }

    /// The names of all groups, the main one first, then the further ones, then those of the main one's application.
    pub(crate) fn group_names(&self) -> Vec<GroupId> {
        let main = self.setup.consumer.group.clone();
        let further = self.playing.further.iter().map(|further| further.config.group.clone());
        let mut names: Vec<GroupId> = std::iter::once(main).chain(further).collect();
        for (consumer, _) in &self.nodes.consumers {
            if !names.contains(&consumer.config().group) {
                names.push(consumer.config().group.clone());
            }
        }
        names
    }

    /// The key of a group's name.
    #[must_use]
    pub fn group_key(&self, name: &str) -> Option<KeyId> {
        self.dictionary.find_key(name)
    }

    /// That group at its coordinator.
    pub(crate) fn group_named(&self, name: &str) -> Option<(&Broker, &Group)> {
        let brokers = self.nodes.brokers.iter().map(|(broker, _)| broker);
        let mut brokers = brokers.filter(|broker| self.is_there(broker.id().into()));
        brokers.find_map(|broker| {
            let coordinates = broker.coordinates(name);
            Some((broker, broker.coordinator().group(name)?)).filter(|_| coordinates)
        })
    }

    /// What is done to one consumer, or to the offsets of a group.
    pub(super) fn obey_about_groups(&mut self, command: &Command) {
        let (consumer, order) = match command {
            Command::Group { group, consumers } => return self.set_group(group, *consumers, None),
            Command::ResetOffsets { group, to } => {
                let group_key = Arc::make_mut(&mut self.dictionary).key(group);
                let cause = self.note(CommandFact::ResetOffsets {
                    group: group_key,
                    to: *to,
                });
                return self.reset_offsets(group, *to, cause);
            }
            Command::DeleteGroup { group } => {
                let group_key = Arc::make_mut(&mut self.dictionary).key(group);
                let cause = self.note(CommandFact::DeleteGroup { group: group_key });
                return self.delete_group(group, cause);
            }
            Command::Stall { consumer, stalled } => (*consumer, NodeCommand::Stall(*stalled)),
            Command::Slow {
                consumer,
                processing_us,
            } => (*consumer, NodeCommand::Slow(*processing_us)),
            Command::Seek { consumer, to } => (*consumer, NodeCommand::Seek(*to)),
            _ => return,
        };
        let cause = self.note(command.fact());
        self.order(NodeId::Consumer(consumer), order, cause);
    }
}
