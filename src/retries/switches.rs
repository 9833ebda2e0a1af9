//! What makes records fail, and what is done about it: as it is now, and what can be switched.

use crate::session::Session;
use partitura_engine::application::FailurePolicy;
use partitura_engine::scenario::{BUILT_IN, Setting};
use partitura_engine::world::View;

/// What is switched on at the moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Switches {
    /// `failure.policy`.
    pub policy: &'static str,
    /// There is a dead-letter topic.
    pub has_dead_letters: bool,
    /// Records that nobody can process, as the setting is written; `None` for none.
    pub poison: Option<String>,
    /// Of a hundred attempts so many fail.
    pub percent: u32,
    /// The service that processing calls is down.
    pub is_down: bool,
    /// A record that is still to come, as poison.
    pub next_poison: Option<String>,
    /// Walkthroughs about failed records: their ids and titles.
    pub walks: Vec<(&'static str, &'static str)>,
}

/// The policies: their names, and what happens to a record that fails.
pub const POLICIES: [(&str, FailurePolicy, &str); 4] = [
    (
        "stop",
        FailurePolicy::Stop,
        "Its partition stands still there; it is tried again and again.",
    ),
    ("skip", FailurePolicy::Skip, "It is passed over, and lost."),
    (
        "in-place",
        FailurePolicy::InPlace,
        "It is tried again after each delay, and all behind it waits meanwhile.",
    ),
    (
        "retry-topics",
        FailurePolicy::RetryTopics,
        "It goes to a topic for each delay, and what is behind it overtakes it.",
    ),
];

/// Walkthroughs that show this room, where the build has them.
const WALKS: [(&str, &str); 3] = [
    ("poison-record", "The poison record"),
    ("retry-topics", "Retry topics and the dead-letter queue"),
    ("retries-in-order", "Retries that keep order"),
];

impl Switches {
    /// As that run is.
    #[must_use]
    pub fn of(session: &Session, view: &View) -> Self {
        let value = |name: &str| {
            Setting::find(name)
                .map(|setting| session.value(setting))
                .unwrap_or_default()
        };
        let application = &session.world().setup().consumer.application;
        let policy = POLICIES.iter().find(|(_, policy, _)| *policy == application.policy);
        let poison = value("poison");
        Self {
            policy: policy.map_or("", |(name, ..)| name),
            has_dead_letters: application.has_dead_letters(),
            poison: (poison != "none" && !poison.is_empty()).then_some(poison),
            percent: value("failure.percent").parse().unwrap_or(0),
            is_down: value("downstream") == "down",
            next_poison: next_poison(view),
            walks: WALKS
                .into_iter()
                .filter(|(id, _)| BUILT_IN.iter().any(|(built_in, _)| built_in == id))
                .collect(),
        }
    }

    /// Nothing fails as it is.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        self.poison.is_none() && self.percent == 0 && !self.is_down
    }
}

/// The next record of the busiest partition but a few: `offset:1:53`.
fn next_poison(view: &View) -> Option<String> {
    let busiest = view.partitions.iter().max_by_key(|partition| partition.sent)?;
    let leader = view
        .replicas
        .iter()
        .find(|replica| replica.partition == busiest.index && Some(replica.broker) == busiest.leader)?;
    Some(format!("offset:{}:{}", busiest.index, leader.log_end + 3))
}
