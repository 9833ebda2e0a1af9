//! What the consumer knows of its membership (`AbstractCoordinator.MemberState`, `Generation`).

use crate::trace::EventId;
use crate::wire::{MemberId, Micros};

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

/// A consumer's membership of its group.
#[derive(Debug, Clone)]
pub(super) struct Membership {
    pub(super) state: MemberState,
    /// Empty until the coordinator has given one.
    pub(super) member: MemberId,
    pub(super) generation: Option<u32>,
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
            generation: None,
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
        if matches!(self.state, MemberState::Joining | MemberState::Syncing) {
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
