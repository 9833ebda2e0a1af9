//! A run of checks in parts: one part's failure does not keep the next from running.

use crate::Outcome;
use crate::run::say;
use crate::tally::Tally;
use std::time::{Duration, Instant};

/// The parts that have run, and what came of them.
#[derive(Default)]
pub(crate) struct Parts {
    done: Vec<Part>,
}

struct Part {
    name: &'static str,
    tally: Tally,
    took: Duration,
}

impl Parts {
    /// Runs a part and counts it. Says whether all of it passed. A part that could not run counts as one failed.
    pub(crate) fn run(&mut self, name: &'static str, part: impl FnOnce() -> Outcome<Tally>) -> bool {
        say(name);
        let start = Instant::now();
        let tally = part().unwrap_or_else(|sentence| {
            println!("✗ {sentence}");
            Tally::one(false)
        });
        self.done.push(Part {
            name,
            tally,
            took: start.elapsed(),
        });
        tally.failed == 0
    }

    /// Prints a line for each part and then, as the very last line, the sum. Says whether everything passed.
    pub(crate) fn close(self) -> bool {
        say("Summary");
        let mut sum = Tally::default();
        for Part { name, tally, took } in self.done {
            let mark = if tally.failed == 0 { "✓" } else { "✗" };
            println!(
                "{mark} {name:<42} {:>5} passed {:>5} failed {:>6.1} s",
                tally.passed,
                tally.failed,
                took.as_secs_f32()
            );
            sum.add(tally);
        }
        println!("{sum}");
        sum.failed == 0
    }
}
