//! What an application writes beside a record that it sends on after a failure.

use super::size::header_bytes;
use crate::wire::{Micros, Offset, PartitionId};

/// Why processing a record came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureWhy {
    /// The record is such that no attempt can succeed.
    Poison,
    /// Bad luck, which the next attempt need not have.
    Transient,
    /// The service that processing calls is down.
    Outage,
    /// It has not failed itself: an earlier record with its key has, and it stays behind that (`retry.keep.order`).
    Follows,
}

impl FailureWhy {
    /// As an exception's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FailureWhy::Poison => "PoisonRecord",
            FailureWhy::Transient => "TransientFailure",
            FailureWhy::Outage => "DownstreamUnavailable",
            FailureWhy::Follows => "FollowsItsKey",
        }
    }
}

/// The headers of one record. They lie beside the records of a batch, and only where an application has written them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RetryHeaders {
    /// How many attempts there were.
    pub attempt: u32,
    /// Where it was first.
    pub original_partition: PartitionId,
    /// At which offset.
    pub original_offset: Offset,
    /// When it was first sent.
    pub sent_us: Micros,
    /// Why the last attempt failed.
    pub error: FailureWhy,
    /// When the first one did.
    pub first_failed_us: Micros,
    /// Not to be tried again before this.
    pub due_us: Micros,
    /// How often it was sent back from the dead letters.
    pub redrives: u32,
    /// What all this takes in the record ([`RetryHeaders::sized`]).
    pub bytes: u32,
}

impl RetryHeaders {
    /// With its size in the record (message format v2): names and values as an application would write them, numbers in
    /// four or eight bytes.
    #[must_use]
    pub fn sized(mut self, original_topic: &str) -> Self {
        let text = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let header = |name: &str, bytes: u32| (text(name), Some(bytes));
        self.bytes = header_bytes(&[
            header("retry-attempt", 4),
            header("retry-original-topic", text(original_topic)),
            header("retry-original-partition", 4),
            header("retry-original-offset", 8),
            header("retry-original-timestamp", 8),
            header("retry-error", text(self.error.name())),
            header("retry-first-failed", 8),
            header("retry-due", 8),
            header("retry-redrives", 4),
        ]);
        self
    }
}
