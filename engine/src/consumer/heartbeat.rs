//! Heartbeats: Kafka's second thread (`AbstractCoordinator.HeartbeatThread`). They go on while the application works.

use super::Consumer;
use super::membership::MemberState;
use super::requests::InFlight;
use crate::node::{Ctx, Timer};
use crate::wire::{Api, ErrorCode, HeartbeatRequest, RequestBody};

impl Consumer {
    /// From the answer to JoinGroup on.
    pub(super) fn start_heartbeats(&mut self, ctx: &mut Ctx) {
        self.membership.heard_of_coordinator(ctx.now());
        self.next_heartbeat(ctx);
    }

    /// The next one comes after `heartbeat.interval.ms`, and no other.
    fn next_heartbeat(&mut self, ctx: &mut Ctx) {
        self.membership.heartbeats += 1;
        self.membership.heartbeat_due = false;
        ctx.timer_in(
            self.config.heartbeat_interval_us,
            Timer::GroupHeartbeat(self.membership.heartbeats),
        );
    }

    /// A heartbeat may have been lost with its connection: the next one does not wait for its time, but goes as soon as
    /// the coordinator is found again (`Heartbeat.failHeartbeat`).
    pub(super) fn hurry_heartbeat(&mut self, ctx: &mut Ctx) {
        if let Some(modern) = &mut self.modern {
            return modern.start_over();
        }
        if self.sends_heartbeats() {
            self.next_heartbeat(ctx);
            self.membership.heartbeat_due = true;
        }
    }

    fn sends_heartbeats(&self) -> bool {
        matches!(self.membership.state, MemberState::Syncing | MemberState::Stable)
    }

    pub(super) fn on_heartbeat_timer(&mut self, number: u32, ctx: &mut Ctx) {
        if self.modern.is_some() {
            return self.on_group_heartbeat_timer(number, ctx);
        }
        if number != self.membership.heartbeats || !self.sends_heartbeats() {
            return;
        }
        let now = ctx.now();
        if self
            .application
            .works_since()
            .is_some_and(|since| now >= since + self.config.max_poll_interval_us)
        {
            // The application has not polled for `max.poll.interval.ms`: others should have its partitions (KIP-62).
            return self.leave_group(ctx);
        }
        if now >= self.membership.heard_at + self.config.session_timeout_us
            && let Some(broker) = self.coordinator.broker()
        {
            self.lose_coordinator(broker, ctx);
        }
        self.next_heartbeat(ctx);
        self.membership.heartbeat_due = !self.requests.is_waiting(Api::Heartbeat);
        self.send_heartbeat(ctx);
    }

    /// Sends the heartbeat that is due, as soon as there is somebody to send it to.
    pub(super) fn send_heartbeat(&mut self, ctx: &mut Ctx) {
        if self.modern.is_some() {
            return self.send_group_heartbeat(ctx);
        }
        let Some(generation) = self.membership.generation.filter(|_| self.sends_heartbeats()) else {
            return;
        };
        if self.membership.heartbeat_due && self.ready_coordinator(ctx.now()).is_some() {
            self.membership.heartbeat_due = false;
            let heartbeat = HeartbeatRequest {
                group: self.config.group.clone(),
                member: self.membership.member.clone(),
                instance: self.membership.instance.clone(),
                generation,
            };
            self.ask_coordinator(self.config.request_timeout_us, RequestBody::Heartbeat(heartbeat), ctx);
        }
    }

    pub(super) fn on_heartbeat_answer(&mut self, asked: InFlight, error: ErrorCode, ctx: &mut Ctx) {
        let same_generation = asked.round == self.membership.round;
        match error {
            ErrorCode::None => {
                self.membership.heard_of_coordinator(ctx.now());
                self.coordinator.succeeded();
            }
            // It has joined again already.
            ErrorCode::RebalanceInProgress if self.membership.state != MemberState::Stable => {}
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration if !same_generation => {}
            error => {
                self.membership.heard_of_coordinator(ctx.now());
                self.on_group_error(Api::Heartbeat, error, ctx);
            }
        }
    }
}
