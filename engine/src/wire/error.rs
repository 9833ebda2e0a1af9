//! Kafka's error codes, as far as the simulated system answers with them.

use std::fmt;

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $kafka:literal, $retriable:literal, $refresh:literal;)*) => {
        /// What a response says went wrong, by Kafka's code and name (`org.apache.kafka.common.protocol.Errors`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(i16)]
        pub enum ErrorCode {
            $($(#[$doc])* $name = $code,)*
        }

        impl ErrorCode {
            /// Every code there is, for tables and tests.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name),*];

            /// Kafka's name for it, such as `NOT_LEADER_OR_FOLLOWER`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(ErrorCode::$name => $kafka,)* }
            }

            /// Whether a client may send the same request again.
            #[must_use]
            pub fn is_retriable(self) -> bool {
                match self { $(ErrorCode::$name => $retriable,)* }
            }

            /// Whether a client should ask for metadata before it tries again (`InvalidMetadataException`).
            #[must_use]
            pub fn refreshes_metadata(self) -> bool {
                match self { $(ErrorCode::$name => $refresh,)* }
            }
        }
    };
}

errors! {
    /// All is well.
    None = 0, "NONE", false, false;
    /// The offset is not in the log.
    OffsetOutOfRange = 1, "OFFSET_OUT_OF_RANGE", false, false;
    /// The broker does not know the partition.
    UnknownTopicOrPartition = 3, "UNKNOWN_TOPIC_OR_PARTITION", true, true;
    /// The partition has no leader.
    LeaderNotAvailable = 5, "LEADER_NOT_AVAILABLE", true, true;
    /// This broker is not the partition's leader.
    NotLeaderOrFollower = 6, "NOT_LEADER_OR_FOLLOWER", true, true;
    /// The request was not done in time.
    RequestTimedOut = 7, "REQUEST_TIMED_OUT", true, false;
    /// A batch is larger than `max.message.bytes`.
    MessageTooLarge = 10, "MESSAGE_TOO_LARGE", false, false;
    /// The connection went away before the answer came.
    NetworkException = 13, "NETWORK_EXCEPTION", true, true;
    /// The coordinator still loads its offsets and groups.
    CoordinatorLoadInProgress = 14, "COORDINATOR_LOAD_IN_PROGRESS", true, false;
    /// There is no coordinator yet.
    CoordinatorNotAvailable = 15, "COORDINATOR_NOT_AVAILABLE", true, false;
    /// This broker does not coordinate the group.
    NotCoordinator = 16, "NOT_COORDINATOR", true, false;
    /// Fewer in-sync replicas than `min.insync.replicas`: nothing was written.
    NotEnoughReplicas = 19, "NOT_ENOUGH_REPLICAS", true, false;
    /// The batch was written, to fewer in-sync replicas than `min.insync.replicas`.
    NotEnoughReplicasAfterAppend = 20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", true, false;
    /// The member speaks of an earlier generation of the group.
    IllegalGeneration = 22, "ILLEGAL_GENERATION", false, false;
    /// The members share no assignment strategy.
    InconsistentGroupProtocol = 23, "INCONSISTENT_GROUP_PROTOCOL", false, false;
    /// The group does not know the member.
    UnknownMemberId = 25, "UNKNOWN_MEMBER_ID", false, false;
    /// The session timeout is outside of what the broker allows.
    InvalidSessionTimeout = 26, "INVALID_SESSION_TIMEOUT", false, false;
    /// The group rebalances: join again.
    RebalanceInProgress = 27, "REBALANCE_IN_PROGRESS", false, false;
    /// A topic of that name exists.
    TopicAlreadyExists = 36, "TOPIC_ALREADY_EXISTS", false, false;
    /// The number of partitions makes no sense.
    InvalidPartitions = 37, "INVALID_PARTITIONS", false, false;
    /// The replication factor is zero, or larger than the number of brokers.
    InvalidReplicationFactor = 38, "INVALID_REPLICATION_FACTOR", false, false;
    /// The assignment of replicas makes no sense.
    InvalidReplicaAssignment = 39, "INVALID_REPLICA_ASSIGNMENT", false, false;
    /// This controller is not the active one.
    NotController = 41, "NOT_CONTROLLER", true, true;
    /// The request makes no sense.
    InvalidRequest = 42, "INVALID_REQUEST", false, false;
    /// The sequence number is not the one after the last.
    OutOfOrderSequenceNumber = 45, "OUT_OF_ORDER_SEQUENCE_NUMBER", false, false;
    /// The batch is there already.
    DuplicateSequenceNumber = 46, "DUPLICATE_SEQUENCE_NUMBER", false, false;
    /// The producer's epoch is older than one that has written.
    InvalidProducerEpoch = 47, "INVALID_PRODUCER_EPOCH", false, false;
    /// The broker does not know the producer id.
    UnknownProducerId = 59, "UNKNOWN_PRODUCER_ID", false, false;
    /// The request carries an older leader epoch than the broker knows.
    FencedLeaderEpoch = 74, "FENCED_LEADER_EPOCH", true, true;
    /// The request carries a newer leader epoch than the broker knows.
    UnknownLeaderEpoch = 75, "UNKNOWN_LEADER_EPOCH", true, false;
    /// The request carries an older registration of the broker than the controller knows.
    StaleBrokerEpoch = 77, "STALE_BROKER_EPOCH", false, false;
    /// The high watermark is not known well enough yet: a new leader's has not reached the start of its epoch.
    OffsetNotAvailable = 78, "OFFSET_NOT_AVAILABLE", true, false;
    /// Join again with the member id that this response carries (KIP-394).
    MemberIdRequired = 79, "MEMBER_ID_REQUIRED", false, false;
    /// The preferred leader is not in sync, or not alive.
    PreferredLeaderNotAvailable = 80, "PREFERRED_LEADER_NOT_AVAILABLE", true, true;
    /// The group has `group.max.size` members (KIP-389).
    GroupMaxSizeReached = 81, "GROUP_MAX_SIZE_REACHED", false, false;
    /// Another process has come with the same `group.instance.id` and taken this one's place (KIP-345).
    FencedInstanceId = 82, "FENCED_INSTANCE_ID", false, false;
    /// No eligible leader is alive.
    EligibleLeadersNotAvailable = 83, "ELIGIBLE_LEADERS_NOT_AVAILABLE", true, true;
    /// The partition has the leader that it should have.
    ElectionNotNeeded = 84, "ELECTION_NOT_NEEDED", true, true;
    /// The update starts from another version than the current one.
    InvalidUpdateVersion = 95, "INVALID_UPDATE_VERSION", false, false;
    /// A broker of that id is there already.
    DuplicateBrokerRegistration = 101, "DUPLICATE_BROKER_REGISTRATION", false, false;
    /// The broker is not registered.
    BrokerIdNotRegistered = 102, "BROKER_ID_NOT_REGISTERED", false, false;
    /// A replica that should be in the ISR may not be there: it is fenced, shutting down, or newly registered.
    IneligibleReplica = 107, "INELIGIBLE_REPLICA", false, false;
    /// The request changed the leader, and the sender is not the leader any more.
    NewLeaderElected = 108, "NEW_LEADER_ELECTED", false, false;
    /// A member that is still there has that `group.instance.id` (KIP-848).
    UnreleasedInstanceId = 111, "UNRELEASED_INSTANCE_ID", false, false;
    /// The group has members, and cannot be deleted.
    NonEmptyGroup = 68, "NON_EMPTY_GROUP", false, false;
    /// There is no such group.
    GroupIdNotFound = 69, "GROUP_ID_NOT_FOUND", false, false;
    /// The member has another epoch than the coordinator knows: it must drop its partitions and join again (KIP-848).
    FencedMemberEpoch = 110, "FENCED_MEMBER_EPOCH", false, false;
    /// The coordinator does not have the assignor that the member asks for (KIP-848).
    UnsupportedAssignor = 112, "UNSUPPORTED_ASSIGNOR", false, false;
    /// The member's epoch is not the present one: try again with the one from the next heartbeat (KIP-848).
    StaleMemberEpoch = 113, "STALE_MEMBER_EPOCH", false, false;
    /// A share consumer speaks of a record that it does not have, or not any more (KIP-932).
    InvalidRecordState = 121, "INVALID_RECORD_STATE", false, false;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
