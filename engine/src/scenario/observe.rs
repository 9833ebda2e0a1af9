//! What a checkpoint can look at: whole numbers only, so that it says the same on every machine.

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
    #[must_use]
    pub fn all() -> &'static [Observable] {
        &OBSERVABLES
    }

    /// The observable of that name.
    ///
    /// # Errors
    ///
    /// Says that there is none, and which one may be meant.
    pub fn named(name: &str) -> Result<&'static Observable, String> {
        OBSERVABLES.iter().find(|observable| observable.name == name).ok_or_else(|| {
            let hint = did_you_mean(name, OBSERVABLES.iter().map(|observable| observable.name));
            format!("nothing to observe is called \"{}\"{hint}", super::decimal::shorten(name))
        })
    }

    /// Its value now: of the run, of that partition, or of that key (or the key's partition).
    #[must_use]
    pub fn read(&self, world: &World, partition: Option<u16>, key: Option<&str>) -> u64 {
        let by_key = matches!(self.of, Of::Key | Of::RunOrKey | Of::Any);
        let asked = match (partition, key) {
            (Some(partition), _) => Asked::Partition(partition),
            (None, Some(key)) if by_key => Asked::Key(world.dictionary().find_key(key)),
            (None, Some(key)) => Asked::Partition(partition_of(key, world.setup().topic.partitions)),
            (None, None) => Asked::Run,
        };
        (self.read)(&Seen { world, view: world.view() }, asked)
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

    /// The farthest that a follower's log ends behind its leader's.
    fn followers_behind(&self, asked: Asked) -> u64 {
        let leaders = self.replicas(asked).filter(|replica| replica.is_leader);
        let behind = leaders.flat_map(|leader| {
            let row = self.replicas(Asked::Partition(leader.partition));
            row.map(|replica| leader.log_end.saturating_sub(replica.log_end))
        });
        behind.max().unwrap_or(0)
    }

    /// A sum over all rows, or the row's own.
    fn over_rows(&self, asked: Asked, value: fn(&PartitionView) -> u64) -> u64 {
        match asked {
            Asked::Run => self.view.partitions.iter().map(value).sum(),
            Asked::Partition(_) | Asked::Key(_) => self.row(asked).map_or(0, value),
        }
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    items.count() as u64
}

fn subject(seen: &Seen, key: Option<KeyId>) -> crate::trace::SubjectCounters {
    let counters = seen.world.trace().counters();
    key.and_then(|key| counters.subjects.get(key.index())).copied().unwrap_or_default()
}

static OBSERVABLES: [Observable; 32] = [
    Observable::new("sent", Of::Any, "records that send() took", |s, asked| match asked {
        Asked::Run => s.world.trace().counters().sent,
        Asked::Partition(index) => s.counted(index).map_or(0, |p| p.sent),
        Asked::Key(key) => subject(s, key).sent,
    }),
    Observable::new("processed", Of::Any, "records that the consumers' applications have processed", |s, asked| match asked {
        Asked::Run => s.world.trace().counters().processed,
        Asked::Partition(index) => s.counted(index).map_or(0, |p| p.processed),
        Asked::Key(key) => subject(s, key).processed,
    }),
    Observable::new("out_of_order", Of::RunOrKey, "records processed after a later one about the same thing", |s, asked| {
        match asked {
            Asked::Key(key) => subject(s, key).out_of_order,
            Asked::Run | Asked::Partition(_) => s.world.trace().counters().out_of_order,
        }
    }),
    Observable::new("acknowledged", Of::RunOrPartition, "records that the producers know to be stored", |s, asked| match asked {
        Asked::Partition(index) => s.counted(index).map_or(0, |p| p.acknowledged),
        Asked::Run | Asked::Key(_) => s.world.trace().counters().acknowledged,
    }),
    Observable::new("failed", Of::Run, "records that an application was told to have failed", |s, _| {
        s.world.trace().counters().failed
    }),
    Observable::new("retried", Of::Run, "batches that were sent again", |s, _| s.world.trace().counters().retried),
    Observable::new("messages", Of::Run, "requests and responses", |s, _| s.world.trace().counters().messages),
    Observable::new("events", Of::Run, "events of the trace", |s, _| s.world.trace().count()),
    Observable::new("keys_spread", Of::Run, "keys whose records went to more than one partition", |s, _| {
        count(s.world.trace().counters().subjects.iter().filter(|subject| subject.is_spread))
    }),
    Observable::new("partitions_of_key", Of::Key, "partitions that got records about the key", |s, asked| {
        let Asked::Key(Some(key)) = asked else { return 0 };
        count(s.world.trace().counters().partitions.iter().filter(|partition| partition.about(key) > 0))
    }),
    Observable::new("partitions", Of::Run, "partitions of the topic, once it exists", |s, _| {
        s.view.partitions.len() as u64
    }),
    Observable::new("log_end", Of::Partition, "the leader's log end offset", |s, asked| {
        s.leader(asked).map_or(0, |replica| replica.log_end)
    }),
    Observable::new("high_watermark", Of::Partition, "the leader's high watermark", |s, asked| {
        s.leader(asked).map_or(0, |replica| replica.high_watermark)
    }),
    Observable::new("uncommitted", Of::RunOrPartition, "records between high watermark and log end, at the leaders", |s, asked| {
        s.replicas(asked).filter(|r| r.is_leader).map(|r| r.log_end.saturating_sub(r.high_watermark)).sum()
    }),
    Observable::new("followers_behind", Of::RunOrPartition, "records by which the last follower is behind its leader", |s, asked| {
        s.followers_behind(asked)
    }),
    Observable::new("in_sync", Of::RunOrPartition, "replicas in the ISR, leaders included", |s, asked| {
        s.over_rows(asked, |row| row.isr.len() as u64)
    }),
    Observable::new("leader", Of::Partition, "the number of the broker that leads; 0 for none", |s, asked| {
        s.row(asked).and_then(|row| row.leader).map_or(0, |leader| u64::from(leader.0))
    }),
    Observable::new("leader_epoch", Of::Partition, "the partition's leader epoch", |s, asked| {
        s.row(asked).map_or(0, |row| u64::from(row.leader_epoch))
    }),
    Observable::new("leaders_spread", Of::Run, "partitions that the busiest broker leads more than the idlest one", |s, _| {
        let leads = || s.view.brokers.iter().map(|broker| u64::from(broker.leads));
        leads().max().unwrap_or(0) - leads().min().unwrap_or(0)
    }),
    Observable::new("brokers", Of::Run, "brokers that are registered and unfenced", |s, _| {
        count(s.view.brokers.iter().filter(|broker| broker.unfenced))
    }),
    Observable::new("share", Of::Partition, "the partition's part of all records, in thousandths", |s, asked| {
        s.row(asked).map_or(0, |row| u64::from(row.share_permille))
    }),
    Observable::new("recent_share", Of::Partition, "the same for the records of the last five seconds", |s, asked| {
        s.row(asked).map_or(0, |row| u64::from(row.recent_permille))
    }),
    Observable::new("lag", Of::RunOrPartition, "records between the group's committed offsets and the high watermarks", |s, asked| {
        s.over_rows(asked, |row| row.lag)
    }),
    Observable::new("unprocessed", Of::RunOrPartition, "records below the high watermarks that are not processed", |s, asked| {
        s.over_rows(asked, |row| row.unprocessed)
    }),
    Observable::new("group_members", Of::Run, "members of the group, at its coordinator", |s, _| {
        u64::from(s.view.group.members)
    }),
    Observable::new("group_generation", Of::Run, "the group's generation", |s, _| u64::from(s.view.group.generation)),
    Observable::new("group_stable", Of::Run, "1 when the group is Stable, else 0", |s, _| {
        u64::from(s.view.group.state == "Stable")
    }),
    Observable::new("consumers", Of::Run, "consumers that run", |s, _| s.view.consumers.len() as u64),
    Observable::new("consumers_with_work", Of::Run, "consumers that own a partition", |s, _| {
        count(s.view.consumers.iter().filter(|consumer| !consumer.owned.is_empty()))
    }),
    Observable::new("partitions_owned", Of::Run, "partitions that some consumer owns", |s, _| {
        s.view.consumers.iter().map(|consumer| consumer.owned.len() as u64).sum()
    }),
    Observable::new("waiting", Of::Run, "records that wait in the producers", |s, _| {
        s.view.producers.iter().map(|producer| producer.waiting).sum()
    }),
    Observable::new("latency_us", Of::Run, "mean time from send() to the end of processing, in microseconds", |s, _| {
        let counters = s.world.trace().counters();
        counters.latency_sum_us.checked_div(counters.processed).unwrap_or(0)
    }),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Setup;
    use std::collections::BTreeSet;

    #[test]
    fn every_observable_can_be_read_of_a_world_that_has_not_begun() {
        let world = World::new(&Setup { consumers: 0, ..Setup::new(1, "topic") });
        let mut names = BTreeSet::new();
        for observable in Observable::all() {
            assert!(names.insert(observable.name));
            for (partition, key) in [(None, None), (Some(63), None), (None, Some("nobody"))] {
                assert_eq!(observable.read(&world, partition, key), 0, "{observable:?}");
            }
        }
    }

    #[test]
    fn a_wrong_name_is_told() {
        let wrong = Observable::named("out_of_oder").unwrap_err();
        assert_eq!(wrong, "nothing to observe is called \"out_of_oder\"; did you mean out_of_order?");
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
