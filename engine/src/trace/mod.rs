//! What happened, and why: events with their causes, counters, and one digest over everything.

mod command_fact;
mod consumer_group;
mod counters;
mod digest;
mod event;
mod fact;
mod group_history;
mod groups;
mod intervals;
mod json;
mod latency;
mod ledger;
mod merge;
mod partials;
mod readable;
mod recent;
mod sent;

pub use command_fact::{CommandFact, KeyFact, ProcessFault};
pub use consumer_group::{EpochWhy, ReconcileStep};
pub use counters::{Counters, GroupCounters, PartitionCounters, SubjectCounters};
pub use event::{Event, EventId, Trace};
pub use fact::{BatchWhy, Election, Fact, FenceWhy, GroupStateName};
pub use group_history::{GroupHistory, MemberDoes, Rebalance, Span, SpanEnd, Spell};
pub use groups::Groups;
pub use intervals::Intervals;
pub use json::event_json;
pub use latency::LatencyHistogram;
pub use ledger::{Ledger, LedgerColumn, LedgerFigures, LedgerLine};
pub use merge::MergeFigures;
pub use readable::{Names, readable, readable_time};
pub use sent::Sent;
