//! The head of the room: how the group stands, in figures.

use super::lanes::with_number;
use super::rivals::assignor_of;
use super::stops;
use crate::compare::lasted;
use crate::ui::format::grouped;
use partitura_engine::scenario::Setting;
use partitura_engine::trace::GroupHistory;
use partitura_engine::wire::{Micros, PartitionId};
use partitura_engine::world::{GroupView, Setup};

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// A short word, for tests.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it comes to.
    pub value: String,
    /// More about it, in a few words.
    pub note: String,
    /// Whether it is nothing good.
    pub is_bad: bool,
}

fn figure(id: &'static str, name: &'static str, value: impl Into<String>, note: impl Into<String>) -> Figure {
    Figure {
        id,
        name,
        value: value.into(),
        note: note.into(),
        is_bad: false,
    }
}

const UNKNOWN: &str = "–";

/// How the group stands. Places are what its consumers have owned.
#[must_use]
pub fn figures(
    group: &GroupView,
    history: Option<&GroupHistory>,
    setup: &Setup,
    places: &[(PartitionId, String)],
    now: Micros,
) -> Vec<Figure> {
    let is_modern = group.protocol == "consumer";
    let state = if group.state.is_empty() { UNKNOWN } else { group.state };
    let members = match group.members {
        1 => "1 member".to_owned(),
        n => with_number("", n.into()) + " members",
    };
    let mut standing = figure("state", "State", state, members);
    standing.is_bad = !matches!(group.state, "Stable" | "");
    let assignor = if is_modern {
        Setting::find("group.remote.assignor")
            .map(|setting| setting.read(setup))
            .unwrap_or_default()
    } else {
        assignor_of(setup)
    };
    let protocol = if group.protocol.is_empty() {
        UNKNOWN
    } else {
        group.protocol
    };
    let (epoch, of) = if is_modern {
        ("Group epoch", "KIP-848")
    } else {
        ("Generation", "")
    };
    let generation = figure("generation", epoch, group.generation.to_string(), of);
    let coordinator = group
        .coordinator
        .map_or_else(|| "nobody".to_owned(), |broker| with_number("broker ", broker.0.into()));
    let mut all = vec![
        standing,
        figure("protocol", "Protocol", protocol, assignor),
        generation,
        figure("coordinator", "Coordinator", coordinator, ""),
    ];
    if let Some(history) = history {
        all.extend(costs(history, places, now));
    }
    all
}

/// What the rebalances have cost.
fn costs(history: &GroupHistory, places: &[(PartitionId, String)], now: Micros) -> [Figure; 3] {
    let mut going_us = history.rebalancing_us;
    if let Some(last) = history.rebalances().next_back().filter(|last| last.until_us.is_none()) {
        going_us += now - last.from_us;
    }
    let took = match going_us {
        0 => String::new(),
        us => lasted(us) + " in all",
    };
    let rebalances = figure("rebalances", "Rebalances", grouped(history.rebalanced), took);
    let free = places
        .iter()
        .map(|(place, name)| (history.unowned_us(*place, now), name));
    let sum: Micros = free.clone().map(|(us, _)| us).sum();
    let worst = free.max_by_key(|(us, _)| *us).filter(|(us, _)| *us > 0);
    let note = worst.map(|(us, name)| {
        let mut note = name.clone();
        note.push(' ');
        note.push_str(&lasted(us));
        note.insert_str(0, "worst ");
        note
    });
    let mut unowned = figure("unowned", "Without owner", none_or(sum), note.unwrap_or_default());
    unowned.is_bad = sum > 0;
    [rebalances, unowned, stopped(history, now)]
}

fn none_or(us: Micros) -> String {
    if us == 0 { "never".to_owned() } else { lasted(us) }
}

/// `3 of 3 stopped`, `for up to 2.9 s`: all of them with an eager assignor, hardly anybody otherwise.
fn stopped(history: &GroupHistory, now: Micros) -> Figure {
    const NAME: &str = "Last rebalance";
    let Some(last) = history.rebalances().next_back() else {
        return figure("stopped", NAME, UNKNOWN, "");
    };
    let stops = stops::of(history, last, now);
    if stops.had_work == 0 {
        return figure("stopped", NAME, UNKNOWN, "nobody had work");
    }
    let mut value = stops.stopped.to_string();
    value.push_str(&with_number(" of ", stops.had_work.into()));
    value.push_str(" stopped");
    let note = match stops.longest_us {
        0 => "nobody waited".to_owned(),
        us => "for up to ".to_owned() + &lasted(us),
    };
    Figure {
        is_bad: stops.stopped > 0,
        ..figure("stopped", NAME, value, note)
    }
}
