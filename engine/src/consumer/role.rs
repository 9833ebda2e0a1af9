//! What a consumer is for.

/// Which part of the application a consumer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// Reads the topic.
    #[default]
    Main,
    /// Reads the retry topic of that tier, from 1, and tries each record again when it is due.
    Retry(u8),
    /// Reads the dead-letter topic, and keeps what is in it in hand for a person to look at.
    DeadLetter,
}
