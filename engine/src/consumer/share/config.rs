//! A share consumer's settings.

use crate::consumer::ConsumerConfig;
use crate::share::AcknowledgementMode;

/// A share consumer's settings: those that it shares with other consumers, and its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareConsumerConfig {
    /// Group, topic, and how it fetches and processes.
    pub consumer: ConsumerConfig,
    /// `share.acknowledgement.mode`.
    pub acknowledgement_mode: AcknowledgementMode,
    /// Which of the run's share groups it is in, from 0.
    pub group_number: u8,
}
