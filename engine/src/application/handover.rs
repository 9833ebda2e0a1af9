//! What passes between a consumer and the producer in its own process, without a network.

use crate::log::{Record, RetryHeaders};
use crate::wire::{ErrorCode, Offset, PartitionId};

/// Where a relay sends a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// Back to the topic that it came from: a redrive.
    Main,
    /// To the retry topic of that number, from 1.
    Tier(u8),
    /// To the dead-letter topic.
    DeadLetters,
}

/// A record that the application sends on as it is: subject and sequence, which are its identity, stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayedRecord {
    /// The application's number for this `send()`.
    pub ticket: u32,
    /// Which topic.
    pub to: Destination,
    /// Which partition of it: that of the same number as the one that it was read from, as Spring Kafka's
    /// `DeadLetterPublishingRecoverer` has it, so that keys stay together.
    pub partition: u16,
    /// The record.
    pub record: Record,
    /// What the application writes beside it.
    pub headers: RetryHeaders,
}

/// What a consumer and its relay tell each other: a call of `send()`, and its callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handover {
    /// To the relay: send this.
    Send(Box<RelayedRecord>),
    /// From the relay: what became of it.
    Sent {
        /// Of which.
        ticket: u32,
        /// Where it is stored, or why it is not.
        stored: Result<(PartitionId, Offset), ErrorCode>,
    },
}
