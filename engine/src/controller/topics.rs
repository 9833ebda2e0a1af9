//! Creating topics: which broker holds which replica, and who leads first (`ReplicationControlManager`).

use super::Controller;
use super::striped_replica_placer::{UsableBroker, place};
use crate::node::{Ctx, Timer};
use crate::short_sort::sort_short_by_key;
use crate::trace::{Election, Fact};
use crate::wire::{BrokerId, ErrorCode, MetadataRecord, Micros, PartitionId, PartitionState, TopicId};
use std::sync::Arc;

/// So long it takes an administrator to create a topic once the cluster is up.
const ADMINISTRATOR_US: Micros = 10_000;

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
        let unfenced = self.image.brokers.values().filter(|broker| !broker.fenced).count();
        let is_ready = |topic: &&WantedTopic| {
            usize::from(topic.when_brokers) <= unfenced && self.image.topic(&topic.name).is_none()
        };
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
        let brokers: Vec<UsableBroker> = self.image.brokers.iter().map(usable).collect();
        let placed = place(
            &mut self.placement,
            u32::from(partitions),
            u32::from(replication_factor),
            &brokers,
        );
        let Ok(assignments) = placed else {
            return ErrorCode::InvalidReplicationFactor;
        };

        let topic = TopicId(self.next_topic);
        self.next_topic += 1;
        let cause = ctx.cause();
        let created = ctx.record_as_cause(Fact::TopicCreated { topic, partitions });
        self.write(
            MetadataRecord::Topic {
                topic,
                name: name.clone(),
            },
            created,
        );
        for (replicas, index) in assignments.into_iter().zip(0..) {
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
        ctx.set_cause(cause);
        ErrorCode::None
    }

    /// All unfenced replicas are in sync at first; the first of them leads.
    fn first_state(&self, replicas: &[u32]) -> PartitionState {
        let replicas: Vec<BrokerId> = replicas
            .iter()
            .filter_map(|id| u8::try_from(*id).ok())
            .map(BrokerId)
            .collect();
        let unfenced = |broker: &&BrokerId| self.image.brokers.get(broker).is_some_and(|state| !state.fenced);
        let leader = replicas.iter().find(unfenced).copied();
        let mut isr: Vec<BrokerId> = replicas.iter().filter(unfenced).copied().collect();
        sort_short_by_key(&mut isr, |broker| *broker);
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
