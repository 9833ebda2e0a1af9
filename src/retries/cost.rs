//! What the policy has cost in this run, in figures, and the runs that it can be compared with.

use super::name::seconds;
use super::standing::StandRow;
use crate::lens::ledger::Trial;
use crate::session::Session;
use crate::ui::format::grouped;
use partitura_engine::application::FailurePolicy;
use partitura_engine::scenario::Setting;
use partitura_engine::world::RetriesView;

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// A short word, for tests.
    pub id: &'static str,
    /// What is counted.
    pub name: &'static str,
    /// What that means.
    pub about: String,
    /// How many.
    pub count: u64,
}

/// The figures of that run so far.
#[must_use]
pub fn costs(session: &Session, retries: &RetriesView, stands: &[StandRow]) -> Vec<Cost> {
    let (tally, counters) = (&session.account().retries, session.world().trace().counters());
    let failed = &retries.counters;
    let waiting: u64 = stands.iter().map(|stands| stands.behind).sum();
    let cost = |id, name, about: String, count| Cost { id, name, about, count };
    let longest = match tally.longest_wait_us() {
        0 => "behind a failed record (head-of-line blocking)".to_owned(),
        us => format!("behind a failed record, {} at most", seconds(us)),
    };
    let mut costs = vec![
        cost("waited", "waited", longest, tally.waited() + waiting),
        cost(
            "disorder",
            "out of order",
            "processed after a later one about the same".to_owned(),
            counters.out_of_order,
        ),
        cost(
            "second-writes",
            "written again",
            "to retry topics, to the dead letters, and back".to_owned(),
            failed.sent_to_retry + failed.sent_to_dead_letters + failed.redriven,
        ),
        cost(
            "repeated",
            "processed again",
            again_words(retries.effects.repeated, retries.effects.ignored),
            retries.effects.repeated + retries.effects.ignored,
        ),
        cost(
            "skipped",
            "passed over",
            "lost for the group".to_owned(),
            failed.skipped,
        ),
    ];
    let followed = session
        .world()
        .names()
        .topics
        .iter()
        .enumerate()
        .filter_map(|(place, _)| u16::try_from(place).ok())
        .map(|id| tally.ways(partitura_engine::wire::TopicId(id)).followed);
    if session.world().setup().consumer.application.keep_order {
        costs.insert(
            1,
            cost(
                "followed",
                "followed their key",
                "into retry, without a failure of their own".to_owned(),
                followed.sum(),
            ),
        );
    }
    costs
}

fn again_words(repeated: u64, ignored: u64) -> String {
    match (repeated, ignored) {
        (0, 0) => "after a crash, or a rebalance".to_owned(),
        (0, _) => "and all of them ignored by the sink".to_owned(),
        (_, 0) => "each with a second effect".to_owned(),
        (_, ignored) => format!("{} of them ignored by the sink", grouped(ignored)),
    }
}

/// The same run with the other policies.
#[must_use]
pub fn trials(session: &Session) -> Vec<Trial> {
    let application = &session.world().setup().consumer.application;
    let (Some(policy), Some(order)) = (Setting::find("failure.policy"), Setting::find("retry.keep.order")) else {
        return Vec::new();
    };
    let now = super::switches::POLICIES
        .iter()
        .find(|(_, policy, _)| *policy == application.policy);
    let before = now.map_or("", |(name, ..)| name);
    let others = super::switches::POLICIES
        .iter()
        .filter(|(_, policy, _)| *policy != application.policy);
    let trial = |(name, ..): &(&str, FailurePolicy, &str)| Trial::of(name, before, vec![(policy, (*name).to_owned())]);
    let mut trials: Vec<Trial> = others.map(trial).collect();
    if application.policy == FailurePolicy::RetryTopics {
        let (title, value) = if application.keep_order {
            ("order not kept", "off")
        } else {
            ("order kept", "on")
        };
        trials.push(Trial::of(title, before, vec![(order, value.to_owned())]));
    }
    trials
}
