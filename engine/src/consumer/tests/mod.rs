//! Stories of consumers and their group.

mod cooperative;
mod failures;
mod group;
mod little_broker;
mod little_world;
mod reading;
mod static_members;
