//! What crosses the network to and from the plain work queue. This is no protocol of Kafka's, and of no other product.

use super::Micros;
use crate::log::KeyId;

/// A record as the work queue carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkItem {
    /// What it is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// When the application sent it.
    pub sent_us: Micros,
    /// Its value's size.
    pub value_bytes: u32,
}

/// Names one delivery of one message: who acknowledges names it.
pub type Receipt = u64;

/// What is said to the queue, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkMessage {
    /// Producer: keep this.
    Put(WorkItem),
    /// Worker: one message, please, now or when there is one.
    Receive {
        /// Counts the worker's lives: what comes for an earlier one is void.
        life: u32,
    },
    /// Queue: here it is. Nobody else sees it until its visibility timeout is over.
    Delivered {
        /// The life that asked.
        life: u32,
        /// This delivery.
        receipt: Receipt,
        /// The how manyeth of this message.
        receives: u32,
        /// The record.
        item: WorkItem,
    },
    /// Worker: it is done, and can be deleted.
    Acknowledge {
        /// Of this delivery.
        receipt: Receipt,
        /// The how manyeth it was of this message.
        receives: u32,
        /// The record.
        item: WorkItem,
    },
}

impl WorkMessage {
    /// Bytes on the wire, without the frame.
    pub(super) fn wire_bytes(&self) -> u32 {
        match self {
            WorkMessage::Put(item) | WorkMessage::Delivered { item, .. } => 40 + item.value_bytes,
            WorkMessage::Receive { .. } | WorkMessage::Acknowledge { .. } => 20,
        }
    }
}
