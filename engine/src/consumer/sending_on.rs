//! Records that the application sends on, by the producer in its process: to a retry topic, to the dead letters, or back.
//!
//! The offset of a record that is sent on is committed only when the record is stored where it went. A crash between the
//! two sends it again: that is at least once, as everywhere in Kafka where two topics are written without a transaction.

use super::Consumer;
use super::poll::Phase;
use super::processing::InHand;
use crate::application::{Destination, Handover, RelayedRecord};
use crate::log::{FailureWhy, RetryHeaders};
use crate::node::{Bug, Ctx};
use crate::trace::Fact;
use crate::wire::{ErrorCode, Micros, NodeId, Offset, PartitionId};

/// What was handed to the relay and is not stored yet. At most what one poll returned, or the dead letters in hand.
#[derive(Debug, Clone, Default)]
pub(super) struct SendingOn {
    last_ticket: u32,
    under_way: Vec<UnderWay>,
    /// A mistake that is built in ([`Bug::CommittedBeforeStored`]).
    is_not_awaited: bool,
}

#[derive(Debug, Clone)]
struct UnderWay {
    from: PartitionId,
    offset: Offset,
    relayed: RelayedRecord,
}

impl SendingOn {
    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty() || self.is_not_awaited
    }
}

impl Consumer {
    /// Sends the record in hand on, after so many attempts, and passes it.
    pub(super) fn send_on(
        &mut self,
        hand: &InHand,
        to: Destination,
        (attempt, why, due_us): (u32, FailureWhy, Micros),
        ctx: &mut Ctx,
    ) {
        let (original_partition, original_offset) = hand.first_at();
        let before = hand.headers;
        let headers = RetryHeaders {
            attempt,
            original_partition,
            original_offset,
            sent_us: before.map_or(hand.sent_us, |headers| headers.sent_us),
            error: why,
            first_failed_us: before
                .filter(|headers| headers.attempt > 0)
                .map_or(ctx.now(), |headers| headers.first_failed_us),
            due_us,
            redrives: before.map_or(0, |headers| headers.redrives),
            bytes: 0,
        };
        if let Some(key) = hand.record.key.filter(|_| self.config.application.keep_order) {
            let id = (hand.record.subject, hand.record.sequence);
            match to {
                Destination::Tier(tier) => ctx.downstream.keys.enter(key, tier, id),
                Destination::Main | Destination::DeadLetters => ctx.downstream.keys.leave(key, id),
            }
        }
        self.hand_to_relay(hand, to, headers, ctx);
        self.pass(hand);
    }

    /// Calls `send()` of the producer in this process.
    pub(super) fn hand_to_relay(&mut self, hand: &InHand, to: Destination, headers: RetryHeaders, ctx: &mut Ctx) {
        let sending = &mut self.application.sending;
        sending.is_not_awaited = ctx.has_bug(Bug::CommittedBeforeStored);
        sending.last_ticket = sending.last_ticket.wrapping_add(1);
        let relayed = RelayedRecord {
            ticket: sending.last_ticket,
            to,
            partition: headers.original_partition.index,
            record: hand.record,
            headers: headers.sized(&self.config.main_topic),
        };
        sending.under_way.push(UnderWay {
            from: hand.partition,
            offset: hand.offset,
            relayed: relayed.clone(),
        });
        let cause = ctx.cause();
        ctx.record_as_cause(Fact::RecordSentOn {
            partition: hand.partition,
            offset: hand.offset,
            subject: hand.record.subject,
            sequence: hand.record.sequence,
            to,
            due_us: headers.due_us,
            why: headers.error,
        });
        self.call_relay(relayed, ctx);
        ctx.set_cause(cause);
    }

    fn call_relay(&self, relayed: RelayedRecord, ctx: &mut Ctx) {
        if let NodeId::Consumer(number) = ctx.me() {
            ctx.hand_over(NodeId::Relay(number), Handover::Send(Box::new(relayed)));
        }
    }

    /// The callback of a `send()`.
    pub(super) fn on_sent_on(&mut self, ticket: u32, stored: Result<(PartitionId, Offset), ErrorCode>, ctx: &mut Ctx) {
        let under_way = &mut self.application.sending.under_way;
        let Some(index) = under_way.iter().position(|sent| sent.relayed.ticket == ticket) else {
            return;
        };
        let (from, offset) = (under_way[index].from, under_way[index].offset);
        let record = under_way[index].relayed.record;
        let (subject, sequence) = (record.subject, record.sequence);
        match stored {
            Ok((partition, offset)) => {
                ctx.record(Fact::RecordStoredOn {
                    partition,
                    offset,
                    subject,
                    sequence,
                });
            }
            // With its headers the record is too large for any topic: there is nothing left to do with it.
            Err(ErrorCode::MessageTooLarge) => {
                ctx.record(Fact::RecordSkipped {
                    partition: from,
                    offset,
                    subject,
                    sequence,
                });
            }
            Err(_) => {
                let relayed = under_way[index].relayed.clone();
                return self.call_relay(relayed, ctx);
            }
        }
        let done = self.application.sending.under_way.remove(index);
        if done.relayed.to == Destination::Main {
            self.redriven(from, offset, ctx.now());
        }
        ctx.downstream
            .handled(self.config.account)
            .done(from, offset..offset + 1);
        if self.application.phase == Phase::Flushing && self.application.sending.is_empty() {
            self.settle();
            self.work(ctx);
        }
    }
}
