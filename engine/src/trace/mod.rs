//! What happened, and why: events with their causes, counters, and one digest over everything.

mod counters;
mod digest;
mod event;
mod fact;
mod json;
mod readable;

pub use counters::{Counters, GroupCounters, PartitionCounters, SubjectCounters};
pub use event::{Event, EventId, Trace};
pub use fact::{BatchWhy, CommandFact, Fact, GroupStateName, Sent};
pub use json::event_json;
pub use readable::{Names, readable, readable_time};
