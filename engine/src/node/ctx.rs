//! What a node may do while it handles one input.

use super::{Bug, Random, Timer};
use crate::application::{Downstream, Handover};
use crate::log::{Dictionary, KeyId};
use crate::share::ShareStates;
use crate::trace::{EventId, Fact, Sent, Trace};
use crate::wire::{Channel, Message, Micros, NodeId, Request, RequestBody, Response, ResponseBody, WorkMessage};

/// What a node has asked for, until the world takes it.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    /// Messages, with their receiver, their size on the wire and the event that is their cause.
    pub messages: Vec<(NodeId, Message, u32, EventId)>,
    /// Timers, with their moment and the event that is their cause.
    pub timers: Vec<(Micros, Timer, EventId)>,
    /// What is handed to another node of the same process, with the event that is its cause.
    pub handovers: Vec<(NodeId, Handover, EventId)>,
    /// The process ends.
    pub exited: bool,
    /// The process is killed.
    pub crashed: bool,
}

/// Numbers what is said about each subject: the course of the world outside, on which all producers agree without a
/// word to each other, as two reporters agree which goal of a match was the second.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    said: Vec<u32>,
}

impl Subjects {
    /// The number of the next thing that is said about `subject`, from 1.
    pub fn next(&mut self, subject: KeyId) -> u32 {
        let index = subject.index();
        if index >= self.said.len() {
            self.said.resize(index + 1, 0);
        }
        self.said[index] += 1;
        self.said[index]
    }
}

/// What a node may do while it handles one input. Everything that it does is caused by that input.
#[derive(Debug)]
pub struct Ctx<'w> {
    pub(crate) now: Micros,
    pub(crate) me: NodeId,
    pub(crate) cause: EventId,
    pub(crate) random: &'w mut Random,
    pub(crate) outbox: &'w mut Outbox,
    pub(crate) trace: &'w mut Trace,
    pub(crate) dictionary: &'w Dictionary,
    pub(crate) subjects: &'w mut Subjects,
    pub(crate) downstream: &'w mut Downstream,
    pub(crate) share_states: &'w mut ShareStates,
    pub(crate) record_limit: u64,
    pub(crate) bug: Option<Bug>,
}

impl<'w> Ctx<'w> {
    /// The moment.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.now
    }

    /// The node itself.
    #[must_use]
    pub fn me(&self) -> NodeId {
        self.me
    }

    /// The node's own random stream.
    pub fn random(&mut self) -> &mut Random {
        self.random
    }

    /// Numbers what is said about each subject.
    pub fn subjects(&mut self) -> &mut Subjects {
        self.subjects
    }

    /// What applications call that is not Kafka.
    pub fn downstream(&mut self) -> &mut Downstream {
        self.downstream
    }

    /// Hands something to another node of the same process: it is there in the same microsecond, behind all that was to
    /// happen in it already.
    pub fn hand_over(&mut self, to: NodeId, handover: Handover) {
        self.outbox.handovers.push((to, handover, self.cause));
    }

    /// The texts of keys and values.
    #[must_use]
    pub fn dictionary(&self) -> &'w Dictionary {
        self.dictionary
    }

    /// What share partitions have written for the next leader.
    pub fn share_states(&mut self) -> &mut ShareStates {
        self.share_states
    }

    /// Says that something happened, because of what is being handled.
    #[inline]
    pub fn record(&mut self, fact: Fact) -> EventId {
        self.trace.record(self.now, self.me, self.cause, fact)
    }

    /// A record that has its number will never be sent: whoever puts what is about its subject in order must not wait
    /// for it.
    pub fn never_sent(&mut self, subject: KeyId, sequence: u32) {
        self.trace.never_sent(subject, sequence, self.now);
    }

    /// Whether the applications of consumers count what they process by key.
    #[must_use]
    pub fn counts_partials(&self) -> bool {
        self.trace.counts_partials()
    }

    /// The node's application has counted a record under its key, or without one under what it is about.
    pub fn count_partial(&mut self, key: Option<KeyId>, subject: KeyId) {
        self.trace.count_partial(self.me, key, subject);
    }

    /// Says that something happened, and that all that follows in this handler follows from it.
    pub fn record_as_cause(&mut self, fact: Fact) -> EventId {
        self.cause = self.record(fact);
        self.cause
    }

    /// What is being handled: the cause of all that is recorded, sent and timed now.
    #[must_use]
    pub fn cause(&self) -> EventId {
        self.cause
    }

    /// From here on, `cause` is the cause. For work that waited for another event than the one that released it.
    pub fn set_cause(&mut self, cause: EventId) {
        self.cause = cause;
    }

    /// Whether that mistake is built in.
    #[must_use]
    pub fn has_bug(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// The process ends, in order: what it has sent still goes out, and its connections close.
    pub fn exit(&mut self) {
        self.outbox.exited = true;
    }

    /// The process is killed by what it works on.
    pub fn crash(&mut self) {
        self.outbox.crashed = true;
    }

    /// Whether the simulation takes no more records ([`crate::world::Limits::records`]). Kafka has no such thing.
    #[must_use]
    pub fn is_record_limit_reached(&self) -> bool {
        self.trace.counters().sent >= self.record_limit
    }

    /// Sends a request. Answers the event of its sending, which is the cause of what its absence leads to.
    pub fn request(&mut self, to: NodeId, channel: Channel, correlation: u32, body: RequestBody) -> EventId {
        self.send(
            to,
            Message::Request(Request {
                correlation,
                channel,
                body,
            }),
        )
    }

    /// Closes the connection: what was sent on it and is not handled yet will not be, and what is will not be answered.
    pub fn disconnect(&mut self, to: NodeId, channel: Channel) -> EventId {
        let closed = self.record_as_cause(Fact::Disconnected { from: to });
        let message = Message::Disconnect(channel);
        let bytes = message.wire_bytes();
        self.outbox.messages.push((to, message, bytes, closed));
        closed
    }

    /// Answers one.
    pub fn respond(&mut self, to: NodeId, channel: Channel, correlation: u32, body: ResponseBody) {
        self.send(
            to,
            Message::Response(Response {
                correlation,
                channel,
                body,
            }),
        );
    }

    /// Says something to the work queue, or to a worker of it. Kafka's figures do not count it.
    pub fn work(&mut self, to: NodeId, message: WorkMessage) {
        let message = Message::Work(message);
        let bytes = message.wire_bytes();
        self.outbox.messages.push((to, message, bytes, self.cause));
    }

    fn send(&mut self, to: NodeId, message: Message) -> EventId {
        let bytes = message.wire_bytes();
        let sent = self.record(Fact::Sent(Sent::of(to, &message, bytes)));
        self.outbox.messages.push((to, message, bytes, sent));
        sent
    }

    /// Asks to be told at `at`, or at once when that is past.
    pub fn timer(&mut self, at: Micros, timer: Timer) {
        self.outbox.timers.push((at.max(self.now), timer, self.cause));
    }

    /// As [`Ctx::timer`], `after` microseconds from now.
    pub fn timer_in(&mut self, after: Micros, timer: Timer) {
        self.timer(self.now + after, timer);
    }
}
