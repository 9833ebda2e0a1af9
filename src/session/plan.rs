//! What a run is made from: it fits in a link, and gives the same run each time.

use partitura_engine::scenario::{Scenario, Setting, apply_all, check_nodes, validate};
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::wire::Micros;
use partitura_engine::world::{Command, Setup};
use std::rc::Rc;

/// Something that the person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// When, in virtual time.
    pub at_us: Micros,
    /// What.
    pub command: Command,
}

/// A scenario, and what is different from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The scenario.
    pub scenario: Rc<Scenario>,
    /// All chance comes from it.
    pub seed: u64,
    /// Settings with another value than in the scenario, by the catalogue's order.
    pub settings: Vec<(&'static Setting, String)>,
    /// What the person did, by its time.
    pub actions: Vec<Action>,
}

impl Plan {
    /// The most actions of a run. More are refused with a message: a link should still fit in an address bar.
    pub const MOST_ACTIONS: usize = 500;

    /// The scenario as it is.
    #[must_use]
    pub fn of(scenario: Rc<Scenario>) -> Self {
        Self {
            seed: scenario.setup.seed,
            scenario,
            settings: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// What the world starts from.
    ///
    /// # Errors
    ///
    /// Says why that cannot be played.
    pub fn setup(&self) -> Result<Setup, String> {
        let mut setup = self.scenario.setup.clone();
        setup.seed = self.seed;
        apply_all(&self.settings, &mut setup).map_err(|(_, message)| message)?;
        validate(&setup).map_err(|problem| problem.message)?;
        for action in &self.actions {
            check_nodes(&action.command, &setup).map_err(|problem| problem.message)?;
        }
        Ok(setup)
    }

    /// Gives a setting another value. One that is the scenario's own is no change any more, unless the script would change
    /// it on the way.
    ///
    /// # Errors
    ///
    /// Says what its values are.
    pub fn set(&mut self, setting: &'static Setting, value: &str) -> Result<(), String> {
        let value = setting.canonical(value)?;
        self.settings.retain(|(changed, _)| *changed != setting);
        if value != setting.read(&self.scenario.setup) || setting.is_scripted(&self.scenario.setup) {
            self.settings.push((setting, value));
            let place = |(changed, _): &(&'static Setting, String)| Setting::all().position(|s| s == *changed);
            sort_short_by_key(&mut self.settings, place);
        }
        Ok(())
    }

    /// Adds an action behind those that are `done`.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub fn insert(&mut self, done: usize, action: Action) -> Result<(), String> {
        if self.actions.len() >= Self::MOST_ACTIONS {
            return Err(format!(
                "A run can hold {} actions at most. Take back your changes to start anew.",
                Self::MOST_ACTIONS
            ));
        }
        self.actions.insert(done, action);
        Ok(())
    }

    /// How much of it is not the scenario's own.
    #[must_use]
    pub fn changes(&self) -> usize {
        usize::from(self.seed != self.scenario.setup.seed) + self.settings.len() + self.actions.len()
    }
}
