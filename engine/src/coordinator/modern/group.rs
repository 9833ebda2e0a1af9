//! A consumer group and its members, as the coordinator keeps them (`ConsumerGroup`).

use super::member::ConsumerGroupMember;
use crate::coordinator::effect::Turn;
use crate::short_map::ShortMap;
use crate::trace::{EpochWhy, Fact, GroupStateName};
use crate::wire::{GroupId, MemberId, Micros, TopicId};
use std::sync::Arc;

/// How many partitions each topic has, by topic.
pub(in crate::coordinator) type Topics = Arc<[(TopicId, u16)]>;

/// A consumer group.
#[derive(Debug, Clone)]
pub(in crate::coordinator) struct ConsumerGroup {
    id: GroupId,
    /// Rises with members, subscriptions and partitions; 0 while the group is not set up.
    pub(super) epoch: i32,
    /// The epoch for which the target was computed last.
    pub(in crate::coordinator) assignment_epoch: i32,
    /// When.
    pub(super) assigned_at_us: Option<Micros>,
    /// By id: the order in which assignors see them.
    pub(super) members: ShortMap<MemberId, ConsumerGroupMember>,
    pub(super) last_member: u32,
    /// The subscribed topics with their partitions, as they were when the epoch rose last. Stands for Kafka's metadata hash
    /// (KIP-1101).
    pub(super) known: Vec<(TopicId, u16)>,
    pub(super) topics: Topics,
    /// The next heartbeat has to look whether what is [known](Self::known) is still true.
    pub(super) look_again: bool,
    pub(super) state: GroupStateName,
    /// Counts the changes, so that a write that fails is taken back only when nothing came after it.
    pub(super) revision: u64,
}

impl ConsumerGroup {
    pub(in crate::coordinator) fn new(id: GroupId) -> Self {
        Self {
            id,
            epoch: 0,
            assignment_epoch: 0,
            assigned_at_us: None,
            members: ShortMap::new(),
            last_member: 0,
            known: Vec::new(),
            topics: [].into(),
            look_again: true,
            state: GroupStateName::Empty,
            revision: 0,
        }
    }

    pub(in crate::coordinator) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(in crate::coordinator) fn state(&self) -> GroupStateName {
        self.state
    }

    pub(in crate::coordinator) fn epoch(&self) -> u32 {
        u32::try_from(self.epoch).unwrap_or(0)
    }

    /// By id.
    pub(in crate::coordinator) fn members(&self) -> impl Iterator<Item = &ConsumerGroupMember> {
        self.members.values()
    }

    pub(super) fn numbered(&mut self, number: u32) -> Option<&mut ConsumerGroupMember> {
        self.members.values_mut().find(|member| member.number == number)
    }

    /// The topics are as the broker knows them now. Where one that the group reads has changed, the next heartbeat looks at
    /// it (`GroupMetadataManager.onNewMetadataImage`).
    pub(in crate::coordinator) fn learn(&mut self, topics: &Topics) {
        if Arc::ptr_eq(&self.topics, topics) {
            return;
        }
        let changed = self
            .subscribed()
            .iter()
            .any(|topic| partitions_of(*topic, &self.topics) != partitions_of(*topic, topics));
        self.look_again |= changed;
        self.topics = topics.clone();
    }

    /// All that somebody wants to read, ascending.
    pub(super) fn subscribed(&self) -> Vec<TopicId> {
        let mut topics: Vec<TopicId> = Vec::new();
        for topic in self.members.values().flat_map(|member| member.subscription.iter()) {
            if let Err(place) = topics.binary_search(topic) {
                topics.insert(place, *topic);
            }
        }
        topics
    }

    /// What the group reads that exists, with its partitions.
    pub(super) fn described(&self) -> Vec<(TopicId, u16)> {
        self.subscribed()
            .into_iter()
            .filter_map(|topic| Some((topic, partitions_of(topic, &self.topics)?)))
            .collect()
    }

    /// A new group begins with 2, so that 1 is free for members whose target is not computed yet.
    pub(super) fn raise_epoch(&mut self, why: EpochWhy, turn: &mut Turn) {
        self.epoch = if self.epoch == 0 { 2 } else { self.epoch + 1 };
        let epoch = self.epoch();
        turn.ctx.record_as_cause(Fact::GroupEpochBumped { epoch, why });
    }

    /// The state follows from all else (`ConsumerGroup.maybeUpdateGroupState`).
    pub(super) fn update_state(&mut self, turn: &mut Turn) {
        let reconciled = |member: &ConsumerGroupMember| member.is_reconciled_to(self.assignment_epoch);
        let state = if self.members.is_empty() {
            GroupStateName::Empty
        } else if self.epoch > self.assignment_epoch {
            GroupStateName::Assigning
        } else if self.members.values().all(reconciled) {
            GroupStateName::Stable
        } else {
            GroupStateName::Reconciling
        };
        if state != self.state {
            self.state = state;
            turn.ctx.record(Fact::GroupState {
                group: turn.ctx.dictionary().find_key(&self.id),
                state,
                generation: self.epoch(),
                members: u32::try_from(self.members.len()).unwrap_or(u32::MAX),
            });
        }
    }
}

fn partitions_of(topic: TopicId, topics: &[(TopicId, u16)]) -> Option<u16> {
    let place = topics.binary_search_by_key(&topic, |(topic, _)| *topic).ok()?;
    Some(topics[place].1)
}
