//! ShareGroupHeartbeat, at the group's coordinator.

use super::super::Broker;
use super::super::connections::Return;
use crate::node::{Ctx, Timer};
use crate::share::ShareGroup;
use crate::trace::Fact;
use crate::wire::{ErrorCode, PartitionId, ResponseBody, ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse};
use std::sync::Arc;

impl Broker {
    /// `GroupCoordinatorService.shareGroupHeartbeat`.
    pub(in crate::broker) fn share_heartbeat(
        &mut self,
        to: Return,
        request: &ShareGroupHeartbeatRequest,
        ctx: &mut Ctx,
    ) {
        let response = match self.coordinator_for(&request.group) {
            Ok(broker) if broker == self.id => self.heartbeat_here(request, ctx),
            _ => self.heartbeat_answer(ErrorCode::NotCoordinator, 0, Arc::from([])),
        };
        self.answer(to, ResponseBody::ShareGroupHeartbeat(response), ctx);
    }

    fn heartbeat_answer(
        &self,
        error: ErrorCode,
        epoch: i32,
        assignment: Arc<[PartitionId]>,
    ) -> ShareGroupHeartbeatResponse {
        ShareGroupHeartbeatResponse {
            error,
            epoch,
            interval_us: self.config.sharing.heartbeat_interval_us,
            assignment,
        }
    }

    fn heartbeat_here(&mut self, request: &ShareGroupHeartbeatRequest, ctx: &mut Ctx) -> ShareGroupHeartbeatResponse {
        let topic = self.image.topic(&request.topic).map(|(topic, _)| topic);
        let partitions: Vec<PartitionId> = topic
            .into_iter()
            .flat_map(|topic| self.image.partitions_of(topic).map(|(id, _)| id))
            .collect();
        let place = self
            .sharing
            .groups
            .iter()
            .position(|group| *group.id() == request.group);
        let place = place.unwrap_or_else(|| {
            self.sharing.groups.push(ShareGroup::new(request.group.clone()));
            self.sharing.groups.len() - 1
        });
        let group = &mut self.sharing.groups[place];
        let until = ctx.now() + self.config.sharing.session_timeout_us;
        let changed = if request.epoch < 0 {
            Ok(group.leave(request.member))
        } else {
            group.heartbeat(request.member, request.epoch, &partitions, until)
        };
        let (epoch, members) = (group.epoch(), group.members().len());
        let assignment = group.assignment(request.member);
        match changed {
            Ok(changed) => {
                if changed {
                    ctx.record(group_changed(epoch, members));
                }
                self.sharing.session_alarm.arm(until, Timer::ShareSession, ctx);
                self.heartbeat_answer(ErrorCode::None, epoch, assignment)
            }
            Err(error) => self.heartbeat_answer(error, 0, assignment),
        }
    }

    /// Members' sessions may have run out.
    pub(in crate::broker) fn on_share_session(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if !self.sharing.session_alarm.rang(now) {
            return;
        }
        for group in &mut self.sharing.groups {
            let gone = group.expire(now);
            for consumer in &gone {
                ctx.record(Fact::MemberRemoved { consumer: *consumer });
            }
            if !gone.is_empty() {
                ctx.record(group_changed(group.epoch(), group.members().len()));
            }
        }
        let members = self.sharing.groups.iter().flat_map(ShareGroup::members);
        if let Some(next) = members.map(|member| member.session_until_us).min() {
            self.sharing.session_alarm.arm(next, Timer::ShareSession, ctx);
        }
    }

    /// A partition of `__consumer_offsets` is led elsewhere now: the share groups in it are coordinated there, and their
    /// members join anew.
    pub(in crate::broker) fn forget_share_groups(&mut self) {
        let ids: Vec<_> = self.sharing.groups.iter().map(|group| group.id().clone()).collect();
        for id in ids {
            if self.coordinator_for(&id) != Ok(self.id) {
                self.sharing.groups.retain(|group| *group.id() != id);
            }
        }
    }
}

fn group_changed(epoch: i32, members: usize) -> Fact {
    Fact::ShareGroupChanged {
        epoch: u32::try_from(epoch).unwrap_or(0),
        members: u32::try_from(members).unwrap_or(u32::MAX),
    }
}
