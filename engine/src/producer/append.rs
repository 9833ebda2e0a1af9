//! From `send()` into a batch: which partition, which batch.

use super::Producer;
use super::accumulator::Appended;
use super::application::{Attempt, LastSent, Pending};
use super::partitioner::Choice;
use crate::log::Record;
use crate::node::Ctx;
use crate::trace::{EventId, Fact};
use crate::wire::{NodeId, WorkItem, WorkMessage};

/// Where a record was put, and what that did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) partition: u32,
    pub(super) appended: Appended,
}

impl Producer {
    /// Chooses the partition and appends. What was chosen is remembered in `pending` while there is no memory: Kafka's
    /// `send()` waits for that behind the partitioner, which is asked once.
    pub(super) fn try_send(&mut self, pending: &mut Pending, ctx: &mut Ctx) -> Attempt {
        if let Some(ticket) = pending.ticket {
            return self.try_relay(ticket, ctx);
        }
        if ctx.is_record_limit_reached() {
            return Attempt::Done;
        }
        let partitions = self.metadata.partitions();
        let given = pending.partition.map(u32::from);
        if partitions == 0 || given.is_some_and(|given| given >= partitions) {
            // `KafkaProducer.waitOnMetadata`: it asks again and again for a partition that is not there yet.
            self.metadata.request_update();
            return Attempt::NoMetadata;
        }
        let record = Record {
            key: pending.key,
            subject: pending.subject,
            sequence: pending.sequence,
            value: pending.value,
            value_bytes: pending.value_bytes,
            timestamp_delta_us: 0,
        };
        let choice = match pending.chosen.or(given) {
            Some(partition) => Some(Choice::Partition(partition)),
            None => self.choose(pending, ctx),
        };
        let placed = match choice {
            None => return Attempt::NoMetadata,
            Some(Choice::Sticky) => self.append_sticky(record, ctx),
            Some(Choice::Partition(partition) | Choice::Moved(partition)) => {
                self.append_chosen(partition, record, pending, ctx)
            }
        };
        let Some(placed) = placed else {
            return Attempt::NoMemory;
        };
        let cause = ctx.cause();
        let sent = self.note_appended(placed, record, ctx);
        if choice == Some(Choice::Sticky) {
            self.switch_sticky(placed.appended.bytes, placed.appended.all_full, ctx);
        }
        if placed.appended.new_batch || placed.appended.all_full {
            ctx.set_cause(sent);
            self.run_sender(ctx);
            ctx.set_cause(cause);
        }
        Attempt::Done
    }

    #[inline]
    fn choose(&mut self, pending: &Pending, ctx: &mut Ctx) -> Option<Choice> {
        let topic = self.metadata.reachable();
        let choice = self
            .partitioner
            .choose(pending.key, topic, ctx.now, ctx.random, ctx.dictionary);
        if let Some(Choice::Moved(partition)) = choice {
            self.record_stuck(partition, ctx);
        }
        choice
    }

    /// Appends where the record shall go, unless that needs a new batch and the partitioner wants to hear of that.
    fn append_chosen(
        &mut self,
        partition: u32,
        record: Record,
        pending: &mut Pending,
        ctx: &mut Ctx,
    ) -> Option<Placed> {
        let mut partition = partition;
        if pending.chosen.is_none() && self.partitioner.class().hears_of_new_batches() {
            let to_tail = self
                .accumulator
                .append_to_tail(partition, record, ctx.now(), ctx.dictionary());
            if let Some(appended) = to_tail {
                return Some(Placed { partition, appended });
            }
            partition = self.choose_again(partition, pending, ctx);
        }
        pending.chosen = Some(partition);
        self.append(partition, record, ctx)
    }

    /// KIP-480: a partitioner of that time hears that the record needs a new batch, and is asked again. A keyed record
    /// that opens a batch in the sticky partition moves it, too.
    fn choose_again(&mut self, partition: u32, pending: &Pending, ctx: &mut Ctx) -> u32 {
        let topic = self.metadata.reachable();
        if let Some(sticky) = self.partitioner.on_new_batch(partition, topic, ctx.random) {
            self.record_stuck(sticky, ctx);
        }
        let again = pending.partition.is_none().then(|| self.choose(pending, ctx)).flatten();
        match again {
            Some(Choice::Partition(partition) | Choice::Moved(partition)) => partition,
            Some(Choice::Sticky) | None => partition,
        }
    }

    /// Appends to the partition's last batch, or to a new one. `None` when there is no memory for that.
    pub(super) fn append(&mut self, partition: u32, record: Record, ctx: &mut Ctx) -> Option<Placed> {
        let to_tail = self
            .accumulator
            .append_to_tail(partition, record, ctx.now(), ctx.dictionary());
        let appended = to_tail.or_else(|| self.append_new(partition, record, ctx))?;
        Some(Placed { partition, appended })
    }

    fn append_new(&mut self, partition: u32, record: Record, ctx: &mut Ctx) -> Option<Appended> {
        let (batch_size, memory) = (self.config.batch_size, self.config.buffer_memory);
        let now = ctx.now();
        self.accumulator
            .append_new(partition, record, now, batch_size, memory, ctx.dictionary())
    }

    /// Records without a key stick to a partition; whether it is time for another one is asked before, and again when a
    /// batch would have to be opened (`RecordAccumulator.append`, `partitionChanged`).
    pub(super) fn append_sticky(&mut self, record: Record, ctx: &mut Ctx) -> Option<Placed> {
        loop {
            let partition = self.partitioner.sticky(ctx.random, self.metadata.reachable())?;
            let tail_full = self.accumulator.is_tail_full(partition);
            if tail_full && self.switch_sticky(0, true, ctx) {
                continue;
            }
            let to_tail = self
                .accumulator
                .append_to_tail(partition, record, ctx.now(), ctx.dictionary());
            let appended = match to_tail {
                Some(appended) => appended,
                None if !tail_full && self.switch_sticky(0, true, ctx) => continue,
                None => self.append_new(partition, record, ctx)?,
            };
            return Some(Placed { partition, appended });
        }
    }

    /// Counts what was appended; enough, and it sticks to another partition. That comes before the sender is woken
    /// (`KafkaProducer.doSend`).
    pub(super) fn switch_sticky(&mut self, bytes: u32, all_full: bool, ctx: &mut Ctx) -> bool {
        let topic = self.metadata.reachable();
        let switched = self.partitioner.appended(bytes, all_full, ctx.random, topic);
        if switched && let Some(next) = self.partitioner.sticky(ctx.random, topic) {
            self.record_stuck(next, ctx);
        }
        switched
    }

    fn record_stuck(&mut self, partition: u32, ctx: &mut Ctx) {
        if let Some(partition) = self.metadata.partition_id(partition) {
            ctx.record(Fact::StickyPartitionChanged { partition });
        }
    }

    /// Answers the event of the record.
    #[inline]
    pub(super) fn note_appended(&mut self, placed: Placed, record: Record, ctx: &mut Ctx) -> EventId {
        let Placed { partition, appended } = placed;
        let Some(id) = self.metadata.partition_id(partition) else {
            return ctx.cause();
        };
        let Record {
            key, subject, sequence, ..
        } = record;
        let sent = ctx.record(Fact::RecordSent {
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
        if self.application.has_work_queue {
            send_to_queue(&record, sent, ctx);
        }
        if appended.new_batch {
            self.accumulator.set_tail_cause(partition, sent);
        }
        sent
    }
}

/// The application sends the record to the work queue beside the topic as well, at the moment at which `send()` returns.
#[cold]
fn send_to_queue(record: &Record, sent: EventId, ctx: &mut Ctx) {
    let item = WorkItem {
        subject: record.subject,
        sequence: record.sequence,
        sent_us: ctx.now(),
        value_bytes: record.value_bytes,
    };
    let cause = ctx.cause();
    ctx.set_cause(sent);
    ctx.work(NodeId::Queue, WorkMessage::Put(item));
    ctx.set_cause(cause);
}
