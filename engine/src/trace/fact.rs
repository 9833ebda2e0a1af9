//! The kinds of things that happen.

use super::fact_part::{BatchWhy, Election, FenceWhy, GroupStateName, PauseWhy};
use super::{CommandFact, EpochWhy, ReconcileStep, Sent, ShareFact, WorkFact};
use crate::application::Destination;
use crate::log::{FailureWhy, KeyId};
use crate::wire::{
    Api, BrokerId, BrokerSet, ErrorCode, LeaderEpoch, Micros, NodeId, Offset, PartitionId, ProducerEpoch, ProducerId,
    QuorumEpoch, QuorumRole, QuotaType, TopicId,
};

/// What happened to, or was done by, the event's node. Small and copyable: a run makes millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    /// A person or the scenario did something.
    Commanded(CommandFact),
    /// A limit of the simulation was reached: the producers stop.
    RecordLimitReached {
        /// How many records were produced.
        records: u64,
    },
    /// A message left for another node.
    Sent(Sent),
    /// Closed its connection to that node: an answer did not come in time, or there is none to give but this.
    Disconnected {
        /// From whom.
        from: NodeId,
    },

    /// A connection was closed by the other side, or could not be made.
    ConnectionLost {
        /// With whom.
        with: NodeId,
    },
    /// The process was killed.
    ProcessCrashed,
    /// The process has ended in order.
    ProcessStopped,
    /// The process stands still: nothing is handled, and nothing is closed.
    ProcessPaused,
    /// The process goes on where it stood.
    ProcessResumed,
    /// Broker: all that was in its log directories is gone.
    DiskLost,

    /// Broker: the process runs.
    BrokerStarted,
    /// Broker: it was told to stop, and asks the controller to move its leaderships away.
    ControlledShutdownStarted,
    /// Controller: a broker registered, fenced at first.
    BrokerRegistered {
        /// Who.
        broker: BrokerId,
    },
    /// Controller: a broker may lead.
    BrokerUnfenced {
        /// Who.
        broker: BrokerId,
    },
    /// Controller: a broker may not lead any more, nor be in an ISR.
    BrokerFenced {
        /// Who.
        broker: BrokerId,
        /// Why.
        why: FenceWhy,
    },
    /// Controller: a broker is about to stop; its leaderships go to others.
    BrokerShuttingDown {
        /// Who.
        broker: BrokerId,
    },
    /// Controller: the in-sync replicas of a partition are now these.
    IsrChanged {
        /// Which partition.
        partition: PartitionId,
        /// In sync.
        isr: BrokerSet,
        /// Eligible to lead all the same (KIP-966).
        elr: BrokerSet,
    },
    /// Controller: nobody may lead the partition.
    LeaderLost {
        /// Which partition.
        partition: PartitionId,
        /// In this epoch.
        epoch: LeaderEpoch,
    },
    /// Controller: a leader's proposal was refused.
    AlterPartitionRefused {
        /// Which partition.
        partition: PartitionId,
        /// Why.
        error: ErrorCode,
    },
    /// Controller: a partition gets other replicas.
    ReassignmentStarted {
        /// Which partition.
        partition: PartitionId,
        /// Those that it shall have.
        replicas: BrokerSet,
    },
    /// Controller: a partition has the replicas that it should have.
    ReassignmentCompleted {
        /// Which partition.
        partition: PartitionId,
    },
    /// Controller: the topic has more partitions.
    PartitionsAdded {
        /// Which topic.
        topic: TopicId,
        /// How many it has now.
        partitions: u16,
    },
    /// Controller: a setting of the topic has changed.
    TopicConfigured {
        /// Which topic.
        topic: TopicId,
    },
    /// Controller: a wish of an administrator was refused.
    AdminRefused {
        /// Why.
        error: ErrorCode,
    },
    /// Controller: its part in the quorum is now this.
    QuorumChanged {
        /// The part.
        role: QuorumRole,
        /// In this epoch.
        epoch: QuorumEpoch,
    },
    /// Controller: it votes for another one.
    VoteGranted {
        /// For this one.
        to: u8,
        /// In this epoch.
        epoch: QuorumEpoch,
    },
    /// Controller: a topic exists.
    TopicCreated {
        /// Its id.
        topic: TopicId,
        /// How many partitions it has.
        partitions: u16,
    },
    /// Controller: a partition has its replicas and its first leader, or a new one.
    LeaderElected {
        /// Which partition.
        partition: PartitionId,
        /// Who leads.
        leader: BrokerId,
        /// In which epoch.
        epoch: LeaderEpoch,
        /// Why this one.
        how: Election,
    },
    /// Broker: applied the metadata log up to here.
    MetadataApplied {
        /// The next record to apply.
        offset: Offset,
    },
    /// Broker: became the partition's leader.
    BecameLeader {
        /// Which partition.
        partition: PartitionId,
        /// In which epoch.
        epoch: LeaderEpoch,
    },
    /// Broker: became a follower.
    BecameFollower {
        /// Which partition.
        partition: PartitionId,
        /// Of whom.
        leader: BrokerId,
        /// In which epoch.
        epoch: LeaderEpoch,
    },
    /// Broker: nobody leads the partition.
    BecameLeaderless {
        /// Which partition.
        partition: PartitionId,
        /// In which epoch.
        epoch: LeaderEpoch,
    },
    /// Broker: as leader, proposes other in-sync replicas to the controller.
    IsrProposed {
        /// Which partition.
        partition: PartitionId,
        /// As they are.
        from: BrokerSet,
        /// As they should be.
        to: BrokerSet,
    },
    /// Broker: as leader, counts these as in sync from now on.
    IsrUpdated {
        /// Which partition.
        partition: PartitionId,
        /// In sync.
        isr: BrokerSet,
    },
    /// Broker: as follower, was told that its log is not a beginning of the leader's.
    Diverged {
        /// Which partition.
        partition: PartitionId,
        /// The epoch up to which they may agree.
        epoch: LeaderEpoch,
        /// Where that ends in the leader's log.
        end_offset: Offset,
    },
    /// Broker: cut off the end of its log, because the leader does not have it.
    Truncated {
        /// Which partition.
        partition: PartitionId,
        /// The log ends here now.
        to: Offset,
        /// So many records are gone.
        records: u32,
    },
    /// Broker: a batch of an idempotent producer was there already: nothing was appended, and it is acknowledged.
    DuplicateDropped {
        /// Which partition.
        partition: PartitionId,
        /// Where it is.
        base_offset: Offset,
        /// How many records.
        records: u32,
    },
    /// Broker: coordinates the groups of that partition of `__consumer_offsets` from now on.
    CoordinatorLoaded {
        /// Which partition.
        partition: PartitionId,
        /// How many groups were found in it.
        groups: u32,
    },
    /// Broker: does not coordinate the groups of that partition any more.
    CoordinatorUnloaded {
        /// Which partition.
        partition: PartitionId,
    },
    /// Broker: a request waits, because one that came before it on the same connection is not answered yet.
    RequestHeld {
        /// The client.
        from: NodeId,
        /// What waits.
        api: Api,
    },
    /// Broker: records were appended to its log.
    Appended {
        /// Where.
        partition: PartitionId,
        /// The first record's offset.
        base_offset: Offset,
        /// How many.
        records: u32,
        /// In the leader's log, or in a follower's.
        as_leader: bool,
    },
    /// Broker: the high watermark of its replica is now this.
    HighWatermarkMoved {
        /// Of which partition.
        partition: PartitionId,
        /// All below it is committed.
        to: Offset,
    },
    /// Broker: a batch was refused.
    AppendRefused {
        /// Where.
        partition: PartitionId,
        /// Why.
        error: ErrorCode,
    },
    /// Broker: an acks=all produce waits for the followers.
    ProduceParked {
        /// The first partition that it waits for.
        partition: PartitionId,
        /// Until the high watermark is here.
        until: Offset,
    },

    /// Producer: the application called `send()`, and the record is in the accumulator.
    RecordSent {
        /// The chosen partition.
        partition: PartitionId,
        /// Its key.
        key: Option<KeyId>,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
    },
    /// Producer: the record can never be sent: it is larger than `max.request.size` or `buffer.memory`, and the
    /// application gets a RecordTooLargeException.
    RecordTooLarge {
        /// Its key.
        key: Option<KeyId>,
        /// Its size, at most.
        bytes: u32,
    },
    /// Producer: `send()` blocks: no metadata, or no memory.
    SendBlocked,
    /// Producer: `send()` has blocked for `max.block.ms`; the application gets a TimeoutException and the record is
    /// dropped.
    SendTimedOut,
    /// Producer: a batch goes out.
    BatchDrained {
        /// To which partition.
        partition: PartitionId,
        /// How many records.
        records: u32,
        /// How large.
        bytes: u32,
        /// Why now.
        why: BatchWhy,
    },
    /// Producer: the leader answered: the records are safe as far as `acks` asks.
    BatchAcknowledged {
        /// Which partition.
        partition: PartitionId,
        /// The first record's offset; 0 under acks=0, where nobody knows.
        base_offset: Offset,
        /// How many records.
        records: u32,
        /// Which they are ([`crate::log::Batch::ordinal`]).
        ordinal: u32,
    },
    /// Producer: the batch goes back to the front of its queue.
    BatchRetried {
        /// Which partition.
        partition: PartitionId,
        /// Why.
        error: ErrorCode,
        /// How many records.
        records: u32,
        /// Which they are ([`crate::log::Batch::ordinal`]).
        ordinal: u32,
        /// The how manyeth try comes next.
        attempt: u32,
    },
    /// Producer: a batch was too large for the broker, and goes on as smaller ones.
    BatchSplit {
        /// Which partition.
        partition: PartitionId,
        /// How many records.
        records: u32,
        /// Into how many batches.
        batches: u32,
    },
    /// Producer: the application is told that these records were not sent.
    RecordsFailed {
        /// Which partition.
        partition: PartitionId,
        /// Why.
        error: ErrorCode,
        /// How many records.
        records: u32,
        /// Which they are ([`crate::log::Batch::ordinal`]).
        ordinal: u32,
    },
    /// Producer: has an id, and numbers its batches from now on (KIP-98).
    ProducerIdAssigned {
        /// The id.
        producer_id: ProducerId,
        /// Its epoch.
        epoch: ProducerEpoch,
    },
    /// Producer: a gap cannot be closed, so it goes on with a new epoch and numbers from 0 again (KIP-360).
    ProducerEpochBumped {
        /// The new epoch.
        epoch: ProducerEpoch,
    },
    /// Producer: the records that follow without a key go to another partition.
    StickyPartitionChanged {
        /// To this one.
        partition: PartitionId,
    },

    /// Coordinator: a group has a new state.
    GroupState {
        /// Which group.
        group: Option<KeyId>,
        /// The state.
        state: GroupStateName,
        /// The group's generation.
        generation: u32,
        /// How many members it has.
        members: u32,
    },
    /// Coordinator: a member's session ran out, or it did not join or sync in time.
    MemberRemoved {
        /// Who, where known.
        consumer: NodeId,
    },
    /// Coordinator: offsets are stored for a partition.
    OffsetCommitted {
        /// Which partition.
        partition: PartitionId,
        /// The next offset to read.
        offset: Offset,
    },

    /// Consumer: it leads its group, and has computed who owns what.
    AssignmentComputed {
        /// For how many members.
        members: u32,
        /// How many partitions.
        partitions: u32,
    },
    /// Consumer: owns that partition now.
    PartitionAssigned {
        /// Which one.
        partition: PartitionId,
        /// In which generation.
        generation: u32,
    },
    /// Consumer: gave that partition up.
    PartitionRevoked {
        /// Which one.
        partition: PartitionId,
    },
    /// Consumer: reads from here.
    PositionSet {
        /// Which partition.
        partition: PartitionId,
        /// The next offset to read.
        offset: Offset,
        /// From the group's committed offset, or else from `auto.offset.reset`.
        committed: bool,
    },
    /// Consumer: the leader's log ends before its position, or went another way (KIP-320).
    LogTruncationDetected {
        /// Which partition.
        partition: PartitionId,
        /// It reads on from here.
        to: Offset,
    },
    /// Consumer: records arrived.
    RecordsFetched {
        /// From which partition.
        partition: PartitionId,
        /// The first one's offset.
        base_offset: Offset,
        /// How many.
        records: u32,
    },
    /// Consumer: `poll()` handed records to the application.
    Polled {
        /// How many.
        records: u32,
    },
    /// Consumer: the application has processed a record.
    RecordProcessed {
        /// From which partition.
        partition: PartitionId,
        /// Its offset.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
        /// From `send()` to now.
        latency_us: Micros,
    },
    /// Consumer: the coordinator answered with an error.
    CoordinatorRefused {
        /// What was asked.
        api: Api,
        /// The error.
        error: ErrorCode,
    },
    /// Consumer: the process has closed.
    ConsumerClosed,

    /// A rule for keys was refused: there is no room for so many keys.
    KeyRuleRefused {
        /// How many it would take.
        keys: u64,
    },
    /// Producer: the application comes faster than its own limit for that subject: what follows waits at the source.
    SourceQueued {
        /// Which subject.
        subject: KeyId,
    },
    /// Producer: the queue at the source is full, and the record is dropped.
    SourceDropped {
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
    },
    /// Controller: every client-id has another quota.
    QuotaAltered {
        /// Of which kind.
        quota: QuotaType,
        /// In bytes a second; 0 for none.
        bytes_per_s: u64,
    },
    /// Broker: a client is over its quota: nothing more is read from its connection for so long.
    Throttled {
        /// Who.
        client: NodeId,
        /// How long.
        throttle_ms: u32,
    },
    /// Coordinator: a consumer group's epoch has risen (KIP-848).
    GroupEpochBumped {
        /// It is this now.
        epoch: u32,
        /// Why.
        why: EpochWhy,
    },
    /// Coordinator: who should have what is computed for that epoch (KIP-848).
    TargetAssignmentComputed {
        /// For which epoch.
        epoch: u32,
        /// For how many members.
        members: u32,
        /// How many partitions.
        partitions: u32,
    },
    /// Coordinator: a member of a consumer group is one step nearer to what it should have (KIP-848).
    MemberReconciles {
        /// Who.
        consumer: NodeId,
        /// The step.
        step: ReconcileStep,
        /// The member's epoch after it.
        epoch: u32,
        /// How many partitions the step is about.
        partitions: u32,
    },
    /// Consumer: its membership was over, and that partition with it, before it gave it up (`onPartitionsLost`).
    PartitionLost {
        /// Which one.
        partition: PartitionId,
    },
    /// Consumer: the rebalance brought it nothing that it did not have (`onPartitionsAssigned` with nothing).
    NothingAssigned {
        /// In which generation.
        generation: u32,
    },
    /// Coordinator: a process came with the `group.instance.id` of a member, and is that member now.
    StaticMemberReplaced {
        /// Who came.
        consumer: NodeId,
        /// Who was that member: most often the same one, before its restart.
        was: NodeId,
    },
    /// Coordinator: somebody asks in the name of a static member whose place another process has taken since.
    InstanceFenced {
        /// Who asks.
        consumer: NodeId,
        /// Who is that member now.
        by: NodeId,
        /// What it asks.
        api: Api,
    },
    /// Coordinator: a static member did not join, and is a member of the next generation all the same.
    StaticMemberAwaited {
        /// Who is away.
        consumer: NodeId,
    },
    /// Coordinator: members knew more than one assignor, and the group uses another one than before, or its first.
    GroupProtocolChosen {
        /// Its name.
        protocol: &'static str,
    },

    /// Consumer: its application could not process a record.
    AttemptFailed {
        /// From which partition.
        partition: PartitionId,
        /// Its offset.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
        /// The how manyeth attempt this was.
        attempt: u32,
        /// Why.
        why: FailureWhy,
    },
    /// Consumer: its application sends a record on, by the producer in its process.
    RecordSentOn {
        /// From which partition.
        partition: PartitionId,
        /// Its offset there.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
        /// Where to.
        to: Destination,
        /// Not to be tried before that.
        due_us: Micros,
        /// Why.
        why: FailureWhy,
    },
    /// Consumer: a record that its application has sent on is stored.
    RecordStoredOn {
        /// In which partition.
        partition: PartitionId,
        /// At which offset.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
    },
    /// Consumer: its application has passed a record over.
    RecordSkipped {
        /// From which partition.
        partition: PartitionId,
        /// Its offset.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
    },
    /// Consumer: its application has paused a partition (`pause()`), and goes on polling the others.
    PartitionPaused {
        /// Which.
        partition: PartitionId,
        /// Until then.
        until_us: Micros,
        /// Why.
        why: PauseWhy,
    },
    /// Consumer: its application has a dead letter in hand.
    DeadLetterTaken {
        /// From which partition.
        partition: PartitionId,
        /// Its offset.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
    },
    /// Consumer: a record has killed its process.
    ApplicationCrashed {
        /// From which partition.
        partition: PartitionId,
        /// Its offset.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
    },
    /// Consumer: the group has no offset for a partition, or none that is in the log, and `auto.offset.reset` is none:
    /// `poll()` throws, and the application ends.
    NoOffsetForPartition {
        /// Which partition.
        partition: PartitionId,
    },
    /// Consumer: commits by itself, inside `poll()`, what earlier polls have returned (`enable.auto.commit`).
    AutoCommitted {
        /// Of how many partitions.
        partitions: u32,
    },
    /// Something happened to a message of the work queue beside the topic.
    Work(WorkFact),
    /// Worker: the process runs.
    WorkerStarted,
    /// Broker: something happened to records of a share group.
    Share(ShareFact),
    /// Coordinator: a share group has other members, or other partitions.
    ShareGroupChanged {
        /// Its epoch.
        epoch: u32,
        /// How many members it has.
        members: u32,
    },
    /// Share consumer: the application has processed a record.
    ShareProcessed {
        /// Which of the run's share groups, from 0.
        group: u8,
        /// From which partition.
        partition: PartitionId,
        /// Its offset.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
        /// The how manyeth delivery it was.
        delivery_count: u16,
    },
    /// Consumer: its process runs.
    ConsumerStarted,
    /// Consumer: its application hangs in the middle of a record, and does not come back to `poll()`.
    ApplicationStalled,
    /// Consumer: its application goes on.
    ApplicationGoesOn,
    /// Consumer: its application wanted to read a partition from elsewhere that is not assigned to it: `seek()` throws.
    SeekRefused {
        /// Which partition.
        partition: u16,
    },
    /// An administrator's reset of a group's offsets came to nothing.
    OffsetResetRefused {
        /// Which group.
        group: KeyId,
        /// Why.
        error: ErrorCode,
    },
    /// An administrator's reset of a group's offsets is stored.
    OffsetsReset {
        /// Which group.
        group: KeyId,
        /// Of how many partitions.
        partitions: u32,
    },
    /// Share consumer: the application could not process a record.
    ShareFailed {
        /// From which partition.
        partition: PartitionId,
        /// Its offset.
        offset: Offset,
        /// What it is about.
        subject: KeyId,
        /// The how manyeth about it.
        sequence: u32,
        /// The how manyeth delivery it was.
        delivery_count: u16,
        /// Why.
        why: FailureWhy,
    },
    /// An administrator could not delete a group.
    GroupDeletionRefused {
        /// Which group.
        group: KeyId,
        /// Why.
        error: ErrorCode,
    },
}
