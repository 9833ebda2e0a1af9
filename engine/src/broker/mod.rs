//! A broker: replicas, the requests of clients and followers, its own fetchers, its link to the controller, and the
//! groups that it coordinates.
//!
//! **Invariant:** a broker never reads the log of another one. What it has of it, it has fetched.

/// What a replica of that partition has to know of the world: of fields beside `replicas`, which it can then change.
macro_rules! surroundings {
    ($broker:ident, $partition:expr, $ctx:ident) => {
        $crate::broker::Surroundings {
            me: $broker.id,
            now: $ctx.now(),
            lag_time_max_us: $broker.config.replica_lag_time_max_us,
            min_insync_replicas: $broker.min_insync_replicas($partition),
            brokers: &$broker.image.brokers,
            bug: $ctx.bug,
        }
    };
}

mod alter_partition;
mod config;
mod connections;
mod controller_link;
mod disk;
mod duplicates;
mod fetch;
mod fetcher;
mod groups;
mod high_watermark;
mod isr;
mod leadership;
mod lifecycle;
mod metadata;
mod produce;
mod producer_ids;
mod purgatory;
mod quota;
mod read;
mod replica;
mod share;
#[cfg(test)]
mod tests;
mod truncation;

pub use config::BrokerConfig;
pub use disk::Capacity;
pub use isr::{Altered, IsrProposal};
pub use leadership::Change;
pub use read::Readable;
pub use replica::{Replica, Surroundings, Truncation};

use crate::coordinator::GroupCoordinator;
use crate::node::{Alarm, Ctx, Input, NodeCommand, Timer};
use crate::short_map::ShortMap;
use crate::trace::EventId;
use crate::wire::{
    BrokerEpoch, BrokerId, Channel, ErrorCode, Message, MetadataImage, Micros, NodeId, PartitionId, Request,
    RequestBody, Response, ResponseBody,
};
use alter_partition::Proposals;
use connections::{Connections, Return};
use controller_link::ControllerLink;
use disk::{Disk, Work};
use fetcher::Fetcher;
use producer_ids::ProducerIds;
use purgatory::Purgatory;
use quota::Quotas;
use std::sync::Arc;

/// A broker.
#[derive(Debug, Clone)]
pub struct Broker {
    id: BrokerId,
    config: Arc<BrokerConfig>,
    image: Arc<MetadataImage>,
    replicas: ShortMap<PartitionId, Replica>,
    connections: Connections,
    purgatory: Purgatory,
    fetchers: ShortMap<BrokerId, Fetcher>,
    controller: ControllerLink,
    coordinator: GroupCoordinator,
    sharing: share::Sharing,
    proposals: Proposals,
    producer_ids: ProducerIds,
    disk: Disk,
    quotas: Quotas,
    throttle_alarm: Alarm,
    isr_check: Alarm,
    checkpoint: Alarm,
    /// It has applied its own registration, and acts on the metadata since then.
    has_caught_up: bool,
    /// How many times its process has ended.
    lives: u32,
    /// The last of them ended in order.
    stopped_in_order: bool,
    /// What this request has appended as leader, until those who wait for it are told.
    appended: Vec<Appended>,
}

/// An append whose consequences are still to come.
#[derive(Debug, Clone, Copy)]
struct Appended {
    partition: PartitionId,
    /// The event of the append, or of the high watermark that it moved.
    cause: EventId,
    /// Whether the high watermark moved at once.
    is_committed: bool,
}

impl Broker {
    /// A broker that is not started yet.
    #[must_use]
    pub fn new(id: BrokerId, rack: Option<Arc<str>>, controllers: Arc<[NodeId]>, config: Arc<BrokerConfig>) -> Self {
        Self {
            id,
            image: Arc::default(),
            replicas: ShortMap::new(),
            connections: Connections::default(),
            purgatory: Purgatory::default(),
            fetchers: ShortMap::new(),
            controller: ControllerLink::new(controllers, rack),
            coordinator: GroupCoordinator::new(config.groups.clone()),
            sharing: share::Sharing::default(),
            proposals: Proposals::default(),
            producer_ids: ProducerIds::default(),
            disk: Disk::new(&config),
            quotas: Quotas::default(),
            throttle_alarm: Alarm::default(),
            isr_check: Alarm::default(),
            checkpoint: Alarm::default(),
            has_caught_up: false,
            lives: 0,
            stopped_in_order: false,
            appended: Vec::new(),
            config,
        }
    }

    /// What it is told, and what it does about it.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        match input {
            Input::Start => {
                self.load_producers(ctx);
                self.start(ctx);
                self.start_tasks(ctx);
            }
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
            } => self.on_disconnect(from, channel, ctx),
            Input::Timer(Timer::ParkedProduce) => self.on_produce_timeout(ctx),
            Input::Timer(Timer::ParkedFetch) => self.on_fetch_timeout(ctx),
            Input::Timer(Timer::Fetcher(leader)) => self.on_fetcher_timer(BrokerId(leader), ctx),
            Input::Timer(Timer::BrokerHeartbeat) => self.on_heartbeat_timer(ctx),
            Input::Timer(Timer::ControllerLink) => self.on_controller_link_timer(ctx),
            Input::Timer(Timer::FetcherTimeout(leader)) => self.on_fetcher_timeout(BrokerId(leader), ctx),
            Input::Timer(Timer::IsrCheck) => self.on_isr_check(ctx),
            Input::Timer(Timer::AlterPartition) => self.on_proposals_timer(ctx),
            Input::Timer(Timer::Disk) => self.on_disk_timer(ctx),
            Input::Timer(Timer::Throttle) => self.on_throttle_timer(ctx),
            Input::Timer(Timer::HighWatermarkCheckpoint) => self.on_checkpoint_timer(ctx),
            Input::Timer(Timer::ParkedShareFetch) => self.on_share_fetch_timeout(ctx),
            Input::Timer(Timer::ShareLocks) => self.on_share_locks(ctx),
            Input::Timer(Timer::ShareSession) => self.on_share_session(ctx),
            Input::Timer(timer) => self.on_group_timer(timer, ctx),
            Input::Message {
                message: Message::Work(_),
                ..
            } => {}
            Input::Command(NodeCommand::SetDisk(bytes_per_s)) => self.set_disk(bytes_per_s, ctx),
            Input::Command(NodeCommand::ShutDown) => self.shut_down(ctx),
            Input::Command(_) | Input::Handover(_) => {}
        }
    }

    /// Handles the requests of a connection, one after the other, for as long as they are answered at once.
    fn on_request(&mut self, from: NodeId, request: Request, ctx: &mut Ctx) {
        if !self.is_open() {
            self.connections.close(from, request.channel);
            ctx.disconnect(from, request.channel);
            return;
        }
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
            RequestBody::Produce(produce) => self.write(Work::Produce(to, produce), ctx),
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
            | RequestBody::OffsetFetch(_)
            | RequestBody::ConsumerGroupHeartbeat(_)
            | RequestBody::DeleteGroups(_) => self.group_request(to, body, ctx),
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
            RequestBody::InitProducerId => self.init_producer_id(to, ctx),
            RequestBody::ShareFetch(fetch) => self.share_fetch(to, fetch, ctx),
            RequestBody::ShareGroupHeartbeat(heartbeat) => self.share_heartbeat(to, &heartbeat, ctx),
        }
    }

    /// Answers a request; the next one of its connection may be handled.
    fn answer(&mut self, to: Return, body: ResponseBody, ctx: &mut Ctx) {
        if self.connections.release(to) {
            ctx.respond(to.to, to.channel, to.correlation, body);
        }
    }

    fn on_response(&mut self, from: NodeId, response: Response, ctx: &mut Ctx) {
        let correlation = response.correlation;
        let body = match from {
            NodeId::Controller(_) => self.awaited_from_controller(from, response, ctx),
            _ => Some(response.body),
        };
        match body {
            Some(ResponseBody::Fetch(fetched)) => self.on_fetched(from, correlation, fetched, ctx),
            Some(ResponseBody::BrokerRegistration(r)) => {
                self.on_registered(r, ctx);
                self.apply_after_registration(ctx);
            }
            Some(ResponseBody::BrokerHeartbeat(r)) => self.on_heartbeat(r, ctx),
            Some(ResponseBody::FetchMetadataLog(r)) => self.on_metadata_log(from, &r, ctx),
            Some(ResponseBody::CreateTopics(_)) => self.controller.creating_offsets_topic = false,
            Some(ResponseBody::AlterPartition(r)) => self.on_alter_partition(&r, ctx),
            Some(ResponseBody::AllocateProducerIds(r)) => self.on_producer_ids(&r, ctx),
            _ => {}
        }
        self.work_off(ctx);
    }

    /// A connection is closed: a client's, or a follower's, with what was asked on it; or that to a leader, with what this
    /// broker has asked.
    fn on_disconnect(&mut self, from: NodeId, channel: Channel, ctx: &mut Ctx) {
        self.connections.close(from, channel);
        match from {
            NodeId::Broker(leader) => self.on_leader_lost(BrokerId(leader), ctx),
            NodeId::Controller(_) => self.on_controller_disconnect(from, ctx),
            NodeId::ShareConsumer(_) => self.on_share_disconnect(from, channel, ctx),
            _ => {}
        }
    }

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

    /// A replica to make something wrong with, for tests of the invariants.
    #[cfg(test)]
    pub(crate) fn doctor_replica(&mut self, partition: PartitionId) -> &mut Replica {
        self.replicas.or_default(partition)
    }

    /// A client that is over its quota, held back until then, and read from all the same.
    #[must_use]
    pub(crate) fn throttled_but_read(&self, now: Micros) -> Option<(NodeId, Micros)> {
        self.connections.throttled_but_read(now)
    }

    /// Gives these partitions to every member of every group, for tests of the invariants.
    #[cfg(test)]
    pub(crate) fn doctor_assignments(&mut self, partitions: &[PartitionId]) {
        self.coordinator.doctor_assignments(partitions);
    }

    /// Says of that group that it has committed that offset, for tests of the invariants. Answers whether it is here.
    #[cfg(test)]
    pub(crate) fn doctor_offset(
        &mut self,
        group: &crate::wire::GroupId,
        partition: PartitionId,
        offset: crate::wire::Offset,
    ) -> bool {
        self.coordinator.doctor_offset(group, partition, offset)
    }

    /// Reads from everybody, for tests of the invariants.
    #[cfg(test)]
    pub(crate) fn doctor_throttled(&mut self) {
        self.connections.doctor_throttled();
    }

    /// Whether a proposal of other in-sync replicas waits for the controller's answer.
    #[must_use]
    pub(crate) fn has_proposed(&self, partition: PartitionId) -> bool {
        self.proposals.has(partition)
    }

    /// The registration of its process, once the controller has answered it.
    #[must_use]
    pub(crate) fn registered_epoch(&self) -> Option<BrokerEpoch> {
        self.controller.broker_epoch()
    }

    /// All of its replicas, ascending.
    pub fn replicas(&self) -> impl Iterator<Item = (PartitionId, &Replica)> {
        self.replicas.iter().map(|(partition, replica)| (*partition, replica))
    }

    /// How much it can append in a second.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        self.disk.capacity()
    }

    /// How long a write that came now would wait.
    #[must_use]
    pub fn queue_us(&self, now: Micros) -> Micros {
        self.disk.queue_us(now)
    }

    /// Whether it was told to stop, and waits until it may. It goes on serving until then.
    #[must_use]
    pub fn is_shutting_down(&self) -> bool {
        self.controller.is_shutting_down()
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

    /// The partition as leader, or why it cannot be.
    fn leader_of(&mut self, partition: PartitionId) -> Result<&mut Replica, ErrorCode> {
        if !self.replicas.contains_key(&partition) {
            return Err(self.not_here(partition));
        }
        let replica = self.replicas.get_mut(&partition).filter(|replica| replica.is_leader());
        replica.ok_or(ErrorCode::NotLeaderOrFollower)
    }

    /// What is wrong with a request for a partition of which it has no replica (`ReplicaManager.getPartitionOrError`).
    fn not_here(&self, partition: PartitionId) -> ErrorCode {
        if self.image.partitions.contains_key(&partition) {
            ErrorCode::NotLeaderOrFollower
        } else {
            ErrorCode::UnknownTopicOrPartition
        }
    }

    /// `min.insync.replicas` of that partition's topic.
    fn min_insync_replicas(&self, partition: PartitionId) -> u8 {
        let topic = self.image.topics.get(&partition.topic);
        topic
            .and_then(|topic| topic.min_insync_replicas)
            .unwrap_or(self.config.min_insync_replicas)
    }
}
