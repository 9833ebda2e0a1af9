//! What differs between two runs, and what they are called for it.

use super::{Side, Sides};
use crate::lens::settings::SEED;
use crate::session::Session;
use crate::ui::format::{counted, shortened};
use partitura_engine::scenario::Setting;

/// A setting that has another value on the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub name: &'static str,
    /// Its value on the left, at this moment.
    pub left: String,
    /// Its value on the right.
    pub right: String,
}

/// How many differences a title names.
const NAMED: usize = 2;
/// The most characters of a value in a title.
const SHOWN: usize = 24;

/// The settings that differ at this moment, by the catalogue's order. Only what a person has changed can.
#[must_use]
pub fn differences(left: &Session, right: &Session) -> Vec<Difference> {
    let plans = [left.plan(), right.plan()];
    let set = plans
        .iter()
        .flat_map(|plan| &plan.settings)
        .map(|(setting, _)| *setting);
    let mut changed: Vec<&'static Setting> = set.collect();
    // The same, done to both, makes no difference.
    if plans[0].actions != plans[1].actions {
        let done = plans.iter().flat_map(|plan| &plan.actions);
        changed.extend(done.filter_map(|action| Some(Setting::of_command(&action.command)?.0)));
    }
    let seeds = (left.plan().seed, right.plan().seed);
    let seed = (seeds.0 != seeds.1).then(|| Difference {
        name: SEED,
        left: seeds.0.to_string(),
        right: seeds.1.to_string(),
    });
    let settings = Setting::all()
        .filter(|setting| changed.contains(setting))
        .map(|setting| Difference {
            name: setting.name,
            left: left.value(setting),
            right: right.value(setting),
        });
    seed.into_iter()
        .chain(settings.filter(|difference| difference.left != difference.right))
        .collect()
}

/// What was chosen for a run before it began.
fn chosen(session: &Session) -> String {
    let settings = &session.plan().settings;
    let named = settings.iter().take(NAMED);
    let named: Vec<String> = named
        .map(|(setting, value)| [setting.name, " = ", &shortened(value, SHOWN), ", from the start"].concat())
        .collect();
    if named.is_empty() {
        "as it is".to_owned()
    } else {
        named.join(", ")
    }
}

/// What the two are called: `key = subject` and `key = salt:8`.
#[must_use]
pub fn titles(left: &Session, right: &Session, differences: &[Difference]) -> Sides<String> {
    if differences.is_empty() {
        let same = left.plan().actions == right.plan().actions;
        // What was chosen for the whole run, although the other one has come to the same meanwhile.
        if left.plan().settings != right.plan().settings {
            return Sides {
                left: chosen(left),
                right: Some(chosen(right)),
            };
        }
        let name = |side| match (side, same) {
            (Side::Left, _) => "as it is",
            (Side::Right, true) => "the same so far",
            (Side::Right, false) => "other things done",
        };
        return Sides {
            left: name(Side::Left).to_owned(),
            right: Some(name(Side::Right).to_owned()),
        };
    }
    let title = |side| {
        let mut title = String::new();
        for difference in differences.iter().take(NAMED) {
            let value = if side == Side::Left {
                &difference.left
            } else {
                &difference.right
            };
            let value = if value.is_empty() { "none" } else { value };
            if !title.is_empty() {
                title.push_str(", ");
            }
            title.push_str(difference.name);
            title.push_str(" = ");
            title.push_str(&shortened(value, SHOWN));
        }
        let more = differences.len().saturating_sub(NAMED);
        if more > 0 {
            title.push_str(", and ");
            title.push_str(&counted(more as u64, "other"));
        }
        title
    };
    Sides {
        left: title(Side::Left),
        right: Some(title(Side::Right)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Plan;
    use partitura_engine::scenario::Scenario;
    use std::rc::Rc;

    fn session(settings: &[(&str, &str)]) -> Session {
        let mut plan = Plan::of(Rc::new(Scenario::built_in("world-cup").unwrap()));
        for (name, value) in settings {
            plan.set(Setting::named(name).unwrap(), value).unwrap();
        }
        Session::open(plan).unwrap()
    }

    fn called(left: &Session, right: &Session) -> (String, String) {
        let titles = titles(left, right, &differences(left, right));
        (titles.left, titles.right.unwrap())
    }

    #[test]
    fn a_value_for_the_whole_run_is_named_when_the_script_of_the_other_one_has_come_to_the_same() {
        let own = session(&[]);
        let rate = Setting::find("rate").unwrap();
        let (mut left, mut right) = (session(&[]), session(&[("rate", &last_of_script(&own, rate))]));
        assert!(
            right.plan().settings.len() == 1,
            "though a value that the script comes to"
        );
        for side in [&mut left, &mut right] {
            side.run(own.scenario().until_us, || true);
        }
        assert_eq!(left.value(rate), right.value(rate));
        let (left, right) = called(&left, &right);
        assert_eq!(left, "as it is");
        assert!(
            right.starts_with("rate = ") && right.ends_with(", from the start"),
            "{right}"
        );
    }

    fn last_of_script(session: &Session, setting: &'static Setting) -> String {
        let script = session.scenario().setup.commands.iter().rev();
        let mut values = script.filter_map(|(_, command)| Setting::of_command(command));
        values.find(|(changed, _)| *changed == setting).unwrap().1
    }

    #[test]
    fn the_titles_say_what_differs_and_nothing_else() {
        let left = session(&[("partitions", "8"), ("acks", "1")]);
        let right = session(&[("partitions", "8"), ("acks", "0"), ("brokers", "5")]);
        assert_eq!(
            called(&left, &right),
            ("brokers = 3, acks = 1".to_owned(), "brokers = 5, acks = 0".to_owned())
        );
        let more = session(&[("brokers", "5"), ("rate", "7"), ("consumers", "2")]);
        assert!(
            called(&session(&[]), &more).1.ends_with(", and 1 other"),
            "{:?}",
            called(&session(&[]), &more)
        );
    }

    #[test]
    fn a_live_setting_differs_from_the_moment_on_that_it_was_changed_on_one_side() {
        let (left, mut right) = (session(&[]), session(&[]));
        assert_eq!(called(&left, &right).1, "the same so far");
        let rate = Setting::named("rate").unwrap();
        right.set(rate, "777").unwrap();
        assert_eq!(called(&left, &right).1, "rate = 777");
        let answer = right.set(rate, &left.value(rate));
        assert!(answer.is_ok() && differences(&left, &right).is_empty());
        assert_eq!(called(&left, &right).1, "other things done");
    }
}
