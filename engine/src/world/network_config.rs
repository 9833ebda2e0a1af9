//! How far apart the nodes are.

use crate::wire::Micros;

/// Latency and bandwidth of the links, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkConfig {
    /// Between a client and a broker.
    pub client: LinkConfig,
    /// Between two brokers.
    pub broker: LinkConfig,
    /// Between a broker and the controller.
    pub controller: LinkConfig,
}

/// One kind of link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkConfig {
    /// One way, for a message without size.
    pub latency_us: Micros,
    /// Up to so much more, drawn for each message.
    pub jitter_us: Micros,
    /// Bytes a second; the larger a message, the longer it takes.
    pub bytes_per_s: u64,
}

impl LinkConfig {
    /// A link within a data centre: half a millisecond one way, 1 Gbit/s.
    pub const NEAR: Self = Self {
        latency_us: 500,
        jitter_us: 100,
        bytes_per_s: 125_000_000,
    };
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            client: LinkConfig::NEAR,
            broker: LinkConfig::NEAR,
            controller: LinkConfig::NEAR,
        }
    }
}
