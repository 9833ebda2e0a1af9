//! The link: a whole run in the fragment of the address. `docs/links.md` describes it for people.
//!
//! A run is a scenario, a seed, the settings that differ from the scenario's, and what the person did when. So a link
//! replays exactly that run, and a link that cannot be read completely still opens what could be read of it.
//!
//! **Invariant:** what comes out of [`Link::parse`] can be played.

mod agree;
mod packing;
mod problem;
mod read;
mod versus;
mod write;

pub use problem::{LinkProblem, LinkTooLong};
pub use versus::Versus;

use super::room::Room;
use super::{Action, Plan};
use partitura_engine::scenario::{BUILT_IN, Scenario, Setting};
use partitura_engine::wire::Micros;
use std::rc::Rc;

/// A run, and where one looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The id of a built-in scenario.
    pub scenario: String,
    /// All chance comes from it.
    pub seed: u64,
    /// Settings with another value than in the scenario, by the catalogue's order.
    pub settings: Vec<(&'static Setting, String)>,
    /// What the person did, by its time.
    pub actions: Vec<Action>,
    /// The open step, from 0. In the text it counts from 1.
    pub step: Option<usize>,
    /// The moment that is looked at.
    pub at_us: Option<Micros>,
    /// What is different in the run to its right, if two are compared.
    pub versus: Option<Versus>,
    /// The room that is looked at.
    pub room: Room,
    /// The key that is typed in the room of the keys, empty for the hottest; the record that is followed in that of the
    /// retries, empty for none; the group that is shown in that of the groups, empty for the main one.
    pub room_key: String,
}

impl Link {
    /// A fragment above this many characters is packed.
    pub const LONG: usize = 1_500;
    /// The longest fragment, in characters: some browsers cut longer addresses.
    pub const MOST_CHARS: usize = 30_000;

    /// The scenario's own run.
    #[must_use]
    pub fn of_scenario(scenario: &Scenario) -> Self {
        Self {
            scenario: scenario.id.clone(),
            seed: scenario.setup.seed,
            settings: Vec::new(),
            actions: Vec::new(),
            step: None,
            at_us: None,
            versus: None,
            room: Room::Score,
            room_key: String::new(),
        }
    }

    /// The link to that run.
    #[must_use]
    pub fn of_plan(plan: &Plan, step: Option<usize>, at_us: Option<Micros>) -> Self {
        Self {
            scenario: plan.scenario.id.clone(),
            seed: plan.seed,
            settings: plan.settings.clone(),
            actions: plan.actions.clone(),
            step,
            at_us,
            versus: None,
            room: Room::Score,
            room_key: String::new(),
        }
    }

    /// The run that it leads to. `scenario` is the one that [`Link::scenario`] names.
    #[must_use]
    pub fn plan(&self, scenario: Rc<Scenario>) -> Plan {
        Plan {
            scenario,
            seed: self.seed,
            settings: self.settings.clone(),
            actions: self.actions.clone(),
        }
    }

    /// Its text, without the `#`: `v1;scenario=world-cup;seed=42;partitions=8;@12.350=rate:500`.
    ///
    /// # Errors
    ///
    /// When even the packed text is longer than [`Link::MOST_CHARS`].
    pub fn to_fragment(&self) -> Result<String, LinkTooLong> {
        let plain = write::parts(self);
        if plain.len() > packing::MOST_BYTES {
            return Err(LinkTooLong { chars: plain.len() });
        }
        let fragment = if plain.len() > Self::LONG {
            packing::pack(&plain)
        } else {
            format!("v1;{plain}")
        };
        if fragment.len() > Self::MOST_CHARS {
            Err(LinkTooLong { chars: fragment.len() })
        } else {
            Ok(fragment)
        }
    }

    /// Reads a fragment, with or without its `#`. What cannot be read is left out, and told.
    #[must_use]
    pub fn parse(fragment: &str) -> (Self, Vec<LinkProblem>) {
        read::read(fragment)
    }

    /// The scenario that a page shows which was given none.
    fn first() -> Self {
        let first = Scenario::built_in(BUILT_IN[0].0);
        Self::of_scenario(&first.expect("invariant scenario-is-valid: the first built-in scenario is there"))
    }
}

#[cfg(test)]
mod tests;
