//! What happened, and why: events with their causes, counters, and one digest over everything.

mod counters;
mod digest;
mod event;
mod fact;
mod intervals;
mod json;
mod ledger;
mod readable;

pub use counters::{Counters, GroupCounters, PartitionCounters, SubjectCounters};
pub use event::{Event, EventId, Trace};
pub use fact::{BatchWhy, CommandFact, Election, Fact, FenceWhy, GroupStateName, ProcessFault, Sent};
pub use intervals::Intervals;
pub use json::event_json;
pub use ledger::{Ledger, LedgerColumn, LedgerFigures, LedgerLine};
pub use readable::{Names, readable, readable_time};
