//! The history of a group, as a Gantt chart shows it: who owned what from when to when, what its members did, and when it
//! rebalanced, because of what.

use super::{Event, EventId, Fact, GroupStateName};
use crate::log::KeyId;
use crate::wire::{Micros, NodeId, PartitionId};
use std::collections::VecDeque;

/// That a consumer owned a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Who, by its number.
    pub consumer: u8,
    /// What.
    pub partition: PartitionId,
    /// Assigned in this generation.
    pub generation: u32,
    /// From when.
    pub from_us: Micros,
    /// Until when; while it is open, the moment at which it began.
    pub until_us: Micros,
    /// How it ended.
    pub end: SpanEnd,
}

/// How the ownership of a partition ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpanEnd {
    /// It has not.
    Open,
    /// Given up in a rebalance (`onPartitionsRevoked`).
    Revoked,
    /// The group went on without the member (`onPartitionsLost`), which may not know it yet.
    Lost,
    /// The process was killed.
    Crashed,
    /// The consumer was closed.
    Closed,
}

/// What a member did for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// Who, by its number.
    pub consumer: u8,
    /// What.
    pub does: MemberDoes,
    /// From when.
    pub from_us: Micros,
    /// Until when; while it is open, the moment at which it began.
    pub until_us: Micros,
}

/// What a member does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberDoes {
    /// There is no process.
    Gone,
    /// It owns nothing, because the group rebalances, or it is about to join.
    Waiting,
    /// It owns something.
    Working,
    /// The group is stable, and has nothing for it.
    Idle,
    /// Its process stands still.
    Paused,
    /// Its application hangs.
    Stalled,
}

/// A rebalance of the group, as its coordinator saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebalance {
    /// The event that led to it.
    pub reason: EventId,
    /// The generation that came of it.
    pub generation: u32,
    /// From when.
    pub from_us: Micros,
    /// Until the group was stable, or without members; `None` while it goes on.
    pub until_us: Option<Micros>,
    /// How many members it ended with.
    pub members: u32,
    /// How many partitions got another owner than they had before.
    pub moved: u32,
}

/// A member, as far as it is known from what was told.
#[derive(Debug, Clone, Copy)]
struct Member {
    consumer: u8,
    is_there: bool,
    is_paused: bool,
    is_stalled: bool,
    /// It was told that there is nothing for it.
    is_spare: bool,
    owned: u32,
    /// What it does, and since when.
    does: MemberDoes,
    since_us: Micros,
}

/// Who owned a partition last, and how long nobody did.
#[derive(Debug, Clone, Copy)]
struct Ownership {
    partition: PartitionId,
    last: u8,
    owners: u32,
    free_since_us: Micros,
    free_us: Micros,
}

/// What has become of a group. Spans, spells and rebalances are bounded: the oldest are forgotten.
#[derive(Debug, Clone)]
pub struct GroupHistory {
    /// Its `group.id`.
    pub id: KeyId,
    /// How many records its consumers have processed, when it is a further group; those of the main one the counters have.
    pub processed: u64,
    /// How many rebalances have begun.
    pub rebalanced: u64,
    /// How long the group has rebalanced, without the one that goes on.
    pub rebalancing_us: Micros,
    /// It was deleted, and has not come again.
    pub is_dead: bool,
    open: Vec<Span>,
    spans: VecDeque<Span>,
    spells: VecDeque<Spell>,
    rebalances: VecDeque<Rebalance>,
    members: Vec<Member>,
    partitions: Vec<Ownership>,
}

impl GroupHistory {
    /// How many spans, and how many spells, are kept.
    pub const MOST_SPANS: usize = 4_096;
    /// How many rebalances are kept.
    pub const MOST_REBALANCES: usize = 512;

    pub(super) fn new(id: KeyId) -> Self {
        Self {
            id,
            processed: 0,
            rebalanced: 0,
            rebalancing_us: 0,
            is_dead: false,
            open: Vec::new(),
            spans: VecDeque::new(),
            spells: VecDeque::new(),
            rebalances: VecDeque::new(),
            members: Vec::new(),
            partitions: Vec::new(),
        }
    }

    /// Who owned what: what is over in the order in which it ended, then what is not.
    pub fn spans(&self) -> impl Iterator<Item = &Span> {
        self.spans.iter().chain(&self.open)
    }

    /// What the members did, that which is over.
    pub fn past_spells(&self) -> impl Iterator<Item = &Spell> {
        self.spells.iter()
    }

    /// What each member does now, by consumer in the order in which they came.
    pub fn present_spells(&self) -> impl Iterator<Item = Spell> {
        self.members.iter().map(Member::spell)
    }

    /// The rebalances, the oldest first.
    pub fn rebalances(&self) -> impl DoubleEndedIterator<Item = &Rebalance> {
        self.rebalances.iter()
    }

    /// Whether it rebalances now.
    #[must_use]
    pub fn is_rebalancing(&self) -> bool {
        self.rebalances.back().is_some_and(|last| last.until_us.is_none())
    }

    /// How long nobody owned the partition until `now`, from when it had its first owner.
    #[must_use]
    pub fn unowned_us(&self, partition: PartitionId, now: Micros) -> Micros {
        let known = self.partitions.iter().find(|known| known.partition == partition);
        known.map_or(0, |known| known.free_us(now))
    }

    /// The longest that a partition had no owner, all its times together.
    #[must_use]
    pub fn most_unowned_us(&self, now: Micros) -> Micros {
        self.partitions
            .iter()
            .map(|known| known.free_us(now))
            .max()
            .unwrap_or(0)
    }

    pub(super) fn add(&mut self, event: &Event) {
        let now = event.at;
        match event.fact {
            Fact::GroupState {
                state,
                generation,
                members,
                ..
            } => self.enter(state, generation, members, event),
            Fact::MemberRemoved { consumer } => self.end_all(consumer.number(), SpanEnd::Lost, now),
            Fact::PartitionAssigned { partition, generation } => self.assigned(event.node, partition, generation, now),
            Fact::PartitionRevoked { partition } => self.end(event.node, partition, SpanEnd::Revoked, now),
            Fact::PartitionLost { partition } => self.end(event.node, partition, SpanEnd::Lost, now),
            Fact::ConsumerStarted => self.change(event.node, now, |member| {
                (member.is_there, member.is_paused, member.is_stalled) = (true, false, false);
                member.is_spare = false;
            }),
            Fact::NothingAssigned { .. } => self.change(event.node, now, |member| member.is_spare = true),
            Fact::ProcessCrashed => self.gone(event.node, SpanEnd::Crashed, now),
            Fact::ConsumerClosed | Fact::ProcessStopped => self.gone(event.node, SpanEnd::Closed, now),
            Fact::ProcessPaused => self.change(event.node, now, |member| member.is_paused = true),
            Fact::ProcessResumed => self.change(event.node, now, |member| member.is_paused = false),
            Fact::ApplicationStalled => self.change(event.node, now, |member| member.is_stalled = true),
            Fact::ApplicationGoesOn => self.change(event.node, now, |member| member.is_stalled = false),
            _ => {}
        }
    }

    fn enter(&mut self, state: GroupStateName, generation: u32, members: u32, event: &Event) {
        let is_over = matches!(
            state,
            GroupStateName::Stable | GroupStateName::Empty | GroupStateName::Dead
        );
        let reason = event.cause;
        self.is_dead = state == GroupStateName::Dead;
        if !is_over && !self.is_rebalancing() {
            keep(
                &mut self.rebalances,
                Rebalance {
                    reason,
                    generation,
                    from_us: event.at,
                    until_us: None,
                    members,
                    moved: 0,
                },
                Self::MOST_REBALANCES,
            );
            self.rebalanced += 1;
        }
        if let Some(last) = self.rebalances.back_mut().filter(|last| last.until_us.is_none()) {
            (last.generation, last.members) = (generation, members);
            if is_over {
                last.until_us = Some(event.at);
                self.rebalancing_us += event.at.saturating_sub(last.from_us);
            }
        }
        for place in 0..self.members.len() {
            self.members[place].is_spare &= is_over;
            self.look(place, event.at);
        }
    }

    fn assigned(&mut self, node: NodeId, partition: PartitionId, generation: u32, now: Micros) {
        let consumer = node.number();
        let mut open = self.open.iter();
        if open.any(|span| (span.consumer, span.partition) == (consumer, partition)) {
            return;
        }
        self.open.push(Span {
            consumer,
            partition,
            generation,
            from_us: now,
            until_us: now,
            end: SpanEnd::Open,
        });
        let mut known = self.partitions.iter_mut();
        match known.find(|known| known.partition == partition) {
            Some(known) => {
                if known.owners == 0 {
                    known.free_us += now.saturating_sub(known.free_since_us);
                }
                known.owners += 1;
                if known.last != consumer {
                    known.last = consumer;
                    let of_it = |rebalance: &&mut Rebalance| rebalance.generation == generation;
                    if let Some(rebalance) = self.rebalances.iter_mut().rev().find(of_it) {
                        rebalance.moved += 1;
                    }
                }
            }
            None => self.partitions.push(Ownership {
                partition,
                last: consumer,
                owners: 1,
                free_since_us: 0,
                free_us: 0,
            }),
        }
        self.change(node, now, |member| member.owned += 1);
    }

    fn end(&mut self, node: NodeId, partition: PartitionId, end: SpanEnd, now: Micros) {
        let consumer = node.number();
        let mut open = self.open.iter();
        let place = open.position(|span| (span.consumer, span.partition) == (consumer, partition));
        if let Some(place) = place {
            let mut span = self.open.remove(place);
            (span.until_us, span.end) = (now, end);
            keep(&mut self.spans, span, Self::MOST_SPANS);
            let mut known = self.partitions.iter_mut();
            if let Some(known) = known.find(|known| known.partition == partition) {
                known.owners = known.owners.saturating_sub(1);
                if known.owners == 0 {
                    known.free_since_us = now;
                }
            }
            self.change(node, now, |member| member.owned = member.owned.saturating_sub(1));
        }
    }

    fn end_all(&mut self, consumer: u8, end: SpanEnd, now: Micros) {
        while let Some(span) = self.open.iter().find(|span| span.consumer == consumer) {
            self.end(NodeId::Consumer(consumer), span.partition, end, now);
        }
    }

    fn gone(&mut self, node: NodeId, end: SpanEnd, now: Micros) {
        self.end_all(node.number(), end, now);
        self.change(node, now, |member| member.is_there = false);
    }

    fn change(&mut self, node: NodeId, now: Micros, change: impl FnOnce(&mut Member)) {
        let consumer = node.number();
        let known = self.members.iter().position(|member| member.consumer == consumer);
        let place = known.unwrap_or_else(|| {
            self.members.push(Member::new(consumer, now));
            self.members.len() - 1
        });
        change(&mut self.members[place]);
        self.look(place, now);
    }

    /// Notes what the member does, if that is something else than before.
    fn look(&mut self, place: usize, now: Micros) {
        let member = &mut self.members[place];
        let does = member.activity();
        if does != member.does {
            let mut spell = member.spell();
            (member.does, member.since_us) = (does, now);
            spell.until_us = now;
            if spell.from_us < now && spell.does != MemberDoes::Gone {
                keep(&mut self.spells, spell, Self::MOST_SPANS);
            }
        }
    }
}

impl Member {
    fn new(consumer: u8, now: Micros) -> Self {
        Self {
            consumer,
            is_there: true,
            is_paused: false,
            is_stalled: false,
            is_spare: false,
            owned: 0,
            does: MemberDoes::Waiting,
            since_us: now,
        }
    }

    fn activity(&self) -> MemberDoes {
        match self.is_there {
            false => MemberDoes::Gone,
            true if self.is_paused => MemberDoes::Paused,
            true if self.is_stalled => MemberDoes::Stalled,
            true if self.owned > 0 => MemberDoes::Working,
            true if self.is_spare => MemberDoes::Idle,
            true => MemberDoes::Waiting,
        }
    }

    fn spell(&self) -> Spell {
        Spell {
            consumer: self.consumer,
            does: self.does,
            from_us: self.since_us,
            until_us: self.since_us,
        }
    }
}

impl Ownership {
    fn free_us(&self, now: Micros) -> Micros {
        let still = if self.owners == 0 {
            now.saturating_sub(self.free_since_us)
        } else {
            0
        };
        self.free_us + still
    }
}

fn keep<T>(kept: &mut VecDeque<T>, new: T, most: usize) {
    if kept.len() == most {
        kept.pop_front();
    }
    kept.push_back(new);
}

#[cfg(test)]
mod tests;
