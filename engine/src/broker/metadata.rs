//! What a new metadata image means for a broker's replicas.

use super::Broker;
use super::leadership::Change;
use super::replica::Replica;
use crate::node::Ctx;
use crate::short_map::ShortMap;
use crate::trace::{EventId, Fact};
use crate::wire::{BrokerSet, MetadataEntry, MetadataRecord, PartitionId, PartitionState};

impl Broker {
    /// Becomes leader and follower as the new records say (`ReplicaManager.applyDelta`). Of several states of a partition
    /// only the last counts: Kafka hands brokers the difference between two images.
    ///
    /// A process that has just started waits until it has applied its own registration: what was before may be long
    /// past (`BrokerServer.startup`).
    pub(super) fn apply_metadata(&mut self, entries: &[MetadataEntry], ctx: &mut Ctx) {
        let mut changed: ShortMap<PartitionId, EventId> = ShortMap::new();
        for entry in entries {
            if let MetadataRecord::Partition { partition, because, .. } = &entry.record {
                changed.insert(*partition, *because);
            }
        }
        if !self.has_caught_up {
            if !self.is_own_registration_applied() {
                return;
            }
            self.has_caught_up = true;
            for partition in self.image.partitions.keys() {
                changed.or_insert_with(*partition, || ctx.cause());
            }
        }
        self.apply_partitions(&changed, ctx);
    }

    /// The controller has answered the registration: the image may have been far enough before.
    pub(super) fn apply_after_registration(&mut self, ctx: &mut Ctx) {
        if !self.has_caught_up {
            self.apply_metadata(&[], ctx);
        }
    }

    fn is_own_registration_applied(&self) -> bool {
        self.controller
            .broker_epoch()
            .is_some_and(|epoch| self.image.offset > epoch)
    }

    fn apply_partitions(&mut self, changed: &ShortMap<PartitionId, EventId>, ctx: &mut Ctx) {
        let cause = ctx.cause();
        let image = self.image.clone();
        let mut led = Vec::new();
        for (partition, because) in changed.iter() {
            ctx.set_cause(*because);
            match image.partitions.get(partition) {
                Some(state) if state.replicas.contains(&self.id) => {
                    self.apply_partition(*partition, state, ctx);
                    led.push((*partition, ctx.cause()));
                }
                _ => self.drop_replica(*partition, ctx),
            }
        }
        ctx.set_cause(cause);
        self.ask_all(ctx);
        for (partition, because) in led {
            // The ISR may be smaller now, and a leader's high watermark further.
            ctx.set_cause(because);
            self.advance_high_watermark(partition, ctx);
        }
        ctx.set_cause(cause);
    }

    /// Leaves the change as the cause of what follows from it.
    fn apply_partition(&mut self, partition: PartitionId, state: &PartitionState, ctx: &mut Ctx) {
        let around = surroundings!(self, partition, ctx);
        let replica = self.replicas.or_default(partition);
        let was_leader = replica.is_leader();
        let isr_before: BrokerSet = replica.isr().into_iter().flatten().copied().collect();
        let epoch = state.leader_epoch;
        match replica.apply(state, &around) {
            Change::None => return,
            Change::BecameLeader => {
                ctx.record_as_cause(Fact::BecameLeader { partition, epoch });
                self.unfollow(partition);
                if !was_leader {
                    self.on_coordinator_change(partition, true, ctx);
                }
            }
            Change::BecameFollower => {
                ctx.record_as_cause(match state.leader {
                    Some(leader) => Fact::BecameFollower {
                        partition,
                        leader,
                        epoch,
                    },
                    None => Fact::BecameLeaderless { partition, epoch },
                });
                self.unfollow(partition);
                self.start_following(partition, ctx);
            }
            Change::Updated => {
                let isr: BrokerSet = state.isr.iter().copied().collect();
                if isr != isr_before {
                    ctx.record_as_cause(Fact::IsrUpdated { partition, isr });
                }
            }
            Change::SameLeader => {}
        }
        // A broker that is about to stop does not go on as a follower where that helps nobody.
        if self.controller.is_shutting_down() && (state.leader.is_none() || !state.isr.contains(&self.id)) {
            self.unfollow(partition);
        }
        let leads = self.replicas.get(&partition).is_some_and(Replica::is_leader);
        self.release_waiting(partition, was_leader && !leads, ctx);
    }

    /// What waits at this partition is done where it cannot be any more: another broker leads, or in another epoch.
    fn release_waiting(&mut self, partition: PartitionId, lost_leadership: bool, ctx: &mut Ctx) {
        if lost_leadership {
            self.complete_produces(partition, ctx);
            self.on_coordinator_change(partition, false, ctx);
            self.forget_share_groups();
        }
        self.complete_fetches(partition, ctx);
    }

    /// The partition is somebody else's now: a reassignment has moved it, and its log is deleted
    /// (`ReplicaManager.stopPartitions`).
    fn drop_replica(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        if let Some(replica) = self.replicas.remove(&partition) {
            self.unfollow(partition);
            self.release_waiting(partition, replica.is_leader(), ctx);
        }
    }
}
