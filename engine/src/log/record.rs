//! One record.

use super::{KeyId, ValueId};

/// A record as a batch holds it: 24 bytes, whatever the size of the value that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The key that chose the partition; `None` for a record without one.
    pub key: Option<KeyId>,
    /// What the record is about, keyed or not: by it a reader notices that order was lost.
    pub subject: KeyId,
    /// The how manyeth record about its subject this is, over all producers, from 1.
    pub sequence: u32,
    /// The value's text, where a scenario or a person gave one.
    pub value: Option<ValueId>,
    /// The value's size.
    pub value_bytes: u32,
    /// When `send()` was called, after the batch's base timestamp.
    pub timestamp_delta_us: u32,
}
