//! The ledger as the world knows it: what the applications were told, beside what is in the logs.

use super::World;
use super::audit::Audit;
use super::queue::Due;
use crate::short_map::ShortMap;
use crate::trace::{EventId, LedgerColumn, LedgerFigures, LedgerLine};
use crate::wire::{Acks, Message, NodeId, Offset, PartitionId, RequestBody};
use std::borrow::Cow;
use std::collections::BinaryHeap;
use std::ops::Range;

/// A record's identity.
type RecordId = (u16, NodeId, u32);

impl World {
    /// How many records stand in each column of the ledger.
    #[must_use]
    pub fn ledger(&self) -> LedgerFigures {
        let audit = self.audited();
        let mut figures = LedgerFigures {
            duplicated: audit.duplicated(),
            ..LedgerFigures::default()
        };
        for (producer, partition, lane) in self.trace.ledger().lanes() {
            figures.sent += u64::from(lane.sent);
            figures.acknowledged += lane.acknowledged.count();
            figures.refused += lane.refused.count();
            figures.retried += lane.retried.count();
            figures.lost += self
                .lost(&audit, producer, partition)
                .into_iter()
                .map(length)
                .sum::<u64>();
        }
        figures
    }

    /// The first `most` records of that column, in the order in which they came into it; those that are duplicated or
    /// lost in the order in which they were sent. Records that are not among the first
    /// [`Ledger::LINES`](crate::trace::Ledger::LINES) of the run are counted only.
    #[must_use]
    pub fn ledger_lines(&self, column: LedgerColumn, most: usize) -> Vec<LedgerLine> {
        let audit = self.audited();
        let ledger = self.trace.ledger();
        let listed: Vec<(RecordId, EventId)> = match column {
            LedgerColumn::Sent => {
                let sent = ledger.lines().take(most);
                sent.map(|line| ((line.partition, line.producer, line.ordinal), line.event))
                    .collect()
            }
            LedgerColumn::Acknowledged | LedgerColumn::Refused | LedgerColumn::Retried => {
                let told = ledger.told(column).flat_map(|told| {
                    let ids = told.ordinals.clone().map(|n| (told.partition, told.producer, n));
                    ids.map(|id| (id, told.event))
                });
                told.take(most).collect()
            }
            LedgerColumn::Duplicated => {
                let ids = ledger.lanes().flat_map(|(producer, partition, _)| {
                    let twice = audit
                        .found(producer, partition)
                        .into_iter()
                        .flat_map(|f| f.twice.iter());
                    twice.flatten().map(move |n| (partition, producer, n))
                });
                self.in_order_of_sending(ids, most, |id| self.told_of(LedgerColumn::Retried, id))
            }
            LedgerColumn::Lost => {
                let ids = ledger.lanes().flat_map(|(producer, partition, _)| {
                    let lost = self.lost(&audit, producer, partition).into_iter().flatten();
                    lost.map(move |n| (partition, producer, n))
                });
                self.in_order_of_sending(ids, most, |id| self.lost_by(id))
            }
        };
        let offsets = self.offsets_of(&listed);
        let lines = listed.into_iter().filter_map(|(id, event)| {
            let sent = ledger.line(id.1, id.0, id.2)?;
            Some(LedgerLine {
                producer: sent.producer,
                partition: sent.partition,
                key: sent.key,
                subject: sent.subject,
                sequence: sent.sequence,
                sent_us: sent.sent_us,
                offset: offsets.get(&id).copied(),
                event: self.trace.get(event).map_or(0, |event| event.id),
            })
        });
        lines.collect()
    }

    /// Whether the producer was told that the record is stored, as far as `acks` tells. `ordinal` is the record's, that of
    /// its batch plus its place in it.
    #[must_use]
    pub fn is_acknowledged(&self, partition: PartitionId, producer: NodeId, ordinal: u32) -> bool {
        let lane = self.trace.ledger().lane(producer, partition.index);
        lane.is_some_and(|lane| lane.acknowledged.contains(ordinal))
    }

    /// Reads on in the logs, so that whoever looks next finds it done.
    pub(super) fn audit(&mut self) {
        let mut audit = std::mem::take(&mut self.audit);
        audit.refresh(self);
        self.audit = audit;
    }

    fn audited(&self) -> Cow<'_, Audit> {
        if self.audit.is_fresh(self) {
            return Cow::Borrowed(&self.audit);
        }
        let mut audit = self.audit.clone();
        audit.refresh(self);
        Cow::Owned(audit)
    }

    /// Acknowledged, and not in the leader's log, nor on the way there: under acks=0 a producer does not wait until its
    /// records have arrived. What a cut holds back counts as lost until it arrives after all.
    fn lost(&self, audit: &Audit, producer: NodeId, partition: u16) -> Vec<Range<u32>> {
        let Some(lane) = self.trace.ledger().lane(producer, partition) else {
            return Vec::new();
        };
        let mut missing: Vec<Range<u32>> = match audit.found(producer, partition) {
            Some(found) => lane.acknowledged.without(&found.stored).collect(),
            None => lane.acknowledged.iter().collect(),
        };
        if self.setup.producer.acks == Acks::None {
            for arriving in self.on_their_way(producer, partition) {
                missing = missing.into_iter().flat_map(|range| cut(range, &arriving)).collect();
            }
        }
        missing
    }

    fn on_their_way(&self, producer: NodeId, partition: u16) -> Vec<Range<u32>> {
        let messages = self.queue.iter().filter_map(|(_, due)| match due {
            Due::Message(parcel) if parcel.from == producer => Some(&parcel.message),
            _ => None,
        });
        let batches = messages.filter_map(|message| match message {
            Message::Request(request) => match &request.body {
                RequestBody::Produce(produce) => Some(&produce.batches),
                _ => None,
            },
            _ => None,
        });
        let batches = batches.flatten().filter(|(id, _)| id.index == partition);
        batches
            .map(|(_, batch)| batch.ordinal..batch.ordinal.saturating_add(batch.len()))
            .collect()
    }

    fn in_order_of_sending(
        &self,
        ids: impl Iterator<Item = RecordId>,
        most: usize,
        why: impl Fn(RecordId) -> Option<EventId>,
    ) -> Vec<(RecordId, EventId)> {
        let ledger = self.trace.ledger();
        // A heap sorts many records in little code.
        let by_sending: BinaryHeap<(EventId, RecordId)> = ids
            .filter_map(|id| Some((ledger.line(id.1, id.0, id.2)?.event, id)))
            .collect();
        let first = by_sending.into_sorted_vec().into_iter().take(most);
        first.map(|(_, id)| (id, why(id).unwrap_or(0))).collect()
    }

    fn told_of(&self, column: LedgerColumn, (partition, producer, ordinal): RecordId) -> Option<EventId> {
        let told = self.trace.ledger().told(column);
        let mut of_it = told.filter(|t| (t.partition, t.producer) == (partition, producer));
        of_it.find(|t| t.ordinals.contains(&ordinal)).map(|t| t.event)
    }

    /// The election of a leader that had something else, or nothing, where the record was. For what was never stored, the
    /// word that it was.
    fn lost_by(&self, id: RecordId) -> Option<EventId> {
        let (index, producer, ordinal) = id;
        let ledger = self.trace.ledger();
        if self.setup.producer.acks == Acks::None {
            return self.told_of(LedgerColumn::Acknowledged, id);
        }
        let mut told = ledger.told(LedgerColumn::Acknowledged);
        let told = told.find(|t| (t.partition, t.producer) == (index, producer) && t.ordinals.contains(&ordinal))?;
        let offset = told.base_offset + u64::from(ordinal - told.ordinals.start);
        let (partition, state) = self.topic_partitions().find(|(id, _)| id.index == index)?;
        let (_, log) = self.speaker(partition, state)?;
        let instead = log.entries_from(offset).next().map(|entry| entry.leader_epoch);
        ledger.election(partition, instead.unwrap_or(state.leader_epoch))
    }

    /// Where the records are in the leaders' logs: the first time that they are there. One pass over the logs.
    fn offsets_of(&self, listed: &[(RecordId, EventId)]) -> ShortMap<RecordId, Offset> {
        let mut offsets: ShortMap<RecordId, Option<Offset>> = listed.iter().map(|(id, _)| (*id, None)).collect();
        for (id, state) in self.topic_partitions() {
            let Some((_, log)) = self.speaker(id, state) else {
                continue;
            };
            for entry in log.entries_from(log.start()) {
                let first = entry.batch.ordinal;
                let from = (id.index, entry.batch.producer, first);
                let to = (id.index, entry.batch.producer, first.saturating_add(entry.batch.len()));
                for ((_, _, ordinal), offset) in offsets.range_mut(from..to) {
                    offset.get_or_insert(entry.base_offset + u64::from(ordinal - first));
                }
            }
        }
        offsets.into_iter().filter_map(|(id, at)| Some((id, at?))).collect()
    }
}

fn length(range: Range<u32>) -> u64 {
    u64::from(range.end - range.start)
}

/// What is left of a stretch without another.
fn cut(range: Range<u32>, without: &Range<u32>) -> impl Iterator<Item = Range<u32>> {
    let before = range.start..range.end.min(without.start.max(range.start));
    let after = range.start.max(without.end.min(range.end))..range.end;
    let apart = without.start >= range.end || without.end <= range.start;
    let parts = if apart { [range, 0..0] } else { [before, after] };
    parts.into_iter().filter(|part| !part.is_empty())
}
