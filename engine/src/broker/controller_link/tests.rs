//! Stories of a broker and its controllers, which are played by hand.

use crate::broker::{Broker, BrokerConfig};
use crate::log::Dictionary;
use crate::node::{Ctx, Input, NodeCommand, Outbox, Random, Subjects, Timer};
use crate::trace::Trace;
use crate::wire::{
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, Api, BrokerEpoch, BrokerHeartbeatResponse, BrokerId,
    BrokerRegistrationResponse, Channel, ErrorCode, FetchMetadataResponse, Message, MetadataEntry, MetadataRecord,
    Micros, NodeId, Offset, QuorumEpoch, Request, RequestBody, Response, ResponseBody,
};
use std::sync::Arc;

const SECOND: Micros = 1_000_000;

struct Desk {
    broker: Broker,
    now: Micros,
    sent: Vec<(NodeId, Request)>,
    timers: Vec<(Micros, Timer)>,
    random: Random,
    trace: Trace,
    outbox: Outbox,
    dictionary: Dictionary,
    subjects: Subjects,
    downstream: crate::application::Downstream,
}

impl Desk {
    fn new() -> Self {
        let voters = (1..=3).map(NodeId::Controller).collect();
        let config = Arc::new(BrokerConfig::default());
        Self {
            broker: Broker::new(BrokerId(1), None, voters, config),
            now: 0,
            sent: Vec::new(),
            timers: Vec::new(),
            random: Random::named(1, "b1"),
            trace: Trace::new(1_000),
            outbox: Outbox::default(),
            dictionary: Dictionary::default(),
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
        }
    }

    fn act(&mut self, act: impl FnOnce(&mut Broker, &mut Ctx)) {
        let mut ctx = Ctx {
            now: self.now,
            me: NodeId::Broker(1),
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
        act(&mut self.broker, &mut ctx);
        for (to, message, ..) in std::mem::take(&mut self.outbox.messages) {
            if let Message::Request(request) = message {
                self.sent.push((to, request));
            }
        }
        self.timers
            .extend(self.outbox.timers.drain(..).map(|(at, timer, _)| (at, timer)));
    }

    fn tell(&mut self, input: Input) {
        self.act(|broker, ctx| broker.on(input, ctx));
    }

    fn pass(&mut self, span: Micros) {
        let until = self.now + span;
        while let Some((at, timer)) = self
            .timers
            .iter()
            .copied()
            .filter(|(at, _)| *at <= until)
            .min_by_key(|t| t.0)
        {
            let place = self.timers.iter().position(|t| *t == (at, timer)).unwrap();
            self.timers.remove(place);
            self.now = self.now.max(at);
            self.tell(Input::Timer(timer));
        }
        self.now = until;
    }

    /// The last request of that kind, and to whom.
    fn last(&self, api: Api) -> (NodeId, Request) {
        let found = self.sent.iter().rfind(|(_, request)| request.body.api() == api);
        found.unwrap_or_else(|| panic!("no {api:?} was sent")).clone()
    }

    fn count(&self, api: Api) -> usize {
        self.sent
            .iter()
            .filter(|(_, request)| request.body.api() == api)
            .count()
    }

    /// Answers the last request of that kind.
    fn answer(&mut self, body: ResponseBody) -> NodeId {
        let (from, request) = self.last(body.api());
        let message = Message::Response(Response {
            correlation: request.correlation,
            channel: Channel::Data,
            body,
        });
        self.tell(Input::Message { from, message });
        from
    }

    fn answer_fetch(&mut self, error: ErrorCode, epoch: QuorumEpoch, leader: Option<u8>, records: Vec<MetadataEntry>) {
        let from = self.broker.image.offset;
        self.answer(ResponseBody::FetchMetadataLog(FetchMetadataResponse {
            error,
            epoch,
            leader,
            high_watermark: from + records.len() as Offset,
            diverging: None,
            from,
            records,
        }));
    }

    fn disconnect(&mut self, from: u8) {
        let from = NodeId::Controller(from);
        let message = Message::Disconnect(Channel::Data);
        self.tell(Input::Message { from, message });
    }

    /// Started, and told that controller 2 leads epoch 1; registered at offset 1, which it has applied.
    fn registered() -> Self {
        let mut desk = Self::new();
        desk.tell(Input::Start);
        desk.answer_fetch(ErrorCode::FencedLeaderEpoch, 1, Some(2), Vec::new());
        desk.answer(registration(ErrorCode::None, 1));
        let entry = |record| MetadataEntry {
            epoch: 1,
            cause: 0,
            record,
        };
        let records = vec![
            entry(MetadataRecord::LeaderChange { leader: 2, epoch: 1 }),
            entry(MetadataRecord::RegisterBroker {
                broker: BrokerId(1),
                rack: None,
                incarnation: 1,
            }),
        ];
        desk.answer_fetch(ErrorCode::None, 1, Some(2), records);
        desk
    }

    fn unfenced() -> Self {
        let mut desk = Self::registered();
        desk.answer(heartbeat(ErrorCode::None, true));
        desk.pass(0);
        desk.answer(heartbeat(ErrorCode::None, false));
        desk
    }
}

fn registration(error: ErrorCode, broker_epoch: BrokerEpoch) -> ResponseBody {
    ResponseBody::BrokerRegistration(BrokerRegistrationResponse { error, broker_epoch })
}

fn heartbeat(error: ErrorCode, fenced: bool) -> ResponseBody {
    ResponseBody::BrokerHeartbeat(BrokerHeartbeatResponse {
        error,
        fenced,
        should_shut_down: false,
    })
}

const CTRL2: NodeId = NodeId::Controller(2);
const CTRL3: NodeId = NodeId::Controller(3);

#[test]
fn a_broker_asks_any_voter_and_goes_where_the_leader_is() {
    let mut desk = Desk::new();
    desk.tell(Input::Start);
    assert_eq!(desk.count(Api::BrokerRegistration), 0, "it does not know where to");
    desk.answer_fetch(ErrorCode::UnknownLeaderEpoch, 0, None, Vec::new());
    assert_eq!(desk.count(Api::FetchMetadataLog), 1);
    let first = desk.last(Api::FetchMetadataLog).0;
    desk.pass(SECOND / 10);
    assert_ne!(desk.last(Api::FetchMetadataLog).0, first, "another voter may know more");
    desk.answer_fetch(ErrorCode::FencedLeaderEpoch, 4, Some(2), Vec::new());
    assert_eq!(desk.last(Api::BrokerRegistration).0, CTRL2);
    let (to, request) = desk.last(Api::FetchMetadataLog);
    let RequestBody::FetchMetadataLog(fetch) = request.body else {
        panic!()
    };
    assert_eq!((to, fetch.epoch), (CTRL2, 4));
}

#[test]
fn it_is_unfenced_once_it_has_said_that_it_has_caught_up() {
    let mut desk = Desk::registered();
    assert_eq!(desk.count(Api::BrokerHeartbeat), 1);
    desk.answer(heartbeat(ErrorCode::None, true));
    desk.pass(0);
    assert_eq!(desk.count(Api::BrokerHeartbeat), 2, "it does not wait for the interval");
    let RequestBody::BrokerHeartbeat(second) = desk.last(Api::BrokerHeartbeat).1.body else {
        panic!()
    };
    assert_eq!((second.broker_epoch, second.metadata_offset), (1, 2));
    assert!(desk.broker.controller.is_fenced());
    desk.answer(heartbeat(ErrorCode::None, false));
    assert!(!desk.broker.controller.is_fenced());
    desk.pass(2 * SECOND);
    assert_eq!(desk.count(Api::BrokerHeartbeat), 3);
}

#[test]
fn a_dead_controller_is_asked_until_another_voter_knows_a_new_one() {
    let mut desk = Desk::unfenced();
    desk.disconnect(2);
    desk.pass(SECOND / 10);
    assert_ne!(desk.last(Api::FetchMetadataLog).0, CTRL2);
    desk.answer_fetch(ErrorCode::FencedLeaderEpoch, 2, Some(3), Vec::new());
    let (to, request) = desk.last(Api::FetchMetadataLog);
    let RequestBody::FetchMetadataLog(fetch) = request.body else {
        panic!()
    };
    assert_eq!((to, fetch.from, fetch.last_fetched_epoch), (CTRL3, 2, 1));
    desk.pass(2 * SECOND);
    assert_eq!(desk.last(Api::BrokerHeartbeat).0, CTRL3);
    assert_eq!(
        desk.count(Api::BrokerRegistration),
        1,
        "its registration is committed, and holds"
    );
}

#[test]
fn a_controller_that_is_silent_is_doubted_after_two_seconds() {
    let mut desk = Desk::unfenced();
    desk.pass(2 * SECOND + SECOND / 5);
    assert_ne!(desk.last(Api::FetchMetadataLog).0, CTRL2);
}

#[test]
fn what_is_refused_or_lost_is_asked_again() {
    let mut desk = Desk::unfenced();
    let ask = RequestBody::AllocateProducerIds(AllocateProducerIdsRequest {
        broker: BrokerId(1),
        broker_epoch: 1,
    });
    desk.act(|broker, ctx| broker.ask_controller(ask, ctx));
    assert_eq!(desk.count(Api::AllocateProducerIds), 1);
    desk.answer(ResponseBody::AllocateProducerIds(AllocateProducerIdsResponse {
        error: ErrorCode::NotController,
        start: 0,
        len: 0,
    }));
    desk.pass(SECOND / 10);
    assert_eq!(desk.count(Api::AllocateProducerIds), 2);
    desk.disconnect(2);
    desk.pass(SECOND / 10);
    assert_eq!(desk.count(Api::AllocateProducerIds), 3);
    desk.answer(ResponseBody::AllocateProducerIds(AllocateProducerIdsResponse {
        error: ErrorCode::None,
        start: 0,
        len: 1000,
    }));
    desk.pass(20 * SECOND);
    assert_eq!(desk.count(Api::AllocateProducerIds), 3);
}

#[test]
fn a_registration_that_is_not_known_is_made_again() {
    let mut desk = Desk::unfenced();
    desk.pass(2 * SECOND);
    desk.answer(heartbeat(ErrorCode::StaleBrokerEpoch, true));
    assert!(desk.broker.controller.is_fenced());
    desk.pass(SECOND / 10);
    let RequestBody::BrokerRegistration(again) = desk.last(Api::BrokerRegistration).1.body else {
        panic!()
    };
    assert_eq!(
        (again.incarnation, again.previous_broker_epoch),
        (1, Some(1)),
        "the same process: nothing is lost"
    );
}

#[test]
fn only_a_clean_stop_lets_the_next_process_say_what_it_was() {
    for (clean, previous) in [(true, Some(1)), (false, None)] {
        let mut desk = Desk::unfenced();
        desk.broker.controller = desk.broker.controller.restarted(clean);
        assert_eq!(desk.broker.controller.broker_epoch(), None);
        desk.tell(Input::Start);
        desk.answer_fetch(ErrorCode::FencedLeaderEpoch, 1, Some(2), Vec::new());
        let RequestBody::BrokerRegistration(again) = desk.last(Api::BrokerRegistration).1.body else {
            panic!()
        };
        assert_eq!((again.incarnation, again.previous_broker_epoch), (2, previous));
        // A session of the last process is still open: it waits, longer each time.
        desk.answer(registration(ErrorCode::DuplicateBrokerRegistration, 0));
        desk.pass(SECOND / 10);
        desk.answer(registration(ErrorCode::DuplicateBrokerRegistration, 0));
        desk.pass(SECOND / 10);
        assert_eq!(desk.count(Api::BrokerRegistration), 3);
        desk.pass(SECOND / 10);
        assert_eq!(desk.count(Api::BrokerRegistration), 4);
    }
}

#[test]
fn a_controlled_shutdown_asks_until_it_may() {
    let mut desk = Desk::unfenced();
    desk.tell(Input::Command(NodeCommand::ShutDown));
    let wants = |desk: &Desk| {
        let RequestBody::BrokerHeartbeat(last) = desk.last(Api::BrokerHeartbeat).1.body else {
            panic!()
        };
        last.want_shut_down
    };
    assert!(wants(&desk) && desk.broker.controller.is_shutting_down());
    desk.answer(heartbeat(ErrorCode::None, false));
    let before = desk.count(Api::BrokerHeartbeat);
    desk.pass(50_000);
    assert_eq!(
        desk.count(Api::BrokerHeartbeat),
        before + 1,
        "the second question comes soon"
    );
    desk.answer(heartbeat(ErrorCode::None, false));
    desk.pass(2 * SECOND);
    assert_eq!(desk.count(Api::BrokerHeartbeat), before + 2);
    assert!(!desk.outbox.exited);
    desk.answer(ResponseBody::BrokerHeartbeat(BrokerHeartbeatResponse {
        error: ErrorCode::None,
        fenced: false,
        should_shut_down: true,
    }));
    assert!(desk.outbox.exited);
    desk.pass(10 * SECOND);
    assert_eq!(
        desk.count(Api::BrokerHeartbeat),
        before + 2,
        "it has said all that it had to say"
    );
}

#[test]
fn without_controllers_a_broker_stops_after_five_minutes() {
    let mut desk = Desk::unfenced();
    (1..=3).for_each(|controller| desk.disconnect(controller));
    desk.tell(Input::Command(NodeCommand::ShutDown));
    desk.pass(299 * SECOND);
    assert!(!desk.outbox.exited);
    desk.pass(2 * SECOND);
    assert!(desk.outbox.exited);
}
