//! Leaders propose other in-sync replicas, and the controller decides (KIP-497,
//! `ReplicationControlManager.alterPartition`).

use super::partition_change::{Leadership, PartitionChange};
use super::{Controller, Return};
use crate::node::{Bug, Ctx};
use crate::trace::Fact;
use crate::wire::{
    AlterPartition, AlterPartitionRequest, AlterPartitionResponse, AlteredPartition, BrokerEpoch, BrokerId, ErrorCode,
    LeaderRecovery, PartitionId, PartitionState, ResponseBody,
};

impl Controller {
    /// Answers for each partition whether its ISR is now as proposed, or why not.
    pub(super) fn alter_partition(&mut self, to: Return, request: &AlterPartitionRequest, ctx: &mut Ctx) {
        let error = self.check_broker_epoch(request.broker, request.broker_epoch);
        let mut partitions = Vec::new();
        if error == ErrorCode::None {
            for proposal in &request.partitions {
                partitions.push(self.alter_one(request.broker, proposal, ctx));
            }
        }
        let response = AlterPartitionResponse { error, partitions };
        self.answer_when_committed(to, ResponseBody::AlterPartition(response), ctx);
    }

    fn alter_one(&mut self, sender: BrokerId, proposal: &AlterPartition, ctx: &mut Ctx) -> AlteredPartition {
        let partition = proposal.partition;
        let mut error = self.check_proposal(sender, proposal, ctx);
        if error == ErrorCode::None
            && let Some(before) = self.image.partitions.get(&partition)
        {
            let rules = self.election_rules(partition.topic, ctx);
            let isr = proposal.new_isr.iter().map(|(broker, _)| *broker).collect();
            let change = PartitionChange::new(before, rules).with_isr(isr, proposal.recovery);
            if let Some(changed) = change.build(|broker| self.is_active_broker(broker)) {
                // The end of a reassignment may take the leadership from the leader that brings it about: both a change
                // and an error.
                if matches!(changed.leadership, Leadership::Elected(leader, _) if leader != sender)
                    || changed.leadership == Leadership::Lost
                {
                    error = ErrorCode::NewLeaderElected;
                }
                self.commit_change(partition, changed, ctx);
            }
        } else {
            ctx.record(Fact::AlterPartitionRefused { partition, error });
        }
        self.altered(partition, error)
    }

    /// Kafka's checks, in Kafka's order (`validateAlterPartitionData`).
    fn check_proposal(&self, sender: BrokerId, proposal: &AlterPartition, ctx: &Ctx) -> ErrorCode {
        let Some(state) = self.image.partitions.get(&proposal.partition) else {
            return ErrorCode::UnknownTopicOrPartition;
        };
        // The leader knows more than this controller, which is then hardly the active one any more.
        if proposal.leader_epoch > state.leader_epoch || proposal.partition_epoch > state.partition_epoch {
            return ErrorCode::NotController;
        }
        if proposal.leader_epoch < state.leader_epoch {
            return ErrorCode::FencedLeaderEpoch;
        }
        if state.leader != Some(sender) {
            return ErrorCode::InvalidRequest;
        }
        if proposal.partition_epoch < state.partition_epoch && !ctx.has_bug(Bug::NoPartitionEpochCheck) {
            return ErrorCode::InvalidUpdateVersion;
        }
        if !is_valid_isr(state, sender, proposal) || !is_valid_recovery(state, proposal) {
            return ErrorCode::InvalidRequest;
        }
        let mut members = proposal.new_isr.iter();
        if members.all(|(broker, epoch)| self.may_be_in_sync(*broker, *epoch)) {
            ErrorCode::None
        } else {
            ErrorCode::IneligibleReplica
        }
    }

    /// Active, and in the life in which the leader saw it (KIP-841, KIP-903; `ineligibleReplicasForIsr`).
    fn may_be_in_sync(&self, broker: BrokerId, seen: Option<BrokerEpoch>) -> bool {
        let state = self.image.brokers.get(&broker);
        state.is_some_and(|state| state.is_active() && seen.is_none_or(|epoch| epoch == state.epoch))
    }

    fn altered(&self, partition: PartitionId, error: ErrorCode) -> AlteredPartition {
        let state = self.image.partitions.get(&partition);
        AlteredPartition {
            partition,
            error,
            leader: state.and_then(|state| state.leader),
            leader_epoch: state.map_or(0, |state| state.leader_epoch),
            isr: state.map_or(Vec::new(), |state| state.isr.to_vec()),
            recovery: state.map_or(LeaderRecovery::Recovered, |state| state.recovery),
            partition_epoch: state.map_or(0, |state| state.partition_epoch),
        }
    }
}

/// Replicas of the partition, each once, the leader among them.
fn is_valid_isr(state: &PartitionState, leader: BrokerId, proposal: &AlterPartition) -> bool {
    let isr = &proposal.new_isr;
    let once = |broker: &BrokerId| isr.iter().filter(|(other, _)| other == broker).count() == 1;
    let mut members = isr.iter().map(|(broker, _)| broker);
    members.all(|broker| state.replicas.contains(broker) && once(broker)) && isr.iter().any(|(b, _)| *b == leader)
}

/// A leader that recovers is alone, and one that has recovered does not start again (KIP-704).
fn is_valid_recovery(state: &PartitionState, proposal: &AlterPartition) -> bool {
    match (state.recovery, proposal.recovery) {
        (LeaderRecovery::Recovered, LeaderRecovery::Recovering) => false,
        (LeaderRecovery::Recovering, LeaderRecovery::Recovering) => proposal.new_isr.len() <= 1,
        (_, LeaderRecovery::Recovered) => true,
    }
}
