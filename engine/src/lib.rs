//! Partitura's simulated Kafka.
