//! Creating topics and partitions: which broker holds which replica, and who leads first
//! (`ReplicationControlManager`).

use super::Controller;
use super::striped_replica_placer::{PlacementError, UsableBroker, place};
use crate::node::{Ctx, Timer};
use crate::trace::{Election, Fact};
use crate::wire::{BrokerId, ErrorCode, MetadataRecord, Micros, PartitionId, PartitionState, TopicId};
use std::sync::Arc;

/// So long it takes an administrator to create a topic once the cluster is up.
const ADMINISTRATOR_US: Micros = 30_000;

/// A topic that an administrator creates once the cluster is up.
#[derive(Debug, Clone)]
pub(super) struct WantedTopic {
    pub(super) name: Arc<str>,
    pub(super) partitions: u16,
    pub(super) replication_factor: u8,
    pub(super) when_brokers: u8,
}

impl Controller {
    /// Sees whether there are brokers enough by now for a topic that is wanted. An administrator who has watched for that
    /// takes a moment to say so; all brokers know of each other by then.
    pub(super) fn create_wanted(&mut self, ctx: &mut Ctx) {
        if !self.ready_topics().is_empty() {
            ctx.timer_in(ADMINISTRATOR_US, Timer::AdminRetry);
        }
    }

    /// Creates the topics that are wanted.
    pub(super) fn on_administrator(&mut self, ctx: &mut Ctx) {
        for topic in self.ready_topics() {
            self.create_topic(&topic.name, topic.partitions, topic.replication_factor, ctx);
        }
    }

    /// They stay wanted when they are created: what is written here may be lost with the leadership.
    fn ready_topics(&self) -> Vec<WantedTopic> {
        let active = self.image.brokers.values().filter(|broker| broker.is_active()).count();
        let is_ready =
            |topic: &&WantedTopic| usize::from(topic.when_brokers) <= active && self.image.topic(&topic.name).is_none();
        self.wanted.iter().filter(is_ready).cloned().collect()
    }

    /// Writes the topic and its partitions to the metadata log, all or nothing.
    pub(super) fn create_topic(
        &mut self,
        name: &Arc<str>,
        partitions: u16,
        replication_factor: u8,
        ctx: &mut Ctx,
    ) -> ErrorCode {
        if self.image.topic(name).is_some() {
            return ErrorCode::TopicAlreadyExists;
        }
        if partitions == 0 {
            return ErrorCode::InvalidPartitions;
        }
        let Ok(assignments) = self.place_replicas(u32::from(partitions), usize::from(replication_factor)) else {
            return ErrorCode::InvalidReplicationFactor;
        };

        // Topics are never deleted, so the next number was never given.
        let topic = TopicId(self.image.topics.last_key_value().map_or(0, |(last, _)| last.0 + 1));
        let cause = ctx.cause();
        let created = ctx.record_as_cause(Fact::TopicCreated { topic, partitions });
        self.write(
            MetadataRecord::Topic {
                topic,
                name: name.clone(),
            },
            created,
        );
        self.add_partitions(topic, 0, assignments, ctx);
        ctx.set_cause(cause);
        ErrorCode::None
    }

    /// The topic gets more partitions, placed as those of a new topic would be, with as many replicas as its first
    /// (`createPartitions`). Existing records stay where they are; keys may go elsewhere from now on.
    ///
    /// # Errors
    /// `INVALID_PARTITIONS` unless there are more than before, `INVALID_REPLICATION_FACTOR` when nobody can lead them.
    pub(super) fn create_partitions(&mut self, name: &str, count: u16, ctx: &mut Ctx) -> Result<(), ErrorCode> {
        let topic = self.topic_named(name)?;
        let from = self.image.topics.get(&topic).map_or(0, |state| state.partitions);
        let first = self.image.partitions.get(&PartitionId { topic, index: 0 });
        let replication_factor = first.map_or(0, |state| state.replicas.len());
        if count <= from {
            return Err(ErrorCode::InvalidPartitions);
        }
        let placed = self.place_replicas(u32::from(count - from), replication_factor);
        let assignments = placed.map_err(|_| ErrorCode::InvalidReplicationFactor)?;
        ctx.record_as_cause(Fact::PartitionsAdded {
            topic,
            partitions: count,
        });
        self.add_partitions(topic, from, assignments, ctx);
        Ok(())
    }

    /// Brokers that are about to stop get no replicas (`usableBrokers`).
    fn place_replicas(&mut self, partitions: u32, replication_factor: usize) -> Result<Vec<Vec<u32>>, PlacementError> {
        let known = self.image.brokers.iter();
        let stays = known.filter(|(_, state)| state.fenced || !state.in_controlled_shutdown);
        let brokers: Vec<UsableBroker> = stays.map(usable).collect();
        let replication_factor = u32::try_from(replication_factor).unwrap_or(u32::MAX);
        place(&mut self.placement, partitions, replication_factor, &brokers)
    }

    /// Writes new partitions of the topic, numbered from `first` on.
    fn add_partitions(&mut self, topic: TopicId, first: u16, assignments: Vec<Vec<u32>>, ctx: &mut Ctx) {
        let created = ctx.cause();
        for (replicas, index) in assignments.into_iter().zip(first..) {
            let partition = PartitionId { topic, index };
            let state = self.first_state(&replicas);
            let elected = |leader| Fact::LeaderElected {
                partition,
                leader,
                epoch: state.leader_epoch,
                how: Election::First,
            };
            let because = state.leader.map_or(created, |leader| ctx.record(elected(leader)));
            self.write(
                MetadataRecord::Partition {
                    partition,
                    state,
                    because,
                },
                created,
            );
        }
    }

    /// All active replicas are in sync at first, in the order of assignment; the first of them leads.
    fn first_state(&self, replicas: &[u32]) -> PartitionState {
        let replicas: Vec<BrokerId> = replicas
            .iter()
            .filter_map(|id| u8::try_from(*id).ok())
            .map(BrokerId)
            .collect();
        let active = |broker: &BrokerId| self.is_active_broker(*broker);
        let isr: Vec<BrokerId> = replicas.iter().copied().filter(active).collect();
        let leader = isr.first().copied();
        PartitionState::new(replicas.into(), isr.into(), leader)
    }
}

fn usable((id, state): (&BrokerId, &crate::wire::BrokerState)) -> UsableBroker {
    UsableBroker {
        id: u32::from(id.0),
        rack: state.rack.clone(),
        fenced: state.fenced,
    }
}
