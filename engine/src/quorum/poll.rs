//! What a voter does by itself, when its time has come (`KafkaRaftClient.poll`).

use super::Quorum;
use super::state::State;
use crate::node::{Ctx, Timer};
use crate::wire::Micros;

impl Quorum {
    /// Does what is due, answers the fetches that can be answered, and sets the timer for what comes next. To be called
    /// once after each input of the node, when all of its own work is done.
    pub fn settle(&mut self, ctx: &mut Ctx) {
        self.answer_parked(ctx);
        if let Some(next) = self.next_deadline(ctx.now()) {
            self.alarm.arm(next, Timer::Quorum, ctx);
        }
    }

    /// Does what is due. To be called once after each input, before the node looks at what has become of the quorum.
    pub fn poll(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        self.peers.expire(now);
        // A voter alone goes through an election without an answer; nobody goes further in one moment.
        for _ in 0..4 {
            if !self.give_up_waiting(now, ctx) {
                break;
            }
        }
        match &self.state {
            State::Unattached { .. } => {}
            State::Follower(_) => self.fetch_from_leader(now, ctx),
            State::Prospective { .. } | State::Candidate { .. } => self.ask_for_votes(now, ctx),
            State::Leader(_) => self.tell_followers(now, ctx),
            State::Resigned { .. } => self.tell_successors(now, ctx),
        }
    }

    /// The state has lasted too long. Answers whether it is another one now.
    fn give_up_waiting(&mut self, now: Micros, ctx: &mut Ctx) -> bool {
        if self.state_deadline().is_none_or(|deadline| deadline > now) {
            return false;
        }
        match &self.state {
            State::Unattached { .. } | State::Candidate { .. } => {
                ctx.set_cause(self.since);
                self.become_prospective(ctx);
            }
            State::Follower(following) => {
                ctx.set_cause(following.waits_for);
                self.become_prospective(ctx);
            }
            State::Prospective { .. } => {
                ctx.set_cause(self.since);
                self.lose_pre_vote(ctx);
            }
            State::Leader(leading) => {
                if let Some((_, heard)) = leading.majority_heard(self.voters) {
                    ctx.set_cause(heard);
                }
                self.resign(ctx);
            }
            // It has voted for itself in this epoch, and can vote for nobody else before the next.
            State::Resigned { .. } => {
                ctx.set_cause(self.since);
                self.become_unattached(self.epoch + 1, ctx);
            }
        }
        true
    }

    /// When the state has lasted too long. Who is about to stop does not ask for votes any more.
    fn state_deadline(&self) -> Option<Micros> {
        let deadline = match &self.state {
            State::Unattached { deadline_us }
            | State::Prospective { deadline_us, .. }
            | State::Candidate { deadline_us, .. }
            | State::Resigned { deadline_us, .. } => Some(*deadline_us),
            State::Follower(following) => Some(following.deadline_us),
            State::Leader(leading) => self.resigns_at(leading),
        };
        deadline.filter(|_| self.stops_by.is_none())
    }

    fn next_deadline(&self, now: Micros) -> Option<Micros> {
        let tell = match &self.state {
            State::Leader(leading) => leading.followers.iter().map(|follower| follower.tell_us).min(),
            _ => None,
        };
        let moments = [
            self.state_deadline(),
            tell,
            self.stops_by,
            self.peers.next_deadline(now),
        ];
        moments
            .into_iter()
            .flatten()
            .filter(|at| (now + 1..Micros::MAX).contains(at))
            .min()
    }
}
