//! What stands behind a consumer and is not Kafka: the application's settings, the service that it calls, the sink that
//! it writes to, and what it does with a record that cannot be processed.
//!
//! Retry topics and dead letters are not built into Kafka: they are built here as applications build them, with topics,
//! groups and headers. What a consumer does with all this is in `consumer`.
//!
//! **Invariant:** it knows records and settings, and no broker.

mod config;
mod delays;
mod downstream;
mod handled;
mod handover;
mod keys_in_retry;
mod poison;
mod sink;

pub use config::{ApplicationConfig, CommitStrategy, FailurePolicy};
pub use delays::RetryDelays;
pub use downstream::{Downstream, DownstreamConfig, Outcome};
pub use handled::Handled;
pub use handover::{Destination, Handover, RelayedRecord};
pub use keys_in_retry::{KeysInRetry, RecordId};
pub use poison::{Poison, PoisonWhat};
pub use sink::{Sink, SinkFigures};
