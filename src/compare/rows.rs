//! Which figures are compared, how they are written, and what one would wish of each.

use super::figures::Figures;
use crate::ui::format::grouped;

/// How a number is written.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Count,
    Times,
    Micros,
    Bytes,
}

/// What one would wish of a figure.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wish {
    Less,
    More,
    /// It depends on what is wanted.
    Neither,
}

pub(super) struct Spec {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) unit: Unit,
    pub(super) wish: Wish,
    pub(super) read: fn(&Figures) -> Option<u64>,
}

const fn spec(
    (id, name): (&'static str, &'static str),
    (unit, wish): (Unit, Wish),
    read: fn(&Figures) -> Option<u64>,
    about: &'static str,
) -> Spec {
    Spec {
        id,
        name,
        about,
        unit,
        wish,
        read,
    }
}

use Unit::{Bytes, Count, Micros, Times};
use Wish::{Less, More, Neither};

const LOAD: [Spec; 6] = [
    spec(
        ("skew", "skew"),
        (Times, Less),
        |f| f.skew_permille,
        "Records of the busiest partition, over the mean of all partitions. 1.00 is even.",
    ),
    spec(
        ("p50", "delay p50"),
        (Micros, Less),
        |f| (f.latency.count > 0).then_some(f.latency.p50_us),
        "Half of the processed records took no longer from send() to the end of processing.",
    ),
    spec(
        ("p99", "delay p99"),
        (Micros, Less),
        |f| (f.latency.count > 0).then_some(f.latency.p99_us),
        "99 of 100 processed records took no longer from send() to the end of processing.",
    ),
    spec(
        ("lag", "lag now"),
        (Count, Less),
        |f| Some(f.lag),
        "Records in the logs that the group has not committed yet, at this moment.",
    ),
    spec(
        ("backlog", "waits at source"),
        (Count, Less),
        |f| Some(f.backlog),
        "Records in front of send(), at this moment: it blocks, or the application limits itself.",
    ),
    spec(
        ("repair-wait", "wait for order"),
        (Micros, Less),
        |f| f.repair.map(|repair| repair.mean_delay_us),
        "How long the merge step that puts records back in order (order.repair) holds one, in the mean.",
    ),
];
const ORDER: [Spec; 6] = [
    spec(
        ("disorder", "out of order"),
        (Count, Less),
        |f| Some(f.out_of_order),
        "Records that were processed after a later one about the same subject.",
    ),
    spec(
        (WORST, "of the worst key"),
        (Count, Less),
        |f| Some(f.worst.as_ref().map_or(0, |(_, n)| *n)),
        "The subject with the most records out of order, and how many those are.",
    ),
    spec(
        ("repaired", "after order repair"),
        (Count, Less),
        |f| f.repair.map(|repair| repair.out_of_order),
        "Records that left the merge step (order.repair) after a later one about the same subject all the same.",
    ),
    spec(
        (READS, "reads/aggregate"),
        (Count, Less),
        |f| f.reads,
        "Partitions that hold records about the busiest subject: whoever adds them up has to read so many.",
    ),
    spec(
        (MOVED_KEYS, "keys moved"),
        (Count, Neither),
        |f| f.moved.map(|moved| moved.keys),
        "Keys with records on a partition that has none of theirs on the left. What was written before does not move along, so their order ends there.",
    ),
    spec(
        ("moved-records", "records moved"),
        (Count, Neither),
        |f| f.moved.map(|moved| moved.records),
        "Records on a partition that has none of their key on the left.",
    ),
];
const RECORDS: [Spec; 8] = [
    spec(
        ("sent", "sent"),
        (Count, Neither),
        |f| Some(f.ledger.sent),
        "send() took them.",
    ),
    spec(
        ("acknowledged", "acknowledged"),
        (Count, More),
        |f| Some(f.ledger.acknowledged),
        "Stored, as far as acks tells.",
    ),
    spec(
        ("refused", "refused"),
        (Count, Less),
        |f| Some(f.ledger.refused),
        "The application was told that they failed.",
    ),
    spec(
        ("lost", "lost"),
        (Count, Less),
        |f| Some(f.ledger.lost),
        "Acknowledged, and not in the leader’s log.",
    ),
    spec(
        ("duplicated", "duplicated"),
        (Count, Less),
        |f| Some(f.ledger.duplicated),
        "More than once in the leader’s log.",
    ),
    spec(
        ("retried", "retried"),
        (Count, Less),
        |f| Some(f.ledger.retried),
        "Went out more than once.",
    ),
    spec(
        ("repeated", "processed again"),
        (Count, Less),
        |f| Some(f.effects.repeated + f.effects.ignored),
        "How often the group has processed a record once more, as when it was done and not committed yet.",
    ),
    spec(
        ("never", "never processed"),
        (Count, Less),
        |f| Some(f.effects.lost),
        "Records that the group has committed past, and that nobody has processed or has in hand.",
    ),
];
const COST: [Spec; 6] = [
    spec(
        ("unavailable", "not writable"),
        (Micros, Less),
        |f| Some(f.unavailable_us),
        "The longest that a partition could not be written to with success.",
    ),
    spec(
        ("blocked", "send() blocked"),
        (Micros, Less),
        |f| Some(f.blocked_us),
        "How long send() has blocked, over all producers: no memory in buffer.memory, or no metadata.",
    ),
    spec(
        ("throttled", "throttled"),
        (Micros, Neither),
        |f| Some(f.throttled_us),
        "How long brokers told clients to wait because of quotas, over all clients.",
    ),
    spec(
        ("batches", "batches"),
        (Count, Neither),
        |f| Some(f.batches),
        "Batches of records that left producers. The fewer, the more records in each.",
    ),
    spec(
        ("messages", "messages"),
        (Count, Neither),
        |f| Some(f.messages),
        "Requests and responses between all processes.",
    ),
    spec(
        ("bytes", "bytes"),
        (Bytes, Neither),
        |f| Some(f.bytes),
        "What those messages came to.",
    ),
];
const GROUP: [Spec; 5] = [
    spec(
        ("rebalances", "rebalances"),
        (Count, Less),
        |f| Some(f.group.rebalances),
        "How often the group has shared its partitions anew. Cooperatively, what moves takes two.",
    ),
    spec(
        ("generations", "generation"),
        (Count, Neither),
        |f| Some(f.group.generation),
        "The generation that the last rebalance led to; the group epoch with KIP-848, which counts from 2.",
    ),
    spec(
        ("unowned", "without owner"),
        (Micros, Less),
        |f| Some(f.group.unowned_us),
        "The longest that nobody in the group owned a partition, all its times together.",
    ),
    spec(
        ("partitions-moved", "partitions moved"),
        (Count, Less),
        |f| Some(f.group.moved),
        "Partitions that got another owner than they had, over all rebalances.",
    ),
    spec(
        ("stopped", "members stopped"),
        (Micros, Less),
        |f| Some(f.group.stopped_us),
        "Members that had work, times how long each owned nothing because of a rebalance.",
    ),
];
pub(super) const GROUPS: [(&str, &[Spec]); 5] = [
    ("Load, delay", &LOAD),
    ("Order", &ORDER),
    ("Records", &RECORDS),
    ("Cost", &COST),
    ("Group", &GROUP),
];
pub(super) const WORST: &str = "worst";
pub(super) const READS: &str = "reads";
pub(super) const MOVED_KEYS: &str = "moved-keys";

pub(super) fn written(n: u64, unit: Unit) -> String {
    match unit {
        Unit::Count => grouped(n),
        Unit::Times => decimal(n, 1_000, 2, "×"),
        Unit::Micros if n < 1_000 => format!("{n} µs"),
        Unit::Micros if n < 100_000 => decimal(n, 1_000, 1, " ms"),
        Unit::Micros if n < 1_000_000 => format!("{} ms", n / 1_000),
        Unit::Micros if n < 10_000_000 => decimal(n, 1_000_000, 2, " s"),
        Unit::Micros => decimal(n, 1_000_000, 1, " s"),
        Unit::Bytes if n < 1_000 => format!("{n} B"),
        Unit::Bytes if n < 1_000_000 => decimal(n, 1_000, 1, " kB"),
        Unit::Bytes => decimal(n, 1_000_000, 1, " MB"),
    }
}

/// How long something lasted, in few figures: `2.85 s`, `340 ms`.
#[must_use]
pub fn lasted(us: u64) -> String {
    written(us, Unit::Micros)
}

/// `n` in that unit, rounded down, with one or two places.
fn decimal(n: u64, unit: u64, places: u32, name: &str) -> String {
    let rest = n % unit * 10_u64.pow(places) / unit;
    let mut text = grouped(n / unit);
    text.push('.');
    if places == 2 && rest < 10 {
        text.push('0');
    }
    text.push_str(&rest.to_string());
    text.push_str(name);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        let cases = [
            (2_414, Times, "2.41×"),
            (1_000, Times, "1.00×"),
            (840, Micros, "840 µs"),
            (12_340, Micros, "12.3 ms"),
            (561_200, Micros, "561 ms"),
            (12_050_000, Micros, "12.0 s"),
            (1_050_000, Micros, "1.05 s"),
            (999, Bytes, "999 B"),
            (12_500, Bytes, "12.5 kB"),
            (3_250_000, Bytes, "3.2 MB"),
        ];
        for (n, unit, text) in cases {
            assert_eq!(written(n, unit), text);
        }
    }
}
