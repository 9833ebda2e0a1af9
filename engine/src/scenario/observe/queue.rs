//! What can be observed of the work queue beside the topic.

use super::{Asked, Observable, Of, Seen};
use crate::trace::WorkCounters;
use crate::world::QueueView;

fn counts<'a>(seen: &'a Seen) -> &'a WorkCounters {
    &seen.world.trace().counters().work
}

fn now(seen: &Seen, read: fn(&QueueView) -> u64) -> u64 {
    seen.world.work_queue().as_ref().map_or(0, read)
}

pub(super) static OBSERVABLES: [Observable; 13] = [
    Observable::new(
        "queue_ready",
        Of::Run,
        "messages that wait in the work queue",
        |s, _| now(s, |queue| queue.ready),
    ),
    Observable::new("queue_in_flight", Of::Run, "messages that workers have", |s, _| {
        now(s, |queue| queue.in_flight)
    }),
    Observable::new("queue_queued", Of::Run, "messages that the work queue took", |s, _| {
        counts(s).queued
    }),
    Observable::new(
        "queue_refused",
        Of::Run,
        "messages that the work queue had no room for",
        |s, _| counts(s).refused,
    ),
    Observable::new("queue_delivered", Of::Run, "deliveries to workers", |s, _| {
        counts(s).delivered
    }),
    Observable::new(
        "queue_deleted",
        Of::Run,
        "messages that were acknowledged, and are gone",
        |s, _| counts(s).deleted,
    ),
    Observable::new(
        "queue_redelivered",
        Of::Run,
        "messages of the work queue that came back",
        |s, _| counts(s).reappeared,
    ),
    Observable::new(
        "queue_late",
        Of::Run,
        "acknowledgements after the visibility timeout",
        |s, _| counts(s).late,
    ),
    Observable::new("queue_dead", Of::Run, "dead letters of the work queue", |s, _| {
        counts(s).dead
    }),
    Observable::new(
        "queue_processed",
        Of::RunOrKey,
        "times that workers were done with a record; of a key: records that they were done with at least once",
        |s, asked| match asked {
            Asked::Key(key) => key.map_or(0, |key| counts(s).done_about(key)),
            Asked::Run | Asked::Partition(_) => counts(s).processed,
        },
    ),
    Observable::new(
        "queue_processed_again",
        Of::Run,
        "times that workers did again what was done",
        |s, _| counts(s).processed_again,
    ),
    Observable::new(
        "queue_failed",
        Of::Run,
        "times that a worker failed to process a record",
        |s, _| counts(s).failed,
    ),
    Observable::new(
        "queue_out_of_order",
        Of::RunOrKey,
        "records that workers processed after a later one about the same thing",
        |s, asked| match asked {
            Asked::Key(key) => key.map_or(0, |key| counts(s).out_of_order_about(key)),
            Asked::Run | Asked::Partition(_) => counts(s).out_of_order,
        },
    ),
];
