//! ShareFetch: what was said of records goes out, and more are asked for (`ShareConsumeRequestManager`).

use super::{Fetched, ShareConsumer};
use crate::node::Ctx;
use crate::short_map::ShortMap;
use crate::trace::Fact;
use crate::wire::{
    Api, BrokerId, ErrorCode, PartitionId, RequestBody, ShareFetchRequest, ShareFetchResponse, SharePartitionRequest,
    SharePartitionResponse,
};

/// How long it leaves a broker alone that has answered with an error; metadata are asked for meanwhile.
const FETCH_RETRY_MS: u64 = 100;

impl ShareConsumer {
    /// One request to each broker that can be asked: with what was said of its records, and, if more are wanted, for the
    /// partitions of the assignment that it leads.
    pub(super) fn send_fetches(&mut self, wants_more: bool, ctx: &mut Ctx) {
        for (broker, partitions) in self.by_leader(wants_more) {
            if !self.requests.is_waiting_for(broker, Api::ShareFetch) && self.requests.can_send(broker, ctx.now()) {
                self.send_fetch(broker, &partitions, wants_more, false, ctx);
            }
        }
    }

    /// The share sessions close.
    pub(super) fn send_final(&mut self, ctx: &mut Ctx) {
        for (broker, partitions) in self.by_leader(true) {
            self.send_fetch(broker, &partitions, false, true, ctx);
        }
    }

    /// By broker: the partitions that something is to be said of, or asked for.
    fn by_leader(&self, wants_more: bool) -> ShortMap<BrokerId, Vec<PartitionId>> {
        let mut leaders: ShortMap<BrokerId, Vec<PartitionId>> = ShortMap::new();
        let Some(image) = self.cluster.image() else {
            return leaders;
        };
        let assigned = self.assignment().iter().filter(|_| wants_more);
        for partition in self.acknowledgements.keys().chain(assigned) {
            if let Some(leader) = image.leader(*partition) {
                let partitions = leaders.or_default(leader);
                if !partitions.contains(partition) {
                    partitions.push(*partition);
                }
            }
        }
        leaders
    }

    fn send_fetch(
        &mut self,
        to: BrokerId,
        partitions: &[PartitionId],
        wants_more: bool,
        is_final: bool,
        ctx: &mut Ctx,
    ) {
        let assigned = self.membership.assignment();
        let said = &mut self.acknowledgements;
        let requests = partitions.iter().map(|partition| SharePartitionRequest {
            partition: *partition,
            acknowledgements: said.remove(partition).unwrap_or_default(),
            fetch: wants_more && assigned.contains(partition),
        });
        let config = &self.config.consumer;
        let body = RequestBody::ShareFetch(ShareFetchRequest {
            group: config.group.clone(),
            member: self.me,
            is_final,
            max_wait_us: if wants_more { config.fetch_max_wait_us } else { 0 },
            max_bytes: config.fetch_max_bytes,
            max_records: config.max_poll_records,
            partitions: requests.collect(),
        });
        let timeout_us = config.request_timeout_us;
        self.requests.send(to, timeout_us, 0, body, ctx);
    }

    pub(super) fn on_fetched(&mut self, from: BrokerId, fetched: &ShareFetchResponse, ctx: &mut Ctx) {
        let mut failed = false;
        for part in &fetched.partitions {
            failed |= part.error != ErrorCode::None || part.acknowledge_error == ErrorCode::NotLeaderOrFollower;
            self.take(part, ctx);
        }
        if failed {
            self.cluster.want();
            self.requests.throttle(from, FETCH_RETRY_MS, ctx);
        }
    }

    /// Keeps the acquired records: the batches may have others, which are not its.
    fn take(&mut self, part: &SharePartitionResponse, ctx: &mut Ctx) {
        let mut records = 0;
        for range in &part.acquired {
            let entries = part.entries.iter();
            for entry in entries.filter(|entry| entry.base_offset <= range.last && entry.end_offset() > range.first) {
                for (offset, record) in (entry.base_offset..).zip(entry.batch.records()) {
                    if (range.first..=range.last).contains(&offset) {
                        records += 1;
                        self.buffer.push_back(Fetched {
                            partition: part.partition,
                            offset,
                            delivery_count: range.delivery_count,
                            subject: record.subject,
                            sequence: record.sequence,
                        });
                    }
                }
            }
        }
        if let Some(first) = part.acquired.first() {
            ctx.record(Fact::RecordsFetched {
                partition: part.partition,
                base_offset: first.first,
                records,
            });
        }
    }
}
