//! What is set of share groups.

use crate::wire::{Micros, OffsetSpec};

/// What is set of share groups, on the broker's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareConfig {
    /// `group.share.record.lock.duration.ms`: how long a member has an acquired record.
    pub record_lock_duration_us: Micros,
    /// `group.share.delivery.count.limit`: a record that was delivered so often is not tried again.
    pub delivery_count_limit: u16,
    /// `group.share.partition.max.record.locks`: so many records of a partition are under way for a group at most.
    pub max_record_locks: u32,
    /// `share.auto.offset.reset`: where a group begins that has never read a partition.
    pub auto_offset_reset: OffsetSpec,
    /// `group.share.session.timeout.ms`.
    pub session_timeout_us: Micros,
    /// `group.share.heartbeat.interval.ms`.
    pub heartbeat_interval_us: Micros,
}

impl Default for ShareConfig {
    fn default() -> Self {
        Self {
            record_lock_duration_us: 30_000_000,
            delivery_count_limit: 5,
            max_record_locks: 2_000,
            auto_offset_reset: OffsetSpec::Latest,
            session_timeout_us: 45_000_000,
            heartbeat_interval_us: 5_000_000,
        }
    }
}

/// `share.acknowledgement.mode`: who says that a record is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AcknowledgementMode {
    /// The next `poll()` accepts all that the last one returned.
    #[default]
    Implicit,
    /// The application, for each record.
    Explicit,
}

/// A share group to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareGroupSetup {
    /// `group.id`.
    pub name: String,
    /// How many share consumers it has.
    pub consumers: u8,
}
