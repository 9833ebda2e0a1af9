//! Events that a scenario gives, word for word.

use crate::wire::Micros;

/// A record that is sent at a given time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEvent {
    /// When, from the start of the run.
    pub at_us: Micros,
    /// What it is about: the key rule makes its key of that.
    pub key: String,
    /// What it says.
    pub value: String,
}
