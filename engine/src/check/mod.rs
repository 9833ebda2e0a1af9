//! What must always be true of a simulated Kafka, and the storm that tries to break it.
//!
//! Each [`Invariant`] is a file of its own in [`invariant`], reads only, draws no randomness, and says under which settings
//! it holds. A [`Checker`] runs all of them after every step of a world.
//!
//! **Invariant:** nothing in the engine knows that it is being checked.

mod checker;
#[cfg(test)]
pub(crate) mod doctored;
mod history;
pub mod invariant;
mod promise;
mod snapshot;
pub mod storm;
mod violation;

pub use checker::{Checker, Invariant, Moment};
pub use history::{History, PartitionHistory};
pub use promise::Promise;
pub use snapshot::{Change, Snapshot};
pub use storm::Storm;
pub use violation::{Broken, Violation};
