//! The brokers of the little world.

use super::little_world::{Due, LATENCY, LittleWorld};
use crate::coordinator::{Asker, Effect, GroupCoordinator};
use crate::node::{Ctx, Outbox};
use crate::wire::{
    BrokerId, Channel, ErrorCode, FetchResponse, FetchedPartition, FindCoordinatorResponse, ListOffsetsResponse,
    Message, NodeId, Offset, OffsetSpec, PartitionId, PartitionState, ProducedPartition, Request, RequestBody,
    Response, ResponseBody,
};
use std::sync::Arc;

type Act = Box<dyn FnOnce(&mut GroupCoordinator, &mut Ctx, &mut Vec<Effect>)>;

impl LittleWorld {
    /// A broker answers. `park` lets a fetch wait that finds nothing.
    pub(super) fn answer(&mut self, broker: BrokerId, from: NodeId, request: Request, park: bool) {
        if self.dead.contains(&broker.into()) {
            return;
        }
        let (channel, correlation) = (request.channel, request.correlation);
        let body = match &request.body {
            RequestBody::Metadata => ResponseBody::Metadata(Arc::new(self.image.clone())),
            RequestBody::FindCoordinator(_) => ResponseBody::FindCoordinator(FindCoordinatorResponse {
                error: ErrorCode::None,
                coordinator: Some(BrokerId(1)),
            }),
            RequestBody::ListOffsets(list) => {
                let end = |id| match list.spec {
                    OffsetSpec::Earliest => self.logs[&id].start(),
                    OffsetSpec::Latest => self.logs[&id].end(),
                };
                let listed = |id: &PartitionId| ProducedPartition {
                    partition: *id,
                    error: self.check_leader(broker, *id),
                    base_offset: end(*id),
                };
                ResponseBody::ListOffsets(ListOffsetsResponse {
                    partitions: list.partitions.iter().map(listed).collect(),
                })
            }
            RequestBody::Fetch(fetch) => {
                assert!(fetch.replica.is_none());
                let partitions: Vec<FetchedPartition> = fetch
                    .partitions
                    .iter()
                    .map(|ask| self.fetched(broker, ask.partition, ask.fetch_offset))
                    .collect();
                let nothing = partitions
                    .iter()
                    .all(|p| p.entries.is_empty() && p.error == ErrorCode::None);
                if park && nothing {
                    self.later(fetch.max_wait_us, Due::FetchOver(from, correlation));
                    self.parked.push((broker, from, request));
                    return;
                }
                ResponseBody::Fetch(FetchResponse { partitions })
            }
            _ => {
                assert_eq!(channel, Channel::Coordinator);
                assert_eq!(broker, BrokerId(1));
                let asker = Asker {
                    node: from,
                    channel,
                    connection: 0,
                    correlation,
                };
                return self.coordinate(Box::new(move |coordinator, ctx, effects| {
                    coordinator.on_request(asker, request.body, ctx, effects);
                }));
            }
        };
        self.respond(
            from,
            Response {
                correlation,
                channel,
                body,
            },
        );
    }

    fn check_leader(&self, broker: BrokerId, id: PartitionId) -> ErrorCode {
        if self.image.leader(id) == Some(broker) {
            ErrorCode::None
        } else {
            ErrorCode::NotLeaderOrFollower
        }
    }

    fn fetched(&self, broker: BrokerId, id: PartitionId, from: Offset) -> FetchedPartition {
        let log = &self.logs[&id];
        let mut error = self.check_leader(broker, id);
        if error == ErrorCode::None && from > log.end() {
            error = ErrorCode::OffsetOutOfRange;
        }
        let entries = if error == ErrorCode::None {
            log.read(from, log.end(), 1_048_576, true)
        } else {
            Vec::new()
        };
        FetchedPartition {
            partition: id,
            error,
            high_watermark: log.end(),
            log_start: log.start(),
            diverging: None,
            entries,
        }
    }

    fn respond(&mut self, to: NodeId, response: Response) {
        let NodeId::Consumer(id) = to else { return };
        if self.lose_next == Some(response.body.api()) {
            self.lose_next = None;
            return;
        }
        self.later(
            LATENCY,
            Due::ToConsumer(id, NodeId::Broker(1), Message::Response(response)),
        );
    }

    pub(super) fn coordinate(&mut self, act: Act) {
        let (mut outbox, mut effects) = (Outbox::default(), Vec::new());
        let mut ctx = Ctx {
            now: self.now,
            me: NodeId::Broker(1),
            cause: 0,
            random: &mut self.random,
            outbox: &mut outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            record_limit: u64::MAX,
            bug: None,
        };
        act(&mut self.coordinator, &mut ctx, &mut effects);
        for (at, timer, _) in outbox.timers {
            self.later(at - self.now, Due::CoordinatorTimer(timer));
        }
        for effect in effects {
            match effect {
                Effect::Reply(reply) => {
                    let (correlation, channel) = (reply.to.correlation, reply.to.channel);
                    self.respond(
                        reply.to.node,
                        Response {
                            correlation,
                            channel,
                            body: reply.body,
                        },
                    );
                }
                Effect::Store { token, .. } | Effect::Await { token, .. } => {
                    self.coordinate(Box::new(move |coordinator, ctx, effects| {
                        coordinator.stored(token, Ok(()), ctx, effects);
                    }));
                }
            }
        }
    }
}

pub(super) fn led_by(leader: BrokerId, leader_epoch: u32) -> PartitionState {
    let both: Arc<[BrokerId]> = [BrokerId(1), BrokerId(2)].into();
    PartitionState {
        leader_epoch,
        ..PartitionState::new(both.clone(), both, Some(leader))
    }
}
