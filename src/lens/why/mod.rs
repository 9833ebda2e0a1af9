//! Why: the chain of causes behind an event, in sentences of plain words.
//!
//! Each kind of event has its own sentence, in the file of its group. A sentence has no subject: who did it stands
//! before it, in a list apart and in a sentence as its first words.

mod clients;
mod controllers;
mod groups;
mod links;
mod messages;
mod processes;
mod queue;
mod replicas;
mod retries;
mod settings;
mod sharing;
mod silence;
mod words;

pub use links::{Cause, End, Link, Why};
pub use settings::settings_of;
pub use silence::chain;
pub use words::{Words, node};

use partitura_engine::trace::{Event, Fact};
use partitura_engine::wire::NodeId;

/// What happened, without who it happened to: `fenced broker 3: no heartbeat for broker.session.timeout.ms`.
#[must_use]
pub fn sentence(fact: &Fact, words: &Words) -> String {
    if let Fact::Sent(sent) = fact {
        return messages::sentence(sent, words);
    }
    let groups = [
        processes::sentence,
        controllers::sentence,
        replicas::sentence,
        clients::producer,
        clients::consumer,
        queue::sentence,
        sharing::sentence,
    ];
    groups.iter().find_map(|group| group(fact, words)).unwrap_or_default()
}

/// Who did it: `broker 3`, `you`, `the scenario`.
#[must_use]
pub fn subject(event: &Event, yours: bool) -> String {
    match (event.node, event.fact) {
        (NodeId::User, Fact::RecordLimitReached { .. }) => "the simulation".to_owned(),
        (NodeId::User, _) if yours => "you".to_owned(),
        (of, _) => node(of),
    }
}

#[cfg(test)]
mod tests;
