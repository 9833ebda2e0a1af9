//! What the consumer knows of the cluster, and how it learns it (`ConsumerMetadata`, `NetworkClient.leastLoadedNode`).

use super::Consumer;
use super::requests::Requests;
use crate::node::{Alarm, Ctx, Timer};
use crate::wire::{Api, BrokerId, MetadataImage, Micros, RequestBody, TopicId};
use std::sync::Arc;

/// What a client knows of the cluster.
#[derive(Debug, Clone)]
pub(super) struct ClientMetadata {
    bootstrap: Arc<[BrokerId]>,
    image: Option<Arc<MetadataImage>>,
    /// Ask (again).
    wanted: bool,
    /// Not before that: `retry.backoff.ms` lies between two requests.
    not_before: Micros,
    alarm: Alarm,
}

impl ClientMetadata {
    pub(super) fn new(bootstrap: Arc<[BrokerId]>) -> Self {
        Self {
            bootstrap,
            image: None,
            wanted: false,
            not_before: 0,
            alarm: Alarm::default(),
        }
    }

    /// Asks for metadata as soon as that may be.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    pub(super) fn on_timer(&mut self, now: Micros) {
        self.alarm.rang(now);
    }

    pub(super) fn image(&self) -> Option<&MetadataImage> {
        self.image.as_deref()
    }

    pub(super) fn knows(&self, topic: &str) -> bool {
        self.topic(topic).is_some()
    }

    /// The topic's id and number of partitions. A topic without partitions is about to be created.
    pub(super) fn topic(&self, name: &str) -> Option<(TopicId, u16)> {
        let (id, state) = self.image()?.topic(name)?;
        (state.partitions > 0).then_some((id, state.partitions))
    }

    /// A broker to ask what any broker knows: the least loaded one, from a random start.
    pub(super) fn any_broker(&self, requests: &Requests, ctx: &mut Ctx) -> Option<BrokerId> {
        let alive = self
            .image()
            .into_iter()
            .flat_map(|image| &image.brokers)
            .filter(|(_, state)| !state.fenced);
        let mut brokers: Vec<BrokerId> = alive.map(|(id, _)| *id).collect();
        if brokers.is_empty() {
            brokers.extend_from_slice(&self.bootstrap);
        }
        let count = u32::try_from(brokers.len()).unwrap_or(u32::MAX);
        brokers.rotate_left(ctx.random().below(count) as usize);
        brokers.into_iter().min_by_key(|broker| requests.load(*broker))
    }
}

impl Consumer {
    /// Asks for metadata if that is wanted and may be.
    pub(super) fn refresh_metadata(&mut self, ctx: &mut Ctx) {
        if !self.metadata.wanted || self.requests.is_waiting(Api::Metadata) {
            return;
        }
        if ctx.now() < self.metadata.not_before {
            self.metadata.alarm.arm(self.metadata.not_before, Timer::Metadata, ctx);
            return;
        }
        let Some(broker) = self.metadata.any_broker(&self.requests, ctx) else {
            return;
        };
        self.metadata.not_before = ctx.now() + self.config.retry_backoff_us;
        self.requests
            .send(broker, self.config.request_timeout_us, 0, RequestBody::Metadata, ctx);
    }

    pub(super) fn on_metadata(&mut self, image: Arc<MetadataImage>) {
        // A broker that lags behind knows less than we do already.
        if self.metadata.image().is_none_or(|known| known.offset <= image.offset) {
            self.fetcher.follow_leaders(&image);
            self.metadata.image = Some(image);
        }
        let topic = self.metadata.topic(&self.config.topic);
        self.metadata.wanted = topic.is_none();
        if let Some((_, partitions)) = topic {
            self.membership.notice_partitions(partitions);
        }
    }
}
