//! What goes into `__consumer_offsets` (`GroupCoordinatorRecordHelpers`). Its records are as large as Kafka's, and say
//! what the next coordinator has to know (`load`).

use super::effect::{Effect, Turn};
use super::group::Group;
use super::stores::{Stored, Write};
use crate::log::{BatchBuilder, GroupMetadata, GroupRecord, MemberMetadata, Record};
use crate::wire::Assignment;

/// A topic's name; the coordinator knows topics by id only.
const TOPIC_NAME: u32 = 10;
/// `OffsetCommitKey`: version, group and topic with their lengths, partition.
const OFFSET_KEY: u32 = 2 + 2 + 2 + TOPIC_NAME + 4;
/// `OffsetCommitValue`: version, offset, leader epoch, empty metadata, timestamp.
const OFFSET_VALUE: u32 = 2 + 8 + 4 + 2 + 8;
/// `GroupMetadataKey` without the group, and `GroupMetadataValue` without leader and members: protocol type and name
/// (`consumer`, `range`), generation, timestamp, lengths.
const GROUP: u32 = 4 + 2 + 10 + 4 + 7 + 2 + 8 + 4;
/// A member of a `GroupMetadataValue` without its id: client id and host, timeouts, and the lengths of what follows.
const MEMBER: u32 = 2 + 2 + 20 + 14 + 8 + 8;
/// The consumer protocol's subscription and assignment, with one topic.
const SUBSCRIPTION: u32 = 14 + 2 + TOPIC_NAME;
/// One partition in an assignment.
const PARTITION: u32 = 4;

impl Group {
    /// The size of this group's record, with the assignments that it is going to have.
    pub(super) fn record_bytes(&self, assigned_partitions: usize) -> u32 {
        let members: u32 = self
            .members
            .iter()
            .map(|member| MEMBER + length(&member.id) + 2 * SUBSCRIPTION)
            .sum();
        let assigned = u32::try_from(assigned_partitions)
            .unwrap_or(u32::MAX)
            .saturating_mul(PARTITION);
        GROUP + length(&self.id) + self.leader().map_or(0, |leader| length(&leader.id)) + members + assigned
    }

    /// The size of the record of one committed offset.
    pub(super) fn offset_record_bytes(&self) -> u32 {
        OFFSET_KEY + length(&self.id) + OFFSET_VALUE
    }

    /// This group as it is going to be, with these assignments.
    pub(super) fn metadata(&self, assignments: &[Assignment]) -> GroupMetadata {
        let members = self.members.iter().filter_map(|member| {
            let own = assignments.iter().find(|assignment| assignment.member == member.id);
            Some(MemberMetadata {
                id: member.id.clone(),
                instance: member.instance.clone(),
                node: member.node,
                session_timeout_us: member.session_timeout_us,
                rebalance_timeout_us: member.rebalance_timeout_us,
                subscription: member.metadata(self.protocol.as_deref()?)?.clone(),
                assignment: own.map_or_else(|| [].into(), |own| own.partitions.clone()),
            })
        });
        GroupMetadata {
            group: self.id.clone(),
            generation: self.generation,
            protocol: self.protocol.clone(),
            leader: self.leader().map(|leader| leader.id.clone()),
            members: members.collect(),
        }
    }

    /// Asks the broker to store these records of `bytes` bytes each, and says what is to happen then.
    pub(super) fn store(&self, records: Box<[GroupRecord]>, bytes: u32, then: Stored, turn: &mut Turn) {
        let dictionary = turn.ctx.dictionary();
        let Some(subject) = dictionary.find_key(&self.id) else {
            panic!("invariant group-ids-are-in-the-dictionary is broken by {}", self.id);
        };
        let now = turn.ctx.now();
        let mut batch = BatchBuilder::new(now, u32::MAX);
        for _ in &records {
            let record = Record {
                key: None,
                subject,
                sequence: 0,
                value: None,
                value_bytes: bytes,
                timestamp_delta_us: 0,
            };
            batch.try_add(record, now, dictionary);
        }
        let token = turn.stores.add(Write {
            group: self.number,
            partition: self.partition,
            end: 0,
            then,
        });
        turn.effects.push(Effect::Store {
            token,
            partition: self.partition,
            batch: batch.saying(records).build(turn.ctx.me(), 0, None),
        });
    }
}

/// The size of each record that says that something of a group is gone: a key without a value.
pub(super) fn tombstone_bytes(group: &str) -> u32 {
    OFFSET_KEY + length(group)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
