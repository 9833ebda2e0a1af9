//! What is set of the work queue.

use crate::wire::Micros;

/// What is set of the work queue and its workers. They process as the consumers do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkQueueConfig {
    /// `queue.workers`: 0 for no queue.
    pub workers: u8,
    /// `queue.visibility.timeout.ms`: so long a message that was delivered is seen by nobody else.
    pub visibility_timeout_us: Micros,
    /// `queue.max.receives`: a message that came back after so many deliveries goes to the dead letters; 0 for never.
    pub max_receives: u32,
}

impl WorkQueueConfig {
    /// The most workers.
    pub const MAX_WORKERS: u8 = 12;
}

impl Default for WorkQueueConfig {
    fn default() -> Self {
        Self {
            workers: 0,
            visibility_timeout_us: 30_000_000,
            max_receives: 0,
        }
    }
}
