//! `partition.assignment.strategy` by name.

use super::{MemberSubscription, Shares, cooperative_sticky, range, roundrobin, sticky};

/// An assignor of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// `range`: topic by topic, in blocks.
    Range,
    /// `roundrobin`: one by one over all topics.
    RoundRobin,
    /// `sticky`: even, and as little moved as can be.
    Sticky,
    /// `cooperative-sticky`: the same, in two steps, so that only those stop who lose something.
    CooperativeSticky,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Strategy; 4] = [
        Strategy::Range,
        Strategy::RoundRobin,
        Strategy::Sticky,
        Strategy::CooperativeSticky,
    ];

    /// The name of its protocol in JoinGroup (`ConsumerPartitionAssignor.name`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Strategy::Range => "range",
            Strategy::RoundRobin => "roundrobin",
            Strategy::Sticky => "sticky",
            Strategy::CooperativeSticky => "cooperative-sticky",
        }
    }

    /// The assignor of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name)
    }

    /// Whether members may keep their partitions while they join (`supportedProtocols`).
    #[must_use]
    pub const fn is_cooperative(self) -> bool {
        matches!(self, Strategy::CooperativeSticky)
    }

    /// Who gets what, in the order of `members`. `topics` gives each topic once, with its number of partitions.
    #[must_use]
    pub fn assign<Topic: Copy + Ord>(
        self,
        topics: &[(Topic, u32)],
        members: &[MemberSubscription<'_, Topic>],
    ) -> Shares<Topic> {
        match self {
            Strategy::Range => range::assign(topics, members),
            Strategy::RoundRobin => roundrobin::assign(topics, members),
            Strategy::Sticky => sticky::assign(topics, members),
            Strategy::CooperativeSticky => cooperative_sticky::assign(topics, members),
        }
    }
}
