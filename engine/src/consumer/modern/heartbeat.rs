//! The heartbeats of the consumer group protocol (`AbstractHeartbeatRequestManager`). They go on while the application works.

use super::State;
use crate::consumer::Consumer;
use crate::consumer::membership::MemberState;
use crate::consumer::state::Life;
use crate::node::{Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{
    Api, ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, JOIN_EPOCH, LEAVE_EPOCH,
    PartitionId, RequestBody, STATIC_LEAVE_EPOCH,
};
use std::sync::Arc;

impl Consumer {
    /// Sends the heartbeat that is due, as soon as there is somebody to send it to. Whoever joins or has something to say
    /// does not wait for the interval (`shouldHeartbeatNow`).
    pub(in crate::consumer) fn send_group_heartbeat(&mut self, ctx: &mut Ctx) {
        let Some(modern) = self.modern.as_ref().filter(|modern| modern.is_in_group()) else {
            return;
        };
        let has_something_to_say = matches!(modern.state, State::Joining | State::Acknowledging);
        let may_send = self.life == Life::Open
            && !self.requests.is_waiting(Api::ConsumerGroupHeartbeat)
            && self.ready_coordinator(ctx.now()).is_some();
        if !(modern.is_due || has_something_to_say) || !may_send {
            return;
        }
        let Some((topic, _)) = self.metadata.topic(&self.config.topic) else {
            return;
        };
        let joins = modern.state == State::Joining;
        let is_full = modern.is_full || joins;
        let owned: Arc<[PartitionId]> = if joins {
            [].into()
        } else {
            self.fetcher.owned.iter().map(|owned| owned.id).collect()
        };
        let is_news = is_full || modern.told.as_ref() != Some(&owned);
        let epoch = self.membership.generation.filter(|_| !joins);
        let request = ConsumerGroupHeartbeatRequest {
            group: self.config.group.clone(),
            member: self.membership.member.clone(),
            member_epoch: epoch.and_then(|epoch| i32::try_from(epoch).ok()).unwrap_or(JOIN_EPOCH),
            instance_id: self.membership.instance.clone(),
            rebalance_timeout_us: is_full.then_some(self.config.max_poll_interval_us),
            subscription: is_full.then(|| [topic].into()),
            assignor: self.config.remote_assignor.filter(|_| is_full),
            owned: is_news.then(|| owned.clone()),
        };
        if let Some(modern) = &mut self.modern {
            modern.is_due = false;
            modern.told = Some(owned);
            if modern.state == State::Acknowledging {
                modern.state = State::Stable;
            }
        }
        self.send_group_request(request, ctx);
        self.time_group_heartbeat(ctx);
    }

    fn send_group_request(&mut self, request: ConsumerGroupHeartbeatRequest, ctx: &mut Ctx) {
        let body = RequestBody::ConsumerGroupHeartbeat(Box::new(request));
        self.ask_coordinator(self.config.request_timeout_us, body, ctx);
    }

    /// The next one comes after the interval that the coordinator has named, and no other.
    fn time_group_heartbeat(&mut self, ctx: &mut Ctx) {
        self.membership.heartbeats += 1;
        let interval_us = self.modern.as_ref().map_or(0, |modern| modern.interval_us);
        if interval_us > 0 {
            ctx.timer_in(interval_us, Timer::GroupHeartbeat(self.membership.heartbeats));
        }
    }

    /// A heartbeat is due. Before it goes out, the consumer looks whether the application still polls; if it does not, others
    /// should have its partitions.
    pub(in crate::consumer) fn on_group_heartbeat_timer(&mut self, number: u32, ctx: &mut Ctx) {
        let Some(modern) = &mut self.modern else { return };
        if number != self.membership.heartbeats || !modern.is_in_group() || self.life != Life::Open {
            return;
        }
        let works_since = self.application.works_since();
        if works_since.is_some_and(|since| ctx.now() >= since + self.config.max_poll_interval_us) {
            modern.state = State::Stale;
            return self.leave_modern(ctx);
        }
        modern.is_due = true;
        self.time_group_heartbeat(ctx);
        self.send_group_heartbeat(ctx);
    }

    /// Says good bye: for good, or, as a static member, for a while.
    fn leave_modern(&mut self, ctx: &mut Ctx) {
        let member_epoch = match self.membership.instance {
            Some(_) => STATIC_LEAVE_EPOCH,
            None => LEAVE_EPOCH,
        };
        if self.membership.generation.is_some() && self.coordinator.broker().is_some() {
            let request = ConsumerGroupHeartbeatRequest {
                group: self.config.group.clone(),
                member: self.membership.member.clone(),
                member_epoch,
                instance_id: self.membership.instance.clone(),
                rebalance_timeout_us: None,
                subscription: None,
                assignor: None,
                owned: None,
            };
            self.send_group_request(request, ctx);
        }
        self.membership.generation = None;
        self.membership.state = MemberState::Unjoined;
        self.membership.heartbeats += 1;
    }

    /// The end of `close()`.
    pub(in crate::consumer) fn close_modern(&mut self, ctx: &mut Ctx) {
        if self.modern.as_ref().is_some_and(|modern| modern.state != State::Left) {
            if self.auto_commits_first(ctx) {
                return;
            }
            if let Some(modern) = &mut self.modern {
                modern.state = State::Left;
            }
            self.give_up_partitions(self.membership.generation.is_none(), ctx);
            self.leave_modern(ctx);
        }
        if !self.requests.is_waiting(Api::ConsumerGroupHeartbeat) {
            self.end(ctx);
        }
    }

    pub(in crate::consumer) fn on_group_heartbeat(&mut self, answer: ConsumerGroupHeartbeatResponse, ctx: &mut Ctx) {
        let Some(modern) = &mut self.modern else { return };
        if !modern.is_in_group() || answer.member_epoch < 0 {
            return; // To one that has left meanwhile.
        }
        if answer.error != ErrorCode::None {
            return self.on_modern_error(Api::ConsumerGroupHeartbeat, answer.error, ctx);
        }
        modern.interval_us = answer.heartbeat_interval_us;
        modern.is_full = false;
        if let Some(target) = answer.assignment {
            let owned = self.fetcher.owned.iter().map(|owned| owned.id);
            // Even nothing is something to take over for one who joins.
            let is_news = modern.state == State::Joining || !owned.eq(target.iter().copied());
            modern.target = target;
            modern.state = if is_news { State::Reconciling } else { State::Stable };
        }
        self.membership.generation = u32::try_from(answer.member_epoch).ok();
        self.membership.state = MemberState::Stable;
        self.membership.heard_of_coordinator(ctx.now());
        self.coordinator.succeeded();
        if !self.modern.as_ref().is_some_and(|modern| modern.is_due) {
            self.time_group_heartbeat(ctx);
        }
    }

    /// What the coordinator's errors mean to a member (`onErrorResponse`).
    pub(in crate::consumer) fn on_modern_error(&mut self, api: Api, error: ErrorCode, ctx: &mut Ctx) {
        ctx.record_as_cause(Fact::CoordinatorRefused { api, error });
        match error {
            ErrorCode::FencedMemberEpoch | ErrorCode::UnknownMemberId => self.fence(),
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable | ErrorCode::RequestTimedOut => {
                if let Some(broker) = self.coordinator.broker() {
                    self.lose_coordinator(broker, ctx);
                }
            }
            // The next heartbeat tells it the new epoch, and then it tries again.
            ErrorCode::StaleMemberEpoch => self.back_off_coordinator(ctx),
            error if error.is_retriable() => {
                if let Some(modern) = &mut self.modern {
                    modern.start_over();
                }
                self.back_off_coordinator(ctx);
            }
            // `poll()` throws, and the application ends.
            _ => self.end(ctx),
        }
    }

    /// It is no member any more, and owns nothing: the next `poll()` finds that out.
    fn fence(&mut self) {
        if let Some(modern) = &mut self.modern {
            modern.state = State::Fenced;
        }
        self.membership.generation = None;
        self.membership.state = MemberState::Unjoined;
        self.membership.heartbeats += 1;
    }
}
