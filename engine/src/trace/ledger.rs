//! The ledger: what became of each record that an application sent.
//!
//! A record is known by its producer, its partition, and its ordinal: the how manyeth it is, from 0, of those that this
//! producer sent to this partition. What the applications were told comes from the events, here; what is stored twice or
//! lost is seen in the logs, by the world's audit.

use super::{Event, EventId, Fact, Intervals};
use crate::chunked::Chunked;
use crate::log::KeyId;
use crate::wire::{LeaderEpoch, Micros, NodeId, Offset, PartitionId};
use std::ops::Range;

/// A column of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerColumn {
    /// `send()` took them.
    Sent,
    /// The application was told that they are stored, as far as `acks` tells.
    Acknowledged,
    /// The application was told that they are not; they may be stored all the same. Records that `send()` itself
    /// refused are in no column: they were never sent.
    Refused,
    /// They were sent again.
    Retried,
    /// They are more than once in the leader's log.
    Duplicated,
    /// They were acknowledged, and are not in the log of the leader any more.
    ///
    /// From the moment on that a leader is elected without them. While nobody leads, the furthest of the replicas
    /// speaks for the leader that will be.
    Lost,
}

/// How many records stand in each column. Each record counts once in a column, and may stand in several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)] // Each is the column of that name.
pub struct LedgerFigures {
    pub sent: u64,
    pub acknowledged: u64,
    pub refused: u64,
    pub retried: u64,
    pub duplicated: u64,
    pub lost: u64,
}

/// One record of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerLine {
    /// Who sent it.
    pub producer: NodeId,
    /// To which partition of the topic.
    pub partition: u16,
    /// Its key.
    pub key: Option<KeyId>,
    /// What it is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// When `send()` was called.
    pub sent_us: Micros,
    /// Where it is in the leader's log, if it is there.
    pub offset: Option<Offset>,
    /// The event that put it into the column, as far as the trace still has it; 0 if not.
    pub event: EventId,
}

/// What the applications sent, and were told.
///
/// Grows by a few numbers a stretch of records with the same fate, of which there are few; and by a line a record and an
/// entry a batch, until there are [`Ledger::LINES`] of them.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// By producer, then by partition.
    lanes: Vec<Vec<Lane>>,
    lines: Chunked<SentLine>,
    acknowledged: Chunked<Told>,
    refused: Chunked<Told>,
    retried: Chunked<Told>,
    elections: Vec<(PartitionId, LeaderEpoch, EventId)>,
    longest_ack_us: Micros,
}

/// What one producer sent to one partition, by ordinal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lane {
    pub(crate) sent: u32,
    pub(crate) acknowledged: Intervals,
    pub(crate) refused: Intervals,
    pub(crate) retried: Intervals,
    /// For each ordinal the place of its line, as long as there are lines.
    lines: Chunked<u32>,
}

/// A record as it was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SentLine {
    pub(crate) producer: NodeId,
    pub(crate) partition: u16,
    pub(crate) ordinal: u32,
    pub(crate) key: Option<KeyId>,
    pub(crate) subject: KeyId,
    pub(crate) sequence: u32,
    pub(crate) sent_us: Micros,
    pub(crate) event: EventId,
}

/// What an application was told of some records.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) producer: NodeId,
    pub(crate) partition: u16,
    pub(crate) ordinals: Range<u32>,
    /// Where they were stored when it was told so.
    pub(crate) base_offset: Offset,
    pub(crate) event: EventId,
}

impl Ledger {
    /// So many records, the first of the run, can be listed one by one. All are counted.
    pub const LINES: usize = 30_000;
    /// So many elections are remembered.
    const ELECTIONS: usize = 1_000;

    #[inline(always)]
    pub(super) fn add(&mut self, event: &Event) {
        match event.fact {
            Fact::RecordSent {
                partition,
                key,
                subject,
                sequence,
            } => {
                let line = (self.lines.len() < Self::LINES).then_some(self.lines.len());
                let Some(lane) = lane_of(&mut self.lanes, event.node, partition.index) else {
                    return;
                };
                let ordinal = lane.sent;
                lane.sent = lane.sent.wrapping_add(1);
                if let Some(line) = line.and_then(|line| u32::try_from(line).ok()) {
                    lane.lines.push(line);
                    self.lines.push(SentLine {
                        producer: event.node,
                        partition: partition.index,
                        ordinal,
                        key,
                        subject,
                        sequence,
                        sent_us: event.at,
                        event: event.id,
                    });
                }
            }
            Fact::BatchAcknowledged {
                partition,
                base_offset,
                records,
                ordinal,
            } => self.tell(
                LedgerColumn::Acknowledged,
                event,
                partition,
                ordinal,
                records,
                base_offset,
            ),
            Fact::RecordsFailed {
                partition,
                records,
                ordinal,
                ..
            } => self.tell(LedgerColumn::Refused, event, partition, ordinal, records, 0),
            Fact::BatchRetried {
                partition,
                records,
                ordinal,
                ..
            } => self.tell(LedgerColumn::Retried, event, partition, ordinal, records, 0),
            Fact::LeaderElected { partition, epoch, .. } => {
                if self.elections.len() == Self::ELECTIONS {
                    self.elections.drain(..Self::ELECTIONS / 2);
                }
                self.elections.push((partition, epoch, event.id));
            }
            _ => {}
        }
    }

    fn tell(
        &mut self,
        column: LedgerColumn,
        event: &Event,
        partition: PartitionId,
        ordinal: u32,
        records: u32,
        base_offset: Offset,
    ) {
        let Some(lane) = lane_of(&mut self.lanes, event.node, partition.index) else {
            return;
        };
        let ordinals = ordinal..ordinal.saturating_add(records);
        let (intervals, told) = match column {
            LedgerColumn::Acknowledged => (&mut lane.acknowledged, &mut self.acknowledged),
            LedgerColumn::Refused => (&mut lane.refused, &mut self.refused),
            _ => (&mut lane.retried, &mut self.retried),
        };
        let new = intervals.add(ordinals.clone());
        let first = lane.lines.get(ordinal as usize);
        let sent = first.and_then(|place| self.lines.get(*place as usize));
        if let Some(line) = sent.filter(|_| column == LedgerColumn::Acknowledged) {
            self.longest_ack_us = self.longest_ack_us.max(event.at.saturating_sub(line.sent_us));
        }
        if new > 0 && told.len() < Self::LINES {
            told.push(Told {
                producer: event.node,
                partition: partition.index,
                ordinals,
                base_offset,
                event: event.id,
            });
        }
    }

    /// What that producer sent to that partition.
    pub(crate) fn lane(&self, producer: NodeId, partition: u16) -> Option<&Lane> {
        let NodeId::Producer(number) = producer else {
            return None;
        };
        self.lanes
            .get(usize::from(number).checked_sub(1)?)?
            .get(usize::from(partition))
    }

    /// All lanes, with their producer and partition.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = (NodeId, u16, &Lane)> {
        self.lanes.iter().zip(1u8..).flat_map(|(lanes, number)| {
            lanes
                .iter()
                .zip(0u16..)
                .map(move |(lane, partition)| (NodeId::Producer(number), partition, lane))
        })
    }

    /// The longest time from `send()` to the acknowledgement, of the records that can be listed.
    #[must_use]
    pub fn longest_ack_us(&self) -> Micros {
        self.longest_ack_us
    }

    /// The records that can be listed, in the order in which they were sent.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &SentLine> {
        self.lines.iter()
    }

    /// A record that can be listed.
    pub(crate) fn line(&self, producer: NodeId, partition: u16, ordinal: u32) -> Option<&SentLine> {
        let place = *self.lane(producer, partition)?.lines.get(ordinal as usize)?;
        self.lines.get(place as usize)
    }

    /// What put records into that column, in that order.
    pub(crate) fn told(&self, column: LedgerColumn) -> impl Iterator<Item = &Told> {
        let told = match column {
            LedgerColumn::Acknowledged => Some(&self.acknowledged),
            LedgerColumn::Refused => Some(&self.refused),
            LedgerColumn::Retried => Some(&self.retried),
            LedgerColumn::Sent | LedgerColumn::Duplicated | LedgerColumn::Lost => None,
        };
        told.into_iter().flat_map(Chunked::iter)
    }

    /// The election that began that epoch, as far as it is remembered.
    pub(crate) fn election(&self, partition: PartitionId, epoch: LeaderEpoch) -> Option<EventId> {
        let mut newest_first = self.elections.iter().rev();
        newest_first
            .find(|(of, in_epoch, _)| (*of, *in_epoch) == (partition, epoch))
            .map(|(_, _, event)| *event)
    }
}

fn lane_of(lanes: &mut Vec<Vec<Lane>>, producer: NodeId, partition: u16) -> Option<&mut Lane> {
    let NodeId::Producer(number) = producer else {
        return None;
    };
    let (producer, partition) = (usize::from(number).checked_sub(1)?, usize::from(partition));
    if producer >= lanes.len() {
        lanes.resize_with(producer + 1, Vec::new);
    }
    let lanes = &mut lanes[producer];
    if partition >= lanes.len() {
        lanes.resize_with(partition + 1, Lane::default);
    }
    Some(&mut lanes[partition])
}
