//! Two brokers in a nutshell, and consumers that talk to them: enough of a world to tell a consumer's stories in.
//!
//! Both brokers know everything; broker 1 coordinates, until it is another one. A fetch waits for records as a real
//! broker lets it wait.

use super::little_broker::led_by;
use crate::consumer::{Consumer, ConsumerConfig};
use crate::coordinator::partition_for::partition_for;
use crate::coordinator::{GroupCoordinator, GroupCoordinatorConfig};
use crate::log::{BatchBuilder, Dictionary, GroupRecord, Log, Record};
use crate::node::{Ctx, Input, NodeCommand, Outbox, Random, Subjects, Timer};
use crate::trace::{Fact, Trace};
use crate::wire::{
    Api, BrokerId, BrokerState, Channel, Message, MetadataImage, Micros, NodeId, Offset, PartitionId, Request, TopicId,
    TopicState,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) const MILLI: Micros = 1_000;
pub(super) const SECOND: Micros = 1_000_000;
pub(super) const TOPIC: TopicId = TopicId(3);
/// From one node to another.
pub(super) const LATENCY: Micros = 500;

pub(super) fn partition(index: u16) -> PartitionId {
    PartitionId { topic: TOPIC, index }
}

#[derive(Debug)]
pub(super) enum Due {
    Start(u8),
    ToConsumer(u8, NodeId, Message),
    ToBroker(BrokerId, NodeId, Request),
    ConsumerTimer(u8, Timer),
    CoordinatorTimer(Timer),
    /// The parked fetch has waited long enough.
    FetchOver(NodeId, u32),
}

pub(super) struct LittleWorld {
    pub(super) now: Micros,
    pub(super) image: MetadataImage,
    pub(super) coordinator: GroupCoordinator,
    pub(super) consumers: BTreeMap<u8, Consumer>,
    pub(super) trace: Trace,
    /// Who coordinates.
    pub(super) coordinating: BrokerId,
    /// What `__consumer_offsets` has.
    pub(super) offsets_log: Vec<GroupRecord>,
    /// Writes to it are not committed.
    pub(super) hold_stores: bool,
    /// Nodes that get nothing and do nothing any more, and nobody is told.
    pub(super) dead: BTreeSet<NodeId>,
    /// Brokers whose process is gone: whoever connects is refused.
    pub(super) crashed: BTreeSet<BrokerId>,
    /// Brokers that lag behind, with what they know.
    pub(super) lagging: BTreeMap<BrokerId, MetadataImage>,
    /// The next answer of that kind is lost.
    pub(super) lose_next: Option<Api>,
    pub(super) logs: BTreeMap<PartitionId, Log>,
    pub(super) parked: Vec<(BrokerId, NodeId, Request)>,
    pub(super) due: BTreeMap<(Micros, u64), Due>,
    pub(super) last: u64,
    pub(super) random: Random,
    pub(super) dictionary: Dictionary,
    pub(super) subjects: Subjects,
    pub(super) downstream: crate::application::Downstream,
}

impl LittleWorld {
    pub(super) fn new(partitions: u16) -> Self {
        let mut dictionary = Dictionary::default();
        dictionary.key("readers");
        let alive = |id| {
            (
                BrokerId(id),
                BrokerState {
                    rack: None,
                    fenced: false,
                    in_controlled_shutdown: false,
                    epoch: 0,
                    incarnation: 1,
                },
            )
        };
        let mut image = MetadataImage {
            offset: 1,
            brokers: [alive(1), alive(2)].into(),
            ..MetadataImage::default()
        };
        image.topics.insert(
            TOPIC,
            TopicState {
                name: "matches".into(),
                partitions,
                unclean: None,
                min_insync_replicas: None,
            },
        );
        for index in 0..partitions {
            image
                .partitions
                .insert(partition(index), led_by(BrokerId(1 + (index % 2) as u8), 0));
        }
        let mut world = Self {
            now: 0,
            image,
            coordinator: GroupCoordinator::new(GroupCoordinatorConfig::default()),
            coordinating: BrokerId(1),
            offsets_log: Vec::new(),
            hold_stores: false,
            consumers: BTreeMap::new(),
            trace: Trace::new(2_000_000),
            dead: BTreeSet::new(),
            crashed: BTreeSet::new(),
            lagging: BTreeMap::new(),
            lose_next: None,
            logs: (0..partitions)
                .map(|index| (partition(index), Log::default()))
                .collect(),
            parked: Vec::new(),
            due: BTreeMap::new(),
            last: 0,
            random: Random::named(7, "little world"),
            dictionary,
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
        };
        world.coordinate_at(1);
        world
    }

    /// The broker coordinates from now on, with what the log says.
    pub(super) fn coordinate_at(&mut self, broker: u8) {
        self.due.retain(|_, due| !matches!(due, Due::CoordinatorTimer(_)));
        self.coordinating = BrokerId(broker);
        self.coordinator = GroupCoordinator::new(GroupCoordinatorConfig::default());
        let log = self.offsets_log.clone();
        self.coordinate(Box::new(move |coordinator, ctx, effects| {
            coordinator.load(offsets_partition(), log.iter(), None, ctx, effects);
        }));
    }

    /// The coordinator is one no more.
    pub(super) fn resign(&mut self) {
        self.coordinate(Box::new(move |coordinator, ctx, effects| {
            coordinator.unload(offsets_partition(), ctx, effects);
        }));
    }

    /// The process of a broker is gone, and its connections are closed.
    pub(super) fn crash(&mut self, broker: u8) {
        let broker = BrokerId(broker);
        self.crashed.insert(broker);
        self.parked.retain(|(at, _, _)| *at != broker);
        if self.coordinating == broker {
            self.due.retain(|_, due| !matches!(due, Due::CoordinatorTimer(_)));
        }
        self.due
            .retain(|_, due| !matches!(due, Due::ToConsumer(_, from, _) if *from == broker.into()));
        let ids: Vec<u8> = self.consumers.keys().copied().collect();
        for id in ids {
            self.hang_up(broker, NodeId::Consumer(id), Channel::Data);
            self.hang_up(broker, NodeId::Consumer(id), Channel::Coordinator);
        }
    }

    /// Ends the log there, as a new leader's ends.
    pub(super) fn truncate(&mut self, index: u16, to: Offset) {
        let old = self.logs.insert(partition(index), Log::default()).expect("it exists");
        let log = self.logs.get_mut(&partition(index)).expect("it exists");
        for entry in old.entries_from(0).filter(|entry| entry.end_offset() <= to) {
            log.append_as_follower(entry.clone());
        }
    }

    /// The topic has one partition more.
    pub(super) fn add_partition(&mut self) {
        let topic = self.image.topics.get_mut(&TOPIC).expect("it exists");
        let index = topic.partitions;
        topic.partitions += 1;
        self.image.offset += 1;
        self.image.partitions.insert(partition(index), led_by(BrokerId(1), 0));
        self.logs.insert(partition(index), Log::default());
    }

    /// Starts consumers with these numbers.
    pub(super) fn start(&mut self, ids: &[u8], settings: impl Fn(&mut ConsumerConfig)) {
        let mut config = ConsumerConfig::new("readers", "matches");
        settings(&mut config);
        let config = Arc::new(config);
        for id in ids {
            let consumer = Consumer::new(*id, config.clone(), [BrokerId(1), BrokerId(2)].into());
            self.consumers.insert(*id, consumer);
            self.later(0, Due::Start(*id));
        }
    }

    pub(super) fn close(&mut self, id: u8) {
        self.tell(id, Input::Command(NodeCommand::Close));
    }

    /// Writes one batch, with a high watermark that follows at once.
    pub(super) fn write(&mut self, index: u16, records: u32) {
        let subject = self.dictionary.key("match-1").expect("there is room");
        let mut batch = BatchBuilder::new(self.now, u32::MAX);
        for sequence in 1..=records {
            let record = Record {
                key: None,
                subject,
                sequence,
                value: None,
                value_bytes: 100,
                timestamp_delta_us: 0,
            };
            assert!(batch.try_add(record, self.now, &self.dictionary));
        }
        let epoch = self.image.partitions[&partition(index)].leader_epoch;
        self.logs
            .get_mut(&partition(index))
            .expect("it exists")
            .append(batch.build(NodeId::Producer(1), 0, None), epoch);
        for (broker, from, request) in std::mem::take(&mut self.parked) {
            self.answer(broker, from, request, true);
        }
    }

    /// Another broker leads the partition.
    pub(super) fn elect(&mut self, index: u16, leader: u8) {
        let epoch = self.image.partitions[&partition(index)].leader_epoch + 1;
        self.image.offset += 1;
        self.image
            .partitions
            .insert(partition(index), led_by(BrokerId(leader), epoch));
    }

    /// The topic was deleted and made again.
    pub(super) fn forget_log(&mut self, index: u16) {
        self.logs.insert(partition(index), Log::default());
    }

    pub(super) fn pass(&mut self, span: Micros) {
        let until = self.now + span;
        while let Some(first) = self.due.first_entry().filter(|first| first.key().0 <= until) {
            self.now = first.key().0;
            let due = first.remove();
            self.happen(due);
        }
        self.now = until;
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Start(id) => self.tell(id, Input::Start),
            Due::ToConsumer(id, from, message) => self.tell(id, Input::Message { from, message }),
            Due::ConsumerTimer(id, timer) => self.tell(id, Input::Timer(timer)),
            Due::ToBroker(broker, from, request) => self.answer(broker, from, request, true),
            Due::CoordinatorTimer(timer) => {
                self.coordinate(Box::new(move |coordinator, ctx, effects| {
                    coordinator.on_timer(timer, ctx, effects);
                }));
            }
            Due::FetchOver(client, correlation) => {
                let over = |(_, from, request): &(BrokerId, NodeId, Request)| {
                    *from == client && request.correlation == correlation
                };
                if let Some(index) = self.parked.iter().position(over) {
                    let (broker, from, request) = self.parked.remove(index);
                    self.answer(broker, from, request, false);
                }
            }
        }
    }

    pub(super) fn later(&mut self, span: Micros, due: Due) {
        self.last += 1;
        self.due.insert((self.now + span, self.last), due);
    }

    fn tell(&mut self, id: u8, input: Input) {
        let me = NodeId::Consumer(id);
        if self.dead.contains(&me) {
            return;
        }
        let mut outbox = Outbox::default();
        let mut ctx = Ctx {
            now: self.now,
            me,
            cause: 0,
            random: &mut self.random,
            outbox: &mut outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            downstream: &mut self.downstream,
            share_states: &mut crate::share::ShareStates::default(),
            record_limit: u64::MAX,
            bug: None,
        };
        self.consumers.get_mut(&id).expect("it exists").on(input, &mut ctx);
        for (at, timer, _) in outbox.timers {
            self.later(at - self.now, Due::ConsumerTimer(id, timer));
        }
        for (to, message, _, _) in outbox.messages {
            if let (NodeId::Broker(broker), Message::Request(request)) = (to, message) {
                self.later(LATENCY, Due::ToBroker(BrokerId(broker), me, request));
            }
        }
    }

    /// `readers`: its state, generation and members, as the coordinator sees them.
    pub(super) fn group(&self) -> String {
        self.coordinator.group("readers").map_or_else(String::new, |group| {
            format!(
                "{} {} {}",
                group.state().name(),
                group.generation(),
                group.members().count()
            )
        })
    }

    /// Messages on their way and timers that are set.
    pub(super) fn waiting(&self) -> usize {
        self.due.len()
    }

    /// The partitions that a consumer owns.
    pub(super) fn owned(&self, id: u8) -> Vec<u16> {
        self.consumers[&id].owned().map(|owned| owned.partition.index).collect()
    }

    pub(super) fn committed(&self, index: u16) -> Option<Offset> {
        self.coordinator.group("readers")?.committed(partition(index))
    }

    /// What happened at a consumer.
    pub(super) fn facts(&self, id: u8) -> impl Iterator<Item = Fact> {
        self.trace
            .since(0)
            .filter(move |event| event.node == NodeId::Consumer(id))
            .map(|event| event.fact)
    }

    /// The offsets of one partition that all consumers have processed, in the order in which that happened.
    pub(super) fn processed(&self, index: u16) -> Vec<Offset> {
        let of_it = |fact| match fact {
            Fact::RecordProcessed {
                partition: id, offset, ..
            } if id == partition(index) => Some(offset),
            _ => None,
        };
        self.trace.since(0).filter_map(|event| of_it(event.fact)).collect()
    }
}

/// The group's partition of `__consumer_offsets`.
fn offsets_partition() -> PartitionId {
    PartitionId {
        topic: TopicId(9),
        index: partition_for("readers", 50) as u16,
    }
}
