//! Settings of keys: which come how often, what a record has as key, and what happens in front of `send()`.

use super::forms::{self, Form};
use super::{Access, Area, Kind, Setting, field};
use crate::workload::{Dealing, KeyRule, SourceKind};

const SUBJECTS: &[&str] = &["dealt", "all"];
const REPAIR: &[&str] = &["off", "on"];
const SOURCES: &[&str] = &["waits", "queues"];

pub(super) static SETTINGS: [Setting; 7] = [
    Setting::new(
        "key",
        Area::Workload,
        Kind::Form(Form::KeyRule),
        Access::Text(
            |setup| forms::write_rule(&setup.workload.key),
            |setup, text| setup.workload.key = forms::read_rule(text).unwrap_or(KeyRule::Subject),
        ),
        "What a record has as key. subject: what it is about, so that records about one thing stay in order, in one \
         partition. none: it goes where the partitioner pleases. salt:8: the subject and a number of 0 to 7 drawn anew for \
         each record, which spreads a hot subject and costs its order and one read that becomes eight; salt:8:ad-1 salts \
         only ad-1. compound:region:6: the subject and one of six regions, in order for each region; a distribution may \
         follow, as in keys.",
    )
    .live(),
    Setting::new(
        "own.weights",
        Area::Workload,
        Kind::Form(Form::Weights),
        Access::Text(
            |setup| forms::write_weights(&setup.workload.weights),
            |setup, text| setup.workload.weights = forms::read_weights(text).unwrap_or_default(),
        ),
        "With keys = weights: how often each of own.keys comes, one number for each, in their order. 600,300,100 makes 60, \
         30 and 10 %.",
    )
    .live(),
    Setting::new(
        "subjects",
        Area::Workload,
        Kind::Choice(SUBJECTS),
        Access::Number(
            |setup| setup.workload.subjects as u64,
            |setup, n| setup.workload.subjects = if n == 0 { Dealing::Dealt } else { Dealing::All },
        ),
        "Who sends what there is about a subject: one producer, always the same, or all of them, each its part, as when \
         several services write the same keys. Kafka keeps the order of what one producer sends, not between two.",
    ),
    Setting::new(
        "source",
        Area::Workload,
        Kind::Choice(SOURCES),
        Access::Number(
            |setup| setup.workload.source as u64,
            |setup, n| setup.workload.source = if n == 0 { SourceKind::Waits } else { SourceKind::Queues },
        ),
        "What the application does while send() blocks: it waits and makes no records, or they come all the same and pile \
         up in front of send(). What is above 100 000 there, for each producer, is dropped.",
    ),
    Setting::new(
        "send.limit",
        Area::Workload,
        Kind::Form(Form::Limits),
        Access::Text(
            |setup| forms::write_limits(&setup.workload.limits),
            |setup, text| setup.workload.limits = forms::read_limits(text).unwrap_or_default(),
        ),
        "A limit of the application's own: ad-1:100 sends at most 100 records a second about ad-1, each producer by itself, \
         and keeps the rest in a queue in front of send(), in order. The partition stays cool, and what is late is late at \
         the source. What is above 100 000 there is dropped.",
    )
    .live(),
    Setting::new(
        "order.repair",
        Area::Consumers,
        Kind::Choice(REPAIR),
        Access::Number(
            |setup| u64::from(setup.order_repair),
            |setup, n| setup.order_repair = n != 0,
        ),
        "A merge step behind the consumers holds a record until all before it about the same subject have come: it knows \
         the numbers. That costs memory for what it holds, and the delay of the slowest partition.",
    ),
    Setting::millis(
        "order.timeout.ms",
        Area::Consumers,
        (1, 3_600_000),
        field!(order_timeout_us),
        "With order.repair: how long it waits for a record of which nobody knows what has become. A lost one would hold up \
         all that follows for ever. What send() refused, and what the producer was told has failed, it does not wait for.",
    ),
];
