//! A broker's life as the controller sees it: registered, fenced, unfenced, about to stop (`BrokerLifecycleManager`).

use super::{InFlight, PAUSE_US};
use crate::broker::Broker;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::{EventId, Fact};
use crate::wire::{
    BrokerEpoch, BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationRequest,
    BrokerRegistrationResponse, ErrorCode, Micros, NodeId, RequestBody,
};
use std::collections::VecDeque;

/// How many heartbeats are remembered for the screen.
const HEARTBEATS: usize = 9;
/// The second heartbeat of a controlled shutdown comes so soon.
const SECOND_SHUT_DOWN_HEARTBEAT_US: Micros = 50_000;
/// After so long a broker stops, whatever the controller says (`BrokerServer.shutdown`).
const SHUT_DOWN_US: Micros = 300_000_000;

#[derive(Debug, Clone, Default)]
pub(super) struct Lifecycle {
    /// Counts the processes, from 1 for the first.
    lives_before: u32,
    /// The registration before this one, if nothing was lost since.
    previous_epoch: Option<BrokerEpoch>,
    registered_at: Option<BrokerEpoch>,
    unfenced: bool,
    /// Has been unfenced in this life.
    has_run: bool,
    told_caught_up: bool,
    in_flight: Option<InFlight>,
    /// When to speak next; `None` while an answer is awaited, or when there is nothing to say any more.
    pub(super) next_us: Option<Micros>,
    /// There is something to say as soon as the answer is there.
    hurries: bool,
    failures: u32,
    shut_down: Option<ShutDown>,
    alarm: Alarm,
    /// The newest first.
    heartbeats_us: VecDeque<Micros>,
}

#[derive(Debug, Clone, Copy)]
struct ShutDown {
    because: EventId,
    by_us: Micros,
    /// The controller knows of it.
    answered: bool,
    /// It waits for the controller no longer.
    over: bool,
}

impl Lifecycle {
    pub(super) fn restarted(&self, clean: bool) -> Self {
        Self {
            lives_before: self.lives_before + 1,
            previous_epoch: self.registered_at.or(self.previous_epoch).filter(|_| clean),
            heartbeats_us: self.heartbeats_us.clone(),
            ..Self::default()
        }
    }

    /// The log directories are gone, and with them the file that tells of a clean shutdown (`CleanShutdownFileHandler`).
    pub(super) fn lose_disk(&mut self) {
        self.previous_epoch = None;
    }

    pub(super) fn heartbeats_us(&self) -> impl Iterator<Item = Micros> {
        self.heartbeats_us.iter().copied()
    }

    pub(super) fn registered_at(&self) -> Option<BrokerEpoch> {
        self.registered_at
    }

    #[cfg(test)]
    pub(super) fn is_fenced(&self) -> bool {
        !self.unfenced
    }

    pub(super) fn is_shutting_down(&self) -> bool {
        self.shut_down.is_some()
    }

    pub(super) fn answered(&mut self, from: NodeId, correlation: u32) -> bool {
        self.in_flight
            .take_if(|request| request.is(from, correlation))
            .is_some()
    }

    pub(super) fn lost(&mut self, which: impl Fn(&InFlight) -> bool) -> bool {
        self.in_flight.take_if(|request| which(request)).is_some()
    }

    pub(super) fn next_deadline(&self) -> Option<Micros> {
        self.in_flight.map(|request| request.deadline_us)
    }
}

impl Broker {
    /// Registers, or sends a heartbeat, if it is time and an active controller is known.
    pub(super) fn communicate(&mut self, ctx: &mut Ctx) {
        let lifecycle = &self.controller.lifecycle;
        if lifecycle.in_flight.is_some() || lifecycle.next_us.is_none_or(|at| at > ctx.now()) {
            return;
        }
        let Some(active) = self.controller.observer.active_controller() else {
            return;
        };
        let body = match lifecycle.registered_at {
            None => self.registration(),
            Some(epoch) => self.heartbeat(epoch, ctx.now()),
        };
        let cause = ctx.cause();
        let link = &mut self.controller;
        let shut_down = link.lifecycle.shut_down.map(|shut_down| shut_down.because);
        ctx.set_cause(shut_down.unwrap_or(link.since));
        let in_flight = link.request(active, body, self.config.session_timeout_us, ctx);
        ctx.set_cause(cause);
        let lifecycle = &mut self.controller.lifecycle;
        lifecycle.in_flight = Some(in_flight);
        lifecycle.next_us = None;
        lifecycle.hurries = false;
    }

    fn registration(&self) -> RequestBody {
        RequestBody::BrokerRegistration(BrokerRegistrationRequest {
            broker: self.id,
            rack: self.controller.rack.clone(),
            previous_broker_epoch: self.controller.lifecycle.previous_epoch,
            incarnation: self.controller.lifecycle.lives_before + 1,
        })
    }

    fn heartbeat(&mut self, broker_epoch: BrokerEpoch, now: Micros) -> RequestBody {
        let metadata_offset = self.image.offset;
        let lifecycle = &mut self.controller.lifecycle;
        lifecycle.told_caught_up |= metadata_offset > broker_epoch;
        lifecycle.heartbeats_us.truncate(HEARTBEATS - 1);
        lifecycle.heartbeats_us.push_front(now);
        RequestBody::BrokerHeartbeat(BrokerHeartbeatRequest {
            broker: self.id,
            broker_epoch,
            metadata_offset,
            want_shut_down: lifecycle.is_shutting_down(),
        })
    }

    /// Speaks to the controller in a while; at once, if there is reason to hurry.
    pub(super) fn communicate_in(&mut self, after_us: Micros, ctx: &mut Ctx) {
        let lifecycle = &mut self.controller.lifecycle;
        if lifecycle.shut_down.is_some_and(|shut_down| shut_down.over) {
            return;
        }
        let at = ctx.now() + if lifecycle.hurries { 0 } else { after_us };
        lifecycle.next_us = Some(at);
        let cause = ctx.cause();
        ctx.set_cause(self.controller.since);
        lifecycle.alarm.arm(at, Timer::BrokerHeartbeat, ctx);
        ctx.set_cause(cause);
    }

    /// `resendExponentialBackoff`: from 100 ms to the session timeout.
    pub(super) fn communicate_after_failure(&mut self, ctx: &mut Ctx) {
        let most = self.config.session_timeout_us;
        let lifecycle = &mut self.controller.lifecycle;
        let pause = (PAUSE_US << lifecycle.failures.min(16)).min(most);
        lifecycle.failures += 1;
        self.communicate_in(pause, ctx);
    }

    fn communicate_now(&mut self, ctx: &mut Ctx) {
        if self.controller.lifecycle.in_flight.is_some() {
            self.controller.lifecycle.hurries = true;
        } else {
            self.controller.lifecycle.next_us = Some(ctx.now());
            self.communicate(ctx);
        }
    }

    pub(in crate::broker) fn on_heartbeat_timer(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if !self.controller.lifecycle.alarm.rang(now) {
            return;
        }
        let lifecycle = &self.controller.lifecycle;
        if lifecycle.shut_down.is_some_and(|it| !it.over && it.by_us <= now) {
            self.stop_waiting(ctx);
            return;
        }
        self.communicate(ctx);
        let lifecycle = &mut self.controller.lifecycle;
        let by_us = lifecycle.shut_down.filter(|it| !it.over).map(|it| it.by_us);
        let moments = [lifecycle.next_us.filter(|at| *at > now), by_us];
        if let Some(next) = moments.into_iter().flatten().min() {
            lifecycle.alarm.arm(next, Timer::BrokerHeartbeat, ctx);
        }
    }

    pub(in crate::broker) fn on_registered(&mut self, response: BrokerRegistrationResponse, ctx: &mut Ctx) {
        if response.error != ErrorCode::None {
            // Its last process still has a session, perhaps.
            self.communicate_after_failure(ctx);
            return;
        }
        let lifecycle = &mut self.controller.lifecycle;
        lifecycle.failures = 0;
        lifecycle.registered_at = Some(response.broker_epoch);
        lifecycle.told_caught_up = false;
        self.communicate_now(ctx);
    }

    pub(in crate::broker) fn on_heartbeat(&mut self, response: BrokerHeartbeatResponse, ctx: &mut Ctx) {
        let interval = self.config.heartbeat_interval_us;
        let lifecycle = &mut self.controller.lifecycle;
        match response.error {
            ErrorCode::None => {
                lifecycle.failures = 0;
                lifecycle.unfenced = !response.fenced;
                lifecycle.has_run |= lifecycle.unfenced;
            }
            ErrorCode::StaleBrokerEpoch | ErrorCode::BrokerIdNotRegistered => {
                // Kafka's broker would stop. It is the same process, so it has lost nothing.
                lifecycle.previous_epoch = lifecycle.registered_at.take();
                lifecycle.unfenced = false;
                if lifecycle.is_shutting_down() {
                    self.stop_waiting(ctx);
                } else {
                    self.communicate_in(PAUSE_US, ctx);
                }
                return;
            }
            _ => {
                self.communicate_after_failure(ctx);
                return;
            }
        }
        match &mut lifecycle.shut_down {
            Some(_) if response.should_shut_down => self.stop_waiting(ctx),
            // It may go quickly, so the second question comes soon.
            Some(shut_down) if !shut_down.answered && !lifecycle.hurries => {
                shut_down.answered = true;
                self.communicate_in(SECOND_SHUT_DOWN_HEARTBEAT_US, ctx);
            }
            _ => self.communicate_in(interval, ctx),
        }
    }

    /// Once it has applied its own registration it may be unfenced, and says so without waiting for the next beat.
    pub(super) fn say_when_caught_up(&mut self, ctx: &mut Ctx) {
        let lifecycle = &self.controller.lifecycle;
        let caught_up = lifecycle.registered_at.is_some_and(|at| self.image.offset > at);
        if caught_up && !lifecycle.told_caught_up {
            self.communicate_now(ctx);
        }
    }

    /// SIGTERM. With `controlled.shutdown.enable` a broker that runs asks the controller to move its leaderships away, and
    /// goes on until that is done; others stop at once.
    pub(in crate::broker) fn shut_down(&mut self, ctx: &mut Ctx) {
        if self.controller.is_shutting_down() {
            return;
        }
        let controlled = self.config.controlled_shutdown && self.controller.lifecycle.has_run;
        if controlled {
            ctx.record_as_cause(Fact::ControlledShutdownStarted);
        }
        let by_us = ctx.now() + SHUT_DOWN_US;
        let lifecycle = &mut self.controller.lifecycle;
        lifecycle.shut_down = Some(ShutDown {
            because: ctx.cause(),
            by_us,
            answered: false,
            over: false,
        });
        if controlled {
            lifecycle.alarm.arm(by_us, Timer::BrokerHeartbeat, ctx);
            self.communicate_now(ctx);
        } else {
            self.stop_waiting(ctx);
        }
    }

    fn stop_waiting(&mut self, ctx: &mut Ctx) {
        let lifecycle = &mut self.controller.lifecycle;
        lifecycle.next_us = None;
        if let Some(shut_down) = &mut lifecycle.shut_down
            && !shut_down.over
        {
            shut_down.over = true;
            self.on_may_stop(ctx);
        }
    }
}
