//! A producer when things fail.
