//! What commands do: they are told to nodes, as a person at a terminal would.

use super::further_groups::Further;
use super::network::Impairment;
use super::{Command, Limits, Setup, World};
use crate::consumer::Role;
use crate::log::{Dictionary, KeyId};
use crate::node::{Input, NodeCommand};
use crate::trace::{CommandFact, EventId, Fact};
use crate::wire::{AdminRequest, BrokerId, Micros, NodeId};
use crate::workload::{Burst, Dealing, KeyDistribution, KeySampler, Keying};
use std::sync::Arc;

/// The workload as it is played at the moment.
#[derive(Debug, Clone)]
pub(super) struct Playing {
    /// Outside of bursts.
    per_second: u32,
    /// A command that sets the rate ends them.
    bursts: Vec<Burst>,
    /// What the producers were told last; `None` before they start.
    told: Option<u32>,
    producers_start_us: Micros,
    pub(super) keys: Vec<KeyId>,
    /// All keys that there have been, in the order in which they came.
    pub(super) known: Vec<KeyId>,
    distribution: KeyDistribution,
    weights: Vec<u32>,
    dealing: Dealing,
    /// What records have as key.
    pub(super) keying: Keying,
    /// One for each producer.
    samplers: Vec<Option<Arc<KeySampler>>>,
    producers: u8,
    /// The record limit was reached.
    pub(super) stopped: bool,
    /// Consumers of the main group that are meant to run, by their number.
    pub(super) consumers: Vec<u8>,
    pub(super) further: Vec<Further>,
    /// Consumers that were closed because their group should have fewer.
    pub(super) retired: Vec<u8>,
}

impl Playing {
    pub(super) fn new(setup: &Setup, keys: Vec<KeyId>) -> Self {
        let mut playing = Self {
            per_second: setup.workload.rate.per_second,
            bursts: setup.workload.rate.bursts.clone(),
            told: None,
            producers_start_us: setup.producers_start_us,
            known: keys.clone(),
            keys,
            distribution: setup.workload.distribution,
            weights: setup.workload.weights.clone(),
            dealing: setup.workload.subjects,
            keying: Keying::default(),
            samplers: Vec::new(),
            producers: setup.producers,
            stopped: false,
            consumers: (1..=setup.consumers).collect(),
            further: Vec::new(),
            retired: Vec::new(),
        };
        playing.sample();
        playing
    }

    fn sample(&mut self) {
        let split = KeySampler::split(
            &self.keys,
            self.distribution,
            &self.weights,
            self.dealing,
            self.producers,
        );
        self.samplers = split.into_iter().map(|sampler| sampler.map(Arc::new)).collect();
    }

    /// The rate at that moment: of the burst that began last, or outside of all of them.
    fn rate_at(&self, now: Micros) -> u32 {
        let running = self
            .bursts
            .iter()
            .filter(|burst| (burst.from_us..burst.until_us).contains(&now));
        running
            .max_by_key(|burst| burst.from_us)
            .map_or(self.per_second, |burst| burst.per_second)
    }

    /// The producer, from 0, that reports on that subject.
    pub(super) fn producer_of(&self, subject: KeyId) -> usize {
        KeySampler::producer_of(subject, self.producers)
    }
}

impl World {
    /// Whether the producers have stopped, because the run has as many records as it may have.
    #[must_use]
    pub fn is_record_limit_reached(&self) -> bool {
        self.playing.stopped
    }

    /// Records a second that the producers are meant to send now, all together.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.playing.rate_at(self.now)
    }

    pub(super) fn obey(&mut self, command: &Command) {
        match command {
            Command::Rate(per_second) => {
                let per_second = (*per_second).min(Limits::MAX_RATE);
                let cause = self.note(CommandFact::Rate(per_second));
                self.playing.per_second = per_second;
                self.playing.bursts.clear();
                self.set_sources(cause);
            }
            Command::Distribution(distribution) => {
                let cause = self.note(CommandFact::Keys);
                self.playing.distribution = *distribution;
                self.resample(cause);
            }
            Command::Weights(weights) => {
                let cause = self.note(CommandFact::Keys);
                self.playing.weights.clone_from(weights);
                self.resample(cause);
            }
            Command::Keys(keys) => self.set_keys(keys),
            Command::Key(rule) => self.set_key_rule(rule),
            Command::SendLimits(limits) => self.set_send_limits(limits),
            Command::Consumers(count) => self.set_consumers(*count),
            Command::Group { .. }
            | Command::Stall { .. }
            | Command::Slow { .. }
            | Command::Seek { .. }
            | Command::ResetOffsets { .. }
            | Command::DeleteGroup { .. } => self.obey_about_groups(command),
            Command::Send { key, value, partition } => self.send_by_hand(key.as_deref(), value, *partition),
            Command::Process { node, fault } => {
                let cause = self.note(command.fact());
                self.fault(*node, *fault, cause);
            }
            Command::SlowDisk { broker, bytes_per_s } => {
                let cause = self.note(command.fact());
                self.set_disk(*broker, *bytes_per_s, cause);
            }
            Command::Cut { from, to, both_ways } => {
                self.note(command.fact());
                self.cut(*from, *to);
                if *both_ways {
                    self.cut(*to, *from);
                }
            }
            Command::Impair {
                from,
                to,
                delay_us,
                loss_permille,
            } => {
                self.note(command.fact());
                self.impair(Impairment {
                    from: *from,
                    to: *to,
                    delay_us: *delay_us,
                    loss_permille: *loss_permille,
                });
            }
            Command::Heal => {
                self.note(command.fact());
                self.heal();
            }
            Command::Poison(rules) => {
                self.note(command.fact());
                self.set_poison(rules);
            }
            Command::FailurePercent(percent) => {
                self.note(command.fact());
                self.downstream.set_failure_percent(*percent);
            }
            Command::Downstream { down } => {
                self.note(command.fact());
                self.downstream.set_down(*down);
            }
            Command::Redrive(only) => {
                let cause = self.note(command.fact());
                self.redrive(*only, cause);
            }
            Command::ElectLeaders { .. }
            | Command::AddPartitions(_)
            | Command::Reassign { .. }
            | Command::Unclean(_)
            | Command::MinInsyncReplicas(_)
            | Command::ClientQuota(..) => {
                let cause = self.note(command.fact());
                if let Some(request) = self.admin_request(command) {
                    self.ask_controller(request, cause);
                }
            }
        }
    }

    /// What an administrator would ask for to do that.
    fn admin_request(&self, command: &Command) -> Option<AdminRequest> {
        let topic = self.setup.topic.name.as_str().into();
        Some(match command {
            Command::ElectLeaders { unclean } => AdminRequest::ElectLeaders {
                topic,
                unclean: *unclean,
            },
            Command::AddPartitions(count) => AdminRequest::CreatePartitions { topic, count: *count },
            Command::Reassign { partition, replicas } => AdminRequest::Reassign {
                topic,
                partition: *partition,
                replicas: replicas.clone(),
            },
            Command::Unclean(on) => AdminRequest::AlterConfigs {
                topic,
                unclean: Some(*on),
                min_insync_replicas: None,
            },
            Command::MinInsyncReplicas(n) => AdminRequest::AlterConfigs {
                topic,
                unclean: None,
                min_insync_replicas: Some(*n),
            },
            Command::ClientQuota(quota, bytes_per_s) => AdminRequest::AlterClientQuotas {
                quota: *quota,
                bytes_per_s: *bytes_per_s,
            },
            _ => return None,
        })
    }

    /// A disk stays as slow as it is when its broker is started again.
    fn set_disk(&mut self, broker: BrokerId, bytes_per_s: Option<u64>, cause: EventId) {
        let place = usize::from(broker.0).checked_sub(1);
        if let Some(disk) = place.and_then(|place| self.disks.get_mut(place)) {
            *disk = bytes_per_s;
            self.order(broker.into(), NodeCommand::SetDisk(bytes_per_s), cause);
        }
    }

    /// What a broker's disk takes in a second, if that is limited.
    pub(super) fn disk_of(&self, broker: BrokerId) -> Option<u64> {
        let place = usize::from(broker.0).checked_sub(1)?;
        self.disks.get(place).copied().flatten()
    }

    /// When the controller whose word counts has last heard from a broker.
    pub(super) fn heard_us(&self, broker: BrokerId) -> Option<Micros> {
        let row = usize::from(self.authority().number()).checked_sub(1)?;
        let place = usize::from(broker.0).checked_sub(1)?;
        *self.heard.get(row)?.get(place)?
    }

    /// A controller has heard from a broker.
    pub(super) fn note_heard(&mut self, controller: u8, from: NodeId) {
        let NodeId::Broker(broker) = from else { return };
        let place = |n: u8| usize::from(n).checked_sub(1);
        let row = place(controller).and_then(|row| self.heard.get_mut(row));
        if let Some(heard) = row.and_then(|row| row.get_mut(place(broker)?)) {
            *heard = Some(self.now);
        }
    }

    pub(super) fn note(&mut self, command: CommandFact) -> EventId {
        self.trace.record(self.now, NodeId::User, 0, Fact::Commanded(command))
    }

    pub(super) fn resample(&mut self, cause: EventId) {
        self.playing.sample();
        self.set_sources(cause);
    }

    /// The producers start, or a burst begins or ends: they are told if that makes another rate.
    pub(super) fn follow_rate(&mut self) {
        let per_second = self.playing.rate_at(self.now);
        if self.playing.told != Some(per_second) && self.now >= self.playing.producers_start_us {
            let cause = self.note(CommandFact::Rate(per_second));
            self.set_sources(cause);
        }
    }

    /// Tells the producers what to send how often; before they start, that waits.
    fn set_sources(&mut self, cause: EventId) {
        if self.now < self.playing.producers_start_us {
            return;
        }
        let per_second = self.playing.rate_at(self.now);
        self.playing.told = Some(per_second);
        for number in 1..=self.setup.producers {
            let sampler = self.playing.samplers.get(usize::from(number) - 1).cloned().flatten();
            let source = sampler.and_then(|sampler| Some((sampler.clone(), sampler.interval(per_second)?)));
            self.tell(
                NodeId::Producer(number),
                Input::Command(NodeCommand::SetSource(source)),
                cause,
            );
        }
    }

    pub(super) fn tell_producers(&mut self, command: &NodeCommand, cause: EventId) {
        for number in 1..=self.setup.producers {
            self.tell(NodeId::Producer(number), Input::Command(command.clone()), cause);
        }
    }

    /// The main group has so many consumers from now on.
    pub(super) fn set_consumers(&mut self, count: u8) {
        let count = count.min(Limits::MAX_CONSUMERS);
        let cause = self.note(CommandFact::Consumers(count));
        let mut members = std::mem::take(&mut self.playing.consumers);
        let config = self.consumer_config(Role::Main);
        self.resize(&mut members, count.into(), &config, cause);
        self.playing.consumers = members;
    }

    fn send_by_hand(&mut self, key: Option<&str>, value: &str, partition: Option<u16>) {
        let dictionary: &mut Dictionary = Arc::make_mut(&mut self.dictionary);
        let (subject, value) = (dictionary.key(key.unwrap_or("(no key)")), dictionary.value(value));
        let Some(subject) = subject else { return };
        if key.is_some() {
            self.remember(&[subject]);
        }
        let key = key.map(|_| subject);
        let cause = self.note(match partition {
            None => CommandFact::Send { key },
            Some(partition) => CommandFact::SendTo { key, partition },
        });
        let producer = u8::try_from(self.playing.producer_of(subject) + 1).unwrap_or(1);
        self.tell(
            NodeId::Producer(producer),
            Input::Command(NodeCommand::Send {
                key,
                subject,
                value,
                partition,
            }),
            cause,
        );
    }
}
