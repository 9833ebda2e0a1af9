//! The controllers: the metadata log, the brokers that are registered, and where partitions go.
//!
//! Controllers are voters of a [`crate::quorum`]; the one that leads it is the active controller, which alone answers
//! brokers and writes. The others stand by with the committed image, ready to take over.

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
use crate::quorum::{Quorum, QuorumConfig, Return};
use crate::wire::{
    Message, MetadataEntry, MetadataImage, NodeId, Offset, QuorumEpoch, QuorumRole, Request, RequestBody, ResponseBody,
};
use active::Duties;
use java_random::JavaRandom;
use metadata_log::{Held, not_controller};
use std::sync::Arc;
use topics::WantedTopic;

/// A controller of a KRaft cluster (`QuorumController`).
#[derive(Debug, Clone)]
pub struct Controller {
    quorum: Quorum,
    /// The epoch in which it is the active controller.
    active: Option<QuorumEpoch>,
    /// What is committed; of the active controller, what is written.
    image: MetadataImage,
    /// Answers that wait for a commit, in the order of what they wait for.
    held: Vec<Held>,
    placement: JavaRandom,
    /// Topics that wait for brokers to be unfenced. Every controller knows them; the active one creates them.
    wanted: Vec<WantedTopic>,
    duties: Duties,
    number: u8,
    config: Arc<ControllerConfig>,
}

impl Controller {
    /// Controller `number` of `voters`, of an empty cluster, with its own generator for placement, as in Kafka.
    #[must_use]
    pub fn new(number: u8, voters: u8, config: Arc<ControllerConfig>, random: &mut Random) -> Self {
        let quorum_config = QuorumConfig {
            election_timeout_us: config.election_timeout_us,
            fetch_timeout_us: config.fetch_timeout_us,
            election_backoff_max_us: config.election_backoff_max_us,
            request_timeout_us: config.request_timeout_us,
        };
        Self {
            quorum: Quorum::new(number, voters, quorum_config),
            active: None,
            image: MetadataImage::default(),
            held: Vec::new(),
            placement: JavaRandom::new(random.bits().cast_signed()),
            wanted: Vec::new(),
            duties: Duties::default(),
            number,
            config,
        }
    }

    /// What it is told, and what it does about it.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        match input {
            Input::Start => self.quorum.start(ctx),
            Input::Message { from, message } => self.on_message(from, message, ctx),
            Input::Timer(timer @ (Timer::Quorum | Timer::ParkedMetadataFetch)) => self.quorum.on_timer(timer, ctx),
            Input::Timer(timer) if self.is_active() => self.on_active_timer(timer, ctx),
            Input::Command(command) => self.on_command(command, ctx),
            Input::Timer(_) | Input::Handover(_) => {}
        }
        self.quorum.poll(ctx);
        self.follow_quorum(ctx);
        self.quorum.settle(ctx);
        if self.quorum.may_stop(ctx.now()) {
            ctx.exit();
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Ctx) {
        match message {
            Message::Request(request) => self.on_request(from, request, ctx),
            Message::Response(response) => self.quorum.on_response(from, response, ctx),
            Message::Disconnect(_) => {
                self.held.retain(|held| !held.is_for(from));
                self.quorum.on_disconnect(from, ctx);
            }
            Message::Work(_) => {}
        }
    }

    fn on_active_timer(&mut self, timer: Timer, ctx: &mut Ctx) {
        match timer {
            Timer::BrokerSession => self.on_broker_session(ctx),
            Timer::LeaderRebalance => self.on_leader_rebalance(ctx),
            Timer::UncleanElection => self.on_unclean_election(ctx),
            Timer::AdminRetry => self.on_administrator(ctx),
            _ => {}
        }
    }

    fn on_command(&mut self, command: NodeCommand, ctx: &mut Ctx) {
        match command {
            NodeCommand::Admin(request) if self.is_active() => self.admin(&request, ctx),
            NodeCommand::CreateTopic {
                name,
                partitions,
                replication_factor,
                when_brokers,
            } => {
                self.wanted.push(WantedTopic {
                    name,
                    partitions,
                    replication_factor,
                    when_brokers,
                });
                if self.is_active() {
                    self.create_wanted(ctx);
                }
            }
            NodeCommand::ShutDown => self.quorum.shut_down(ctx),
            _ => {}
        }
    }

    fn on_request(&mut self, from: NodeId, request: Request, ctx: &mut Ctx) {
        let to = Return {
            to: from,
            channel: request.channel,
            correlation: request.correlation,
        };
        match &request.body {
            RequestBody::Vote(_)
            | RequestBody::BeginQuorumEpoch(_)
            | RequestBody::EndQuorumEpoch(_)
            | RequestBody::FetchMetadataLog(_) => self.quorum.on_request(to, &request.body, ctx),
            body if !self.is_active() => {
                if let Some(refusal) = not_controller(body.api()) {
                    to.answer(refusal, ctx);
                }
            }
            _ => self.on_active_request(to, request.body, ctx),
        }
    }

    fn on_active_request(&mut self, to: Return, body: RequestBody, ctx: &mut Ctx) {
        match body {
            RequestBody::BrokerRegistration(request) => self.register(to, request, ctx),
            RequestBody::BrokerHeartbeat(request) => self.heartbeat(to, request, ctx),
            RequestBody::AlterPartition(request) => self.alter_partition(to, &request, ctx),
            RequestBody::AllocateProducerIds(request) => self.allocate_producer_ids(to, request, ctx),
            RequestBody::CreateTopics {
                name,
                partitions,
                replication_factor,
            } => {
                let error = self.create_topic(&name, partitions, replication_factor, ctx);
                self.answer_when_committed(to, ResponseBody::CreateTopics(error), ctx);
            }
            _ => {}
        }
    }

    /// The process was killed, or has ended: what is left is what is on its disk, and what the administrator still wants.
    /// Its next input is [`Input::Start`].
    pub fn killed(&mut self) {
        self.quorum.killed();
        self.active = None;
        self.image = MetadataImage::default();
        self.held.clear();
        self.duties = Duties::default();
    }

    /// Makes its log another one, for tests of the invariants.
    #[cfg(test)]
    pub(crate) fn doctor_log(&mut self) {
        self.quorum.doctor_log();
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    /// The cluster as it is: as far as it is committed, or, of the active controller, written.
    #[must_use]
    pub fn image(&self) -> &MetadataImage {
        &self.image
    }

    /// Its part in the quorum.
    #[must_use]
    pub fn role(&self) -> QuorumRole {
        self.quorum.role()
    }

    /// Its epoch in the quorum.
    #[must_use]
    pub fn epoch(&self) -> QuorumEpoch {
        self.quorum.epoch()
    }

    /// Whether it is the active controller, as far as it knows: one that is cut off learns a little later that it is not.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active.is_some()
    }

    /// Where its metadata log ends.
    #[must_use]
    pub fn log_end(&self) -> Offset {
        self.quorum.log_end()
    }

    /// Up to where that is committed, as far as it knows.
    #[must_use]
    pub fn high_watermark(&self) -> Offset {
        self.quorum.high_watermark()
    }

    /// Its copy of the metadata log.
    #[must_use]
    pub fn metadata_log(&self) -> &[MetadataEntry] {
        self.quorum.entries()
    }
}
