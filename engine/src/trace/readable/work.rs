//! What is said of the work queue.

use super::Names;
use crate::trace::{WorkFact, WorkStep};

pub(super) fn text(fact: &WorkFact, n: &Names) -> String {
    let what = match fact.step {
        WorkStep::Queued => "queue",
        WorkStep::Refused => "full, refuse",
        WorkStep::Delivered => "deliver",
        WorkStep::Deleted => "delete",
        WorkStep::AcknowledgedLate => "acknowledged too late",
        WorkStep::Reappeared => "see again",
        WorkStep::DeadLettered => "dead letter",
        WorkStep::Processed => "processed",
        WorkStep::Failed => "failed on",
    };
    let mut text = format!("{what} {}#{}", n.key(Some(fact.subject)), fact.sequence);
    if fact.step == WorkStep::Delivered {
        text.push_str(&format!(" to w{}, time {}", fact.worker, fact.receives));
    }
    text
}
