//! A producer when things fail.

mod links;
mod little_brokers;
mod no_duplicates;
mod numbers;
mod retries;
