//! A share consumer (KIP-932, `ShareConsumerImpl`): a member of a share group that is handed records instead of partitions.
//!
//! With it goes an application that polls, processes record after record, and says of each what became of it; what it says
//! rides on the next fetch to that broker. In `implicit` mode the next `poll()` accepts what the last one returned, which is
//! the same as long as nothing fails.

mod cluster;
mod config;
mod fetching;
mod membership;

pub use config::ShareConsumerConfig;

use super::requests::{InFlight, Requests};
use crate::application::Outcome;
use crate::log::{FailureWhy, KeyId, Record};
use crate::node::{Ctx, Input, NodeCommand, Timer};
use crate::share::AcknowledgementMode;
use crate::short_map::ShortMap;
use crate::trace::Fact;
use crate::wire::{
    AcknowledgeType, AcknowledgementBatch, Api, BrokerId, Channel, Message, NodeId, Offset, PartitionId, Response,
    ResponseBody, ShareMember,
};
use cluster::Cluster;
use membership::Membership;
use std::collections::VecDeque;
use std::sync::Arc;

/// A share consumer: a client of the brokers, and a member of its share group.
#[derive(Debug, Clone)]
pub struct ShareConsumer {
    me: ShareMember,
    config: Arc<ShareConsumerConfig>,
    is_closed: bool,
    requests: Requests,
    cluster: Cluster,
    membership: Membership,
    /// Acquired, and not handed to the application yet.
    buffer: VecDeque<Fetched>,
    /// What `poll()` has returned and the application has not processed.
    in_hand: VecDeque<Fetched>,
    /// What was said and not sent yet.
    acknowledgements: ShortMap<PartitionId, Vec<AcknowledgementBatch>>,
    /// Counts the records, so that the timer of another one is known.
    round: u32,
}

/// A record that was acquired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fetched {
    partition: PartitionId,
    offset: Offset,
    delivery_count: u16,
    subject: KeyId,
    sequence: u32,
}

impl ShareConsumer {
    /// One that is not started yet. `bootstrap` is `bootstrap.servers`.
    #[must_use]
    pub fn new(number: u8, config: Arc<ShareConsumerConfig>, bootstrap: Arc<[BrokerId]>) -> Self {
        Self {
            me: ShareMember {
                node: NodeId::ShareConsumer(number),
                life: 1,
            },
            is_closed: false,
            requests: Requests::new(config.consumer.reconnect_backoff()),
            cluster: Cluster::new(bootstrap),
            membership: Membership::default(),
            buffer: VecDeque::new(),
            in_hand: VecDeque::new(),
            acknowledgements: ShortMap::new(),
            round: 0,
            config,
        }
    }

    /// Its process starts again: it is another member.
    #[must_use]
    pub fn restarted(&self, number: u8, bootstrap: Arc<[BrokerId]>) -> Self {
        let mut next = Self::new(number, self.config.clone(), bootstrap);
        next.me.life = self.me.life + 1;
        next
    }

    /// What it is told, and what it does about it.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        if self.is_closed {
            return;
        }
        match input {
            Input::Start => self.cluster.want(),
            Input::Message {
                message: Message::Response(response),
                ..
            } => self.on_response(response, ctx),
            Input::Message {
                from: NodeId::Broker(broker),
                message: Message::Disconnect(channel),
            } => self.on_disconnect(BrokerId(broker), channel, ctx),
            Input::Timer(timer) => self.on_timer(timer, ctx),
            Input::Command(NodeCommand::Close) => return self.close(ctx),
            Input::Message { .. } | Input::Command(_) | Input::Handover(_) => return,
        }
        self.go_on(ctx);
    }

    fn on_response(&mut self, response: Response, ctx: &mut Ctx) {
        let Some(asked) = self.requests.take(response.correlation) else {
            return;
        };
        match response.body {
            ResponseBody::Metadata(image) => self.cluster.update(image),
            ResponseBody::FindCoordinator(found) => self.on_coordinator(&found, ctx),
            ResponseBody::ShareGroupHeartbeat(answer) => self.on_heartbeat(&answer, ctx),
            ResponseBody::ShareFetch(fetched) => self.on_fetched(asked.to, &fetched, ctx),
            _ => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx) {
        match timer {
            Timer::RequestTimeout => {
                let lost = self.requests.close_overdue(ctx);
                self.on_lost(&lost, ctx);
            }
            Timer::Metadata => self.cluster.on_timer(ctx),
            Timer::GroupHeartbeat(number) => self.membership.on_timer(number, ctx.now()),
            Timer::Reconnect => self.requests.on_reconnect_timer(ctx),
            Timer::Processed(round) if round == self.round => self.finish_record(ctx),
            _ => {}
        }
    }

    /// A broker has closed a connection, or nobody listens where it should be.
    fn on_disconnect(&mut self, broker: BrokerId, channel: Channel, ctx: &mut Ctx) {
        if let Some(lost) = self.requests.lost(broker, channel, ctx) {
            self.cluster.want();
            if channel == Channel::Coordinator {
                self.forget_coordinator(ctx);
            }
            self.on_lost(&lost, ctx);
        }
    }

    /// These will not be answered. What they said of records is lost with them: the broker gives those to others.
    fn on_lost(&mut self, lost: &[InFlight], ctx: &mut Ctx) {
        for request in lost {
            self.cluster.want();
            if matches!(request.api, Api::FindCoordinator | Api::ShareGroupHeartbeat) {
                self.forget_coordinator(ctx);
            }
        }
    }

    /// Goes on with whatever the last input has made possible.
    fn go_on(&mut self, ctx: &mut Ctx) {
        self.refresh_metadata(ctx);
        if self.cluster.topic(&self.config.consumer.topic).is_none() {
            return;
        }
        self.find_coordinator(ctx);
        self.send_heartbeat(ctx);
        if self.in_hand.is_empty() {
            self.poll(ctx);
        }
        self.look_for_leaders(ctx);
    }

    /// `poll()`: says what became of the records of the last one, and hands out what is there, or asks for more.
    fn poll(&mut self, ctx: &mut Ctx) {
        if self.buffer.is_empty() {
            self.send_fetches(true, ctx);
            return;
        }
        self.send_fetches(false, ctx);
        let most = self.config.consumer.max_poll_records.max(1) as usize;
        let count = self.buffer.len().min(most);
        self.in_hand = self.buffer.drain(..count).collect();
        ctx.record_as_cause(Fact::Polled {
            records: u32::try_from(count).unwrap_or(u32::MAX),
        });
        self.begin_record(ctx);
    }

    fn begin_record(&mut self, ctx: &mut Ctx) {
        self.round = self.round.wrapping_add(1);
        ctx.timer_in(self.config.consumer.processing_us, Timer::Processed(self.round));
    }

    /// The application is done with the first record in hand.
    fn finish_record(&mut self, ctx: &mut Ctx) {
        let Some(record) = self.in_hand.pop_front() else {
            return;
        };
        let about = Record {
            key: None,
            subject: record.subject,
            sequence: record.sequence,
            value: None,
            value_bytes: 0,
            timestamp_delta_us: 0,
        };
        let first_at = (record.partition, record.offset);
        match ctx.downstream.attempt(&about, first_at, ctx.random) {
            Outcome::Done => {
                ctx.record_as_cause(Fact::ShareProcessed {
                    group: self.config.group_number,
                    partition: record.partition,
                    offset: record.offset,
                    subject: record.subject,
                    sequence: record.sequence,
                    delivery_count: record.delivery_count,
                });
                self.say(&record, AcknowledgeType::Accept);
            }
            Outcome::Failed(why) => self.fail(&record, why, ctx),
            Outcome::Crash => {
                ctx.record_as_cause(Fact::ApplicationCrashed {
                    partition: record.partition,
                    offset: record.offset,
                    subject: record.subject,
                    sequence: record.sequence,
                });
                self.is_closed = true;
                return ctx.crash();
            }
        }
        if !self.in_hand.is_empty() {
            self.begin_record(ctx);
        }
    }

    /// The application could not process it. In explicit mode it gives back what may go well another time, and rejects what
    /// cannot; in implicit mode the next `poll()` accepts it like all others, and it is lost.
    fn fail(&mut self, record: &Fetched, why: FailureWhy, ctx: &mut Ctx) {
        ctx.record_as_cause(Fact::ShareFailed {
            partition: record.partition,
            offset: record.offset,
            subject: record.subject,
            sequence: record.sequence,
            delivery_count: record.delivery_count,
            why,
        });
        let kind = match (self.config.acknowledgement_mode, why) {
            (AcknowledgementMode::Implicit, _) => AcknowledgeType::Accept,
            (AcknowledgementMode::Explicit, FailureWhy::Poison) => AcknowledgeType::Reject,
            (AcknowledgementMode::Explicit, _) => AcknowledgeType::Release,
        };
        self.say(record, kind);
    }

    /// Keeps what is said of a record until it can be sent.
    fn say(&mut self, record: &Fetched, kind: AcknowledgeType) {
        let said = self.acknowledgements.or_default(record.partition);
        match said.last_mut() {
            Some(batch) if batch.kind == kind && batch.last + 1 == record.offset => batch.last = record.offset,
            _ => said.push(AcknowledgementBatch {
                first: record.offset,
                last: record.offset,
                kind,
            }),
        }
    }

    /// `close()`: what was processed is said, what was not is given back by the brokers, and the group is left.
    fn close(&mut self, ctx: &mut Ctx) {
        self.buffer.clear();
        self.in_hand.clear();
        self.send_final(ctx);
        self.leave(ctx);
        self.is_closed = true;
        ctx.record_as_cause(Fact::ConsumerClosed);
        ctx.exit();
    }

    /// What it has acquired and not processed.
    #[must_use]
    pub fn holds(&self) -> u64 {
        (self.buffer.len() + self.in_hand.len()) as u64
    }

    /// Works on a record at the moment.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.in_hand.is_empty()
    }

    /// Whether it has closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The partitions that it reads, together with others.
    #[must_use]
    pub fn assignment(&self) -> &[PartitionId] {
        self.membership.assignment()
    }
}
