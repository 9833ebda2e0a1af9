//! A producer: the application that calls `send()`, the accumulator that makes batches, the sender that moves them.

mod accumulator;
mod append;
mod application;
mod availability;
mod backoff;
pub mod built_in_partitioner;
mod config;
mod delivery;
mod drain;
mod idempotence;
pub mod key_hash;
pub mod key_part;
mod links;
mod metadata;
pub mod murmur2;
pub mod murmur2_steps;
mod outcome;
mod partitioner;
pub mod partitioner_class;
mod questions;
mod queued_batch;
mod relay;
mod sender;
mod source;
#[cfg(test)]
mod tests;

pub use config::ProducerConfig;

use crate::application::Handover;
use crate::node::{Ctx, Input, NodeCommand, Timer};
use crate::wire::{BrokerId, Message, Micros, NodeId, Response, ResponseBody};
use accumulator::Accumulator;
use application::Application;
use idempotence::Idempotence;
use links::Links;
use metadata::ClientMetadata;
use partitioner::Partitioner;
use questions::Questions;
use relay::Relay;
use sender::Sender;
use std::sync::Arc;

pub use application::{LastSent, ListedRecord};

/// A producer.
#[derive(Debug, Clone)]
pub struct Producer {
    config: Arc<ProducerConfig>,
    application: Application,
    metadata: ClientMetadata,
    partitioner: Partitioner,
    accumulator: Accumulator,
    sender: Sender,
    idempotence: Idempotence,
    links: Links,
    questions: Questions,
    /// Of a producer beside a consumer: what it sends on.
    relay: Relay,
}

impl Producer {
    /// The producer of that number, from 1, that knows these brokers to begin with.
    #[must_use]
    pub fn new(number: u8, config: Arc<ProducerConfig>, bootstrap: Arc<[BrokerId]>) -> Self {
        Self {
            application: Application::default(),
            metadata: ClientMetadata::new(bootstrap),
            partitioner: Partitioner::new(&config, config.partitioner_of(number)),
            accumulator: Accumulator::default(),
            sender: Sender::default(),
            idempotence: Idempotence::default(),
            links: Links::default(),
            questions: Questions::default(),
            relay: Relay::default(),
            config,
        }
    }

    /// What it is told, and what it does about it.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        match input {
            Input::Start => self.run_sender(ctx),
            Input::Message {
                from: NodeId::Broker(from),
                message,
            } => self.on_message(BrokerId(from), message, ctx),
            Input::Message { .. } => {}
            Input::Timer(Timer::Arrival(schedule)) => self.on_arrival(schedule, ctx),
            Input::Timer(Timer::SourceLimit) => self.on_source_limit(ctx),
            Input::Timer(Timer::Listed) => self.on_listed(ctx),
            Input::Timer(Timer::MaxBlock(block)) => self.on_max_block(block, ctx),
            Input::Timer(Timer::Metadata) => self.on_metadata_timer(ctx),
            Input::Timer(Timer::Sender) => self.on_sender_timer(ctx),
            Input::Timer(Timer::RequestTimeout) => self.on_request_timeout(ctx),
            Input::Timer(Timer::Delivery) => self.on_delivery_timer(ctx),
            Input::Timer(Timer::Reconnect) => self.on_reconnect_timer(ctx),
            Input::Timer(Timer::ProducerId) => self.on_producer_id_timer(ctx),
            Input::Timer(_) => {}
            Input::Command(NodeCommand::SetSource(source)) => self.set_source(source, ctx),
            Input::Command(NodeCommand::SetKeying(keying)) => self.application.keying = keying,
            Input::Command(NodeCommand::SetLimits(limits)) => self.set_limits(&limits, ctx),
            Input::Command(NodeCommand::Send {
                key,
                subject,
                value,
                partition,
            }) => self.send_text(key, subject, value, partition, ctx),
            Input::Command(NodeCommand::Stop) => self.stop(ctx),
            // Of a relay: its consumer has ended, and it with it.
            Input::Command(NodeCommand::ShutDown) => ctx.exit(),
            Input::Handover(Handover::Send(relayed)) => self.send_on(*relayed, ctx),
            Input::Command(_) | Input::Handover(Handover::Sent { .. }) => {}
        }
        self.wake_blocked(ctx);
    }

    fn on_message(&mut self, from: BrokerId, message: Message, ctx: &mut Ctx) {
        match message {
            Message::Response(response) => self.on_response(from, response, ctx),
            Message::Disconnect(_) => self.on_connection_lost(from, ctx),
            Message::Request(_) | Message::Work(_) => {}
        }
    }

    fn on_response(&mut self, from: BrokerId, response: Response, ctx: &mut Ctx) {
        let correlation = response.correlation;
        match response.body {
            ResponseBody::Metadata(image) => self.on_metadata(from, correlation, &image, ctx),
            ResponseBody::Produce(produced) => self.on_produced(from, correlation, &produced, ctx),
            ResponseBody::InitProducerId(answer) => self.on_producer_id(from, correlation, answer, ctx),
            _ => {}
        }
    }

    /// Gives the application the records that the scenario lists for this producer, ascending by time.
    pub fn set_listed(&mut self, listed: Vec<(Micros, ListedRecord)>) {
        self.application.set_listed(listed);
    }

    /// Records that wait in the accumulator.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.accumulator.records()
    }

    /// What is taken of its `buffer.memory`.
    #[must_use]
    pub fn buffered_bytes(&self) -> u64 {
        self.accumulator.buffered_bytes()
    }

    /// Until when a broker has asked it to send nothing, because it is over its quota; the latest of all brokers.
    #[must_use]
    pub fn throttled_until(&self, now: Micros) -> Option<Micros> {
        self.links.held_back_until(now)
    }

    /// How long `send()` was blocked so far, over all of its calls.
    #[must_use]
    pub fn blocked_us(&self, now: Micros) -> Micros {
        self.application.blocked_us(now)
    }

    /// Produce requests that are sent and not answered.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.sender.in_flight()
    }

    /// Whether `send()` blocks.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.application.is_blocked()
    }

    /// Records that wait in front of `send()`.
    #[must_use]
    pub fn backlog(&self) -> u64 {
        self.application.backlog()
    }

    /// The last record that was sent.
    #[must_use]
    pub fn last_sent(&self) -> Option<LastSent> {
        self.application.last_sent
    }
}
