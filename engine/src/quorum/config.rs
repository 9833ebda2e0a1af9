//! How patient the quorum is.

use crate::wire::Micros;

/// The quorum's settings (`QuorumConfig`). None of the spans may be 0: [`super::Quorum::new`] takes 1 µs then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuorumConfig {
    /// `controller.quorum.election.timeout.ms`: a voter waits so long, and up to as much again, before it asks for votes.
    pub election_timeout_us: Micros,
    /// `controller.quorum.fetch.timeout.ms`: a follower that cannot fetch for so long looks for another leader.
    pub fetch_timeout_us: Micros,
    /// `controller.quorum.election.backoff.max.ms`: the last of the successors of a leader that resigned waits so long.
    pub election_backoff_max_us: Micros,
    /// `controller.quorum.request.timeout.ms`.
    pub request_timeout_us: Micros,
}

impl QuorumConfig {
    /// A leader that a majority has not fetched from for so long resigns (`LeaderState.CHECK_QUORUM_TIMEOUT_FACTOR`).
    #[must_use]
    pub fn check_quorum_timeout_us(&self) -> Micros {
        self.fetch_timeout_us + self.fetch_timeout_us / 2
    }

    /// A voter that has not fetched for so long is told again who leads (`KafkaRaftClient.pollLeader`).
    pub(super) fn begin_epoch_interval_us(&self) -> Micros {
        (self.fetch_timeout_us / 2).max(1)
    }

    pub(super) fn without_zeros(self) -> Self {
        Self {
            election_timeout_us: self.election_timeout_us.max(1),
            fetch_timeout_us: self.fetch_timeout_us.max(1),
            election_backoff_max_us: self.election_backoff_max_us,
            request_timeout_us: self.request_timeout_us.max(1),
        }
    }
}
