//! Leading: tell the others, hand out the log, and count what a majority has.

use super::state::{Leading, Progress, State};
use super::{Quorum, Return, SHUT_DOWN_US};
use crate::node::Ctx;
use crate::wire::{
    ErrorCode, FetchMetadataRequest, FetchMetadataResponse, MetadataRecord, Micros, NodeId, Offset, QuorumEpochRequest,
    QuorumEpochResponse, RequestBody, ResponseBody,
};

impl Quorum {
    /// The first record of the epoch is its own: only by committing that does a leader know that all before it is
    /// committed, too (`LeaderState.appendLeaderChangeMessage`).
    pub(super) fn become_leader(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        self.leader = Some(self.me);
        let epoch_start = self.log.end();
        let followers = self.peers.voters().map(|voter| Progress {
            voter,
            log_end: None,
            heard_us: now,
            heard: ctx.cause(),
            tell_us: now,
        });
        let followers = followers.collect();
        let leading = Leading { epoch_start, followers };
        self.become_state(State::Leader(leading), ctx);
        let record = MetadataRecord::LeaderChange {
            leader: self.me,
            epoch: self.epoch,
        };
        self.append(record, ctx.cause());
    }

    /// Moves the high watermark to what a majority has, once that reaches into the own epoch: an older record that a
    /// majority has may still be lost to a leader who has not seen it (Raft, 5.4.2).
    pub(super) fn advance_high_watermark(&mut self) {
        let State::Leader(leading) = &self.state else { return };
        let reached = leading.majority_end(self.log.end(), self.voters);
        if reached > leading.epoch_start {
            self.high_watermark = self.high_watermark.max(reached);
        }
    }

    /// Tells those who have not fetched for a while that the epoch has begun.
    pub(super) fn tell_followers(&mut self, now: Micros, ctx: &mut Ctx) {
        let again = now + self.config.begin_epoch_interval_us();
        let State::Leader(leading) = &mut self.state else {
            return;
        };
        let mut untold = Vec::new();
        for follower in leading.followers.iter_mut().filter(|f| f.tell_us <= now) {
            follower.tell_us = again;
            if self.peers.is_ready(follower.voter, now) {
                untold.push(follower.voter);
            }
        }
        let request = QuorumEpochRequest {
            epoch: self.epoch,
            leader: self.me,
            place: 0,
        };
        for voter in untold {
            self.ask(voter, RequestBody::BeginQuorumEpoch(request), ctx);
        }
    }

    /// No majority has fetched for so long that another leader may be there (`LeaderState.timeUntilCheckQuorumExpires`).
    pub(super) fn resigns_at(&self, leading: &Leading) -> Option<Micros> {
        let (heard_us, _) = leading.majority_heard(self.voters)?;
        Some(heard_us + self.config.check_quorum_timeout_us())
    }

    pub(super) fn resign(&mut self, ctx: &mut Ctx) {
        let State::Leader(leading) = &self.state else { return };
        let successors = leading.successors();
        let deadline_us = ctx.now() + self.random_election_timeout(ctx);
        let state = State::Resigned {
            deadline_us,
            untold: successors.clone(),
            successors,
        };
        self.become_state(state, ctx);
    }

    pub(super) fn tell_successors(&mut self, now: Micros, ctx: &mut Ctx) {
        let State::Resigned { untold, successors, .. } = &self.state else {
            return;
        };
        let places = successors.iter().zip(0u8..);
        let open: Vec<(u8, u8)> = places
            .filter(|(voter, _)| untold.contains(voter) && self.peers.is_ready(**voter, now))
            .map(|(voter, place)| (*voter, place))
            .collect();
        for (voter, place) in open {
            let request = QuorumEpochRequest {
                epoch: self.epoch,
                leader: self.me,
                place,
            };
            self.ask(voter, RequestBody::EndQuorumEpoch(request), ctx);
        }
    }

    pub(super) fn on_end_acknowledged(&mut self, from: u8, response: QuorumEpochResponse, ctx: &mut Ctx) {
        if !self.hear(response.epoch, response.leader, ctx) {
            return;
        }
        if let State::Resigned { untold, .. } = &mut self.state {
            untold.retain(|voter| *voter != from);
        }
    }

    /// The process is to end. A leader resigns first; then it waits a while for somebody else to lead.
    pub fn shut_down(&mut self, ctx: &mut Ctx) {
        if self.stops_by.is_none() {
            self.stops_by = Some(ctx.now() + SHUT_DOWN_US);
            self.resign(ctx);
        }
    }

    /// It was told to stop, and need not wait any longer (`KafkaRaftClient.maybeCompleteShutdown`).
    #[must_use]
    pub fn may_stop(&self, now: Micros) -> bool {
        let led_by_another = matches!(self.state, State::Follower(_));
        self.stops_by
            .is_some_and(|by| self.voters == 1 || led_by_another || by <= now)
    }

    /// A fetch of the log. What it says of a voter counts when it comes, not when it is answered.
    pub(super) fn on_fetch(&mut self, to: Return, request: FetchMetadataRequest, ctx: &mut Ctx) {
        let now = ctx.now();
        let tell_us = now + self.config.begin_epoch_interval_us();
        let diverges = self.log.divergence(request.from, request.last_fetched_epoch).is_some();
        if let State::Leader(leading) = &mut self.state
            && request.epoch == self.epoch
            && request.replica == to.to
        {
            let mut followers = leading.followers.iter_mut();
            if let Some(follower) = followers.find(|f| NodeId::Controller(f.voter) == request.replica) {
                follower.heard_us = now;
                follower.heard = ctx.cause();
                follower.tell_us = tell_us;
                if !diverges {
                    follower.log_end = Some(request.from);
                }
            }
            self.advance_high_watermark();
        }
        // It is answered when everything that comes of this input is known; see `settle`.
        self.parked.park(to, request, ctx);
    }

    /// Answers the fetches for which there is something: records, a higher high watermark (KIP-1166), or an error.
    pub(super) fn answer_parked(&mut self, ctx: &mut Ctx) {
        let mut index = 0;
        while let Some(parked) = self.parked.fetches.get(index).copied() {
            let Some(response) = self.news_for(&parked.request) else {
                index += 1;
                continue;
            };
            self.parked.fetches.remove(index);
            let cause = ctx.cause();
            // What was written is why somebody hears of it, not who asked.
            if let Some(last) = response.records.last() {
                ctx.set_cause(last.cause);
            }
            parked.to.answer(ResponseBody::FetchMetadataLog(response), ctx);
            ctx.set_cause(cause);
        }
    }

    /// Answers those that have waited long enough, with nothing.
    pub(super) fn answer_expired(&mut self, ctx: &mut Ctx) {
        for parked in self.parked.expired(ctx) {
            ctx.set_cause(parked.cause);
            let response = self.response(&parked.request, ErrorCode::None);
            parked.to.answer(ResponseBody::FetchMetadataLog(response), ctx);
        }
    }

    fn news_for(&self, request: &FetchMetadataRequest) -> Option<FetchMetadataResponse> {
        let error = self.fetch_error(request);
        if error != ErrorCode::None {
            return Some(self.response(request, error));
        }
        let mut response = self.response(request, error);
        response.diverging = self.log.divergence(request.from, request.last_fetched_epoch);
        if response.diverging.is_none() {
            let end = self.readable_end(request.replica);
            response.records = self.log.between(request.from, end).to_vec();
        }
        let is_news = response.diverging.is_some()
            || !response.records.is_empty()
            || self.high_watermark > request.high_watermark;
        is_news.then_some(response)
    }

    /// `KafkaRaftClient.validateLeaderOnlyRequest`.
    fn fetch_error(&self, request: &FetchMetadataRequest) -> ErrorCode {
        if request.epoch < self.epoch {
            ErrorCode::FencedLeaderEpoch
        } else if request.epoch > self.epoch {
            ErrorCode::UnknownLeaderEpoch
        } else if self.leads().is_none() {
            ErrorCode::NotLeaderOrFollower
        } else {
            ErrorCode::None
        }
    }

    /// Voters get everything. Kafka gives observers everything, too, and leaves it to them not to apply what is not
    /// committed; here they do not get it.
    fn readable_end(&self, replica: NodeId) -> Offset {
        match replica {
            NodeId::Controller(voter) if self.peers.contains(voter) => self.log.end(),
            _ => self.high_watermark,
        }
    }

    fn response(&self, request: &FetchMetadataRequest, error: ErrorCode) -> FetchMetadataResponse {
        FetchMetadataResponse {
            error,
            epoch: self.epoch,
            leader: self.leader,
            high_watermark: self.high_watermark,
            diverging: None,
            from: request.from,
            records: Vec::new(),
        }
    }
}
