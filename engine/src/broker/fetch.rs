//! Fetch: reads by consumers, and by followers, whose reads also say how far they are.

use super::Broker;
use super::connections::Return;
use super::purgatory::ParkedFetch;
use crate::node::Ctx;
use crate::wire::{
    ErrorCode, FetchPartition, FetchRequest, FetchResponse, FetchedPartition, ListOffsetsRequest, ListOffsetsResponse,
    Offset, OffsetSpec, PartitionId, ProducedPartition, ResponseBody,
};

/// What a read found.
struct Read {
    response: FetchResponse,
    bytes: u64,
    has_error: bool,
}

impl Broker {
    /// `ReplicaManager.fetchMessages`: reads, notes the follower's progress, and parks the request if there is less than
    /// it wants.
    pub(super) fn fetch(&mut self, to: Return, request: FetchRequest, ctx: &mut Ctx) {
        let read = self.read(&request);
        self.note_followers(&request, &read.response, ctx);
        let enough = read.bytes >= u64::from(request.min_bytes) && read.bytes > 0;
        if enough || read.has_error || request.max_wait_us == 0 || request.partitions.is_empty() {
            self.answer(to, ResponseBody::Fetch(read.response), ctx);
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
    fn read(&mut self, request: &FetchRequest) -> Read {
        let mut left = u64::from(request.max_bytes);
        let mut read = Read {
            response: FetchResponse {
                partitions: Vec::with_capacity(request.partitions.len()),
            },
            bytes: 0,
            has_error: false,
        };
        for wanted in &request.partitions {
            let limit = u64::from(wanted.max_bytes).min(left);
            // Only the first partition that has something may exceed the limits (KIP-74).
            let fetched = self.read_partition(wanted, request.replica.is_some(), limit, read.bytes == 0);
            let bytes: u64 = fetched.entries.iter().map(|e| u64::from(e.batch.size_bytes())).sum();
            left = left.saturating_sub(bytes);
            read.bytes += bytes;
            read.has_error |= fetched.error != ErrorCode::None;
            read.response.partitions.push(fetched);
        }
        read
    }

    fn read_partition(
        &mut self,
        wanted: &FetchPartition,
        by_follower: bool,
        limit_bytes: u64,
        at_least_one: bool,
    ) -> FetchedPartition {
        let mut fetched = FetchedPartition {
            partition: wanted.partition,
            error: ErrorCode::None,
            high_watermark: 0,
            log_start: 0,
            diverging: None,
            entries: Vec::new(),
        };
        match self.readable(wanted, by_follower) {
            Ok(up_to) => {
                let replica = &self.replicas[&wanted.partition];
                fetched.high_watermark = replica.high_watermark;
                fetched.log_start = replica.log.start();
                if wanted.fetch_offset < up_to {
                    let limit = u32::try_from(limit_bytes).unwrap_or(u32::MAX);
                    fetched.entries = replica.log.read(wanted.fetch_offset, up_to, limit, at_least_one);
                }
            }
            Err(error) => fetched.error = error,
        }
        fetched
    }

    /// Where the read must end: consumers see what is committed, followers all (`Partition.fetchRecords`).
    fn readable(&mut self, wanted: &FetchPartition, by_follower: bool) -> Result<Offset, ErrorCode> {
        let replica = self.leader_of(wanted.partition)?;
        if wanted.current_leader_epoch < replica.leader_epoch {
            return Err(ErrorCode::FencedLeaderEpoch);
        }
        if wanted.current_leader_epoch > replica.leader_epoch {
            return Err(ErrorCode::UnknownLeaderEpoch);
        }
        if wanted.fetch_offset < replica.log.start() || wanted.fetch_offset > replica.log.end() {
            return Err(ErrorCode::OffsetOutOfRange);
        }
        Ok(if by_follower {
            replica.log.end()
        } else {
            replica.high_watermark
        })
    }

    /// A follower that asks from an offset has all before it.
    fn note_followers(&mut self, request: &FetchRequest, response: &FetchResponse, ctx: &mut Ctx) {
        let Some(follower) = request.replica else { return };
        for (wanted, fetched) in request.partitions.iter().zip(&response.partitions) {
            if fetched.error == ErrorCode::None
                && let Some(replica) = self.replicas.get_mut(&wanted.partition)
            {
                replica.note_follower(follower.broker, wanted.fetch_offset);
                self.advance_high_watermark(wanted.partition, ctx);
            }
        }
    }

    /// The partition has more to read: parked fetches may have enough now (`DelayedFetch.tryComplete`).
    pub(super) fn complete_fetches(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        loop {
            let satisfied = self
                .purgatory
                .fetches_of(partition)
                .find(|(_, parked)| self.has_enough(parked));
            let Some((index, _)) = satisfied else { return };
            let parked = self.purgatory.take_fetch(index);
            let read = self.read(&parked.request);
            self.answer(parked.to, ResponseBody::Fetch(read.response), ctx);
        }
    }

    fn has_enough(&self, parked: &ParkedFetch) -> bool {
        let enough = u64::from(parked.request.min_bytes.max(1));
        let mut bytes = 0;
        for wanted in &parked.request.partitions {
            let Some(replica) = self.replicas.get(&wanted.partition) else {
                return true;
            };
            let up_to = if parked.request.replica.is_some() {
                replica.log.end()
            } else {
                replica.high_watermark
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
            let read = self.read(&parked.request);
            self.answer(parked.to, ResponseBody::Fetch(read.response), ctx);
        }
        self.work_off(ctx);
    }

    /// Where logs begin, or what is committed ends.
    pub(super) fn list_offsets(&mut self, to: Return, request: &ListOffsetsRequest, ctx: &mut Ctx) {
        let answer = |partition: PartitionId| match self.leader_of(partition) {
            Ok(replica) => {
                let base_offset = match request.spec {
                    OffsetSpec::Earliest => replica.log.start(),
                    OffsetSpec::Latest => replica.high_watermark,
                };
                ProducedPartition {
                    partition,
                    error: ErrorCode::None,
                    base_offset,
                }
            }
            Err(error) => ProducedPartition {
                partition,
                error,
                base_offset: 0,
            },
        };
        let partitions = request.partitions.iter().copied().map(answer).collect();
        self.answer(to, ResponseBody::ListOffsets(ListOffsetsResponse { partitions }), ctx);
    }
}
