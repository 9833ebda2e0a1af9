//! A broker's settings, by Kafka's names and with Kafka's defaults (`ReplicationConfigs`, `ServerConfigs`).

use crate::coordinator::GroupCoordinatorConfig;
use crate::wire::Micros;

/// A broker's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerConfig {
    /// `min.insync.replicas`.
    pub min_insync_replicas: u8,
    /// `message.max.bytes`: the largest batch that is taken.
    pub message_max_bytes: u32,
    /// `replica.fetch.wait.max.ms`.
    pub replica_fetch_wait_max_us: Micros,
    /// `replica.fetch.min.bytes`.
    pub replica_fetch_min_bytes: u32,
    /// `replica.fetch.max.bytes`, for each partition.
    pub replica_fetch_max_bytes: u32,
    /// `replica.fetch.response.max.bytes`.
    pub replica_fetch_response_max_bytes: u32,
    /// `replica.fetch.backoff.ms`.
    pub replica_fetch_backoff_us: Micros,
    /// `broker.heartbeat.interval.ms`.
    pub heartbeat_interval_us: Micros,
    /// The group coordinator's settings.
    pub groups: GroupCoordinatorConfig,
}

impl Default for BrokerConfig {
    fn default() -> Self {
        Self {
            min_insync_replicas: 1,
            message_max_bytes: 1_048_588,
            replica_fetch_wait_max_us: 500_000,
            replica_fetch_min_bytes: 1,
            replica_fetch_max_bytes: 1_048_576,
            replica_fetch_response_max_bytes: 10_485_760,
            replica_fetch_backoff_us: 1_000_000,
            heartbeat_interval_us: 2_000_000,
            groups: GroupCoordinatorConfig::default(),
        }
    }
}
