//! What a person or the scenario does, in short, as the trace keeps it.

use crate::log::KeyId;
use crate::wire::{BrokerId, BrokerSet, Micros, NodeId, NodeSet, Offset, QuotaType, ResetTo, SeekTo};
use crate::workload::KeyRule;

/// What a person or the scenario did, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommandFact {
    /// Records a second, over all producers.
    Rate(u32),
    /// Other keys from now on.
    Keys,
    /// What records have as key.
    Key(KeyFact),
    /// So many consumers.
    Consumers(u8),
    /// One record by hand.
    Send {
        /// Its key.
        key: Option<KeyId>,
    },
    /// A process is crashed, stopped, paused, resumed, started, or loses its disk.
    Process {
        /// Which.
        node: NodeId,
        /// What.
        fault: ProcessFault,
    },
    /// A broker's disk takes so many bytes a second from now on; `None` for as many as come.
    SlowDisk {
        /// Which broker's.
        broker: BrokerId,
        /// How many.
        bytes_per_s: Option<u64>,
    },
    /// What these nodes send to those does not arrive any more.
    Cut {
        /// From these.
        from: NodeSet,
        /// To those.
        to: NodeSet,
        /// And the other way round.
        both_ways: bool,
    },
    /// What these nodes send to those takes so much longer, and so many of a thousand messages are lost and sent again
    /// by the network.
    Impair {
        /// From these.
        from: NodeSet,
        /// To those.
        to: NodeSet,
        /// Longer by this.
        delay_us: Micros,
        /// Of a thousand.
        loss_permille: u16,
    },
    /// The network is whole again.
    Heal,
    /// `kafka-leader-election`.
    ElectLeaders {
        /// From outside of the ISR.
        unclean: bool,
    },
    /// `kafka-topics --alter --partitions`.
    AddPartitions {
        /// How many there shall be.
        count: u16,
    },
    /// `kafka-reassign-partitions`.
    Reassign {
        /// Of which partition.
        partition: u16,
        /// The replicas that it shall have.
        replicas: BrokerSet,
    },
    /// `unclean.leader.election.enable` of the topic.
    Unclean(bool),
    /// `min.insync.replicas` of the topic.
    MinInsyncReplicas(u8),
    /// One record by hand, to a partition that was chosen with it.
    SendTo {
        /// Its key.
        key: Option<KeyId>,
        /// Its partition.
        partition: u16,
    },
    /// Limits of the source.
    SendLimits {
        /// Of so many subjects.
        count: u32,
    },
    /// `producer_byte_rate` or `consumer_byte_rate` of every client-id.
    ClientQuota {
        /// Which of them.
        quota: QuotaType,
        /// In bytes a second; 0 for none.
        bytes_per_s: u64,
    },
    /// So many rules say which records cannot be processed.
    Poison {
        /// How many.
        rules: u32,
    },
    /// Of a hundred attempts to process a record so many fail.
    FailurePercent(u8),
    /// The service that processing calls is down, or up again.
    Downstream {
        /// Down.
        down: bool,
    },
    /// Dead letters are sent back.
    Redrive {
        /// The one at that place; `None` for all.
        only: Option<(u16, Offset)>,
    },
    /// A group has so many consumers.
    Group {
        /// Which group.
        group: Option<KeyId>,
        /// So many.
        consumers: u8,
    },
    /// A consumer's application hangs, or goes on.
    Stall {
        /// Its number.
        consumer: u8,
        /// It hangs.
        stalled: bool,
    },
    /// A consumer's application works so long on each record; `None` for as long as the setting says.
    Slow {
        /// Its number.
        consumer: u8,
        /// So long.
        processing_us: Option<Micros>,
    },
    /// A consumer's application calls `seek()`.
    Seek {
        /// Its number.
        consumer: u8,
        /// Where to.
        to: SeekTo,
    },
    /// `kafka-consumer-groups --reset-offsets --execute`.
    ResetOffsets {
        /// Of which group.
        group: Option<KeyId>,
        /// To what.
        to: ResetTo,
    },
    /// `kafka-consumer-groups --delete`.
    DeleteGroup {
        /// Which.
        group: Option<KeyId>,
    },
}

/// A rule for keys, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyFact {
    /// No key.
    None,
    /// The subject.
    Subject,
    /// The subject and a number.
    Salt {
        /// Keys of a subject.
        shards: u32,
        /// So many subjects; 0 for all.
        only: u32,
    },
    /// The subject and something else.
    Compound {
        /// Second parts.
        count: u32,
    },
}

impl KeyFact {
    /// That rule, in short.
    #[must_use]
    pub fn of(rule: &KeyRule) -> Self {
        match rule {
            KeyRule::None => KeyFact::None,
            KeyRule::Subject => KeyFact::Subject,
            KeyRule::Salt { shards, only } => KeyFact::Salt {
                shards: *shards,
                only: u32::try_from(only.len()).unwrap_or(u32::MAX),
            },
            KeyRule::Compound { count, .. } => KeyFact::Compound { count: *count },
        }
    }
}

/// What can be done to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcessFault {
    /// Killed (`kill -9`).
    Crash,
    /// Asked to end in order (SIGTERM).
    Stop,
    /// Stands still (SIGSTOP, or a long collection of garbage).
    Pause,
    /// Goes on (SIGCONT).
    Resume,
    /// Started again.
    Start,
    /// Killed, and its log directories are lost.
    LoseDisk,
}
