//! The group coordinator's settings, by Kafka's names and with Kafka's defaults (`GroupCoordinatorConfig`).

use crate::wire::{Micros, ServerAssignor};

/// The group coordinator's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCoordinatorConfig {
    /// `group.initial.rebalance.delay.ms`: how long an empty group waits for more members.
    pub initial_rebalance_delay_us: Micros,
    /// `group.min.session.timeout.ms`.
    pub min_session_timeout_us: Micros,
    /// `group.max.session.timeout.ms`.
    pub max_session_timeout_us: Micros,
    /// `group.max.size`: the most members of a group, and here the most ids handed out that wait to be used. Whoever
    /// comes on top of them is told `GROUP_MAX_SIZE_REACHED`.
    pub max_size: u32,
    /// `group.consumer.session.timeout.ms`: of the members of consumer groups; the broker's, not the client's, setting.
    pub consumer_session_timeout_us: Micros,
    /// `group.consumer.heartbeat.interval.ms`.
    pub consumer_heartbeat_interval_us: Micros,
    /// `group.consumer.assignment.interval.ms`: how long a target stands before the next one is computed.
    pub consumer_assignment_interval_us: Micros,
    /// The first of `group.consumer.assignors`: used where no member asks for another.
    pub consumer_assignor: ServerAssignor,
    /// `offsets.topic.num.partitions`.
    pub offsets_topic_partitions: u16,
    /// `offsets.topic.replication.factor`.
    pub offsets_topic_replication_factor: u8,
}

impl Default for GroupCoordinatorConfig {
    fn default() -> Self {
        Self {
            initial_rebalance_delay_us: 3_000_000,
            min_session_timeout_us: 6_000_000,
            max_session_timeout_us: 1_800_000_000,
            // Kafka has no limit by default.
            max_size: 1_000,
            consumer_session_timeout_us: 45_000_000,
            consumer_heartbeat_interval_us: 5_000_000,
            consumer_assignment_interval_us: 1_000_000,
            consumer_assignor: ServerAssignor::Uniform,
            offsets_topic_partitions: 50,
            offsets_topic_replication_factor: 3,
        }
    }
}
