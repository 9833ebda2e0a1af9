//! Fetch: reads by consumers, and by followers, whose reads also say how far they are.

use super::Broker;
use super::connections::Return;
use super::purgatory::ParkedFetch;
use super::read::Readable;
use super::replica::Replica;
use crate::node::{Bug, Ctx};
use crate::wire::{
    BrokerId, ErrorCode, FetchPartition, FetchRequest, FetchResponse, FetchedPartition, ListOffsetsRequest,
    ListOffsetsResponse, Micros, Offset, OffsetSpec, PartitionId, ProducedPartition, ResponseBody,
};

/// What a read found.
struct Read {
    response: FetchResponse,
    bytes: u64,
    /// Something is wrong, or a log diverges: there is nothing to wait for.
    has_news: bool,
}

impl Broker {
    /// `ReplicaManager.fetchMessages`: reads, notes the follower's progress, and parks the request if there is less than
    /// it wants.
    pub(super) fn fetch(&mut self, to: Return, mut request: FetchRequest, ctx: &mut Ctx) {
        request.max_bytes = self.fetch_max_bytes(&request);
        request.min_bytes = request.min_bytes.min(request.max_bytes);
        let mut read = self.read(&request, ctx.bug);
        self.note_follower(&request, &mut read, ctx);
        let enough = read.bytes >= u64::from(request.min_bytes) && read.bytes > 0;
        if enough || read.has_news || request.max_wait_us == 0 || request.partitions.is_empty() {
            self.answer_fetch(to, request.replica.is_some(), read.response, ctx);
        } else {
            let deadline_us = ctx.now() + request.max_wait_us;
            let cause = ctx.cause();
            self.purgatory.park_fetch(
                ParkedFetch {
                    to,
                    request,
                    deadline_us,
                    cause,
                },
                ctx,
            );
        }
    }

    /// Reads what there is, with the high watermark as it is before this fetch counts.
    fn read(&self, request: &FetchRequest, bug: Option<Bug>) -> Read {
        let follower = request.replica.map(|replica| replica.broker);
        let mut left = u64::from(request.max_bytes);
        let mut read = Read {
            response: FetchResponse {
                partitions: Vec::with_capacity(request.partitions.len()),
                throttle_ms: 0,
            },
            bytes: 0,
            has_news: false,
        };
        for wanted in &request.partitions {
            let limit = u64::from(wanted.max_bytes).min(left);
            // Only the first partition that has something may exceed the limits (KIP-74).
            let fetched = self.read_partition(wanted, follower, limit, read.bytes == 0, bug);
            let bytes: u64 = fetched.entries.iter().map(|e| u64::from(e.batch.size_bytes())).sum();
            left = left.saturating_sub(bytes);
            read.bytes += bytes;
            read.has_news |= fetched.error != ErrorCode::None || fetched.diverging.is_some();
            read.response.partitions.push(fetched);
        }
        read
    }

    fn read_partition(
        &self,
        wanted: &FetchPartition,
        follower: Option<BrokerId>,
        limit_bytes: u64,
        at_least_one: bool,
        bug: Option<Bug>,
    ) -> FetchedPartition {
        let mut fetched = FetchedPartition {
            partition: wanted.partition,
            error: ErrorCode::None,
            high_watermark: 0,
            log_start: 0,
            diverging: None,
            entries: Vec::new(),
        };
        let Some(replica) = self.replicas.get(&wanted.partition) else {
            fetched.error = self.not_here(wanted.partition);
            return fetched;
        };
        match replica.readable(wanted, follower, bug) {
            Ok(readable) => {
                fetched.high_watermark = replica.high_watermark;
                fetched.log_start = replica.log.start();
                match readable {
                    Readable::UpTo(up_to) if wanted.fetch_offset < up_to => {
                        let limit = u32::try_from(limit_bytes).unwrap_or(u32::MAX);
                        fetched.entries = replica.log.read(wanted.fetch_offset, up_to, limit, at_least_one);
                    }
                    Readable::UpTo(_) => {}
                    Readable::Diverging(end) => fetched.diverging = Some(end),
                }
            }
            Err(error) => fetched.error = error,
        }
        fetched
    }

    /// A follower that asks from an offset has all before it. That is noted when the request arrives, not when it is
    /// answered, and not where the logs diverge (`Partition.fetchRecords`).
    fn note_follower(&mut self, request: &FetchRequest, read: &mut Read, ctx: &mut Ctx) {
        let Some(follower) = request.replica else { return };
        for (wanted, fetched) in request.partitions.iter().zip(&mut read.response.partitions) {
            if fetched.error != ErrorCode::None || fetched.diverging.is_some() {
                continue;
            }
            let partition = wanted.partition;
            let around = surroundings!(self, partition, ctx);
            let Some(replica) = self.replicas.get_mut(&partition) else {
                continue;
            };
            match replica.note_fetch(follower, wanted.fetch_offset, ctx.cause(), &around) {
                Ok(is_news) => {
                    if let Some(proposal) = replica.expand_isr(follower.broker, &around) {
                        self.propose_isr(partition, proposal, ctx);
                    }
                    if is_news {
                        self.advance_high_watermark(partition, ctx);
                    }
                }
                Err(error) => {
                    fetched.error = error;
                    fetched.entries.clear();
                    read.has_news = true;
                }
            }
        }
    }

    /// The partition has more to read, or another leader: parked fetches may have enough now, or an error
    /// (`DelayedFetch.tryComplete`).
    pub(super) fn complete_fetches(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        if !self.sharing.is_idle() {
            self.complete_share_fetches(partition, ctx);
        }
        loop {
            let satisfied = self
                .purgatory
                .fetches_of(partition)
                .find(|(_, parked)| self.has_enough(parked, ctx.bug));
            let Some((index, _)) = satisfied else { return };
            let parked = self.purgatory.take_fetch(index);
            let read = self.read(&parked.request, ctx.bug);
            self.answer_fetch(parked.to, parked.request.replica.is_some(), read.response, ctx);
        }
    }

    fn has_enough(&self, parked: &ParkedFetch, bug: Option<Bug>) -> bool {
        let enough = u64::from(parked.request.min_bytes.max(1));
        let follower = parked.request.replica.map(|replica| replica.broker);
        let mut bytes = 0;
        for wanted in &parked.request.partitions {
            let Some(replica) = self.replicas.get(&wanted.partition) else {
                return true;
            };
            let Ok(Readable::UpTo(up_to)) = replica.readable(wanted, follower, bug) else {
                return true;
            };
            let available = replica.log.bytes_between(wanted.fetch_offset, up_to, enough);
            bytes += available.min(u64::from(wanted.max_bytes.max(1)));
            if bytes >= enough {
                return true;
            }
        }
        false
    }

    pub(super) fn on_fetch_timeout(&mut self, ctx: &mut Ctx) {
        for parked in self.purgatory.expired_fetches(ctx) {
            ctx.set_cause(parked.cause);
            let read = self.read(&parked.request, ctx.bug);
            self.answer_fetch(parked.to, parked.request.replica.is_some(), read.response, ctx);
        }
        self.work_off(ctx);
    }

    /// Where logs begin, or what is committed ends.
    pub(super) fn list_offsets(&mut self, to: Return, request: &ListOffsetsRequest, ctx: &mut Ctx) {
        let partitions = request.partitions.iter().map(|partition| {
            let (error, base_offset) = match self.offset_of(*partition, request.spec) {
                Ok(offset) => (ErrorCode::None, offset),
                Err(error) => (error, 0),
            };
            ProducedPartition {
                partition: *partition,
                error,
                base_offset,
            }
        });
        let partitions = partitions.collect();
        self.answer(to, ResponseBody::ListOffsets(ListOffsetsResponse { partitions }), ctx);
    }

    fn offset_of(&self, partition: PartitionId, spec: OffsetSpec) -> Result<Offset, ErrorCode> {
        let replica = self.replicas.get(&partition).ok_or_else(|| self.not_here(partition))?;
        if !replica.is_leader() {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        match spec {
            OffsetSpec::Earliest => Ok(replica.log.start()),
            OffsetSpec::Latest if replica.knows_latest_offset() => Ok(replica.high_watermark),
            OffsetSpec::Timestamp(from_us) if replica.knows_latest_offset() => Ok(offset_for(replica, from_us)),
            OffsetSpec::Latest | OffsetSpec::Timestamp(_) => Err(ErrorCode::OffsetNotAvailable),
        }
    }
}

/// The first committed record that is not older than that moment, or else the high watermark
/// (`UnifiedLog.fetchOffsetByTimestamp`). Timestamps are the producers', so a later one may be smaller.
pub(super) fn offset_for(replica: &Replica, from_us: Micros) -> Offset {
    let entries = replica.log.entries_from(replica.log.start());
    let mut offsets = entries.flat_map(|entry| {
        let (batch, base) = (&entry.batch, entry.base_offset);
        let at = |delta_us: u32| batch.base_timestamp_us + u64::from(delta_us);
        let records = batch.records().iter().zip(base..);
        records.filter_map(move |(record, offset)| (at(record.timestamp_delta_us) >= from_us).then_some(offset))
    });
    offsets
        .next()
        .map_or(replica.high_watermark, |offset| offset.min(replica.high_watermark))
}
