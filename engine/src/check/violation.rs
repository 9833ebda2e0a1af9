//! What is said when an invariant is broken.

use crate::trace::{Event, EventId, readable};
use crate::wire::Micros;
use crate::world::World;
use std::fmt;

/// An invariant is broken: what is wrong, and the event that shows it, if it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// In words.
    pub message: String,
    /// The event after which it is so; the last one of the step, if nobody knows better.
    pub event: Option<EventId>,
}

impl Broken {
    /// Wrong in this way.
    #[must_use]
    pub fn new(message: String) -> Self {
        Self { message, event: None }
    }

    /// Wrong in this way, as that event shows.
    #[must_use]
    pub fn at(event: EventId, message: String) -> Self {
        Self {
            message,
            event: Some(event),
        }
    }
}

/// A broken invariant, with what led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its name.
    pub invariant: &'static str,
    /// The run's seed.
    pub seed: u64,
    /// The virtual time.
    pub at: Micros,
    /// What is wrong.
    pub message: String,
    /// The event that shows it, what brought it about, what brought that about, and so on.
    pub chain: Vec<Event>,
    /// The same as lines.
    pub lines: Vec<String>,
}

impl Violation {
    /// With all that the world can tell about it.
    #[must_use]
    pub fn of(invariant: &'static str, broken: Broken, world: &World) -> Self {
        let trace = world.trace();
        let chain = trace.chain(broken.event.unwrap_or(trace.count()));
        let names = world.names();
        Self {
            invariant,
            seed: world.setup().seed,
            at: world.now(),
            message: broken.message,
            lines: chain.iter().map(|event| readable(event, &names)).collect(),
            chain,
        }
    }
}

/// So many lines of a chain are printed.
const SHOWN: usize = 24;

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            invariant,
            seed,
            at,
            message,
            lines,
            ..
        } = self;
        let (seconds, micros) = (at / 1_000_000, at % 1_000_000);
        write!(
            f,
            "{invariant} is broken, seed {seed}, at {seconds}.{micros:06}: {message}"
        )?;
        // Long chains are polling; what they begin with says most.
        let cut = lines.len() > SHOWN;
        for (place, line) in lines.iter().enumerate() {
            if cut && (SHOWN / 2..lines.len() - SHOWN / 2).contains(&place) {
                if place == SHOWN / 2 {
                    write!(f, "\n  … {} more …", lines.len() - SHOWN)?;
                }
                continue;
            }
            let because = if place == 0 { "" } else { "because " };
            write!(f, "\n  {because}{line}")?;
        }
        Ok(())
    }
}
