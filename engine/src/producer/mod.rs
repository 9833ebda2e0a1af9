//! A producer: the application that calls `send()`, the accumulator that makes batches, the sender that moves them.

mod accumulator;
mod append;
mod application;
pub mod built_in_partitioner;
mod config;
mod metadata;
pub mod murmur2;
mod outcome;
mod partitioner;
mod sender;

pub use config::ProducerConfig;

use crate::node::{Ctx, Input, NodeCommand, Timer};
use crate::wire::{BrokerId, Message, Micros, NodeId, Response, ResponseBody};
use accumulator::Accumulator;
use application::Application;
use metadata::ClientMetadata;
use partitioner::Partitioner;
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
}

impl Producer {
    /// A producer that knows these brokers to begin with.
    #[must_use]
    pub fn new(config: Arc<ProducerConfig>, bootstrap: Arc<[BrokerId]>) -> Self {
        Self {
            application: Application::default(),
            metadata: ClientMetadata::new(bootstrap),
            partitioner: Partitioner::new(config.batch_size),
            accumulator: Accumulator::default(),
            sender: Sender::default(),
            config,
        }
    }

    /// What it is told, and what it does about it.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        match input {
            Input::Start => self.request_metadata(ctx),
            Input::Message {
                from,
                message: Message::Response(response),
            } => self.on_response(from, response, ctx),
            // The broker has closed the connection, as it does when an acks=0 request fails.
            Input::Message {
                message: Message::Disconnect(_),
                ..
            } => self.refresh_metadata(ctx),
            Input::Message {
                message: Message::Request(_),
                ..
            } => {}
            Input::Timer(Timer::Arrival(schedule)) => self.on_arrival(schedule, ctx),
            Input::Timer(Timer::Listed) => self.on_listed(ctx),
            Input::Timer(Timer::MaxBlock(block)) => self.on_max_block(block, ctx),
            Input::Timer(Timer::Metadata) => self.on_metadata_timer(ctx),
            Input::Timer(Timer::Sender) => self.on_sender_timer(ctx),
            Input::Timer(Timer::RequestTimeout) => self.on_request_timeout(ctx),
            Input::Timer(Timer::Delivery) => self.on_delivery_timer(ctx),
            Input::Timer(_) => {}
            Input::Command(NodeCommand::SetSource(source)) => self.set_source(source, ctx),
            Input::Command(NodeCommand::SetKeyed(keyed)) => self.application.keyed = keyed,
            Input::Command(NodeCommand::Send { key, subject, value }) => self.send_text(key, subject, value, ctx),
            Input::Command(NodeCommand::Stop) => self.stop(),
            Input::Command(_) => {}
        }
        self.wake_blocked(ctx);
    }

    fn on_response(&mut self, from: NodeId, response: Response, ctx: &mut Ctx) {
        match response.body {
            ResponseBody::Metadata(image) => self.on_metadata(&image, ctx),
            ResponseBody::Produce(produced) => self.on_produced(from, response.correlation, &produced, ctx),
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

    /// The last record that was sent.
    #[must_use]
    pub fn last_sent(&self) -> Option<LastSent> {
        self.application.last_sent
    }
}
