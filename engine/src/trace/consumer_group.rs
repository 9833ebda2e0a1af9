//! Why the epoch of a consumer group rises, and by which steps a member follows (KIP-848).

/// Why a consumer group's epoch has risen: somebody has to have something else than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EpochWhy {
    /// Somebody has come.
    MemberJoined,
    /// A member wants to read something else.
    SubscriptionChanged,
    /// What they read has another number of partitions.
    PartitionsChanged,
    /// A member has said good bye.
    MemberLeft,
    /// A member was not heard of for `group.consumer.session.timeout.ms`.
    SessionExpired,
    /// A member has not given up in time what it was told to.
    RevocationTimedOut,
}

/// A member's step towards its target, as its process notices it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReconcileStep {
    /// It is told to give partitions up.
    Revoke,
    /// It has given them up: they are free.
    Released,
    /// It gets partitions.
    Assign,
    /// It is in the new epoch with what it had.
    Enter,
}
