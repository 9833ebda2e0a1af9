//! A plain work queue beside the topic: the other way to spread work over processes, with the same records at the same time.
//!
//! It stands for what such queues have in common, and is none in particular: a message goes to one of the competing workers,
//! is hidden from the others until its visibility timeout is over, and is **deleted when it is acknowledged**. So there is
//! nothing to read again, a second reader gets none of what the first had, and there are no offsets; in return any number of
//! workers share the work, and one slow message holds up nobody else. Messages wait in the order in which they came; one that
//! comes back waits behind the others, and its order is gone.
//!
//! **Invariant:** it knows nothing of Kafka, and Kafka nothing of it: what each does is the same with and without the other.
//! Its network is never cut, so that the two are compared under what happens to workers and consumers only.

mod config;
mod queue;
mod worker;

pub use config::WorkQueueConfig;
pub use queue::{InFlight, Waiting, WorkQueue};
pub use worker::{Worker, WorkerState};
