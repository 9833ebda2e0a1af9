//! What a consumer is doing, for those who watch it.

use super::Consumer;
use super::membership::MemberState;
use super::owned::OwnedPartition;
use super::poll::Phase;
use crate::wire::Micros;

/// From open to closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Open,
    /// `close()` was called, and gives up at that moment.
    Closing {
        until: Micros,
    },
    Closed,
}

impl Life {
    pub(super) fn is_over(self, now: Micros) -> bool {
        matches!(self, Life::Closing { until } if until <= now)
    }
}

/// What a consumer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsumerState {
    /// Waits for metadata, and for the topic to exist.
    Starting,
    /// Looks for the group's coordinator.
    FindingCoordinator,
    /// Is going to join, or waits for the other members to do so (Kafka's `UNJOINED` and `PREPARING_REBALANCE`).
    Joining,
    /// Waits for its assignment (`COMPLETING_REBALANCE`).
    Syncing,
    /// Knows what it owns.
    Stable,
    /// Commits and leaves.
    Closing,
    /// Is gone.
    Closed,
}

impl ConsumerState {
    /// In a word or two.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ConsumerState::Starting => "starting",
            ConsumerState::FindingCoordinator => "finding coordinator",
            ConsumerState::Joining => "joining",
            ConsumerState::Syncing => "syncing",
            ConsumerState::Stable => "stable",
            ConsumerState::Closing => "closing",
            ConsumerState::Closed => "closed",
        }
    }
}

impl Consumer {
    /// Which part of the application it belongs to.
    #[must_use]
    pub fn role(&self) -> super::Role {
        self.config.role
    }

    /// Its group.
    #[must_use]
    pub fn group(&self) -> &crate::wire::GroupId {
        &self.config.group
    }

    /// Whose effects its application's are.
    #[must_use]
    pub fn account(&self) -> u8 {
        self.config.account
    }

    /// What it is doing.
    #[must_use]
    pub fn state(&self) -> ConsumerState {
        match (self.life, self.membership.state) {
            (Life::Closed, _) => ConsumerState::Closed,
            (Life::Closing { .. }, _) => ConsumerState::Closing,
            (Life::Open, _) if !self.metadata.knows(&self.config.topic) => ConsumerState::Starting,
            (Life::Open, MemberState::Stable) => ConsumerState::Stable,
            (Life::Open, MemberState::Syncing) => ConsumerState::Syncing,
            (Life::Open, _) if self.coordinator.broker().is_none() => ConsumerState::FindingCoordinator,
            (Life::Open, _) => ConsumerState::Joining,
        }
    }

    /// The generation of which it is a member, if it is one.
    #[must_use]
    pub fn generation(&self) -> Option<u32> {
        self.membership.generation
    }

    /// What it owns, by partition.
    pub fn owned(&self) -> impl ExactSizeIterator<Item = OwnedPartition> {
        self.fetcher.owned.iter().map(OwnedPartition::from)
    }

    /// Whether the application works on records, or waits for their commit.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.application.phase() != Phase::Polling
    }
}
