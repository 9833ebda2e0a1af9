//! The controller quorum: who leads, what is in the metadata log, and what of it is committed (KIP-595, KIP-996).
//!
//! KRaft is Raft turned round: followers fetch from the leader, as replicas do, and the offset of a fetch says what a
//! follower has. So the answer to *where does your log end* and the request for more are one message.
//!
//! What is on disk is the log, the epoch, the vote and the leader (`quorum-state`); everything else is gone with the
//! process. A request that is answered late, twice or never does no harm: each is asked again as long as its state lasts,
//! and answers are matched by their number.
//!
//! **Invariant:** the quorum does not know what the records say.

mod config;
mod election;
mod follower;
mod leader;
mod log;
mod parked;
mod peers;
mod poll;
mod reply;
mod state;
#[cfg(test)]
mod tests;

pub use config::QuorumConfig;
pub use reply::Return;

use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{EventId, Fact};
use crate::wire::{
    Channel, MetadataEntry, MetadataRecord, Micros, NodeId, Offset, QuorumEpoch, QuorumRole, RequestBody, Response,
    ResponseBody,
};
use log::Log;
use parked::Parked;
use peers::Peers;
use state::State;

/// Who waits for a majority before it stops gives up after so long (`KafkaRaftManager.shutdown`).
const SHUT_DOWN_US: Micros = 5_000_000;

/// One voter of the quorum (`KafkaRaftClient`).
#[derive(Debug, Clone)]
pub struct Quorum {
    me: u8,
    voters: u8,
    config: QuorumConfig,

    // On disk.
    log: Log,
    epoch: QuorumEpoch,
    voted_for: Option<u8>,
    /// Who leads the epoch, as far as it knows; also of an epoch whose leader has resigned.
    leader: Option<u8>,

    // In memory.
    state: State,
    /// The event that made the state.
    since: EventId,
    high_watermark: Offset,
    peers: Peers,
    parked: Parked,
    alarm: Alarm,
    /// It wants to stop, and waits until then for somebody else to lead.
    stops_by: Option<Micros>,
}

impl Quorum {
    /// Voter `me` of `voters`, which are numbered from 1, with an empty disk. It does nothing before [`Quorum::start`].
    #[must_use]
    pub fn new(me: u8, voters: u8, config: QuorumConfig) -> Self {
        Self {
            me,
            voters,
            config: config.without_zeros(),
            log: Log::default(),
            epoch: 0,
            voted_for: None,
            leader: None,
            state: State::Unattached {
                deadline_us: Micros::MAX,
            },
            since: 0,
            high_watermark: 0,
            peers: Peers::new(me, voters),
            parked: Parked::default(),
            alarm: Alarm::default(),
            stops_by: None,
        }
    }

    /// The process was killed, or has ended: what is left is what is on its disk.
    pub fn killed(&mut self) {
        let mut restarted = Self::new(self.me, self.voters, self.config);
        restarted.log = std::mem::take(&mut self.log);
        restarted.epoch = self.epoch;
        restarted.voted_for = self.voted_for;
        restarted.leader = self.leader;
        *self = restarted;
    }

    /// A request of the quorum, or a fetch of the metadata log. Others are not for it.
    pub fn on_request(&mut self, to: Return, body: &RequestBody, ctx: &mut Ctx) {
        match body {
            RequestBody::Vote(request) => self.on_vote_request(to, request, ctx),
            RequestBody::BeginQuorumEpoch(request) => self.on_begin_epoch(to, *request, ctx),
            RequestBody::EndQuorumEpoch(request) => self.on_end_epoch(to, *request, ctx),
            RequestBody::FetchMetadataLog(request) => self.on_fetch(to, *request, ctx),
            _ => {}
        }
    }

    /// The answer of another voter.
    pub fn on_response(&mut self, from: NodeId, response: Response, ctx: &mut Ctx) {
        let NodeId::Controller(from) = from else { return };
        if !self.peers.answered(from, response.correlation) {
            return;
        }
        match response.body {
            ResponseBody::Vote(vote) => self.on_vote(from, vote, ctx),
            ResponseBody::FetchMetadataLog(fetched) => self.on_fetched(from, fetched, ctx),
            ResponseBody::BeginQuorumEpoch(r) => {
                self.hear(r.epoch, r.leader, ctx);
            }
            ResponseBody::EndQuorumEpoch(r) => self.on_end_acknowledged(from, r, ctx),
            _ => {}
        }
    }

    /// The connection with that node is gone: what was asked of it is not answered, and what it asked need not be.
    pub fn on_disconnect(&mut self, from: NodeId, ctx: &mut Ctx) {
        self.parked.forget(from);
        let NodeId::Controller(from) = from else { return };
        self.peers.failed(from, ctx.now());
        if let State::Follower(following) = &mut self.state
            && following.leader == from
        {
            following.waits_for = ctx.cause();
        }
    }

    /// Makes its log another one, for tests of the invariants.
    #[cfg(test)]
    pub(crate) fn doctor_log(&mut self) {
        self.log.doctor();
    }

    /// Its part.
    #[must_use]
    pub fn role(&self) -> QuorumRole {
        self.state.role()
    }

    /// Its epoch.
    #[must_use]
    pub fn epoch(&self) -> QuorumEpoch {
        self.epoch
    }

    /// The leader of the epoch, as far as it knows.
    #[must_use]
    pub fn leader(&self) -> Option<u8> {
        self.leader
    }

    /// The epoch in which it leads.
    #[must_use]
    pub fn leads(&self) -> Option<QuorumEpoch> {
        matches!(self.state, State::Leader(_)).then_some(self.epoch)
    }

    /// Leads, and the first record of its epoch is committed; so is all that came before.
    #[must_use]
    pub fn has_committed_its_epoch(&self) -> bool {
        matches!(&self.state, State::Leader(leading) if self.high_watermark > leading.epoch_start)
    }

    /// The event that made its state.
    #[must_use]
    pub fn since(&self) -> EventId {
        self.since
    }

    /// The metadata log.
    #[must_use]
    pub fn entries(&self) -> &[MetadataEntry] {
        self.log.entries()
    }

    /// Where the metadata log ends.
    #[must_use]
    pub fn log_end(&self) -> Offset {
        self.log.end()
    }

    /// Below this, all is committed; at most the end of the log. It is not on disk: after a restart a voter learns it
    /// anew.
    #[must_use]
    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    fn become_state(&mut self, state: State, ctx: &mut Ctx) {
        self.state = state;
        self.peers.forget();
        self.since = ctx.record_as_cause(Fact::QuorumChanged {
            role: self.role(),
            epoch: self.epoch,
        });
    }

    /// Another epoch, in which nobody has its vote yet.
    fn enter_epoch(&mut self, epoch: QuorumEpoch) {
        self.epoch = epoch;
        self.voted_for = None;
        self.leader = None;
    }

    /// What others say of epoch and leader. Answers whether the own state is still the one that asked
    /// (`KafkaRaftClient.maybeHandleCommonResponse`).
    fn hear(&mut self, epoch: QuorumEpoch, leader: Option<u8>, ctx: &mut Ctx) -> bool {
        let other = leader.filter(|leader| self.peers.contains(*leader));
        if epoch < self.epoch {
            return false;
        }
        if epoch == self.epoch && (self.leader.is_some() || other.is_none()) {
            return true;
        }
        match other {
            Some(leader) => self.become_follower(epoch, leader, ctx),
            None => self.become_unattached(epoch, ctx),
        }
        false
    }

    /// Asks another voter. It is the state that asks, so the event of the state is the cause.
    fn ask(&mut self, voter: u8, body: RequestBody, ctx: &mut Ctx) -> EventId {
        let correlation = self.peers.sent(voter, ctx.now() + self.config.request_timeout_us);
        let cause = ctx.cause();
        ctx.set_cause(self.since);
        let sent = ctx.request(NodeId::Controller(voter), Channel::Data, correlation, body);
        ctx.set_cause(cause);
        sent
    }

    fn random_election_timeout(&self, ctx: &mut Ctx) -> Micros {
        self.config.election_timeout_us + ctx.random().below_u64(self.config.election_timeout_us)
    }

    /// The timers of the quorum.
    pub fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx) {
        match timer {
            Timer::Quorum => {
                self.alarm.rang(ctx.now());
            }
            Timer::ParkedMetadataFetch => self.answer_expired(ctx),
            _ => {}
        }
    }

    /// Appends a record; whoever waits for it hears of it with [`Quorum::settle`]. Only a leader may.
    pub fn append(&mut self, record: MetadataRecord, cause: EventId) {
        let leads = self.leads().is_some();
        debug_assert!(leads, "invariant only-the-leader-writes-metadata is broken");
        if leads {
            let epoch = self.epoch;
            self.log.append(MetadataEntry { epoch, cause, record });
            self.advance_high_watermark();
        }
    }
}
