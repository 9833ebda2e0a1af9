//! The way to the assignors.

use crate::assignor::{MemberSubscription, server_range, server_uniform};
use crate::short_sort::sort_short_by_key;
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

/// What each of the members should have, ascending. `topics` are those that somebody subscribes to, with their partitions.
pub(super) fn assign(
    assignor: ServerAssignor,
    members: &[MemberSpec],
    topics: &[(TopicId, u16)],
) -> Vec<Vec<PartitionId>> {
    let counted = |partition: &PartitionId| (partition.topic, u32::from(partition.index));
    let topics: Vec<(TopicId, u32)> = topics
        .iter()
        .map(|(topic, count)| (*topic, u32::from(*count)))
        .collect();
    let owned: Vec<Vec<(TopicId, u32)>> = members
        .iter()
        .map(|member| member.previous.iter().map(counted).collect())
        .collect();
    let members: Vec<MemberSubscription<TopicId>> = members
        .iter()
        .zip(&owned)
        .map(|(member, owned)| MemberSubscription {
            member_id: member.id,
            instance_id: member.instance_id,
            topics: member.topics,
            owned,
            generation: None,
        })
        .collect();
    let shares = match assignor {
        ServerAssignor::Uniform => server_uniform::assign(&topics, &members),
        ServerAssignor::Range => server_range::assign(&topics, &members),
    };
    let partition = |(topic, index): (TopicId, u32)| PartitionId {
        topic,
        index: u16::try_from(index).unwrap_or(u16::MAX),
    };
    let ascending = |share: Vec<(TopicId, u32)>| {
        let mut share: Vec<PartitionId> = share.into_iter().map(partition).collect();
        sort_short_by_key(&mut share, |partition| *partition);
        share
    };
    shares.into_iter().map(ascending).collect()
}
