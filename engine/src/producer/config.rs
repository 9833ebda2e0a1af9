//! A producer's settings, by Kafka's names and with Kafka's defaults (`ProducerConfig`).

use super::partitioner_class::PartitionerClass;
use crate::wire::{Acks, Micros};
use std::sync::Arc;

/// A producer's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProducerConfig {
    /// The topic that it writes to.
    pub topic: Arc<str>,
    /// `acks`.
    pub acks: Acks,
    /// `linger.ms` (5 since Kafka 4.0, KIP-1030).
    pub linger_us: Micros,
    /// `batch.size`, in bytes.
    pub batch_size: u32,
    /// `buffer.memory`, in bytes.
    pub buffer_memory: u64,
    /// `max.block.ms`.
    pub max_block_us: Micros,
    /// `max.request.size`, in bytes.
    pub max_request_size: u32,
    /// `max.in.flight.requests.per.connection`.
    pub max_in_flight: u32,
    /// `retries`.
    pub retries: u32,
    /// `retry.backoff.ms`, doubled at each try.
    pub retry_backoff_us: Micros,
    /// `retry.backoff.max.ms`.
    pub retry_backoff_max_us: Micros,
    /// `request.timeout.ms`.
    pub request_timeout_us: Micros,
    /// `delivery.timeout.ms`.
    pub delivery_timeout_us: Micros,
    /// `enable.idempotence`. Without effect unless `acks=all`, `retries` above 0 and at most five requests in flight
    /// ([`ProducerConfig::is_idempotent`]).
    pub enable_idempotence: bool,
    /// `reconnect.backoff.ms`, doubled at each failure, by a random fifth more or less.
    pub reconnect_backoff_us: Micros,
    /// `reconnect.backoff.max.ms`.
    pub reconnect_backoff_max_us: Micros,
    /// `metadata.max.age.ms`.
    pub metadata_max_age_us: Micros,
    /// `partitioner.adaptive.partitioning.enable`.
    pub adaptive_partitioning: bool,
    /// `partitioner.class`: of the producers in turn; never empty.
    pub partitioners: Vec<PartitionerClass>,
    /// `partitioner.ignore.keys`.
    pub partitioner_ignore_keys: bool,
    /// `partitioner.availability.timeout.ms`; 0 is never.
    pub partitioner_availability_timeout_us: Micros,
}

impl ProducerConfig {
    /// Kafka's defaults.
    #[must_use]
    pub fn new(topic: &str) -> Self {
        Self {
            topic: topic.into(),
            acks: Acks::All,
            linger_us: 5_000,
            batch_size: 16_384,
            buffer_memory: 33_554_432,
            max_block_us: 60_000_000,
            max_request_size: 1_048_576,
            max_in_flight: 5,
            retries: 2_147_483_647,
            retry_backoff_us: 100_000,
            retry_backoff_max_us: 1_000_000,
            request_timeout_us: 30_000_000,
            delivery_timeout_us: 120_000_000,
            enable_idempotence: true,
            reconnect_backoff_us: 50_000,
            reconnect_backoff_max_us: 1_000_000,
            metadata_max_age_us: 300_000_000,
            adaptive_partitioning: true,
            partitioners: vec![PartitionerClass::Default],
            partitioner_ignore_keys: false,
            partitioner_availability_timeout_us: 0,
        }
    }

    /// The class of that producer's partitioner; producers count from 1.
    #[must_use]
    pub fn partitioner_of(&self, producer: u8) -> PartitionerClass {
        let mut in_turn = self.partitioners.iter().cycle();
        let class = in_turn.nth(usize::from(producer.saturating_sub(1)));
        class.cloned().unwrap_or_default()
    }

    /// Whether batches are numbered. As in Kafka the default gives way when another setting forbids it
    /// (`ProducerConfig.maybeOverrideEnableIdempotence`).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.enable_idempotence && self.acks == Acks::All && self.retries > 0 && self.max_in_flight <= 5
    }
}
