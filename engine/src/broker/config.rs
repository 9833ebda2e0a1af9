//! A broker's settings, by Kafka's names and with Kafka's defaults (`ReplicationConfigs`, `ServerConfigs`).

use crate::coordinator::GroupCoordinatorConfig;
use crate::share::ShareConfig;
use crate::wire::Micros;

/// A broker's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerConfig {
    /// `min.insync.replicas`, where the topic has no other.
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
    /// `replica.lag.time.max.ms`.
    pub replica_lag_time_max_us: Micros,
    /// `replica.socket.timeout.ms`.
    pub replica_socket_timeout_us: Micros,
    /// `replica.high.watermark.checkpoint.interval.ms`.
    pub high_watermark_checkpoint_interval_us: Micros,
    /// `producer.id.expiration.ms`.
    pub producer_id_expiration_us: Micros,
    /// `broker.heartbeat.interval.ms`.
    pub heartbeat_interval_us: Micros,
    /// `broker.session.timeout.ms`, which also bounds how long a request to the controller may take.
    pub session_timeout_us: Micros,
    /// `controlled.shutdown.enable`.
    pub controlled_shutdown: bool,
    /// So many records a second can be appended on it, as leader or follower; 0 for as many as come. Not a setting of
    /// Kafka's: how good the machine is.
    pub records_per_s: u64,
    /// The same in bytes.
    pub bytes_per_s: u64,
    /// `producer_byte_rate` of every client-id: so many bytes a second may each producer send to this broker; 0 for none.
    pub producer_byte_rate: u64,
    /// `consumer_byte_rate` of every client-id: so many may each consumer fetch from it; 0 for none.
    pub consumer_byte_rate: u64,
    /// `quota.window.num`: how many samples a client's rate is measured over.
    pub quota_window_num: u32,
    /// `quota.window.size.seconds` of each.
    pub quota_window_size_s: u32,
    /// The group coordinator's settings.
    pub groups: GroupCoordinatorConfig,
    /// Share groups.
    pub sharing: ShareConfig,
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
            replica_lag_time_max_us: 30_000_000,
            replica_socket_timeout_us: 30_000_000,
            high_watermark_checkpoint_interval_us: 5_000_000,
            producer_id_expiration_us: 86_400_000_000,
            heartbeat_interval_us: 2_000_000,
            session_timeout_us: 9_000_000,
            controlled_shutdown: true,
            records_per_s: 0,
            bytes_per_s: 0,
            producer_byte_rate: 0,
            consumer_byte_rate: 0,
            quota_window_num: 11,
            quota_window_size_s: 1,
            groups: GroupCoordinatorConfig::default(),
            sharing: ShareConfig::default(),
        }
    }
}
