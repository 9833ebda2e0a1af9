//! Groups and their offsets, on the broker that leads the group's partition of `__consumer_offsets`.
//!
//! The classic protocol (`GroupMetadataManager`): a rebalance is a barrier of two phases. In the *join* phase
//! (`rebalance`) the coordinator waits until every member has joined; in the *sync* phase (`sync`) until the leader, a
//! member like the others, has said who gets what. Members learn of a rebalance only by their heartbeats (`heartbeat`),
//! and the coordinator of their death only by the lack of them (`session`). `offsets` keeps what the group has read.
//!
//! **Invariant:** the coordinator never sends and never stores. It asks its broker to, with [`Effect`]s, because the
//! broker unmutes a connection with each answer and has the log.

mod config;
mod effect;
mod group;
mod heartbeat;
mod join;
mod offsets;
pub mod partition_for;
mod rebalance;
mod records;
mod session;
mod stores;
mod sync;
#[cfg(test)]
mod tests;

pub use config::GroupCoordinatorConfig;
pub use effect::{Effect, Reply};
pub use group::Group;

use crate::node::{Ctx, Timer};
use crate::wire::{Channel, ErrorCode, GroupId, NodeId, RequestBody, ResponseBody};
use effect::{Asker, Turn};
use stores::{Stored, Stores};

/// The part of a broker that coordinates groups.
#[derive(Debug, Clone)]
pub struct GroupCoordinator {
    config: GroupCoordinatorConfig,
    groups: Vec<Group>,
    stores: Stores,
}

impl GroupCoordinator {
    /// The most groups. Whoever joins another one is told `COORDINATOR_NOT_AVAILABLE`; Kafka has no limit.
    pub const MAX_GROUPS: usize = 1_000;

    /// A coordinator without groups.
    #[must_use]
    pub fn new(config: GroupCoordinatorConfig) -> Self {
        Self {
            config,
            groups: Vec::new(),
            stores: Stores::default(),
        }
    }

    /// A client asks: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit or OffsetFetch. The broker has seen to
    /// it that this is the group's coordinator.
    ///
    /// # Panics
    /// On any other request: the broker would have taken it to the wrong place.
    pub fn on_request(
        &mut self,
        from: NodeId,
        channel: Channel,
        correlation: u32,
        body: RequestBody,
        ctx: &mut Ctx,
        effects: &mut Vec<Effect>,
    ) {
        let asker = Asker {
            node: from,
            channel,
            correlation,
        };
        let group = match &body {
            RequestBody::JoinGroup(request) => self.group_to_join(&request.group, request.member.is_empty()),
            RequestBody::SyncGroup(request) => self.find(&request.group),
            RequestBody::Heartbeat(request) => self.find(&request.group),
            RequestBody::LeaveGroup(request) => self.find(&request.group),
            RequestBody::OffsetCommit(request) => self.find(&request.group),
            RequestBody::OffsetFetch(group) => self.find(group),
            other => panic!("invariant group-requests-only is broken by {}", other.api().name()),
        };
        let mut turn = Turn {
            config: &self.config,
            stores: &mut self.stores,
            ctx,
            effects,
        };
        match group {
            Some(index) => self.groups[index].on_request(asker, body, &mut turn),
            None => turn.reply(asker, answer_without_group(&body, self.groups.len())),
        }
    }

    /// A timer of the coordinator: the end of a join or sync phase, or a member's session.
    pub fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx, effects: &mut Vec<Effect>) {
        let (Timer::JoinPhase { group, .. } | Timer::SyncPhase { group, .. } | Timer::Session { group, .. }) = timer
        else {
            return;
        };
        let mut turn = Turn {
            config: &self.config,
            stores: &mut self.stores,
            ctx,
            effects,
        };
        if let Some(group) = self.groups.get_mut(group as usize) {
            match timer {
                Timer::JoinPhase { round, .. } => group.join_phase_over(round, &mut turn),
                Timer::SyncPhase { generation, .. } => group.sync_phase_over(generation, &mut turn),
                Timer::Session { member, .. } => group.session_alarm(member, &mut turn),
                _ => {}
            }
        }
    }

    /// The batch of that [`Effect::Store`] is committed, or is not going to be.
    pub fn stored(&mut self, token: u64, result: Result<(), ErrorCode>, ctx: &mut Ctx, effects: &mut Vec<Effect>) {
        let Some((group, what)) = self.stores.take(token) else {
            return;
        };
        let mut turn = Turn {
            config: &self.config,
            stores: &mut self.stores,
            ctx,
            effects,
        };
        let group = &mut self.groups[group as usize];
        match what {
            Stored::Metadata {
                generation,
                assignments,
            } => {
                group.assignment_stored(generation, &assignments, result, &mut turn);
            }
            Stored::Nothing => {}
            Stored::Offsets { asker, offsets } => group.offsets_stored(asker, &offsets, result, &mut turn),
        }
    }

    /// The groups, in the order in which they came.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }

    /// The group of that name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| &**group.id() == name)
    }

    fn find(&self, id: &GroupId) -> Option<usize> {
        self.groups.iter().position(|group| group.id() == id)
    }

    /// Only a new member makes a group: one that brings an id believes in a group that is gone.
    fn group_to_join(&mut self, id: &GroupId, is_new_member: bool) -> Option<usize> {
        let found = self.find(id);
        if found.is_some() || !is_new_member || self.groups.len() >= Self::MAX_GROUPS {
            return found;
        }
        let number = self.groups.len();
        self.groups
            .push(Group::new(id.clone(), u32::try_from(number).unwrap_or(u32::MAX)));
        Some(number)
    }
}

/// What Kafka answers when there is no such group.
fn answer_without_group(body: &RequestBody, groups: usize) -> ResponseBody {
    match body {
        RequestBody::JoinGroup(request) if request.member.is_empty() && groups >= GroupCoordinator::MAX_GROUPS => {
            effect::join_error(ErrorCode::CoordinatorNotAvailable, request.member.clone())
        }
        RequestBody::JoinGroup(request) => effect::join_error(ErrorCode::UnknownMemberId, request.member.clone()),
        RequestBody::SyncGroup(_) => effect::sync_error(ErrorCode::UnknownMemberId),
        RequestBody::LeaveGroup(_) => ResponseBody::LeaveGroup(ErrorCode::UnknownMemberId),
        RequestBody::OffsetCommit(_) => effect::commit_answer(ErrorCode::IllegalGeneration),
        RequestBody::OffsetFetch(_) => effect::offsets_answer(Vec::new()),
        _ => ResponseBody::Heartbeat(ErrorCode::UnknownMemberId),
    }
}
