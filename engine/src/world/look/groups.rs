//! The groups: their members, and how far each is with each partition.

use crate::broker::Replica;
use crate::coordinator::Group;
use crate::trace::GroupStateName;
use crate::wire::{Micros, Offset, PartitionId};
use crate::world::{GroupPartitionView, GroupView, MemberView, World};

impl World {
    pub(super) fn group_views(&self) -> Vec<GroupView> {
        self.group_names().iter().map(|name| self.group_view(name)).collect()
    }

    fn group_view(&self, name: &str) -> GroupView {
        let found = self.group_named(name);
        let group = found.map(|(_, group)| group);
        let history = self.group_key(name).and_then(|key| self.trace.groups().of(key));
        let mut view = GroupView {
            id: name.to_owned(),
            partitions: self.group_partitions(name, group),
            rebalances: history.map_or(0, |history| history.rebalanced),
            processed: history.map_or(0, |history| history.processed),
            ..GroupView::default()
        };
        if let Some((broker, group)) = found {
            view.state = group.state().name();
            view.generation = group.generation();
            view.coordinator = Some(broker.id());
            view.protocol = if group.is_modern() { "consumer" } else { "classic" };
            view.member_list = self.members(group);
            view.members = u32::try_from(view.member_list.len()).unwrap_or(u32::MAX);
        } else if history.is_some_and(|history| history.is_dead) {
            // What DescribeGroups says of a group that is not there.
            view.state = GroupStateName::Dead.name();
        }
        view
    }

    fn members(&self, group: &Group) -> Vec<MemberView> {
        let topic = self.topic_id();
        let members = group.members().map(|(node, id, partitions)| MemberView {
            consumer: node.number(),
            id: id.clone(),
            instance_id: group.instance_of(id),
            assigned: partitions
                .iter()
                .filter(|partition| Some(partition.topic) == topic)
                .map(|partition| partition.index)
                .collect(),
        });
        members.collect()
    }

    fn group_partitions(&self, name: &str, group: Option<&Group>) -> Vec<GroupPartitionView> {
        let history = self.group_key(name).and_then(|key| self.trace.groups().of(key));
        let of_topic = self.topic_partitions().map(|(id, _)| {
            let is_led = self
                .image()
                .leader(id)
                .is_some_and(|broker| self.is_there(broker.into()));
            let leader = self.leader_replica(id).filter(|_| is_led);
            let end = leader.map(|replica| replica.high_watermark);
            let committed = self.committed_by(name, group, id);
            let lag = end.unwrap_or(0).saturating_sub(committed.unwrap_or(0));
            GroupPartitionView {
                partition: id.index,
                committed,
                end,
                lag,
                lag_us: leader
                    .filter(|_| lag > 0)
                    .map_or(0, |replica| self.age_of(replica, committed.unwrap_or(0))),
                owner: self.owner(name, id),
                unowned_us: history.map_or(0, |history| history.unowned_us(id, self.now)),
            }
        });
        of_topic.collect()
    }

    /// The group's committed offset: its coordinator's word, or, while it has none, the last that one of its consumers has
    /// heard.
    pub(super) fn committed_by(&self, name: &str, group: Option<&Group>, id: PartitionId) -> Option<Offset> {
        if let Some(group) = group {
            return group.committed(id);
        }
        let owned = self.consumers_of(name).filter_map(|(_, consumer)| {
            let mut owned = consumer.owned();
            owned.find(|owned| owned.partition == id)?.committed
        });
        owned.max()
    }

    /// Who owns the partition, as the consumers of the group see it: the one of the highest generation, where one does not
    /// know yet that it has lost it.
    fn owner(&self, group: &str, partition: PartitionId) -> Option<u8> {
        let owners = self.consumers_of(group).filter(|(_, consumer)| {
            let mut owned = consumer.owned();
            owned.any(|owned| owned.partition == partition)
        });
        let latest = owners.max_by_key(|(_, consumer)| consumer.generation());
        latest.map(|(number, _)| number)
    }

    /// How old the record at that offset is.
    fn age_of(&self, replica: &Replica, offset: Offset) -> Micros {
        let Some(entry) = replica.log.entries_from(offset).next() else {
            return 0;
        };
        let place = usize::try_from(offset.saturating_sub(entry.base_offset)).unwrap_or(usize::MAX);
        let delta_us = entry
            .batch
            .records()
            .get(place)
            .map_or(0, |record| record.timestamp_delta_us);
        self.now
            .saturating_sub(entry.batch.base_timestamp_us + u64::from(delta_us))
    }
}
