//! The consumer group protocol of KIP-848 (`org.apache.kafka.coordinator.group.modern`).
//!
//! There is no barrier and no generation that all enter together. A group has an epoch that rises when somebody comes, goes
//! or wants something else, or a topic grows; for that epoch the coordinator itself computes who should have what (the
//! *target*). Each member is then led there alone by its own heartbeats (`reconcile`): first it is told what to give up, and
//! stays in its epoch until it says that it has; then it enters the new epoch with all that is free. Whoever has nothing to
//! give up and nothing to get notices nothing but a number.
//!
//! - `heartbeat`: the one request, from joining to leaving.
//! - `target`: when and for whom the target is computed.
//! - `reconcile`: a member's next step towards it.
//! - `expire`: sessions, and revocations that take too long.
//! - `offsets`: which epoch may commit and ask.
//! - `records`, `replay`: what `__consumer_offsets` holds of it, and back.

mod assign;
mod expire;
mod group;
mod heartbeat;
mod member;
mod offsets;
mod reconcile;
mod records;
mod replay;
mod requests;
mod target;

pub(super) use group::{ConsumerGroup, Topics};
pub(super) use member::ConsumerGroupMember;
pub(super) use requests::unasked;
