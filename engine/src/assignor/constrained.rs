//! The sticky rule for members that all subscribe to the same (`AbstractStickyAssignor.ConstrainedAssignmentBuilder`).

use super::claims::Claims;
use super::numbered::{Numbered, Owners};
use crate::short_sort::sort_short_by_key;
use std::collections::VecDeque;

/// Who owns what, and which of it somebody else has to give up first.
#[derive(Debug)]
pub(super) struct Constrained {
    pub(super) owners: Owners,
    pub(super) transferred: Vec<bool>,
}

/// Quotas, and who is below them.
struct Quotas {
    /// What everybody gets.
    least: usize,
    /// What some get, if it does not come out even.
    most: usize,
    /// How many may still have more than `least`.
    extras: usize,
    below: VecDeque<usize>,
    at_least: VecDeque<usize>,
}

/// Everybody keeps what it owns, as far as its quota goes; the rest is dealt in order to those who have too little, in
/// turn, and then one each to those who may have one more.
pub(super) fn assign(group: &Numbered, claims: &Claims) -> Constrained {
    let (count, members) = (group.partitions(), group.members.len());
    let mut quotas = Quotas {
        least: count / members,
        most: count.div_ceil(members),
        extras: count % members,
        below: VecDeque::new(),
        at_least: VecDeque::new(),
    };
    let mut owners: Owners = vec![None; count];
    let mut revoked = claims.disputed.clone();
    let mut loads = vec![0; members];
    for (member, load) in loads.iter_mut().enumerate() {
        let owned = owned_by(group, claims, member);
        let kept = quotas.keep(member, owned.len());
        *load = kept;
        for &partition in &owned[..kept] {
            owners[partition] = Some(member);
        }
        for &partition in &owned[kept..] {
            revoked[partition] = true;
        }
    }

    let mut transferred = vec![false; count];
    for partition in 0..count {
        if owners[partition].is_some() {
            continue;
        }
        let Some(member) = quotas.below.pop_front().or_else(|| quotas.at_least.pop_front()) else {
            break;
        };
        owners[partition] = Some(member);
        transferred[partition] = revoked[partition];
        loads[member] += 1;
        if loads[member] < quotas.least {
            quotas.below.push_back(member);
        } else if loads[member] == quotas.least {
            quotas.at_least.push_back(member);
        }
    }
    Constrained { owners, transferred }
}

/// What counts of a member's claims, by partition index and then by topic: so that what is kept of several topics has the
/// same indices.
fn owned_by(group: &Numbered, claims: &Claims, member: usize) -> Vec<usize> {
    let mut owned: Vec<usize> = (0..group.partitions())
        .filter(|&partition| claims.owners[partition] == Some(member))
        .collect();
    sort_short_by_key(&mut owned, |&partition| (group.index(partition), partition));
    owned
}

impl Quotas {
    /// How many of its partitions a member keeps.
    fn keep(&mut self, member: usize, owned: usize) -> usize {
        if owned < self.least {
            self.below.push_back(member);
            return owned;
        }
        if owned >= self.most && self.extras > 0 {
            self.extras -= 1;
            if self.extras == 0 {
                self.at_least.clear();
            }
            return self.most;
        }
        if self.extras > 0 {
            self.at_least.push_back(member);
        }
        self.least
    }
}
