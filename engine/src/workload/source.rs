//! How records come to the producers: who sends about what, and what happens to those that cannot be sent yet.

/// Who sends what there is about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dealing {
    /// One producer, always the same: what is about one subject is sent in order.
    #[default]
    Dealt,
    /// All of them, each its even part: several services that write the same keys. Between them there is no order.
    All,
}

/// What the application does while `send()` blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SourceKind {
    /// It waits, and makes no records meanwhile: a loop that makes the next one when `send()` has returned.
    #[default]
    Waits,
    /// Records come all the same, and pile up in front of `send()`: visitors do not stop clicking.
    Queues,
}

/// A limit of the application's own, in front of `send()`: what comes faster waits in a queue at the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendLimit {
    /// About which subject.
    pub subject: String,
    /// So many records a second at most, of each producer.
    pub per_second: u32,
}

impl SendLimit {
    /// The most limits at a time.
    pub const MOST: usize = 100;
    /// The highest limit.
    pub const MAX_RATE: u32 = 1_000_000;
}
