//! The way to the group's coordinator (`AbstractCoordinator.ensureCoordinatorReady`, `markCoordinatorUnknown`).

use super::Consumer;
use super::backoff::Backoff;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{Api, BrokerId, Channel, ErrorCode, FindCoordinatorResponse, Micros, RequestBody};

/// Where the coordinator is, and when it may be asked again after it has refused.
#[derive(Debug, Clone, Default)]
pub(super) struct CoordinatorLink {
    broker: Option<BrokerId>,
    /// How many times in a row it has refused, or was not there.
    failures: u32,
    not_before: Micros,
    alarm: Alarm,
}

impl CoordinatorLink {
    pub(super) fn broker(&self) -> Option<BrokerId> {
        self.broker
    }

    /// Waits before it is asked again, longer with each time.
    pub(super) fn back_off(&mut self, backoff: Backoff, ctx: &mut Ctx) {
        self.not_before = ctx.now() + backoff.after(self.failures, ctx.random());
        self.failures = self.failures.saturating_add(1);
        self.alarm.arm(self.not_before, Timer::GroupRetry, ctx);
    }

    /// It has done what was asked.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
    }

    pub(super) fn on_timer(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if self.alarm.rang(now) && self.not_before > now {
            self.alarm.arm(self.not_before, Timer::GroupRetry, ctx);
        }
    }
}

impl Consumer {
    /// The coordinator, if it can be asked something now.
    pub(super) fn ready_coordinator(&self, now: Micros) -> Option<BrokerId> {
        self.coordinator
            .broker
            .filter(|broker| self.coordinator.not_before <= now && self.requests.can_coordinate(*broker, now))
    }

    /// Looks for the coordinator while it is unknown. Kafka's heartbeat thread does so, too, so it goes on while the
    /// application works.
    pub(super) fn find_coordinator(&mut self, ctx: &mut Ctx) {
        let known = self.coordinator.broker.is_some();
        if known || self.requests.is_waiting(Api::FindCoordinator) || ctx.now() < self.coordinator.not_before {
            return;
        }
        if let Some(broker) = self.metadata.any_broker(&self.requests, ctx) {
            let find = RequestBody::FindCoordinator(self.config.group.clone());
            self.requests.send(broker, self.config.request_timeout_us, 0, find, ctx);
        }
    }

    pub(super) fn on_coordinator(&mut self, found: FindCoordinatorResponse, ctx: &mut Ctx) {
        match found.coordinator.filter(|_| found.error == ErrorCode::None) {
            // Whoever was asked may not know yet that the coordinator is gone, as this consumer does
            // (`client.isUnavailable(coordinator)`).
            Some(broker) if !self.requests.can_coordinate(broker, ctx.now()) => self.back_off_coordinator(ctx),
            Some(broker) => {
                self.coordinator.broker = Some(broker);
                self.membership.heard_of_coordinator(ctx.now());
            }
            None => {
                ctx.record_as_cause(Fact::CoordinatorRefused {
                    api: Api::FindCoordinator,
                    error: found.error,
                });
                self.back_off_coordinator(ctx);
            }
        }
    }

    pub(super) fn back_off_coordinator(&mut self, ctx: &mut Ctx) {
        self.coordinator.back_off(self.config.retry_backoff(), ctx);
    }

    /// That broker does not coordinate the group any more, or is not heard of. The connection is closed, and what was
    /// asked there is asked again elsewhere (`markCoordinatorUnknown`).
    pub(super) fn lose_coordinator(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        let lost = self.requests.close(broker, Channel::Coordinator, ctx);
        self.forget_coordinator(broker, ctx);
        if lost.iter().any(|request| request.api == Api::LeaveGroup) {
            self.on_left(ctx);
        }
    }

    /// As [`Consumer::lose_coordinator`], when the connection is closed already.
    pub(super) fn forget_coordinator(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        if self.coordinator.broker == Some(broker) {
            self.coordinator.broker = None;
            self.membership.join_failed(ctx.cause());
            self.back_off_coordinator(ctx);
            self.hurry_heartbeat(ctx);
        }
    }
}
