//! Who gets which partition under `partition.assignment.strategy=cooperative-sticky` (KIP-429).

use super::claims::Claims;
use super::numbered::{Numbered, Owners};
use super::{MemberSubscription, Shares, constrained, general};

/// As [`sticky`](super::sticky), but whoever gets a partition that another still owns does not get it yet: the owner gives
/// it up first, both join again, and that rebalance hands it out (`CooperativeStickyAssignor`). Nobody has to stop for what
/// it keeps.
#[must_use]
pub fn assign<Topic: Copy + Ord>(topics: &[(Topic, u32)], members: &[MemberSubscription<'_, Topic>]) -> Shares<Topic> {
    let (group, names) = Numbered::new(topics, members);
    if group.members.is_empty() {
        return Vec::new();
    }
    let claims = Claims::of(&group);
    let (mut owners, transferred) = if group.alike {
        let answer = constrained::assign(&group, &claims);
        (answer.owners, answer.transferred)
    } else {
        let owners = general::assign(&group, &claims);
        let transferred = transferred(&group, &owners);
        (owners, transferred)
    };
    for (owner, _) in owners.iter_mut().zip(transferred).filter(|(_, moves)| *moves) {
        *owner = None;
    }
    group.shares(&names, &owners)
}

/// What is new to its owner and claimed by another (`computePartitionsTransferringOwnership`).
fn transferred(group: &Numbered, owners: &Owners) -> Vec<bool> {
    let claims = |member: usize, partition| group.members[member].owned.contains(&partition);
    let moves = |(partition, owner): (usize, &Option<usize>)| {
        owner.is_some_and(|owner| {
            !claims(owner, partition) && (0..group.members.len()).any(|other| claims(other, partition))
        })
    };
    owners.iter().enumerate().map(moves).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_its_owner_waits_for_the_second_rebalance() {
        let member = |member_id, owned, generation| MemberSubscription {
            member_id,
            instance_id: None,
            topics: &['x'],
            owned,
            generation,
        };
        let both = [('x', 0), ('x', 1)];
        let first = assign(&[('x', 2)], &[member("a", &both, Some(1)), member("b", &[], None)]);
        assert_eq!(first, [vec![('x', 0)], vec![]], "a has to give up partition 1 first");
        let second = assign(
            &[('x', 2)],
            &[member("a", &both[..1], Some(2)), member("b", &[], Some(2))],
        );
        assert_eq!(second, [[('x', 0)], [('x', 1)]]);
    }
}
