//! Where to start reading: the committed offset, or else `auto.offset.reset` (`updateFetchPositions`).

use super::Consumer;
use super::owned::Place;
use super::requests::InFlight;
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{
    Api, ErrorCode, ListOffsetsRequest, ListOffsetsResponse, OffsetFetchResponse, PartitionId, RequestBody,
};

impl Consumer {
    /// Asks for what is missing.
    pub(super) fn look_up_positions(&mut self, ctx: &mut Ctx) {
        if self.fetcher.owned.iter().all(|owned| owned.place == Place::Known) {
            return;
        }
        let unknown = self.fetcher.owned.iter().any(|owned| owned.place == Place::Unknown);
        if unknown && self.ready_coordinator(ctx.now()).is_some() && !self.requests.is_waiting(Api::OffsetFetch) {
            let fetch = RequestBody::OffsetFetch(self.config.group.clone());
            self.ask_coordinator(self.config.request_timeout_us, fetch, ctx);
        }
        self.list_offsets(ctx);
    }

    pub(super) fn on_committed_offsets(&mut self, asked: InFlight, answer: &OffsetFetchResponse, ctx: &mut Ctx) {
        if answer.error != ErrorCode::None {
            if asked.round == self.membership.round {
                self.on_group_error(Api::OffsetFetch, answer.error, ctx);
            }
            return;
        }
        self.coordinator.succeeded();
        for owned in self
            .fetcher
            .owned
            .iter_mut()
            .filter(|owned| owned.place == Place::Unknown && owned.since <= asked.round)
        {
            owned.committed = answer
                .offsets
                .iter()
                .find(|(id, _)| *id == owned.id)
                .map(|(_, offset)| *offset);
            match owned.committed {
                Some(offset) => {
                    owned.seek(offset);
                    ctx.downstream.handled(self.config.account).begin(owned.id, offset);
                    ctx.record(Fact::PositionSet {
                        partition: owned.id,
                        offset,
                        committed: true,
                    });
                }
                None => owned.place = Place::Reset,
            }
        }
    }

    /// Asks each leader where its logs begin or end.
    fn list_offsets(&mut self, ctx: &mut Ctx) {
        let Some(spec) = self.config.auto_offset_reset else {
            return self.refuse_to_reset(ctx);
        };
        let now = ctx.now();
        let due = |place, retry_at| place == Place::Reset && retry_at <= now;
        while let Some((leader, reset)) =
            self.fetcher
                .owned
                .iter()
                .filter(|o| due(o.place, o.retry_at))
                .find_map(|owned| {
                    let leader = owned.leader.filter(|leader| {
                        self.requests.can_send(*leader, now) && !self.requests.is_waiting_for(*leader, Api::ListOffsets)
                    });
                    Some((leader?, owned.reset))
                })
        {
            let partitions: Vec<PartitionId> = self
                .fetcher
                .owned
                .iter()
                .filter(|o| due(o.place, o.retry_at) && (o.leader, o.reset) == (Some(leader), reset))
                .map(|owned| owned.id)
                .collect();
            let list = ListOffsetsRequest {
                spec: reset.unwrap_or(spec),
                partitions,
            };
            let (timeout_us, round) = (self.config.request_timeout_us, self.membership.round);
            self.requests
                .send(leader, timeout_us, round, RequestBody::ListOffsets(list), ctx);
        }
    }

    /// `auto.offset.reset=none`: `poll()` throws a `NoOffsetForPartitionException`, which ends the application: it closes
    /// its consumer on the way out.
    fn refuse_to_reset(&mut self, ctx: &mut Ctx) {
        let lost = self.fetcher.owned.iter().find(|owned| owned.place == Place::Reset);
        if let Some(partition) = lost.map(|owned| owned.id) {
            ctx.record_as_cause(Fact::NoOffsetForPartition { partition });
            self.close(ctx);
        }
    }

    pub(super) fn on_listed_offsets(&mut self, asked: InFlight, answer: &ListOffsetsResponse, ctx: &mut Ctx) {
        for listed in &answer.partitions {
            let Some(slot) = self.fetcher.slot_since(listed.partition, asked.round) else {
                continue;
            };
            let owned = &mut self.fetcher.owned[slot];
            if owned.place != Place::Reset {
                continue;
            }
            if listed.error == ErrorCode::None {
                let offset = listed.base_offset;
                owned.seek(offset);
                ctx.downstream
                    .handled(self.config.account)
                    .begin(listed.partition, offset);
                ctx.record(Fact::PositionSet {
                    partition: listed.partition,
                    offset,
                    committed: false,
                });
            } else {
                self.fetcher.back_off(slot, self.config.retry_backoff_us, ctx);
                self.metadata.want();
            }
        }
    }
}
