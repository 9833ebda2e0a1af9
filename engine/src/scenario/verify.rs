//! Plays a scenario to each of its steps and looks whether what the steps say is true.

use super::checkpoint::Checkpoint;
use super::{Scenario, Step, Variant};
use crate::world::World;
use std::fmt;

/// A scenario that held what it promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// For each step its checkpoints, each with the value that was seen.
    pub steps: Vec<Vec<(Checkpoint, u64)>>,
    /// The same for each variant.
    pub variants: Vec<Vec<(Checkpoint, u64)>>,
    /// The trace's digest at the end of the scenario.
    pub digest: u64,
    /// How many events there were.
    pub events: u64,
}

/// A checkpoint that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The step's number, from 1; `None` for a variant.
    pub step: Option<usize>,
    /// The step's title, or the variant's.
    pub title: String,
    /// What was promised.
    pub checkpoint: Checkpoint,
    /// What was seen.
    pub seen: u64,
}

/// `60:5: step 3 "One key, one partition": out_of_order since step 2 must be 0, but is 4`.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure {
            step,
            title,
            checkpoint,
            seen,
        } = self;
        let part = step.map_or_else(|| "variant".to_owned(), |step| format!("step {step}"));
        write!(
            f,
            "{}: {part} \"{title}\": {checkpoint}, but is {seen}",
            checkpoint.place
        )
    }
}

impl Scenario {
    /// Plays the scenario with its own seed to its end, and checks each step's checkpoints when the run arrives there.
    ///
    /// # Errors
    ///
    /// All checkpoints that do not hold.
    pub fn verify(&self) -> Result<Report, Vec<Failure>> {
        let mut world = World::new(&self.setup);
        // What later checkpoints count from: their values at each earlier step that they name.
        let mut before: Vec<Vec<(&Checkpoint, u64)>> = vec![Vec::new(); self.steps.len()];
        let (mut steps, mut failures) = (Vec::new(), Vec::new());
        for (index, step) in self.steps.iter().enumerate() {
            world.run_until(step.at_us);
            before[index] = counted_from(&self.steps[index..], index + 1)
                .map(|c| (c, c.observe(&world)))
                .collect();
            let seen = step.checkpoints.iter().map(|checkpoint| {
                let start = checkpoint
                    .since
                    .and_then(|step| before.get(step - 1))
                    .and_then(|values| {
                        values
                            .iter()
                            .find(|(counted, _)| *counted == checkpoint)
                            .map(|(_, value)| *value)
                    });
                (
                    checkpoint.clone(),
                    checkpoint.observe(&world).saturating_sub(start.unwrap_or(0)),
                )
            });
            let seen: Vec<(Checkpoint, u64)> = seen.collect();
            let broken = seen.iter().filter(|(checkpoint, value)| !checkpoint.holds(*value));
            failures.extend(broken.map(|(checkpoint, value)| Failure {
                step: Some(index + 1),
                title: step.title.clone(),
                checkpoint: checkpoint.clone(),
                seen: *value,
            }));
            steps.push(seen);
        }
        world.run_until(self.until_us);
        let variants = self
            .variants
            .iter()
            .map(|variant| variant.play(&mut failures))
            .collect();
        if failures.is_empty() {
            Ok(Report {
                steps,
                variants,
                digest: world.trace().digest(),
                events: world.trace().count(),
            })
        } else {
            Err(failures)
        }
    }
}

impl Variant {
    /// Plays it to the moment of its checkpoints. Answers them with what was seen, and adds those that do not hold.
    fn play(&self, failures: &mut Vec<Failure>) -> Vec<(Checkpoint, u64)> {
        let mut world = World::new(&self.setup);
        world.run_until(self.at_us);
        let seen = self.checkpoints.iter().map(|c| (c.clone(), c.observe(&world)));
        let seen: Vec<(Checkpoint, u64)> = seen.collect();
        let broken = seen.iter().filter(|(checkpoint, value)| !checkpoint.holds(*value));
        failures.extend(broken.map(|(checkpoint, value)| Failure {
            step: None,
            title: self.title.clone(),
            checkpoint: checkpoint.clone(),
            seen: *value,
        }));
        seen
    }
}

/// The checkpoints that count from the step of that number.
fn counted_from(later: &[Step], number: usize) -> impl Iterator<Item = &Checkpoint> {
    later
        .iter()
        .flat_map(|step| &step.checkpoints)
        .filter(move |checkpoint| checkpoint.since == Some(number))
}
