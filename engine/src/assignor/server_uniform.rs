//! Who gets which partition under `group.remote.assignor=uniform`, the default of KIP-848.

use super::numbered::{Numbered, Owners};
use super::{MemberSubscription, Shares, server_uniform_mixed};
use std::collections::VecDeque;

/// Even over all topics, and of the target so far as much as that allows (`UniformAssignor`). `owned` is each member's target
/// so far, not what it really has at the moment.
#[must_use]
pub fn assign<Topic: Copy + Ord>(topics: &[(Topic, u32)], members: &[MemberSubscription<'_, Topic>]) -> Shares<Topic> {
    let (group, names) = Numbered::new(topics, members);
    if group.members.is_empty() {
        return Vec::new();
    }
    let owners = if group.alike {
        homogeneous(&group)
    } else {
        server_uniform_mixed::assign(&group)
    };
    group.shares(&names, &owners)
}

/// Where it does not come out even, those who have more than the others keep one more, as many as there can be, and of the
/// others the last ones get it. Each keeps what fits, and what is left goes to those with room, one after the other
/// (`UniformHomogeneousAssignmentBuilder`).
fn homogeneous(group: &Numbered) -> Owners {
    let (count, members) = (group.partitions(), group.members.len());
    let (least, extras) = (count / members, count % members);
    let has_more = |member: usize| group.members[member].owned.len() > least;
    let keeping = (0..members).filter(|&member| has_more(member)).count().min(extras);
    let (mut keeping_left, mut others_left) = (keeping, members - keeping);
    let mut quota = |member: usize| {
        let extra = if keeping_left > 0 && has_more(member) {
            keeping_left -= 1;
            true
        } else {
            others_left -= 1;
            others_left < extras - keeping
        };
        least + usize::from(extra)
    };

    let mut owners: Owners = vec![None; count];
    let mut free: VecDeque<usize> = (0..count)
        .filter(|partition| !group.members.iter().any(|member| member.owned.contains(partition)))
        .collect();
    let mut room = Vec::with_capacity(members);
    for (member, claimant) in group.members.iter().enumerate() {
        let quota = quota(member);
        for (place, &partition) in claimant.owned.iter().enumerate() {
            if place < quota {
                owners[partition] = Some(member);
            } else {
                free.push_back(partition);
            }
        }
        room.push(quota.saturating_sub(claimant.owned.len()));
    }
    for (member, room) in room.into_iter().enumerate() {
        for _ in 0..room {
            let Some(partition) = free.pop_front() else { break };
            owners[partition] = Some(member);
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_comes_takes_what_the_others_have_too_much() {
        let member = |member_id, owned| MemberSubscription {
            member_id,
            instance_id: None,
            topics: &['x'],
            owned,
            generation: None,
        };
        let all = [('x', 0), ('x', 1), ('x', 2), ('x', 3), ('x', 4), ('x', 5)];
        let members = [member("a", &all[..3]), member("b", &all[3..]), member("c", &[])];
        assert_eq!(
            assign(&[('x', 6)], &members),
            [[('x', 0), ('x', 1)], [('x', 3), ('x', 4)], [('x', 2), ('x', 5)]]
        );
    }
}
