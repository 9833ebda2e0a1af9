//! A broker: replicas, the requests of clients and followers, its own fetchers, its link to the controller, and the
//! groups that it coordinates.
//!
//! **Invariant:** a broker never reads the log of another one. What it has of it, it has fetched.

mod config;
mod connections;
mod controller_link;
mod fetch;
mod fetcher;
mod groups;
mod high_watermark;
mod isr_stub;
mod metadata;
mod produce;
mod purgatory;
mod replica;

pub use config::BrokerConfig;
pub use replica::{Replica, Role};

use crate::coordinator::GroupCoordinator;
use crate::node::{Ctx, Input, NodeCommand, Timer};
use crate::trace::EventId;
use crate::wire::{
    BrokerId, ErrorCode, Message, MetadataImage, Micros, NodeId, Offset, PartitionId, Request, RequestBody, Response,
    ResponseBody,
};
use connections::{Connections, Return};
use controller_link::ControllerLink;
use fetcher::Fetcher;
use purgatory::Purgatory;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A broker.
#[derive(Debug, Clone)]
pub struct Broker {
    id: BrokerId,
    config: Arc<BrokerConfig>,
    image: Arc<MetadataImage>,
    replicas: BTreeMap<PartitionId, Replica>,
    connections: Connections,
    purgatory: Purgatory,
    fetchers: BTreeMap<BrokerId, Fetcher>,
    controller: ControllerLink,
    coordinator: GroupCoordinator,
    /// What this request has appended as leader, until those who wait for it are told.
    appended: Vec<Appended>,
}

/// An append whose consequences are still to come.
#[derive(Debug, Clone, Copy)]
struct Appended {
    partition: PartitionId,
    /// The event of the append, or of the high watermark that it moved.
    cause: EventId,
    /// Where the high watermark is now, if it moved at once.
    high_watermark: Option<Offset>,
}

impl Broker {
    /// A broker that is not started yet.
    #[must_use]
    pub fn new(id: BrokerId, rack: Option<Arc<str>>, controllers: Arc<[NodeId]>, config: Arc<BrokerConfig>) -> Self {
        Self {
            id,
            image: Arc::default(),
            replicas: BTreeMap::new(),
            connections: Connections::default(),
            purgatory: Purgatory::default(),
            fetchers: BTreeMap::new(),
            controller: ControllerLink::new(controllers, rack),
            coordinator: GroupCoordinator::new(config.groups.clone()),
            appended: Vec::new(),
            config,
        }
    }

    /// What it is told, and what it does about it.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        match input {
            Input::Start => self.start(ctx),
            Input::Message {
                from,
                message: Message::Request(request),
            } => self.on_request(from, request, ctx),
            Input::Message {
                from,
                message: Message::Response(response),
            } => self.on_response(from, response, ctx),
            Input::Message {
                from,
                message: Message::Disconnect(channel),
            } => {
                self.connections.close(from, channel);
                self.on_controller_disconnect(from, ctx);
            }
            Input::Timer(Timer::ParkedProduce) => self.on_produce_timeout(ctx),
            Input::Timer(Timer::ParkedFetch) => self.on_fetch_timeout(ctx),
            Input::Timer(Timer::Fetcher(leader)) => self.on_fetcher_timer(BrokerId(leader), ctx),
            Input::Timer(Timer::BrokerHeartbeat) => self.on_heartbeat_timer(ctx),
            Input::Timer(Timer::ControllerLink) => self.on_controller_link_timer(ctx),
            Input::Timer(timer) => self.on_group_timer(timer, ctx),
            Input::Command(NodeCommand::ShutDown) => self.shut_down(ctx),
            Input::Command(_) => {}
        }
    }

    /// Handles the requests of a connection, one after the other, for as long as they are answered at once.
    fn on_request(&mut self, from: NodeId, request: Request, ctx: &mut Ctx) {
        if let Some(request) = self.connections.receive(from, request, ctx) {
            self.handle(from, request, ctx);
            self.work_off(ctx);
        }
    }

    /// Handles what was held behind answered requests. A loop, not a recursion: a long queue must not fill the stack.
    fn work_off(&mut self, ctx: &mut Ctx) {
        while let Some((from, held)) = self.connections.next_released() {
            ctx.set_cause(held.cause);
            self.handle(from, held.request, ctx);
        }
    }

    fn handle(&mut self, from: NodeId, request: Request, ctx: &mut Ctx) {
        let Request {
            correlation,
            channel,
            body,
        } = request;
        let to = Return::of_open(&self.connections, from, channel, correlation);
        match body {
            RequestBody::Produce(produce) => self.produce(to, produce, ctx),
            RequestBody::Fetch(fetch) => self.fetch(to, fetch, ctx),
            RequestBody::ListOffsets(list) => self.list_offsets(to, &list, ctx),
            RequestBody::Metadata => {
                let image = self.image.clone();
                self.answer(to, ResponseBody::Metadata(image), ctx);
            }
            RequestBody::FindCoordinator(group) => self.find_coordinator(to, &group, ctx),
            RequestBody::JoinGroup(_)
            | RequestBody::SyncGroup(_)
            | RequestBody::Heartbeat(_)
            | RequestBody::LeaveGroup(_)
            | RequestBody::OffsetCommit(_)
            | RequestBody::OffsetFetch(_) => self.group_request(to, body, ctx),
            // Those are the controller's.
            RequestBody::CreateTopics { .. }
            | RequestBody::BrokerRegistration(_)
            | RequestBody::BrokerHeartbeat(_)
            | RequestBody::FetchMetadataLog(_)
            | RequestBody::AlterPartition(_)
            | RequestBody::AllocateProducerIds(_)
            | RequestBody::Vote(_)
            | RequestBody::BeginQuorumEpoch(_)
            | RequestBody::EndQuorumEpoch(_) => {}
            RequestBody::InitProducerId => {}
        }
    }

    /// Answers a request; the next one of its connection may be handled.
    fn answer(&mut self, to: Return, body: ResponseBody, ctx: &mut Ctx) {
        if self.connections.release(to) {
            ctx.respond(to.to, to.channel, to.correlation, body);
        }
    }

    fn on_response(&mut self, from: NodeId, response: Response, ctx: &mut Ctx) {
        let body = match from {
            NodeId::Controller(_) => self.awaited_from_controller(from, response, ctx),
            _ => Some(response.body),
        };
        match body {
            Some(ResponseBody::Fetch(fetched)) => self.on_fetched(from, fetched, ctx),
            Some(ResponseBody::BrokerRegistration(r)) => self.on_registered(r, ctx),
            Some(ResponseBody::BrokerHeartbeat(r)) => self.on_heartbeat(r, ctx),
            Some(ResponseBody::FetchMetadataLog(r)) => self.on_metadata_log(from, &r, ctx),
            Some(ResponseBody::CreateTopics(_)) => self.controller.creating_offsets_topic = false,
            Some(ResponseBody::AlterPartition(r)) => self.on_alter_partition(r, ctx),
            Some(ResponseBody::AllocateProducerIds(r)) => self.on_producer_ids(r, ctx),
            _ => {}
        }
        self.work_off(ctx);
    }

    /// The process was killed, or has ended, `clean` when it was allowed to: what is left is what is on its disk. Its next
    /// input is [`Input::Start`].
    pub fn killed(&mut self, _clean: bool) {}

    /// All that was in its log directories is gone. The metadata log has a disk of its own (`metadata.log.dir`).
    pub fn lose_disk(&mut self) {}

    /// Its `node.id`.
    #[must_use]
    pub fn id(&self) -> BrokerId {
        self.id
    }

    /// Its replica of that partition.
    #[must_use]
    pub fn replica(&self, partition: PartitionId) -> Option<&Replica> {
        self.replicas.get(&partition)
    }

    /// The cluster as it knows it.
    #[must_use]
    pub fn image(&self) -> &MetadataImage {
        &self.image
    }

    /// The groups that it coordinates.
    #[must_use]
    pub fn coordinator(&self) -> &GroupCoordinator {
        &self.coordinator
    }

    /// Produce requests that wait for followers, and fetches that wait for records.
    #[must_use]
    pub fn parked(&self) -> (usize, usize) {
        self.purgatory.len()
    }

    /// Requests that wait behind others of their connection.
    #[must_use]
    pub fn held(&self) -> usize {
        self.connections.held()
    }

    /// When its last heartbeats left, the newest first.
    pub fn heartbeats_us(&self) -> impl Iterator<Item = Micros> {
        self.controller.heartbeats_us()
    }

    /// Whether it leads `__consumer_offsets` for the group.
    #[must_use]
    pub fn coordinates(&self, group: &str) -> bool {
        self.coordinator_for(group) == Ok(self.id)
    }

    /// The partition as leader, or why it cannot be: requests name the epoch in which they believe it to lead.
    fn leader_of(&mut self, partition: PartitionId) -> Result<&mut Replica, ErrorCode> {
        let replica = self
            .replicas
            .get_mut(&partition)
            .ok_or(ErrorCode::UnknownTopicOrPartition)?;
        if replica.is_leader() {
            Ok(replica)
        } else {
            Err(ErrorCode::NotLeaderOrFollower)
        }
    }
}
