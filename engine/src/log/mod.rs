//! What is stored: records, batches and the log of a partition.

mod batch;
mod dictionary;
mod group_record;
mod partition_log;
mod record;
pub mod size;

pub use batch::{Batch, BatchBuilder, BatchSequence, LogEntry};
pub use dictionary::{Dictionary, KeyId, ValueId};
pub use group_record::{GroupMetadata, GroupRecord, MemberMetadata};
pub use partition_log::Log;
pub use record::Record;
