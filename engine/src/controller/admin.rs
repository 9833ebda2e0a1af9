//! What an administrator asks for: elections, more partitions, other replicas, other settings.

use super::Controller;
use super::partition_change::{Changed, Leadership, PartitionChange};
use super::partitions::Occasion;
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{AdminRequest, BrokerId, ErrorCode, MetadataRecord, PartitionId, PartitionState, QuotaType, TopicId};
use std::sync::Arc;

impl Controller {
    /// Does it, or says why not.
    pub(super) fn admin(&mut self, request: &AdminRequest, ctx: &mut Ctx) {
        let cause = ctx.cause();
        let done = match request {
            AdminRequest::ElectLeaders { topic, unclean } => self.elect_leaders(topic, *unclean, ctx),
            AdminRequest::CreatePartitions { topic, count } => self.create_partitions(topic, *count, ctx),
            AdminRequest::Reassign {
                topic,
                partition,
                replicas,
            } => self.reassign(topic, *partition, replicas, ctx),
            AdminRequest::AlterConfigs {
                topic,
                unclean,
                min_insync_replicas,
            } => self.alter_configs(topic, *unclean, *min_insync_replicas, ctx),
            AdminRequest::AlterClientQuotas { quota, bytes_per_s } => {
                self.alter_client_quotas(*quota, *bytes_per_s, ctx);
                Ok(())
            }
        };
        ctx.set_cause(cause);
        if let Err(error) = done {
            ctx.record(Fact::AdminRefused { error });
        }
    }

    pub(super) fn topic_named(&self, name: &str) -> Result<TopicId, ErrorCode> {
        let found = self.image.topic(name);
        found.map(|(id, _)| id).ok_or(ErrorCode::UnknownTopicOrPartition)
    }

    /// Preferred leaders lead where they can; or, where nobody leads, anybody does (KIP-460, `electLeaders`).
    ///
    /// # Errors
    /// When no partition has another leader for it: `ELECTION_NOT_NEEDED` when all are as they should be.
    fn elect_leaders(&mut self, topic: &str, unclean: bool, ctx: &mut Ctx) -> Result<(), ErrorCode> {
        let topic = self.topic_named(topic)?;
        let mut needed: Vec<PartitionId> = Vec::new();
        for (id, state) in self.image.partitions_of(topic) {
            let is_as_it_should_be = if unclean {
                state.leader.is_some()
            } else {
                state.leader.as_ref() == state.replicas.first()
            };
            if !is_as_it_should_be {
                needed.push(id);
            }
        }
        let concerns = |id, _: &PartitionState| needed.contains(&id);
        let occasion = if unclean {
            Occasion::Unclean
        } else {
            Occasion::Preferred
        };
        match self.change_partitions(concerns, occasion, ctx) {
            0 if needed.is_empty() => Err(ErrorCode::ElectionNotNeeded),
            0 if unclean => Err(ErrorCode::EligibleLeadersNotAvailable),
            0 => Err(ErrorCode::PreferredLeaderNotAvailable),
            _ => Ok(()),
        }
    }

    /// The partition shall have these replicas (KIP-455, `alterPartitionReassignments`).
    fn reassign(&mut self, topic: &str, index: u16, replicas: &[BrokerId], ctx: &mut Ctx) -> Result<(), ErrorCode> {
        let topic = self.topic_named(topic)?;
        let partition = PartitionId { topic, index };
        let rules = self.election_rules(topic, ctx);
        let unknown = ErrorCode::UnknownTopicOrPartition;
        let before = self.image.partitions.get(&partition).ok_or(unknown)?;
        let once = |broker: &BrokerId| replicas.iter().filter(|other| *other == broker).count() == 1;
        let exists = |broker: &BrokerId| self.image.brokers.contains_key(broker);
        if replicas.is_empty() || !replicas.iter().all(|broker| once(broker) && exists(broker)) {
            return Err(ErrorCode::InvalidReplicaAssignment);
        }
        let change = PartitionChange::new(before, rules).reassign(replicas);
        if let Some(changed) = change.build(|broker| self.is_active_broker(broker)) {
            ctx.record_as_cause(Fact::ReassignmentStarted {
                partition,
                replicas: replicas.iter().copied().collect(),
            });
            self.commit_change(partition, changed, ctx);
        }
        Ok(())
    }

    /// Settings of the topic that count at once (`incrementalAlterConfigs`).
    ///
    /// Another `min.insync.replicas`, even the same once more, ends the eligibility of all replicas, and the last known
    /// leader is forgotten (KIP-966, `ClearElrRecord`, `removeTopicElrs`): whoever has left while the old one counted may
    /// lack what is committed under the new one. Where nobody leads then, only an unclean election helps. Leave for those
    /// is used without delay.
    fn alter_configs(
        &mut self,
        topic: &str,
        unclean: Option<bool>,
        min_insync_replicas: Option<u8>,
        ctx: &mut Ctx,
    ) -> Result<(), ErrorCode> {
        let topic = self.topic_named(topic)?;
        if min_insync_replicas == Some(0) {
            return Err(ErrorCode::InvalidRequest);
        }
        let known = self.image.topics.get(&topic);
        let record = MetadataRecord::TopicConfig {
            topic,
            unclean: unclean.or(known.and_then(|known| known.unclean)),
            min_insync_replicas: min_insync_replicas.or(known.and_then(|known| known.min_insync_replicas)),
        };
        ctx.record_as_cause(Fact::TopicConfigured { topic });
        self.write(record, ctx.cause());
        if min_insync_replicas.is_some() {
            self.clear_eligible(topic, ctx);
        }
        if unclean == Some(true) {
            self.elect_leaderless_uncleanly(ctx);
        }
        Ok(())
    }

    /// Another quota for every client-id (`ClientQuotaControlManager.alterClientQuotas`). Kafka takes one away by a record of
    /// its own; here that is a quota of 0.
    fn alter_client_quotas(&mut self, quota: QuotaType, bytes_per_s: u64, ctx: &mut Ctx) {
        ctx.record_as_cause(Fact::QuotaAltered { quota, bytes_per_s });
        self.write(MetadataRecord::ClientQuota { quota, bytes_per_s }, ctx.cause());
    }

    fn clear_eligible(&mut self, topic: TopicId, ctx: &mut Ctx) {
        let has_any = |state: &PartitionState| !state.elr.is_empty() || state.last_known_leader.is_some();
        let all: Vec<(PartitionId, PartitionState)> = self
            .image
            .partitions_of(topic)
            .filter(|(_, state)| has_any(state))
            .map(|(id, state)| (id, state.clone()))
            .collect();
        for (partition, mut state) in all {
            state.elr = Arc::default();
            state.last_known_leader = None;
            state.partition_epoch += 1;
            let leadership = Leadership::Kept;
            self.commit_change(partition, Changed { state, leadership }, ctx);
        }
    }
}
