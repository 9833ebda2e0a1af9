//! A leader's proposals to the controller (`DefaultAlterPartitionManager`): one request of this broker at a time, with all
//! that is proposed, and one proposal of each partition.

use super::Broker;
use super::isr::{Altered, IsrProposal};
use crate::node::{Alarm, Ctx, Timer};
use crate::short_map::ShortMap;
use crate::trace::{EventId, Fact};
use crate::wire::{
    AlterPartitionRequest, AlterPartitionResponse, BrokerSet, ErrorCode, Micros, PartitionId, RequestBody,
};

/// After a request that failed as a whole the next one waits for this long.
const RETRY_AFTER_US: Micros = 50_000;

/// Proposals that are not answered. Bounded by the partitions that this broker leads.
#[derive(Debug, Clone, Default)]
pub(super) struct Proposals {
    waiting: ShortMap<PartitionId, Proposed>,
    /// The partitions of the request that is under way.
    in_flight: Option<Vec<PartitionId>>,
    alarm: Alarm,
}

#[derive(Debug, Clone)]
struct Proposed {
    proposal: IsrProposal,
    cause: EventId,
}

impl Proposals {
    pub(super) fn has(&self, partition: PartitionId) -> bool {
        self.waiting.contains_key(&partition)
    }
}

impl Broker {
    /// Looks which followers have fallen behind, every half of `replica.lag.time.max.ms`
    /// (`ReplicaManager.maybeShrinkIsr`).
    pub(super) fn on_isr_check(&mut self, ctx: &mut Ctx) {
        if !self.isr_check.rang(ctx.now()) {
            return;
        }
        self.arm_isr_check(ctx);
        let cause = ctx.cause();
        let partitions: Vec<PartitionId> = self.replicas.keys().copied().collect();
        for partition in partitions {
            let around = surroundings!(self, partition, ctx);
            let Some(replica) = self.replicas.get_mut(&partition) else {
                continue;
            };
            if let Some(proposal) = replica.shrink_isr(&around) {
                // What is wrong is that nothing came after it.
                ctx.set_cause(replica.last_heard_of_lagging(&proposal).unwrap_or(cause));
                self.propose_isr(partition, proposal, ctx);
                ctx.set_cause(cause);
            }
        }
    }

    pub(super) fn arm_isr_check(&mut self, ctx: &mut Ctx) {
        let at = ctx.now() + self.config.replica_lag_time_max_us / 2;
        self.isr_check.arm(at, Timer::IsrCheck, ctx);
    }

    /// Sends the proposal, or takes it back while an earlier one of the same partition is not answered.
    pub(super) fn propose_isr(&mut self, partition: PartitionId, proposal: IsrProposal, ctx: &mut Ctx) {
        if self.proposals.waiting.contains_key(&partition) {
            if let Some(replica) = self.replicas.get_mut(&partition) {
                replica.withdraw(&proposal);
            }
            return;
        }
        let cause = ctx.record(Fact::IsrProposed {
            partition,
            from: proposal.from,
            to: proposal.to(),
        });
        self.proposals.waiting.insert(partition, Proposed { proposal, cause });
        self.send_proposals(ctx);
    }

    fn send_proposals(&mut self, ctx: &mut Ctx) {
        if self.proposals.in_flight.is_some() || self.proposals.waiting.is_empty() {
            return;
        }
        let waiting = &self.proposals.waiting;
        let because = waiting.values().map(|proposed| proposed.cause).min().unwrap_or(0);
        let request = AlterPartitionRequest {
            broker: self.id,
            broker_epoch: self.controller.broker_epoch().unwrap_or(0),
            partitions: waiting
                .iter()
                .map(|(partition, proposed)| proposed.proposal.request(*partition))
                .collect(),
        };
        self.proposals.in_flight = Some(waiting.keys().copied().collect());
        let cause = ctx.cause();
        ctx.set_cause(because);
        self.ask_controller(RequestBody::AlterPartition(request), ctx);
        ctx.set_cause(cause);
    }

    pub(super) fn on_proposals_timer(&mut self, ctx: &mut Ctx) {
        if self.proposals.alarm.rang(ctx.now()) {
            self.send_proposals(ctx);
        }
    }

    /// The controller's answer.
    pub(super) fn on_alter_partition(&mut self, response: &AlterPartitionResponse, ctx: &mut Ctx) {
        let Some(sent) = self.proposals.in_flight.take() else {
            return;
        };
        let mut again = response.error != ErrorCode::None;
        for partition in sent {
            let answer = response.partitions.iter().find(|answer| answer.partition == partition);
            let Some(answer) = answer.filter(|_| response.error == ErrorCode::None) else {
                again = true; // It stays where it is, and is sent again.
                continue;
            };
            let Some(Proposed { proposal, cause }) = self.proposals.waiting.remove(&partition) else {
                continue;
            };
            let Some(replica) = self.replicas.get_mut(&partition) else {
                continue;
            };
            match replica.on_altered(&proposal, answer) {
                Altered::Committed => self.on_isr_committed(partition, ctx),
                Altered::Unchanged => {}
                Altered::Retry => {
                    self.proposals.waiting.insert(partition, Proposed { proposal, cause });
                    again = true;
                }
            }
        }
        if again {
            let at = ctx.now() + RETRY_AFTER_US;
            self.proposals.alarm.arm(at, Timer::AlterPartition, ctx);
        } else {
            self.send_proposals(ctx);
        }
    }

    /// Others count now: the high watermark may move.
    fn on_isr_committed(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        let cause = ctx.cause();
        let isr: BrokerSet = self
            .replicas
            .get(&partition)
            .and_then(|replica| replica.isr())
            .into_iter()
            .flatten()
            .copied()
            .collect();
        ctx.record_as_cause(Fact::IsrUpdated { partition, isr });
        self.advance_high_watermark(partition, ctx);
        ctx.set_cause(cause);
    }
}
