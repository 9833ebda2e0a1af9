//! What can be observed of the groups: owners, rebalances, time without owner, and what further groups do.

use super::{Asked, Observable, Of, Seen};
use crate::trace::GroupHistory;
use crate::world::GroupPartitionView;

/// The main group's history.
fn history<'a>(seen: &'a Seen) -> Option<&'a GroupHistory> {
    seen.world.trace().groups().main()
}

/// That partition, as the main group has it.
fn row<'a>(seen: &'a Seen, asked: Asked) -> Option<&'a GroupPartitionView> {
    let Asked::Partition(index) = asked else { return None };
    seen.view.group.partitions.get(usize::from(index))
}

/// A sum over the further groups, and over their partitions or the one that is asked for.
fn elsewhere(seen: &Seen, asked: Asked, value: fn(&GroupPartitionView) -> u64) -> u64 {
    let main = &seen.view.group.id;
    let further = seen.view.groups.iter().filter(|group| group.id != *main);
    let rows = further.flat_map(|group| &group.partitions);
    let rows = rows.filter(|row| !matches!(asked, Asked::Partition(index) if index != row.partition));
    rows.map(value).sum()
}

pub(super) static OBSERVABLES: [Observable; 10] = [
    Observable::new(
        "owner",
        Of::Partition,
        "the number of the group's consumer that owns it; 0 for none",
        |s, asked| row(s, asked).and_then(|row| row.owner).map_or(0, u64::from),
    ),
    Observable::new(
        "committed",
        Of::Partition,
        "the group's committed offset",
        |s, asked| row(s, asked).and_then(|row| row.committed).unwrap_or(0),
    ),
    Observable::new(
        "lag_ms",
        Of::RunOrPartition,
        "the age of the oldest record that the group has not committed, in whole milliseconds",
        |s, asked| {
            let oldest = s.view.group.partitions.iter().map(|row| row.lag_us).max();
            row(s, asked)
                .map_or(oldest.filter(|_| asked == Asked::Run), |row| Some(row.lag_us))
                .unwrap_or(0)
                / 1_000
        },
    ),
    Observable::new(
        "rebalances",
        Of::Run,
        "rebalances of the group that have begun so far",
        |s, _| history(s).map_or(0, |history| history.rebalanced),
    ),
    Observable::new(
        "rebalancing_ms",
        Of::Run,
        "how long the group has rebalanced, all finished rebalances together, in whole milliseconds",
        |s, _| history(s).map_or(0, |history| history.rebalancing_us / 1_000),
    ),
    Observable::new(
        "unowned_ms",
        Of::RunOrPartition,
        "how long nobody in the group owned the partition since it first had an owner, in whole milliseconds; of the run, the longest",
        |s, asked| {
            let longest = s.view.group.partitions.iter().map(|row| row.unowned_us).max();
            row(s, asked)
                .map_or(longest.filter(|_| asked == Asked::Run), |row| Some(row.unowned_us))
                .unwrap_or(0)
                / 1_000
        },
    ),
    Observable::new(
        "unowned_all_ms",
        Of::Run,
        "the same for all partitions together",
        |s, _| s.view.group.partitions.iter().map(|row| row.unowned_us).sum::<u64>() / 1_000,
    ),
    Observable::new("groups", Of::Run, "groups that have a member", |s, _| {
        s.view.groups.iter().filter(|group| group.members > 0).count() as u64
    }),
    Observable::new(
        "lag_elsewhere",
        Of::RunOrPartition,
        "records between the committed offsets of the other groups and the high watermarks",
        |s, asked| elsewhere(s, asked, |row| row.lag),
    ),
    Observable::new(
        "processed_elsewhere",
        Of::Run,
        "records that consumers of further groups have processed",
        |s, _| s.view.groups.iter().map(|group| group.processed).sum(),
    ),
];
