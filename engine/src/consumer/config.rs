//! A consumer's settings, by Kafka's names and with Kafka's defaults (`ConsumerConfig`).

use super::backoff::Backoff;
use super::{Protocol, Role};
use crate::application::ApplicationConfig;
use crate::assignor::Strategy;
use crate::wire::{GroupId, InstanceId, Micros, OffsetSpec, ServerAssignor};
use std::sync::Arc;

/// A consumer's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerConfig {
    /// `group.id`.
    pub group: GroupId,
    /// The topic that it subscribes to.
    pub topic: Arc<str>,
    /// `group.protocol`.
    pub protocol: Protocol,
    /// `group.remote.assignor`, of the consumer group protocol; `None` leaves it to the broker.
    pub remote_assignor: Option<ServerAssignor>,
    /// `partition.assignment.strategy`: the assignors that it knows, the one that it likes best first; at least one.
    pub strategies: Vec<Strategy>,
    /// The beginning of each consumer's `group.instance.id` (KIP-345): consumer 1 of `worker` is `worker-1`. Empty for
    /// dynamic members.
    pub instance_id: Arc<str>,
    /// `session.timeout.ms`.
    pub session_timeout_us: Micros,
    /// `heartbeat.interval.ms`.
    pub heartbeat_interval_us: Micros,
    /// `max.poll.interval.ms`.
    pub max_poll_interval_us: Micros,
    /// `max.poll.records`.
    pub max_poll_records: u32,
    /// `auto.offset.reset`; `None` is none.
    pub auto_offset_reset: Option<OffsetSpec>,
    /// `fetch.min.bytes`.
    pub fetch_min_bytes: u32,
    /// `fetch.max.wait.ms`.
    pub fetch_max_wait_us: Micros,
    /// `fetch.max.bytes`.
    pub fetch_max_bytes: u32,
    /// `max.partition.fetch.bytes`.
    pub max_partition_fetch_bytes: u32,
    /// `request.timeout.ms`.
    pub request_timeout_us: Micros,
    /// `retry.backoff.ms`, doubled at each failure, by a random fifth more or less (KIP-580).
    pub retry_backoff_us: Micros,
    /// `retry.backoff.max.ms`.
    pub retry_backoff_max_us: Micros,
    /// `reconnect.backoff.ms`, doubled at each failure, by a random fifth more or less.
    pub reconnect_backoff_us: Micros,
    /// `reconnect.backoff.max.ms`.
    pub reconnect_backoff_max_us: Micros,
    /// `metadata.max.age.ms`.
    pub metadata_max_age_us: Micros,
    /// How long the application works on each record. Not a setting of Kafka's: the application's own speed.
    pub processing_us: Micros,
    /// Which part of the application it belongs to.
    pub role: Role,
    /// The application's own settings.
    pub application: ApplicationConfig,
    /// Whose effects its application's are: that of the main group, with its retry consumers, is 0.
    pub account: u8,
    /// The topic that the application is about: what it reads, or what its retry topics belong to.
    pub main_topic: Arc<str>,
}

impl ConsumerConfig {
    pub(super) fn retry_backoff(&self) -> Backoff {
        Backoff {
            initial_us: self.retry_backoff_us,
            max_us: self.retry_backoff_max_us,
        }
    }

    pub(super) fn reconnect_backoff(&self) -> Backoff {
        Backoff {
            initial_us: self.reconnect_backoff_us,
            max_us: self.reconnect_backoff_max_us,
        }
    }

    /// Whether members keep their partitions while they join. Kafka takes the best protocol that *all* listed assignors
    /// know, so one that does not know it makes all of it eager (`ConsumerCoordinator`'s constructor).
    pub(super) fn is_cooperative(&self) -> bool {
        self.strategies.iter().all(|strategy| strategy.is_cooperative())
    }

    /// The `group.instance.id` of the consumer of that number.
    pub(super) fn instance_of(&self, number: u8) -> Option<InstanceId> {
        (!self.instance_id.is_empty()).then(|| format!("{}-{number}", self.instance_id).into())
    }

    /// Kafka's defaults, but for `auto.offset.reset`: a group that starts late would otherwise miss the first records.
    #[must_use]
    pub fn new(group: &str, topic: &str) -> Self {
        Self {
            group: group.into(),
            topic: topic.into(),
            protocol: Protocol::Classic,
            remote_assignor: None,
            strategies: vec![Strategy::Range, Strategy::CooperativeSticky],
            instance_id: "".into(),
            session_timeout_us: 45_000_000,
            heartbeat_interval_us: 3_000_000,
            max_poll_interval_us: 300_000_000,
            max_poll_records: 500,
            auto_offset_reset: Some(OffsetSpec::Earliest),
            fetch_min_bytes: 1,
            fetch_max_wait_us: 500_000,
            fetch_max_bytes: 52_428_800,
            max_partition_fetch_bytes: 1_048_576,
            request_timeout_us: 30_000_000,
            retry_backoff_us: 100_000,
            retry_backoff_max_us: 1_000_000,
            reconnect_backoff_us: 50_000,
            reconnect_backoff_max_us: 1_000_000,
            metadata_max_age_us: 300_000_000,
            processing_us: 0,
            role: Role::Main,
            application: ApplicationConfig::default(),
            account: 0,
            main_topic: topic.into(),
        }
    }
}
