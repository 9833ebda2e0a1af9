//! A producer when things fail.

mod accumulator_vectors;
mod links;
mod little_brokers;
mod no_duplicates;
mod numbers;
mod partitioning;
mod retries;
