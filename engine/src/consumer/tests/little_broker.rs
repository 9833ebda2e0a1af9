//! The brokers of the little world.

use super::little_world::{Due, LATENCY, LittleWorld};
use crate::coordinator::{Asker, Effect, GroupCoordinator, GroupCoordinatorConfig};
use crate::log::Log;
use crate::node::{Ctx, Outbox};
use crate::wire::{
    BrokerId, Channel, EpochEnd, ErrorCode, FetchPartition, FetchResponse, FetchedPartition, FindCoordinatorResponse,
    LeaderEpoch, ListOffsetsResponse, Message, NodeId, OffsetSpec, PartitionId, PartitionState, ProducedPartition,
    Request, RequestBody, Response, ResponseBody,
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
        if self.crashed.contains(&broker) {
            return self.hang_up(broker, from, channel);
        }
        let body = match &request.body {
            RequestBody::Metadata => {
                let image = self.lagging.get(&broker).unwrap_or(&self.image);
                ResponseBody::Metadata(Arc::new(image.clone()))
            }
            RequestBody::FindCoordinator(_) => ResponseBody::FindCoordinator(FindCoordinatorResponse {
                error: ErrorCode::None,
                coordinator: Some(self.coordinating),
            }),
            RequestBody::ListOffsets(list) => {
                let end = |id| match list.spec {
                    OffsetSpec::Earliest => self.logs[&id].start(),
                    OffsetSpec::Latest | OffsetSpec::Timestamp(_) => self.logs[&id].end(),
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
                let partitions: Vec<FetchedPartition> =
                    fetch.partitions.iter().map(|ask| self.fetched(broker, ask)).collect();
                let nothing = partitions
                    .iter()
                    .all(|p| p.entries.is_empty() && p.error == ErrorCode::None && p.diverging.is_none());
                if park && nothing {
                    self.later(fetch.max_wait_us, Due::FetchOver(from, correlation));
                    self.parked.push((broker, from, request));
                    return;
                }
                ResponseBody::Fetch(FetchResponse {
                    partitions,
                    throttle_ms: 0,
                })
            }
            _ => {
                assert_eq!(channel, Channel::Coordinator);
                let asker = Asker {
                    node: from,
                    channel,
                    connection: 0,
                    correlation,
                };
                let is_coordinator = broker == self.coordinating;
                return self.coordinate(Box::new(move |coordinator, ctx, effects| {
                    let mut other = GroupCoordinator::new(GroupCoordinatorConfig::default());
                    let asked = if is_coordinator { coordinator } else { &mut other };
                    asked.on_request(asker, request.body, ctx, effects);
                }));
            }
        };
        self.respond(
            broker,
            from,
            Response {
                correlation,
                channel,
                body,
            },
        );
    }

    /// Closes a connection, or refuses one.
    pub(super) fn hang_up(&mut self, broker: BrokerId, client: NodeId, channel: Channel) {
        let NodeId::Consumer(id) = client else { return };
        self.later(
            LATENCY,
            Due::ToConsumer(id, broker.into(), Message::Disconnect(channel)),
        );
    }

    fn check_leader(&self, broker: BrokerId, id: PartitionId) -> ErrorCode {
        if self.image.leader(id) == Some(broker) {
            ErrorCode::None
        } else {
            ErrorCode::NotLeaderOrFollower
        }
    }

    fn fetched(&self, broker: BrokerId, ask: &FetchPartition) -> FetchedPartition {
        let (id, from) = (ask.partition, ask.fetch_offset);
        let log = &self.logs[&id];
        let mut error = self.check_leader(broker, id);
        let epoch = self.image.partitions[&id].leader_epoch;
        if error == ErrorCode::None && ask.current_leader_epoch < epoch {
            error = ErrorCode::FencedLeaderEpoch;
        }
        let diverging = ask
            .last_fetched_epoch
            .map(|epoch| end_of(log, epoch))
            .filter(|end| Some(end.epoch) != ask.last_fetched_epoch || end.end_offset < from);
        if error == ErrorCode::None && diverging.is_none() && from > log.end() {
            error = ErrorCode::OffsetOutOfRange;
        }
        let entries = if error == ErrorCode::None && diverging.is_none() {
            log.read(from, log.end(), 1_048_576, true)
        } else {
            Vec::new()
        };
        FetchedPartition {
            partition: id,
            error,
            high_watermark: log.end(),
            log_start: log.start(),
            diverging,
            entries,
        }
    }

    fn respond(&mut self, from: BrokerId, to: NodeId, response: Response) {
        let NodeId::Consumer(id) = to else { return };
        if self.lose_next == Some(response.body.api()) {
            self.lose_next = None;
            return;
        }
        self.later(LATENCY, Due::ToConsumer(id, from.into(), Message::Response(response)));
    }

    pub(super) fn coordinate(&mut self, act: Act) {
        let (mut outbox, mut effects) = (Outbox::default(), Vec::new());
        let mut ctx = Ctx {
            now: self.now,
            me: self.coordinating.into(),
            cause: 0,
            random: &mut self.random,
            outbox: &mut outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            downstream: &mut self.downstream,
            share_states: &mut crate::share::ShareStates::default(),
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
                        self.coordinating,
                        reply.to.node,
                        Response {
                            correlation,
                            channel,
                            body: reply.body,
                        },
                    );
                }
                Effect::Store { token, batch, .. } => {
                    self.offsets_log.extend_from_slice(batch.group_records());
                    self.coordinator.appended(token, self.offsets_log.len() as u64);
                    if !self.hold_stores {
                        self.coordinate(Box::new(move |coordinator, ctx, effects| {
                            coordinator.stored(token, Ok(()), ctx, effects);
                        }));
                    }
                }
                Effect::Await { token, .. } => {
                    self.coordinate(Box::new(move |coordinator, ctx, effects| {
                        coordinator.stored(token, Ok(()), ctx, effects);
                    }));
                }
            }
        }
    }
}

/// The end of the largest epoch up to that one.
fn end_of(log: &Log, epoch: LeaderEpoch) -> EpochEnd {
    let last = log.entries_backwards().find(|entry| entry.leader_epoch <= epoch);
    last.map_or(
        EpochEnd {
            epoch: 0,
            end_offset: 0,
        },
        |entry| EpochEnd {
            epoch: entry.leader_epoch,
            end_offset: entry.end_offset(),
        },
    )
}

pub(super) fn led_by(leader: BrokerId, leader_epoch: u32) -> PartitionState {
    let both: Arc<[BrokerId]> = [BrokerId(1), BrokerId(2)].into();
    PartitionState {
        leader_epoch,
        ..PartitionState::new(both.clone(), both, Some(leader))
    }
}
