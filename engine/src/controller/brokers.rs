//! Registration and heartbeats of brokers (KIP-631, `ClusterControlManager`, `BrokerHeartbeatManager`).

use super::{Controller, Return};
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{
    BrokerHeartbeatResponse, BrokerId, BrokerRegistrationRequest, BrokerRegistrationResponse, ErrorCode,
    MetadataRecord, Offset, ResponseBody,
};

impl Controller {
    /// A broker is there. It starts fenced: it may not lead before it knows what the log says.
    pub(super) fn register(&mut self, to: Return, request: BrokerRegistrationRequest, ctx: &mut Ctx) {
        let broker = request.broker;
        let registered_at = self.image.offset;
        ctx.record_as_cause(Fact::BrokerRegistered { broker });
        let record = MetadataRecord::RegisterBroker {
            broker,
            rack: request.rack,
            incarnation: request.incarnation,
        };
        self.write(record, ctx.cause());
        let answer = BrokerRegistrationResponse {
            error: ErrorCode::None,
            broker_epoch: registered_at,
        };
        self.answer_when_committed(to, ResponseBody::BrokerRegistration(answer), ctx);
    }

    /// Unfences a broker that has applied its own registration.
    pub(super) fn heartbeat(&mut self, to: Return, broker: BrokerId, metadata_offset: Offset, ctx: &mut Ctx) {
        let registered_at = self.image.brokers.get(&broker).map(|state| state.epoch);
        let known = self.image.brokers.get(&broker);
        let fenced = known.is_none_or(|state| state.fenced);
        let caught_up = registered_at.is_some_and(|at| metadata_offset > at);
        if known.is_some() && fenced && caught_up {
            ctx.record_as_cause(Fact::BrokerUnfenced { broker });
            self.write(
                MetadataRecord::BrokerRegistrationChange {
                    broker,
                    fenced: false,
                    in_controlled_shutdown: false,
                },
                ctx.cause(),
            );
            self.create_wanted(ctx);
        }
        self.answer_when_committed(
            to,
            ResponseBody::BrokerHeartbeat(BrokerHeartbeatResponse {
                error: ErrorCode::None,
                fenced: fenced && !caught_up,
                should_shut_down: false,
            }),
            ctx,
        );
    }
}
