//! Settings that are right one by one may still not go together: three copies on two brokers.

use super::LinkProblem;
use super::read::Chosen;
use partitura_engine::scenario::{Scenario, Setting, apply_all, validate};
use partitura_engine::short_sort::sort_short_by_key;

type Settings = Vec<(&'static Setting, String)>;

/// The settings that can be played together with those of the base, by the catalogue's order, without those that are the
/// base's or the scenario's own; and what is told of the others. The base itself can be played.
pub(super) fn agreeing(
    base: &Settings,
    chosen: Vec<Chosen>,
    scenario: &Scenario,
    seed: u64,
) -> (Settings, Vec<LinkProblem>) {
    let is_other = |chosen: &Chosen| {
        let own = base.iter().find(|(setting, _)| *setting == chosen.setting);
        own.map_or_else(
            || chosen.value != chosen.setting.read(&scenario.setup) || chosen.setting.is_scripted(&scenario.setup),
            |(_, value)| chosen.value != *value,
        )
    };
    let mut chosen: Vec<Chosen> = chosen.into_iter().filter(is_other).collect();
    sort_short_by_key(&mut chosen, |chosen| {
        Setting::all().position(|setting| setting == chosen.setting)
    });
    let all: Settings = chosen
        .iter()
        .map(|chosen| (chosen.setting, chosen.value.clone()))
        .collect();
    if playable(base, &all, scenario, seed).is_ok() {
        return (all, Vec::new());
    }
    let (mut kept, mut problems) = (Settings::new(), Vec::new());
    for Chosen {
        setting,
        value,
        number,
        text,
    } in chosen
    {
        kept.push((setting, value));
        if let Err(message) = playable(base, &kept, scenario, seed) {
            kept.pop();
            problems.push(LinkProblem::of_part(
                number,
                &text,
                format!("{message}; it is left out"),
            ));
        }
    }
    (kept, problems)
}

fn playable(base: &Settings, settings: &Settings, scenario: &Scenario, seed: u64) -> Result<(), String> {
    let mut setup = scenario.setup.clone();
    setup.seed = seed;
    let is_kept = |(setting, _): &&(&'static Setting, String)| settings.iter().all(|(other, _)| other != setting);
    let whole: Settings = base.iter().filter(is_kept).chain(settings).cloned().collect();
    apply_all(&whole, &mut setup).map_err(|(_, message)| message)?;
    validate(&setup).map_err(|problem| problem.message)
}
