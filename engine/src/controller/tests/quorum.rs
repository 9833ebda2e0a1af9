//! Stories of one controller of three, with the other two played by hand.

use crate::controller::{Controller, ControllerConfig};
use crate::log::Dictionary;
use crate::node::{Ctx, Input, NodeCommand, Outbox, Random, Subjects, Timer};
use crate::trace::Trace;
use crate::wire::{
    BrokerId, BrokerRegistrationRequest, BrokerRegistrationResponse, Channel, ErrorCode, FetchMetadataRequest, Message,
    Micros, NodeId, Offset, QuorumEpoch, QuorumRole, Request, RequestBody, Response, ResponseBody, VoteRequest,
    VoteResponse,
};
use std::sync::Arc;

const CTRL2: NodeId = NodeId::Controller(2);
const B1: NodeId = NodeId::Broker(1);

struct Desk {
    controller: Controller,
    now: Micros,
    random: Random,
    trace: Trace,
    outbox: Outbox,
    dictionary: Dictionary,
    subjects: Subjects,
    downstream: crate::application::Downstream,
    correlation: u32,
}

impl Desk {
    fn new(voters: u8) -> Self {
        let mut random = Random::named(1, "ctrl1");
        let config = Arc::new(ControllerConfig::default());
        Self {
            controller: Controller::new(1, voters, config, &mut random),
            now: 0,
            random,
            trace: Trace::new(1_000),
            outbox: Outbox::default(),
            dictionary: Dictionary::default(),
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
            correlation: 100,
        }
    }

    /// Hands it an input. Answers what it sends.
    fn tell(&mut self, input: Input) -> Vec<(NodeId, Message)> {
        let mut ctx = Ctx {
            now: self.now,
            me: NodeId::Controller(1),
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
        self.controller.on(input, &mut ctx);
        let sent = std::mem::take(&mut self.outbox.messages);
        sent.into_iter().map(|(to, message, ..)| (to, message)).collect()
    }

    fn ask(&mut self, from: NodeId, body: RequestBody) -> Vec<(NodeId, Message)> {
        self.correlation += 1;
        let request = Request {
            correlation: self.correlation,
            channel: Channel::Data,
            body,
        };
        let message = Message::Request(request);
        self.tell(Input::Message { from, message })
    }

    /// Lets it be elected: the second voter grants what it is asked for.
    fn elect(&mut self) {
        self.tell(Input::Start);
        self.now = 2_000_000;
        let mut sent = self.tell(Input::Timer(Timer::Quorum));
        for _ in 0..2 {
            let asked = sent.iter().find_map(|(to, message)| match message {
                Message::Request(request) if *to == CTRL2 => Some(request.clone()),
                _ => None,
            });
            let asked = asked.expect("a request for a vote");
            let RequestBody::Vote(vote) = asked.body else {
                panic!("{asked:?}")
            };
            let body = ResponseBody::Vote(VoteResponse {
                epoch: vote.epoch,
                leader: None,
                granted: true,
                pre_vote: vote.pre_vote,
            });
            let response = Response {
                correlation: asked.correlation,
                channel: Channel::Data,
                body,
            };
            let message = Message::Response(response);
            sent = self.tell(Input::Message { from: CTRL2, message });
        }
        assert_eq!(self.controller.role(), QuorumRole::Leader);
    }

    /// The second voter has the log up to there.
    fn fetch(&mut self, from: Offset, last_fetched_epoch: QuorumEpoch) -> Vec<(NodeId, Message)> {
        let body = RequestBody::FetchMetadataLog(FetchMetadataRequest {
            replica: CTRL2,
            epoch: 1,
            from,
            last_fetched_epoch,
            high_watermark: 0,
        });
        self.ask(CTRL2, body)
    }

    fn register(&mut self) -> Vec<(NodeId, Message)> {
        let body = RequestBody::BrokerRegistration(BrokerRegistrationRequest {
            broker: BrokerId(1),
            rack: None,
            previous_broker_epoch: None,
            incarnation: 1,
        });
        self.ask(B1, body)
    }
}

fn registered(sent: &[(NodeId, Message)]) -> Option<BrokerRegistrationResponse> {
    sent.iter().find_map(|(to, message)| match message {
        Message::Response(Response {
            body: ResponseBody::BrokerRegistration(response),
            ..
        }) if *to == B1 => Some(*response),
        _ => None,
    })
}

#[test]
fn a_controller_alone_is_active_at_once() {
    let mut desk = Desk::new(1);
    desk.tell(Input::Start);
    assert!(desk.controller.is_active());
    let sent = desk.register();
    assert_eq!(
        registered(&sent).map(|r| (r.error, r.broker_epoch)),
        Some((ErrorCode::None, 1))
    );
}

#[test]
fn it_is_active_once_its_first_record_is_committed() {
    let mut desk = Desk::new(3);
    desk.elect();
    assert!(!desk.controller.is_active());
    let refused = registered(&desk.register()).map(|r| r.error);
    assert_eq!(refused, Some(ErrorCode::NotController));
    desk.fetch(1, 1);
    assert!(desk.controller.is_active());
}

#[test]
fn an_answer_waits_for_a_majority() {
    let mut desk = Desk::new(3);
    desk.elect();
    desk.fetch(1, 1);
    assert_eq!(registered(&desk.register()), None, "nobody else has the record");
    assert_eq!(desk.controller.image().brokers.len(), 1, "it counts with it already");
    assert_eq!(desk.controller.committed_image().brokers.len(), 0);
    let sent = desk.fetch(2, 1);
    assert_eq!(
        registered(&sent).map(|r| (r.error, r.broker_epoch)),
        Some((ErrorCode::None, 1))
    );
    assert_eq!(desk.controller.committed_image().brokers.len(), 1);
}

#[test]
fn what_is_not_committed_is_forgotten_with_the_leadership() {
    let mut desk = Desk::new(3);
    desk.elect();
    desk.fetch(1, 1);
    desk.register();
    let body = RequestBody::Vote(VoteRequest {
        epoch: 2,
        candidate: 2,
        last_epoch: 1,
        log_end: 1,
        pre_vote: false,
    });
    let sent = desk.ask(CTRL2, body);
    assert!(!desk.controller.is_active());
    assert_eq!(registered(&sent).map(|r| r.error), Some(ErrorCode::NotController));
    assert_eq!(desk.controller.image().brokers.len(), 0);
    assert_eq!(
        desk.controller.log_end(),
        2,
        "the record stays until the next leader says otherwise"
    );
}

#[test]
fn a_restarted_controller_keeps_its_log_and_does_not_go_on_leading() {
    let mut desk = Desk::new(3);
    desk.elect();
    desk.fetch(1, 1);
    desk.controller.killed();
    assert!(!desk.controller.is_active());
    assert_eq!((desk.controller.log_end(), desk.controller.high_watermark()), (1, 0));
    desk.tell(Input::Start);
    assert_eq!(
        (desk.controller.role(), desk.controller.epoch()),
        (QuorumRole::Resigned, 1)
    );
}

#[test]
fn a_leader_that_is_to_stop_says_so_and_waits_for_another_one() {
    let mut desk = Desk::new(3);
    desk.elect();
    desk.fetch(1, 1);
    let sent = desk.tell(Input::Command(NodeCommand::ShutDown));
    let ends = |message: &Message| matches!(message, Message::Request(request) if matches!(request.body, RequestBody::EndQuorumEpoch(_)));
    // The third voter has not answered who leads yet, but is told all the same.
    assert_eq!(sent.iter().filter(|(_, message)| ends(message)).count(), 2);
    assert!(!desk.outbox.exited);
    desk.now += 5_000_000;
    desk.tell(Input::Timer(Timer::Quorum));
    assert!(desk.outbox.exited, "it does not wait for ever");
}
