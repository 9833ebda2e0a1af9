//! The invariants, one a file.

mod acknowledged_survive;
mod assignment_is_legal;
mod commits;
mod commits_go_forward;
mod committed_reads_only;
mod committed_within_high_watermark;
mod consumers_notice_truncation;
mod effects_once;
mod fenced_in_no_isr;
mod high_watermark_monotonic;
mod high_watermark_needs_min_isr;
mod isr_within_maximal;
mod keyed_where_hashed;
mod keys_stay_in_order;
mod lagging_leaves_isr;
mod leader_completeness;
mod log_matching;
mod merge_keeps_order;
mod metadata_logs_match;
mod no_duplicates;
mod nothing_passed_over;
mod numbering;
mod one_end_for_each_record;
mod one_leader_per_epoch;
mod one_owner_per_generation;
mod partials_add_up;
mod producer_order;
mod queue_keeps_messages;
mod shared_with_one_at_a_time;
mod throttled_unread;

pub use acknowledged_survive::AcknowledgedSurvive;
pub use assignment_is_legal::AssignmentIsLegal;
pub use commits_go_forward::CommitsGoForward;
pub use committed_reads_only::CommittedReadsOnly;
pub use committed_within_high_watermark::CommittedWithinHighWatermark;
pub use consumers_notice_truncation::ConsumersNoticeTruncation;
pub use effects_once::EffectsOnce;
pub use fenced_in_no_isr::FencedInNoIsr;
pub use high_watermark_monotonic::HighWatermarkMonotonic;
pub use high_watermark_needs_min_isr::HighWatermarkNeedsMinIsr;
pub use isr_within_maximal::IsrWithinMaximal;
pub use keyed_where_hashed::KeyedWhereHashed;
pub use keys_stay_in_order::KeysStayInOrder;
pub use lagging_leaves_isr::LaggingLeavesIsr;
pub use leader_completeness::LeaderCompleteness;
pub use log_matching::LogMatching;
pub use merge_keeps_order::MergeKeepsOrder;
pub use metadata_logs_match::MetadataLogsMatch;
pub use no_duplicates::NoDuplicates;
pub use nothing_passed_over::NothingPassedOver;
pub use one_end_for_each_record::OneEndForEachRecord;
pub use one_leader_per_epoch::OneLeaderPerEpoch;
pub use one_owner_per_generation::OneOwnerPerGeneration;
pub use partials_add_up::PartialsAddUp;
pub use producer_order::ProducerOrder;
pub use queue_keeps_messages::QueueKeepsMessages;
pub use shared_with_one_at_a_time::SharedWithOneAtATime;
pub use throttled_unread::ThrottledUnread;

use super::Invariant;
use crate::application::{CommitStrategy, FailurePolicy};
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
        Box::new(KeyedWhereHashed::new(setup)),
        Box::new(ThrottledUnread),
        Box::new(PartialsAddUp),
        Box::new(AssignmentIsLegal),
        Box::new(CommittedWithinHighWatermark::default()),
        Box::new(OneOwnerPerGeneration::default()),
        Box::new(CommitsGoForward::default()),
        Box::new(OneEndForEachRecord::default()),
    ];
    if setup.producer.acks == Acks::All {
        all.push(Box::new(AcknowledgedSurvive::default()));
    }
    if setup.producer.is_idempotent() {
        all.push(Box::new(NoDuplicates::default()));
        all.push(Box::new(ProducerOrder::default()));
    }
    let application = &setup.consumer.application;
    if !application.auto_commit && application.commit != CommitStrategy::BeforeProcessing {
        all.push(Box::new(NothingPassedOver::default()));
    }
    if setup.downstream.dedup {
        all.push(Box::new(EffectsOnce::default()));
    }
    // Otherwise the producers beside the consumers change the order themselves, or send a record twice.
    let sends_once = setup.producer.is_idempotent();
    if application.keep_order && application.policy == FailurePolicy::RetryTopics && sends_once {
        all.push(Box::new(KeysStayInOrder::default()));
    }
    if !setup.share_groups.is_empty() {
        all.push(Box::new(SharedWithOneAtATime::new(setup)));
    }
    if setup.work_queue.workers > 0 {
        all.push(Box::new(QueueKeepsMessages::default()));
    }
    if setup.order_repair {
        all.push(Box::new(MergeKeepsOrder::default()));
    }
    all.push(Box::new(LeaderCompleteness));
    all.push(Box::new(LogMatching::default()));
    all
}
