//! Plays a storm under the eyes of all invariants.

use super::{Storm, Theme, converge, left_over::left_over};
use crate::check::{Broken, Checker, Violation};
use crate::wire::Micros;
use crate::world::{Command, World};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A run takes fewer inputs than this. One that takes more goes round in circles.
const MOST_INPUTS: u64 = 6_000_000;
/// So many events are kept for the causal chain of a failure.
const KEPT_EVENTS: usize = 200_000;
/// How often it is asked whether all is well again.
const LOOK_EVERY_US: Micros = 500_000;

/// What came of a storm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// The kind of trouble that it preferred.
    pub theme: Theme,
    /// How many things went wrong.
    pub faults: usize,
    /// How many events there were.
    pub events: u64,
    /// How many records were sent.
    pub records: u64,
    /// When it ended: when all was well again, or when something was broken.
    pub ended_us: Micros,
    /// What was broken, if anything was.
    pub violation: Option<Box<Violation>>,
}

/// Plays it until all is well again, or an invariant is broken. A panic counts as one: `no-panic`.
#[must_use]
pub fn play(storm: &Storm) -> Outcome {
    let mut setup = storm.setup();
    setup.limits.trace_events = KEPT_EVENTS;
    let mut outcome = Outcome {
        seed: setup.seed,
        theme: storm.theme,
        faults: storm.faults.len(),
        events: 0,
        records: 0,
        ended_us: 0,
        violation: None,
    };
    let mut world = World::new(&setup);
    let played = catch_unwind(AssertUnwindSafe(|| play_out(storm, &mut world)));
    outcome.violation = match played {
        Ok(Ok(())) => None,
        Ok(Err(violation)) => Some(violation),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let broken = Broken::new(said.unwrap_or_else(|| "something panicked".to_owned()));
            Some(Box::new(Violation::of("no-panic", broken, &world)))
        }
    };
    outcome.events = world.trace().count();
    outcome.records = world.trace().counters().sent;
    outcome.ended_us = world.now();
    outcome
}

fn play_out(storm: &Storm, world: &mut World) -> Result<(), Box<Violation>> {
    let mut checker = Checker::new(world);
    let mut inputs = 0u64;
    let mut look_at = storm.calm_us + LOOK_EVERY_US;
    let mut help_at = Some(storm.calm_us + Storm::HELPED_AFTER_US);
    while world.next_event_at().is_some_and(|at| at <= storm.until_us) {
        if world.next_event_at().is_some_and(|at| at > look_at) {
            look_at += LOOK_EVERY_US;
            if converge::unconverged(world, &checker).is_none() {
                return Ok(());
            }
        }
        if let Some(now) = help_at.filter(|help_at| world.next_event_at().is_some_and(|at| at > *help_at)) {
            help_at = None;
            for group in left_over(world) {
                let consumers = Storm::HELPED_TO;
                world.schedule(now, Command::Group { group, consumers });
            }
        }
        checker.step(world)?;
        inputs += 1;
        if inputs > MOST_INPUTS {
            let broken = Broken::new(format!("{MOST_INPUTS} inputs, and no end"));
            return Err(Box::new(Violation::of("time-goes-on", broken, world)));
        }
    }
    match converge::unconverged(world, &checker) {
        None => Ok(()),
        Some(what) => Err(Box::new(Violation::of("all-is-well-again", Broken::new(what), world))),
    }
}
