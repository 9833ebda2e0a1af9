//! What goes into `__consumer_offsets` (`GroupCoordinatorRecordHelpers`), about as large as Kafka's.

use super::group::ConsumerGroup;
use super::member::ConsumerGroupMember;
use crate::log::ConsumerGroupRecord;
use crate::wire::MemberId;

/// Version, group and member with their lengths.
const KEY: usize = 2 + 2 + 2;
/// A value's version and its tagged fields.
const VALUE: usize = 2 + 1;
/// A topic id and the length of the list of its partitions.
const TOPIC: usize = 16 + 1;
const PARTITION: usize = 4;

/// What a turn has changed, in the order in which it is stored.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) records: Vec<(ConsumerGroupRecord, u32)>,
}

impl Changes {
    fn push(&mut self, record: ConsumerGroupRecord, bytes: usize) {
        self.records.push((record, u32::try_from(bytes).unwrap_or(u32::MAX)));
    }

    /// `ConsumerGroupMetadataValue`: the epoch rises.
    pub(super) fn epoch(&mut self, group: &ConsumerGroup) {
        let record = ConsumerGroupRecord::Epoch {
            epoch: group.epoch,
            partitions: group.known.as_slice().into(),
        };
        self.push(record, KEY + VALUE + 4 + 8);
    }

    /// `ConsumerGroupMemberMetadataValue`: a member and what it wants.
    pub(super) fn member(&mut self, member: &ConsumerGroupMember) {
        let instance = member.instance_id.as_ref().map_or(1, |id| 1 + id.len());
        let bytes = KEY + member.id.len() + VALUE + instance + 20 + 14 + member.subscription.len() * 10 + 4 + 8;
        let record = ConsumerGroupRecord::Member {
            member: member.id.clone(),
            node: member.node,
            instance_id: member.instance_id.clone(),
            rebalance_timeout_us: member.rebalance_timeout_us,
            subscription: member.subscription.clone(),
            assignor: member.assignor,
        };
        self.push(record, bytes);
    }

    /// `ConsumerGroupTargetAssignmentMetadataValue`: for which epoch the target is.
    pub(super) fn target_epoch(&mut self, group: &ConsumerGroup) {
        let record = ConsumerGroupRecord::TargetEpoch {
            epoch: group.assignment_epoch,
            at_us: group.assigned_at_us.unwrap_or(0),
        };
        self.push(record, KEY + VALUE + 4 + 8);
    }

    /// `ConsumerGroupTargetAssignmentMemberValue`: what a member should have.
    pub(super) fn target(&mut self, member: &ConsumerGroupMember) {
        let bytes = KEY + member.id.len() + VALUE + TOPIC + member.target.len() * PARTITION;
        let record = ConsumerGroupRecord::Target {
            member: member.id.clone(),
            partitions: member.target.clone(),
        };
        self.push(record, bytes);
    }

    /// `ConsumerGroupCurrentMemberAssignmentValue`: how far a member is.
    pub(super) fn current(&mut self, member: &ConsumerGroupMember) {
        let partitions = 2 * member.assigned.len() + member.pending_revocation.len();
        let bytes = KEY + member.id.len() + VALUE + 4 + 4 + 1 + 2 * TOPIC + partitions * PARTITION;
        let record = ConsumerGroupRecord::Current {
            member: member.id.clone(),
            epoch: member.epoch,
            previous_epoch: member.previous_epoch,
            state: member.state,
            assigned: member.assigned.iter().map(|own| (own.partition, own.since)).collect(),
            pending_revocation: member.pending_revocation.as_slice().into(),
        };
        self.push(record, bytes);
    }

    /// Three tombstones: of what a member has, of its target, and of itself.
    pub(super) fn removed(&mut self, member: &MemberId) {
        for _ in 0..3 {
            let record = ConsumerGroupRecord::Removed { member: member.clone() };
            self.push(record, KEY + member.len());
        }
    }
}
