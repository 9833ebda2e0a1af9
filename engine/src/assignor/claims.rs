//! What the members of a group say that they own, and what of it counts (`AbstractStickyAssignor.allSubscriptionsEqual`).

use super::numbered::{Numbered, Owners};

/// What counts of the claims.
#[derive(Debug)]
pub(super) struct Claims {
    /// Of a partition that several claim, the one in the highest generation has it.
    pub(super) owners: Owners,
    /// Two claimed it in the same generation: nobody has it.
    pub(super) disputed: Vec<bool>,
    /// The highest generation in which anybody got something.
    pub(super) newest: Option<u32>,
}

impl Claims {
    pub(super) fn of(group: &Numbered) -> Self {
        let count = group.partitions();
        let mut owners: Owners = vec![None; count];
        let mut disputed = vec![false; count];
        let mut last: Owners = vec![None; count];
        let mut newest = None;
        for (member, claimant) in group.members.iter().enumerate() {
            newest = newest.max(claimant.generation);
            for &partition in &claimant.owned {
                let other = last[partition].map(|other| group.members[other].generation);
                match other {
                    Some(other) if claimant.generation < other => continue,
                    Some(other) if claimant.generation == other => {
                        disputed[partition] = true;
                        owners[partition] = None;
                    }
                    _ => owners[partition] = Some(member),
                }
                last[partition] = Some(member);
            }
        }
        Self {
            owners,
            disputed,
            newest,
        }
    }
}
