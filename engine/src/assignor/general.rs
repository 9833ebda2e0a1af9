//! The sticky rule for members that subscribe to different topics (`AbstractStickyAssignor.GeneralAssignmentBuilder`).

use super::claims::Claims;
use super::numbered::{Numbered, Owners, loads};
use crate::short_sort::sort_short_by_key;

/// Keeps what is owned and still subscribed to, gives the rest to the least loaded who may have it, and then moves
/// partitions from who has more to who has less, until nothing gets better by it. If all the moving has made nothing better,
/// it is taken back.
pub(super) fn assign(group: &Numbered, claims: &Claims) -> Owners {
    let mut state = State::new(group, claims);
    let was_empty = state.loads.iter().all(|load| *load == 0);
    let in_order = in_order(group);
    let mut free: Vec<usize> = in_order
        .iter()
        .copied()
        .filter(|&partition| state.owners[partition].is_none())
        .collect();
    for &partition in &free {
        if let Some(member) = state.least_loaded(group.topic(partition)) {
            state.owners[partition] = Some(member);
            state.loads[member] += 1;
        }
    }

    let movable = |partition: &usize| group.subscribers(group.topic(*partition)).count() >= 2;
    free.retain(movable);
    let all: Vec<usize> = in_order.into_iter().filter(movable).collect();
    for member in 0..state.loads.len() {
        state.takes_part[member] = state.loads[member] < group.most(member)
            || all.iter().any(|&partition| state.owners[partition] == Some(member));
    }
    let before = state.owners.clone();
    let score_before = state.score();
    if !state.revokes {
        state.reassign(&free);
    }
    let moved = state.reassign(&all);
    if !was_empty && moved && state.score() >= score_before {
        return before;
    }
    state.owners
}

/// First the topics that few can have, then by topic and index.
fn in_order(group: &Numbered) -> Vec<usize> {
    let mut topics: Vec<usize> = group.topics().collect();
    sort_short_by_key(&mut topics, |&topic| group.subscribers(topic).count());
    topics.into_iter().flat_map(|topic| group.of(topic)).collect()
}

struct State<'a> {
    group: &'a Numbered,
    owners: Owners,
    loads: Vec<usize>,
    /// The member that had it in the newest generation but the last.
    before: Vec<Option<(Option<u32>, usize)>>,
    /// From whom to whom a partition has moved.
    movements: Vec<Option<(usize, usize)>>,
    /// Members that can get or lose something.
    takes_part: Vec<bool>,
    /// Somebody owns what it does not subscribe to any more.
    revokes: bool,
}

impl<'a> State<'a> {
    fn new(group: &'a Numbered, claims: &Claims) -> Self {
        let mut owners = claims.owners.clone();
        let mut revokes = false;
        for (partition, owner) in owners.iter_mut().enumerate() {
            if owner.is_some_and(|member| !group.subscribes(member, group.topic(partition))) {
                *owner = None;
                revokes = true;
            }
        }
        let mut before: Vec<Option<(Option<u32>, usize)>> = vec![None; owners.len()];
        for (member, claimant) in group.members.iter().enumerate() {
            if claimant.generation < claims.newest {
                for &partition in &claimant.owned {
                    if before[partition].is_none_or(|(generation, _)| claimant.generation > generation) {
                        before[partition] = Some((claimant.generation, member));
                    }
                }
            }
        }
        Self {
            loads: loads(&owners, group.members.len()),
            before,
            movements: vec![None; owners.len()],
            takes_part: vec![true; group.members.len()],
            owners,
            group,
            revokes,
        }
    }

    /// Of those who may have the topic; of several the first by id.
    fn least_loaded(&self, topic: usize) -> Option<usize> {
        self.group
            .subscribers(topic)
            .filter(|&member| self.takes_part[member])
            .min_by_key(|&member| self.loads[member])
    }

    /// Moves partitions until it is balanced or a whole round has moved none. Says whether it moved any.
    fn reassign(&mut self, partitions: &[usize]) -> bool {
        let mut moved = false;
        loop {
            let mut modified = false;
            for &partition in partitions {
                if self.is_balanced() {
                    break;
                }
                if let Some(to) = self.better_owner(partition) {
                    self.reassign_one(partition, to);
                    modified = true;
                }
            }
            moved |= modified;
            if !modified {
                return moved;
            }
        }
    }

    /// Who should have it instead: the owner before, if it has less, or the least loaded.
    fn better_owner(&self, partition: usize) -> Option<usize> {
        let load = self.loads[self.owners[partition]?];
        let has_less = |member: &usize| self.takes_part[*member] && load > self.loads[*member] + 1;
        if let Some(member) = self.before[partition].map(|(_, member)| member).filter(has_less) {
            return Some(member);
        }
        self.least_loaded(self.group.topic(partition)).filter(has_less)
    }

    /// Moves it, or rather one of the same topic that has come the other way, so that no two go past each other
    /// (`PartitionMovements`).
    fn reassign_one(&mut self, partition: usize, to: usize) {
        let Some(owner) = self.owners[partition] else { return };
        let from = self.movements[partition].map_or(owner, |(from, _)| from);
        let actual = self
            .group
            .of(self.group.topic(partition))
            .find(|&other| self.movements[other] == Some((to, from)))
            .unwrap_or(partition);
        let Some(old) = self.owners[actual] else { return };
        let origin = self.movements[actual].map_or(old, |(from, _)| from);
        self.movements[actual] = (origin != to).then_some((origin, to));
        self.owners[actual] = Some(to);
        self.loads[old] -= 1;
        self.loads[to] += 1;
    }

    /// Nobody could get a partition from somebody who has two more.
    fn is_balanced(&self) -> bool {
        let members = || (0..self.loads.len()).filter(|&member| self.takes_part[member]);
        let loads = || members().map(|member| self.loads[member]);
        if loads().min().unwrap_or(0) + 1 >= loads().max().unwrap_or(0) {
            return true;
        }
        let could_get = |member: usize| {
            let topics = self.group.members[member].topics.iter();
            topics.flat_map(|&topic| self.group.of(topic))
        };
        members().all(|member| {
            could_get(member)
                .all(|partition| self.owners[partition].is_none_or(|other| self.loads[member] + 1 >= self.loads[other]))
        })
    }

    /// The differences of all pairs: the smaller, the more even (`getBalanceScore`).
    fn score(&self) -> usize {
        let loads: Vec<usize> = (0..self.loads.len())
            .filter(|&member| self.takes_part[member])
            .map(|member| self.loads[member])
            .collect();
        let pairs =
            |(at, load): (usize, &usize)| -> usize { loads[at + 1..].iter().map(|other| load.abs_diff(*other)).sum() };
        loads.iter().enumerate().map(pairs).sum()
    }
}
