//! Share groups (KIP-932): Kafka's own queue. Many consumers read one partition together; the broker that leads it hands
//! each record to one of them at a time, and keeps account of which are out, done, or have to be tried again.
//!
//! [`SharePartition`] is that account (`SharePartition.java`), pure; [`ShareGroup`] is the membership at the group
//! coordinator (`ShareGroup.java`), with the simple assignor. The broker (`broker/share`) takes requests to both, and
//! `consumer/share` is the client.
//!
//! **Invariant:** neither reads a log or sends anything.

mod assignor;
mod config;
mod group;
mod partition;
mod states;
#[cfg(test)]
mod tests;

pub use assignor::simple_assignment;
pub use config::{AcknowledgementMode, ShareConfig, ShareGroupSetup};
pub use group::{ShareGroup, ShareGroupMember};
pub use partition::{RecordState, SharePartition, SharedRecord, Transition};
pub use states::{ShareState, ShareStates};
