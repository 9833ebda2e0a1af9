//! The controllers' settings, by Kafka's names and with Kafka's defaults.

use crate::wire::Micros;

/// The controllers' settings (`QuorumConfig`, `ReplicationControlManager`, `ServerConfigs`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerConfig {
    /// `controller.quorum.election.timeout.ms`.
    pub election_timeout_us: Micros,
    /// `controller.quorum.fetch.timeout.ms`.
    pub fetch_timeout_us: Micros,
    /// `controller.quorum.election.backoff.max.ms`.
    pub election_backoff_max_us: Micros,
    /// `controller.quorum.request.timeout.ms`.
    pub request_timeout_us: Micros,
    /// `broker.session.timeout.ms`.
    pub broker_session_timeout_us: Micros,
    /// `auto.leader.rebalance.enable`.
    pub auto_leader_rebalance: bool,
    /// `leader.imbalance.check.interval.seconds`, in microseconds.
    pub leader_imbalance_check_interval_us: Micros,
    /// `unclean.leader.election.enable`.
    pub unclean_leader_election: bool,
    /// `unclean.leader.election.interval.ms`.
    pub unclean_election_interval_us: Micros,
    /// Whether `eligible.leader.replicas.version` is 1 (KIP-966).
    pub eligible_leader_replicas: bool,
    /// `min.insync.replicas`: decides when the ISR is too small, and members go to the ELR.
    pub min_insync_replicas: u8,
}

impl Default for ControllerConfig {
    fn default() -> Self {
        Self {
            election_timeout_us: 1_000_000,
            fetch_timeout_us: 2_000_000,
            election_backoff_max_us: 1_000_000,
            request_timeout_us: 2_000_000,
            broker_session_timeout_us: 9_000_000,
            auto_leader_rebalance: true,
            leader_imbalance_check_interval_us: 300_000_000,
            unclean_leader_election: false,
            unclean_election_interval_us: 300_000_000,
            eligible_leader_replicas: true,
            min_insync_replicas: 1,
        }
    }
}
