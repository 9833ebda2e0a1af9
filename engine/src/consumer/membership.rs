//! What the consumer knows of its membership (`AbstractCoordinator.MemberState`, `Generation`).

use crate::trace::EventId;
use crate::wire::{InstanceId, JoinGroupResponse, MemberId, Micros, PartitionId, SyncGroupResponse};
use std::sync::Arc;

/// Where a member is on its way into a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MemberState {
    /// In no generation.
    Unjoined,
    /// JoinGroup is sent (`PREPARING_REBALANCE`).
    Joining,
    /// SyncGroup is sent (`COMPLETING_REBALANCE`).
    Syncing,
    /// Knows what it owns.
    Stable,
}

/// An answer that waits until the application calls `poll()`: while it works, nobody reads it (`AbstractCoordinator`: the
/// heartbeat thread is silent during a rebalance).
#[derive(Debug, Clone)]
pub(super) enum Held {
    Joined(JoinGroupResponse),
    Synced(SyncGroupResponse),
}

/// A consumer's membership of its group.
#[derive(Debug, Clone)]
pub(super) struct Membership {
    pub(super) state: MemberState,
    /// Empty until the coordinator has given one.
    pub(super) member: MemberId,
    /// `group.instance.id` of a static member.
    pub(super) instance: Option<InstanceId>,
    pub(super) generation: Option<u32>,
    /// What the last SyncGroup assigned, and in which generation; it outlasts the membership, and `sticky` tells the leader
    /// of it (`StickyAssignor.onAssignment`).
    pub(super) assigned: Arc<[PartitionId]>,
    pub(super) assigned_in: Option<u32>,
    pub(super) held: Option<Held>,
    /// Counts what was owned: what was asked in an earlier round is about partitions that were given up since.
    pub(super) round: u32,
    /// The next `poll()` has to join (again), and the event because of which.
    rejoin: bool,
    rejoin_why: EventId,
    /// As the group's leader: how many partitions there were when it computed the assignment.
    pub(super) shared_partitions: Option<u16>,
    /// Counts the runs of heartbeats, so that the timer of an old one is known.
    pub(super) heartbeats: u32,
    /// A heartbeat should have gone out, but there was nobody to send it to.
    pub(super) heartbeat_due: bool,
    /// When the coordinator was last heard of.
    pub(super) heard_at: Micros,
}

impl Default for Membership {
    fn default() -> Self {
        Self {
            state: MemberState::Unjoined,
            member: "".into(),
            instance: None,
            generation: None,
            assigned: [].into(),
            assigned_in: None,
            held: None,
            round: 0,
            rejoin: true,
            rejoin_why: 0,
            shared_partitions: None,
            heartbeats: 0,
            heartbeat_due: false,
            heard_at: 0,
        }
    }
}

impl Membership {
    /// As [`Membership::default`], of a static member where that is given.
    pub(super) fn of(instance: Option<InstanceId>) -> Self {
        Self {
            instance,
            ..Self::default()
        }
    }

    /// Between JoinGroup and the assignment (`AbstractCoordinator.rebalanceInProgress`).
    pub(super) fn is_rebalancing(&self) -> bool {
        matches!(self.state, MemberState::Joining | MemberState::Syncing)
    }

    /// Whether the next `poll()` has to join.
    pub(super) fn must_join(&self) -> bool {
        self.rejoin && matches!(self.state, MemberState::Unjoined | MemberState::Stable)
    }

    /// Why; 0 when it is not because of an event of its own.
    pub(super) fn take_rejoin_why(&mut self) -> EventId {
        std::mem::take(&mut self.rejoin_why)
    }

    pub(super) fn request_rejoin(&mut self, why: EventId) {
        self.rejoin = true;
        self.rejoin_why = why;
    }

    /// The coordinator does not know us any more, or in another generation. What is owned is lost, which the next
    /// `poll()` finds out (`resetStateAndGeneration`). The member id may still be good.
    pub(super) fn reset(&mut self, forget_id: bool, why: EventId) {
        self.state = MemberState::Unjoined;
        self.generation = None;
        self.heartbeats += 1;
        if forget_id {
            self.member = "".into();
        }
        self.request_rejoin(why);
    }

    /// JoinGroup or SyncGroup came to nothing because of that event: join again.
    pub(super) fn join_failed(&mut self, why: EventId) {
        if self.is_rebalancing() {
            self.state = MemberState::Unjoined;
            self.heartbeats += 1;
            self.request_rejoin(why);
        }
    }

    pub(super) fn joined(&mut self) {
        self.state = MemberState::Stable;
        self.rejoin = false;
    }

    pub(super) fn heard_of_coordinator(&mut self, now: Micros) {
        self.heard_at = now;
    }

    /// The group's leader watches how many partitions there are, and has them shared anew
    /// (`ConsumerCoordinator.rejoinNeededOrPending`).
    pub(super) fn notice_partitions(&mut self, partitions: u16, why: EventId) {
        if self.state == MemberState::Stable && self.shared_partitions.is_some_and(|shared| shared != partitions) {
            self.request_rejoin(why);
        }
    }
}
