//! What can be observed of load: heat, skew, backpressure, latency, and time to drain.

use super::{Asked, Observable, Of, Seen};
use crate::wire::Micros;
use crate::world::{Drain, Drains};

/// Those that are asked for: one partition's, or all.
fn drains(seen: &Seen, asked: Asked) -> Vec<Drain> {
    let mut drains = seen.world.drain();
    if let Asked::Partition(index) = asked {
        drains.retain(|drain| drain.partition == index);
    }
    drains
}

/// The longest time to drain of those that ever do.
fn longest_drain_us(seen: &Seen, asked: Asked) -> Micros {
    let finite = drains(seen, asked).into_iter().filter_map(|drain| match drain.when {
        Drains::In(us) => Some(us),
        Drains::Empty | Drains::Never(_) => None,
    });
    finite.max().unwrap_or(0)
}

/// Records sent: to the busiest partition, to all, and how many partitions there are.
fn spread(seen: &Seen) -> (u64, u64, u64) {
    let sent = || seen.view.partitions.iter().map(|row| row.sent);
    (sent().max().unwrap_or(0), sent().sum(), sent().count() as u64)
}

pub(super) static OBSERVABLES: [Observable; 11] = [
    Observable::new(
        "p50_us",
        Of::Run,
        "half of the processed records took no longer from send() to the end of processing, in microseconds",
        |s, _| s.world.latency().p50_us,
    ),
    Observable::new(
        "p99_us",
        Of::Run,
        "99 of 100 processed records took no longer from send() to the end of processing, in microseconds",
        |s, _| s.world.latency().p99_us,
    ),
    Observable::new(
        "heat",
        Of::RunOrPartition,
        "what a partition asks for over its leader's capacity, in thousandths; of the run: that of the hottest broker",
        |s, asked| {
            match asked {
                Asked::Run => {
                    let brokers = s.view.brokers.iter();
                    brokers.filter_map(|broker| broker.heat_permille).max()
                }
                Asked::Partition(_) | Asked::Key(_) => s.row(asked).and_then(|row| row.heat_permille),
            }
            .map_or(0, u64::from)
        },
    ),
    Observable::new(
        "queue_ms",
        Of::Run,
        "how long a write would wait now at the broker with the longest queue, in whole milliseconds",
        |s, _| s.view.brokers.iter().map(|broker| broker.queue_us).max().unwrap_or(0) / 1_000,
    ),
    Observable::new(
        "buffered_bytes",
        Of::Run,
        "bytes that are taken of all producers' buffer.memory",
        |s, _| s.view.producers.iter().map(|producer| producer.buffered_bytes).sum(),
    ),
    Observable::new(
        "blocked_ms",
        Of::Run,
        "how long send() was blocked so far, summed over the producers, in whole milliseconds",
        |s, _| s.world.blocked_us() / 1_000,
    ),
    Observable::new(
        "throttled_ms",
        Of::Run,
        "how long brokers have held clients back for being over their quotas, summed, in milliseconds",
        |s, _| s.world.trace().counters().throttled_ms,
    ),
    Observable::new(
        "max_share",
        Of::Run,
        "the busiest partition's part of all records, in thousandths",
        |s, _| {
            let (most, all, _) = spread(s);
            (most * 1_000 + all / 2).checked_div(all).unwrap_or(0)
        },
    ),
    Observable::new(
        "skew",
        Of::Run,
        "the busiest partition's records over the mean, in hundredths: 100 is even",
        |s, _| {
            let (most, all, partitions) = spread(s);
            (most * partitions * 100 + all / 2).checked_div(all).unwrap_or(0)
        },
    ),
    Observable::new(
        "drain_ms",
        Of::RunOrPartition,
        "when the lag is gone at the rates of the last seconds, in whole milliseconds; of the run: the longest. Partitions \
         whose lag never goes count in never_drains only",
        |s, asked| longest_drain_us(s, asked) / 1_000,
    ),
    Observable::new(
        "never_drains",
        Of::RunOrPartition,
        "partitions whose lag never goes at the rates of the last seconds",
        |s, asked| {
            let never = drains(s, asked).into_iter();
            never.filter(|drain| matches!(drain.when, Drains::Never(_))).count() as u64
        },
    ),
];
