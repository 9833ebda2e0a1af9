//! What must be true of a run when it arrives at a step.

use super::error::{Place, Reading};
use super::observe::{Observable, Of};
use super::reader::Table;
use super::target::Known;
use crate::world::World;
use std::fmt;

/// One statement about a moment of the run: data in the scenario's file, checked by a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// What is looked at.
    pub observe: &'static Observable,
    /// Of which partition.
    pub partition: Option<u16>,
    /// Of which key, or of the partition where that key's records go.
    pub key: Option<String>,
    /// Only what was added since the run arrived at that step, from 1.
    pub since: Option<usize>,
    /// It must be this or more.
    pub at_least: Option<u64>,
    /// It must be this or less.
    pub at_most: Option<u64>,
    /// Where the file says so.
    pub place: Place,
}

impl Checkpoint {
    const FIELDS: [&str; 7] = ["observe", "partition", "key", "since", "equals", "at_least", "at_most"];

    /// Reads one. `step` is the number of the step that it belongs to, from 1.
    pub(super) fn read(table: &Table, step: usize, known: &Known) -> Reading<Self> {
        table.only(&Self::FIELDS)?;
        let name = table.need("observe")?;
        let observe = Observable::named(name.text()?).map_err(|message| name.error(message))?;
        let partition = match table.get("partition") {
            None => None,
            Some(value) => {
                let last = u64::from(known.setup.topic.partitions) - 1;
                Some(value.integer(0..=last)? as u16)
            }
        };
        let key = match table.get("key") {
            None => None,
            Some(value) => {
                let key = value.line()?;
                known.check_key(key).map_err(|message| value.error(message))?;
                Some(key.to_owned())
            }
        };
        if !observe.allows(partition.is_some(), key.is_some()) {
            return Err(name.error(format!("{} is asked {}", observe.name, of_what(observe.of))));
        }
        let since = match table.get("since") {
            None => None,
            Some(value) if step > 1 => Some(value.integer(1..=step as u64 - 1)? as usize),
            Some(value) => return Err(value.error("the first step has none before it to count from".to_owned())),
        };
        let bound = |name| table.get(name).map(|value| value.integer(0..=u64::MAX)).transpose();
        let (equals, at_least, at_most) = (bound("equals")?, bound("at_least")?, bound("at_most")?);
        if equals.is_some() == (at_least.is_some() || at_most.is_some()) {
            return Err(name.error("a checkpoint has either equals, or at_least, at_most or both of these".to_owned()));
        }
        if at_least.zip(at_most).is_some_and(|(least, most)| least > most) {
            return Err(name.error("at_least is above at_most: that is never true".to_owned()));
        }
        Ok(Self {
            observe,
            partition,
            key,
            since,
            at_least: at_least.or(equals),
            at_most: at_most.or(equals),
            place: name.place(),
        })
    }

    /// The value as it is now, over the whole run.
    #[must_use]
    pub fn observe(&self, world: &World) -> u64 {
        self.observe.read(world, self.partition, self.key.as_deref())
    }

    /// Whether that value is as it must be.
    #[must_use]
    pub fn holds(&self, value: u64) -> bool {
        self.at_least.is_none_or(|least| value >= least) && self.at_most.is_none_or(|most| value <= most)
    }
}

fn of_what(of: Of) -> &'static str {
    match of {
        Of::Run => "of the run as a whole: without partition and key",
        Of::Partition => "of one partition: with partition, or with a key that goes there",
        Of::Key => "of one key: with key",
        Of::RunOrPartition => "of the run, of a partition, or of the partition of a key",
        Of::RunOrKey => "of the run or of a key",
        Of::Any => "of the run, of a partition or of a key",
    }
}

/// `out_of_order of match-7 since step 2 must be at least 1`.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.observe.name)?;
        if let Some(partition) = self.partition {
            write!(f, " of partition {partition}")?;
        }
        if let Some(key) = &self.key {
            write!(f, " of {key}")?;
        }
        if let Some(since) = self.since {
            write!(f, " since step {since}")?;
        }
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) if least == most => write!(f, " must be {least}"),
            (Some(least), Some(most)) => write!(f, " must be {least} to {most}"),
            (Some(least), None) => write!(f, " must be at least {least}"),
            (None, most) => write!(f, " must be at most {}", most.unwrap_or(u64::MAX)),
        }
    }
}
