//! An active controller alone, with brokers that are played by the test.

use crate::controller::{Controller, ControllerConfig};
use crate::log::Dictionary;
use crate::node::{Bug, Ctx, Input, NodeCommand, Outbox, Random, Subjects, Timer};
use crate::trace::{Event, EventId, Fact, Sent, Trace};
use crate::wire::{
    AdminRequest, AlterPartition, AlterPartitionRequest, AlteredPartition, BrokerEpoch, BrokerHeartbeatRequest,
    BrokerHeartbeatResponse, BrokerId, BrokerRegistrationRequest, BrokerRegistrationResponse, Channel, ErrorCode,
    LeaderRecovery, Message, Micros, NodeId, Offset, PartitionId, PartitionState, Request, RequestBody, ResponseBody,
    TopicId,
};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const SECOND: Micros = 1_000_000;
pub(super) const TOPIC: &str = "orders";
pub(super) const PARTITION: PartitionId = PartitionId {
    topic: TopicId(0),
    index: 0,
};

pub(super) fn brokers(ids: &[u8]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId).collect()
}

pub(super) fn ids(brokers: &[BrokerId]) -> Vec<u8> {
    brokers.iter().map(|broker| broker.0).collect()
}

pub(super) struct Desk {
    pub(super) controller: Controller,
    pub(super) now: Micros,
    pub(super) trace: Trace,
    pub(super) bug: Option<Bug>,
    timers: BTreeMap<(Micros, usize), (Timer, EventId)>,
    armed: usize,
    answer: Option<ResponseBody>,
    random: Random,
    outbox: Outbox,
    dictionary: Dictionary,
    subjects: Subjects,
    downstream: crate::application::Downstream,
}

impl Desk {
    /// An active controller that knows nobody.
    pub(super) fn new(config: ControllerConfig) -> Self {
        let mut random = Random::named(1, "ctrl1");
        let mut desk = Self {
            controller: Controller::new(1, 1, Arc::new(config), &mut random),
            now: 0,
            trace: Trace::new(10_000),
            bug: None,
            timers: BTreeMap::new(),
            armed: 0,
            answer: None,
            random,
            outbox: Outbox::default(),
            dictionary: Dictionary::default(),
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
        };
        desk.turn(0, |controller, ctx| controller.on(Input::Start, ctx));
        desk
    }

    /// With that many brokers, all unfenced, and one partition on all of them. Heartbeats are of now.
    pub(super) fn with_cluster(config: ControllerConfig, count: u8) -> Self {
        let mut desk = Self::new(config);
        for id in 1..=count {
            desk.register(id, 1, None);
            desk.beat(id);
        }
        let name = Arc::from(TOPIC);
        desk.turn(0, |controller, ctx| {
            assert_eq!(controller.create_topic(&name, 1, count, ctx), ErrorCode::None);
        });
        // Placement starts somewhere: the stories are told of 1, 2, 3.
        let replicas: Vec<BrokerId> = (1..=count).map(BrokerId).collect();
        desk.controller.image.partitions.insert(
            PARTITION,
            PartitionState::new(replicas.clone().into(), replicas.into(), Some(BrokerId(1))),
        );
        desk
    }

    /// Something that the controller is told by its surroundings.
    pub(super) fn act(&mut self, act: impl FnOnce(&mut Controller, &mut Ctx)) {
        self.turn(0, act);
    }

    fn turn<R>(&mut self, cause: EventId, act: impl FnOnce(&mut Controller, &mut Ctx) -> R) -> R {
        let mut ctx = Ctx {
            now: self.now,
            me: NodeId::Controller(1),
            cause,
            random: &mut self.random,
            outbox: &mut self.outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            downstream: &mut self.downstream,
            share_states: &mut crate::share::ShareStates::default(),
            record_limit: u64::MAX,
            bug: self.bug,
        };
        let result = act(&mut self.controller, &mut ctx);
        for (at, timer, cause) in std::mem::take(&mut self.outbox.timers) {
            self.armed += 1;
            self.timers.insert((at, self.armed), (timer, cause));
        }
        for (_, message, _, _) in std::mem::take(&mut self.outbox.messages) {
            if let Message::Response(response) = message {
                self.answer = Some(response.body);
            }
        }
        result
    }

    /// Lets time pass until then, all timers of that moment included.
    pub(super) fn pass_to(&mut self, at: Micros) {
        while let Some(((due, _), (timer, cause))) = self.timers.first_key_value().map(|(k, v)| (*k, *v))
            && due <= at
        {
            self.timers.pop_first();
            self.now = due;
            self.turn(cause, |controller, ctx| controller.on(Input::Timer(timer), ctx));
        }
        self.now = at;
    }

    /// What a broker asks, and the answer.
    pub(super) fn ask(&mut self, broker: u8, body: RequestBody) -> ResponseBody {
        let from = NodeId::Broker(broker);
        let message = Message::Request(Request {
            correlation: 1,
            channel: Channel::Data,
            body,
        });
        let sent = Fact::Sent(Sent::of(NodeId::Controller(1), &message, 0));
        let cause = self.trace.record(self.now, from, 0, sent);
        self.turn(cause, |controller, ctx| {
            controller.on(Input::Message { from, message }, ctx);
        });
        self.answer.take().expect("the controller answers at once")
    }

    /// Starts the broker for the `incarnation`-th time.
    pub(super) fn register(
        &mut self,
        broker: u8,
        incarnation: u32,
        previous: Option<BrokerEpoch>,
    ) -> BrokerRegistrationResponse {
        let request = BrokerRegistrationRequest {
            broker: BrokerId(broker),
            rack: None,
            previous_broker_epoch: previous,
            incarnation,
        };
        match self.ask(broker, RequestBody::BrokerRegistration(request)) {
            ResponseBody::BrokerRegistration(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn epoch(&self, broker: u8) -> BrokerEpoch {
        self.controller.image.brokers[&BrokerId(broker)].epoch
    }

    /// A heartbeat of a broker that has applied all there is.
    pub(super) fn beat(&mut self, broker: u8) -> BrokerHeartbeatResponse {
        let offset = self.controller.image.offset;
        self.heartbeat(broker, offset, false)
    }

    pub(super) fn heartbeat(&mut self, broker: u8, offset: Offset, want_shut_down: bool) -> BrokerHeartbeatResponse {
        let request = BrokerHeartbeatRequest {
            broker: BrokerId(broker),
            broker_epoch: self.epoch(broker),
            metadata_offset: offset,
            want_shut_down,
        };
        match self.ask(broker, RequestBody::BrokerHeartbeat(request)) {
            ResponseBody::BrokerHeartbeat(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    /// A proposal from the partition's present state on.
    pub(super) fn proposal(&self, isr: &[u8]) -> AlterPartition {
        let state = self.state();
        AlterPartition {
            partition: PARTITION,
            leader_epoch: state.leader_epoch,
            partition_epoch: state.partition_epoch,
            new_isr: isr.iter().map(|id| (BrokerId(*id), None)).collect(),
            recovery: LeaderRecovery::Recovered,
        }
    }

    pub(super) fn propose(&mut self, leader: u8, proposal: AlterPartition) -> AlteredPartition {
        let request = AlterPartitionRequest {
            broker: BrokerId(leader),
            broker_epoch: self.epoch(leader),
            partitions: vec![proposal],
        };
        match self.ask(leader, RequestBody::AlterPartition(request)) {
            ResponseBody::AlterPartition(mut answer) => answer.partitions.remove(0),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn admin(&mut self, request: AdminRequest) {
        self.turn(0, |controller, ctx| {
            controller.on(Input::Command(NodeCommand::Admin(request)), ctx);
        });
    }

    /// The cluster's brokers beat every second until then, except for these.
    pub(super) fn beat_until(&mut self, at: Micros, silent: &[u8]) {
        while self.now < at {
            self.pass_to(self.now + SECOND);
            let heard: Vec<u8> = self.controller.image.brokers.keys().map(|broker| broker.0).collect();
            for broker in heard {
                if !silent.contains(&broker) {
                    self.beat(broker);
                }
            }
        }
    }

    /// The broker is silent until its session has run out.
    pub(super) fn expire(&mut self, broker: u8) {
        self.beat_until(self.now + 9 * SECOND, &[broker]);
    }

    pub(super) fn state(&self) -> &PartitionState {
        &self.controller.image.partitions[&PARTITION]
    }

    pub(super) fn isr(&self) -> Vec<u8> {
        ids(&self.state().isr)
    }

    pub(super) fn leader(&self) -> Option<u8> {
        self.state().leader.map(|leader| leader.0)
    }

    pub(super) fn facts(&self) -> Vec<Fact> {
        self.trace.since(0).map(|event| event.fact).collect()
    }

    /// The last event of which this holds.
    pub(super) fn last(&self, holds: impl Fn(&Fact) -> bool) -> Event {
        *self
            .trace
            .since(0)
            .rfind(|event| holds(&event.fact))
            .expect("it happened")
    }
}
