//! What can be observed of failures: retries, dead letters, and what was lost or repeated.

use super::{Observable, Of};

pub(super) static OBSERVABLES: [Observable; 11] = [
    Observable::new(
        "failed_attempts",
        Of::Run,
        "attempts to process a record that came to nothing",
        |s, _| s.world.trace().counters().retries.failed_attempts,
    ),
    Observable::new(
        "skipped",
        Of::Run,
        "records that an application has passed over, because its policy says so",
        |s, _| s.world.trace().counters().retries.skipped,
    ),
    Observable::new(
        "in_retry",
        Of::Run,
        "records in retry topics that nobody is done with",
        |s, _| s.world.retries().in_retry(),
    ),
    Observable::new(
        "dead_letters",
        Of::Run,
        "records in the dead-letter topic that were not sent back",
        |s, _| s.world.retries().dead,
    ),
    Observable::new("redriven", Of::Run, "dead letters that were sent back", |s, _| {
        s.world.trace().counters().retries.redriven
    }),
    Observable::new(
        "effects",
        Of::Run,
        "records that have had their effect in the sink, each counted once",
        |s, _| s.world.effects().applied,
    ),
    Observable::new(
        "redelivered",
        Of::Run,
        "times that the group processed a record again, whatever the sink made of it",
        |s, _| s.world.effects().repeated + s.world.effects().ignored,
    ),
    Observable::new(
        "effects_repeated",
        Of::Run,
        "effects that have happened again, because a record was processed again",
        |s, _| s.world.effects().repeated,
    ),
    Observable::new(
        "effects_ignored",
        Of::Run,
        "effects that would have happened again, but the sink knew the record",
        |s, _| s.world.effects().ignored,
    ),
    Observable::new(
        "lost_by_group",
        Of::Run,
        "records that the group has committed past, and that nobody has processed or has in hand",
        |s, _| s.world.effects().lost,
    ),
    Observable::new(
        "auto_commits",
        Of::Run,
        "commits that consumers have made by themselves",
        |s, _| s.world.trace().counters().group.auto_commits,
    ),
];
