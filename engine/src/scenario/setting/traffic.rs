//! Settings of what is sent, and of the links that carry it.

use super::{Access, Area, Kind, Setting, field};
use crate::wire::Micros;
use crate::world::{Limits, Setup};

const HOUR_MS: u64 = 3_600_000;

/// Without any latency, a fetch that is never held would be asked for and answered for ever in one moment.
pub(in crate::scenario) const LEAST_LATENCY_US: Micros = 10;

pub(super) static SETTINGS: [Setting; 9] = [
    Setting::number(
        "rate",
        Area::Workload,
        (0, Limits::MAX_RATE as u64),
        field!(workload.rate.per_second),
        "How many records are sent a second, all producers together, besides those that the scenario lists.",
    )
    .live(),
    Setting::new(
        "keys",
        Area::Workload,
        Kind::Distribution,
        Access::Distribution(
            |setup| setup.workload.distribution,
            |setup, d| setup.workload.distribution = d,
        ),
        "How often each key comes: all alike, by Zipf's law, the first key with that share of all, or by own.weights. \
         A frequent key makes one partition hot, because a key cannot be split.",
    )
    .live(),
    Setting::new(
        "own.keys",
        Area::Workload,
        Kind::Keys,
        Access::Keys(|setup| &setup.workload.keys, |setup, keys| setup.workload.keys = keys),
        "What the records are about, one a line: at most 10 000 keys of at most 256 bytes. The first is the hot one.",
    )
    .live(),
    Setting::number(
        "value.bytes",
        Area::Workload,
        (0, Limits::MAX_VALUE_BYTES as u64),
        field!(workload.value_bytes),
        "How large a record's value is, in bytes. Larger ones fill a batch, a disk and a network sooner.",
    ),
    Setting::millis(
        "start.producers.ms",
        Area::Workload,
        (0, HOUR_MS),
        field!(producers_start_us),
        "When the producers start.",
    ),
    Setting::millis(
        "start.consumers.ms",
        Area::Consumers,
        (0, HOUR_MS),
        field!(consumers_start_us),
        "When the group's consumers start.",
    ),
    Setting::new(
        "network.latency.ms",
        Area::Network,
        Kind::Millis {
            min_us: LEAST_LATENCY_US,
            max_us: 10_000_000,
        },
        Access::Number(|setup| setup.network.broker.latency_us, set_latency),
        "How long a message travels one way, on every link. acks=all waits for it four times: to the leader, for a \
         follower's two fetches, and back.",
    ),
    Setting::millis(
        "network.jitter.ms",
        Area::Network,
        (0, 10_000),
        Access::Number(|setup| setup.network.broker.jitter_us, set_jitter),
        "How much longer a message may take, drawn anew for each.",
    ),
    Setting::number(
        "network.bytes.per.second",
        Area::Network,
        (1_000, 1_000_000_000_000),
        Access::Number(|setup| setup.network.broker.bytes_per_s, set_bandwidth),
        "What a link carries: 125 000 000 is 1 Gbit/s. On a thinner one a large batch travels longer.",
    ),
];

fn set_latency(setup: &mut Setup, us: Micros) {
    let network = &mut setup.network;
    for link in [&mut network.client, &mut network.broker, &mut network.controller] {
        link.latency_us = us;
    }
}

fn set_jitter(setup: &mut Setup, us: Micros) {
    let network = &mut setup.network;
    for link in [&mut network.client, &mut network.broker, &mut network.controller] {
        link.jitter_us = us;
    }
}

fn set_bandwidth(setup: &mut Setup, bytes_per_s: u64) {
    let network = &mut setup.network;
    for link in [&mut network.client, &mut network.broker, &mut network.controller] {
        link.bytes_per_s = bytes_per_s;
    }
}
