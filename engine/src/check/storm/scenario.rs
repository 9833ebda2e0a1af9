//! A storm as a scenario's file, and back: it opens in the app, and fails there, too.

use super::{Storm, Theme};
use crate::scenario::{Glossary, Scenario, Span, Text};
use crate::world::Command;

impl Storm {
    /// As a scenario, with what it breaks.
    #[must_use]
    pub fn scenario(&self, broken: Option<&str>) -> Scenario {
        let seed = self.calm_setup.seed;
        let what = broken.unwrap_or("nothing");
        let summary = format!("Found by partitura storm. It breaks the invariant {what}.");
        Scenario {
            id: format!("storm-{seed}"),
            title: format!("Storm {seed}"),
            summary: Text(vec![Span::Text(summary)]),
            setup: self.setup(),
            until_us: self.until_us,
            steps: Vec::new(),
            variants: Vec::new(),
            glossary: Glossary::built_in(),
        }
    }

    /// From a scenario that was written by [`Storm::scenario`]: the trouble ends when nothing is sent any more.
    #[must_use]
    pub fn of_scenario(scenario: &Scenario) -> Self {
        let mut calm_setup = scenario.setup.clone();
        let mut faults = std::mem::take(&mut calm_setup.commands);
        let mut ends = faults.iter().filter(|(_, command)| *command == Command::Rate(0));
        let calm_us = ends.next_back().or(faults.last()).map_or(0, |(at, _)| *at);
        faults.retain(|(at, _)| *at < calm_us);
        Self {
            theme: Theme::Mixed,
            calm_setup,
            faults,
            calm_us,
            until_us: scenario.until_us,
        }
    }
}
