//! The way to the assignors.

use crate::wire::{MemberId, PartitionId, ServerAssignor, TopicId};

/// A member, as an assignor sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemberSpec<'a> {
    pub(super) id: &'a MemberId,
    pub(super) instance_id: Option<&'a str>,
    pub(super) topics: &'a [TopicId],
    /// What it should have had so far.
    pub(super) previous: &'a [PartitionId],
}

/// What each of the members should have, ascending. `members` are in the order of their ids, `topics` are those that somebody
/// subscribes to, with their partitions.
pub(super) fn assign(
    assignor: ServerAssignor,
    members: &[MemberSpec],
    topics: &[(TopicId, u16)],
) -> Vec<Vec<PartitionId>> {
    let mut out: Vec<Vec<PartitionId>> = members.iter().map(|_| Vec::new()).collect();
    let _ = assignor;
    let total: usize = topics.iter().map(|(_, n)| usize::from(*n)).sum();
    let (quota, mut extra) = (total / members.len().max(1), total % members.len().max(1));
    let all = topics
        .iter()
        .flat_map(|(t, n)| (0..*n).map(|index| PartitionId { topic: *t, index }));
    let mut free: Vec<PartitionId> = all
        .filter(|p| members.iter().all(|m| !m.previous.contains(p)))
        .collect();
    let mut room = Vec::new();
    for (out, member) in out.iter_mut().zip(members) {
        let _ = (member.id, member.instance_id, member.topics);
        let mut quota = quota;
        if extra > 0 {
            extra -= 1;
            quota += 1;
        }
        for p in member
            .previous
            .iter()
            .filter(|p| topics.iter().any(|(t, _)| *t == p.topic))
        {
            if out.len() < quota {
                out.push(*p);
            } else {
                free.push(*p);
            }
        }
        room.push(quota);
    }
    let mut free = free.into_iter();
    for (out, quota) in out.iter_mut().zip(room) {
        while out.len() < quota
            && let Some(p) = free.next()
        {
            out.push(p);
        }
        out.sort();
    }
    out
}
