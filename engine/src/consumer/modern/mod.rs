//! The client's side of the consumer group protocol (KIP-848; `ConsumerMembershipManager`,
//! `ConsumerHeartbeatRequestManager`).
//!
//! There is one request, the heartbeat, and the coordinator leads. What it assigns is taken over in the next `poll()`
//! (`reconcile`): what is not in it is given up, what is new is read from then on, and all else goes on as if nothing
//! happened. The next heartbeat says so at once. A member that is fenced has lost everything, and joins again.

mod heartbeat;
mod reconcile;

use super::Consumer;
use crate::node::{Ctx, Random};
use crate::wire::{MemberId, Micros, PartitionId};
use std::sync::Arc;

/// `group.protocol`: how a consumer takes part in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// JoinGroup and SyncGroup: all members stop, and one of them says who gets what.
    #[default]
    Classic,
    /// KIP-848: the coordinator says who gets what, and each member goes there by itself.
    Consumer,
}

/// Where a member is (`org.apache.kafka.clients.consumer.internals.MemberState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Not in the group, and not asked to be.
    Unsubscribed,
    /// Is going to join, or waits for the answer.
    Joining,
    /// Has got an assignment that the next `poll()` takes over.
    Reconciling,
    /// Has taken it over, and is about to say so.
    Acknowledging,
    /// Has what it was told to have, and has said so.
    Stable,
    /// Was thrown out: the next `poll()` drops everything and joins again.
    Fenced,
    /// Has left, because the application does not poll: the next `poll()` drops everything and joins again.
    Stale,
    /// Has left for good.
    Left,
}

/// What a consumer knows of its membership. Its id, its epoch and the round are where those of the classic protocol are.
#[derive(Debug, Clone)]
pub(super) struct Modern {
    pub(super) state: State,
    /// What the coordinator wants it to have.
    target: Arc<[PartitionId]>,
    /// What it has said last that it owns.
    told: Option<Arc<[PartitionId]>>,
    /// The next heartbeat says everything.
    is_full: bool,
    /// A heartbeat should go out.
    is_due: bool,
    /// From the last answer; before that there is nothing to wait for.
    interval_us: Micros,
}

impl Modern {
    pub(super) fn new() -> Self {
        Self {
            state: State::Unsubscribed,
            target: [].into(),
            told: None,
            is_full: true,
            is_due: false,
            interval_us: 0,
        }
    }

    /// The way to the coordinator was lost: whatever it did not hear is said again.
    pub(super) fn start_over(&mut self) {
        self.is_full = true;
        self.is_due = true;
    }

    fn join(&mut self) {
        self.state = State::Joining;
        self.target = [].into();
        self.told = None;
        self.is_full = true;
    }

    fn is_in_group(&self) -> bool {
        matches!(
            self.state,
            State::Joining | State::Reconciling | State::Acknowledging | State::Stable
        )
    }
}

impl Consumer {
    /// In `poll()`: joins, drops what is lost, takes over what is assigned. Says whether there is anything to read.
    pub(super) fn poll_modern(&mut self, ctx: &mut Ctx) -> bool {
        match self.modern.as_ref().map(|modern| modern.state) {
            Some(State::Unsubscribed) => self.join_modern(ctx),
            Some(State::Fenced | State::Stale) => {
                self.give_up_partitions(true, ctx);
                self.join_modern(ctx);
            }
            Some(State::Reconciling) => self.reconcile(ctx),
            _ => {}
        }
        self.send_group_heartbeat(ctx);
        // It waits for a commit before it gives something up.
        let waits = matches!(&self.modern, Some(modern) if modern.state == State::Reconciling);
        self.membership.generation.is_some() && !waits
    }

    fn join_modern(&mut self, ctx: &mut Ctx) {
        if self.membership.member.is_empty() {
            self.membership.member = member_id(ctx.random());
        }
        if let Some(modern) = &mut self.modern {
            modern.join();
        }
    }
}

/// A random UUID, in the 22 letters in which Kafka writes one (`Uuid.randomUuid`).
fn member_id(random: &mut Random) -> MemberId {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = u128::from(random.bits()) << 64 | u128::from(random.bits());
    bits = bits & !(0xf << 76) | 4 << 76; // version 4
    bits = bits & !(3 << 62) | 2 << 62; // variant 2
    let letter = |place: u32| {
        let six = if place < 21 {
            bits >> (122 - 6 * place)
        } else {
            bits << 4
        };
        char::from(LETTERS[(six & 63) as usize])
    };
    (0..22).map(letter).collect::<String>().into()
}
