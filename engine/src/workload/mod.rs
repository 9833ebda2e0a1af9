//! Who sends what, when: rates, bursts, key distributions, and events that a scenario lists.

mod arrivals;
mod keys;
mod listed;

pub use arrivals::{Burst, Interval, Rate};
pub use keys::{KeyDistribution, KeySampler, ZipfExponent};
pub use listed::ListedEvent;

/// What the producers of a run send, all of them together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// How often, over all producers.
    pub rate: Rate,
    /// The keys that records are about.
    pub keys: Vec<String>,
    /// How often each key comes.
    pub distribution: KeyDistribution,
    /// Whether records carry their subject as key, or no key.
    pub keyed: bool,
    /// The size of a value that no scenario wrote.
    pub value_bytes: u32,
    /// Records that are sent at given times, besides those that the rate makes.
    pub listed: Vec<ListedEvent>,
}
