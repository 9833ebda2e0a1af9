//! Mistakes that can be built in, to see whether the invariants notice.

/// A seeded bug. Only tests, and a lab that shows Kafka as it once was, set one ([`crate::world::Setup::bug`]); no
/// scenario file can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bug {
    /// A new follower keeps all that it has.
    NoTruncation,
    /// A new follower truncates to its high watermark, as before KIP-101.
    TruncateToHighWatermark,
    /// A follower asks for the end of its epoch only once and trusts the answer, as before KIP-279.
    SingleEpochLookup,
    /// Fetches carry no leader epoch, as before KIP-320.
    NoFetchFencing,
    /// The last replica leaves the ISR without becoming an eligible leader, and any live replica may lead.
    ElectOutsideIsr,
    /// The ISR never shrinks.
    IsrNeverShrinks,
    /// A follower joins the ISR before it has caught up.
    IsrExpandsEarly,
    /// acks=all is answered by the leader alone.
    AcksAllByLeaderAlone,
    /// The leader's high watermark is its own log end.
    HighWatermarkFromLogEnd,
    /// The high watermark moves below the minimum ISR.
    HighWatermarkBelowMinIsr,
    /// Sequence numbers are not looked at.
    NoSequenceCheck,
    /// Duplicates are answered with success and appended again.
    DuplicatesAppended,
    /// A new leader gets the epoch of the one before.
    EpochNotBumped,
    /// Consumers may read up to the log end.
    ReadsBeyondHighWatermark,
    /// A fenced broker stays in its ISRs.
    FencedStaysInIsr,
    /// The controller does not compare the partition epoch of AlterPartition.
    NoPartitionEpochCheck,
    /// A voter grants a vote to whoever asks.
    VoteForStaleLog,
    /// A broker whose disk is lost keeps its place in the ISR (before KIP-966).
    UncleanShutdownKeepsIsr,
    /// A group's coordinator gives a new generation the number of the one before.
    GenerationNotBumped,
    /// A group's coordinator takes commits from whoever sends them: of an older generation, and of no member any more.
    StaleCommitAccepted,
    /// The cooperative assignor hands partitions out before their owners have given them up.
    HandedOutBeforeRevoked,
    /// An application commits the offset of a record that it sends on before it knows that it is stored.
    CommittedBeforeStored,
    /// The sink forgets at once which records it has had.
    DedupForgets,
    /// A share group's record is given to others while somebody has it.
    LockIgnored,
}

impl Bug {
    /// All of them.
    pub const ALL: [Bug; 24] = [
        Bug::NoTruncation,
        Bug::TruncateToHighWatermark,
        Bug::SingleEpochLookup,
        Bug::NoFetchFencing,
        Bug::ElectOutsideIsr,
        Bug::IsrNeverShrinks,
        Bug::IsrExpandsEarly,
        Bug::AcksAllByLeaderAlone,
        Bug::HighWatermarkFromLogEnd,
        Bug::HighWatermarkBelowMinIsr,
        Bug::NoSequenceCheck,
        Bug::DuplicatesAppended,
        Bug::EpochNotBumped,
        Bug::ReadsBeyondHighWatermark,
        Bug::FencedStaysInIsr,
        Bug::NoPartitionEpochCheck,
        Bug::VoteForStaleLog,
        Bug::UncleanShutdownKeepsIsr,
        Bug::GenerationNotBumped,
        Bug::StaleCommitAccepted,
        Bug::HandedOutBeforeRevoked,
        Bug::CommittedBeforeStored,
        Bug::DedupForgets,
        Bug::LockIgnored,
    ];

    /// What Kafka's own history calls it, where it has been there: *before KIP-101*.
    #[must_use]
    pub fn kip(self) -> Option<&'static str> {
        match self {
            Bug::TruncateToHighWatermark => Some("KIP-101"),
            Bug::SingleEpochLookup => Some("KIP-279"),
            Bug::NoFetchFencing => Some("KIP-320"),
            Bug::UncleanShutdownKeepsIsr => Some("KIP-966"),
            _ => None,
        }
    }
}
