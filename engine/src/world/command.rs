//! What a person, or a scenario in their stead, does to a run while it goes on.

use crate::application::Poison;
use crate::trace::{CommandFact, KeyFact, ProcessFault};
use crate::wire::{BrokerId, Micros, NodeId, NodeSet, Offset, QuotaType, ResetTo, SeekTo};
use crate::workload::{KeyDistribution, KeyRule, SendLimit};

/// Something done to a run at a virtual time. Part of the link and of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The producers send so many records a second, all together; ends bursts that run.
    Rate(u32),
    /// Keys come by this distribution from now on.
    Distribution(KeyDistribution),
    /// The records that the rate makes are about these keys from now on.
    Keys(Vec<String>),
    /// How often each of those keys comes, where keys come by weights.
    Weights(Vec<u32>),
    /// Records have keys by this rule from now on.
    Key(KeyRule),
    /// The application sends about these subjects so often at most from now on, and about others as often as they come.
    SendLimits(Vec<SendLimit>),
    /// The group has so many consumers from now on: others start, or close one after the other, the last first.
    Consumers(u8),
    /// That group has so many consumers from now on. If there is no such group yet, it is made.
    Group {
        /// Its `group.id`.
        group: String,
        /// So many.
        consumers: u8,
    },
    /// A consumer's application hangs in the middle of a record from now on, or goes on.
    Stall {
        /// Its number.
        consumer: u8,
        /// It hangs.
        stalled: bool,
    },
    /// A consumer's application works so long on each record from now on; `None` for as long as the setting says.
    Slow {
        /// Its number.
        consumer: u8,
        /// So long.
        processing_us: Option<Micros>,
    },
    /// A consumer's application reads on elsewhere (`seek()`).
    Seek {
        /// Its number.
        consumer: u8,
        /// Where.
        to: SeekTo,
    },
    /// `kafka-consumer-groups --reset-offsets --execute`: the offsets of a group without members are set.
    ResetOffsets {
        /// Its `group.id`.
        group: String,
        /// To what.
        to: ResetTo,
    },
    /// `kafka-consumer-groups --delete`: a group without members is deleted, with its offsets.
    DeleteGroup {
        /// Its `group.id`.
        group: String,
    },
    /// The producer that reports on the key sends one record.
    Send {
        /// Its key; `None` for a record without one.
        key: Option<String>,
        /// What it says.
        value: String,
        /// Its partition; `None` for where the partitioner puts it.
        partition: Option<u16>,
    },
    /// A process is crashed, stopped, paused, resumed, started again, or loses its disk. Where a broker and a
    /// controller share a process (`process.roles=broker,controller`), it happens to both.
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
    /// What these nodes send to those does not arrive until the network is healed; nobody is told.
    Cut {
        /// From these.
        from: NodeSet,
        /// To those.
        to: NodeSet,
        /// And the other way round.
        both_ways: bool,
    },
    /// What these nodes send to those, and back, takes longer and is lost now and then. As TCP does, the network sends
    /// what is lost again: it comes later, in order.
    Impair {
        /// From these.
        from: NodeSet,
        /// To those.
        to: NodeSet,
        /// Longer by this, one way.
        delay_us: Micros,
        /// Of a thousand messages so many are lost the first time.
        loss_permille: u16,
    },
    /// The network is whole again, and as fast as it was.
    Heal,
    /// `kafka-leader-election` for all partitions of the topic.
    ElectLeaders {
        /// From outside of the ISR, where nobody in it is alive.
        unclean: bool,
    },
    /// `kafka-topics --alter --partitions`.
    AddPartitions(u16),
    /// `kafka-reassign-partitions`, for one partition of the topic.
    Reassign {
        /// Of which partition.
        partition: u16,
        /// The replicas that it shall have, the preferred leader first.
        replicas: Vec<BrokerId>,
    },
    /// `unclean.leader.election.enable` of the topic from now on.
    Unclean(bool),
    /// `min.insync.replicas` of the topic from now on.
    MinInsyncReplicas(u8),
    /// `producer_byte_rate` or `consumer_byte_rate` of every client-id from now on, in bytes a second; 0 for none.
    ClientQuota(QuotaType, u64),
    /// These records, and no others, cannot be processed from now on.
    Poison(Vec<Poison>),
    /// Of a hundred attempts to process a record so many fail from now on.
    FailurePercent(u8),
    /// The service that processing calls is down from now on, or up.
    Downstream {
        /// Down.
        down: bool,
    },
    /// Dead letters go back to the topic: the one at that partition and offset of the dead-letter topic, or all.
    Redrive(Option<(u16, Offset)>),
}

impl Command {
    /// What the trace says of it. Of a record sent by hand the key is not known before it is in the dictionary, and neither
    /// is a group's name.
    #[must_use]
    pub fn fact(&self) -> CommandFact {
        match self {
            Command::Rate(per_second) => CommandFact::Rate(*per_second),
            Command::Distribution(_) | Command::Keys(_) | Command::Weights(_) => CommandFact::Keys,
            Command::Key(rule) => CommandFact::Key(KeyFact::of(rule)),
            Command::SendLimits(limits) => CommandFact::SendLimits {
                count: u32::try_from(limits.len()).unwrap_or(u32::MAX),
            },
            Command::Consumers(count) => CommandFact::Consumers(*count),
            Command::Group { consumers, .. } => CommandFact::Group {
                group: None,
                consumers: *consumers,
            },
            Command::Stall { consumer, stalled } => CommandFact::Stall {
                consumer: *consumer,
                stalled: *stalled,
            },
            Command::Slow {
                consumer,
                processing_us,
            } => CommandFact::Slow {
                consumer: *consumer,
                processing_us: *processing_us,
            },
            Command::Seek { consumer, to } => CommandFact::Seek {
                consumer: *consumer,
                to: *to,
            },
            Command::ResetOffsets { to, .. } => CommandFact::ResetOffsets { group: None, to: *to },
            Command::DeleteGroup { .. } => CommandFact::DeleteGroup { group: None },
            Command::Send { partition, .. } => match partition {
                None => CommandFact::Send { key: None },
                Some(partition) => CommandFact::SendTo {
                    key: None,
                    partition: *partition,
                },
            },
            Command::Process { node, fault } => CommandFact::Process {
                node: *node,
                fault: *fault,
            },
            Command::SlowDisk { broker, bytes_per_s } => CommandFact::SlowDisk {
                broker: *broker,
                bytes_per_s: *bytes_per_s,
            },
            Command::Cut { from, to, both_ways } => CommandFact::Cut {
                from: *from,
                to: *to,
                both_ways: *both_ways,
            },
            Command::Impair {
                from,
                to,
                delay_us,
                loss_permille,
            } => CommandFact::Impair {
                from: *from,
                to: *to,
                delay_us: *delay_us,
                loss_permille: *loss_permille,
            },
            Command::Heal => CommandFact::Heal,
            Command::ElectLeaders { unclean } => CommandFact::ElectLeaders { unclean: *unclean },
            Command::AddPartitions(count) => CommandFact::AddPartitions { count: *count },
            Command::Reassign { partition, replicas } => CommandFact::Reassign {
                partition: *partition,
                replicas: replicas.iter().copied().collect(),
            },
            Command::Unclean(on) => CommandFact::Unclean(*on),
            Command::MinInsyncReplicas(n) => CommandFact::MinInsyncReplicas(*n),
            Command::ClientQuota(quota, bytes_per_s) => CommandFact::ClientQuota {
                quota: *quota,
                bytes_per_s: *bytes_per_s,
            },
            Command::Poison(rules) => CommandFact::Poison {
                rules: u32::try_from(rules.len()).unwrap_or(u32::MAX),
            },
            Command::FailurePercent(percent) => CommandFact::FailurePercent(*percent),
            Command::Downstream { down } => CommandFact::Downstream { down: *down },
            Command::Redrive(only) => CommandFact::Redrive { only: *only },
        }
    }
}
