//! The broker as group coordinator: it hands requests to [`GroupCoordinator`], stores what that wants stored, and sends
//! its answers.
//!
//! [`GroupCoordinator`]: crate::coordinator::GroupCoordinator

use super::Broker;
use super::connections::Return;
use super::purgatory::Completion;
use crate::coordinator::{Asker, Effect, partition_for::partition_for};
use crate::log::Batch;
use crate::node::{Ctx, Timer};
use crate::wire::{
    Acks, BrokerId, ErrorCode, FindCoordinatorResponse, GroupId, Offset, PartitionId, RequestBody, ResponseBody,
};
use std::sync::Arc;

/// The topic that holds the groups' offsets.
pub(super) const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// `offsets.commit.timeout.ms`.
const OFFSETS_COMMIT_TIMEOUT_US: u64 = 5_000_000;

impl Broker {
    /// Who coordinates the group: the leader of its partition of `__consumer_offsets`.
    pub(super) fn coordinator_for(&self, group: &str) -> Result<BrokerId, ErrorCode> {
        let (topic, state) = self
            .image
            .topic(OFFSETS_TOPIC)
            .ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let index = u16::try_from(partition_for(group, u32::from(state.partitions))).unwrap_or(0);
        self.image
            .leader(PartitionId { topic, index })
            .ok_or(ErrorCode::CoordinatorNotAvailable)
    }

    /// Creates `__consumer_offsets` when it is asked for the first time (`AutoTopicCreationManager`).
    pub(super) fn find_coordinator(&mut self, to: Return, group: &GroupId, ctx: &mut Ctx) {
        let (error, coordinator) = match self.coordinator_for(group) {
            Ok(broker) => (ErrorCode::None, Some(broker)),
            Err(ErrorCode::UnknownTopicOrPartition) => {
                self.create_offsets_topic(ctx);
                (ErrorCode::CoordinatorNotAvailable, None)
            }
            Err(error) => (error, None),
        };
        self.answer(
            to,
            ResponseBody::FindCoordinator(FindCoordinatorResponse { error, coordinator }),
            ctx,
        );
    }

    fn create_offsets_topic(&mut self, ctx: &mut Ctx) {
        if self.controller.creating_offsets_topic {
            return;
        }
        self.controller.creating_offsets_topic = true;
        let body = RequestBody::CreateTopics {
            name: OFFSETS_TOPIC.into(),
            partitions: self.config.groups.offsets_topic_partitions,
            replication_factor: self.config.groups.offsets_topic_replication_factor,
        };
        self.ask_controller(body, ctx);
    }

    pub(super) fn group_request(&mut self, to: Return, body: RequestBody, ctx: &mut Ctx) {
        let asker = Asker {
            node: to.to,
            channel: to.channel,
            connection: to.connection,
            correlation: to.correlation,
        };
        if matches!(body, RequestBody::ConsumerGroupHeartbeat(_)) {
            self.tell_topics();
        }
        let mut effects = Vec::new();
        self.coordinator.on_request(asker, body, ctx, &mut effects);
        self.carry_out(effects, ctx);
    }

    /// Consumer groups have to know how many partitions there are (`GroupCoordinatorService.onNewMetadataImage`).
    fn tell_topics(&mut self) {
        let topics = self.image.topics.iter();
        self.coordinator
            .learn_topics(topics.map(|(topic, state)| (*topic, state.partitions)));
    }

    pub(super) fn on_group_timer(&mut self, timer: Timer, ctx: &mut Ctx) {
        if matches!(timer, Timer::Session { .. } | Timer::Revocation { .. }) {
            self.tell_topics();
        }
        let mut effects = Vec::new();
        self.coordinator.on_timer(timer, ctx, &mut effects);
        self.carry_out(effects, ctx);
        self.work_off(ctx);
    }

    /// What the coordinator wanted to be stored is committed, or is not.
    pub(super) fn stored(&mut self, token: u64, result: Result<(), ErrorCode>, ctx: &mut Ctx) {
        let mut effects = Vec::new();
        self.coordinator.stored(token, result, ctx, &mut effects);
        self.carry_out(effects, ctx);
    }

    /// This broker leads a partition from now on, or does not any more. If it is one of `__consumer_offsets`, its groups
    /// come or go with it (`BrokerMetadataPublisher.updateCoordinator`). The log has to be as the new leader has it.
    pub(super) fn on_coordinator_change(&mut self, partition: PartitionId, became_leader: bool, ctx: &mut Ctx) {
        let is_offsets = self
            .image
            .topics
            .get(&partition.topic)
            .is_some_and(|topic| &*topic.name == OFFSETS_TOPIC);
        if !is_offsets {
            return;
        }
        let mut effects = Vec::new();
        if became_leader && let Some(replica) = self.replicas.get(&partition) {
            let entries = replica.log.entries_from(replica.log.start());
            let records = entries.flat_map(|entry| entry.batch.group_records());
            let end = replica.log.end();
            let uncommitted_end = (replica.high_watermark < end).then_some(end);
            self.coordinator
                .load(partition, records, uncommitted_end, ctx, &mut effects);
        } else {
            self.coordinator.unload(partition, ctx, &mut effects);
        }
        self.carry_out(effects, ctx);
    }

    fn carry_out(&mut self, effects: Vec<Effect>, ctx: &mut Ctx) {
        for effect in effects {
            match effect {
                Effect::Reply(reply) => {
                    let Asker {
                        node: to,
                        channel,
                        connection,
                        correlation,
                    } = reply.to;
                    let to = Return {
                        to,
                        channel,
                        correlation,
                        connection,
                    };
                    self.answer(to, reply.body, ctx);
                }
                Effect::Store {
                    token,
                    partition,
                    batch,
                } => self.store_for_groups(token, partition, batch, ctx),
                Effect::Await {
                    token,
                    partition,
                    until,
                } => self.await_for_groups(token, partition, until, ctx),
            }
        }
    }

    fn store_for_groups(&mut self, token: u64, partition: u16, batch: Arc<Batch>, ctx: &mut Ctx) {
        let Some(id) = self.offsets_partition(partition) else {
            return self.stored(token, Err(ErrorCode::UnknownTopicOrPartition), ctx);
        };
        let records = u64::from(batch.len());
        match self.append(id, batch, Acks::All, ctx) {
            Ok(base_offset) => {
                let end = base_offset + records;
                self.coordinator.appended(token, end);
                self.park_produce(
                    vec![(id, end)],
                    OFFSETS_COMMIT_TIMEOUT_US,
                    Completion::Stored(token),
                    ctx,
                );
                self.tell_of_appends(ctx);
            }
            Err(error) => self.stored(token, Err(error), ctx),
        }
    }

    fn await_for_groups(&mut self, token: u64, partition: u16, until: Offset, ctx: &mut Ctx) {
        match self.offsets_partition(partition) {
            Some(id) => self.park_produce(
                vec![(id, until)],
                OFFSETS_COMMIT_TIMEOUT_US,
                Completion::Stored(token),
                ctx,
            ),
            None => self.stored(token, Err(ErrorCode::UnknownTopicOrPartition), ctx),
        }
    }

    fn offsets_partition(&self, index: u16) -> Option<PartitionId> {
        let (topic, _) = self.image.topic(OFFSETS_TOPIC)?;
        Some(PartitionId { topic, index })
    }
}
