//! Looking at a world: fills the [`View`].

mod clients;
mod columns;
mod groups;
mod rows;

use super::{RecordView, View, World};
use crate::broker::{Broker, Replica};
use crate::wire::{BrokerId, NodeId, Offset, PartitionId, TopicId};

impl World {
    /// What can be seen of this moment.
    #[must_use]
    pub fn view(&self) -> View {
        let mut view = View {
            now_us: self.now,
            ..View::default()
        };
        view.brokers = self.broker_views();
        view.controllers = self.controller_views();
        view.active_controller = self.active_controller();
        view.cuts = self.network.cuts().collect();
        view.producers = self.producer_views();
        view.consumers = self.consumer_views();
        view.groups = self.group_views();
        if let Some(main) = view.groups.first() {
            view.group = main.clone();
        }
        if let Some(topic) = self.topic_id() {
            view.partitions = self.partition_views(topic);
            view.replicas = self.replica_views(topic);
        }
        view
    }

    /// The topic that the scenario writes to, once it exists.
    #[must_use]
    pub fn topic_id(&self) -> Option<TopicId> {
        let index = self.topics.iter().position(|name| **name == *self.setup.topic.name)?;
        u16::try_from(index).ok().map(TopicId)
    }

    /// The record at that offset of the leader's log, if it is there.
    #[must_use]
    pub fn record_at(&self, partition: u16, offset: Offset) -> Option<RecordView> {
        let id = PartitionId {
            topic: self.topic_id()?,
            index: partition,
        };
        let replica = self.leader_replica(id)?;
        let entry = replica
            .log
            .entries_from(offset)
            .next()
            .filter(|entry| entry.base_offset <= offset)?;
        let place = usize::try_from(offset - entry.base_offset).ok()?;
        (place < entry.batch.records().len()).then(|| self.record_view(id, entry, place))
    }

    pub(super) fn broker(&self, id: BrokerId) -> Option<&Broker> {
        self.nodes
            .brokers
            .get(usize::from(id.0).checked_sub(1)?)
            .map(|(broker, _)| broker)
    }

    /// Whether a node is there and sees something: a process that stands still does.
    pub(crate) fn is_there(&self, node: NodeId) -> bool {
        self.processes.is_there(node)
    }

    /// The leader's replica, as the controller sees leadership.
    pub(super) fn leader_replica(&self, partition: PartitionId) -> Option<&Replica> {
        let leader = self.image().leader(partition)?;
        self.broker(leader)?.replica(partition)
    }
}
