//! Following: fetch from the leader, append what it has, cut off what it has not.

use super::state::{Following, State};
use super::{Quorum, Return};
use crate::node::Ctx;
use crate::wire::{
    ErrorCode, FetchMetadataRequest, FetchMetadataResponse, Micros, NodeId, QuorumEpoch, QuorumEpochRequest,
    QuorumEpochResponse, RequestBody, ResponseBody,
};

impl Quorum {
    pub(super) fn become_follower(&mut self, epoch: QuorumEpoch, leader: u8, ctx: &mut Ctx) {
        if epoch > self.epoch {
            self.enter_epoch(epoch);
        }
        self.leader = Some(leader);
        let following = Following {
            leader,
            deadline_us: ctx.now() + self.config.fetch_timeout_us,
            has_fetched: false,
            waits_for: ctx.cause(),
        };
        self.become_state(State::Follower(following), ctx);
    }

    pub(super) fn fetch_from_leader(&mut self, now: Micros, ctx: &mut Ctx) {
        let State::Follower(Following { leader, .. }) = self.state else {
            return;
        };
        if !self.peers.is_ready(leader, now) {
            return;
        }
        let request = FetchMetadataRequest {
            replica: NodeId::Controller(self.me),
            epoch: self.epoch,
            from: self.log.end(),
            last_fetched_epoch: self.log.last_epoch(),
            high_watermark: self.high_watermark,
        };
        let sent = self.ask(leader, RequestBody::FetchMetadataLog(request), ctx);
        if let State::Follower(following) = &mut self.state {
            following.waits_for = sent;
        }
    }

    pub(super) fn on_fetched(&mut self, from: u8, fetched: FetchMetadataResponse, ctx: &mut Ctx) {
        if !self.hear(fetched.epoch, fetched.leader, ctx) {
            return;
        }
        let now = ctx.now();
        let State::Follower(following) = &mut self.state else {
            return;
        };
        if following.leader != from {
            return;
        }
        if fetched.error != ErrorCode::None {
            // It leads no more, or not yet again. Who does will say so, or patience will end.
            following.waits_for = ctx.cause();
            self.peers.failed(from, now);
            return;
        }
        following.deadline_us = now + self.config.fetch_timeout_us;
        following.has_fetched = true;
        if let Some((epoch, end)) = fetched.diverging {
            self.truncate(epoch, end);
        } else if fetched.from == self.log.end() {
            if !fetched.records.is_empty() {
                self.log.extend(fetched.records);
            }
            let known = fetched.high_watermark.min(self.log.end());
            self.high_watermark = self.high_watermark.max(known);
        }
    }

    /// Cuts off what the leader does not have. That is never committed, as long as votes are given as they should be.
    fn truncate(&mut self, epoch: QuorumEpoch, end: u64) {
        let to = self.log.common_end(epoch, end);
        self.log.truncate(to);
        self.high_watermark = self.high_watermark.min(self.log.end());
    }

    /// A new leader says that its epoch has begun.
    pub(super) fn on_begin_epoch(&mut self, to: Return, request: QuorumEpochRequest, ctx: &mut Ctx) {
        let error = self.hear_leader(to, request, ctx);
        self.answer_epoch(to, error, ResponseBody::BeginQuorumEpoch, ctx);
    }

    /// The leader does not lead any more. The follower with the longest log asks for votes at once, the others a little
    /// later (`KafkaRaftClient.endEpochElectionBackoff`).
    pub(super) fn on_end_epoch(&mut self, to: Return, request: QuorumEpochRequest, ctx: &mut Ctx) {
        let error = self.hear_leader(to, request, ctx);
        let deadline_us = ctx.now() + self.successor_backoff(request.place);
        if error == ErrorCode::None
            && let State::Follower(following) = &mut self.state
            && following.leader == request.leader
        {
            following.deadline_us = following.deadline_us.min(deadline_us);
            following.waits_for = ctx.cause();
        }
        self.answer_epoch(to, error, ResponseBody::EndQuorumEpoch, ctx);
    }

    /// `RaftUtil.binaryExponentialElectionBackoff`'s strict form: 0 for the first, the whole of
    /// `controller.quorum.election.backoff.max.ms` for the last, and half as much for each place before.
    fn successor_backoff(&self, place: u8) -> Micros {
        let most = self.config.election_backoff_max_us;
        let successors = u32::from(self.voters.saturating_sub(1));
        match u32::from(place).checked_sub(1) {
            None => 0,
            Some(step) => ((most >> successors.min(63)) << step.min(63)).clamp(1, most.max(1)),
        }
    }

    fn hear_leader(&mut self, to: Return, request: QuorumEpochRequest, ctx: &mut Ctx) -> ErrorCode {
        if to.to != NodeId::Controller(request.leader) || !self.peers.contains(request.leader) {
            return ErrorCode::InvalidRequest;
        }
        if request.epoch < self.epoch {
            return ErrorCode::FencedLeaderEpoch;
        }
        self.hear(request.epoch, Some(request.leader), ctx);
        ErrorCode::None
    }

    fn answer_epoch(&self, to: Return, error: ErrorCode, body: fn(QuorumEpochResponse) -> ResponseBody, ctx: &mut Ctx) {
        let response = QuorumEpochResponse {
            error,
            epoch: self.epoch,
            leader: self.leader,
        };
        to.answer(body(response), ctx);
    }
}
