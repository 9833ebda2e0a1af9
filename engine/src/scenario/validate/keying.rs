//! Whether keys, their weights and the rule for them go together.

use super::{SetupProblem, problem};
use crate::scenario::decimal::grouped;
use crate::workload::{KeyDistribution, KeyRule, Workload};
use crate::world::{Command, Setup};
use std::collections::BTreeSet;

pub(super) fn keying(workload: &Workload) -> Result<(), SetupProblem> {
    weights(workload)?;
    room(&workload.key, subjects(workload, &workload.keys))
}

/// As [`keying`], for what changes while the run goes on.
pub(super) fn live(command: &Command, setup: &Setup) -> Result<(), SetupProblem> {
    let workload = &setup.workload;
    match command {
        Command::Key(rule) => room(rule, subjects(workload, &workload.keys)),
        Command::Keys(keys) => room(&workload.key, subjects(workload, keys)),
        _ => Ok(()),
    }
}

fn weights(workload: &Workload) -> Result<(), SetupProblem> {
    let (weights, keys) = (workload.weights.len(), workload.keys.len());
    if workload.distribution != KeyDistribution::Weights || keys == 0 {
        return Ok(());
    }
    if weights != keys {
        let message = format!("own.weights has {weights} numbers, but own.keys has {keys} keys: each key needs one");
        return problem(["own.weights", "own.keys", "keys"], message);
    }
    if workload.weights.iter().all(|weight| *weight == 0) {
        return problem(
            ["own.weights"],
            "own.weights are all 0: nothing would ever be sent".to_owned(),
        );
    }
    Ok(())
}

fn subjects(workload: &Workload, keys: &[String]) -> usize {
    let listed = workload.listed.iter().map(|event| event.key.as_str());
    let distinct: BTreeSet<&str> = keys.iter().map(String::as_str).chain(listed).collect();
    distinct.len()
}

fn room(rule: &KeyRule, subjects: usize) -> Result<(), SetupProblem> {
    let (keys, most) = (rule.keys_of(subjects), KeyRule::MAX_KEYS);
    if keys <= most {
        return Ok(());
    }
    let message = format!(
        "key makes {} keys of {} subjects, and at most {} are allowed: fewer of each, or fewer own.keys",
        grouped(keys),
        grouped(subjects as u64),
        grouped(most)
    );
    problem(["key", "own.keys"], message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Setting, check_nodes, validate};

    fn setup(settings: &[(&str, &str)]) -> Setup {
        let mut setup = Setup::new(1, "clicks");
        for (name, value) in settings {
            Setting::named(name).unwrap().apply(value, &mut setup).unwrap();
        }
        setup
    }

    #[test]
    fn each_key_needs_its_weight() {
        let told = |weights| {
            let settings = [("own.keys", "a,b,c"), ("keys", "weights"), ("own.weights", weights)];
            validate(&setup(&settings)).map_err(|problem| problem.message)
        };
        assert_eq!(told("3,2,0"), Ok(()));
        assert_eq!(
            told("3,2").unwrap_err(),
            "own.weights has 2 numbers, but own.keys has 3 keys: each key needs one"
        );
        assert!(told("0,0,0").unwrap_err().starts_with("own.weights are all 0"));
        assert_eq!(
            validate(&setup(&[("own.weights", "1,2")])),
            Ok(()),
            "nobody goes by them"
        );
    }

    #[test]
    fn a_rule_that_needs_too_many_keys_is_told() {
        let settings = [("own.keys", "a,b,c"), ("key", "compound:user:100000")];
        let told = validate(&setup(&settings)).unwrap_err();
        assert_eq!(
            told.message,
            "key makes 300 000 keys of 3 subjects, and at most 250 000 are allowed: fewer of each, or fewer own.keys"
        );
        let own = setup(&settings[..1]);
        let live = Setting::named("key").unwrap().command("compound:user:100000").unwrap();
        assert!(check_nodes(&live, &own).is_err());
        let live = Setting::named("key").unwrap().command("salt:1000:a").unwrap();
        assert_eq!(check_nodes(&live, &own), Ok(()));
    }
}
