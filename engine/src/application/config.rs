//! An application's own settings: when it commits, and what it does with a record that cannot be processed.

use super::RetryDelays;
use crate::wire::Micros;

/// When the application commits by itself (`commitSync`), where `enable.auto.commit` is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum CommitStrategy {
    /// After all records of a poll: what a crash leaves uncommitted is read again.
    #[default]
    EachPoll,
    /// After each record: one record at most is read again, and every record costs a request and its answer.
    EachRecord,
    /// Before the records of a poll are processed: what a crash leaves unprocessed is lost.
    BeforeProcessing,
}

/// What the application does with a record that it cannot process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum FailurePolicy {
    /// The partition stands still at that record: it is tried again and again, after the last of the delays, for ever.
    #[default]
    Stop,
    /// It is passed over.
    Skip,
    /// It is tried again on the spot, after each delay; the application does not poll meanwhile.
    InPlace,
    /// It is sent to a retry topic, and the ones behind it go on.
    RetryTopics,
}

/// An application's own settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationConfig {
    /// When it commits.
    pub commit: CommitStrategy,
    /// `enable.auto.commit`: the consumer commits inside `poll()`, and the application does not.
    pub auto_commit: bool,
    /// `auto.commit.interval.ms`.
    pub auto_commit_interval_us: Micros,
    /// What it does with a record that it cannot process.
    pub policy: FailurePolicy,
    /// How long it waits before the second attempt, the third, and so on.
    pub delays: RetryDelays,
    /// By so much of a hundred a delay is longer or shorter, as chance has it.
    pub jitter_percent: u8,
    /// Whether a record goes to the dead-letter topic after its last attempt, and is not passed over.
    pub dead_letters: bool,
    /// Whether later records of a key that is in retry follow it.
    pub keep_order: bool,
    /// How many consumers each retry topic has.
    pub retry_consumers: u8,
}

impl Default for ApplicationConfig {
    fn default() -> Self {
        Self {
            commit: CommitStrategy::EachPoll,
            auto_commit: false,
            auto_commit_interval_us: 5_000_000,
            policy: FailurePolicy::Stop,
            delays: RetryDelays::default(),
            jitter_percent: 0,
            dead_letters: true,
            keep_order: false,
            retry_consumers: 1,
        }
    }
}

impl ApplicationConfig {
    /// The most retry topics.
    pub const MAX_TIERS: u8 = 6;

    /// How many retry topics there are.
    #[must_use]
    pub fn tiers(&self) -> u8 {
        match self.policy {
            FailurePolicy::RetryTopics => self.delays.count().min(Self::MAX_TIERS),
            _ => 0,
        }
    }

    /// Whether there is a dead-letter topic.
    #[must_use]
    pub fn has_dead_letters(&self) -> bool {
        self.dead_letters && matches!(self.policy, FailurePolicy::InPlace | FailurePolicy::RetryTopics)
    }

    /// Whether records are sent on, so that a consumer needs a producer beside it.
    #[must_use]
    pub fn sends_on(&self) -> bool {
        self.tiers() > 0 || self.has_dead_letters()
    }
}
