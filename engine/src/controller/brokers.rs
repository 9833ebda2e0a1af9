//! Registration and heartbeats of brokers (KIP-631, `ClusterControlManager`, `BrokerHeartbeatManager`).

use super::{Controller, Return};
use crate::node::Ctx;
use crate::trace::{EventId, Fact};
use crate::wire::{BrokerId, MetadataRecord, Offset, ResponseBody};
use std::sync::Arc;

impl Controller {
    /// A broker is there. It starts fenced: it may not lead before it knows what the log says.
    pub(super) fn register(&mut self, to: Return, broker: BrokerId, rack: Option<Arc<str>>, ctx: &mut Ctx) {
        let registered_at = self.log.end();
        ctx.record_as_cause(Fact::BrokerRegistered { broker });
        self.write(MetadataRecord::RegisterBroker { broker, rack }, ctx.cause());
        to.answer(ResponseBody::BrokerRegistration { registered_at }, ctx);
    }

    /// Unfences a broker that has applied its own registration.
    pub(super) fn heartbeat(&mut self, to: Return, broker: BrokerId, metadata_offset: Offset, ctx: &mut Ctx) {
        let registered_at = self.log.registration_of(broker);
        let known = self.image.brokers.get(&broker);
        let fenced = known.is_none_or(|state| state.fenced);
        let caught_up = registered_at.is_some_and(|at| metadata_offset > at);
        if known.is_some() && fenced && caught_up {
            ctx.record_as_cause(Fact::BrokerUnfenced { broker });
            self.write(
                MetadataRecord::BrokerRegistrationChange { broker, fenced: false },
                ctx.cause(),
            );
            self.create_wanted(ctx);
        }
        to.answer(
            ResponseBody::BrokerHeartbeat {
                fenced: fenced && !caught_up,
            },
            ctx,
        );
    }

    /// Writes a record of the metadata log, which `cause` brought about.
    pub(super) fn write(&mut self, record: MetadataRecord, cause: EventId) {
        self.image.apply(&record);
        self.log.append(record, cause);
    }
}
