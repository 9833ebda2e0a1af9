//! How a member gets into a generation and out of it: JoinGroup, SyncGroup, LeaveGroup, with the eager protocol
//! (`ConsumerCoordinator.onJoinPrepare`, `onLeaderElected`, `onJoinComplete`).

use super::Consumer;
use super::membership::MemberState;
use super::range_assignor::{self, MemberSubscription};
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{
    Api, Assignment, ErrorCode, JoinGroupRequest, JoinGroupResponse, JoinedMember, LeaveGroupRequest, Micros,
    PartitionId, RequestBody, SyncGroupRequest, SyncGroupResponse, TopicId,
};

/// How much longer than the join phase may last a client waits for the answer
/// (`AbstractCoordinator.JOIN_GROUP_TIMEOUT_LAPSE`).
const JOIN_GROUP_LAPSE_US: Micros = 5_000_000;

impl Consumer {
    /// Gives up everything and asks to be in the next generation.
    pub(super) fn join(&mut self, ctx: &mut Ctx) {
        let Some((topic, _)) = self.metadata.topic(&self.config.topic) else {
            return;
        };
        if self.ready_coordinator(ctx.now()).is_none() || self.requests.is_waiting(Api::LeaveGroup) {
            return;
        }
        if self.auto_commits_first(ctx) {
            return;
        }
        let why = self.membership.take_rejoin_why();
        if why != 0 {
            ctx.set_cause(why);
        }
        self.give_up_partitions(ctx);
        self.membership.state = MemberState::Joining;
        self.membership.heartbeats += 1;
        let join = JoinGroupRequest {
            group: self.config.group.clone(),
            member: self.membership.member.clone(),
            session_timeout_us: self.config.session_timeout_us,
            rebalance_timeout_us: self.config.max_poll_interval_us,
            subscription: [topic].into(),
            client_id: self.client_id.clone(),
        };
        let timeout_us = self
            .config
            .request_timeout_us
            .max(self.config.max_poll_interval_us + JOIN_GROUP_LAPSE_US);
        self.ask_coordinator(timeout_us, RequestBody::JoinGroup(join), ctx);
    }

    /// `onPartitionsRevoked`, or `onPartitionsLost`: of nothing that was asked before an answer counts any more.
    pub(super) fn give_up_partitions(&mut self, ctx: &mut Ctx) {
        self.membership.round += 1;
        self.auto_commit_is_over();
        for owned in self.fetcher.give_up() {
            ctx.record(Fact::PartitionRevoked { partition: owned.id });
        }
    }

    pub(super) fn on_joined(&mut self, joined: JoinGroupResponse, ctx: &mut Ctx) {
        if self.membership.state != MemberState::Joining {
            return;
        }
        match joined.error {
            ErrorCode::None => {
                self.coordinator.succeeded();
                self.membership.state = MemberState::Syncing;
                self.membership.generation = Some(joined.generation);
                self.start_heartbeats(ctx);
                let leads = joined.leader == joined.member;
                self.membership.member = joined.member;
                let assignments = if leads {
                    self.share(&joined.members, ctx)
                } else {
                    Vec::new()
                };
                self.membership.shared_partitions = self
                    .metadata
                    .topic(&self.config.topic)
                    .filter(|_| leads)
                    .map(|(_, partitions)| partitions);
                self.sync(joined.generation, assignments, ctx);
            }
            ErrorCode::MemberIdRequired => {
                self.membership.join_failed(0);
                self.membership.member = joined.member;
            }
            error => {
                self.membership.join_failed(0);
                self.on_group_error(Api::JoinGroup, error, ctx);
            }
        }
    }

    /// As the group's leader: who gets what (`partition.assignment.strategy=range`).
    fn share(&self, members: &[JoinedMember], ctx: &mut Ctx) -> Vec<Assignment> {
        let Some(image) = self.metadata.image() else {
            return Vec::new();
        };
        let wanted = |topic: &TopicId| members.iter().any(|member| member.subscription.contains(topic));
        let topics: Vec<(TopicId, u32)> = image
            .topics
            .iter()
            .filter(|(topic, _)| wanted(topic))
            .map(|(topic, state)| (*topic, u32::from(state.partitions)))
            .collect();
        let subscriptions: Vec<MemberSubscription<TopicId>> = members
            .iter()
            .map(|member| MemberSubscription {
                member_id: &member.member,
                instance_id: None,
                topics: &member.subscription,
            })
            .collect();
        ctx.record_as_cause(Fact::AssignmentComputed {
            members: u32::try_from(members.len()).unwrap_or(u32::MAX),
            partitions: topics.iter().map(|(_, partitions)| partitions).sum(),
        });
        let partition = |(topic, index): (TopicId, u32)| PartitionId {
            topic,
            index: u16::try_from(index).expect("invariant partitions-fit-16-bits is broken"),
        };
        let shares = range_assignor::assign(&topics, &subscriptions);
        members
            .iter()
            .zip(shares)
            .map(|(member, share)| Assignment {
                member: member.member.clone(),
                partitions: share.into_iter().map(partition).collect(),
            })
            .collect()
    }

    fn sync(&mut self, generation: u32, assignments: Vec<Assignment>, ctx: &mut Ctx) {
        let group = self.config.group.clone();
        let sync = SyncGroupRequest {
            group,
            member: self.membership.member.clone(),
            generation,
            assignments,
        };
        self.ask_coordinator(self.config.request_timeout_us, RequestBody::SyncGroup(sync), ctx);
    }

    pub(super) fn on_synced(&mut self, synced: &SyncGroupResponse, ctx: &mut Ctx) {
        if self.membership.state != MemberState::Syncing {
            return;
        }
        if synced.error != ErrorCode::None {
            self.membership.join_failed(0);
            return self.on_group_error(Api::SyncGroup, synced.error, ctx);
        }
        self.membership.joined();
        self.coordinator.succeeded();
        self.fetcher.take_over(&synced.partitions);
        if let Some(image) = self.metadata.image() {
            self.fetcher.follow_leaders(image);
        }
        let generation = self.membership.generation.unwrap_or(0);
        for partition in synced.partitions.iter().copied() {
            ctx.record(Fact::PartitionAssigned { partition, generation });
        }
    }

    /// What the coordinator's errors mean to a member.
    pub(super) fn on_group_error(&mut self, api: Api, error: ErrorCode, ctx: &mut Ctx) {
        let refused = ctx.record_as_cause(Fact::CoordinatorRefused { api, error });
        match error {
            ErrorCode::RebalanceInProgress => self.membership.request_rejoin(refused),
            ErrorCode::UnknownMemberId => self.membership.reset(true, refused),
            ErrorCode::IllegalGeneration => self.membership.reset(false, refused),
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable | ErrorCode::RequestTimedOut => {
                if let Some(broker) = self.coordinator.broker() {
                    self.lose_coordinator(broker, ctx);
                }
            }
            error if error.is_retriable() => self.back_off_coordinator(ctx),
            // `poll()` throws, and the application ends.
            _ => self.end(ctx),
        }
    }

    /// The end of `close()`: says good bye, if there is anybody to say it to.
    pub(super) fn leave(&mut self, ctx: &mut Ctx) {
        if self.requests.is_waiting(Api::LeaveGroup) || self.auto_commits_first(ctx) {
            return;
        }
        let is_member = self.membership.state != MemberState::Unjoined && !self.membership.member.is_empty();
        self.give_up_partitions(ctx);
        if is_member && self.coordinator.broker().is_some() {
            self.send_leave(ctx);
        } else {
            self.end(ctx);
        }
    }

    pub(super) fn send_leave(&mut self, ctx: &mut Ctx) {
        let leave = LeaveGroupRequest {
            group: self.config.group.clone(),
            member: self.membership.member.clone(),
        };
        self.ask_coordinator(self.config.request_timeout_us, RequestBody::LeaveGroup(leave), ctx);
        self.membership.reset(true, 0);
    }

    pub(super) fn on_left(&mut self, ctx: &mut Ctx) {
        if self.life != super::state::Life::Open {
            self.end(ctx);
        }
    }
}
