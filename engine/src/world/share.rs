//! Share groups: their consumers, and how they look.

use super::start::bootstrap;
use super::{ProcessState, Setup, World};
use crate::consumer::{ConsumerConfig, ShareConsumer, ShareConsumerConfig};
use crate::node::Random;
use crate::share::{RecordState, SharePartition};
use crate::wire::{BrokerId, Micros, NodeId, Offset, PartitionId};
use std::sync::Arc;

/// A share group, as it can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShareGroupView {
    /// `group.id`.
    pub id: String,
    /// Who coordinates it.
    pub coordinator: Option<BrokerId>,
    /// Counts its changes; 0 before anybody has joined.
    pub epoch: u32,
    /// Its consumers, ascending.
    pub members: Vec<ShareMemberView>,
    /// What it has done with each partition of the topic that it has read, ascending.
    pub partitions: Vec<SharePartitionView>,
}

/// A share consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareMemberView {
    /// Which.
    pub node: NodeId,
    /// What its process does.
    pub process: ProcessState,
    /// The coordinator counts it as a member.
    pub is_member: bool,
    /// The partitions that it reads, together with others.
    pub partitions: Vec<u16>,
    /// Records that it has and has not processed.
    pub holds: u64,
    /// Works on a record at the moment.
    pub busy: bool,
    /// It has closed.
    pub closed: bool,
}

/// What a share group has done with a partition, as the leader has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharePartitionView {
    /// Which.
    pub partition: u16,
    /// All before it is acknowledged or archived.
    pub start: Offset,
    /// From there on nobody had anything.
    pub end: Offset,
    /// Records below the high watermark that are not finished.
    pub lag: u64,
    /// How many of those between are acquired.
    pub acquired: u32,
    /// How many of them may be had by anybody (again).
    pub available: u32,
    /// How many of them are finished: the window waits for one before them.
    pub finished: u32,
    /// The first of those between, at most [`SharePartitionView::SHOWN`].
    pub records: Vec<SharedRecordView>,
}

/// A record between start and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedRecordView {
    /// Its offset.
    pub offset: Offset,
    /// Its state.
    pub state: RecordState,
    /// How often it was delivered.
    pub delivery_count: u16,
    /// Who has it, or had it last.
    pub member: NodeId,
    /// When the lock runs out; `None` when nobody has it.
    pub locked_until_us: Option<Micros>,
}

impl SharePartitionView {
    /// How many records of the window are shown.
    pub const SHOWN: usize = 64;
}

/// The consumers of all share groups, group after group.
pub(super) fn consumers(setup: &Setup) -> Vec<(ShareConsumer, Random)> {
    let mut consumers = Vec::new();
    for (group, number) in setup.share_groups.iter().zip(0..) {
        let config = Arc::new(ShareConsumerConfig {
            consumer: ConsumerConfig {
                group: group.name.as_str().into(),
                ..setup.consumer.clone()
            },
            acknowledgement_mode: setup.acknowledgement_mode,
            group_number: number,
        });
        for _ in 0..group.consumers {
            let number = u8::try_from(consumers.len() + 1).unwrap_or(u8::MAX);
            let node = NodeId::ShareConsumer(number);
            let random = Random::named(setup.seed, &node.to_string());
            consumers.push((ShareConsumer::new(number, config.clone(), bootstrap(setup)), random));
        }
    }
    consumers
}

impl World {
    /// The share groups, in the order of `share.groups`.
    #[must_use]
    pub fn share_groups(&self) -> Vec<ShareGroupView> {
        let mut next = 0;
        let groups = self.setup.share_groups.iter().map(|group| {
            let first = next;
            next += usize::from(group.consumers);
            self.share_group(&group.name, first..next)
        });
        groups.collect()
    }

    fn share_group(&self, name: &str, consumers: std::ops::Range<usize>) -> ShareGroupView {
        let coordinator = self
            .nodes
            .brokers
            .iter()
            .map(|(broker, _)| broker)
            .find(|broker| self.is_there(broker.id().into()) && broker.coordinates_share_group(name));
        let group = coordinator.and_then(|broker| broker.share_group(name));
        let members = consumers.filter_map(|place| {
            let (consumer, _) = self.nodes.share_consumers.get(place)?;
            let node = NodeId::ShareConsumer(u8::try_from(place + 1).ok()?);
            let mut joined = group.into_iter().flat_map(|group| group.members());
            Some(ShareMemberView {
                node,
                process: self
                    .processes
                    .of(node)
                    .map_or(ProcessState::Stopped, |process| process.state),
                is_member: joined.any(|member| member.member.node == node),
                partitions: consumer.assignment().iter().map(|id| id.index).collect(),
                holds: consumer.holds(),
                busy: consumer.is_busy(),
                closed: consumer.is_closed(),
            })
        });
        ShareGroupView {
            id: name.to_owned(),
            coordinator: coordinator.map(|broker| broker.id()),
            epoch: group.map_or(0, |group| u32::try_from(group.epoch()).unwrap_or(0)),
            members: members.collect(),
            partitions: self.share_partitions(name),
        }
    }

    fn share_partitions(&self, group: &str) -> Vec<SharePartitionView> {
        let Some(topic) = self.topic_id() else {
            return Vec::new();
        };
        let count = self.image().topics.get(&topic).map_or(0, |topic| topic.partitions);
        let seen = (0..count).filter_map(|index| {
            let id = PartitionId { topic, index };
            let broker = self.broker(self.image().leader(id)?)?;
            let high_watermark = broker.replica(id)?.high_watermark;
            Some(partition_view(
                index,
                broker.share_partition(group, id)?,
                high_watermark,
            ))
        });
        seen.collect()
    }
}

fn partition_view(partition: u16, shared: &SharePartition, high_watermark: Offset) -> SharePartitionView {
    let mut view = SharePartitionView {
        partition,
        start: shared.start(),
        end: shared.end(),
        lag: 0,
        acquired: 0,
        available: 0,
        finished: 0,
        records: Vec::new(),
    };
    for (offset, record) in shared.records() {
        match record.state {
            RecordState::Acquired => view.acquired += 1,
            RecordState::Available => view.available += 1,
            RecordState::Acknowledged | RecordState::Archived => view.finished += 1,
        }
        if view.records.len() < SharePartitionView::SHOWN {
            view.records.push(SharedRecordView {
                offset,
                state: record.state,
                delivery_count: record.delivery_count,
                member: record.member.node,
                locked_until_us: (record.state == RecordState::Acquired).then_some(record.locked_until_us),
            });
        }
    }
    view.lag = high_watermark.saturating_sub(shared.start())
        - u64::from(view.finished).min(high_watermark.saturating_sub(shared.start()));
    view
}
