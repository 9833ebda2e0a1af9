//! How a member gets into a generation and out of it: JoinGroup, SyncGroup, LeaveGroup
//! (`ConsumerCoordinator.onJoinPrepare`, `onLeaderElected`, `onJoinComplete`).
//!
//! **Eager**: it gives up everything, joins, and gets its share. **Cooperative** (KIP-429): it keeps and reads what it has
//! while it joins; what the new assignment takes away it gives up then, and joins again at once, so that a second rebalance
//! can hand that out.

use super::Consumer;
use super::membership::{Held, MemberState};
use crate::assignor::{MemberSubscription, Strategy};
use crate::node::{Bug, Ctx};
use crate::trace::Fact;
use crate::wire::{
    Api, Assignment, ErrorCode, GroupProtocol, JoinGroupRequest, JoinGroupResponse, JoinedMember, LeaveGroupRequest,
    Micros, PartitionId, RequestBody, Subscription, SyncGroupRequest, SyncGroupResponse, TopicId,
};
use std::sync::Arc;

/// How much longer than the join phase may last a client waits for the answer
/// (`AbstractCoordinator.JOIN_GROUP_TIMEOUT_LAPSE`).
const JOIN_GROUP_LAPSE_US: Micros = 5_000_000;

impl Consumer {
    /// Asks to be in the next generation.
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
        self.on_join_prepare(ctx);
        self.membership.state = MemberState::Joining;
        self.membership.heartbeats += 1;
        let join = JoinGroupRequest {
            group: self.config.group.clone(),
            member: self.membership.member.clone(),
            session_timeout_us: self.config.session_timeout_us,
            rebalance_timeout_us: self.config.max_poll_interval_us,
            instance: self.membership.instance.clone(),
            protocols: self.protocols(topic),
            client_id: self.client_id.clone(),
        };
        let timeout_us = self
            .config
            .request_timeout_us
            .max(self.config.max_poll_interval_us + JOIN_GROUP_LAPSE_US);
        self.ask_coordinator(timeout_us, RequestBody::JoinGroup(Box::new(join)), ctx);
    }

    /// What is done before it joins (`ConsumerCoordinator.onJoinPrepare`): here is the place for what has to happen while it
    /// still owns what it owned. Then it has lost all that, if its membership was over; or it gives it up, if it is eager.
    fn on_join_prepare(&mut self, ctx: &mut Ctx) {
        let is_lost = self.membership.generation.is_none();
        if is_lost || !self.config.is_cooperative() {
            self.give_up_partitions(is_lost, ctx);
        }
    }

    /// Each assignor, and what its leader has to know: what this member has, and since which generation.
    fn protocols(&self, topic: TopicId) -> Arc<[GroupProtocol]> {
        let owned = || self.fetcher.owned.iter().map(|owned| owned.id).collect();
        let protocol = |strategy: &Strategy| GroupProtocol {
            name: strategy.name().into(),
            metadata: Subscription {
                topics: [topic].into(),
                // Sticky is eager, and has given up all: it remembers.
                owned: match strategy {
                    Strategy::Sticky => self.membership.assigned.clone(),
                    _ => owned(),
                },
                generation: self.membership.assigned_in,
            },
        };
        self.config.strategies.iter().map(protocol).collect()
    }

    /// `onPartitionsLost` or `onPartitionsRevoked`, of everything: of nothing that was asked before an answer counts any
    /// more.
    pub(super) fn give_up_partitions(&mut self, are_lost: bool, ctx: &mut Ctx) {
        self.membership.round += 1;
        self.auto_commit_is_over();
        for owned in self.fetcher.give_up() {
            let partition = owned.id;
            ctx.record(if are_lost {
                Fact::PartitionLost { partition }
            } else {
                Fact::PartitionRevoked { partition }
            });
        }
    }

    /// In `poll()`: an answer that has come while the application worked.
    pub(super) fn read_held(&mut self, ctx: &mut Ctx) {
        match self.membership.held.take() {
            Some(Held::Joined(joined)) => self.on_joined(joined, ctx),
            Some(Held::Synced(synced)) => self.on_synced(&synced, ctx),
            None => {}
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
                let strategy = joined.protocol.as_deref().and_then(Strategy::named);
                let assignments = match strategy {
                    // A leader that came back as a static member leaves everything as it is (KIP-814).
                    Some(strategy) if leads && !joined.skip_assignment => self.share(strategy, &joined.members, ctx),
                    _ => Vec::new(),
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

    /// As the group's leader: who gets what, by the assignor that the coordinator has chosen.
    fn share(&self, strategy: Strategy, members: &[JoinedMember], ctx: &mut Ctx) -> Vec<Assignment> {
        let Some(image) = self.metadata.image() else {
            return Vec::new();
        };
        let wanted = |topic: &TopicId| members.iter().any(|member| member.metadata.topics.contains(topic));
        let topics: Vec<(TopicId, u32)> = image
            .topics
            .iter()
            .filter(|(topic, _)| wanted(topic))
            .map(|(topic, state)| (*topic, u32::from(state.partitions)))
            .collect();
        let owned: Vec<Vec<(TopicId, u32)>> = members
            .iter()
            .map(|member| {
                let owned = member.metadata.owned.iter();
                owned.map(|id| (id.topic, u32::from(id.index))).collect()
            })
            .collect();
        let subscriptions: Vec<MemberSubscription<TopicId>> = members
            .iter()
            .zip(&owned)
            .map(|(member, owned)| MemberSubscription {
                member_id: &member.member,
                instance_id: member.instance.as_deref(),
                topics: &member.metadata.topics,
                owned,
                generation: member.metadata.generation,
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
        let hands_out_early = ctx.has_bug(Bug::HandedOutBeforeRevoked) && strategy == Strategy::CooperativeSticky;
        let strategy = if hands_out_early { Strategy::Sticky } else { strategy };
        let shares = strategy.assign(&topics, &subscriptions);
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
            instance: self.membership.instance.clone(),
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
        self.membership.assigned = synced.partitions.clone();
        self.membership.assigned_in = self.membership.generation;
        self.take_over(&synced.partitions, ctx);
    }

    /// `onPartitionsRevoked` for what is not its own any more, after which it joins again at once; then
    /// `onPartitionsAssigned` for what is new, even if that is nothing (`ConsumerCoordinator.onJoinComplete`).
    fn take_over(&mut self, assigned: &[PartitionId], ctx: &mut Ctx) {
        for owned in &self.fetcher.owned {
            if !assigned.contains(&owned.id) {
                let revoked = ctx.record(Fact::PartitionRevoked { partition: owned.id });
                self.membership.request_rejoin(revoked);
            }
        }
        if self.config.is_cooperative() {
            self.membership.round += 1;
        }
        let mut new = assigned.to_vec();
        new.retain(|partition| self.fetcher.slot(*partition).is_none());
        self.fetcher.take_over(assigned, self.membership.round);
        if let Some(image) = self.metadata.image() {
            self.fetcher.follow_leaders(image);
        }
        let generation = self.membership.generation.unwrap_or(0);
        for &partition in &new {
            ctx.record(Fact::PartitionAssigned { partition, generation });
        }
        if new.is_empty() {
            ctx.record(Fact::NothingAssigned { generation });
        }
    }

    /// What the coordinator's errors mean to a member.
    pub(super) fn on_group_error(&mut self, api: Api, error: ErrorCode, ctx: &mut Ctx) {
        if self.modern.is_some() {
            return self.on_modern_error(api, error, ctx);
        }
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
        if self.modern.is_some() {
            return self.close_modern(ctx);
        }
        if self.requests.is_waiting(Api::LeaveGroup) || self.auto_commits_first(ctx) {
            return;
        }
        let is_lost = self.membership.generation.is_none() || self.membership.is_rebalancing();
        self.give_up_partitions(is_lost, ctx);
        self.leave_group(ctx);
        if !self.requests.is_waiting(Api::LeaveGroup) {
            self.end(ctx);
        }
    }

    /// Is no member any more. A dynamic one tells the coordinator; a static one does not, and its place is kept until its
    /// session is over (KIP-345, `AbstractCoordinator.maybeLeaveGroup`).
    pub(super) fn leave_group(&mut self, ctx: &mut Ctx) {
        let is_member = self.membership.state != MemberState::Unjoined && !self.membership.member.is_empty();
        if is_member && self.membership.instance.is_none() && self.coordinator.broker().is_some() {
            let leave = LeaveGroupRequest {
                group: self.config.group.clone(),
                member: self.membership.member.clone(),
                instance: None,
            };
            self.ask_coordinator(self.config.request_timeout_us, RequestBody::LeaveGroup(leave), ctx);
        }
        self.membership.reset(true, 0);
    }

    pub(super) fn on_left(&mut self, ctx: &mut Ctx) {
        if self.life != super::state::Life::Open {
            self.end(ctx);
        }
    }
}
