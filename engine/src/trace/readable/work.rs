//! What is said of the work queue, and of share groups.

use super::Names;
use crate::trace::{ShareFact, ShareStep, WorkFact, WorkStep};

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

pub(super) fn share_text(fact: &ShareFact, n: &Names) -> String {
    let what = match fact.step {
        ShareStep::Acquired => "acquired by",
        ShareStep::Accepted => "accepted by",
        ShareStep::Released => "released by",
        ShareStep::Rejected => "rejected by",
        ShareStep::Renewed => "lock renewed by",
        ShareStep::LockExpired => "lock expired of",
        ShareStep::SessionEnded => "session ended of",
        ShareStep::Archived => "archived, had last by",
        ShareStep::AcknowledgeRefused => "acknowledgement refused of",
    };
    let ShareFact {
        first,
        records,
        member,
        delivery_count,
        ..
    } = fact;
    let place = n.partition(fact.partition);
    let mut text = format!("share {place}@{first} {} {what} {member}", super::records(*records));
    if *delivery_count > 0 {
        text.push_str(&format!(", delivery {delivery_count}"));
    }
    text
}
