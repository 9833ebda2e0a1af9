//! Whether all that was sent on, shared, or put into the work queue has come to its end.

use crate::consumer::{Consumer, Role};
use crate::wire::{NodeId, Offset, OffsetSpec, PartitionId, TopicId};
use crate::world::World;

/// What of it has not, once nothing fails any more: retry topics and dead letters that somebody has to read, records of share
/// groups, and messages of the work queue.
pub(super) fn unretried(world: &World, reads_count: bool) -> Option<String> {
    world
        .group_names()
        .iter()
        .find_map(|group| unread_beside(world, group, reads_count))
        .or_else(|| unshared(world))
        .or_else(|| unworked(world))
}

/// Of a group that reads a retry topic or the dead letters. Whoever has ended by itself does not come back.
fn unread_beside(world: &World, group: &str, reads_count: bool) -> Option<String> {
    let beside = |(_, consumer): &(u8, &Consumer)| consumer.role() != Role::Main;
    let all: Vec<(u8, &Consumer)> = world.consumers_of(group).filter(beside).collect();
    let there: Vec<&(u8, &Consumer)> = all
        .iter()
        .filter(|(number, _)| world.is_there(NodeId::Consumer(*number)))
        .collect();
    let (_, first) = there.first()?;
    let (topic, partitions) = partitions_of(world, &first.config().topic)?;
    for index in 0..partitions {
        let id = PartitionId { topic, index };
        let end = end_of(world, id);
        let mut owners = there
            .iter()
            .flat_map(|(_, consumer)| consumer.owned())
            .filter(|owned| owned.partition == id);
        let (Some(owned), None) = (owners.next(), owners.next()) else {
            return Some(format!("not one consumer of {group} has partition {index}"));
        };
        let committed = world.group_named(group).and_then(|(_, group)| group.committed(id));
        let counts = first.role() != Role::DeadLetter && !reads_count;
        if owned.processed < end || counts && committed.unwrap_or(0) < end {
            return Some(format!(
                "{group} has processed up to {} of {end} in partition {index}, and committed {committed:?}",
                owned.processed
            ));
        }
    }
    let letters: usize = there.iter().map(|(_, consumer)| consumer.dead_letters().len()).sum();
    (letters > 0).then(|| format!("{group} has {letters} dead letters in hand"))
}

fn partitions_of(world: &World, topic: &str) -> Option<(TopicId, u16)> {
    let (id, state) = world.authoritative_image().topic(topic)?;
    Some((id, state.partitions))
}

fn end_of(world: &World, id: PartitionId) -> Offset {
    let leader = world.authoritative_image().leader(id);
    let replica = leader.and_then(|leader| world.broker_of(leader)?.replica(id));
    replica.map_or(0, |replica| replica.high_watermark)
}

fn unshared(world: &World) -> Option<String> {
    let from_start = world.setup().broker.sharing.auto_offset_reset == OffsetSpec::Earliest;
    for group in world.share_groups() {
        if group.members.iter().all(|member| member.closed) {
            continue;
        }
        if let Some(behind) = group.partitions.iter().find(|partition| partition.lag > 0) {
            return Some(format!(
                "{} records of partition {} are not done in the share group {}: {} with members, {} that anybody may have",
                behind.lag, behind.partition, group.id, behind.acquired, behind.available
            ));
        }
        let (topic, partitions) = partitions_of(world, &world.setup().topic.name)?;
        let is_read = |index| group.partitions.iter().any(|partition| partition.partition == index);
        let has_some = |index: &u16| end_of(world, PartitionId { topic, index: *index }) > 0;
        let unread = (0..partitions).filter(has_some).find(|index| !is_read(*index));
        if let Some(index) = unread.filter(|_| from_start) {
            return Some(format!("the share group {} has never read partition {index}", group.id));
        }
    }
    None
}

fn unworked(world: &World) -> Option<String> {
    let queue = world.work_queue()?;
    (queue.ready + queue.in_flight > 0).then(|| {
        format!(
            "{} messages wait in the work queue, and {} are with workers",
            queue.ready, queue.in_flight
        )
    })
}
