//! The run on the right, as far as it is another than the one on the left.

use super::Link;
use crate::session::{Action, Plan};
use partitura_engine::scenario::{Scenario, Setting};
use partitura_engine::short_sort::sort_short_by_key;
use std::rc::Rc;

/// What is different on the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versus {
    /// All chance comes from it.
    pub seed: u64,
    /// Settings with another value than on the left, by the catalogue's order.
    pub settings: Vec<(&'static Setting, String)>,
    /// All that was done there, by its time: also what was done on both sides.
    pub actions: Vec<Action>,
}

impl Link {
    /// The link to both: to this run, and to that one on its right.
    #[must_use]
    pub fn beside(self, right: &Plan) -> Self {
        let chosen = |settings: &[(&'static Setting, String)], setting: &'static Setting| {
            let own = settings.iter().find(|(changed, _)| *changed == setting);
            own.map(|(_, value)| value.clone())
        };
        let changed = |setting: &&'static Setting| {
            let mut either = self.settings.iter().chain(&right.settings);
            either.any(|(changed, _)| changed == setting)
        };
        let settings = Setting::all().filter(changed).filter_map(|setting| {
            let (here, there) = (chosen(&self.settings, setting), chosen(&right.settings, setting));
            // Chosen for the whole run, it is another one than the same value that the script will change.
            let lasts = here.is_none() && there.is_some() && setting.is_scripted(&right.scenario.setup);
            let own = || setting.read(&right.scenario.setup);
            let (here, there) = (here.unwrap_or_else(own), there.unwrap_or_else(own));
            (lasts || there != here).then_some((setting, there))
        });
        let versus = Versus {
            seed: right.seed,
            settings: settings.collect(),
            actions: right.actions.clone(),
        };
        Self {
            versus: Some(versus),
            ..self
        }
    }

    /// The run on the right, if there is one. `scenario` is the one that [`Link::scenario`] names.
    #[must_use]
    pub fn right_plan(&self, scenario: Rc<Scenario>) -> Option<Plan> {
        let versus = self.versus.as_ref()?;
        let mut plan = self.plan(scenario);
        plan.seed = versus.seed;
        for (setting, value) in &versus.settings {
            // A value that a setting does not take is in no link that was read, and in no run that was played.
            let _ = plan.set(setting, value);
        }
        plan.actions.clone_from(&versus.actions);
        Some(plan)
    }
}

/// Those of `right` that come to those of `left`; `None` when some of `left` are missing, or another order counts.
pub(super) fn added(left: &[Action], right: &[Action]) -> Option<Vec<Action>> {
    let mut common = left.iter().peekable();
    let more = right.iter().filter(|action| common.next_if_eq(action).is_none());
    let more: Vec<Action> = more.cloned().collect();
    (together(left, &more) == right).then_some(more)
}

/// What is done on both sides, and what is done on the right only, by time: at the same moment what is common first.
pub(super) fn together(common: &[Action], more: &[Action]) -> Vec<Action> {
    let mut all = [common, more].concat();
    sort_short_by_key(&mut all, |action| action.at_us);
    all
}
