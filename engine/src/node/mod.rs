//! What a node is told, and what it may do in answer: the whole of a node's world.
//!
//! Brokers, the controller, producers and consumers are state machines that are handed an [`Input`] and a [`Ctx`]. They
//! have no other way to reach out, so failures emerge from messages that do not come, and are never staged.

mod alarm;
mod bug;
mod ctx;
mod random;

pub use alarm::Alarm;
pub use bug::Bug;
pub use ctx::{Ctx, Outbox, Subjects};
pub use random::Random;

use crate::application::Handover;
use crate::log::{KeyId, ValueId};
use crate::wire::{AdminRequest, Message, Micros, NodeId, Offset, SeekTo};
use crate::workload::{Interval, KeySampler, Keying};
use std::sync::Arc;

/// What a node is told.
#[derive(Debug, Clone)]
pub enum Input {
    /// The process starts.
    Start,
    /// A message arrived.
    Message {
        /// The sender.
        from: NodeId,
        /// What it sent.
        message: Message,
    },
    /// A timer that the node set has run out. Timers are not taken back: a node looks whether it still matters.
    Timer(Timer),
    /// The person at the controls, or the scenario, wants something.
    Command(NodeCommand),
    /// A consumer's application and the producer in its process: what one of the two has handed to the other.
    Handover(Handover),
}

/// What a node asked to be reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Producer: the application sends its next record. Counts the schedules, so that an old one is ignored.
    Arrival(u32),
    /// Producer: a limit of the source allows the next record.
    SourceLimit,
    /// Producer: the application sends the next record that the scenario lists.
    Listed,
    /// Producer: a batch may have waited `linger.ms`, or a retry its backoff.
    Sender,
    /// Producer and consumer: a request may be older than `request.timeout.ms`.
    RequestTimeout,
    /// Producer: a batch may be older than `delivery.timeout.ms`.
    Delivery,
    /// Producer and consumer: ask for metadata (again).
    Metadata,
    /// Producer: a blocked `send()` may have waited for `max.block.ms`.
    MaxBlock(u32),
    /// Consumer: the application has processed a record.
    Processed(u32),
    /// Consumer: it may be time to commit by itself.
    AutoCommit,
    /// Consumer: send a heartbeat to the group coordinator.
    GroupHeartbeat(u32),
    /// Consumer: try again what the coordinator refused.
    GroupRetry,
    /// Consumer: fetch again after an error.
    FetchRetry,
    /// Broker: a parked produce may have waited for its timeout.
    ParkedProduce,
    /// Broker: a parked fetch may have waited for its `max_wait`.
    ParkedFetch,
    /// Broker, as a follower: fetch again after an error, from the broker with this id.
    Fetcher(u8),
    /// Broker: heartbeat to the controller.
    BrokerHeartbeat,
    /// Broker: look which followers have fallen behind, every half of `replica.lag.time.max.ms`.
    IsrCheck,
    /// Broker: something of its link to the controllers is due: a request without an answer, a connection to try again.
    ControllerLink,
    /// Broker: the answer of the leader with this id may not come any more.
    FetcherTimeout(u8),
    /// Broker: send the proposals of other in-sync replicas again.
    AlterPartition,
    /// Broker: the slow disk has finished something.
    Disk,
    /// Broker: a client that was over its quota may be read from again.
    Throttle,
    /// Broker: write the high watermarks to disk.
    HighWatermarkCheckpoint,
    /// Controller: a parked fetch of the metadata log has waited long enough.
    ParkedMetadataFetch,
    /// Controller: something of the quorum is due: an election, a fetch, a resignation.
    Quorum,
    /// Controller: a broker's session may have run out.
    BrokerSession,
    /// Controller: look for partitions whose preferred leader could lead.
    LeaderRebalance,
    /// Controller: look for partitions without a leader that may elect uncleanly.
    UncleanElection,
    /// Controller: a wish of the administrator may have waited too long for an active controller.
    AdminRetry,
    /// Producer and consumer: try again to connect to a broker.
    Reconnect,
    /// Producer: ask again for a producer id.
    ProducerId,
    /// Coordinator: the join phase of a group may be over.
    JoinPhase {
        /// The group's number at this coordinator.
        group: u32,
        /// The rebalance that it was set for.
        round: u32,
    },
    /// Coordinator: members may have failed to sync in time.
    SyncPhase {
        /// The group's number at this coordinator.
        group: u32,
        /// The generation that it was set for.
        generation: u32,
    },
    /// Coordinator: a member's session may have run out.
    Session {
        /// The group's number at this coordinator.
        group: u32,
        /// The member's number in the group.
        member: u32,
    },
    /// Coordinator: a member of a consumer group may have taken too long to give partitions up (KIP-848).
    Revocation {
        /// The group's number at this coordinator.
        group: u32,
        /// The member's number in the group.
        member: u32,
    },
    /// Work queue: messages may be seen again.
    Visibility,
    /// Broker: a parked share fetch may have waited for its `max_wait`.
    ParkedShareFetch,
    /// Broker: locks of a share group's records may have run out.
    ShareLocks,
    /// Coordinator: sessions of share groups' members may have run out.
    ShareSession,
}

/// What a person or a scenario does to a node.
#[derive(Debug, Clone)]
pub enum NodeCommand {
    /// Producer: send these keys that often; `None` is never.
    SetSource(Option<(Arc<KeySampler>, Interval)>),
    /// Producer: send records with these keys.
    SetKeying(Keying),
    /// Producer: send so many records a second about these subjects at most.
    SetLimits(Arc<[(KeyId, u32)]>),
    /// Producer: send one record now.
    Send {
        /// The key; `None` for a record without one.
        key: Option<KeyId>,
        /// What it is about.
        subject: KeyId,
        /// What it says.
        value: Option<ValueId>,
        /// Its partition; `None` for where the partitioner puts it.
        partition: Option<u16>,
    },
    /// Producer: send nothing any more.
    Stop,
    /// Consumer: close, leaving the group.
    Close,
    /// Consumer of dead letters: send the one at that partition and offset back to the topic, or all.
    Redrive(Option<(u16, Offset)>),
    /// Worker: the process is killed.
    Crash,
    /// Consumer: its application hangs from now on, or goes on.
    Stall(bool),
    /// Consumer: its application works so long on each record from now on; `None` for as long as its setting says.
    Slow(Option<Micros>),
    /// Consumer: its application calls `seek()` before its next `poll()`.
    Seek(SeekTo),
    /// Broker and controller: stop in order (SIGTERM). It exits when it is ready ([`Ctx::exit`]).
    ShutDown,
    /// Broker: from now on the disk takes so many bytes a second; `None` for one that is never in the way.
    SetDisk(Option<u64>),
    /// Controller: an administrator asks for this. Controllers that are not active pass it over.
    Admin(AdminRequest),
    /// Controller: create this topic as soon as so many brokers may lead, as an administrator would who waits for the
    /// cluster to be up.
    CreateTopic {
        /// So many brokers.
        when_brokers: u8,
        /// Its name.
        name: Arc<str>,
        /// How many partitions.
        partitions: u16,
        /// How many replicas of each.
        replication_factor: u8,
    },
}
