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
    /// Not before that: at least `retry.backoff.ms` lies between two requests.
    not_before: Micros,
    alarm: Alarm,
    /// How many answers in a row told nothing new, or did not come: the next question waits longer (KIP-580,
    /// `Metadata.equivalentResponseCount`).
    in_vain: u32,
    /// When what is known is too old.
    expires_at: Micros,
    age_alarm: Alarm,
}

impl ClientMetadata {
    pub(super) fn new(bootstrap: Arc<[BrokerId]>) -> Self {
        Self {
            bootstrap,
            image: None,
            wanted: false,
            not_before: 0,
            alarm: Alarm::default(),
            in_vain: 0,
            expires_at: 0,
            age_alarm: Alarm::default(),
        }
    }

    /// Asks for metadata as soon as that may be.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    /// A request for it may go out now, or what is known has become too old (`metadata.max.age.ms`).
    pub(super) fn on_timer(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        self.alarm.rang(now);
        if self.age_alarm.rang(now) {
            if self.expires_at > now {
                self.age_alarm.arm(self.expires_at, Timer::Metadata, ctx);
            } else {
                self.in_vain = 0;
                self.want();
            }
        }
    }

    /// The answer does not come.
    pub(super) fn failed(&mut self) {
        self.in_vain = self.in_vain.saturating_add(1);
        self.want();
    }

    /// Takes what is newer. Who leads never goes back to an older epoch (KIP-320, `Metadata.updateLatestMetadata`): in
    /// KRaft all partitions of an image are as old as its offset, so a broker that lags behind is not believed at all.
    fn update(&mut self, image: Arc<MetadataImage>, topic: &str) {
        if self.image().is_some_and(|known| image.offset < known.offset) {
            self.in_vain = self.in_vain.saturating_add(1);
            return;
        }
        let known_epoch = |id| Some(self.image()?.partitions.get(&id)?.leader_epoch);
        let is_news = image.topic(topic).is_some_and(|(topic, _)| {
            let mut partitions = image.partitions_of(topic);
            partitions.any(|(id, state)| known_epoch(id) != Some(state.leader_epoch))
        });
        self.in_vain = if is_news { 0 } else { self.in_vain.saturating_add(1) };
        self.image = Some(image);
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

    /// A broker to ask what any broker knows: the least loaded one, from a random start. When none of those that were
    /// alive can be reached, whoever was known at the start (`metadata.recovery.strategy=rebootstrap`, KIP-1102).
    pub(super) fn any_broker(&self, requests: &Requests, ctx: &mut Ctx) -> Option<BrokerId> {
        let alive = self
            .image()
            .into_iter()
            .flat_map(|image| image.brokers.iter())
            .filter(|(_, state)| !state.fenced);
        let mut brokers: Vec<BrokerId> = alive.map(|(id, _)| *id).collect();
        if !brokers.iter().any(|broker| requests.can_send(*broker, ctx.now())) {
            brokers.clear();
            brokers.extend_from_slice(&self.bootstrap);
        }
        let count = u32::try_from(brokers.len()).unwrap_or(u32::MAX);
        brokers.rotate_left(ctx.random().below(count) as usize);
        requests.least_loaded(brokers.into_iter(), ctx.now())
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
        let backoff = self.config.retry_backoff();
        self.metadata.not_before = ctx.now() + backoff.after(self.metadata.in_vain, ctx.random());
        self.requests
            .send(broker, self.config.request_timeout_us, 0, RequestBody::Metadata, ctx);
    }

    pub(super) fn on_metadata(&mut self, image: Arc<MetadataImage>, ctx: &mut Ctx) {
        self.metadata.wanted = false;
        self.metadata.update(image, &self.config.topic);
        self.metadata.expires_at = ctx.now() + self.config.metadata_max_age_us;
        self.metadata
            .age_alarm
            .arm(self.metadata.expires_at, Timer::Metadata, ctx);
        if let Some(image) = self.metadata.image.as_deref() {
            self.fetcher.follow_leaders(image);
        }
        match self.metadata.topic(&self.config.topic) {
            Some((_, partitions)) => self.membership.notice_partitions(partitions, ctx.cause()),
            None => self.metadata.want(),
        }
    }
}
