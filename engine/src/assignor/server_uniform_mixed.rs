//! The uniform rule for members that subscribe to different topics (`UniformHeterogeneousAssignmentBuilder`).

use super::balance::Balance;
use super::numbered::{Numbered, Owners, loads};
use crate::short_sort::sort_short_by;

/// After so many rounds over the topics it is even enough (`MAX_ITERATION_COUNT`).
const MOST_ROUNDS: usize = 16;

/// Everybody keeps what it has and still subscribes to; free partitions go topic by topic to the least loaded; then each
/// topic's partitions move from the most to the least loaded of its subscribers, until a whole round has moved none.
pub(super) fn assign(group: &Numbered) -> Owners {
    let mut owners: Owners = vec![None; group.partitions()];
    for (member, claimant) in group.members.iter().enumerate() {
        for &partition in &claimant.owned {
            if group.subscribes(member, group.topic(partition)) {
                owners[partition] = Some(member);
            }
        }
    }
    let mut loads = loads(&owners, group.members.len());
    let topics = in_order(group);
    for &topic in &topics {
        let mut balance = Balance::new(group.subscribers(topic).collect(), &loads);
        for partition in group.of(topic) {
            if owners[partition].is_none() {
                let member = balance.next_least_loaded(&loads);
                owners[partition] = Some(member);
                loads[member] += 1;
            }
        }
    }
    even_out(group, &topics, &mut owners, &mut loads);
    owners
}

/// First the topics that burden their subscribers most, then those with few subscribers, then by topic.
fn in_order(group: &Numbered) -> Vec<usize> {
    let mut topics: Vec<usize> = group.topics().collect();
    let size = |topic| (group.of(topic).len(), group.subscribers(topic).count());
    sort_short_by(&mut topics, |&a, &b| {
        let ((a_partitions, a_subscribers), (b_partitions, b_subscribers)) = (size(a), size(b));
        let burden = (b_partitions * a_subscribers).cmp(&(a_partitions * b_subscribers));
        burden.then(a_subscribers.cmp(&b_subscribers))
    });
    topics
}

fn even_out(group: &Numbered, topics: &[usize], owners: &mut Owners, loads: &mut [usize]) {
    let topics: Vec<usize> = topics
        .iter()
        .copied()
        .filter(|&topic| group.subscribers(topic).count() >= 2)
        .collect();
    let mut last_moved = None;
    for _ in 0..MOST_ROUNDS {
        for &topic in &topics {
            if last_moved == Some(topic) {
                return;
            }
            if even_out_topic(group, topic, owners, loads) || last_moved.is_none() {
                last_moved = Some(topic);
            }
        }
    }
}

/// Says whether anything moved.
fn even_out_topic(group: &Numbered, topic: usize, owners: &mut Owners, loads: &mut [usize]) -> bool {
    let mut balance = Balance::new(group.subscribers(topic).collect(), loads);
    if balance.imbalance(loads) <= 1 {
        return false;
    }
    // What each member had before anything moved, the last to be given first.
    let mut given: Vec<Vec<usize>> = vec![Vec::new(); group.members.len()];
    for partition in group.of(topic) {
        if let Some(owner) = owners[partition] {
            given[owner].push(partition);
        }
    }
    let mut moved = false;
    while !balance.is_even() {
        let Some((from, partition)) = next_giver(&mut balance, &mut given, loads) else {
            break;
        };
        let to = balance.next_least_loaded(loads);
        if balance.is_even() {
            break;
        }
        owners[partition] = Some(to);
        loads[from] -= 1;
        loads[to] += 1;
        moved = true;
    }
    moved
}

/// The most loaded member that has something of the topic to give, and the last of it.
fn next_giver(balance: &mut Balance, given: &mut [Vec<usize>], loads: &[usize]) -> Option<(usize, usize)> {
    loop {
        let member = balance.next_most_loaded(loads)?;
        match given[member].pop() {
            Some(partition) => return Some((member, partition)),
            None => balance.exclude_most_loaded(),
        }
    }
}
