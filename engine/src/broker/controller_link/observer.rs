//! Following the metadata log as an observer of the quorum, and learning from it who is active.

use super::{InFlight, PAUSE_US};
use crate::broker::Broker;
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{
    ErrorCode, FetchMetadataRequest, FetchMetadataResponse, MetadataEntry, Micros, NodeId, Offset, QuorumEpoch,
    RequestBody,
};
use std::sync::Arc;

/// `controller.quorum.request.timeout.ms` and `controller.quorum.fetch.timeout.ms`.
const FETCH_TIMEOUT_US: Micros = 2_000_000;
/// The most of the pause between two tries; it doubles from [`PAUSE_US`].
const PAUSE_MAX_US: Micros = 250_000;

/// What the broker knows of the quorum.
#[derive(Debug, Clone, Default)]
pub(super) struct Observer {
    epoch: QuorumEpoch,
    leader: Option<NodeId>,
    /// The leader did not answer: another voter may know a new one.
    doubts: bool,
    /// The voter that was asked last.
    asked: Option<NodeId>,
    fetch: Option<InFlight>,
    retry_us: Micros,
    failures: u32,
    /// The end and the last epoch of what has been applied.
    applied: (Offset, QuorumEpoch),
}

impl Observer {
    /// That of the next process: what has been applied may be on its disk.
    pub(super) fn restarted(&self) -> Self {
        Self {
            applied: self.applied,
            ..Self::default()
        }
    }

    /// The leader of the quorum: the active controller, as far as the broker knows.
    pub(super) fn active_controller(&self) -> Option<NodeId> {
        self.leader
    }

    pub(super) fn answered(&mut self, from: NodeId, correlation: u32) -> bool {
        self.fetch.take_if(|fetch| fetch.is(from, correlation)).is_some()
    }

    pub(super) fn next_deadline(&self) -> Option<Micros> {
        Some(self.fetch.map_or(self.retry_us, |fetch| fetch.deadline_us))
    }

    /// Takes in what a voter says of the quorum. Answers whether that is news.
    fn learn(&mut self, epoch: QuorumEpoch, leader: Option<u8>) -> bool {
        let leader = leader.map(NodeId::Controller);
        let is_news = epoch > self.epoch || (epoch == self.epoch && self.leader.is_none() && leader.is_some());
        if is_news {
            self.epoch = epoch;
            self.leader = leader;
        }
        is_news
    }

    fn pause(&mut self, now: Micros) -> Micros {
        self.retry_us = now + (PAUSE_US << self.failures.min(8)).min(PAUSE_MAX_US);
        self.failures += 1;
        self.retry_us
    }

    /// The leader, or any voter when that is not known or does not answer (`KafkaRaftClient.pollFollowerAsObserver`).
    fn whom_to_ask(&self, voters: &[NodeId], ctx: &mut Ctx) -> NodeId {
        if let Some(leader) = self.leader.filter(|_| !self.doubts) {
            return leader;
        }
        let others: Vec<NodeId> = voters
            .iter()
            .copied()
            .filter(|voter| Some(*voter) != self.asked)
            .collect();
        let choice = if others.is_empty() { voters } else { &others };
        match u32::try_from(choice.len()) {
            Ok(1) | Err(_) => choice[0],
            Ok(many) => choice[ctx.random().below(many) as usize],
        }
    }
}

impl Broker {
    /// Asks for more of the metadata log. The controller answers when there is something, or after a while.
    pub(super) fn fetch_metadata_log(&mut self, ctx: &mut Ctx) {
        let link = &mut self.controller;
        if link.observer.fetch.is_some() || link.observer.retry_us > ctx.now() {
            return;
        }
        let from = self.image.offset;
        let (applied, epoch) = link.observer.applied;
        let request = FetchMetadataRequest {
            replica: self.id.into(),
            epoch: link.observer.epoch,
            from,
            last_fetched_epoch: if applied == from { epoch } else { 0 },
            high_watermark: from,
        };
        let voter = link.observer.whom_to_ask(&link.voters, ctx);
        link.observer.asked = Some(voter);
        let cause = ctx.cause();
        ctx.set_cause(link.since);
        let fetch = link.request(voter, RequestBody::FetchMetadataLog(request), FETCH_TIMEOUT_US, ctx);
        ctx.set_cause(cause);
        link.observer.fetch = Some(fetch);
    }

    /// The fetch will not be answered: perhaps another voter knows more.
    pub(super) fn lose_metadata_fetch(&mut self, which: impl Fn(&InFlight) -> bool, ctx: &mut Ctx) {
        let observer = &mut self.controller.observer;
        let Some(lost) = observer.fetch.take_if(|fetch| which(fetch)) else {
            return;
        };
        observer.doubts |= observer.leader == Some(lost.to);
        let retry_us = observer.pause(ctx.now());
        self.controller.arm(retry_us, ctx);
    }

    pub(in crate::broker) fn on_metadata_log(&mut self, from: NodeId, fetched: &FetchMetadataResponse, ctx: &mut Ctx) {
        let observer = &mut self.controller.observer;
        let is_news = observer.learn(fetched.epoch, fetched.leader);
        let served = fetched.error == ErrorCode::None && fetched.diverging.is_none();
        if served || is_news {
            observer.failures = 0;
            observer.retry_us = ctx.now();
        } else {
            let retry_us = observer.pause(ctx.now());
            self.controller.arm(retry_us, ctx);
        }
        let observer = &mut self.controller.observer;
        // Of a leader that refuses, another voter may know more; when that knows no better, the leader is asked again.
        observer.doubts = !served && !is_news && observer.leader == Some(from);
        if is_news && observer.leader.is_some() {
            self.on_active_controller_known(ctx);
        }
        if served {
            self.apply_committed(fetched.from, &fetched.records, ctx);
        }
        self.fetch_metadata_log(ctx);
    }

    /// Applies new records, all of which are committed.
    fn apply_committed(&mut self, from: Offset, entries: &[MetadataEntry], ctx: &mut Ctx) {
        if from == self.image.offset
            && let Some(last) = entries.last()
        {
            let cause = ctx.cause();
            let image = Arc::make_mut(&mut self.image);
            for entry in entries {
                image.apply(&entry.record);
            }
            let offset = image.offset;
            self.controller.observer.applied = (offset, last.epoch);
            ctx.record_as_cause(Fact::MetadataApplied { offset });
            self.apply_metadata(entries, ctx);
            ctx.set_cause(cause);
        }
        self.say_when_caught_up(ctx);
    }
}
