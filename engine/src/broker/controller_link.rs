//! A broker's life with its controller: register, fetch the metadata log, send heartbeats.

use super::Broker;
use crate::node::{Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{
    BrokerEpoch, BrokerHeartbeatRequest, BrokerRegistrationRequest, Channel, FetchMetadataRequest, MetadataEntry,
    Micros, NodeId, Offset, RequestBody,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// What the broker knows of its standing with the controller (`BrokerLifecycleManager`).
#[derive(Debug, Clone)]
pub(super) struct ControllerLink {
    voters: Arc<[NodeId]>,
    rack: Option<Arc<str>>,
    registered_at: Option<Offset>,
    unfenced: bool,
    told_caught_up: bool,
    pub(super) creating_offsets_topic: bool,
    correlation: u32,
    /// The newest first.
    heartbeats_us: VecDeque<Micros>,
}

/// How many heartbeats are remembered for the screen.
const HEARTBEATS: usize = 9;

impl ControllerLink {
    pub(super) fn new(voters: Arc<[NodeId]>, rack: Option<Arc<str>>) -> Self {
        Self {
            voters,
            rack,
            registered_at: None,
            unfenced: false,
            told_caught_up: false,
            creating_offsets_topic: false,
            correlation: 0,
            heartbeats_us: VecDeque::new(),
        }
    }

    /// As it is when the process starts again.
    pub(super) fn restarted(&self, _clean: bool) -> Self {
        Self::new(self.voters.clone(), self.rack.clone())
    }

    /// Its registration, once the controller has answered it.
    pub(super) fn broker_epoch(&self) -> Option<BrokerEpoch> {
        self.registered_at
    }

    pub(super) fn heartbeats_us(&self) -> impl Iterator<Item = Micros> {
        self.heartbeats_us.iter().copied()
    }
}

impl Broker {
    pub(super) fn start(&mut self, ctx: &mut Ctx) {
        ctx.record_as_cause(Fact::BrokerStarted);
        let request = BrokerRegistrationRequest {
            broker: self.id,
            rack: self.controller.rack.clone(),
            previous_broker_epoch: None,
            incarnation: 1,
        };
        self.ask_controller(RequestBody::BrokerRegistration(request), ctx);
        self.fetch_metadata_log(ctx);
    }

    pub(super) fn ask_controller(&mut self, body: RequestBody, ctx: &mut Ctx) {
        self.controller.correlation = self.controller.correlation.wrapping_add(1);
        ctx.request(
            self.controller.voters[0],
            Channel::Data,
            self.controller.correlation,
            body,
        );
    }

    fn fetch_metadata_log(&mut self, ctx: &mut Ctx) {
        let request = FetchMetadataRequest {
            replica: self.id.into(),
            epoch: 0,
            from: self.image.offset,
            last_fetched_epoch: 0,
        };
        self.ask_controller(RequestBody::FetchMetadataLog(request), ctx);
    }

    pub(super) fn on_registered(&mut self, registered_at: Offset, ctx: &mut Ctx) {
        self.controller.registered_at = Some(registered_at);
        self.send_heartbeat(ctx);
        ctx.timer_in(self.config.heartbeat_interval_us, Timer::BrokerHeartbeat);
    }

    pub(super) fn on_heartbeat_timer(&mut self, ctx: &mut Ctx) {
        self.send_heartbeat(ctx);
        ctx.timer_in(self.config.heartbeat_interval_us, Timer::BrokerHeartbeat);
    }

    fn send_heartbeat(&mut self, ctx: &mut Ctx) {
        let (broker, metadata_offset) = (self.id, self.image.offset);
        self.controller.told_caught_up |= self.controller.registered_at.is_some_and(|at| metadata_offset > at);
        self.controller.heartbeats_us.truncate(HEARTBEATS - 1);
        self.controller.heartbeats_us.push_front(ctx.now());
        self.ask_controller(
            RequestBody::BrokerHeartbeat(BrokerHeartbeatRequest {
                broker,
                broker_epoch: self.controller.registered_at.unwrap_or(0),
                metadata_offset,
                want_shut_down: false,
            }),
            ctx,
        );
    }

    pub(super) fn on_heartbeat(&mut self, fenced: bool) {
        self.controller.unfenced = !fenced;
    }

    /// Applies new records of the metadata log, and asks for the next.
    pub(super) fn on_metadata_log(&mut self, from: Offset, entries: &[MetadataEntry], ctx: &mut Ctx) {
        let cause = ctx.cause();
        if from == self.image.offset && !entries.is_empty() {
            let image = Arc::make_mut(&mut self.image);
            for entry in entries {
                image.apply(&entry.record);
            }
            let offset = image.offset;
            ctx.record_as_cause(Fact::MetadataApplied { offset });
            self.apply_metadata(entries, ctx);
        }
        ctx.set_cause(cause);
        // Once it has applied its own registration it may be unfenced, and says so without waiting for the next beat.
        let caught_up = self.controller.registered_at.is_some_and(|at| self.image.offset > at);
        if caught_up && !self.controller.told_caught_up {
            self.send_heartbeat(ctx);
        }
        self.fetch_metadata_log(ctx);
    }
}
