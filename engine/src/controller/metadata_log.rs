//! `__cluster_metadata`, and the brokers that wait for more of it.

use super::Return;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::EventId;
use crate::wire::{ErrorCode, FetchMetadataResponse, MetadataEntry, MetadataRecord, Micros, Offset, ResponseBody};

/// `controller.quorum.fetch.timeout.ms` bounds how long observers may go without an answer; a parked fetch waits for a
/// quarter of its default at most (`KafkaRaftClient.MAX_FETCH_WAIT_MS`).
const FETCH_WAIT_US: Micros = 500_000;

/// The metadata log. Grows by brokers and partitions, which are bounded.
#[derive(Debug, Clone, Default)]
pub(super) struct MetadataLog {
    records: Vec<MetadataRecord>,
    /// For each record, the event that wrote it.
    causes: Vec<EventId>,
    /// One for each broker at most.
    parked: Vec<ParkedFetch>,
    alarm: Alarm,
}

#[derive(Debug, Clone, Copy)]
struct ParkedFetch {
    to: Return,
    from: Offset,
    deadline_us: Micros,
    cause: EventId,
}

impl MetadataLog {
    pub(super) fn end(&self) -> Offset {
        self.records.len() as u64
    }

    pub(super) fn append(&mut self, record: MetadataRecord, cause: EventId) {
        self.records.push(record);
        self.causes.push(cause);
    }

    /// Brokers fetch the log as observers do, each fetch waiting for something new.
    pub(super) fn fetch(&mut self, to: Return, from: Offset, ctx: &mut Ctx) {
        let parked = ParkedFetch {
            to,
            from,
            deadline_us: ctx.now() + FETCH_WAIT_US,
            cause: ctx.cause(),
        };
        self.alarm.arm(parked.deadline_us, Timer::ParkedMetadataFetch, ctx);
        self.parked.push(parked);
    }

    /// Answers the fetches for which there is something.
    pub(super) fn answer_parked(&mut self, ctx: &mut Ctx) {
        let end = self.end();
        for parked in self.parked.extract_if(.., |parked| parked.from < end) {
            ctx.set_cause(self.causes.last().copied().unwrap_or(parked.cause));
            let from = usize::try_from(parked.from).unwrap_or(usize::MAX);
            let causes = self.causes[from..].iter();
            let entries = self.records[from..]
                .iter()
                .zip(causes)
                .map(|(record, cause)| MetadataEntry {
                    epoch: 1,
                    cause: *cause,
                    record: record.clone(),
                });
            let records = entries.collect();
            parked.to.answer(response(parked.from, records), ctx);
        }
    }

    /// Answers the fetches that have waited long enough, with nothing.
    pub(super) fn answer_expired(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if !self.alarm.rang(now) {
            return;
        }
        for parked in self.parked.extract_if(.., |parked| parked.deadline_us <= now) {
            ctx.set_cause(parked.cause);
            parked.to.answer(response(parked.from, Vec::new()), ctx);
        }
        if let Some(next) = self.parked.iter().map(|parked| parked.deadline_us).min() {
            self.alarm.arm(next, Timer::ParkedMetadataFetch, ctx);
        }
    }
}

fn response(from: Offset, records: Vec<MetadataEntry>) -> ResponseBody {
    ResponseBody::FetchMetadataLog(FetchMetadataResponse {
        error: ErrorCode::None,
        epoch: 1,
        leader: Some(1),
        high_watermark: from + records.len() as u64,
        diverging: None,
        from,
        records,
    })
}
