//! One storm: what it is, how it ends, and how small it can be.

use super::bug;
use crate::end::Failure;
use partitura_engine::check::Storm;
use partitura_engine::check::storm::{play, shrink};
use partitura_engine::node::Bug;
use partitura_engine::scenario::{Setting, format_seconds};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

/// A smaller storm is looked for in so many plays.
const TRIES: u32 = 600;

pub(super) fn play_one(seed: u64, bug: Option<Bug>, make_small: bool, out: Option<&Path>) -> Result<(), Failure> {
    std::panic::set_hook(Box::new(|_| {}));
    let mut storm = Storm::of(seed);
    storm.calm_setup.bug = bug;
    let mut best = None;
    if make_small {
        best = shrink(&storm, TRIES, |smaller| {
            eprintln!(
                "{} faults, until {} s",
                smaller.faults.len(),
                format_seconds(smaller.until_us)
            );
        });
    }
    let storm = best.clone().unwrap_or(storm);
    let outcome = play(&storm);
    let mut text = describe(&storm, bug);
    let _ = writeln!(
        text,
        "\n{} events, {} records, until {} s",
        outcome.events,
        outcome.records,
        format_seconds(outcome.ended_us)
    );
    match &outcome.violation {
        None => text.push_str("All is well.\n"),
        Some(violation) => {
            let _ = writeln!(text, "{violation}");
        }
    }
    io::stdout().write_all(text.as_bytes()).map_err(Failure::stdout)?;
    if let Some(storm) = best.or_else(|| out.map(|_| storm)) {
        write_scenario(&storm, outcome.violation.as_deref().map(|v| v.invariant), out)?;
    }
    if outcome.violation.is_some() {
        Err(Failure::NotAsPromised)
    } else {
        Ok(())
    }
}

fn describe(storm: &Storm, bug: Option<Bug>) -> String {
    let setup = &storm.calm_setup;
    let mut text = format!(
        "seed {}, {}: {} brokers, {} controllers{}, {} partitions with {} replicas, min ISR {}, acks={}{}\n",
        setup.seed,
        storm.theme.name(),
        setup.brokers,
        setup.controllers,
        if setup.combined { " in them" } else { "" },
        setup.topic.partitions,
        setup.topic.replication_factor,
        setup.broker.min_insync_replicas,
        setup.producer.acks.as_str(),
        if setup.producer.is_idempotent() {
            ", idempotent"
        } else {
            ""
        },
    );
    let written = |name: &str| {
        Setting::find(name)
            .map(|setting| setting.read(setup))
            .unwrap_or_default()
    };
    let _ = writeln!(
        text,
        "{} consumers, group.protocol={}, commit={}, failure.policy={}, more.groups={}, share.groups={}, queue.workers={}",
        setup.consumers,
        written("group.protocol"),
        written("commit"),
        written("failure.policy"),
        written("more.groups"),
        written("share.groups"),
        written("queue.workers"),
    );
    if let Some(bug) = bug {
        let _ = writeln!(text, "with a mistake built in: {}", bug::name(bug));
    }
    for (at, command) in &storm.faults {
        let action = partitura_engine::scenario::write_action(command).unwrap_or_default();
        let _ = writeln!(text, "{:>10}  {action}", format_seconds(*at));
    }
    let _ = writeln!(text, "{:>10}  calm", format_seconds(storm.calm_us));
    text
}

fn write_scenario(storm: &Storm, broken: Option<&str>, out: Option<&Path>) -> Result<(), Failure> {
    let seed = storm.calm_setup.seed;
    let default = format!("storm-{seed}.toml");
    let path = out.unwrap_or(Path::new(&default));
    let text = storm.scenario(broken).to_toml();
    std::fs::write(path, text).map_err(|error| Failure::writing(&path.display().to_string(), error))?;
    eprintln!("written to {}", path.display());
    Ok(())
}
