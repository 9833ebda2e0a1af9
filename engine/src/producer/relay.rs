//! A producer in the process of a consumer: it sends on what the consumer's application hands to it, and tells it what
//! became of each record, as the callback of `send()` does.

use super::Producer;
use super::append::Placed;
use super::application::{Attempt, Pending};
use super::queued_batch::QueuedBatch;
use crate::application::{Destination, Handover, RelayedRecord};
use crate::log::size::estimate_upper_bound;
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{ErrorCode, NodeId, Offset, PartitionId};
use std::sync::Arc;

/// What a relay has in hand. Bounded by what its consumer has: at most what one poll returned, or its dead letters.
#[derive(Debug, Clone, Default)]
pub(super) struct Relay {
    /// Handed over, and in no batch yet.
    waiting: Vec<RelayedRecord>,
    /// In a batch: its partition's place, its ordinal there, its ticket.
    batched: Vec<(u32, u32, u32)>,
    /// The last of the further topics is that of the dead letters.
    dead_letters: usize,
}

impl Producer {
    /// Makes it a relay, which writes to these retry topics and to that of the dead letters.
    pub fn make_relay(&mut self, tiers: Vec<Arc<str>>, dead_letters: Option<Arc<str>>) {
        self.relay.dead_letters = tiers.len() + 1;
        let mut topics = tiers;
        topics.extend(dead_letters);
        self.metadata.write_also(topics);
    }

    /// The application calls `send()`.
    pub(super) fn send_on(&mut self, relayed: RelayedRecord, ctx: &mut Ctx) {
        let RelayedRecord {
            ticket,
            record,
            headers,
            ..
        } = relayed;
        let key_bytes = record.key.map(|key| ctx.dictionary().key_bytes(key));
        let bytes = estimate_upper_bound(key_bytes, Some(record.value_bytes), headers.bytes);
        if bytes > self.config.max_request_size || u64::from(bytes) > self.config.buffer_memory {
            ctx.record(Fact::RecordTooLarge { key: record.key, bytes });
            return self.tell_relayed(ticket, Err(ErrorCode::MessageTooLarge), ctx);
        }
        self.relay.waiting.push(relayed);
        let pending = Pending {
            key: record.key,
            subject: record.subject,
            sequence: record.sequence,
            value: record.value,
            value_bytes: record.value_bytes,
            partition: None,
            chosen: None,
            ticket: Some(ticket),
            cause: ctx.cause(),
        };
        self.hand_over(pending, ctx);
    }

    /// Puts a record that is sent on into a batch.
    pub(super) fn try_relay(&mut self, ticket: u32, ctx: &mut Ctx) -> Attempt {
        let waiting = &self.relay.waiting;
        let Some(index) = waiting.iter().position(|relayed| relayed.ticket == ticket) else {
            return Attempt::Done;
        };
        let RelayedRecord {
            to,
            partition,
            record,
            headers,
            ..
        } = waiting[index].clone();
        let topic = match to {
            Destination::Main => 0,
            Destination::Tier(tier) => usize::from(tier),
            Destination::DeadLetters => self.relay.dead_letters,
        };
        let Some(place) = self.metadata.place(topic, partition) else {
            self.metadata.request_update();
            return Attempt::NoMetadata;
        };
        let (now, batch_size, memory) = (ctx.now(), self.config.batch_size, self.config.buffer_memory);
        let appended =
            self.accumulator
                .append_relayed(place, (record, headers), now, batch_size, memory, ctx.dictionary());
        let Some((appended, ordinal)) = appended else {
            return Attempt::NoMemory;
        };
        self.relay.waiting.remove(index);
        self.relay.batched.push((place, ordinal, ticket));
        let placed = Placed {
            partition: place,
            appended,
        };
        let cause = ctx.cause();
        let sent = self.note_appended(placed, record, ctx);
        if appended.new_batch || appended.all_full {
            ctx.set_cause(sent);
            self.run_sender(ctx);
            ctx.set_cause(cause);
        }
        Attempt::Done
    }

    pub(super) fn relayed_are_stored(
        &mut self,
        partition: u32,
        batch: &QueuedBatch,
        id: PartitionId,
        base_offset: Offset,
        ctx: &mut Ctx,
    ) {
        for (ordinal, ticket) in self.take_batched(partition, batch) {
            let offset = base_offset + u64::from(ordinal - batch.ordinal);
            self.tell_relayed(ticket, Ok((id, offset)), ctx);
        }
    }

    pub(super) fn relayed_have_failed(&mut self, partition: u32, batch: &QueuedBatch, error: ErrorCode, ctx: &mut Ctx) {
        for (_, ticket) in self.take_batched(partition, batch) {
            self.tell_relayed(ticket, Err(error), ctx);
        }
    }

    /// The records of that batch that were sent on: their ordinals and tickets.
    fn take_batched(&mut self, partition: u32, batch: &QueuedBatch) -> Vec<(u32, u32)> {
        if self.relay.batched.is_empty() {
            return Vec::new();
        }
        let ordinals = batch.ordinal..batch.ordinal + batch.records();
        let of_it = |(place, ordinal, _): &mut (u32, u32, u32)| *place == partition && ordinals.contains(ordinal);
        let taken = self.relay.batched.extract_if(.., of_it);
        taken.map(|(_, ordinal, ticket)| (ordinal, ticket)).collect()
    }

    /// The callback.
    pub(super) fn tell_relayed(
        &mut self,
        ticket: u32,
        stored: Result<(PartitionId, Offset), ErrorCode>,
        ctx: &mut Ctx,
    ) {
        self.relay.waiting.retain(|relayed| relayed.ticket != ticket);
        if let NodeId::Relay(number) = ctx.me() {
            ctx.hand_over(NodeId::Consumer(number), Handover::Sent { ticket, stored });
        }
    }
}
