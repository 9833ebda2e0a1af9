//! The way to the group's coordinator (`AbstractCoordinator.ensureCoordinatorReady`, `markCoordinatorUnknown`).

use super::Consumer;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{Api, BrokerId, ErrorCode, FindCoordinatorResponse, Micros, RequestBody};

/// Where the coordinator is, and when it may be asked again after it has refused.
#[derive(Debug, Clone, Default)]
pub(super) struct CoordinatorLink {
    broker: Option<BrokerId>,
    not_before: Micros,
    alarm: Alarm,
}

impl CoordinatorLink {
    pub(super) fn broker(&self) -> Option<BrokerId> {
        self.broker
    }

    /// Whether it can be asked something now.
    pub(super) fn is_ready(&self, now: Micros) -> bool {
        self.broker.is_some() && self.not_before <= now
    }

    /// Waits before it is asked again.
    pub(super) fn back_off(&mut self, backoff_us: Micros, ctx: &mut Ctx) {
        self.not_before = ctx.now() + backoff_us;
        self.alarm.arm(self.not_before, Timer::GroupRetry, ctx);
    }

    pub(super) fn on_timer(&mut self, now: Micros) {
        self.alarm.rang(now);
    }
}

impl Consumer {
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
        match found.coordinator {
            Some(broker) if found.error == ErrorCode::None => {
                self.coordinator.broker = Some(broker);
                self.membership.heard_of_coordinator(ctx.now());
            }
            _ => {
                ctx.record_as_cause(Fact::CoordinatorRefused {
                    api: Api::FindCoordinator,
                    error: found.error,
                });
                self.coordinator.back_off(self.config.retry_backoff_us, ctx);
            }
        }
    }

    /// That broker does not coordinate the group any more, or does not answer. What was asked there is asked again
    /// elsewhere.
    pub(super) fn lose_coordinator(&mut self, broker: BrokerId, ctx: &mut Ctx) {
        if self.coordinator.broker == Some(broker) {
            self.coordinator.broker = None;
            self.requests.forget_coordinator();
            self.membership.join_failed();
            self.coordinator.back_off(self.config.retry_backoff_us, ctx);
        }
    }
}
