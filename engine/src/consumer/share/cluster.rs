//! What a share consumer knows of the cluster, and how it learns it.

use super::super::requests::Requests;
use super::ShareConsumer;
use crate::node::{Alarm, Ctx, Timer};
use crate::wire::{Api, BrokerId, MetadataImage, Micros, PartitionId, RequestBody, TopicId};
use std::sync::Arc;

/// What a client knows of the cluster.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    bootstrap: Arc<[BrokerId]>,
    image: Option<Arc<MetadataImage>>,
    wanted: bool,
    /// Not before that.
    not_before: Micros,
    alarm: Alarm,
    in_vain: u32,
}

impl Cluster {
    pub(super) fn new(bootstrap: Arc<[BrokerId]>) -> Self {
        Self {
            bootstrap,
            image: None,
            wanted: false,
            not_before: 0,
            alarm: Alarm::default(),
            in_vain: 0,
        }
    }

    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    pub(super) fn on_timer(&mut self, ctx: &mut Ctx) {
        self.alarm.rang(ctx.now());
    }

    /// Takes what is not older than what is known.
    pub(super) fn update(&mut self, image: Arc<MetadataImage>) {
        let is_older = self.image().is_some_and(|known| image.offset <= known.offset);
        self.in_vain = if is_older { self.in_vain.saturating_add(1) } else { 0 };
        self.wanted = false;
        if !is_older {
            self.image = Some(image);
        }
    }

    pub(super) fn image(&self) -> Option<&MetadataImage> {
        self.image.as_deref()
    }

    pub(super) fn topic(&self, name: &str) -> Option<TopicId> {
        let (id, state) = self.image()?.topic(name)?;
        (state.partitions > 0).then_some(id)
    }

    /// As `ClientMetadata` chooses: the least loaded, from a random start.
    pub(super) fn any_broker(&self, requests: &Requests, ctx: &mut Ctx) -> Option<BrokerId> {
        let image = self.image();
        let alive = image.into_iter().flat_map(|image| image.brokers.iter());
        let mut brokers: Vec<BrokerId> = alive.filter(|(_, state)| !state.fenced).map(|(id, _)| *id).collect();
        if !brokers.iter().any(|broker| requests.can_send(*broker, ctx.now())) {
            brokers.clear();
            brokers.extend_from_slice(&self.bootstrap);
        }
        let count = u32::try_from(brokers.len()).unwrap_or(u32::MAX);
        brokers.rotate_left(ctx.random().below(count) as usize);
        requests.least_loaded(brokers.into_iter(), ctx.now())
    }
}

impl ShareConsumer {
    /// Somebody is asked again who leads, as long as nobody is known to lead a partition that it reads
    /// (`ShareConsumeRequestManager.poll`: `metadata.requestUpdate`).
    pub(super) fn look_for_leaders(&mut self, ctx: &mut Ctx) {
        let Some(image) = self.cluster.image() else { return };
        let is_leaderless = |partition: &PartitionId| image.leader(*partition).is_none();
        if !self.cluster.wanted && self.assignment().iter().any(is_leaderless) {
            self.cluster.want();
            self.refresh_metadata(ctx);
        }
    }

    /// Asks for metadata if that is wanted and may be.
    pub(super) fn refresh_metadata(&mut self, ctx: &mut Ctx) {
        let config = &self.config.consumer;
        let cluster = &mut self.cluster;
        cluster.wanted |= cluster.topic(&config.topic).is_none();
        if !cluster.wanted || self.requests.is_waiting(Api::Metadata) {
            return;
        }
        if ctx.now() < cluster.not_before {
            cluster.alarm.arm(cluster.not_before, Timer::Metadata, ctx);
            return;
        }
        let Some(broker) = cluster.any_broker(&self.requests, ctx) else {
            return;
        };
        cluster.not_before = ctx.now() + config.retry_backoff().after(cluster.in_vain, ctx.random());
        self.requests
            .send(broker, config.request_timeout_us, 0, RequestBody::Metadata, ctx);
    }
}
