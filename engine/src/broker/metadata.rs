//! What a new metadata image means for a broker's replicas.

use super::Broker;
use super::replica::{Follower, Role};
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{BrokerId, MetadataEntry, MetadataRecord, PartitionId, PartitionState};

impl Broker {
    /// Becomes leader and follower as the new records say (`ReplicaManager.applyDelta`).
    pub(super) fn apply_metadata(&mut self, entries: &[MetadataEntry], ctx: &mut Ctx) {
        let mut changed = Vec::new();
        for entry in entries {
            if let MetadataRecord::Partition {
                partition,
                state,
                because,
            } = &entry.record
                && state.replicas.contains(&self.id)
            {
                let cause = ctx.cause();
                ctx.set_cause(*because);
                self.apply_partition(*partition, state, ctx);
                ctx.set_cause(cause);
                changed.push(*partition);
            }
        }
        if changed.is_empty() {
            return;
        }
        self.follow(ctx);
        for partition in changed {
            self.advance_high_watermark(partition, ctx);
        }
    }

    fn apply_partition(&mut self, partition: PartitionId, state: &PartitionState, ctx: &mut Ctx) {
        let replica = self.replicas.entry(partition).or_default();
        let epoch = state.leader_epoch;
        replica.leader_epoch = epoch;
        if state.leader == Some(self.id) {
            let others = state.replicas.iter().filter(|broker| **broker != self.id);
            let followers = others
                .map(|broker| Follower {
                    broker: *broker,
                    log_end: None,
                })
                .collect();
            replica.role = Role::Leader {
                followers,
                isr: state.isr.clone(),
            };
            let cause = ctx.cause();
            ctx.record_as_cause(Fact::BecameLeader { partition, epoch });
            self.on_coordinator_change(partition, true, ctx);
            ctx.set_cause(cause);
        } else {
            replica.role = Role::Follower { leader: state.leader };
            let leader: Option<BrokerId> = state.leader;
            let cause = ctx.cause();
            if let Some(leader) = leader {
                ctx.record_as_cause(Fact::BecameFollower {
                    partition,
                    leader,
                    epoch,
                });
            }
            self.on_coordinator_change(partition, false, ctx);
            ctx.set_cause(cause);
        }
    }
}
