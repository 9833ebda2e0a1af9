//! How a world begins.

use super::applications::{name_for, side_roles};
use super::audit::Audit;
use super::availability::Availability;
use super::commands::Playing;
use super::network::Network;
use super::offset_reset::OffsetResets;
use super::processes::Processes;
use super::queue::{Due, Queue};
use super::share;
use super::work::WorkNodes;
use super::{Limits, Nodes, Setup, World};
use crate::application::Downstream;
use crate::broker::{Broker, BrokerConfig};
use crate::consumer::{Consumer, ConsumerConfig, Role};
use crate::controller::Controller;
use crate::log::{Dictionary, KeyId};
use crate::node::{Input, Outbox, Random, Subjects};
use crate::producer::{ListedRecord, Producer};
use crate::share::ShareStates;
use crate::short_sort::sort_short_by_key;
use crate::trace::{EventId, Trace};
use crate::wire::{BrokerId, Micros, NodeId, NodeSet};
use std::sync::Arc;

impl World {
    /// The world of that setup, before anything has happened.
    ///
    /// # Panics
    /// When the setup is out of bounds: `scenario::validate` says so in words, before.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        assert_bounds(setup);
        let mut dictionary = Dictionary::default();
        let main_group = dictionary.key(&setup.consumer.group);
        for role in side_roles(setup) {
            dictionary.key(&name_for(role, &setup.consumer.group));
        }
        let keys: Vec<KeyId> = setup
            .workload
            .keys
            .iter()
            .filter_map(|key| dictionary.key(key))
            .collect();
        let mut world = Self {
            now: 0,
            queue: Queue::default(),
            network: Network::new(setup),
            processes: Processes::new(setup),
            nodes: nodes(setup),
            subjects: Subjects::default(),
            share_states: ShareStates::default(),
            downstream: Downstream::new(&setup.downstream),
            offset_resets: OffsetResets::default(),
            outbox: Outbox::default(),
            trace: Trace::new(setup.limits.trace_events),
            topics: Vec::new(),
            playing: Playing::new(setup, keys),
            audit: Audit::default(),
            touched: NodeSet::default(),
            availability: Availability::default(),
            last_image: None,
            disks: vec![None; setup.brokers.into()],
            heard: vec![vec![None; setup.brokers.into()]; setup.controllers.into()],
            dictionary: Arc::new(dictionary),
            setup: Arc::new(setup.clone()),
        };
        world.set_poison(&setup.downstream.poison);
        if let Some(group) = main_group {
            world.trace.add_group(group);
        }
        world.deal_listed();
        world.begin_keys();
        if setup.order_repair {
            world.trace.repair_order(setup.order_timeout_us);
        }
        world.configure_producers();
        world.start_nodes();
        world
    }

    /// Gives each listed record to the producer that reports its subject.
    fn deal_listed(&mut self) {
        let setup = self.setup.clone();
        let producers = usize::from(setup.producers.max(1));
        let mut dealt: Vec<Vec<(Micros, ListedRecord)>> = vec![Vec::new(); producers];
        let dictionary = Arc::make_mut(&mut self.dictionary);
        for event in &setup.workload.listed {
            let (Some(subject), Some(value)) = (dictionary.key(&event.key), dictionary.value(&event.value)) else {
                continue;
            };
            let at = setup.producers_start_us.max(event.at_us);
            dealt[self.playing.producer_of(subject)].push((at, ListedRecord { subject, value }));
        }
        for ((producer, _), mut listed) in self.nodes.producers.iter_mut().zip(dealt) {
            sort_short_by_key(&mut listed, |(at, _)| *at);
            producer.set_listed(listed);
        }
    }

    fn configure_producers(&mut self) {
        let setup = self.setup.clone();
        let workload = &setup.workload;
        let limits = self.resolve_limits(&workload.limits);
        for (producer, _) in &mut self.nodes.producers {
            producer.configure(self.playing.keying.clone(), workload.value_bytes);
            producer.set_source_kind(workload.source, &limits);
            producer.set_work_queue(setup.work_queue.workers > 0);
        }
    }

    fn start_nodes(&mut self) {
        let setup = self.setup.clone();
        let topics = self.topics_wanted();
        for controller in 1..=setup.controllers {
            let node = NodeId::Controller(controller);
            for topic in &topics {
                self.tell(node, Input::Command(topic.clone()), 0);
            }
            self.queue.push(0, Due::Start { node, cause: 0 });
        }
        for broker in 1..=setup.brokers {
            self.queue.push(
                0,
                Due::Start {
                    node: NodeId::Broker(broker),
                    cause: 0,
                },
            );
        }
        for producer in 1..=setup.producers {
            let node = NodeId::Producer(producer);
            self.queue.push(setup.producers_start_us, Due::Start { node, cause: 0 });
        }
        self.queue.push(setup.producers_start_us, Due::Rate);
        for burst in &setup.workload.rate.bursts {
            self.queue.push(burst.from_us, Due::Rate);
            self.queue.push(burst.until_us, Due::Rate);
        }
        for consumer in 1..=setup.consumers {
            self.add_consumer(consumer, 0);
        }
        self.add_retry_consumers();
        self.start_further_groups();
        for place in 0..self.nodes.share_consumers.len() {
            let node = NodeId::ShareConsumer(place as u8 + 1);
            self.queue.push(setup.consumers_start_us, Due::Start { node, cause: 0 });
        }
        for worker in 1..=setup.work_queue.workers {
            let node = NodeId::Worker(worker);
            self.queue.push(setup.consumers_start_us, Due::Start { node, cause: 0 });
        }
        for (at, command) in &setup.commands {
            self.schedule(*at, command.clone());
        }
    }

    /// Starts the consumer of that number, which is the next one, in the main group.
    pub(super) fn add_consumer(&mut self, number: u8, cause: EventId) {
        let config = self.consumer_config(Role::Main);
        self.add_consumer_with(number, config, cause);
    }

    /// Starts the consumer of that number, which is the next one, and its relay, if its application sends records on.
    pub(super) fn add_consumer_with(&mut self, number: u8, config: ConsumerConfig, cause: EventId) {
        if let Some(group) = Arc::make_mut(&mut self.dictionary).key(&config.group) {
            let is_main = config.role != Role::Main || config.group == self.setup.consumer.group;
            self.trace.add_consumer(number, group, is_main);
        }
        let node = NodeId::Consumer(number);
        let random = Random::named(self.setup.seed, &node.to_string());
        let relay = self.relay_of(number, &config);
        let has_relay = relay.is_some();
        self.nodes
            .consumers
            .push((Consumer::new(number, Arc::new(config), bootstrap(&self.setup)), random));
        let with_relay = has_relay.then_some(NodeId::Relay(number));
        self.processes
            .add_consumer([node].into_iter().chain(with_relay).collect());
        self.nodes.relays.push(relay);
        let at = self.setup.consumers_start_us.max(self.now);
        self.queue.push(at, Due::Start { node, cause });
        if has_relay {
            let node = NodeId::Relay(number);
            self.queue.push(at, Due::Start { node, cause });
        }
    }
}

pub(super) fn bootstrap(setup: &Setup) -> Arc<[BrokerId]> {
    (1..=setup.brokers).map(BrokerId).collect()
}

fn nodes(setup: &Setup) -> Nodes {
    let stream = |node: NodeId| Random::named(setup.seed, &node.to_string());
    let controller_config = Arc::new(setup.controller.clone());
    let controllers = (1..=setup.controllers).map(|number| {
        let mut stream = stream(NodeId::Controller(number));
        let controller = Controller::new(number, setup.controllers, controller_config.clone(), &mut stream);
        (controller, stream)
    });
    let voters: Arc<[NodeId]> = (1..=setup.controllers).map(NodeId::Controller).collect();
    let mut config: BrokerConfig = setup.broker.clone();
    // With fewer brokers than replicas Kafka never creates the topic, and every group waits forever. Whoever runs such a
    // cluster sets this, as the settings that come with Kafka do for one broker.
    let offsets = &mut config.groups.offsets_topic_replication_factor;
    *offsets = (*offsets).min(setup.brokers);
    let config = Arc::new(config);
    let brokers = (1..=setup.brokers).map(|number| {
        let rack = setup
            .racks
            .get(usize::from(number) - 1)
            .map(|rack| rack.as_str().into());
        let broker = Broker::new(BrokerId(number), rack, voters.clone(), config.clone());
        (broker, stream(NodeId::Broker(number)))
    });
    let producer_config = Arc::new(setup.producer.clone());
    let producers = (1..=setup.producers).map(|number| {
        (
            Producer::new(number, producer_config.clone(), bootstrap(setup)),
            stream(NodeId::Producer(number)),
        )
    });
    Nodes {
        controllers: controllers.collect(),
        brokers: brokers.collect(),
        producers: producers.collect(),
        consumers: Vec::new(),
        relays: Vec::new(),
        share_consumers: share::consumers(setup),
        work: WorkNodes::of(setup),
    }
}

fn assert_bounds(setup: &Setup) {
    assert!(
        (1..=Limits::MAX_BROKERS).contains(&setup.brokers),
        "invariant setup-is-valid: brokers"
    );
    assert!(
        (1..=Limits::MAX_PARTITIONS).contains(&setup.topic.partitions),
        "invariant setup-is-valid: partitions"
    );
    assert!(
        (1..=Limits::MAX_CONTROLLERS).contains(&setup.controllers),
        "invariant setup-is-valid: controllers"
    );
    assert!(
        !setup.combined || setup.controllers <= setup.brokers,
        "invariant setup-is-valid: process.roles"
    );
    let replicas = 1..=setup.brokers;
    assert!(
        replicas.contains(&setup.topic.replication_factor),
        "invariant setup-is-valid: replication.factor"
    );
    assert!(
        setup.producers <= Limits::MAX_PRODUCERS,
        "invariant setup-is-valid: producers"
    );
    assert!(
        setup.consumers <= Limits::MAX_CONSUMERS,
        "invariant setup-is-valid: consumers"
    );
}
