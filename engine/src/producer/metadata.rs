//! What the producer knows of the cluster, and how it asks.

use super::Producer;
use crate::node::{Alarm, Ctx, Timer};
use crate::wire::{BrokerId, Channel, LeaderEpoch, MetadataImage, PartitionId, RequestBody, TopicId};
use std::sync::Arc;

/// The producer's view of the cluster: as old as its last Metadata response (`ProducerMetadata`).
#[derive(Debug, Clone)]
pub(super) struct ClientMetadata {
    bootstrap: Arc<[BrokerId]>,
    topic: Option<TopicId>,
    /// For each partition of the topic: who leads, in which epoch.
    leaders: Vec<Option<(BrokerId, LeaderEpoch)>>,
    /// The partitions that have a leader, ascending.
    available: Vec<u32>,
    pending: bool,
    alarm: Alarm,
}

impl ClientMetadata {
    pub(super) fn new(bootstrap: Arc<[BrokerId]>) -> Self {
        Self {
            bootstrap,
            topic: None,
            leaders: Vec::new(),
            available: Vec::new(),
            pending: false,
            alarm: Alarm::default(),
        }
    }

    /// How many partitions the topic has; 0 while that is unknown.
    pub(super) fn partitions(&self) -> u32 {
        u32::try_from(self.leaders.len()).unwrap_or(0)
    }

    /// The partitions that have a leader.
    pub(super) fn available(&self) -> &[u32] {
        &self.available
    }

    /// Who leads the partition.
    pub(super) fn leader(&self, partition: u32) -> Option<BrokerId> {
        self.leaders
            .get(partition as usize)
            .copied()
            .flatten()
            .map(|(leader, _)| leader)
    }

    /// The partition's name on the wire.
    pub(super) fn partition_id(&self, partition: u32) -> Option<PartitionId> {
        Some(PartitionId {
            topic: self.topic?,
            index: u16::try_from(partition).ok()?,
        })
    }

    fn update(&mut self, image: &MetadataImage, topic_name: &str) -> bool {
        let Some((topic, _)) = image.topic(topic_name) else {
            return false;
        };
        self.topic = Some(topic);
        self.leaders = image
            .partitions_of(topic)
            .map(|(_, p)| p.leader.map(|leader| (leader, p.leader_epoch)))
            .collect();
        let with_leader = self.leaders.iter().zip(0u32..).filter(|(leader, _)| leader.is_some());
        self.available = with_leader.map(|(_, index)| index).collect();
        self.available.len() == self.leaders.len()
    }
}

impl Producer {
    /// Asks the broker with the fewest requests in flight, any of those among equals (`NetworkClient.leastLoadedNode`).
    pub(super) fn request_metadata(&mut self, ctx: &mut Ctx) {
        if self.metadata.pending {
            return;
        }
        self.metadata.pending = true;
        let bootstrap = self.metadata.bootstrap.clone();
        let first = ctx.random().below(u32::try_from(bootstrap.len()).unwrap_or(u32::MAX)) as usize;
        let in_turn = (0..bootstrap.len()).map(|step| bootstrap[(first + step) % bootstrap.len()]);
        let Some(broker) = in_turn.min_by_key(|broker| self.sender.in_flight_to(*broker)) else {
            return;
        };
        ctx.request(broker.into(), Channel::Data, 0, RequestBody::Metadata);
    }

    /// Asks again after `retry.backoff.ms`: the topic was not there, or a leader has moved.
    pub(super) fn refresh_metadata(&mut self, ctx: &mut Ctx) {
        self.metadata
            .alarm
            .arm(ctx.now() + self.config.retry_backoff_us, Timer::Metadata, ctx);
    }

    pub(super) fn on_metadata_timer(&mut self, ctx: &mut Ctx) {
        if self.metadata.alarm.rang(ctx.now()) {
            self.request_metadata(ctx);
        }
    }

    pub(super) fn on_metadata(&mut self, image: &MetadataImage, ctx: &mut Ctx) {
        self.metadata.pending = false;
        let complete = self.metadata.update(image, &self.config.topic);
        if complete {
            self.metadata
                .alarm
                .arm(ctx.now() + self.config.metadata_max_age_us, Timer::Metadata, ctx);
        } else {
            self.refresh_metadata(ctx);
        }
        if self.metadata.partitions() > 0 {
            self.accumulator.resize(self.metadata.partitions());
            self.send_blocked(ctx);
            self.run_sender(ctx);
        }
    }
}
