//! What the applications of all consumers share, and what is not Kafka: the service that processing calls.

/// The service that processing calls, the sink behind it, and the store of keys that are in retry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Downstream {}
