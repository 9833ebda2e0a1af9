//! What can be pointed at, selected or focused.

use partitura_engine::log::KeyId;
use partitura_engine::wire::BrokerId;

/// A thing on the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A row.
    Partition(u16),
    /// A column.
    Broker(BrokerId),
    /// A cell.
    Replica(u16, BrokerId),
    /// The cell that leads this partition, wherever it is.
    Leader(u16),
    /// The high watermark in the leader's cell.
    HighWatermark(u16),
    /// The strip of the producers.
    Producers,
    /// How the last key found its partition.
    Computation,
    /// One consumer, by its number.
    Consumer(u8),
    /// All consumers.
    Group,
    /// A key, where it is named among a row's keys.
    Key(KeyId),
}
