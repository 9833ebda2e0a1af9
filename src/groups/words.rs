//! The words of the room: what a member does, and how the ownership of a partition ended.

use partitura_engine::trace::{MemberDoes, SpanEnd};

/// What a member does, in a word: the page's styles know it by that, too.
#[must_use]
pub fn does(does: MemberDoes) -> &'static str {
    match does {
        MemberDoes::Gone => "gone",
        MemberDoes::Waiting => "waiting",
        MemberDoes::Working => "working",
        MemberDoes::Idle => "idle",
        MemberDoes::Paused => "paused",
        MemberDoes::Stalled => "stalled",
    }
}

/// What that means.
#[must_use]
pub fn meaning(does: MemberDoes) -> &'static str {
    match does {
        MemberDoes::Gone => "there is no process",
        MemberDoes::Waiting => "owns nothing: the group rebalances, or it is about to join",
        MemberDoes::Working => "owns partitions, and reads them",
        MemberDoes::Idle => "a member with nothing to read: there are not enough partitions",
        MemberDoes::Paused => "its process stands still: no heartbeats",
        MemberDoes::Stalled => "its application hangs: heartbeats, and no poll()",
    }
}

/// How the ownership ended, in a word.
#[must_use]
pub fn end(end: SpanEnd) -> &'static str {
    match end {
        SpanEnd::Open => "goes on",
        SpanEnd::Revoked => "revoked",
        SpanEnd::Lost => "lost",
        SpanEnd::Crashed => "crashed",
        SpanEnd::Closed => "closed",
    }
}

/// What that means.
#[must_use]
pub fn end_meaning(end: SpanEnd) -> &'static str {
    match end {
        SpanEnd::Open => "it owns it now",
        SpanEnd::Revoked => "given up in a rebalance (onPartitionsRevoked)",
        SpanEnd::Lost => "the group went on without it (onPartitionsLost)",
        SpanEnd::Crashed => "its process was killed",
        SpanEnd::Closed => "it was closed, and has left",
    }
}

/// All ends that are marked, for the legend.
pub const ENDS: [SpanEnd; 4] = [SpanEnd::Revoked, SpanEnd::Lost, SpanEnd::Crashed, SpanEnd::Closed];

/// All that a member can do, for the legend.
pub const SPELLS: [MemberDoes; 6] = [
    MemberDoes::Working,
    MemberDoes::Idle,
    MemberDoes::Waiting,
    MemberDoes::Paused,
    MemberDoes::Stalled,
    MemberDoes::Gone,
];
