//! Groups and their offsets, on the broker that leads the group's partition of `__consumer_offsets`.
//!
//! The classic protocol (`GroupMetadataManager`): a rebalance is a barrier of two phases. In the *join* phase
//! (`rebalance`) the coordinator waits until every member has joined; in the *sync* phase (`sync`) until the leader, a
//! member like the others, has said who gets what. Members learn of a rebalance only by their heartbeats (`heartbeat`),
//! and the coordinator of their death only by the lack of them (`session`). Which assignor the leader uses is voted on
//! (`protocol`); a process with an instance id keeps its place over a restart (`static_member`). `offsets` keeps what the group has read.
//! What has to outlive the coordinator is in the log (`records`), where the next one finds it (`load`).
//!
//! **Invariant:** the coordinator never sends and never stores. It asks its broker to, with [`Effect`]s, because the
//! broker unmutes a connection with each answer and has the log.

mod config;
mod deletion;
mod effect;
mod group;
mod heartbeat;
mod join;
mod load;
mod modern;
mod offsets;
pub mod partition_for;
mod protocol;
mod rebalance;
mod records;
mod session;
mod static_member;
mod stores;
mod sync;
#[cfg(test)]
mod tests;

pub use config::GroupCoordinatorConfig;
pub use effect::{Asker, Effect, Reply};
pub use group::Group;

use crate::node::{Ctx, Timer};
#[cfg(test)]
use crate::wire::PartitionId;
use crate::wire::{ErrorCode, GroupId, JOIN_EPOCH, Offset, RequestBody, ResponseBody, TopicId};
use effect::{Turn, refusal};
use modern::Topics;
use partition_for::partition_for;
use stores::{Stored, Stores};
use sync::as_group_error;

/// The part of a broker that coordinates groups.
#[derive(Debug, Clone)]
pub struct GroupCoordinator {
    config: GroupCoordinatorConfig,
    /// The partitions of `__consumer_offsets` that the broker leads: groups that belong to others are not here.
    partitions: Vec<u16>,
    /// By number.
    groups: Vec<Group>,
    /// Counts the groups: a number is not used twice, so that the timers of a group that was given up are known.
    last_group: u32,
    stores: Stores,
    /// As its broker knows them.
    topics: Topics,
}

impl GroupCoordinator {
    /// The most groups. Whoever joins another one is told `COORDINATOR_NOT_AVAILABLE`; Kafka has no limit.
    pub const MAX_GROUPS: usize = 1_000;

    /// A coordinator without groups, that leads nothing yet ([`GroupCoordinator::load`]).
    #[must_use]
    pub fn new(config: GroupCoordinatorConfig) -> Self {
        Self {
            config,
            partitions: Vec::new(),
            groups: Vec::new(),
            last_group: 0,
            stores: Stores::default(),
            topics: [].into(),
        }
    }

    /// A client asks: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit, OffsetFetch or DeleteGroups.
    ///
    /// # Panics
    /// On any other request: the broker would have taken it to the wrong place.
    pub fn on_request(&mut self, asker: Asker, body: RequestBody, ctx: &mut Ctx, effects: &mut Vec<Effect>) {
        let (id, makes_group) = match &body {
            RequestBody::JoinGroup(request) => (&request.group, request.member.is_empty()),
            // Offsets of whoever is in no group make a group without members.
            RequestBody::OffsetCommit(request) => (&request.group, request.generation.is_none()),
            RequestBody::SyncGroup(request) => (&request.group, false),
            RequestBody::Heartbeat(request) => (&request.group, false),
            RequestBody::LeaveGroup(request) => (&request.group, false),
            RequestBody::OffsetFetch(group) | RequestBody::DeleteGroups(group) => (group, false),
            RequestBody::ConsumerGroupHeartbeat(request) => (&request.group, request.member_epoch == JOIN_EPOCH),
            other => panic!("invariant group-requests-only is broken by {}", other.api().name()),
        };
        let partition = self.partition_of(id);
        let is_here = self.partitions.contains(&partition);
        let group = if is_here && makes_group {
            self.group_to_make(id, partition)
        } else {
            self.find(id)
        };
        let mut turn = Turn {
            config: &self.config,
            stores: &mut self.stores,
            ctx,
            effects,
        };
        match group {
            Some(index) => match &body {
                RequestBody::ConsumerGroupHeartbeat(request) => {
                    self.groups[index].consumer_heartbeat(asker, request, &self.topics, &mut turn);
                }
                RequestBody::DeleteGroups(_) => deletion::delete(&mut self.groups, index, asker, &mut turn),
                _ => self.groups[index].on_request(asker, body, &mut turn),
            },
            None if is_here => turn.reply(asker, answer_without_group(&body)),
            None => turn.reply(asker, refusal(&body, ErrorCode::NotCoordinator)),
        }
    }

    /// The topics, ascending, with their partitions, as the broker knows them from now on.
    pub fn learn_topics(&mut self, topics: impl Iterator<Item = (TopicId, u16)>) {
        let topics: Vec<(TopicId, u16)> = topics.collect();
        if *self.topics != *topics {
            self.topics = topics.into();
            for group in self.groups.iter_mut().filter_map(|group| group.modern.as_mut()) {
                group.learn(&self.topics);
            }
        }
    }

    /// A timer of the coordinator: the end of a join or sync phase, or a member's session.
    pub fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx, effects: &mut Vec<Effect>) {
        let (Timer::JoinPhase { group, .. }
        | Timer::SyncPhase { group, .. }
        | Timer::Session { group, .. }
        | Timer::Revocation { group, .. }) = timer
        else {
            return;
        };
        let mut turn = Turn {
            config: &self.config,
            stores: &mut self.stores,
            ctx,
            effects,
        };
        if let Some(group) = numbered(&mut self.groups, group) {
            match timer {
                Timer::JoinPhase { round, .. } => group.join_phase_over(round, &mut turn),
                Timer::SyncPhase { generation, .. } => group.sync_phase_over(generation, &mut turn),
                Timer::Session { member, .. } => group.session_alarm(member, &mut turn),
                Timer::Revocation { member, .. } => group.revocation_alarm(member, &mut turn),
                _ => {}
            }
        }
    }

    /// The batch of that [`Effect::Store`] is in the leader's log, which ends at `end` with it. The broker says so before
    /// it says that the batch is [stored](Self::stored).
    pub fn appended(&mut self, token: u64, end: Offset) {
        self.stores.appended(token, end);
    }

    /// The batch of that [`Effect::Store`] is committed, or is not going to be, or not in time; or the high watermark is
    /// where an [`Effect::Await`] wants it.
    pub fn stored(&mut self, token: u64, result: Result<(), ErrorCode>, ctx: &mut Ctx, effects: &mut Vec<Effect>) {
        let Some(mut write) = self.stores.take(token) else {
            return;
        };
        // Only the high watermark counts here, and it is there (`CoordinatorRuntime.HighWatermarkListener`).
        let result = result.or_else(|error| match error {
            ErrorCode::NotEnoughReplicasAfterAppend => Ok(()),
            other => Err(other),
        });
        let late = match result {
            Ok(()) => {
                self.stores.committed(write.partition, write.end);
                self.stores.take_late(write.partition, write.end)
            }
            Err(_) => Vec::new(),
        };
        let mut turn = Turn {
            config: &self.config,
            stores: &mut self.stores,
            ctx,
            effects,
        };
        for (group, offsets) in late {
            if let Some(group) = numbered(&mut self.groups, group) {
                group.offsets_stored(&offsets, &mut turn);
            }
        }
        if let Stored::Deletion { asker, group } = write.then {
            return deletion::stored(&mut self.groups, asker, *group, result, &mut turn);
        }
        let Some(group) = numbered(&mut self.groups, write.group) else {
            return deletion::answer_late(write.then, result, &mut turn);
        };
        match &mut write.then {
            Stored::Consumer {
                answer,
                before,
                revision,
            } => group.consumer_stored(answer.take(), before, *revision, result, &mut turn),
            Stored::ConsumerRead { asker, response } => {
                let body = match result {
                    Ok(()) => ResponseBody::ConsumerGroupHeartbeat(response.clone()),
                    Err(error) => modern::unasked(as_group_error(error)),
                };
                turn.reply(*asker, body);
            }
            Stored::Metadata {
                generation,
                assignments,
            } => {
                group.assignment_stored(*generation, assignments, result, &mut turn);
            }
            Stored::Nothing | Stored::Deletion { .. } => {}
            Stored::Offsets { asker, offsets } => {
                if result.is_ok() {
                    group.offsets_stored(offsets, &mut turn);
                }
                if let Some(asker) = asker.take() {
                    let error = result.err().map_or(ErrorCode::None, as_group_error);
                    turn.reply(asker, effect::commit_answer(error));
                }
                // It is in the log: whether it counts is not for the clock to say.
                if result == Err(ErrorCode::RequestTimedOut) {
                    self.stores.keep_late(token, write);
                }
            }
            Stored::Read { asker } => group.offsets_settled(*asker, result, &mut turn),
            Stored::Replacement { asker, former } => {
                group.replacement_stored(*asker, former.clone(), result, &mut turn);
            }
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

    /// Gives these partitions to every member of every classic group, for tests of the invariants.
    #[cfg(test)]
    pub(crate) fn doctor_assignments(&mut self, partitions: &[PartitionId]) {
        for member in self.groups.iter_mut().flat_map(|group| &mut group.members) {
            member.assignment = partitions.into();
        }
    }

    /// Says of that group that it has committed that offset, for tests of the invariants. Answers whether there is one.
    #[cfg(test)]
    pub(crate) fn doctor_offset(&mut self, id: &GroupId, partition: crate::wire::PartitionId, offset: Offset) -> bool {
        let group = self.groups.iter_mut().find(|group| group.id() == id);
        group.is_some_and(|group| {
            group.offsets.insert(partition, offset);
            true
        })
    }

    fn find(&self, id: &GroupId) -> Option<usize> {
        self.groups.iter().position(|group| group.id() == id)
    }

    fn partition_of(&self, id: &GroupId) -> u16 {
        let partitions = u32::from(self.config.offsets_topic_partitions);
        u16::try_from(partition_for(id, partitions)).unwrap_or(0)
    }

    /// Only a new member, or somebody who is in no group, makes one: who brings an id believes in a group that is gone.
    fn group_to_make(&mut self, id: &GroupId, partition: u16) -> Option<usize> {
        let found = self.find(id);
        if found.is_some() || self.groups.len() >= Self::MAX_GROUPS {
            return found;
        }
        self.last_group = self.last_group.wrapping_add(1);
        self.groups.push(Group::new(id.clone(), self.last_group, partition));
        Some(self.groups.len() - 1)
    }
}

/// The group of that number; `None` when it was given up.
fn numbered(groups: &mut [Group], number: u32) -> Option<&mut Group> {
    groups.iter_mut().find(|group| group.number == number)
}

/// What Kafka answers when there is no such group, and none can be made for whoever would make one.
fn answer_without_group(body: &RequestBody) -> ResponseBody {
    match body {
        RequestBody::JoinGroup(request) if request.member.is_empty() => {
            refusal(body, ErrorCode::CoordinatorNotAvailable)
        }
        RequestBody::OffsetCommit(request) if request.generation.is_none() => {
            refusal(body, ErrorCode::CoordinatorNotAvailable)
        }
        RequestBody::OffsetCommit(_) => refusal(body, ErrorCode::IllegalGeneration),
        RequestBody::ConsumerGroupHeartbeat(request) if request.member_epoch == JOIN_EPOCH => {
            refusal(body, ErrorCode::CoordinatorNotAvailable)
        }
        RequestBody::ConsumerGroupHeartbeat(_) => refusal(body, ErrorCode::GroupIdNotFound),
        RequestBody::OffsetFetch(_) => effect::offsets_answer(Vec::new()),
        RequestBody::DeleteGroups(_) => refusal(body, ErrorCode::GroupIdNotFound),
        _ => refusal(body, ErrorCode::UnknownMemberId),
    }
}
