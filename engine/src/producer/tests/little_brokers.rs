//! One producer, and brokers that do to its requests what a story wants: enough of a world to make things fail in.
//!
//! The brokers share one log for each partition, as replicas that are always in sync would. A connection is handled one
//! request at a time, in order.

use crate::log::{Batch, Dictionary, Log};
use crate::node::{Ctx, Input, NodeCommand, Outbox, Random, Subjects, Timer};
use crate::producer::{Producer, ProducerConfig};
use crate::trace::{Event, Fact, Trace};
use crate::wire::{
    BrokerId, Channel, ErrorCode, InitProducerIdResponse, LeaderEpoch, Message, MetadataImage, MetadataRecord, Micros,
    NodeId, PartitionId, PartitionState, ProduceRequest, ProduceResponse, ProducedPartition, Request, RequestBody,
    Response, ResponseBody, TopicId,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

pub(super) const MILLI: Micros = 1_000;
pub(super) const SECOND: Micros = 1_000_000;
/// From the producer to a broker, and back.
pub(super) const LATENCY: Micros = 500;
const TOPIC: TopicId = TopicId(0);
const ME: NodeId = NodeId::Producer(1);

/// What becomes of a produce request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is handled.
    Handled,
    /// It is refused with that error; nothing is appended.
    Refused(ErrorCode),
    /// It is appended, and answered with that error.
    AppendedBut(ErrorCode),
    /// It is appended, and the broker crashes before it answers.
    AppendedAndGone,
    /// The broker crashes.
    Gone,
    /// It is handled so much later, and so are those behind it.
    Late(Micros),
}

enum Due {
    Timer(Timer),
    /// Requests and closed connections, in their order, each with the number of the connection that it is on.
    ToBroker(BrokerId, u32, Message),
    ToProducer(BrokerId, u32, Message),
    /// The broker comes to the next request of its connection.
    Handle(BrokerId, u32),
    /// A request of a connection that is closed is handled all the same; nobody hears of it.
    Stray(BrokerId, ProduceRequest),
    Send(&'static str),
}

/// A connection, as its broker sees it.
#[derive(Default)]
struct Connection {
    number: u32,
    closed: bool,
    waiting: VecDeque<Request>,
    busy: bool,
}

pub(super) struct LittleBrokers {
    pub(super) now: Micros,
    pub(super) producer: Producer,
    pub(super) trace: Trace,
    pub(super) image: MetadataImage,
    pub(super) logs: BTreeMap<PartitionId, Log>,
    /// Of the produce requests to come; then all are handled.
    pub(super) fates: VecDeque<Fate>,
    /// Brokers that are not there: connections are refused.
    pub(super) dead: BTreeSet<BrokerId>,
    /// Brokers to which the network is cut: nothing arrives.
    pub(super) cut: BTreeSet<BrokerId>,
    /// Answers to come for those who want an id, before it is given.
    pub(super) id_errors: VecDeque<ErrorCode>,
    /// How long until what is left of a closed connection is handled all the same; never, while there is nothing here.
    pub(super) stray_after: VecDeque<Micros>,
    /// Batches that were refused for good, with the error: whenever they come.
    refused: BTreeMap<(PartitionId, u32), ErrorCode>,
    connections: BTreeMap<BrokerId, Connection>,
    /// The number of the connection that the producer has open.
    open: BTreeMap<BrokerId, u32>,
    due: BTreeMap<(Micros, u64), Due>,
    last: u64,
    ids: u64,
    random: Random,
    dictionary: Dictionary,
    subjects: Subjects,
    downstream: crate::application::Downstream,
    outbox: Outbox,
}

pub(super) fn partition(index: u16) -> PartitionId {
    PartitionId { topic: TOPIC, index }
}

impl LittleBrokers {
    /// Two brokers; partition `i` is led by broker `1 + i % 2`.
    pub(super) fn new(partitions: u16, settings: impl Fn(&mut ProducerConfig)) -> Self {
        let mut config = ProducerConfig::new("orders");
        config.linger_us = 0;
        settings(&mut config);
        let bootstrap = [BrokerId(1), BrokerId(2)];
        let mut brokers = Self {
            now: 0,
            producer: Producer::new(1, Arc::new(config), bootstrap.into()),
            trace: Trace::new(1_000_000),
            image: MetadataImage::default(),
            logs: BTreeMap::new(),
            fates: VecDeque::new(),
            dead: BTreeSet::new(),
            cut: BTreeSet::new(),
            id_errors: VecDeque::new(),
            stray_after: VecDeque::new(),
            refused: BTreeMap::new(),
            connections: BTreeMap::new(),
            open: BTreeMap::new(),
            due: BTreeMap::new(),
            last: 0,
            ids: 40,
            random: Random::named(7, "little brokers"),
            dictionary: Dictionary::default(),
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
            outbox: Outbox::default(),
        };
        for broker in bootstrap {
            brokers.image.apply(&MetadataRecord::RegisterBroker {
                broker,
                rack: None,
                incarnation: 1,
            });
            brokers.image.apply(&MetadataRecord::BrokerRegistrationChange {
                broker,
                fenced: false,
                in_controlled_shutdown: false,
            });
        }
        let (topic, name) = (TOPIC, "orders".into());
        brokers.image.apply(&MetadataRecord::Topic { topic, name });
        brokers.set_partitions(partitions);
        brokers.producer.configure(crate::workload::Keying::default(), 100);
        brokers
    }

    /// The topic has so many partitions from now on.
    pub(super) fn set_partitions(&mut self, partitions: u16) {
        for index in u16::try_from(self.logs.len()).unwrap()..partitions {
            self.logs.insert(partition(index), Log::default());
            self.lead(index, Some(1 + (index % 2) as u8), 0);
        }
    }

    /// That broker leads the partition, in that epoch.
    pub(super) fn lead(&mut self, index: u16, leader: Option<u8>, epoch: LeaderEpoch) {
        let replicas: Arc<[BrokerId]> = [BrokerId(1), BrokerId(2)].into();
        let mut state = PartitionState::new(replicas.clone(), replicas, leader.map(BrokerId));
        state.leader_epoch = epoch;
        let (partition, because) = (partition(index), 0);
        self.image.apply(&MetadataRecord::Partition {
            partition,
            state,
            because,
        });
    }

    pub(super) fn start(&mut self) {
        self.tell(Input::Start);
    }

    /// The application sends a record with that key, now.
    pub(super) fn send(&mut self, key: &str) {
        self.send_to(Some(key), None);
    }

    /// The same to that partition, if one is given.
    pub(super) fn send_to(&mut self, key: Option<&str>, partition: Option<u16>) {
        let subject = self.dictionary.key(key.unwrap_or("(no key)")).unwrap();
        let value = self.dictionary.value("some text");
        self.tell(Input::Command(NodeCommand::Send {
            key: key.map(|_| subject),
            subject,
            value,
            partition,
        }));
    }

    pub(super) fn send_at(&mut self, at: Micros, key: &'static str) {
        self.push(at, Due::Send(key));
    }

    /// Lets so much time pass.
    pub(super) fn pass(&mut self, time: Micros) {
        let until = self.now + time;
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= until) {
            let ((at, _), due) = entry.remove_entry();
            self.now = at;
            self.happen(due);
        }
        self.now = until;
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Timer(timer) => self.tell(Input::Timer(timer)),
            Due::Send(key) => self.send(key),
            Due::ToBroker(broker, number, message) => self.arrive(broker, number, message),
            Due::ToProducer(broker, number, message) => {
                let open = self.open.entry(broker).or_default();
                if *open == number {
                    *open += u32::from(matches!(message, Message::Disconnect(_)));
                    let from = broker.into();
                    self.tell(Input::Message { from, message });
                }
            }
            Due::Handle(broker, number) => {
                let connection = self.connection(broker);
                if connection.number == number && !connection.closed {
                    self.connection(broker).busy = false;
                    self.work(broker);
                }
            }
            Due::Stray(broker, request) => {
                for (partition, batch) in request.batches {
                    let _ = self.append(broker, partition, batch);
                }
            }
        }
    }

    fn connection(&mut self, broker: BrokerId) -> &mut Connection {
        self.connections.entry(broker).or_default()
    }

    fn arrive(&mut self, broker: BrokerId, number: u32, message: Message) {
        if self.cut.contains(&broker) {
            return;
        }
        let connection = self.connection(broker);
        if number > connection.number {
            self.forget(broker);
            *self.connection(broker) = Connection {
                number,
                ..Connection::default()
            };
        } else if number < connection.number || connection.closed {
            return;
        }
        match message {
            Message::Request(_) if self.dead.contains(&broker) => self.close(broker),
            Message::Request(request) => {
                self.connection(broker).waiting.push_back(request);
                self.work(broker);
            }
            Message::Disconnect(_) => self.forget(broker),
            Message::Work(_) => {}
            Message::Response(_) => {}
        }
    }

    /// The broker closes the connection: its process is gone.
    fn close(&mut self, broker: BrokerId) {
        self.forget(broker);
        let number = self.connection(broker).number;
        let message = Message::Disconnect(Channel::Data);
        self.push(self.now + LATENCY, Due::ToProducer(broker, number, message));
    }

    fn forget(&mut self, broker: BrokerId) {
        let connection = self.connection(broker);
        let left = std::mem::take(&mut connection.waiting);
        (connection.closed, connection.busy) = (true, false);
        for request in left {
            if let RequestBody::Produce(produce) = request.body
                && let Some(after) = self.stray_after.pop_front()
            {
                self.push(self.now + after, Due::Stray(broker, produce));
            }
        }
    }

    /// Handles what waits on that connection, until something has to wait.
    fn work(&mut self, broker: BrokerId) {
        while !self.connection(broker).busy
            && let Some(request) = self.connection(broker).waiting.pop_front()
        {
            let body = match request.body {
                RequestBody::Produce(ref produce) => match self.fates.pop_front().unwrap_or(Fate::Handled) {
                    Fate::Late(by) => {
                        self.connection(broker).waiting.push_front(request);
                        self.connection(broker).busy = true;
                        self.fates.push_front(Fate::Handled);
                        let number = self.connection(broker).number;
                        self.push(self.now + by, Due::Handle(broker, number));
                        return;
                    }
                    Fate::Gone => return self.close(broker),
                    fate => {
                        let response = self.produce(broker, produce, fate);
                        if fate == Fate::AppendedAndGone {
                            return self.close(broker);
                        }
                        ResponseBody::Produce(response)
                    }
                },
                RequestBody::Metadata => ResponseBody::Metadata(Arc::new(self.image.clone())),
                RequestBody::InitProducerId => {
                    let error = self.id_errors.pop_front().unwrap_or(ErrorCode::None);
                    self.ids += 1;
                    let (producer_id, epoch) = (self.ids, 0);
                    ResponseBody::InitProducerId(InitProducerIdResponse {
                        error,
                        producer_id,
                        epoch,
                    })
                }
                _ => panic!("a producer does not ask that"),
            };
            let number = self.connection(broker).number;
            let message = Message::Response(Response {
                correlation: request.correlation,
                channel: request.channel,
                body,
            });
            self.push(self.now + LATENCY, Due::ToProducer(broker, number, message));
        }
    }

    fn produce(&mut self, broker: BrokerId, request: &ProduceRequest, fate: Fate) -> ProduceResponse {
        let mut partitions = Vec::new();
        for (partition, batch) in &request.batches {
            let is_there = self.stored(partition.index).contains(&batch.ordinal);
            let appended = match fate {
                Fate::Refused(error) if error.is_retriable() => Err(error),
                Fate::Refused(error) if !is_there => {
                    self.refused.insert((*partition, batch.ordinal), error);
                    Err(error)
                }
                Fate::AppendedBut(error) => self.append(broker, *partition, batch.clone()).and(Err(error)),
                _ => self.append(broker, *partition, batch.clone()),
            };
            partitions.push(ProducedPartition {
                partition: *partition,
                error: appended.err().unwrap_or(ErrorCode::None),
                base_offset: appended.unwrap_or(0),
            });
        }
        ProduceResponse {
            partitions,
            throttle_ms: 0,
        }
    }

    fn append(&mut self, broker: BrokerId, partition: PartitionId, batch: Arc<Batch>) -> Result<u64, ErrorCode> {
        if self.image.leader(partition) != Some(broker) {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        if let Some(error) = self.refused.get(&(partition, batch.ordinal)) {
            return Err(*error);
        }
        let epoch = self.image.partitions[&partition].leader_epoch;
        let log = self.logs.get_mut(&partition).unwrap();
        if let Some(sequence) = batch.sequence
            && let Some(duplicate) = log.producers().check(sequence, batch.len())?
        {
            return Ok(duplicate.base_offset);
        }
        Ok(log.append(batch, epoch))
    }

    fn push(&mut self, at: Micros, due: Due) {
        self.last += 1;
        self.due.insert((at, self.last), due);
    }

    fn tell(&mut self, input: Input) {
        let mut ctx = Ctx {
            now: self.now,
            me: ME,
            cause: 0,
            random: &mut self.random,
            outbox: &mut self.outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            downstream: &mut self.downstream,
            share_states: &mut crate::share::ShareStates::default(),
            record_limit: u64::MAX,
            bug: None,
        };
        self.producer.on(input, &mut ctx);
        for (to, message, ..) in std::mem::take(&mut self.outbox.messages) {
            let NodeId::Broker(broker) = to else { continue };
            let open = self.open.entry(BrokerId(broker)).or_default();
            let number = *open;
            *open += u32::from(matches!(message, Message::Disconnect(_)));
            self.push(self.now + LATENCY, Due::ToBroker(BrokerId(broker), number, message));
        }
        for (at, timer, _) in std::mem::take(&mut self.outbox.timers) {
            self.push(at, Due::Timer(timer));
        }
    }

    /// What was stored: for each record the place that it had among those that were sent.
    pub(super) fn stored(&self, index: u16) -> Vec<u32> {
        let entries = self.logs[&partition(index)].entries_from(0);
        let ordinals = entries.flat_map(|entry| entry.batch.ordinal..entry.batch.ordinal + entry.batch.len());
        ordinals.collect()
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        self.trace.since(0)
    }

    pub(super) fn facts(&self) -> impl Iterator<Item = Fact> {
        self.events().map(|event| event.fact)
    }

    /// When the facts of that kind happened.
    pub(super) fn times(&self, of: impl Fn(&Fact) -> bool) -> Vec<Micros> {
        let events = self.events().filter(|event| of(&event.fact));
        events.map(|event| event.at).collect()
    }

    pub(super) fn count(&self, of: impl Fn(&Fact) -> bool) -> usize {
        self.facts().filter(of).count()
    }
}
