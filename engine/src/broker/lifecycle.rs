//! How a broker starts, stops and dies, as far as its replicas are concerned.

use super::share::Sharing;
use super::{Broker, Connections, Fetcher, Proposals, Purgatory, Quotas};
use crate::broker::producer_ids::ProducerIds;
use crate::coordinator::GroupCoordinator;
use crate::node::{Alarm, Ctx, Timer};
use crate::short_map::ShortMap;
use std::sync::Arc;

impl Broker {
    /// What its logs know of idempotent producers: a process that starts reads it from its disk.
    pub(super) fn load_producers(&mut self, ctx: &Ctx) {
        let expiration_us = self.config.producer_id_expiration_us;
        for replica in self.replicas.values_mut() {
            replica
                .log
                .reload_producers(self.stopped_in_order, ctx.now(), expiration_us);
        }
    }

    /// The tasks that a broker does again and again (`ReplicaManager.startup`).
    pub(super) fn start_tasks(&mut self, ctx: &mut Ctx) {
        self.arm_isr_check(ctx);
        self.arm_checkpoint(ctx);
    }

    fn arm_checkpoint(&mut self, ctx: &mut Ctx) {
        let at = ctx.now() + self.config.high_watermark_checkpoint_interval_us;
        self.checkpoint.arm(at, Timer::HighWatermarkCheckpoint, ctx);
    }

    pub(super) fn on_checkpoint_timer(&mut self, ctx: &mut Ctx) {
        if self.checkpoint.rang(ctx.now()) {
            self.checkpoint_high_watermarks();
            self.arm_checkpoint(ctx);
        }
    }

    fn checkpoint_high_watermarks(&mut self) {
        for replica in self.replicas.values_mut() {
            replica.checkpoint();
        }
    }

    /// The controller has moved its leaderships away: writes down what has to be known at the next start, and ends
    /// (`BrokerServer.shutdown`, `ReplicaManager.shutdown`).
    pub(super) fn on_may_stop(&mut self, ctx: &mut Ctx) {
        self.checkpoint_high_watermarks();
        ctx.exit();
    }

    /// The process was killed, or has ended, `clean` when it was allowed to: what is left is what is on its disk. Its next
    /// input is [`crate::node::Input::Start`].
    ///
    /// The logs are complete, for a process that is killed takes nothing from the page cache with it; the high watermarks
    /// are those of the last checkpoint.
    pub fn killed(&mut self, clean: bool) {
        for replica in self.replicas.values_mut() {
            *replica = replica.restarted();
        }
        self.image = Arc::default();
        self.connections = Connections::default();
        self.purgatory = Purgatory::default();
        self.fetchers = ShortMap::<_, Fetcher>::new();
        self.proposals = Proposals::default();
        self.producer_ids = ProducerIds::default();
        self.disk = self.disk.restarted();
        self.quotas = Quotas::default();
        self.throttle_alarm = Alarm::default();
        self.controller = self.controller.restarted(clean);
        self.coordinator = GroupCoordinator::new(self.config.groups.clone());
        self.sharing = Sharing::default();
        self.appended.clear();
        self.isr_check = Alarm::default();
        self.checkpoint = Alarm::default();
        self.has_caught_up = false;
        self.lives += 1;
        self.stopped_in_order = clean;
    }

    /// All that was in its log directories is gone. The metadata log has a disk of its own (`metadata.log.dir`).
    pub fn lose_disk(&mut self) {
        self.replicas.clear();
        self.controller.lose_disk();
    }

    /// Whether it answers requests. A process that has just started opens its port when it has caught up with the metadata
    /// (`SocketServer.enableRequestProcessing`). At the very beginning there is nothing to catch up with.
    pub(super) fn is_open(&self) -> bool {
        self.has_caught_up || self.lives == 0
    }
}
