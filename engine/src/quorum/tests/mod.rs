//! Stories of a quorum.
