//! The member's side of the share group: the coordinator, heartbeats, the assignment (`ShareMembershipManager`).

use super::ShareConsumer;
use crate::node::{Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{
    Api, BrokerId, ErrorCode, FindCoordinatorResponse, Micros, PartitionId, RequestBody, ShareGroupHeartbeatRequest,
    ShareGroupHeartbeatResponse,
};
use std::sync::Arc;

/// What it knows of its group.
#[derive(Debug, Clone)]
pub(super) struct Membership {
    coordinator: Option<BrokerId>,
    failures: u32,
    /// The coordinator is not asked for, nor anything of it, before that.
    not_before: Micros,
    /// 0 while it is no member.
    epoch: i32,
    /// The timer of the next heartbeat.
    timer: u32,
    is_due: bool,
    assignment: Arc<[PartitionId]>,
}

impl Default for Membership {
    fn default() -> Self {
        Self {
            coordinator: None,
            failures: 0,
            not_before: 0,
            epoch: 0,
            timer: 0,
            is_due: true,
            assignment: Arc::from([]),
        }
    }
}

impl Membership {
    pub(super) fn on_timer(&mut self, number: u32, now: Micros) {
        if number == self.timer {
            self.is_due = self.not_before <= now;
        }
    }

    pub(super) fn assignment(&self) -> &[PartitionId] {
        &self.assignment
    }

    fn wake_at(&mut self, at: Micros, ctx: &mut Ctx) {
        self.timer = self.timer.wrapping_add(1);
        ctx.timer(at, Timer::GroupHeartbeat(self.timer));
    }
}

impl ShareConsumer {
    pub(super) fn find_coordinator(&mut self, ctx: &mut Ctx) {
        let member = &self.membership;
        if member.coordinator.is_some()
            || self.requests.is_waiting(Api::FindCoordinator)
            || ctx.now() < member.not_before
        {
            return;
        }
        if let Some(broker) = self.cluster.any_broker(&self.requests, ctx) {
            let config = &self.config.consumer;
            let find = RequestBody::FindCoordinator(config.group.clone());
            self.requests.send(broker, config.request_timeout_us, 0, find, ctx);
        }
    }

    pub(super) fn on_coordinator(&mut self, found: &FindCoordinatorResponse, ctx: &mut Ctx) {
        match found.coordinator.filter(|_| found.error == ErrorCode::None) {
            Some(broker) => {
                self.membership.coordinator = Some(broker);
                self.membership.is_due = true;
            }
            None => {
                ctx.record_as_cause(Fact::CoordinatorRefused {
                    api: Api::FindCoordinator,
                    error: found.error,
                });
                self.forget_coordinator(ctx);
            }
        }
    }

    /// It is looked for again, after a while.
    pub(super) fn forget_coordinator(&mut self, ctx: &mut Ctx) {
        let member = &mut self.membership;
        let backoff = self.config.consumer.retry_backoff();
        member.coordinator = None;
        member.not_before = ctx.now() + backoff.after(member.failures, ctx.random());
        member.failures = member.failures.saturating_add(1);
        let at = member.not_before;
        member.wake_at(at, ctx);
    }

    pub(super) fn send_heartbeat(&mut self, ctx: &mut Ctx) {
        let Some(broker) = self.membership.coordinator else {
            return;
        };
        if !self.membership.is_due
            || self.requests.is_waiting(Api::ShareGroupHeartbeat)
            || !self.requests.can_coordinate(broker, ctx.now())
        {
            return;
        }
        self.membership.is_due = false;
        self.heartbeat(broker, self.membership.epoch, ctx);
    }

    fn heartbeat(&mut self, to: BrokerId, epoch: i32, ctx: &mut Ctx) {
        let config = &self.config.consumer;
        let body = RequestBody::ShareGroupHeartbeat(ShareGroupHeartbeatRequest {
            group: config.group.clone(),
            member: self.me,
            epoch,
            topic: config.topic.clone(),
        });
        self.requests
            .send_to_coordinator(to, config.request_timeout_us, 0, body, ctx);
    }

    pub(super) fn on_heartbeat(&mut self, answer: &ShareGroupHeartbeatResponse, ctx: &mut Ctx) {
        let member = &mut self.membership;
        match answer.error {
            ErrorCode::None => {
                member.failures = 0;
                member.epoch = answer.epoch;
                if *member.assignment != *answer.assignment {
                    member.assignment = answer.assignment.clone();
                }
                member.wake_at(ctx.now() + answer.interval_us, ctx);
            }
            // It is nobody there: it joins anew, at once (`ShareMembershipManager.transitionToFenced`).
            ErrorCode::UnknownMemberId => {
                member.epoch = 0;
                member.assignment = Arc::from([]);
                member.is_due = true;
            }
            error => {
                ctx.record_as_cause(Fact::CoordinatorRefused {
                    api: Api::ShareGroupHeartbeat,
                    error,
                });
                self.forget_coordinator(ctx);
            }
        }
    }

    /// Leaves the group, if it is in it.
    pub(super) fn leave(&mut self, ctx: &mut Ctx) {
        if let Some(broker) = self.membership.coordinator.filter(|_| self.membership.epoch > 0) {
            self.heartbeat(broker, -1, ctx);
        }
    }
}
