//! The ledger: what became of each record that an application sent.

use super::EventId;
use crate::log::KeyId;
use crate::wire::{Micros, NodeId, Offset};

/// A column of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerColumn {
    /// `send()` took them.
    Sent,
    /// The application was told that they are stored, as far as `acks` tells.
    Acknowledged,
    /// The application was told that they are not; they may be stored all the same.
    Refused,
    /// They were sent again.
    Retried,
    /// They are more than once in the leader's log.
    Duplicated,
    /// They were acknowledged, and are not in the log of the leader any more.
    Lost,
}

/// How many records stand in each column. Each record counts once in a column, and may stand in several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)] // Each is the column of that name.
pub struct LedgerFigures {
    pub sent: u64,
    pub acknowledged: u64,
    pub refused: u64,
    pub retried: u64,
    pub duplicated: u64,
    pub lost: u64,
}

/// One record of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerLine {
    /// Who sent it.
    pub producer: NodeId,
    /// To which partition of the topic.
    pub partition: u16,
    /// Its key.
    pub key: Option<KeyId>,
    /// What it is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// When `send()` was called.
    pub sent_us: Micros,
    /// Where it is in the leader's log, if it is there.
    pub offset: Option<Offset>,
    /// The event that put it into the column, as far as the trace still has it; 0 if not.
    pub event: EventId,
}
