//! Settings of producers and consumers.

use super::{Access, Area, Kind, Setting, field};
use crate::wire::{Acks, OffsetSpec};
use crate::world::{Limits, Setup};

const HOUR_MS: u64 = 3_600_000;
const INT: u64 = i32::MAX as u64;

/// As [`Acks`] orders them.
const ACKS: &[&str] = &["0", "1", "all"];
const RESETS: &[&str] = &["earliest", "latest", "none"];

pub(super) static SETTINGS: [Setting; 26] = [
    Setting::number(
        "producers",
        Area::Producers,
        (1, Limits::MAX_PRODUCERS as u64),
        field!(producers),
        "How many producers there are. The keys are dealt to them: all records about a key come from one of them.",
    ),
    Setting::new(
        "acks",
        Area::Producers,
        Kind::Choice(ACKS),
        Access::Number(|setup| setup.producer.acks as u64, set_acks),
        "Whose word the producer waits for: nobody's, the leader's, or that of all in-sync replicas. All costs the \
         time of the followers' fetches; anything less can lose what was acknowledged.",
    ),
    Setting::millis(
        "linger.ms",
        Area::Producers,
        (0, HOUR_MS),
        field!(producer.linger_us),
        "How long a batch waits for more records. Longer makes larger batches and fewer requests, and every record \
         later.",
    ),
    Setting::number(
        "batch.size",
        Area::Producers,
        (0, 100_000_000),
        field!(producer.batch_size),
        "How large a batch may grow, in bytes; one record always fits. Records without a key stay with a partition \
         until they have filled this much.",
    ),
    Setting::number(
        "buffer.memory",
        Area::Producers,
        (0, 1 << 40),
        field!(producer.buffer_memory),
        "How many bytes may wait in the producer. When they are used up, send() blocks.",
    ),
    Setting::millis(
        "max.block.ms",
        Area::Producers,
        (0, HOUR_MS),
        field!(producer.max_block_us),
        "How long send() blocks for metadata or memory before it gives up.",
    ),
    Setting::number(
        "max.request.size",
        Area::Producers,
        (1, INT),
        field!(producer.max_request_size),
        "How large one request of the producer may be, in bytes.",
    ),
    Setting::number(
        "max.in.flight.requests.per.connection",
        Area::Producers,
        (1, 1_000),
        field!(producer.max_in_flight),
        "How many requests may be under way to a broker. More hide the network's delay; more than one can swap \
         batches when one of them is retried.",
    ),
    Setting::number(
        "retries",
        Area::Producers,
        (0, INT),
        field!(producer.retries),
        "How often a batch is sent again. delivery.timeout.ms usually ends it first.",
    ),
    Setting::millis(
        "retry.backoff.ms",
        Area::Producers,
        (0, HOUR_MS),
        Access::Number(|setup| setup.producer.retry_backoff_us, set_retry_backoff),
        "How long producers and consumers rest before they try again; doubled each time.",
    ),
    Setting::millis(
        "retry.backoff.max.ms",
        Area::Producers,
        (0, HOUR_MS),
        Access::Number(|setup| setup.producer.retry_backoff_max_us, set_retry_backoff_max),
        "The longest that producers and consumers rest before they try again.",
    ),
    Setting::millis(
        "request.timeout.ms",
        Area::Producers,
        (1, HOUR_MS),
        Access::Number(|setup| setup.producer.request_timeout_us, set_request_timeout),
        "How long producers and consumers wait for an answer, and how long a leader waits for its followers.",
    ),
    Setting::millis(
        "delivery.timeout.ms",
        Area::Producers,
        (1, HOUR_MS),
        field!(producer.delivery_timeout_us),
        "When a record has failed, counted from its batch's first record. At least linger.ms and request.timeout.ms \
         together.",
    ),
    Setting::millis(
        "metadata.max.age.ms",
        Area::Producers,
        (1, HOUR_MS),
        Access::Number(|setup| setup.producer.metadata_max_age_us, set_metadata_max_age),
        "After what time producers and consumers ask who leads what although nothing went wrong. So long a group does \
         not see that the topic has more partitions.",
    ),
    Setting::new(
        "partitioner.adaptive.partitioning.enable",
        Area::Producers,
        Kind::Switch,
        Access::Number(
            |setup| u64::from(setup.producer.adaptive_partitioning),
            |setup, n| setup.producer.adaptive_partitioning = n != 0,
        ),
        "Whether records without a key go to partitions with short queues more often.",
    ),
    Setting::number(
        "consumers",
        Area::Consumers,
        (0, Limits::MAX_CONSUMERS as u64),
        field!(consumers),
        "How many consumers the group has. More than there are partitions have nothing to do.",
    )
    .live(),
    Setting::millis(
        "processing.ms",
        Area::Consumers,
        (0, HOUR_MS),
        field!(consumer.processing_us),
        "How long the application works on each record. Where records come faster than this lets it go, lag grows.",
    ),
    Setting::number(
        "max.poll.records",
        Area::Consumers,
        (1, INT),
        field!(consumer.max_poll_records),
        "How many records poll() returns at most. More commit more at once, and more is read again after a crash.",
    ),
    Setting::millis(
        "max.poll.interval.ms",
        Area::Consumers,
        (1, HOUR_MS),
        field!(consumer.max_poll_interval_us),
        "How long the application may work between two polls before its partitions are given to others.",
    ),
    Setting::millis(
        "session.timeout.ms",
        Area::Consumers,
        (1, HOUR_MS),
        field!(consumer.session_timeout_us),
        "After what silence a member counts as dead. Shorter finds it sooner, and mistakes a pause for a death more \
         often.",
    ),
    Setting::millis(
        "heartbeat.interval.ms",
        Area::Consumers,
        (1, HOUR_MS),
        field!(consumer.heartbeat_interval_us),
        "How often a member tells the coordinator that it is there. It learns of a rebalance by the answer, so this \
         is how long a rebalance goes unnoticed.",
    ),
    Setting::new(
        "auto.offset.reset",
        Area::Consumers,
        Kind::Choice(RESETS),
        Access::Number(
            |setup| match setup.consumer.auto_offset_reset {
                Some(OffsetSpec::Latest) => 1,
                Some(_) => 0,
                None => 2,
            },
            |setup, n| {
                setup.consumer.auto_offset_reset = match n {
                    0 => Some(OffsetSpec::Earliest),
                    1 => Some(OffsetSpec::Latest),
                    _ => None,
                }
            },
        ),
        "Where a group reads that has committed nothing yet. Kafka's default is latest, which passes over what was \
         there before; here it is earliest. With none the consumer ends with an exception, and a person has to choose.",
    ),
    Setting::number(
        "fetch.min.bytes",
        Area::Consumers,
        (1, INT),
        field!(consumer.fetch_min_bytes),
        "How many bytes a fetch waits for. More saves requests and delays records when few come.",
    ),
    Setting::millis(
        "fetch.max.wait.ms",
        Area::Consumers,
        (0, HOUR_MS),
        field!(consumer.fetch_max_wait_us),
        "How long a broker holds a fetch that finds too little.",
    ),
    Setting::number(
        "fetch.max.bytes",
        Area::Consumers,
        (1, INT),
        field!(consumer.fetch_max_bytes),
        "How many bytes one answer to a consumer holds over all partitions.",
    ),
    Setting::number(
        "max.partition.fetch.bytes",
        Area::Consumers,
        (1, INT),
        field!(consumer.max_partition_fetch_bytes),
        "How many bytes one answer to a consumer holds of each partition.",
    ),
];

fn set_acks(setup: &mut Setup, n: u64) {
    setup.producer.acks = match n {
        0 => Acks::None,
        1 => Acks::Leader,
        _ => Acks::All,
    };
}

fn set_retry_backoff(setup: &mut Setup, us: u64) {
    setup.producer.retry_backoff_us = us;
    setup.consumer.retry_backoff_us = us;
}

fn set_retry_backoff_max(setup: &mut Setup, us: u64) {
    setup.producer.retry_backoff_max_us = us;
    setup.consumer.retry_backoff_max_us = us;
}

fn set_metadata_max_age(setup: &mut Setup, max_age_us: u64) {
    setup.producer.metadata_max_age_us = max_age_us;
    setup.consumer.metadata_max_age_us = max_age_us;
}

fn set_request_timeout(setup: &mut Setup, us: u64) {
    setup.producer.request_timeout_us = us;
    setup.consumer.request_timeout_us = us;
}
