//! What a share group has done with the records of one partition (`SharePartition`).

use super::{ShareConfig, ShareState};
use crate::log::LogEntry;
use crate::trace::ShareStep;
use crate::wire::{
    AcknowledgeType, AcknowledgementBatch, AcquiredRecords, ErrorCode, LeaderEpoch, Micros, NodeId, Offset, ShareMember,
};
use std::collections::VecDeque;

/// The state of a record (`SharePartition.RecordState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// Anybody may have it.
    Available,
    /// A member has it, until its lock runs out.
    Acquired,
    /// It is done.
    Acknowledged,
    /// It is given up: rejected, or delivered too often.
    Archived,
}

/// A record between the start of the window and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedRecord {
    /// Its state.
    pub state: RecordState,
    /// How often it was delivered. Counted when it is acquired.
    pub delivery_count: u16,
    /// Who has it, or had it last.
    pub member: ShareMember,
    /// When the lock runs out, while it is acquired.
    pub locked_until_us: Micros,
    /// The first offset of the batch in which it was acquired first (`InFlightBatch`).
    batch: Offset,
}

/// The same happened to some records in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What.
    pub step: ShareStep,
    /// The first one's offset.
    pub first: Offset,
    /// How many.
    pub records: u32,
    /// The highest delivery count among them.
    pub delivery_count: u16,
    /// Who had them.
    pub member: ShareMember,
}

/// What a share group has done with one partition. All before `start` is finished; all from `end` on is untouched. Bounded:
/// at most [`ShareConfig::max_record_locks`] records lie between.
#[derive(Debug, Clone)]
pub struct SharePartition {
    config: ShareConfig,
    leader_epoch: LeaderEpoch,
    start: Offset,
    records: VecDeque<SharedRecord>,
}

impl SharePartition {
    /// Nothing is done before `start`, as the leader of that epoch has it.
    #[must_use]
    pub fn new(config: ShareConfig, leader_epoch: LeaderEpoch, start: Offset) -> Self {
        Self {
            config,
            leader_epoch,
            start,
            records: VecDeque::new(),
        }
    }

    /// As another leader has written it; nobody has anything.
    #[must_use]
    pub fn restored(config: ShareConfig, leader_epoch: LeaderEpoch, written: &ShareState) -> Self {
        let nobody = ShareMember {
            node: NodeId::User,
            life: 0,
        };
        let records = written.records.iter().map(|(state, delivery_count)| SharedRecord {
            state: *state,
            delivery_count: *delivery_count,
            member: nobody,
            locked_until_us: 0,
            batch: written.start,
        });
        Self {
            config,
            leader_epoch,
            start: written.start,
            records: records.collect(),
        }
    }

    /// The epoch of the leader that keeps this account.
    #[must_use]
    pub fn leader_epoch(&self) -> LeaderEpoch {
        self.leader_epoch
    }

    /// The share-partition start offset: all before it is acknowledged or archived.
    #[must_use]
    pub fn start(&self) -> Offset {
        self.start
    }

    /// The offset after the last record that was ever acquired.
    #[must_use]
    pub fn end(&self) -> Offset {
        self.start + self.records.len() as u64
    }

    /// The records from start to end, with their offsets.
    pub fn records(&self) -> impl Iterator<Item = (Offset, &SharedRecord)> {
        (self.start..).zip(&self.records)
    }

    /// Where to read next: the first record that is available, or the end (`nextFetchOffset`).
    #[must_use]
    pub fn next_fetch_offset(&self) -> Offset {
        let available = self
            .records
            .iter()
            .position(|record| record.state == RecordState::Available);
        self.start + available.unwrap_or(self.records.len()) as u64
    }

    /// Whether anything could be acquired: something has come back, or the window is not full (`canAcquireRecords`).
    #[must_use]
    pub fn can_acquire(&self) -> bool {
        self.room() > 0 || self.next_fetch_offset() < self.end()
    }

    fn room(&self) -> u64 {
        u64::from(self.config.max_record_locks).saturating_sub(self.records.len() as u64)
    }

    /// Gives records of these batches to `member`, those below `up_to`: what has come back, and what is new. Whole batches,
    /// and none is begun when there are `max_records` (`share.acquire.mode=batch_optimized`).
    ///
    /// From half the delivery count limit on a batch shrinks with each delivery, so that the record that spoils it is
    /// found: half of it, a quarter, and at the last try each record alone (`acquire`, `throttleRecordsDelivery`).
    pub fn acquire(
        &mut self,
        member: ShareMember,
        entries: &[LogEntry],
        (up_to, max_records): (Offset, u32),
        now: Micros,
    ) -> Vec<AcquiredRecords> {
        let mut acquired: Vec<Offset> = Vec::new();
        for entry in entries {
            if acquired.len() >= max_records as usize {
                break;
            }
            let (first, end) = (entry.base_offset.max(self.start), entry.end_offset().min(up_to));
            if !self.acquire_again(member, (first, end), now, &mut acquired) {
                break;
            }
            if end > self.end() && !self.acquire_new(member, (first.max(self.end()), end), now, &mut acquired) {
                break;
            }
        }
        self.ranges(&acquired)
    }

    /// Takes what has come back. `false` when that was cut short.
    fn acquire_again(
        &mut self,
        member: ShareMember,
        (first, end): (Offset, Offset),
        now: Micros,
        acquired: &mut Vec<Offset>,
    ) -> bool {
        let mut offset = first;
        let end = end.min(self.end());
        while offset < end {
            let batch = self.record(offset).batch;
            let available: Vec<Offset> = (offset..end)
                .take_while(|offset| self.record(*offset).batch == batch)
                .inspect(|of| offset = of + 1)
                .filter(|offset| self.record(*offset).state == RecordState::Available)
                .collect();
            let worst = available.iter().map(|offset| self.record(*offset).delivery_count).max();
            let allowed = self.allowed(available.len(), worst.unwrap_or(0));
            for offset in &available[..allowed] {
                self.lock(*offset, member, now);
                acquired.push(*offset);
            }
            if allowed < available.len() {
                return false;
            }
        }
        true
    }

    /// How many of so many records may be delivered together, when one of them was delivered so often.
    fn allowed(&self, records: usize, delivery_count: u16) -> usize {
        let limit = self.config.delivery_count_limit;
        let threshold = limit.div_ceil(2).max(2);
        if delivery_count < threshold || limit <= 2 {
            records
        } else if delivery_count + 1 >= limit {
            records.min(1)
        } else {
            (records >> (delivery_count - threshold + 1)).max(1).min(records)
        }
    }

    /// Takes what nobody had before, as far as there is room. `false` when there is no more.
    fn acquire_new(
        &mut self,
        member: ShareMember,
        (first, end): (Offset, Offset),
        now: Micros,
        acquired: &mut Vec<Offset>,
    ) -> bool {
        // What is not in the log any more counts as given up.
        let record = SharedRecord {
            state: RecordState::Archived,
            delivery_count: 0,
            member,
            locked_until_us: 0,
            batch: first,
        };
        if self.records.is_empty() {
            self.start = first;
        }
        while self.end() < first {
            self.records.push_back(record);
        }
        let taken = (end - first).min(self.room());
        for offset in first..first + taken {
            self.records.push_back(record);
            self.lock(offset, member, now);
            acquired.push(offset);
        }
        taken == end - first
    }

    fn lock(&mut self, offset: Offset, member: ShareMember, now: Micros) {
        let locked_until_us = now + self.config.record_lock_duration_us;
        let record = self.record_mut(offset);
        record.state = RecordState::Acquired;
        record.delivery_count = record.delivery_count.saturating_add(1);
        record.member = member;
        record.locked_until_us = locked_until_us;
    }

    /// `member` says of those records what became of them. All of it counts, or nothing.
    ///
    /// # Errors
    /// `INVALID_RECORD_STATE` for a record that the member does not have, or not any more; `INVALID_REQUEST` for one that
    /// nobody ever had.
    pub fn acknowledge(
        &mut self,
        member: ShareMember,
        batches: &[AcknowledgementBatch],
        now: Micros,
    ) -> Result<Vec<Transition>, ErrorCode> {
        for batch in batches {
            self.check(member, batch)?;
        }
        let mut transitions = Vec::new();
        for batch in batches {
            for offset in batch.first.max(self.start)..=batch.last {
                self.settle(offset, batch.kind, now, &mut transitions);
            }
        }
        self.move_start();
        Ok(transitions)
    }

    fn check(&self, member: ShareMember, batch: &AcknowledgementBatch) -> Result<(), ErrorCode> {
        if batch.first > batch.last || batch.last >= self.end() {
            return Err(ErrorCode::InvalidRequest);
        }
        let mut offsets = batch.first.max(self.start)..=batch.last;
        let has_all = offsets.all(|offset| {
            let record = self.record(offset);
            record.state == RecordState::Acquired && record.member == member
        });
        if has_all {
            Ok(())
        } else {
            Err(ErrorCode::InvalidRecordState)
        }
    }

    fn settle(&mut self, offset: Offset, kind: AcknowledgeType, now: Micros, transitions: &mut Vec<Transition>) {
        let lock = self.config.record_lock_duration_us;
        let record = self.record_mut(offset);
        match kind {
            AcknowledgeType::Accept => {
                record.state = RecordState::Acknowledged;
                self.note(ShareStep::Accepted, offset, transitions);
            }
            AcknowledgeType::Reject => {
                record.state = RecordState::Archived;
                self.note(ShareStep::Rejected, offset, transitions);
            }
            AcknowledgeType::Renew => {
                record.locked_until_us = now + lock;
                self.note(ShareStep::Renewed, offset, transitions);
            }
            AcknowledgeType::Release => self.give_back(offset, ShareStep::Released, transitions),
        }
    }

    /// Somebody else may try, unless it was delivered too often.
    fn give_back(&mut self, offset: Offset, step: ShareStep, transitions: &mut Vec<Transition>) {
        let limit = self.config.delivery_count_limit;
        let record = self.record_mut(offset);
        let is_last = record.delivery_count >= limit;
        record.state = if is_last {
            RecordState::Archived
        } else {
            RecordState::Available
        };
        self.note(step, offset, transitions);
        if is_last {
            self.note(ShareStep::Archived, offset, transitions);
        }
    }

    /// The locks that have run out by now: their records come back.
    pub fn expire_locks(&mut self, now: Micros) -> Vec<Transition> {
        self.give_back_where(ShareStep::LockExpired, |record| record.locked_until_us <= now)
    }

    /// A member has closed its share session, or its connection is gone: what it has comes back
    /// (`releaseAcquiredRecords`).
    pub fn release_member(&mut self, member: ShareMember) -> Vec<Transition> {
        self.give_back_where(ShareStep::SessionEnded, |record| record.member == member)
    }

    fn give_back_where(&mut self, step: ShareStep, is_it: impl Fn(&SharedRecord) -> bool) -> Vec<Transition> {
        let mut transitions = Vec::new();
        for offset in self.start..self.end() {
            let record = self.record(offset);
            if record.state == RecordState::Acquired && is_it(record) {
                self.give_back(offset, step, &mut transitions);
            }
        }
        self.move_start();
        transitions
    }

    /// When the next lock runs out.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Micros> {
        let acquired = self
            .records
            .iter()
            .filter(|record| record.state == RecordState::Acquired);
        acquired.map(|record| record.locked_until_us).min()
    }

    /// The window moves over what is finished (`maybeUpdateCachedStateAndOffsets`).
    fn move_start(&mut self) {
        let is_done = |record: &SharedRecord| matches!(record.state, RecordState::Acknowledged | RecordState::Archived);
        while self.records.front().is_some_and(is_done) {
            self.records.pop_front();
            self.start += 1;
        }
    }

    /// Adds it to the last transition of the same kind, where it follows it.
    fn note(&self, step: ShareStep, offset: Offset, transitions: &mut Vec<Transition>) {
        let record = self.record(offset);
        let same = transitions.iter_mut().rev().find(|known| known.step == step);
        if let Some(known) = same
            && known.first + u64::from(known.records) == offset
            && known.member == record.member
        {
            known.records += 1;
            known.delivery_count = known.delivery_count.max(record.delivery_count);
            return;
        }
        transitions.push(Transition {
            step,
            first: offset,
            records: 1,
            delivery_count: record.delivery_count,
            member: record.member,
        });
    }

    /// Offsets in a row with the same delivery count, as the answer names them.
    fn ranges(&self, offsets: &[Offset]) -> Vec<AcquiredRecords> {
        let mut ranges: Vec<AcquiredRecords> = Vec::new();
        for offset in offsets {
            let delivery_count = self.record(*offset).delivery_count;
            match ranges.last_mut() {
                Some(range) if range.last + 1 == *offset && range.delivery_count == delivery_count => {
                    range.last = *offset;
                }
                _ => ranges.push(AcquiredRecords {
                    first: *offset,
                    last: *offset,
                    delivery_count,
                }),
            }
        }
        ranges
    }

    /// Only for offsets from start to end.
    fn record(&self, offset: Offset) -> &SharedRecord {
        &self.records[(offset - self.start) as usize]
    }

    fn record_mut(&mut self, offset: Offset) -> &mut SharedRecord {
        let place = (offset - self.start) as usize;
        &mut self.records[place]
    }
}
