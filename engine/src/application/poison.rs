//! Records that cannot be processed, whoever tries.

use crate::wire::Offset;

/// One rule: which records are poison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poison {
    /// Which.
    pub what: PoisonWhat,
    /// Whether such a record kills the process that works on it, instead of failing.
    pub crash: bool,
}

/// Which records are poison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PoisonWhat {
    /// All about that subject.
    Key(String),
    /// The one at that place of the topic.
    Offset {
        /// Which partition.
        partition: u16,
        /// Where in it.
        offset: Offset,
    },
}

impl Poison {
    /// The most rules.
    pub const MOST: usize = 100;
}
