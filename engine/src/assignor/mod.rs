//! Who gets which partition: Kafka's assignors, as pure functions.
//!
//! Four run in a client, in the member that leads a classic group (`partition.assignment.strategy`): `range`,
//! `roundrobin`, `sticky`, `cooperative-sticky`. Two run in the coordinator, for groups of the consumer protocol (KIP-848):
//! `server_range`, `server_uniform`. Where Kafka's answer hangs on the order of a hash map, members go by id here, topics
//! by their order, partitions ascending. Racks (KIP-881) are not looked at.
//!
//! **Invariant:** each partition of a topic that somebody subscribes to has one owner, who subscribes to it; only
//! `cooperative-sticky` holds back those that change their owner.

mod balance;
mod claims;
mod constrained;
pub mod cooperative_sticky;
mod general;
mod numbered;
mod order;
pub mod range;
pub mod roundrobin;
pub mod server_range;
pub mod server_uniform;
mod server_uniform_mixed;
pub mod sticky;
mod strategy;

pub use strategy::Strategy;

/// What an assignor knows of a member: who it is, what it wants, and what it has.
#[derive(Clone, Copy, Debug)]
pub struct MemberSubscription<'a, Topic> {
    /// The id that the coordinator gave, or the member itself; it differs for every member.
    pub member_id: &'a str,
    /// `group.instance.id` of a static member.
    pub instance_id: Option<&'a str>,
    /// The topics that it subscribes to, in any order, each once.
    pub topics: &'a [Topic],
    /// What it says that it owns. For the server's assignors: its target assignment so far.
    pub owned: &'a [(Topic, u32)],
    /// The generation in which it got that, if it was in one. The server's assignors do not look at it.
    pub generation: Option<u32>,
}

/// The partitions of each member, in the order in which the members were given.
pub type Shares<Topic> = Vec<Vec<(Topic, u32)>>;
