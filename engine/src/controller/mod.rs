//! The controller: the metadata log, the brokers that are registered, and where partitions go.
//!
//! One controller for now; its log commits as it is written.

mod active;
mod admin;
mod alter_partition;
mod brokers;
mod config;
pub mod java_random;
mod metadata_log;
pub mod partition_change;
mod partitions;
mod reassignment;
mod sessions;
pub mod striped_replica_placer;
#[cfg(test)]
mod tests;
mod topics;

pub use active::PRODUCER_ID_BLOCK;
pub use config::ControllerConfig;

use crate::node::{Ctx, Input, NodeCommand, Random, Timer};
use crate::wire::{Channel, Message, MetadataImage, NodeId, Request, RequestBody, ResponseBody};
use active::Duties;
use java_random::JavaRandom;
use metadata_log::MetadataLog;
use std::sync::Arc;
use topics::WantedTopic;

/// The active controller of a KRaft cluster (`QuorumController`).
#[derive(Debug, Clone)]
pub struct Controller {
    log: MetadataLog,
    image: MetadataImage,
    placement: JavaRandom,
    /// Topics that wait for brokers to be unfenced.
    wanted: Vec<WantedTopic>,
    duties: Duties,
    number: u8,
    voters: u8,
    config: Arc<ControllerConfig>,
}

/// Where an answer goes.
#[derive(Debug, Clone, Copy)]
struct Return {
    to: NodeId,
    channel: Channel,
    correlation: u32,
}

impl Return {
    fn answer(self, body: ResponseBody, ctx: &mut Ctx) {
        ctx.respond(self.to, self.channel, self.correlation, body);
    }
}

impl Controller {
    /// Controller `number` of `voters`, of an empty cluster, with its own generator for placement, as in Kafka.
    #[must_use]
    pub fn new(number: u8, voters: u8, config: Arc<ControllerConfig>, random: &mut Random) -> Self {
        Self {
            number,
            voters,
            config,
            log: MetadataLog::default(),
            image: MetadataImage::default(),
            placement: JavaRandom::new(random.bits().cast_signed()),
            wanted: Vec::new(),
            duties: Duties::default(),
        }
    }

    /// What it is told, and what it does about it.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        match input {
            Input::Message {
                from,
                message: Message::Request(request),
            } => self.on_request(from, request, ctx),
            Input::Timer(Timer::ParkedMetadataFetch) => self.log.answer_expired(ctx),
            Input::Timer(Timer::BrokerSession) => self.on_broker_session(ctx),
            Input::Timer(Timer::LeaderRebalance) => self.on_leader_rebalance(ctx),
            Input::Timer(Timer::UncleanElection) => self.on_unclean_election(ctx),
            Input::Command(NodeCommand::Admin(request)) => self.admin(&request, ctx),
            Input::Command(NodeCommand::CreateTopic {
                name,
                partitions,
                replication_factor,
                when_brokers,
            }) => {
                self.wanted.push(WantedTopic {
                    name,
                    partitions,
                    replication_factor,
                    when_brokers,
                });
                self.create_wanted(ctx);
            }
            Input::Start => self.on_active(ctx),
            Input::Message { .. } | Input::Timer(_) | Input::Command(_) => {}
        }
        self.log.answer_parked(ctx);
    }

    fn on_request(&mut self, from: NodeId, request: Request, ctx: &mut Ctx) {
        let to = Return {
            to: from,
            channel: request.channel,
            correlation: request.correlation,
        };
        match request.body {
            RequestBody::BrokerRegistration(request) => self.register(to, request, ctx),
            RequestBody::BrokerHeartbeat(request) => self.heartbeat(to, request, ctx),
            RequestBody::FetchMetadataLog(request) => self.log.fetch(to, request.from, ctx),
            RequestBody::AlterPartition(request) => self.alter_partition(to, &request, ctx),
            RequestBody::AllocateProducerIds(request) => self.allocate_producer_ids(to, request, ctx),
            RequestBody::CreateTopics {
                name,
                partitions,
                replication_factor,
            } => {
                let error = self.create_topic(&name, partitions, replication_factor, ctx);
                to.answer(ResponseBody::CreateTopics(error), ctx);
            }
            _ => {}
        }
    }

    /// Answers once all that is written so far is committed.
    fn answer_when_committed(&mut self, to: Return, body: ResponseBody, ctx: &mut Ctx) {
        to.answer(body, ctx);
    }

    /// The process was killed, or has ended: what is left is what is on its disk. Its next input is [`Input::Start`].
    pub fn killed(&mut self) {}

    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    /// The cluster as it is.
    #[must_use]
    pub fn image(&self) -> &MetadataImage {
        &self.image
    }
}
