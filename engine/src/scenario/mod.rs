//! Scenarios as data: what a run starts from, what happens in it, and the steps that tell of it. One file format for
//! all of them, described in `scenarios/README.md`; one catalogue of [`Setting`]s for the file, the link, the page and
//! the command line.
//!
//! **Invariant:** a file that cannot be played is refused with line and column, and nothing in a file can make the
//! engine panic.

mod action;
mod checkpoint;
mod decimal;
mod error;
mod glossary;
mod nodes;
mod observe;
mod parse;
mod parse_step;
mod reader;
mod setting;
mod speed;
mod target;
mod text;
mod validate;
mod variant;
mod verify;
mod write;

pub use action::{ActionForm, parse_action, write_action};
pub use checkpoint::Checkpoint;
pub use decimal::{format_seconds, parse_duration, parse_seconds};
pub use error::{Place, ScenarioError, did_you_mean};
pub use glossary::Glossary;
pub use observe::{Observable, Of};
pub use setting::{Area, Form, Kind, MAX_KEY_BYTES, MAX_KEYS, Setting, apply_all};
pub use speed::Speed;
pub use target::{Row, Target, partition_of};
pub use text::{Span, Text};
pub use validate::{MAX_SENT_BYTES, SetupProblem, check_command, check_nodes, validate};
pub use variant::Variant;
pub use verify::{Failure, Report};

use crate::wire::Micros;
use crate::world::Setup;

/// A scenario that comes with Partitura: its id, and its file.
macro_rules! built_in {
    ($($id:literal),* $(,)?) => {
        [$(($id, include_str!(concat!("../../../scenarios/", $id, ".toml")))),*]
    };
}

/// The scenarios that come with Partitura, in the order in which they are best read: their ids, and their files.
pub const BUILT_IN: [(&str, &str); 28] = built_in![
    "world-cup",
    "broker-dies",
    "what-acks-buys",
    "last-replica",
    "said-twice",
    "slow-follower",
    "network-cut",
    "acknowledged-invisible",
    "three-ways",
    "where-does-my-key-go",
    "celebrity-ad",
    "compound-keys",
    "twelve-instead-of-six",
    "no-key-at-all",
    "backpressure",
    "two-services",
    "one-owner",
    "consumer-dies",
    "before-or-after",
    "stop-the-world",
    "slow-not-dead",
    "poison-record",
    "retry-topics",
    "retries-in-order",
    "effectively-once",
    "rewind-the-group",
    "queue-or-stream",
    "order-pipeline",
];

/// The chapters of [`BUILT_IN`]: their headings, and the scenario that each begins with.
pub const CHAPTERS: [(&str, &str); 4] = [
    ("Start here", "world-cup"),
    ("When brokers fail", "broker-dies"),
    ("Keys and hot partitions", "where-does-my-key-go"),
    ("Groups, commits and retries", "one-owner"),
];

/// A scenario, as its file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Its name in links.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub summary: Text,
    /// What its run starts from.
    pub setup: Setup,
    /// How long its run is, when nobody stops it.
    pub until_us: Micros,
    /// Its steps, in the order of their times.
    pub steps: Vec<Step>,
    /// The same run with other settings.
    pub variants: Vec<Variant>,
    /// All terms that its texts can use: those that every scenario has, and its own.
    pub glossary: Glossary,
}

/// A moment of a scenario, and what is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The moment.
    pub at_us: Micros,
    /// Its heading.
    pub title: String,
    /// What is said.
    pub paragraphs: Vec<Text>,
    /// A sentence to say in an interview.
    pub say: Option<Text>,
    /// How fast the run should be played from here; `None` leaves the speed as it is.
    pub speed: Option<Speed>,
    /// How long the run plays on after it has arrived, before it pauses; `None` pauses at once.
    pub run_us: Option<Micros>,
    /// What the page points at.
    pub highlight: Vec<Target>,
    /// What must be true when the run arrives.
    pub checkpoints: Vec<Checkpoint>,
}

impl Scenario {
    /// The scenario of that id that comes with Partitura.
    ///
    /// # Panics
    /// Never, unless its file was broken when this was compiled; a test reads all of them.
    #[must_use]
    pub fn built_in(id: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == id)?;
        Some(Self::parse(text).unwrap_or_else(|error| panic!("invariant scenario-is-valid: {id}.toml:{error}")))
    }
}
