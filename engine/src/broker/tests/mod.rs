//! Stories of replicas, without the world.
