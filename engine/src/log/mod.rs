//! What is stored: records, batches and the log of a partition.

mod batch;
mod dictionary;
mod group_record;
mod leader_epochs;
mod partition_log;
mod producer_state;
mod record;
mod retry_headers;
pub mod size;

pub use batch::{Batch, BatchBuilder, BatchSequence, LogEntry};
pub use dictionary::{Dictionary, KeyId, ValueId};
pub use group_record::{ConsumerGroupRecord, GroupMetadata, GroupRecord, MemberMetadata};
pub use leader_epochs::LeaderEpochs;
pub use partition_log::{Log, Removed};
pub use producer_state::{BATCHES_KEPT, KeptBatch, ProducerState, ProducerStates, sequence_after};
pub use record::Record;
pub use retry_headers::{FailureWhy, RetryHeaders};
