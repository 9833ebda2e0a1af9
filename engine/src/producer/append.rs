//! From `send()` into a batch: which partition, which batch.

use super::Producer;
use super::accumulator::Appended;
use super::application::{Attempt, LastSent, Pending};
use super::partitioner::Partitioner;
use crate::log::Record;
use crate::node::Ctx;
use crate::trace::Fact;

impl Producer {
    /// Chooses the partition and appends.
    pub(super) fn try_send(&mut self, pending: Pending, ctx: &mut Ctx) -> Attempt {
        if ctx.is_record_limit_reached() {
            return Attempt::Done;
        }
        let partitions = self.metadata.partitions();
        if partitions == 0 {
            return Attempt::Blocked;
        }
        let record = Record {
            key: pending.key,
            subject: pending.subject,
            sequence: pending.sequence,
            value: pending.value,
            value_bytes: pending.value_bytes,
            timestamp_delta_us: 0,
        };
        let appended = match pending.key {
            Some(key) => {
                let partition = Partitioner::by_hash(ctx.dictionary().key_hash(key), partitions);
                self.append(partition, record, ctx).is_some()
            }
            None => self.append_without_key(record, ctx),
        };
        if appended { Attempt::Done } else { Attempt::Blocked }
    }

    /// Appends to the partition's last batch, or to a new one. `None` when there is no memory for that.
    fn append(&mut self, partition: u32, record: Record, ctx: &mut Ctx) -> Option<Appended> {
        let to_tail = self
            .accumulator
            .append_to_tail(partition, record, ctx.now(), ctx.dictionary());
        match to_tail {
            Some(appended) => {
                self.note_appended(partition, record, appended, ctx);
                Some(appended)
            }
            None => self.append_new(partition, record, ctx),
        }
    }

    fn append_new(&mut self, partition: u32, record: Record, ctx: &mut Ctx) -> Option<Appended> {
        let (batch_size, memory) = (self.config.batch_size, self.config.buffer_memory);
        let now = ctx.now();
        let appended = self
            .accumulator
            .append_new(partition, record, now, batch_size, memory, ctx.dictionary())?;
        self.note_appended(partition, record, appended, ctx);
        Some(appended)
    }

    /// Records without a key stick to a partition; whether it is time for another one is asked before, and again when a
    /// batch would have to be opened (`RecordAccumulator.append`, `partitionChanged`).
    fn append_without_key(&mut self, record: Record, ctx: &mut Ctx) -> bool {
        loop {
            let (available, partitions) = (self.metadata.available(), self.metadata.partitions());
            let Some(partition) = self.partitioner.sticky(ctx.random, available, partitions) else {
                return false;
            };
            let tail_full = self.accumulator.is_tail_full(partition);
            if tail_full && self.switch_sticky(0, true, ctx) {
                continue;
            }
            let to_tail = self
                .accumulator
                .append_to_tail(partition, record, ctx.now(), ctx.dictionary());
            let appended = match to_tail {
                Some(appended) => {
                    self.note_appended(partition, record, appended, ctx);
                    appended
                }
                None if !tail_full && self.switch_sticky(0, true, ctx) => continue,
                None => match self.append_new(partition, record, ctx) {
                    Some(appended) => appended,
                    None => return false,
                },
            };
            self.switch_sticky(appended.bytes, appended.all_full, ctx);
            return true;
        }
    }

    fn switch_sticky(&mut self, bytes: u32, all_full: bool, ctx: &mut Ctx) -> bool {
        let (available, partitions) = (self.metadata.available(), self.metadata.partitions());
        let switched = self
            .partitioner
            .appended(bytes, all_full, ctx.random, available, partitions);
        if switched
            && let Some(next) = self.partitioner.sticky(ctx.random, available, partitions)
            && let Some(partition) = self.metadata.partition_id(next)
        {
            ctx.record(Fact::StickyPartitionChanged { partition });
        }
        switched
    }

    fn note_appended(&mut self, partition: u32, record: Record, appended: Appended, ctx: &mut Ctx) {
        let Some(id) = self.metadata.partition_id(partition) else {
            return;
        };
        let Record {
            key, subject, sequence, ..
        } = record;
        let cause = ctx.cause();
        let sent = ctx.record_as_cause(Fact::RecordSent {
            partition: id,
            key,
            subject,
            sequence,
        });
        self.application.last_sent = Some(LastSent {
            at_us: ctx.now(),
            key,
            subject,
            partition,
        });
        if appended.new_batch {
            self.accumulator.set_tail_cause(partition, sent);
        }
        if appended.new_batch || appended.all_full {
            self.run_sender(ctx);
        }
        ctx.set_cause(cause);
    }
}
