//! The broker as group coordinator: it hands requests to [`GroupCoordinator`], stores what that wants stored, and sends
//! its answers.
//!
//! [`GroupCoordinator`]: crate::coordinator::GroupCoordinator

use super::Broker;
use super::connections::Return;
use super::purgatory::Completion;
use crate::coordinator::{Effect, Reply, partition_for::partition_for};
use crate::node::{Ctx, Timer};
use crate::wire::{
    Acks, BrokerId, ErrorCode, FindCoordinatorResponse, GroupId, OffsetCommitResponse, OffsetFetchResponse,
    PartitionId, RequestBody, ResponseBody, SyncGroupResponse,
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
        if self.coordinator_for(group_of(&body)) != Ok(self.id) {
            self.answer(to, not_coordinator(&body), ctx);
            return;
        }
        let mut effects = Vec::new();
        self.coordinator
            .on_request(to.to, to.channel, to.correlation, body, ctx, &mut effects);
        self.carry_out(effects, ctx);
    }

    pub(super) fn on_group_timer(&mut self, timer: Timer, ctx: &mut Ctx) {
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
    /// come or go with it.
    pub(super) fn on_coordinator_change(&mut self, _partition: PartitionId, _became_leader: bool, _ctx: &mut Ctx) {}

    fn carry_out(&mut self, effects: Vec<Effect>, ctx: &mut Ctx) {
        for effect in effects {
            match effect {
                Effect::Reply(Reply {
                    to,
                    channel,
                    correlation,
                    body,
                }) => {
                    let to = Return::of_open(&self.connections, to, channel, correlation);
                    self.answer(to, body, ctx);
                }
                Effect::Store {
                    token,
                    partition,
                    batch,
                } => {
                    let Some((topic, _)) = self.image.topic(OFFSETS_TOPIC) else {
                        self.stored(token, Err(ErrorCode::UnknownTopicOrPartition), ctx);
                        continue;
                    };
                    let id = PartitionId {
                        topic,
                        index: partition,
                    };
                    let records = u64::from(batch.len());
                    match self.append(id, batch, Acks::All, ctx) {
                        Ok(base_offset) => {
                            let waits = vec![(id, base_offset + records)];
                            let completion = Completion::Stored(token);
                            self.park_produce(waits, OFFSETS_COMMIT_TIMEOUT_US, completion, ctx);
                            self.tell_of_appends(ctx);
                        }
                        Err(error) => self.stored(token, Err(error), ctx),
                    }
                }
            }
        }
    }
}

fn group_of(body: &RequestBody) -> &str {
    match body {
        RequestBody::JoinGroup(r) => &r.group,
        RequestBody::SyncGroup(r) => &r.group,
        RequestBody::Heartbeat(r) => &r.group,
        RequestBody::LeaveGroup(r) => &r.group,
        RequestBody::OffsetCommit(r) => &r.group,
        RequestBody::OffsetFetch(group) | RequestBody::FindCoordinator(group) => group,
        _ => "",
    }
}

fn not_coordinator(body: &RequestBody) -> ResponseBody {
    let error = ErrorCode::NotCoordinator;
    match body {
        RequestBody::JoinGroup(r) => ResponseBody::JoinGroup(crate::wire::JoinGroupResponse {
            error,
            generation: 0,
            member: r.member.clone(),
            leader: "".into(),
            members: Vec::new(),
        }),
        RequestBody::SyncGroup(_) => ResponseBody::SyncGroup(SyncGroupResponse {
            error,
            partitions: Arc::from([].as_slice()),
        }),
        RequestBody::LeaveGroup(_) => ResponseBody::LeaveGroup(error),
        RequestBody::OffsetCommit(_) => ResponseBody::OffsetCommit(OffsetCommitResponse { error }),
        RequestBody::OffsetFetch(_) => ResponseBody::OffsetFetch(OffsetFetchResponse {
            error,
            offsets: Vec::new(),
        }),
        _ => ResponseBody::Heartbeat(error),
    }
}
