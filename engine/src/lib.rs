//! Partitura's simulated Kafka: brokers, a controller, producers and a consumer group as pure state machines that run
//! in virtual time. It reads no clock, opens no socket, starts no thread and knows no browser: the same scenario and
//! seed give the same trace everywhere.
//!
//! Start at [`world::World`]; `ARCHITECTURE.md` shows the rooms and which way the arrows point.

pub mod application;
pub mod assignor;
pub mod broker;
pub mod check;
mod chunked;
pub mod consumer;
pub mod controller;
pub mod coordinator;
pub mod log;
pub mod node;
pub mod producer;
pub mod quorum;
pub mod scenario;
pub mod share;
pub mod short_map;
pub mod short_sort;
pub mod trace;
pub mod wire;
pub mod work_queue;
pub mod workload;
pub mod world;
