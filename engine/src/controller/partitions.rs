//! Changes of partitions, one by one or all that something concerns (`ReplicationControlManager`).

use super::Controller;
use super::partition_change::{Changed, ElectionRules, Leadership, PartitionChange};
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{BrokerId, BrokerState, MetadataRecord, PartitionId, PartitionState, TopicId};

/// Why partitions are looked at, and what shall become of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Occasion {
    /// Somebody may lead now who could not before, or the settings are others.
    Changed,
    /// The broker is fenced, or about to stop.
    Leaves(BrokerId),
    /// The broker is there again, without having stopped in order.
    UncleanShutdown(BrokerId),
    /// The preferred leaders shall lead.
    Preferred,
    /// Somebody shall lead, whatever is lost.
    Unclean,
}

impl Occasion {
    fn prepare(self, change: PartitionChange<'_>) -> PartitionChange<'_> {
        match self {
            Occasion::Changed => change,
            Occasion::Leaves(broker) => change.without(broker),
            Occasion::UncleanShutdown(broker) => change.after_unclean_shutdown(broker),
            Occasion::Preferred => change.preferred(),
            Occasion::Unclean => change.unclean(),
        }
    }

    /// Who may not lead, although the image may still show it as active.
    fn loses(self) -> Option<BrokerId> {
        match self {
            Occasion::Leaves(broker) | Occasion::UncleanShutdown(broker) => Some(broker),
            Occasion::Changed | Occasion::Preferred | Occasion::Unclean => None,
        }
    }
}

impl Controller {
    /// Unfenced, and not about to stop (`ClusterControlManager.isActive`).
    pub(super) fn is_active_broker(&self, broker: BrokerId) -> bool {
        self.image.brokers.get(&broker).is_some_and(BrokerState::is_active)
    }

    /// What an election in the topic looks at: the topic's own settings before the cluster's.
    pub(super) fn election_rules(&self, topic: TopicId, ctx: &Ctx) -> ElectionRules {
        let own = self.image.topics.get(&topic);
        let wanted = own.and_then(|own| own.min_insync_replicas);
        let wanted = usize::from(wanted.unwrap_or(self.config.min_insync_replicas));
        // Kafka asks the first partition for the replication factor (`getTopicEffectiveMinIsr`).
        let first = self.image.partitions.get(&PartitionId { topic, index: 0 });
        ElectionRules {
            min_isr: first.map_or(wanted, |first| wanted.min(first.replicas.len())),
            elr: self.config.eligible_leader_replicas,
            unclean: own
                .and_then(|own| own.unclean)
                .unwrap_or(self.config.unclean_leader_election),
            bug: ctx.bug,
        }
    }

    /// Changes every partition that `concerns` picks (`generateLeaderAndIsrUpdates`). Answers how many have
    /// changed.
    pub(super) fn change_partitions(
        &mut self,
        concerns: impl Fn(PartitionId, &PartitionState) -> bool,
        occasion: Occasion,
        ctx: &mut Ctx,
    ) -> usize {
        let concerned = self.image.partitions.iter().filter(|(id, state)| concerns(**id, state));
        let concerned: Vec<PartitionId> = concerned.map(|(id, _)| *id).collect();
        let mut changes = 0;
        for partition in concerned {
            let rules = self.election_rules(partition.topic, ctx);
            let Some(before) = self.image.partitions.get(&partition) else {
                continue;
            };
            let may_lead = |broker| Some(broker) != occasion.loses() && self.is_active_broker(broker);
            if let Some(changed) = occasion.prepare(PartitionChange::new(before, rules)).build(may_lead) {
                self.commit_change(partition, changed, ctx);
                changes += 1;
            }
        }
        changes
    }

    /// Takes the broker out of all ISRs, and moves its leaderships away, while it still counts as active.
    pub(super) fn remove_from_isrs(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        let in_sync = |_, state: &PartitionState| state.isr.contains(&broker);
        self.change_partitions(in_sync, Occasion::Leaves(broker), ctx);
    }

    /// Says what the change means and writes the new state.
    pub(super) fn commit_change(&mut self, partition: PartitionId, changed: Changed, ctx: &mut Ctx) {
        let Changed { state, leadership } = changed;
        let mut because = ctx.cause();
        if let Some(before) = self.image.partitions.get(&partition) {
            let is_reassigned = before.is_reassigning() || before.replicas != state.replicas;
            if is_reassigned && !state.is_reassigning() {
                because = ctx.record(Fact::ReassignmentCompleted { partition });
            }
            if before.isr != state.isr || before.elr != state.elr {
                because = ctx.record(Fact::IsrChanged {
                    partition,
                    isr: state.isr.iter().copied().collect(),
                    elr: state.elr.iter().copied().collect(),
                });
            }
        }
        let epoch = state.leader_epoch;
        match leadership {
            Leadership::Kept | Leadership::Renewed => {}
            Leadership::Elected(leader, how) => {
                because = ctx.record(Fact::LeaderElected {
                    partition,
                    leader,
                    epoch,
                    how,
                });
            }
            Leadership::Lost => because = ctx.record(Fact::LeaderLost { partition, epoch }),
        }
        let record = MetadataRecord::Partition {
            partition,
            state,
            because,
        };
        self.write(record, because);
    }
}
