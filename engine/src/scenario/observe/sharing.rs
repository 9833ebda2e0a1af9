//! What can be observed of share groups.

use super::{Observable, Of, Seen};
use crate::trace::ShareCounters;
use crate::world::SharePartitionView;

fn counts<'a>(seen: &'a Seen) -> &'a ShareCounters {
    &seen.world.trace().counters().share
}

fn sum(seen: &Seen, of: fn(&SharePartitionView) -> u64) -> u64 {
    let groups = seen.world.share_groups();
    groups.iter().flat_map(|group| &group.partitions).map(of).sum()
}

pub(super) static OBSERVABLES: [Observable; 17] = [
    Observable::new("share_members", Of::Run, "members of share groups", |s, _| {
        let groups = s.world.share_groups();
        let members = groups.iter().flat_map(|group| &group.members);
        members.filter(|member| member.is_member).count() as u64
    }),
    Observable::new(
        "share_lag",
        Of::Run,
        "records that share groups have not finished",
        |s, _| sum(s, |partition| partition.lag),
    ),
    Observable::new(
        "share_in_flight",
        Of::Run,
        "records that members of share groups have",
        |s, _| sum(s, |partition| u64::from(partition.acquired)),
    ),
    Observable::new("share_acquired", Of::Run, "deliveries to share groups", |s, _| {
        counts(s).acquired
    }),
    Observable::new(
        "share_acquired_again",
        Of::Run,
        "deliveries to share groups that were not the first of their record",
        |s, _| counts(s).acquired_again,
    ),
    Observable::new(
        "share_accepted",
        Of::Run,
        "records that share groups accepted",
        |s, _| counts(s).accepted,
    ),
    Observable::new("share_released", Of::Run, "records that were released", |s, _| {
        counts(s).released
    }),
    Observable::new("share_rejected", Of::Run, "records that were rejected", |s, _| {
        counts(s).rejected
    }),
    Observable::new("share_renewed", Of::Run, "locks that were renewed", |s, _| {
        counts(s).renewed
    }),
    Observable::new("share_lock_expired", Of::Run, "locks that ran out", |s, _| {
        counts(s).lock_expired
    }),
    Observable::new(
        "share_session_ended",
        Of::Run,
        "records that came back because their member was gone",
        |s, _| counts(s).session_ended,
    ),
    Observable::new(
        "share_archived",
        Of::Run,
        "records that were delivered too often",
        |s, _| counts(s).archived,
    ),
    Observable::new(
        "share_refused",
        Of::Run,
        "records of which an acknowledgement did not count",
        |s, _| counts(s).refused,
    ),
    Observable::new(
        "share_processed",
        Of::Run,
        "times that share consumers were done with a record",
        |s, _| counts(s).processed,
    ),
    Observable::new(
        "share_failed",
        Of::Run,
        "times that a share consumer failed to process a record",
        |s, _| counts(s).failed,
    ),
    Observable::new(
        "share_processed_again",
        Of::Run,
        "times that share consumers did again what their group had done",
        |s, _| counts(s).processed_again,
    ),
    Observable::new(
        "share_out_of_order",
        Of::Run,
        "records that share consumers processed after a later one about the same thing",
        |s, _| counts(s).out_of_order,
    ),
];
