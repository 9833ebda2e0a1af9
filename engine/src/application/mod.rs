//! What stands behind a consumer and is not Kafka: the application's settings, the service that it calls, the sink that
//! it writes to, and what it does with a record that cannot be processed.
//!
//! Retry topics and dead letters are not built into Kafka: they are built here as applications build them, with topics,
//! groups and headers. What a consumer does with all this is in `consumer`.
//!
//! **Invariant:** it knows records and settings, and no broker.

mod downstream;
mod handover;

pub use downstream::Downstream;
pub use handover::{Destination, Handover, RelayedRecord};
