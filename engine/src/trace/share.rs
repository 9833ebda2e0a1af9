//! What happens to the records of share groups, and its sums.

use super::Intervals;
use crate::log::KeyId;
use crate::wire::{NodeId, Offset, PartitionId};

/// The same happened to some records in a row of a share group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShareFact {
    /// What.
    pub step: ShareStep,
    /// Who has or had them.
    pub member: NodeId,
    /// Of which partition.
    pub partition: PartitionId,
    /// The first one's offset.
    pub first: Offset,
    /// How many.
    pub records: u32,
    /// The highest delivery count among them.
    pub delivery_count: u16,
}

/// What can happen to the records of a share group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShareStep {
    /// A member has them, and nobody else gets them until its lock runs out.
    Acquired,
    /// They are done.
    Accepted,
    /// The member has given them back.
    Released,
    /// The member has given them up for all.
    Rejected,
    /// The member needs longer: the lock begins anew.
    Renewed,
    /// The member has said nothing in time: they come back.
    LockExpired,
    /// The member is gone: they come back.
    SessionEnded,
    /// They were delivered as often as may be, and nobody gets them again.
    Archived,
    /// What the member said does not count: it does not have them any more.
    AcknowledgeRefused,
}

/// Sums over all share groups.
#[derive(Debug, Clone, Default)]
pub struct ShareCounters {
    /// Deliveries of records.
    pub acquired: u64,
    /// Those of them that were not the first of their record.
    pub acquired_again: u64,
    /// Records that are done.
    pub accepted: u64,
    /// Times that a record was given back.
    pub released: u64,
    /// Records that were rejected.
    pub rejected: u64,
    /// Times that a lock was renewed.
    pub renewed: u64,
    /// Times that a lock ran out.
    pub lock_expired: u64,
    /// Times that a record came back because its member was gone.
    pub session_ended: u64,
    /// Records that were delivered too often.
    pub archived: u64,
    /// Records of which an acknowledgement did not count.
    pub refused: u64,
    /// Times that an application was done with a record.
    pub processed: u64,
    /// Times that an application could not process one.
    pub failed: u64,
    /// Of those that it was done with, those that their group had been done with before.
    pub processed_again: u64,
    /// Those that were processed after a later one about the same subject.
    pub out_of_order: u64,
    /// By group, from 0, and subject: what is done, and the highest number of it.
    groups: Vec<Vec<(Intervals, u32)>>,
}

impl ShareCounters {
    pub(super) fn add(&mut self, fact: &ShareFact) {
        let records = u64::from(fact.records);
        match fact.step {
            ShareStep::Acquired => {
                self.acquired += records;
                if fact.delivery_count > 1 {
                    self.acquired_again += records;
                }
            }
            ShareStep::Accepted => self.accepted += records,
            ShareStep::Released => self.released += records,
            ShareStep::Rejected => self.rejected += records,
            ShareStep::Renewed => self.renewed += records,
            ShareStep::LockExpired => self.lock_expired += records,
            ShareStep::SessionEnded => self.session_ended += records,
            ShareStep::Archived => self.archived += records,
            ShareStep::AcknowledgeRefused => self.refused += records,
        }
    }

    pub(super) fn add_processed(&mut self, group: u8, subject: KeyId, sequence: u32) {
        let group = usize::from(group);
        if group >= self.groups.len() {
            self.groups.resize_with(group + 1, Vec::new);
        }
        let subjects = &mut self.groups[group];
        let index = subject.index();
        if index >= subjects.len() {
            subjects.resize_with(index + 1, Default::default);
        }
        let (done, highest) = &mut subjects[index];
        self.processed += 1;
        if done.add(sequence..sequence + 1) == 0 {
            self.processed_again += 1;
        }
        self.out_of_order += u64::from(sequence < *highest);
        *highest = (*highest).max(sequence);
    }
}
