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

/// The first members may have one more, if it does not come out even; each keeps what fits, and what is left goes to those
/// with room, one after the other (`UniformHomogeneousAssignmentBuilder`).
fn homogeneous(group: &Numbered) -> Owners {
    let (count, members) = (group.partitions(), group.members.len());
    let mut owners: Owners = vec![None; count];
    let mut free: VecDeque<usize> = (0..count)
        .filter(|partition| !group.members.iter().any(|member| member.owned.contains(partition)))
        .collect();
    let mut room = Vec::with_capacity(members);
    for (member, claimant) in group.members.iter().enumerate() {
        let mut quota = count / members + usize::from(member < count % members);
        for &partition in &claimant.owned {
            if quota > 0 {
                quota -= 1;
                owners[partition] = Some(member);
            } else {
                free.push_back(partition);
            }
        }
        room.push(quota);
    }
    for (member, quota) in room.into_iter().enumerate() {
        for _ in 0..quota {
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
