//! Stories of a quorum.

mod elections;
mod net;
mod replication;
mod storm;
