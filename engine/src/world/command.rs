//! What a person, or a scenario in their stead, does to a run while it goes on.

use crate::workload::KeyDistribution;

/// Something done to a run at a virtual time. Part of the link and of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The producers send so many records a second, all together; ends bursts that run.
    Rate(u32),
    /// Keys come by this distribution from now on.
    Distribution(KeyDistribution),
    /// The records that the rate makes are about these keys from now on.
    Keys(Vec<String>),
    /// Records carry their subject as key from now on, or no key.
    Keyed(bool),
    /// The group has so many consumers from now on: others start, or close one after the other, the last first.
    Consumers(u8),
    /// The producer that reports on the key sends one record.
    Send {
        /// Its key; `None` for a record without one.
        key: Option<String>,
        /// What it says.
        value: String,
    },
}
