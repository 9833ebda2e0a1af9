//! The invariants, one a file.

mod acknowledged_survive;
mod committed_reads_only;
mod consumers_notice_truncation;
mod fenced_in_no_isr;
mod high_watermark_monotonic;
mod high_watermark_needs_min_isr;
mod isr_within_maximal;
mod lagging_leaves_isr;
mod leader_completeness;
mod log_matching;
mod metadata_logs_match;
mod no_duplicates;
mod numbering;
mod one_leader_per_epoch;
mod producer_order;

pub use acknowledged_survive::AcknowledgedSurvive;
pub use committed_reads_only::CommittedReadsOnly;
pub use consumers_notice_truncation::ConsumersNoticeTruncation;
pub use fenced_in_no_isr::FencedInNoIsr;
pub use high_watermark_monotonic::HighWatermarkMonotonic;
pub use high_watermark_needs_min_isr::HighWatermarkNeedsMinIsr;
pub use isr_within_maximal::IsrWithinMaximal;
pub use lagging_leaves_isr::LaggingLeavesIsr;
pub use leader_completeness::LeaderCompleteness;
pub use log_matching::LogMatching;
pub use metadata_logs_match::MetadataLogsMatch;
pub use no_duplicates::NoDuplicates;
pub use one_leader_per_epoch::OneLeaderPerEpoch;
pub use producer_order::ProducerOrder;

use super::Invariant;
use crate::wire::Acks;
use crate::world::Setup;

/// Those that hold under these settings, in the order in which they are asked: the first that is broken is told, so the
/// plainest come first.
#[must_use]
pub fn all(setup: &Setup) -> Vec<Box<dyn Invariant>> {
    let mut all: Vec<Box<dyn Invariant>> = vec![
        Box::new(MetadataLogsMatch::default()),
        Box::new(FencedInNoIsr),
        Box::new(OneLeaderPerEpoch::default()),
        Box::new(HighWatermarkMonotonic),
        Box::new(HighWatermarkNeedsMinIsr::new(setup)),
        Box::new(IsrWithinMaximal),
        Box::new(LaggingLeavesIsr::new(setup)),
        Box::new(CommittedReadsOnly),
        Box::new(ConsumersNoticeTruncation::default()),
    ];
    if setup.producer.acks == Acks::All {
        all.push(Box::new(AcknowledgedSurvive::default()));
    }
    if setup.producer.is_idempotent() {
        all.push(Box::new(NoDuplicates::default()));
        all.push(Box::new(ProducerOrder::default()));
    }
    all.push(Box::new(LeaderCompleteness));
    all.push(Box::new(LogMatching::default()));
    all
}
