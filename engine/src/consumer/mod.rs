//! A consumer: membership of its group, fetching, processing and committing.
//!
//! It is Kafka's classic consumer with an application around it that works as most do: poll, process record after
//! record, commit what was processed (`commitSync`), poll again. In Kafka one thread does all this and a second one
//! sends heartbeats, so most things happen *inside* `poll()`, and nothing of them while the application works: a
//! rebalance waits for the end of the records in hand. Here `go_on` is that thread: it is called after
//! every input, and goes as far as it can with what is known.
//!
//! **Invariant:** partitions come and go only while the application is in `poll()`.

mod auto_commit;
mod backoff;
mod commit;
mod config;
mod connections;
mod coordinator_link;
mod dead_letters;
mod failing;
mod fetcher;
mod heartbeat;
mod membership;
mod metadata;
mod modern;
mod owned;
mod pace;
mod pausing;
mod poll;
mod positions;
mod processing;
mod rebalance;
mod requests;
mod role;
mod seek;
mod sending_on;
mod share;
mod state;
mod stopped;
#[cfg(test)]
mod tests;

pub use config::ConsumerConfig;
pub use dead_letters::DeadLetter;
pub use modern::Protocol;
pub use owned::OwnedPartition;
pub use role::Role;
pub use share::{ShareConsumer, ShareConsumerConfig};
pub use state::ConsumerState;

use crate::application::Handover;
use crate::node::{Ctx, Input, NodeCommand, Timer};
use crate::trace::Fact;
use crate::wire::{Api, BrokerId, Channel, Message, Micros, NodeId, RequestBody, Response, ResponseBody};
use coordinator_link::CoordinatorLink;
use fetcher::Fetcher;
use membership::{Held, Membership};
use metadata::ClientMetadata;
use modern::Modern;
use poll::{Application, Phase};
use requests::{InFlight, Requests};
use state::Life;
use std::sync::Arc;

/// How long `close()` tries to commit and to leave: `close.timeout` by default.
const CLOSE_TIMEOUT_US: Micros = 30_000_000;

/// A consumer: a client of the brokers, and a member of its group.
#[derive(Debug, Clone)]
pub struct Consumer {
    config: Arc<ConsumerConfig>,
    client_id: Arc<str>,
    life: Life,
    requests: Requests,
    metadata: ClientMetadata,
    coordinator: CoordinatorLink,
    membership: Membership,
    fetcher: Fetcher,
    application: Application,
    /// With `group.protocol=consumer`.
    modern: Option<Modern>,
}

impl Consumer {
    /// A consumer that is not started yet. `bootstrap` is `bootstrap.servers`.
    #[must_use]
    pub fn new(id: u8, config: Arc<ConsumerConfig>, bootstrap: Arc<[BrokerId]>) -> Self {
        let membership = Membership::of(config.instance_of(id));
        Self {
            client_id: format!("consumer-{}-{id}", config.group).into(),
            requests: Requests::new(config.reconnect_backoff()),
            modern: (config.protocol == Protocol::Consumer).then(Modern::new),
            config,
            life: Life::Open,
            metadata: ClientMetadata::new(bootstrap),
            coordinator: CoordinatorLink::default(),
            membership,
            fetcher: Fetcher::default(),
            application: Application::default(),
        }
    }

    /// Its settings.
    #[must_use]
    pub fn config(&self) -> &Arc<ConsumerConfig> {
        &self.config
    }

    /// Handles one input.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        if self.life == Life::Closed {
            return;
        }
        match input {
            Input::Start => {
                ctx.record_as_cause(Fact::ConsumerStarted);
                self.metadata.want();
            }
            Input::Message {
                message: Message::Response(response),
                ..
            } => self.on_response(response, ctx),
            Input::Message {
                from: NodeId::Broker(broker),
                message: Message::Disconnect(channel),
            } => self.on_disconnect(BrokerId(broker), channel, ctx),
            Input::Timer(timer) => self.on_timer(timer, ctx),
            Input::Command(NodeCommand::Close) => self.close(ctx),
            Input::Command(NodeCommand::Redrive(only)) => self.redrive(only, ctx),
            Input::Command(NodeCommand::Stall(stalled)) => self.stall(stalled, ctx),
            Input::Command(NodeCommand::Slow(processing_us)) => self.application.pace.processing_us = processing_us,
            Input::Command(NodeCommand::Seek(seek)) => self.seek(seek),
            Input::Handover(Handover::Sent { ticket, stored }) => self.on_sent_on(ticket, stored, ctx),
            Input::Message { .. } | Input::Command(_) | Input::Handover(Handover::Send(_)) => return,
        }
        self.go_on(ctx);
    }

    fn on_response(&mut self, response: Response, ctx: &mut Ctx) {
        // An answer to a request that was given up comes too late.
        let Some(asked) = self.requests.take(response.correlation) else {
            return;
        };
        match response.body {
            ResponseBody::Metadata(image) => self.on_metadata(image, ctx),
            ResponseBody::FindCoordinator(found) => self.on_coordinator(found, ctx),
            ResponseBody::JoinGroup(joined) if self.is_busy() => self.membership.held = Some(Held::Joined(joined)),
            ResponseBody::JoinGroup(joined) => self.on_joined(joined, ctx),
            ResponseBody::SyncGroup(synced) if self.is_busy() => self.membership.held = Some(Held::Synced(synced)),
            ResponseBody::SyncGroup(synced) => self.on_synced(&synced, ctx),
            ResponseBody::Heartbeat(error) => self.on_heartbeat_answer(asked, error, ctx),
            ResponseBody::LeaveGroup(_) => self.on_left(ctx),
            ResponseBody::ConsumerGroupHeartbeat(answer) => self.on_group_heartbeat(answer, ctx),
            ResponseBody::OffsetFetch(offsets) => self.on_committed_offsets(asked, &offsets, ctx),
            ResponseBody::ListOffsets(offsets) => self.on_listed_offsets(asked, &offsets, ctx),
            ResponseBody::Fetch(fetched) => self.on_fetched(asked, fetched, ctx),
            ResponseBody::OffsetCommit(answer) => self.on_commit_answer(asked, answer.error, ctx),
            _ => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx) {
        match timer {
            Timer::RequestTimeout => self.on_request_timeout(ctx),
            Timer::Metadata => self.metadata.on_timer(ctx),
            Timer::GroupRetry => self.coordinator.on_timer(ctx),
            Timer::GroupHeartbeat(number) => self.on_heartbeat_timer(number, ctx),
            Timer::Reconnect => self.requests.on_reconnect_timer(ctx),
            Timer::FetchRetry => self.fetcher.on_timer(ctx),
            Timer::Processed(number) => self.on_processed(number, ctx),
            Timer::AutoCommit => self.on_auto_commit_timer(ctx),
            _ => {}
        }
    }

    /// Goes on with whatever the last input has made possible.
    fn go_on(&mut self, ctx: &mut Ctx) {
        if self.life == Life::Closed {
            return;
        }
        if self.life.is_over(ctx.now()) {
            return self.end(ctx);
        }
        self.refresh_metadata(ctx);
        if self.metadata.knows(&self.config.topic) {
            self.find_coordinator(ctx);
            self.send_heartbeat(ctx);
        } else if self.life == Life::Open {
            return;
        }
        loop {
            let was_committing = self.application.phase() == Phase::Committing;
            match self.application.phase() {
                Phase::Processing | Phase::Flushing => return,
                Phase::Committing if self.commit(ctx) => return,
                Phase::Committing => {}
                Phase::Polling => self.poll(ctx),
            }
            if self.application.phase() == Phase::Polling && !was_committing || self.life == Life::Closed {
                return;
            }
        }
    }

    /// Some answers have not come within `request.timeout.ms`. The client takes the connection for dead, and closes it.
    fn on_request_timeout(&mut self, ctx: &mut Ctx) {
        let lost = self.requests.close_overdue(ctx);
        self.on_lost(&lost, ctx);
    }

    /// A broker has closed a connection, or nobody listens where it should be.
    fn on_disconnect(&mut self, broker: BrokerId, channel: Channel, ctx: &mut Ctx) {
        let Some(lost) = self.requests.lost(broker, channel, ctx) else {
            return;
        };
        // What is known may be out of date (`DefaultMetadataUpdater.handleServerDisconnect`).
        self.metadata.want();
        if channel == Channel::Coordinator {
            self.forget_coordinator(broker, ctx);
        }
        self.on_lost(&lost, ctx);
    }

    /// These will not be answered: they are asked again, there or elsewhere.
    fn on_lost(&mut self, lost: &[InFlight], ctx: &mut Ctx) {
        for request in lost {
            self.metadata.want();
            match request.api {
                Api::Metadata => self.metadata.failed(),
                Api::FindCoordinator => self.back_off_coordinator(ctx),
                Api::Fetch | Api::ListOffsets => self.back_off_fetches(request.to, ctx),
                Api::LeaveGroup | Api::ConsumerGroupHeartbeat if self.life != Life::Open => {
                    self.forget_coordinator(request.to, ctx);
                    self.on_left(ctx);
                }
                _ => self.forget_coordinator(request.to, ctx),
            }
        }
    }

    /// The application stops: what it has processed is committed, then it leaves the group.
    fn close(&mut self, ctx: &mut Ctx) {
        if self.life == Life::Open {
            self.life = Life::Closing {
                until: ctx.now() + CLOSE_TIMEOUT_US,
            };
            self.stop_processing();
        }
    }

    fn end(&mut self, ctx: &mut Ctx) {
        self.give_up_partitions(self.membership.generation.is_none(), ctx);
        self.requests = Requests::new(self.config.reconnect_backoff());
        self.life = Life::Closed;
        ctx.record_as_cause(Fact::ConsumerClosed);
        ctx.exit();
    }

    /// Sends a request to the coordinator, if it is known.
    fn ask_coordinator(&mut self, timeout_us: Micros, body: RequestBody, ctx: &mut Ctx) {
        if let Some(to) = self.coordinator.broker() {
            self.requests
                .send_to_coordinator(to, timeout_us, self.membership.round, body, ctx);
        }
    }
}
