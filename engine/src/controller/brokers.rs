//! Registration, heartbeats and fencing of brokers (KIP-631, `ClusterControlManager`, `BrokerHeartbeatManager`).

use super::partitions::Occasion;
use super::{Controller, Return};
use crate::node::Ctx;
use crate::trace::{Fact, FenceWhy};
use crate::wire::{
    BrokerEpoch, BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerId, BrokerRegistrationRequest,
    BrokerRegistrationResponse, BrokerState, ErrorCode, MetadataRecord, PartitionState, ResponseBody,
};

/// Where a broker stands with the controller (`BrokerControlState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Fenced,
    Unfenced,
    /// Its leaderships are gone or going; the others have not all heard of it yet.
    ShuttingDown,
    /// It may stop now. It is fenced with that.
    ShutDownNow,
}

impl Controller {
    /// A broker is there. It starts fenced: it may not lead before it knows what the log says
    /// (`ClusterControlManager.registerBroker`).
    pub(super) fn register(&mut self, to: Return, request: BrokerRegistrationRequest, ctx: &mut Ctx) {
        let broker = request.broker;
        let existing = self.image.brokers.get(&broker).cloned();
        if let Some(existing) = &existing {
            if existing.incarnation == request.incarnation {
                // Its answer was lost on the way.
                self.hear(broker, existing.epoch, ctx);
                self.answer_registration(to, ErrorCode::None, existing.epoch, ctx);
                return;
            }
            if self.is_duplicate(broker, existing, &request, ctx) {
                // It asks again until the session of its last life has run out.
                self.answer_registration(to, ErrorCode::DuplicateBrokerRegistration, 0, ctx);
                return;
            }
        }

        ctx.record_as_cause(Fact::BrokerRegistered { broker });
        if let Some(existing) = &existing {
            self.end_last_life(broker, existing, request.previous_broker_epoch, ctx);
        }
        let epoch = self.image.offset;
        let record = MetadataRecord::RegisterBroker {
            broker,
            rack: request.rack,
            incarnation: request.incarnation,
        };
        self.write(record, ctx.cause());
        self.hear(broker, epoch, ctx);
        self.answer_registration(to, ErrorCode::None, epoch, ctx);
    }

    /// Another process of that id may be alive: its session has not run out, and it did not stop in order.
    fn is_duplicate(
        &self,
        broker: BrokerId,
        existing: &BrokerState,
        request: &BrokerRegistrationRequest,
        ctx: &Ctx,
    ) -> bool {
        let stopped_in_order = existing.in_controlled_shutdown || request.previous_broker_epoch == Some(existing.epoch);
        let timeout_us = self.config.broker_session_timeout_us;
        let sessions = &self.duties.sessions;
        !stopped_in_order && sessions.is_valid(broker, existing.epoch, ctx.now(), timeout_us)
    }

    /// What a new life of a broker means for the partitions of its last one.
    ///
    /// Without a clean shutdown the end of its log may be lost, so it leaves ISR and ELR (KIP-966,
    /// `handleBrokerUncleanShutdown`). A controller that keeps no ELR does not tell the two apart
    /// (`cleanShutdownDetectionEnabled`), and treats it as fenced.
    fn end_last_life(
        &mut self,
        broker: BrokerId,
        existing: &BrokerState,
        clean_shutdown_of: Option<BrokerEpoch>,
        ctx: &mut Ctx,
    ) {
        let cause = ctx.cause();
        if !existing.fenced {
            let why = FenceWhy::Restarted;
            ctx.record_as_cause(Fact::BrokerFenced { broker, why });
        }
        let is_clean = clean_shutdown_of == Some(existing.epoch) || !self.config.eligible_leader_replicas;
        if is_clean {
            self.remove_from_isrs(broker, ctx);
        } else {
            let holds = |_, state: &PartitionState| state.isr.contains(&broker) || state.elr.contains(&broker);
            self.change_partitions(holds, Occasion::UncleanShutdown(broker), ctx);
        }
        ctx.set_cause(cause);
    }

    /// A broker is alive, and says how far it is (`ReplicationControlManager.processBrokerHeartbeat`).
    pub(super) fn heartbeat(&mut self, to: Return, request: BrokerHeartbeatRequest, ctx: &mut Ctx) {
        let broker = request.broker;
        let error = match self.image.brokers.get(&broker) {
            None => ErrorCode::BrokerIdNotRegistered,
            Some(state) if state.epoch != request.broker_epoch => ErrorCode::StaleBrokerEpoch,
            Some(_) => ErrorCode::None,
        };
        if error != ErrorCode::None {
            self.answer_heartbeat(to, error, Standing::Fenced, ctx);
            return;
        }
        let heard = ctx.cause();
        let (now, next) = self.standing(&request);
        if now != next {
            match next {
                Standing::Unfenced => self.unfence(broker, ctx),
                Standing::ShuttingDown => self.start_shutdown(broker, ctx),
                Standing::Fenced => {}
                Standing::ShutDownNow if now == Standing::Fenced => {}
                Standing::ShutDownNow => self.fence(broker, FenceWhy::ShutDown, ctx),
            }
        }
        let others_must_know = self.image.offset;
        ctx.set_cause(heard);
        self.hear(broker, request.broker_epoch, ctx);
        if let Some(session) = self.duties.sessions.get_mut(broker) {
            session.metadata_offset = request.metadata_offset;
            session.shut_down_at = match next {
                Standing::ShuttingDown => session.shut_down_at.or(Some(others_must_know)),
                Standing::Fenced | Standing::Unfenced | Standing::ShutDownNow => None,
            };
        }
        self.answer_heartbeat(to, ErrorCode::None, next, ctx);
    }

    /// Where it stands, and where it goes with this heartbeat (`BrokerHeartbeatManager.calculateNextBrokerState`).
    fn standing(&self, request: &BrokerHeartbeatRequest) -> (Standing, Standing) {
        let broker = request.broker;
        let fenced = self.image.brokers.get(&broker).is_none_or(|state| state.fenced);
        let shut_down_at = self.duties.sessions.get(broker).and_then(|s| s.shut_down_at);
        let leads = || self.image.partitions.values().any(|state| state.leader == Some(broker));
        match shut_down_at {
            Some(offset) => {
                let may_stop = !leads() && self.others_have_applied(offset);
                let next = if may_stop {
                    Standing::ShutDownNow
                } else {
                    Standing::ShuttingDown
                };
                (Standing::ShuttingDown, next)
            }
            None if fenced => {
                // The registration stands at the offset of the broker's epoch.
                let caught_up = request.metadata_offset > request.broker_epoch;
                let next = match (request.want_shut_down, caught_up) {
                    (true, _) => Standing::ShutDownNow,
                    (false, true) => Standing::Unfenced,
                    (false, false) => Standing::Fenced,
                };
                (Standing::Fenced, next)
            }
            None => {
                let next = match request.want_shut_down {
                    true if leads() => Standing::ShuttingDown,
                    true => Standing::ShutDownNow,
                    false => Standing::Unfenced,
                };
                (Standing::Unfenced, next)
            }
        }
    }

    /// Whether all active brokers have said that they have applied the log up to there (`lowestActiveOffset`).
    fn others_have_applied(&self, offset: u64) -> bool {
        let mut active = self.image.brokers.iter().filter(|(_, state)| state.is_active());
        active.all(|(broker, _)| {
            let session = self.duties.sessions.get(*broker);
            session.is_some_and(|session| session.metadata_offset >= offset)
        })
    }

    /// The broker may lead. Only partitions that have no leader care (`handleBrokerUnfenced`).
    fn unfence(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        ctx.record_as_cause(Fact::BrokerUnfenced { broker });
        let record = MetadataRecord::BrokerRegistrationChange {
            broker,
            fenced: false,
            in_controlled_shutdown: false,
        };
        self.write(record, ctx.cause());
        self.change_partitions(|_, state| state.leader.is_none(), Occasion::Changed, ctx);
        self.create_wanted(ctx);
    }

    /// The broker wants to stop: it leaves the ISRs, and its leaderships go to others at once
    /// (`handleBrokerInControlledShutdown`).
    fn start_shutdown(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        ctx.record_as_cause(Fact::BrokerShuttingDown { broker });
        let record = MetadataRecord::BrokerRegistrationChange {
            broker,
            fenced: false,
            in_controlled_shutdown: true,
        };
        self.write(record, ctx.cause());
        self.remove_from_isrs(broker, ctx);
    }

    /// The broker may not lead any more, nor be in an ISR (`handleBrokerFenced`). Whether it was about to stop is kept:
    /// its next life is welcome at once then.
    pub(super) fn fence(&mut self, broker: BrokerId, why: FenceWhy, ctx: &mut Ctx) {
        ctx.record_as_cause(Fact::BrokerFenced { broker, why });
        self.remove_from_isrs(broker, ctx);
        let known = self.image.brokers.get(&broker);
        let record = MetadataRecord::BrokerRegistrationChange {
            broker,
            fenced: true,
            in_controlled_shutdown: known.is_some_and(|state| state.in_controlled_shutdown),
        };
        self.write(record, ctx.cause());
    }

    fn answer_registration(&mut self, to: Return, error: ErrorCode, broker_epoch: BrokerEpoch, ctx: &mut Ctx) {
        let answer = BrokerRegistrationResponse { error, broker_epoch };
        self.answer_when_committed(to, ResponseBody::BrokerRegistration(answer), ctx);
    }

    fn answer_heartbeat(&mut self, to: Return, error: ErrorCode, standing: Standing, ctx: &mut Ctx) {
        let answer = BrokerHeartbeatResponse {
            error,
            fenced: matches!(standing, Standing::Fenced | Standing::ShutDownNow),
            should_shut_down: standing == Standing::ShutDownNow,
        };
        self.answer_when_committed(to, ResponseBody::BrokerHeartbeat(answer), ctx);
    }
}
