//! Elections: who may lead, asked twice. A pre-vote asks whether there would be votes, so that a voter that was cut off
//! does not depose a leader whom everybody else hears (KIP-996).

use super::state::{State, Votes};
use super::{Quorum, Return};
use crate::node::{Bug, Ctx};
use crate::trace::Fact;
use crate::wire::{Micros, NodeId, QuorumEpoch, RequestBody, ResponseBody, VoteRequest, VoteResponse};

impl Quorum {
    /// The process starts, with what is on its disk (`QuorumState.initialize`). A voter that is the only one leads at
    /// once; one that has led resigns first: another one may have been elected since.
    pub fn start(&mut self, ctx: &mut Ctx) {
        let election = ctx.now() + self.random_election_timeout(ctx);
        match self.leader {
            _ if self.voters == 1 => self.become_candidate(ctx),
            Some(me) if me == self.me => {
                let successors: Vec<u8> = self.peers.voters().collect();
                let state = State::Resigned {
                    deadline_us: election,
                    untold: successors.clone(),
                    successors,
                };
                self.become_state(state, ctx);
            }
            Some(leader) => self.become_follower(self.epoch, leader, ctx),
            None => self.become_state(State::Unattached { deadline_us: election }, ctx),
        }
    }

    /// Another epoch without a known leader. What was left of its patience is left: a voter that asks again and again
    /// cannot keep the others from asking.
    pub(super) fn become_unattached(&mut self, epoch: QuorumEpoch, ctx: &mut Ctx) {
        let deadline_us = match &self.state {
            State::Unattached { deadline_us }
            | State::Prospective { deadline_us, .. }
            | State::Candidate { deadline_us, .. }
            | State::Resigned { deadline_us, .. } => *deadline_us,
            State::Follower(following) => following.deadline_us,
            State::Leader(_) => ctx.now() + self.random_election_timeout(ctx),
        };
        if epoch > self.epoch {
            self.enter_epoch(epoch);
        }
        self.become_state(State::Unattached { deadline_us }, ctx);
    }

    pub(super) fn become_prospective(&mut self, ctx: &mut Ctx) {
        let deadline_us = ctx.now() + self.random_election_timeout(ctx);
        let votes = Votes::of(self.me);
        self.become_state(State::Prospective { deadline_us, votes }, ctx);
        self.count_votes(ctx);
    }

    fn become_candidate(&mut self, ctx: &mut Ctx) {
        let deadline_us = ctx.now() + self.random_election_timeout(ctx);
        self.enter_epoch(self.epoch + 1);
        self.voted_for = Some(self.me);
        let votes = Votes::of(self.me);
        self.become_state(State::Candidate { deadline_us, votes }, ctx);
        self.count_votes(ctx);
    }

    /// Nobody would vote for it, or not enough have in time.
    pub(super) fn lose_pre_vote(&mut self, ctx: &mut Ctx) {
        match self.leader.filter(|leader| *leader != self.me) {
            Some(leader) => self.become_follower(self.epoch, leader, ctx),
            None => self.become_unattached(self.epoch, ctx),
        }
    }

    /// Asks those who have not answered.
    pub(super) fn ask_for_votes(&mut self, now: Micros, ctx: &mut Ctx) {
        let (votes, pre_vote) = match &self.state {
            State::Prospective { votes, .. } => (*votes, true),
            State::Candidate { votes, .. } => (*votes, false),
            _ => return,
        };
        let request = VoteRequest {
            epoch: self.epoch,
            candidate: self.me,
            last_epoch: self.log.last_epoch(),
            log_end: self.log.end(),
            pre_vote,
        };
        let open: Vec<u8> = self
            .peers
            .voters()
            .filter(|voter| !votes.has_answered(*voter))
            .collect();
        for voter in open {
            if self.peers.is_ready(voter, now) {
                self.ask(voter, RequestBody::Vote(request), ctx);
            }
        }
    }

    pub(super) fn on_vote_request(&mut self, to: Return, request: &VoteRequest, ctx: &mut Ctx) {
        if to.to != NodeId::Controller(request.candidate) || !self.peers.contains(request.candidate) {
            return;
        }
        if request.epoch > self.epoch {
            self.become_unattached(request.epoch, ctx);
        }
        let granted = request.epoch == self.epoch && self.would_vote(request, ctx);
        if granted && !request.pre_vote && self.voted_for.is_none() {
            self.vote_for(request.candidate, ctx);
        }
        let response = VoteResponse {
            epoch: self.epoch,
            leader: self.leader,
            granted,
            pre_vote: request.pre_vote,
        };
        to.answer(ResponseBody::Vote(response), ctx);
    }

    /// One vote in each epoch, and only for a log that is at least as up to date as the own one (`EpochState.canGrantVote`
    /// of each state). The question alone costs nothing, but a follower that hears its leader wants no other.
    fn would_vote(&self, request: &VoteRequest, ctx: &Ctx) -> bool {
        let up_to_date = (request.last_epoch, request.log_end) >= (self.log.last_epoch(), self.log.end());
        let votes_for_all = ctx.has_bug(Bug::VoteForStaleLog);
        let up_to_date = up_to_date || votes_for_all;
        match (&self.state, request.pre_vote) {
            (State::Leader(_), _) | (State::Follower(_), false) => false,
            (State::Follower(following), true) => up_to_date && !following.has_fetched || votes_for_all,
            (_, true) => up_to_date,
            (_, false) => match self.voted_for {
                Some(other) => other == request.candidate,
                None => self.leader.is_none() && up_to_date,
            },
        }
    }

    fn vote_for(&mut self, candidate: u8, ctx: &mut Ctx) {
        self.voted_for = Some(candidate);
        let patience = ctx.now() + self.random_election_timeout(ctx);
        if let State::Unattached { deadline_us } | State::Prospective { deadline_us, .. } = &mut self.state {
            *deadline_us = patience;
        }
        ctx.record_as_cause(Fact::VoteGranted {
            to: candidate,
            epoch: self.epoch,
        });
    }

    pub(super) fn on_vote(&mut self, from: u8, vote: VoteResponse, ctx: &mut Ctx) {
        if !self.hear(vote.epoch, vote.leader, ctx) {
            return;
        }
        match &mut self.state {
            State::Prospective { votes, .. } if vote.pre_vote => votes.record(from, vote.granted),
            State::Candidate { votes, .. } if !vote.pre_vote => votes.record(from, vote.granted),
            _ => return,
        }
        self.count_votes(ctx);
    }

    /// A candidate that has lost waits for the rest of its election timeout before it asks again; a pre-vote that is
    /// lost is over.
    fn count_votes(&mut self, ctx: &mut Ctx) {
        match &self.state {
            State::Prospective { votes, .. } if votes.is_won(self.voters) => self.become_candidate(ctx),
            State::Prospective { votes, .. } if votes.is_lost(self.voters) => self.lose_pre_vote(ctx),
            State::Candidate { votes, .. } if votes.is_won(self.voters) => self.become_leader(ctx),
            _ => {}
        }
    }
}
