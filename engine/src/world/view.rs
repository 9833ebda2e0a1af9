//! What can be seen of a world, as plain data: for the screen, the checkpoints and the summary.
//!
//! **Invariant:** looking changes nothing. Whoever draws the world holds `&World`.

use crate::log::{KeyId, ValueId};
use crate::wire::{
    BrokerId, GroupId, InstanceId, LeaderEpoch, MemberId, Micros, NodeId, NodeSet, Offset, PartitionId, QuorumEpoch,
    QuorumRole,
};

/// One moment of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// When.
    pub now_us: Micros,
    /// The rows: the topic's partitions, ascending. Empty until the topic exists.
    pub partitions: Vec<PartitionView>,
    /// The columns: the brokers, ascending.
    pub brokers: Vec<BrokerView>,
    /// The replicas, by partition and then in the order of assignment.
    pub replicas: Vec<ReplicaView>,
    /// The controllers, ascending.
    pub controllers: Vec<ControllerView>,
    /// The controller that leads the quorum, and knows that a majority follows it. `None`: nothing can be elected.
    pub active_controller: Option<u8>,
    /// The links that are cut, as they were cut.
    pub cuts: Vec<CutView>,
    /// The producers, ascending.
    pub producers: Vec<ProducerView>,
    /// The consumers, ascending: those that are there, and those that have crashed or ended and could be started again.
    /// Those that were closed because the group should have fewer are not in it.
    pub consumers: Vec<ConsumerView>,
    /// The main group.
    pub group: GroupView,
    /// All groups: the main one first, then the further ones, then those of parts of the main one's application.
    pub groups: Vec<GroupView>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionView {
    /// Which.
    pub index: u16,
    /// Who leads.
    pub leader: Option<BrokerId>,
    /// How many leaders there have been, less one.
    pub leader_epoch: LeaderEpoch,
    /// Replicas in the order of assignment.
    pub replicas: Vec<BrokerId>,
    /// Those in sync, ascending.
    pub isr: Vec<BrokerId>,
    /// The eligible leader replicas, ascending (KIP-966).
    pub elr: Vec<BrokerId>,
    /// Fewer in sync than there are replicas: Kafka's metric `UnderReplicatedPartitions` counts it.
    pub under_replicated: bool,
    /// Nobody leads: `OfflinePartitionsCount` counts it.
    pub offline: bool,
    /// Fewer in sync than `min.insync.replicas`: `UnderMinIsrPartitionCount` counts it.
    pub under_min_isr: bool,
    /// As few in sync as `min.insync.replicas`: `AtMinIsrPartitionCount` counts it.
    pub at_min_isr: bool,
    /// Replicas that a reassignment adds or removes: `ReassigningPartitions` counts it when there are any.
    pub reassigning: bool,
    /// Since when nobody can write to it with success: it has no leader that lives, or too few in sync for acks=all.
    /// `None` while it can be written to.
    pub unavailable_since_us: Option<Micros>,
    /// Records that were sent to it.
    pub sent: u64,
    /// Its part of all records, in thousandths, over the run.
    pub share_permille: u32,
    /// Its part of the records of the last seconds, in thousandths.
    pub recent_permille: u32,
    /// The keys that came most often, the most frequent first, at most eight, with their counts. For records without
    /// keys, what they are about.
    pub top: Vec<(KeyId, u64)>,
    /// The leader's high watermark less the group's committed offset.
    pub lag: u64,
    /// The leader's high watermark less the position of the partition's owner; without one, less what is committed.
    pub unprocessed: u64,
    /// The part of its leader's capacity that it asks for, in thousandths; `None` where that has no limit, or nobody leads.
    pub heat_permille: Option<u32>,
    /// The next record that the main group would read after a restart: what its coordinator has, if it has one.
    pub committed: Option<Offset>,
    /// The next record that its owner in the main group will process. `None` while nobody owns it, as in a rebalance.
    pub position: Option<Offset>,
    /// Records a second that were sent to it in the last seconds.
    pub in_per_s: u32,
    /// Records a second of it that the group has processed in the last seconds.
    pub out_per_s: u32,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerView {
    /// Which.
    pub id: BrokerId,
    /// Its rack.
    pub rack: Option<String>,
    /// Registered with the controller, and unfenced.
    pub unfenced: bool,
    /// What its process does.
    pub process: ProcessState,
    /// Since when.
    pub process_since_us: Micros,
    /// The controller in the same process, if there is one.
    pub controller: Option<u8>,
    /// Its disk takes so many bytes a second; `None` for one that is never in the way.
    pub disk_bytes_per_s: Option<u64>,
    /// The active controller has heard from it last then, if it ever has.
    pub heard_us: Option<Micros>,
    /// How many partitions of the topic it leads.
    pub leads: u32,
    /// Whether the group's coordinator lives here.
    pub coordinates: bool,
    /// acks=all produce requests that wait for followers.
    pub parked_produces: u32,
    /// Fetches that wait for records.
    pub parked_fetches: u32,
    /// Requests held behind others of the same connection.
    pub held: u32,
    /// When its last heartbeats left, the newest first, at most nine.
    pub heartbeats_us: Vec<Micros>,
    /// What it is asked to append, as leader and as follower, over what it can, in thousandths; `None` without a limit.
    pub heat_permille: Option<u32>,
    /// How long a write that came now would wait.
    pub queue_us: Micros,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaView {
    /// Row.
    pub partition: u16,
    /// Column.
    pub broker: BrokerId,
    /// Leads, as it sees itself. A broker that is not running sees nothing.
    pub is_leader: bool,
    /// In the ISR, as the controller sees it.
    pub in_sync: bool,
    /// The epoch that it knows.
    pub leader_epoch: LeaderEpoch,
    /// First offset.
    pub log_start: Offset,
    /// Log end offset.
    pub log_end: Offset,
    /// The high watermark that it knows.
    pub high_watermark: Offset,
    /// Its last records, the oldest first, at most [`ReplicaView::LAST`].
    pub last: Vec<RecordView>,
    /// The last truncation, if there was one.
    pub truncated: Option<TruncationView>,
}

/// What a replica has cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruncationView {
    /// When.
    pub at_us: Micros,
    /// Where the log ended after it.
    pub to: Offset,
    /// How many records went.
    pub records: u64,
    /// The first of them, at most [`ReplicaView::LAST`].
    pub first: Vec<RecordView>,
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProcessState {
    /// It runs.
    #[default]
    Running,
    /// It runs, and asks to be stopped.
    ShuttingDown,
    /// It has stopped in order.
    Stopped,
    /// It was killed.
    Crashed,
    /// It was killed, and its log directories are lost.
    DiskLost,
    /// It stands still.
    Paused,
}

/// A controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerView {
    /// Its number.
    pub number: u8,
    /// The broker whose process it shares.
    pub with_broker: Option<BrokerId>,
    /// What its process does.
    pub process: ProcessState,
    /// Its part in the quorum, as it sees itself.
    pub role: QuorumRole,
    /// Its epoch.
    pub epoch: QuorumEpoch,
    /// Where its metadata log ends.
    pub log_end: Offset,
    /// Up to where that is committed.
    pub high_watermark: Offset,
}

/// A cut of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutView {
    /// What these send
    pub from: NodeSet,
    /// to those does not arrive.
    pub to: NodeSet,
}

impl ReplicaView {
    /// How many records a cell shows at most.
    pub const LAST: usize = 8;
}

/// A record in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordView {
    /// Its offset.
    pub offset: Offset,
    /// Its key.
    pub key: Option<KeyId>,
    /// What it is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// Its text.
    pub value: Option<ValueId>,
    /// When it was sent.
    pub sent_us: Micros,
    /// Whether its producer knows that it is stored, as far as `acks` tells.
    pub acknowledged: bool,
}

/// A producer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProducerView {
    /// Which.
    pub node: NodeId,
    /// Records in the accumulator.
    pub waiting: u64,
    /// Batches sent and not answered.
    pub in_flight: u32,
    /// Whether `send()` blocks.
    pub blocked: bool,
    /// Records that wait at the source, in front of `send()`: while it blocks, or for a limit of the application's own.
    pub backlog: u64,
    /// The last record sent: its key, or none, its subject, and the partition that was chosen.
    pub last: Option<LastSent>,
    /// What is taken of `buffer.memory`.
    pub buffered_bytes: u64,
    /// A broker has asked it to send nothing until then, because it is over its quota. `None` while nobody does.
    pub throttled_until_us: Option<Micros>,
}

/// How the last record found its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastSent {
    /// When.
    pub at_us: Micros,
    /// Its key.
    pub key: Option<KeyId>,
    /// What it is about.
    pub subject: KeyId,
    /// The chosen partition.
    pub partition: u16,
}

/// A consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerView {
    /// Which.
    pub node: NodeId,
    /// Its group.
    pub group: GroupId,
    /// What its process does.
    pub process: ProcessState,
    /// Since when.
    pub process_since_us: Micros,
    /// The generation of which it is a member, if it is one.
    pub generation: Option<u32>,
    /// Its application hangs: it does not come back to `poll()`, and heartbeats go on.
    pub stalled: bool,
    /// How long its application works on each record, where that is not as its group's setting says.
    pub slow_us: Option<Micros>,
    /// What it does, in a word or two.
    pub state: &'static str,
    /// What it owns.
    pub owned: Vec<OwnedView>,
    /// The lag of what it owns, against what it has committed.
    pub lag: u64,
    /// Works on a record at the moment.
    pub busy: bool,
    /// The records that come in what it owns, over those that it can process, in thousandths; `None` when processing takes
    /// no time.
    pub heat_permille: Option<u32>,
}

/// A partition that a consumer owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnedView {
    /// Which.
    pub partition: u16,
    /// The next offset that it will process.
    pub processed: Offset,
    /// The next offset that the group would read from after a restart.
    pub committed: Option<Offset>,
    /// Records fetched and not yet processed.
    pub buffered: u64,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupView {
    /// `group.id`.
    pub id: String,
    /// Its state at the coordinator, by Kafka's name; empty before there is one.
    pub state: &'static str,
    /// Its generation.
    pub generation: u32,
    /// Who coordinates it.
    pub coordinator: Option<BrokerId>,
    /// Members at the coordinator.
    pub members: u32,
    /// Which protocol it speaks: `classic` or `consumer`; empty before it has a coordinator.
    pub protocol: &'static str,
    /// The members, as the coordinator has them.
    pub member_list: Vec<MemberView>,
    /// The topic's partitions, ascending, as `kafka-consumer-groups --describe` has them.
    pub partitions: Vec<GroupPartitionView>,
    /// How many rebalances have begun.
    pub rebalances: u64,
    /// Records that its consumers have processed, of a further group.
    pub processed: u64,
}

/// A member of a group, as its coordinator has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberView {
    /// The consumer's number.
    pub consumer: u8,
    /// Its member id.
    pub id: MemberId,
    /// `group.instance.id` of a static member.
    pub instance_id: Option<InstanceId>,
    /// The partitions of the topic that the coordinator has for it, ascending.
    pub assigned: Vec<u16>,
}

/// How far a group is with a partition of the topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPartitionView {
    /// Which.
    pub partition: u16,
    /// The next offset to read after a restart, if one is committed.
    pub committed: Option<Offset>,
    /// The leader's high watermark, up to which can be read. `None` while nobody leads who could be asked.
    pub end: Option<Offset>,
    /// That less what is committed; 0 while there is nobody to ask.
    pub lag: u64,
    /// The age of the oldest record that is not committed, by its timestamp; 0 when all is.
    pub lag_us: Micros,
    /// The consumer that owns it, as the consumer sees it.
    pub owner: Option<u8>,
    /// How long nobody owned it, from when it had its first owner.
    pub unowned_us: Micros,
}

/// Records on their way between two nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flight {
    /// The event that sent them: a name that stays while they fly.
    pub id: u64,
    /// From where.
    pub from: NodeId,
    /// To where.
    pub to: NodeId,
    /// When they left.
    pub sent_us: Micros,
    /// When they arrive.
    pub arrives_us: Micros,
    /// Of which partition.
    pub partition: PartitionId,
    /// What they are about, at most [`Flight::SHOWN`] of them.
    pub subjects: Vec<KeyId>,
    /// How many they are.
    pub records: u32,
    /// What kind of journey it is.
    pub kind: FlightKind,
}

impl Flight {
    /// How many records of one batch are shown one by one.
    pub const SHOWN: usize = 6;
}

/// What kind of journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlightKind {
    /// From a producer to a leader.
    Produce,
    /// From a leader to a follower.
    Replicate,
    /// From a leader to a consumer.
    Consume,
}
