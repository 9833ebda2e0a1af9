//! Settings of the applications behind the consumers: when they commit, what fails, and what they do about it.

use super::forms::Form;
use super::{Access, Area, Kind, Setting, application_forms, field};
use crate::application::{CommitStrategy, FailurePolicy, RetryDelays};

const HOUR_MS: u64 = 3_600_000;

/// As [`CommitStrategy`] orders them.
const COMMITS: &[&str] = &["each-poll", "each-record", "before-processing"];
/// As [`FailurePolicy`] orders them.
const POLICIES: &[&str] = &["stop", "skip", "in-place", "retry-topics"];
const OFF_ON: &[&str] = &["off", "on"];
const UP_DOWN: &[&str] = &["up", "down"];

/// A switch's field.
macro_rules! switch {
    ($($name:ident).+) => {
        Access::Number(|setup| u64::from(setup.$($name).+), |setup, n| setup.$($name).+ = n != 0)
    };
}

pub(super) static SETTINGS: [Setting; 13] = [
    Setting::new(
        "enable.auto.commit",
        Area::Consumers,
        Kind::Switch,
        switch!(consumer.application.auto_commit),
        "Whether the consumer commits by itself, inside poll(), what earlier polls have returned. Kafka's default is true; \
         here the application commits, as commit says. What was processed since the last commit is processed again after a \
         crash.",
    ),
    Setting::millis(
        "auto.commit.interval.ms",
        Area::Consumers,
        (1, HOUR_MS),
        field!(consumer.application.auto_commit_interval_us),
        "With enable.auto.commit: how long lies between two commits. Longer costs fewer requests, and more is processed again \
         after a crash.",
    ),
    Setting::new(
        "commit",
        Area::Consumers,
        Kind::Choice(COMMITS),
        Access::Number(
            |setup| setup.consumer.application.commit as u64,
            |setup, n| {
                setup.consumer.application.commit = match n {
                    0 => CommitStrategy::EachPoll,
                    1 => CommitStrategy::EachRecord,
                    _ => CommitStrategy::BeforeProcessing,
                }
            },
        ),
        "When the application commits: after all records of a poll, so that a crash repeats some; after each record, which \
         repeats one at most and costs a request and its answer each time; or before it processes them, so that a crash \
         loses some.",
    ),
    Setting::new(
        "poison",
        Area::Consumers,
        Kind::Form(Form::Poison),
        Access::Text(
            |setup| application_forms::write_poison(&setup.downstream.poison),
            |setup, text| setup.downstream.poison = application_forms::read_poison(text).unwrap_or_default(),
        ),
        "Records that nobody can process: key:goal-42 for all about goal-42, offset:1:17 for the one at offset 17 of \
         partition 1; several with commas between, none for none. With crash: in front such a record kills the process.",
    )
    .live(),
    Setting::number(
        "failure.percent",
        Area::Consumers,
        (0, 100),
        field!(downstream.failure_percent),
        "Of a hundred attempts to process a record so many fail, by chance. Another attempt may succeed.",
    )
    .live(),
    Setting::new(
        "downstream",
        Area::Consumers,
        Kind::Choice(UP_DOWN),
        switch!(downstream.down),
        "The service that processing calls. While it is down every attempt fails.",
    )
    .live(),
    Setting::new(
        "failure.policy",
        Area::Consumers,
        Kind::Choice(POLICIES),
        Access::Number(
            |setup| setup.consumer.application.policy as u64,
            |setup, n| {
                setup.consumer.application.policy = match n {
                    0 => FailurePolicy::Stop,
                    1 => FailurePolicy::Skip,
                    2 => FailurePolicy::InPlace,
                    _ => FailurePolicy::RetryTopics,
                }
            },
        ),
        "What an application does with a record that it cannot process. stop: the partition stands still there, and the \
         record is tried again for ever, after the last of retry.delays.ms. skip: it is passed over, and lost. in-place: it is \
         tried again after each delay while all behind it wait, and max.poll.interval.ms runs. retry-topics: it goes to a \
         topic of its own for each delay, and what is behind it overtakes it.",
    ),
    Setting::new(
        "retry.delays.ms",
        Area::Consumers,
        Kind::Form(Form::Delays),
        Access::Text(
            |setup| application_forms::write_delays(&setup.consumer.application.delays),
            |setup, text| {
                setup.consumer.application.delays =
                    application_forms::read_delays(text).unwrap_or_else(|_| RetryDelays::default());
            },
        ),
        "The waits before the second attempt, the third, and so on: 1000,5000,30000, or exponential:1000:3:4 for four of them \
         from 1 000 ms on, each three times the one before. With retry-topics there is a topic for each. More give an outage \
         more time, and keep a hopeless record longer.",
    ),
    Setting::number(
        "retry.jitter.percent",
        Area::Consumers,
        (0, 100),
        field!(consumer.application.jitter_percent),
        "By how much of a hundred each wait is longer or shorter, by chance, so that what failed together does not come back \
         together.",
    ),
    Setting::new(
        "dead.letters",
        Area::Consumers,
        Kind::Choice(OFF_ON),
        switch!(consumer.application.dead_letters),
        "With in-place and retry-topics: whether a record goes to the dead-letter topic after its last attempt, where a person \
         can look at it and send it back. Without, it is passed over.",
    ),
    Setting::new(
        "retry.keep.order",
        Area::Consumers,
        Kind::Choice(OFF_ON),
        switch!(consumer.application.keep_order),
        "With retry-topics: whether later records of a key that is in retry follow it there, so that its order stays. That \
         costs a store that all consumers ask before each record, and the wait of the whole key for the one that fails.",
    ),
    Setting::number(
        "retry.consumers",
        Area::Consumers,
        (1, 3),
        field!(consumer.application.retry_consumers),
        "With retry-topics: how many consumers each retry topic has.",
    ),
    Setting::new(
        "sink.dedup",
        Area::Consumers,
        Kind::Choice(OFF_ON),
        switch!(downstream.dedup),
        "Whether the sink behind the application knows each record that it has had, so that one that is processed again has \
         no second effect. That costs it a lookup for each record, and memory for all it knows.",
    ),
];
