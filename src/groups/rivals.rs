//! The same run with another assignor, or with another protocol: one click, and both charts stand side by side.

use crate::lens::ledger::Trial;
use crate::session::plan::Plan;
use partitura_engine::scenario::Setting;
use partitura_engine::world::Setup;

const PROTOCOL: &str = "group.protocol";
const STRATEGY: &str = "partition.assignment.strategy";

/// One way to share out partitions.
#[derive(Debug, Clone, PartialEq)]
pub struct Rival {
    /// What it is called.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// Whether the run has it.
    pub is_now: bool,
    /// The run with it.
    pub trial: Trial,
}

/// With the settings that make it: the protocol, and what clients list.
const ALL: [(&str, &str, Option<&str>, &str); 5] = [
    (
        "range",
        "classic",
        Some("range"),
        "Eager: everybody gives up everything. Blocks of each topic; the first members get what does not go even.",
    ),
    (
        "roundrobin",
        "classic",
        Some("roundrobin"),
        "Eager: everybody gives up everything. All partitions are dealt in turn.",
    ),
    (
        "sticky",
        "classic",
        Some("sticky"),
        "Eager: everybody gives up everything, and gets most of it back.",
    ),
    (
        "cooperative-sticky",
        "classic",
        Some("cooperative-sticky"),
        "Only what moves is given up, in a second rebalance (KIP-429).",
    ),
    (
        KIP_848,
        "consumer",
        None,
        "The coordinator leads each member to its share by itself: no barrier (group.protocol=consumer).",
    ),
];
const KIP_848: &str = "KIP-848";

/// All of them, with the one that the run has.
#[must_use]
pub fn rivals(plan: &Plan) -> Vec<Rival> {
    let (Ok(setup), Some(protocol), Some(strategy)) = (plan.setup(), Setting::find(PROTOCOL), Setting::find(STRATEGY))
    else {
        return Vec::new();
    };
    let now = effective(&setup, protocol, strategy);
    let rival = |(name, with_protocol, with_strategy, about): (&'static str, &str, Option<&str>, &'static str)| {
        let mut settings = vec![(protocol, with_protocol.to_owned())];
        settings.extend(with_strategy.map(|listed| (strategy, listed.to_owned())));
        Rival {
            name,
            about,
            is_now: name == now,
            trial: Trial::of(name, &now, settings),
        }
    };
    ALL.into_iter().map(rival).collect()
}

/// What the group uses: the first that is listed, as all its members list the same.
#[must_use]
pub fn assignor_of(setup: &Setup) -> String {
    let listed = Setting::find(STRATEGY)
        .map(|setting| setting.read(setup))
        .unwrap_or_default();
    listed.split(',').next().unwrap_or_default().to_owned()
}

fn effective(setup: &Setup, protocol: &Setting, strategy: &Setting) -> String {
    if protocol.read(setup) == "consumer" {
        return KIP_848.to_owned();
    }
    let listed = strategy.read(setup);
    listed.split(',').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::scenario::Scenario;
    use std::rc::Rc;

    #[test]
    fn the_default_list_is_range_and_each_other_is_a_trial() {
        let plan = Plan::of(Rc::new(Scenario::built_in("world-cup").unwrap()));
        let all = rivals(&plan);
        let now: Vec<&str> = all
            .iter()
            .filter(|rival| rival.is_now)
            .map(|rival| rival.name)
            .collect();
        assert_eq!((all.len(), now.len()), (5, 1), "{now:?}");
        for rival in &all {
            let other = rival.trial.plan(&plan).unwrap();
            let now: Vec<&str> = rivals(&other)
                .iter()
                .filter(|one| one.is_now)
                .map(|one| one.name)
                .collect();
            assert_eq!(now, [rival.name]);
        }
    }
}
