//! The engine against Kafka: replays the cases of `tests/vectors/`, made by running Kafka's own classes.
//!
//! `PARTITURA_VECTORS` names another folder with cases of the same kinds. Each file is one test, and says on stderr how
//! many of its cases came out as in Kafka.
#![cfg(not(target_arch = "wasm32"))]

#[path = "vectors_harness/assignors.rs"]
mod assignors;
#[path = "vectors_harness/batch_sizes.rs"]
mod batch_sizes;
#[path = "vectors_harness/builtin_partitioner.rs"]
mod builtin_partitioner;
#[path = "vectors_harness/files.rs"]
mod files;
#[path = "vectors_harness/leader_epochs.rs"]
mod leader_epochs;
#[path = "vectors_harness/librdkafka.rs"]
mod librdkafka;
#[path = "vectors_harness/murmur2.rs"]
mod murmur2;
#[path = "vectors_harness/offsets_partition.rs"]
mod offsets_partition;
#[path = "vectors_harness/partition_elections.rs"]
mod partition_elections;
#[path = "vectors_harness/producer_state.rs"]
mod producer_state;
#[path = "vectors_harness/records.rs"]
mod records;
#[path = "vectors_harness/replica_placement.rs"]
mod replica_placement;
#[path = "vectors_harness/replication.rs"]
mod replication;
#[path = "vectors_harness/tally.rs"]
mod tally;
