//! What the active controller does beyond answering: it watches the brokers' sessions, and looks now and then for
//! partitions that could have a better leader, or any.

use super::partitions::Occasion;
use super::sessions::Sessions;
use super::{Controller, Return};
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::FenceWhy;
use crate::wire::{
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, BrokerEpoch, BrokerId, ErrorCode, MetadataRecord, Micros,
    PartitionId, PartitionState, ProducerId, ResponseBody,
};

/// How many producer ids a broker gets at once (`ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE`, KIP-730).
pub const PRODUCER_ID_BLOCK: u32 = 1_000;

/// What only the active controller knows and does. None of it is in the log, so a new one starts without.
#[derive(Debug, Clone, Default)]
pub(super) struct Duties {
    pub(super) sessions: Sessions,
    session_alarm: Alarm,
    rebalance_alarm: Alarm,
    unclean_alarm: Alarm,
}

impl Controller {
    /// It leads the quorum, and all that was committed before is applied. Every broker that may lead gets a fresh
    /// session: how long it was silent before, nobody knows.
    pub(super) fn on_active(&mut self, ctx: &mut Ctx) {
        self.duties = Duties::default();
        let unfenced = self.image.brokers.iter().filter(|(_, state)| !state.fenced);
        let unfenced: Vec<(BrokerId, BrokerEpoch)> = unfenced.map(|(broker, state)| (*broker, state.epoch)).collect();
        for (broker, epoch) in unfenced {
            self.hear(broker, epoch, ctx);
        }
        self.await_rebalance(ctx);
        self.await_unclean_election(ctx);
        self.create_wanted(ctx);
    }

    /// It does not lead any more. What it knew beyond the committed log is gone.
    pub(super) fn on_resigned(&mut self, _ctx: &mut Ctx) {
        self.duties = Duties::default();
    }

    /// When the broker was heard last, if this controller is active and still waits for it.
    #[must_use]
    pub fn heard_us(&self, broker: BrokerId) -> Option<Micros> {
        self.duties.sessions.get(broker).map(|session| session.heard_us)
    }

    /// The broker was heard now.
    pub(super) fn hear(&mut self, broker: BrokerId, epoch: BrokerEpoch, ctx: &mut Ctx) {
        self.duties.sessions.touch(broker, epoch, ctx.now(), ctx.cause());
        self.await_session(ctx);
    }

    /// Fences the brokers that were not heard for `broker.session.timeout.ms`, one after the other
    /// (`maybeFenceStaleBroker`).
    ///
    /// Kafka looks eight times a session; here the session ends on time. Its cause is the last heartbeat: nothing that
    /// happened since is one.
    pub(super) fn on_broker_session(&mut self, ctx: &mut Ctx) {
        if !self.duties.session_alarm.rang(ctx.now()) {
            return;
        }
        let timeout_us = self.config.broker_session_timeout_us;
        while let Some((broker, session)) = self.duties.sessions.take_expired(ctx.now(), timeout_us) {
            if self.image.brokers.get(&broker).is_some_and(|state| !state.fenced) {
                ctx.set_cause(session.heard_by);
                self.fence(broker, FenceWhy::SessionExpired, ctx);
            }
        }
        self.await_session(ctx);
    }

    /// Gives leaderships back to preferred leaders that may lead again (`maybeBalancePartitionLeaders`): all of them,
    /// however small the imbalance is. Kafka takes a thousand a round and goes on at once, which comes to the same.
    pub(super) fn on_leader_rebalance(&mut self, ctx: &mut Ctx) {
        if !self.duties.rebalance_alarm.rang(ctx.now()) {
            return;
        }
        let imbalanced = |_, state: &PartitionState| state.leader.as_ref() != state.replicas.first();
        self.change_partitions(imbalanced, Occasion::Preferred, ctx);
        self.await_rebalance(ctx);
    }

    /// Elects anybody who is alive where nobody leads and that is allowed (`maybeElectUncleanLeaders`).
    pub(super) fn on_unclean_election(&mut self, ctx: &mut Ctx) {
        if !self.duties.unclean_alarm.rang(ctx.now()) {
            return;
        }
        self.elect_leaderless_uncleanly(ctx);
        self.await_unclean_election(ctx);
    }

    /// Where nobody leads and the settings allow it, somebody shall, whatever is lost.
    pub(super) fn elect_leaderless_uncleanly(&mut self, ctx: &mut Ctx) {
        let allowed: Vec<PartitionId> = {
            let leaderless = self.image.partitions.iter().filter(|(_, state)| state.leader.is_none());
            let allows = |id: &PartitionId| self.election_rules(id.topic, ctx).unclean;
            leaderless.map(|(id, _)| *id).filter(allows).collect()
        };
        self.change_partitions(|id, _| allowed.contains(&id), Occasion::Unclean, ctx);
    }

    /// Hands out a block of producer ids that nobody had (KIP-730, `ProducerIdControlManager`).
    pub(super) fn allocate_producer_ids(&mut self, to: Return, request: AllocateProducerIdsRequest, ctx: &mut Ctx) {
        let error = self.check_broker_epoch(request.broker, request.broker_epoch);
        let start = self.image.next_producer_id;
        let mut response = AllocateProducerIdsResponse {
            error,
            start: 0,
            len: 0,
        };
        if error == ErrorCode::None {
            response.start = start;
            response.len = PRODUCER_ID_BLOCK;
            let next = start + ProducerId::from(PRODUCER_ID_BLOCK);
            self.write(MetadataRecord::ProducerIds { next }, ctx.cause());
        }
        self.answer_when_committed(to, ResponseBody::AllocateProducerIds(response), ctx);
    }

    /// Whether the broker speaks in its present life (`checkBrokerEpoch`).
    pub(super) fn check_broker_epoch(&self, broker: BrokerId, epoch: BrokerEpoch) -> ErrorCode {
        match self.image.brokers.get(&broker) {
            Some(state) if state.epoch == epoch => ErrorCode::None,
            _ => ErrorCode::StaleBrokerEpoch,
        }
    }

    fn await_session(&mut self, ctx: &mut Ctx) {
        let timeout_us = self.config.broker_session_timeout_us;
        if let Some(expiry) = self.duties.sessions.next_expiry(timeout_us) {
            self.duties.session_alarm.arm(expiry, Timer::BrokerSession, ctx);
        }
    }

    fn await_rebalance(&mut self, ctx: &mut Ctx) {
        if self.config.auto_leader_rebalance {
            let next = ctx.now() + self.config.leader_imbalance_check_interval_us;
            self.duties.rebalance_alarm.arm(next, Timer::LeaderRebalance, ctx);
        }
    }

    fn await_unclean_election(&mut self, ctx: &mut Ctx) {
        let next = ctx.now() + self.config.unclean_election_interval_us;
        self.duties.unclean_alarm.arm(next, Timer::UncleanElection, ctx);
    }
}
