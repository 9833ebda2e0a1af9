//! Settings of the plain work queue beside the topic.

use super::{Access, Area, Setting, field};
use crate::work_queue::WorkQueueConfig;

const HOUR_MS: u64 = 3_600_000;

pub(super) static SETTINGS: [Setting; 3] = [
    Setting::number(
        "queue.workers",
        Area::Consumers,
        (0, WorkQueueConfig::MAX_WORKERS as u64),
        field!(work_queue.workers),
        "How many workers compete for the messages of a plain work queue beside the topic, which gets every record that \
         the topic gets. It is not Kafka, and no product: a message is deleted once it is acknowledged. 0: there is none.",
    ),
    Setting::millis(
        "queue.visibility.timeout.ms",
        Area::Consumers,
        (1, HOUR_MS),
        field!(work_queue.visibility_timeout_us),
        "How long a message of the work queue is hidden while a worker has it. Shorter finds a dead worker sooner; shorter \
         than the work takes, and it is done twice.",
    ),
    Setting::number(
        "queue.max.receives",
        Area::Consumers,
        (0, 1_000),
        field!(work_queue.max_receives),
        "After how many deliveries the work queue gives a message up, to the dead letters. 0: never; then one that no \
         worker can process comes back for ever.",
    ),
];
