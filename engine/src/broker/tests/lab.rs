//! Three brokers with a network between them, and a test in the part of the controller.

use super::{PARTITION, registered, state};
use crate::broker::{Broker, BrokerConfig};
use crate::log::Dictionary;
use crate::node::{Ctx, Input, Outbox, Random, Subjects};
use crate::trace::{Event, EventId, Fact, Trace};
use crate::wire::{
    BrokerId, Channel, LeaderEpoch, Message, MetadataEntry, MetadataImage, MetadataRecord, Micros, NodeId,
    PartitionState, Request, RequestBody, ResponseBody,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One way, in microseconds.
const LATENCY: Micros = 1_000;

pub(super) struct Lab {
    pub(super) now: Micros,
    pub(super) brokers: BTreeMap<u8, Broker>,
    /// What was sent to nodes that are no brokers of the lab, with its moment.
    pub(super) received: Vec<(Micros, NodeId, Message)>,
    /// Brokers that are not reached.
    pub(super) silent: Vec<u8>,
    /// By moment, and then in the order in which it was sent.
    queue: BTreeMap<(Micros, u64), (NodeId, Input, EventId)>,
    sent: u64,
    random: Random,
    trace: Trace,
    dictionary: Dictionary,
    subjects: Subjects,
    downstream: crate::application::Downstream,
}

impl Lab {
    /// Brokers 1, 2 and 3 that have caught up with the metadata; the partition is led by 1, and all are in sync.
    pub(super) fn new(config: BrokerConfig) -> Self {
        let config = Arc::new(config);
        let broker = |number| {
            let controllers: Arc<[NodeId]> = [NodeId::Controller(1)].into();
            let mut broker = Broker::new(BrokerId(number), None, controllers, config.clone());
            broker.has_caught_up = true;
            broker.image = Arc::new(MetadataImage {
                brokers: registered(),
                ..MetadataImage::default()
            });
            (number, broker)
        };
        let mut lab = Self {
            now: 0,
            brokers: (1..=3).map(broker).collect(),
            received: Vec::new(),
            silent: Vec::new(),
            queue: BTreeMap::new(),
            sent: 0,
            random: Random::named(1, "lab"),
            trace: Trace::new(100_000),
            dictionary: Dictionary::default(),
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
        };
        for number in 1..=3 {
            lab.with(number, Broker::start_tasks);
        }
        lab.publish(&state(Some(1), 0, 0, &[1, 2, 3]));
        lab
    }

    /// Lets a broker do something.
    pub(super) fn with(&mut self, number: u8, act: impl FnOnce(&mut Broker, &mut Ctx)) {
        self.with_cause(number, 0, act);
    }

    fn with_cause(&mut self, number: u8, cause: EventId, act: impl FnOnce(&mut Broker, &mut Ctx)) {
        let me = NodeId::Broker(number);
        let mut outbox = Outbox::default();
        let mut ctx = Ctx {
            now: self.now,
            me,
            cause,
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
        act(self.brokers.get_mut(&number).unwrap(), &mut ctx);
        for (to, message, _, cause) in outbox.messages {
            self.push(self.now + LATENCY, to, Input::Message { from: me, message }, cause);
        }
        for (at, timer, cause) in outbox.timers {
            self.push(at, me, Input::Timer(timer), cause);
        }
    }

    fn push(&mut self, at: Micros, to: NodeId, input: Input, cause: EventId) {
        self.sent += 1;
        self.queue.insert((at, self.sent), (to, input, cause));
    }

    /// All brokers that are reached learn that the partition is now so.
    pub(super) fn publish(&mut self, state: &PartitionState) {
        for number in 1..=3 {
            if self.silent.contains(&number) {
                continue;
            }
            let record = MetadataRecord::Partition {
                partition: PARTITION,
                state: state.clone(),
                because: 0,
            };
            self.with(number, |broker, ctx| {
                Arc::make_mut(&mut broker.image).apply(&record);
                let entry = MetadataEntry {
                    epoch: 1,
                    cause: 0,
                    record,
                };
                broker.apply_metadata(&[entry], ctx);
            });
        }
    }

    /// The partition has another leader.
    pub(super) fn elect(&mut self, leader: u8, epoch: LeaderEpoch, isr: &[u8]) {
        self.publish(&state(Some(leader), epoch, epoch, isr));
    }

    pub(super) fn run(&mut self, until: Micros) {
        while let Some(first) = self.queue.first_entry()
            && first.key().0 <= until
        {
            let ((at, _), (to, input, cause)) = first.remove_entry();
            self.now = at;
            match to {
                NodeId::Broker(number) if self.is_reached(number, &input) => {
                    self.with_cause(number, cause, |broker, ctx| broker.on(input, ctx));
                }
                NodeId::Broker(_) => {}
                _ => {
                    if let Input::Message { message, .. } = input {
                        self.received.push((at, to, message));
                    }
                }
            }
        }
        self.now = until;
    }

    fn is_reached(&self, number: u8, input: &Input) -> bool {
        let is_silent = |number: u8| self.silent.contains(&number);
        match input {
            Input::Message {
                from: NodeId::Broker(from),
                ..
            } => !is_silent(number) && !is_silent(*from),
            _ => true,
        }
    }

    /// The next request of producer 1.
    pub(super) fn ask(&mut self, broker: u8, body: RequestBody) {
        let request = Request {
            correlation: 1,
            channel: Channel::Data,
            body,
        };
        let message = Message::Request(request);
        let input = Input::Message {
            from: NodeId::Producer(1),
            message,
        };
        self.push(self.now, NodeId::Broker(broker), input, 0);
    }

    /// The answers to the producer so far, each with its moment.
    pub(super) fn answers(&self) -> Vec<(Micros, &ResponseBody)> {
        let to_producer = self.received.iter().filter(|(_, to, _)| *to == NodeId::Producer(1));
        to_producer
            .filter_map(|(at, _, message)| match message {
                Message::Response(response) => Some((*at, &response.body)),
                _ => None,
            })
            .collect()
    }

    /// What has happened at that broker.
    pub(super) fn facts(&self, number: u8, wanted: impl Fn(&Fact) -> bool) -> Vec<Event> {
        let events = self.trace.since(0).copied();
        events
            .filter(|event| event.node == NodeId::Broker(number) && wanted(&event.fact))
            .collect()
    }
}
