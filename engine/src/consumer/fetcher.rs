//! Fetching: one request at a time to each leader, for the partitions whose buffer is empty (`AbstractFetch`,
//! `FetchBuffer`, `FetchCollector`).

use super::Consumer;
use super::owned::{Owned, Place};
use super::poll::Run;
use super::requests::InFlight;
use crate::log::LogEntry;
use crate::node::{Alarm, Bug, Ctx, Timer};
use crate::short_sort::sort_short_by_key;
use crate::trace::{EventId, Fact};
use crate::wire::{
    Api, BrokerId, ErrorCode, FetchPartition, FetchRequest, FetchResponse, FetchedPartition, MetadataImage, Micros,
    OffsetSpec, PartitionId, RequestBody,
};
use std::collections::VecDeque;

/// What came for one partition, and is not all handed out yet (`CompletedFetch`).
#[derive(Debug, Clone)]
struct Completed {
    slot: usize,
    entries: Vec<LogEntry>,
    /// The first entry that has something left.
    next: usize,
    why: EventId,
}

/// The partitions, and what was fetched of them. The buffers hold at most one fetch of each:
/// `max.partition.fetch.bytes`.
#[derive(Debug, Clone, Default)]
pub(super) struct Fetcher {
    /// Ascending. A partition's place in it is its slot.
    pub(super) owned: Vec<Owned>,
    completed: VecDeque<Completed>,
    turns: u64,
    alarm: Alarm,
}

impl Fetcher {
    /// Owns these from now on. Of what it had already, position and buffers stay as they are; of the rest it knows nothing
    /// yet. No record of it may be in the application's hands, as they are there by slot.
    pub(super) fn take_over(&mut self, partitions: &[PartitionId], since: u32) {
        let mut before = std::mem::take(&mut self.owned);
        let ids: Vec<PartitionId> = before.iter().map(|owned| owned.id).collect();
        let kept = before.extract_if(.., |owned| partitions.contains(&owned.id));
        self.owned = kept.collect();
        for id in partitions {
            if !ids.contains(id) {
                self.owned.push(Owned::new(*id, since));
            }
        }
        sort_short_by_key(&mut self.owned, |owned| owned.id);
        let owned = &self.owned;
        self.completed.retain_mut(|fetch| {
            let slot = owned.binary_search_by_key(&ids[fetch.slot], |owned| owned.id);
            fetch.slot = slot.unwrap_or(fetch.slot);
            slot.is_ok()
        });
    }

    pub(super) fn give_up(&mut self) -> Vec<Owned> {
        self.completed.clear();
        std::mem::take(&mut self.owned)
    }

    pub(super) fn slot(&self, partition: PartitionId) -> Option<usize> {
        self.owned.binary_search_by_key(&partition, |owned| owned.id).ok()
    }

    /// Its slot, if it was owned already when that was asked.
    pub(super) fn slot_since(&self, partition: PartitionId, asked: u32) -> Option<usize> {
        self.slot(partition).filter(|slot| self.owned[*slot].since <= asked)
    }

    /// Who leads now. Whoever is new may be asked at once.
    pub(super) fn follow_leaders(&mut self, image: &MetadataImage) {
        for owned in &mut self.owned {
            let state = image.partitions.get(&owned.id);
            let leader = state.and_then(|state| state.leader);
            let epoch = state.map_or(0, |state| state.leader_epoch);
            if (leader, epoch) != (owned.leader, owned.leader_epoch) {
                owned.retry_at = 0;
            }
            (owned.leader, owned.leader_epoch) = (leader, epoch);
        }
    }

    /// What is buffered of that partition will not be handed out.
    pub(super) fn drop_buffered(&mut self, slot: usize) {
        self.completed.retain(|fetch| fetch.slot != slot);
    }

    /// Reads all partitions from there on, wherever that is (`SubscriptionState.requestOffsetReset`).
    pub(super) fn reset_all(&mut self, to: OffsetSpec) {
        self.completed.clear();
        for owned in &mut self.owned {
            (owned.place, owned.reset) = (Place::Reset, Some(to));
            owned.fetched = owned.position;
        }
    }

    pub(super) fn back_off(&mut self, slot: usize, backoff_us: Micros, ctx: &mut Ctx) {
        let retry_at = ctx.now() + backoff_us;
        self.owned[slot].retry_at = retry_at;
        self.alarm.arm(retry_at, Timer::FetchRetry, ctx);
    }

    pub(super) fn on_timer(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if self.alarm.rang(now)
            && let Some(next) = self
                .owned
                .iter()
                .map(|owned| owned.retry_at)
                .filter(|at| *at > now)
                .min()
        {
            self.alarm.arm(next, Timer::FetchRetry, ctx);
        }
    }

    /// Takes up to `max_records` from the buffers, one partition after the other in the order in which they came.
    /// Answers how many, and the event that brought the first.
    pub(super) fn collect(&mut self, max_records: u32, into: &mut VecDeque<Run>) -> Option<(u32, EventId)> {
        let why = self.completed.front()?.why;
        let mut left = max_records;
        while left > 0
            && let Some(fetch) = self.completed.front_mut()
        {
            let owned = &mut self.owned[fetch.slot];
            while left > 0
                && let Some(entry) = fetch.entries.get(fetch.next)
            {
                let records = entry.batch.len();
                // A batch may begin before the position: brokers send whole ones.
                let skip = owned.position.saturating_sub(entry.base_offset);
                let from = u32::try_from(skip).unwrap_or(records).min(records);
                let to = records.min(from.saturating_add(left));
                left -= to - from;
                fetch.next += usize::from(to == records);
                if from < to {
                    owned.position = entry.base_offset + u64::from(to);
                    into.push_back(Run {
                        slot: fetch.slot,
                        entry: entry.clone(),
                        from,
                        to,
                    });
                }
            }
            if fetch.next == fetch.entries.len() {
                self.completed.pop_front();
            }
        }
        Some((max_records - left, why))
    }

    /// What can be asked for now, by leader. The fetch of a partition starts only when its buffer is empty.
    fn fetchable(&self, requests: &super::Requests, max_bytes: u32, ctx: &Ctx) -> Vec<(BrokerId, Vec<FetchPartition>)> {
        let now = ctx.now();
        // Before KIP-320 a consumer did not say what it has read.
        let says_epoch = !ctx.has_bug(Bug::NoFetchFencing);
        let idle = |owned: &&Owned| {
            owned.place == Place::Known
                && owned.fetched == owned.position
                && owned.retry_at <= now
                && owned.paused_until <= now
        };
        let mut ready: Vec<(BrokerId, &Owned)> = self
            .owned
            .iter()
            .filter(idle)
            .filter_map(|owned| Some((owned.leader?, owned)))
            .filter(|(leader, _)| requests.can_send(*leader, now) && !requests.is_waiting_for(*leader, Api::Fetch))
            .collect();
        sort_short_by_key(&mut ready, |(leader, owned)| (*leader, owned.turn));
        ready
            .chunk_by(|(a, _), (b, _)| a == b)
            .map(|chunk| {
                let ask = |(_, owned): &(BrokerId, &Owned)| FetchPartition {
                    last_fetched_epoch: owned.last_epoch.filter(|_| says_epoch),
                    partition: owned.id,
                    fetch_offset: owned.position,
                    current_leader_epoch: owned.leader_epoch,
                    max_bytes,
                };
                (chunk[0].0, chunk.iter().map(ask).collect())
            })
            .collect()
    }
}

impl Consumer {
    /// Asks every leader that is not asked already.
    pub(super) fn send_fetches(&mut self, ctx: &mut Ctx) {
        if self.fetcher.owned.iter().any(|owned| owned.leader.is_none()) {
            self.metadata.want();
            self.refresh_metadata(ctx);
        }
        let fetches = self
            .fetcher
            .fetchable(&self.requests, self.config.max_partition_fetch_bytes, ctx);
        for (leader, partitions) in fetches {
            let fetch = FetchRequest {
                replica: None,
                max_wait_us: self.config.fetch_max_wait_us,
                min_bytes: self.config.fetch_min_bytes,
                max_bytes: self.config.fetch_max_bytes,
                partitions,
            };
            let timeout_us = self.config.request_timeout_us.max(self.config.fetch_max_wait_us);
            self.requests.send(
                leader,
                timeout_us,
                self.membership.round,
                RequestBody::Fetch(fetch),
                ctx,
            );
        }
    }

    pub(super) fn on_fetched(&mut self, asked: InFlight, response: FetchResponse, ctx: &mut Ctx) {
        if response.throttle_ms > 0 {
            self.requests.throttle(asked.to, response.throttle_ms, ctx);
        }
        for fetched in response.partitions {
            let Some(slot) = self.fetcher.slot_since(fetched.partition, asked.round) else {
                continue;
            };
            // Its leader was slow, and a newer one has answered meanwhile: what it says begins before what is buffered
            // (`FetchCollector`: "Discarding stale fetch response"). Or the application reads on elsewhere since ("since it
            // no longer has valid position").
            let owned = &self.fetcher.owned[slot];
            let is_stale = owned.fetched != owned.position || owned.place != Place::Known;
            match fetched.error {
                ErrorCode::None | ErrorCode::OffsetOutOfRange if is_stale => {}
                ErrorCode::None if fetched.diverging.is_some() => self.rewind(slot, &fetched, ctx),
                ErrorCode::None => self.buffer(slot, fetched, ctx),
                ErrorCode::OffsetOutOfRange => self.fetcher.owned[slot].place = Place::Reset,
                error => {
                    self.fetcher.back_off(slot, self.config.retry_backoff_us, ctx);
                    if error.refreshes_metadata() {
                        self.metadata.want();
                    }
                }
            }
        }
    }

    /// What was read is not a beginning of the leader's log any more: reads on from where the two part (KIP-320,
    /// `OffsetFetcher.maybeValidatePositions`). There is always an `auto.offset.reset` here, which makes the client do so
    /// by itself. What was handed to the application stays read.
    fn rewind(&mut self, slot: usize, fetched: &FetchedPartition, ctx: &mut Ctx) {
        let owned = &mut self.fetcher.owned[slot];
        let Some(end) = fetched.diverging else { return };
        let to = end.end_offset.min(owned.position);
        owned.seek(to);
        owned.last_epoch = Some(end.epoch);
        owned.high_watermark = fetched.high_watermark;
        ctx.record(Fact::LogTruncationDetected {
            partition: owned.id,
            to,
        });
    }

    fn buffer(&mut self, slot: usize, fetched: FetchedPartition, ctx: &mut Ctx) {
        let owned = &mut self.fetcher.owned[slot];
        owned.high_watermark = fetched.high_watermark;
        if owned.paused_until > ctx.now() {
            return; // It was asked for before.
        }
        let (Some(first), Some(last)) = (fetched.entries.first(), fetched.entries.last()) else {
            return;
        };
        let (end, last_epoch) = (last.end_offset(), last.leader_epoch);
        if end <= owned.position || first.base_offset > owned.position {
            return; // It was asked for before the position moved.
        }
        let base_offset = first.base_offset.max(owned.position);
        let records = u32::try_from(end - base_offset).unwrap_or(u32::MAX);
        let why = ctx.record(Fact::RecordsFetched {
            partition: owned.id,
            base_offset,
            records,
        });
        self.fetcher.turns += 1;
        owned.turn = self.fetcher.turns;
        owned.last_epoch = Some(last_epoch);
        owned.fetched = end;
        self.fetcher.completed.push_back(Completed {
            slot,
            entries: fetched.entries,
            next: 0,
            why,
        });
    }

    /// That broker does not answer: waits, and asks who leads by now.
    pub(super) fn back_off_fetches(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        for slot in 0..self.fetcher.owned.len() {
            if self.fetcher.owned[slot].leader == Some(broker) {
                self.fetcher.back_off(slot, self.config.retry_backoff_us, ctx);
            }
        }
        self.metadata.want();
    }
}
