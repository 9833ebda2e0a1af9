//! What a checkpoint can look at: whole numbers only, so that it says the same on every machine.

mod catalogue;
mod groups;
mod load;
mod queue;
mod retries;
mod sharing;

use super::error::did_you_mean;
use super::target::partition_of;
use crate::log::KeyId;
use crate::trace::PartitionCounters;
use crate::world::{PartitionView, ReplicaView, View, World};

/// Something that can be counted in a run.
pub struct Observable {
    /// Its name in a scenario file.
    pub name: &'static str,
    /// Of what it can be asked.
    pub of: Of,
    /// What it counts.
    pub about: &'static str,
    read: fn(&Seen, Asked) -> u64,
}

/// Of what an observable can be asked. `key` asks for the key's partition where an observable is not kept by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Of the run as a whole.
    Run,
    /// Of one partition; `partition` or `key` must be given.
    Partition,
    /// Of one key; `key` must be given.
    Key,
    /// Of the run or of a partition.
    RunOrPartition,
    /// Of the run or of a key.
    RunOrKey,
    /// Of the run, of a partition or of a key.
    Any,
}

/// Of what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Run,
    Partition(u16),
    Key(Option<KeyId>),
}

/// A moment of a run, for observables.
struct Seen<'a> {
    world: &'a World,
    view: View,
}

impl Observable {
    const fn new(name: &'static str, of: Of, about: &'static str, read: fn(&Seen, Asked) -> u64) -> Self {
        Self { name, of, about, read }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = &'static Observable> + Clone {
        catalogue::OBSERVABLES
            .iter()
            .chain(&load::OBSERVABLES)
            .chain(&queue::OBSERVABLES)
            .chain(&retries::OBSERVABLES)
            .chain(&sharing::OBSERVABLES)
            .chain(&groups::OBSERVABLES)
    }

    /// The observable of that name.
    ///
    /// # Errors
    ///
    /// Says that there is none, and which one may be meant.
    pub fn named(name: &str) -> Result<&'static Observable, String> {
        Self::all().find(|observable| observable.name == name).ok_or_else(|| {
            let hint = did_you_mean(name, Self::all().map(|observable| observable.name));
            format!(
                "nothing to observe is called \"{}\"{hint}",
                super::decimal::shorten(name)
            )
        })
    }

    /// Its value now: of the run, of that partition, or of that key (or the key's partition).
    #[must_use]
    pub fn read(&self, world: &World, partition: Option<u16>, key: Option<&str>) -> u64 {
        let view = world.view();
        // There can be more than there were at first.
        let partitions = world.setup().topic.partitions.max(view.partitions.len() as u16);
        let by_key = matches!(self.of, Of::Key | Of::RunOrKey | Of::Any);
        let asked = match (partition, key) {
            (Some(partition), _) => Asked::Partition(partition),
            (None, Some(key)) if by_key => Asked::Key(world.dictionary().find_key(key)),
            (None, Some(key)) => Asked::Partition(partition_of(key, partitions)),
            (None, None) => Asked::Run,
        };
        (self.read)(&Seen { world, view }, asked)
    }

    /// Whether it can be asked of the run as a whole, of a partition, of a key.
    #[must_use]
    pub(super) fn allows(&self, partition: bool, key: bool) -> bool {
        match self.of {
            Of::Run => !partition && !key,
            Of::Partition => partition != key,
            Of::Key => key && !partition,
            Of::RunOrPartition | Of::Any => !(partition && key),
            Of::RunOrKey => !partition,
        }
    }
}

impl std::fmt::Debug for Observable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Observable({})", self.name)
    }
}

impl PartialEq for Observable {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Observable {}

impl Seen<'_> {
    fn row(&self, asked: Asked) -> Option<&PartitionView> {
        let Asked::Partition(index) = asked else { return None };
        self.view.partitions.get(usize::from(index))
    }

    fn counted(&self, index: u16) -> Option<&PartitionCounters> {
        self.world.trace().counters().partitions.get(usize::from(index))
    }

    fn replicas(&self, asked: Asked) -> impl Iterator<Item = &ReplicaView> {
        let rows = move |replica: &&ReplicaView| match asked {
            Asked::Partition(index) => replica.partition == index,
            Asked::Run | Asked::Key(_) => true,
        };
        self.view.replicas.iter().filter(rows)
    }

    fn leader(&self, asked: Asked) -> Option<&ReplicaView> {
        self.replicas(asked).find(|replica| replica.is_leader)
    }

    /// A sum over all rows, or the row's own.
    fn over_rows(&self, asked: Asked, value: fn(&PartitionView) -> u64) -> u64 {
        match asked {
            Asked::Run => self.view.partitions.iter().map(value).sum(),
            Asked::Partition(_) | Asked::Key(_) => self.row(asked).map_or(0, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Setup;
    use std::collections::BTreeSet;

    #[test]
    fn every_observable_can_be_read_of_a_world_that_has_not_begun() {
        let world = World::new(&Setup {
            consumers: 0,
            ..Setup::new(1, "topic")
        });
        let mut names = BTreeSet::new();
        // Processes are there before anything happens.
        let is_at_work = |name| ["live_brokers", "active_controller"].contains(&name);
        for observable in Observable::all().filter(|observable| !is_at_work(observable.name)) {
            assert!(names.insert(observable.name));
            for (partition, key) in [(None, None), (Some(63), None), (None, Some("nobody"))] {
                assert_eq!(observable.read(&world, partition, key), 0, "{observable:?}");
            }
        }
    }

    #[test]
    fn a_wrong_name_is_told() {
        let wrong = Observable::named("out_of_oder").unwrap_err();
        assert_eq!(
            wrong,
            "nothing to observe is called \"out_of_oder\"; did you mean out_of_order?"
        );
    }

    #[test]
    fn what_it_is_asked_of_is_limited() {
        let allows = |name| {
            let observable = Observable::named(name).unwrap();
            [(false, false), (true, false), (false, true), (true, true)].map(|(p, k)| observable.allows(p, k))
        };
        assert_eq!(allows("failed"), [true, false, false, false]);
        assert_eq!(allows("log_end"), [false, true, true, false]);
        assert_eq!(allows("sent"), [true, true, true, false]);
        assert_eq!(allows("out_of_order"), [true, false, true, false]);
        assert_eq!(allows("partitions_of_key"), [false, false, true, false]);
    }
}
