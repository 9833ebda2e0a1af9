//! A member, as the coordinator keeps it (`ConsumerGroupMember`).

use crate::coordinator::session::Session;
use crate::node::Alarm;
use crate::wire::{MemberId, MemberState, Micros, NodeId, PartitionId, ServerAssignor, TopicId};
use std::sync::Arc;

/// A partition of a member, and the member epoch in which it got it (KIP-1251).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::coordinator) struct Assigned {
    pub(in crate::coordinator) partition: PartitionId,
    pub(in crate::coordinator) since: i32,
}

/// A member of a consumer group.
#[derive(Debug, Clone)]
pub(in crate::coordinator) struct ConsumerGroupMember {
    pub(in crate::coordinator) number: u32,
    pub(in crate::coordinator) id: MemberId,
    /// `group.instance.id`.
    pub(super) instance_id: Option<Arc<str>>,
    pub(in crate::coordinator) node: NodeId,
    pub(super) rebalance_timeout_us: Micros,
    /// Ascending.
    pub(super) subscription: Arc<[TopicId]>,
    pub(super) assignor: Option<ServerAssignor>,
    /// The epoch of the target that it has reached; [`crate::wire::STATIC_LEAVE_EPOCH`] while a static member is away.
    pub(in crate::coordinator) epoch: i32,
    pub(in crate::coordinator) previous_epoch: i32,
    pub(in crate::coordinator) state: MemberState,
    /// What it may have now, ascending.
    pub(super) assigned: Vec<Assigned>,
    /// What it was told to give up. Nobody else gets it before it says that it has.
    pub(super) pending_revocation: Vec<PartitionId>,
    /// What it should have in the end, ascending.
    pub(super) target: Arc<[PartitionId]>,
    pub(super) session: Session,
    pub(super) revocation: Option<Revocation>,
    pub(super) revocation_alarm: Alarm,
}

/// By when a member has to have given up what it was told to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Revocation {
    pub(super) deadline: Micros,
    /// The epoch in which it was told. Whoever has left that epoch is through.
    pub(super) epoch: i32,
}

impl ConsumerGroupMember {
    pub(super) fn new(number: u32, id: MemberId, node: NodeId) -> Self {
        Self {
            number,
            id,
            instance_id: None,
            node,
            rebalance_timeout_us: 0,
            subscription: [].into(),
            assignor: None,
            epoch: 0,
            previous_epoch: 0,
            state: MemberState::Stable,
            assigned: Vec::new(),
            pending_revocation: Vec::new(),
            target: [].into(),
            session: Session::default(),
            revocation: None,
            revocation_alarm: Alarm::default(),
        }
    }

    pub(super) fn is_reconciled_to(&self, epoch: i32) -> bool {
        self.state == MemberState::Stable && self.epoch == epoch
    }

    /// Whether nobody else may have that partition: it has it, or has not said that it does not any more.
    pub(super) fn holds(&self, partition: PartitionId) -> bool {
        self.is_assigned(partition) || self.pending_revocation.contains(&partition)
    }

    pub(super) fn is_assigned(&self, partition: PartitionId) -> bool {
        self.assigned.iter().any(|assigned| assigned.partition == partition)
    }

    /// Its `group.instance.id`, if it is a static one.
    pub(in crate::coordinator) fn instance(&self) -> Option<Arc<str>> {
        self.instance_id.clone()
    }

    /// What it may have now, ascending.
    pub(in crate::coordinator) fn partitions(&self) -> Arc<[PartitionId]> {
        self.assigned.iter().map(|assigned| assigned.partition).collect()
    }

    /// Enters an epoch, which may be the one that it is in (`updateMemberEpoch`).
    pub(super) fn enter(&mut self, epoch: i32) {
        self.previous_epoch = self.epoch;
        self.epoch = epoch;
    }
}
