//! What facts say in a word: why something was done, and the states of a group.

/// Why an application has paused a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PauseWhy {
    /// Its next record is not due yet.
    NotDue,
    /// Its next record cannot be processed, and the policy is to stop there.
    Stopped,
    /// The application holds as many dead letters as it can.
    Full,
}

/// Why a broker was fenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FenceWhy {
    /// No heartbeat for `broker.session.timeout.ms`.
    SessionExpired,
    /// It has stopped, in order.
    ShutDown,
    /// It has registered again: its process is another one.
    Restarted,
}

/// Why that replica leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Election {
    /// The partition is new: the first live replica in the order of assignment.
    First,
    /// The first live replica of the ISR in the order of assignment.
    FromIsr,
    /// The preferred leader, the first in the order of assignment, is back in the ISR.
    Preferred,
    /// The ISR is empty, and this one is an eligible leader replica (KIP-966).
    FromElr,
    /// ISR and ELR are empty, and this is the last known leader.
    LastKnown,
    /// `unclean.leader.election.enable`: the first live replica, whatever it lacks.
    Unclean,
}

/// Why a batch left the accumulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchWhy {
    /// It is full, or a later batch waits behind it.
    Full,
    /// It has waited `linger.ms`.
    Linger,
    /// It was refused before and has waited its backoff.
    Retry,
    /// It is a part of one that was too large.
    Split,
    /// The producer is short of memory.
    MemoryExhausted,
    /// It was not ready, but another batch for the same broker was.
    Along,
}

/// The state of a group, by Kafka's name (`ClassicGroupState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum GroupStateName {
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
    Dead,
    Assigning,
    Reconciling,
}

impl GroupStateName {
    /// Kafka's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            GroupStateName::Empty => "Empty",
            GroupStateName::PreparingRebalance => "PreparingRebalance",
            GroupStateName::CompletingRebalance => "CompletingRebalance",
            GroupStateName::Stable => "Stable",
            GroupStateName::Dead => "Dead",
            GroupStateName::Assigning => "Assigning",
            GroupStateName::Reconciling => "Reconciling",
        }
    }
}
