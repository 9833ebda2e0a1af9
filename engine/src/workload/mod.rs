//! Who sends what, when: rates, bursts, key distributions, and events that a scenario lists.

mod arrivals;
mod key_rule;
mod keys;
mod listed;
mod shares;
mod source;

pub use arrivals::{Burst, Interval, Rate};
pub use key_rule::{KeyRule, Keying};
pub use keys::{KeyDistribution, KeySampler, ZipfExponent};
pub use listed::ListedEvent;
pub use source::{Dealing, SendLimit, SourceKind};

/// What the producers of a run send, all of them together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// How often, over all producers.
    pub rate: Rate,
    /// The keys that records are about.
    pub keys: Vec<String>,
    /// How often each key comes.
    pub distribution: KeyDistribution,
    /// The weight of each key, in their order: what [`KeyDistribution::Weights`] goes by.
    pub weights: Vec<u32>,
    /// What records have as key.
    pub key: KeyRule,
    /// Whether a subject has one producer, or all of them.
    pub subjects: Dealing,
    /// What the application does while `send()` blocks.
    pub source: SourceKind,
    /// How often the application sends about some subjects at most.
    pub limits: Vec<SendLimit>,
    /// The size of a value that no scenario wrote.
    pub value_bytes: u32,
    /// Records that are sent at given times, besides those that the rate makes.
    pub listed: Vec<ListedEvent>,
}
