//! From a seed to a storm.

use super::applications::Applications;
use super::groups::Groups;
use super::keys::Keys;
use super::sharing::Sharing;
use super::{Storm, faults};
use crate::assignor::Strategy;
use crate::node::Random;
use crate::scenario::Setting;
use crate::wire::{Acks, Micros};
use crate::workload::{KeyRule, Rate};
use crate::world::Setup;

/// The kind of trouble that a storm prefers, so that rare ones come together often enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Theme {
    /// Everything.
    Mixed,
    /// Leaders that come and go fast: killed, paused, cut off, elected.
    Leaders,
    /// Lost disks, and processes that are back at once.
    Disks,
    /// Followers that fall behind: slow disks, cuts and delays between brokers.
    Followers,
    /// Controllers: killed, paused, cut off from each other.
    Controllers,
    /// Administrators: reassignments, more partitions, other settings.
    Administrators,
    /// Clients cut off from brokers, lost answers, retries.
    Clients,
}

impl Theme {
    /// All of them.
    pub const ALL: [Theme; 7] = [
        Theme::Mixed,
        Theme::Leaders,
        Theme::Disks,
        Theme::Followers,
        Theme::Controllers,
        Theme::Administrators,
        Theme::Clients,
    ];

    /// In a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Theme::Mixed => "mixed",
            Theme::Leaders => "leaders",
            Theme::Disks => "disks",
            Theme::Followers => "followers",
            Theme::Controllers => "controllers",
            Theme::Administrators => "administrators",
            Theme::Clients => "clients",
        }
    }
}

/// Draws with words.
pub(super) struct Draw(Random);

impl Draw {
    /// A stream of numbers of its own.
    pub(super) fn named(seed: u64, name: &str) -> Self {
        Self(Random::named(seed, name))
    }

    pub(super) fn below(&mut self, bound: u32) -> u32 {
        self.0.below(bound)
    }

    /// From `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.0.below_u64(most - least + 1)
    }

    pub(super) fn small(&mut self, least: u8, most: u8) -> u8 {
        u8::try_from(self.between(least.into(), most.into())).unwrap_or(most)
    }

    /// True so many times of a hundred.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    pub(super) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(u32::try_from(choices.len()).unwrap_or(1)) as usize]
    }

    /// As [`Draw::one_of`], of what is not copied so lightly.
    pub(super) fn one_of_listed<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(u32::try_from(choices.len()).unwrap_or(1)) as usize].clone()
    }

    /// Milliseconds as microseconds, from `least` to `most`.
    pub(super) fn millis(&mut self, least: u64, most: u64) -> Micros {
        self.between(least, most) * 1000
    }
}

pub(super) fn storm(seed: u64) -> Storm {
    let mut draw = Draw::named(seed, "storm");
    let theme = if draw.percent(25) {
        Theme::Mixed
    } else {
        draw.one_of(&Theme::ALL)
    };
    let mut setup = Setup::new(seed, "storm");
    cluster(&mut setup, theme, &mut draw);
    timing(&mut setup, &mut draw);
    producers(&mut setup, theme, &mut draw);
    consumers(&mut setup, &mut draw);
    membership(&mut setup);
    workload(&mut setup, &mut draw);
    let keys = Keys::of(seed, &mut setup);
    let groups = Groups::of(seed, &mut setup);
    let applications = Applications::of(seed, &mut setup);
    let sharing = Sharing::of(seed, &mut setup);
    let setup = expressible(&setup);
    let calm_us = draw.millis(14_000, 26_000);
    let mut faults = faults::draw(&setup, theme, calm_us, &mut draw);
    if let Some(keys) = keys {
        keys.add_changes(&setup, calm_us, &mut faults);
    }
    if let Some(groups) = groups {
        groups.add_faults(&setup, calm_us, &mut faults);
    }
    if let Some(applications) = applications {
        applications.add_faults(&setup, calm_us, &mut faults);
    }
    if let Some(sharing) = sharing {
        sharing.add_faults(&setup, calm_us, &mut faults);
    }
    Storm {
        theme,
        calm_setup: setup,
        faults,
        calm_us,
        until_us: calm_us + Storm::PATIENCE_US,
    }
}

/// The setup as a scenario's file can have it: every storm opens in the app.
fn expressible(setup: &Setup) -> Setup {
    let mut written = Setup::new(setup.seed, &setup.topic.name);
    for setting in Setting::all() {
        let applied = setting.apply(&setting.read(setup), &mut written);
        debug_assert!(
            applied.is_ok(),
            "invariant storm-is-within-the-settings is broken: {applied:?}"
        );
    }
    written
}

fn cluster(setup: &mut Setup, theme: Theme, draw: &mut Draw) {
    setup.brokers = match theme {
        Theme::Mixed => draw.small(1, 5),
        _ => draw.one_of(&[2, 3, 3, 3, 4, 5]),
    };
    setup.controllers = match theme {
        Theme::Controllers => 3,
        _ => draw.one_of(&[1, 1, 3]),
    };
    setup.combined = setup.brokers >= setup.controllers && draw.percent(30);
    let racks = if draw.percent(25) {
        draw.small(1, setup.brokers)
    } else {
        0
    };
    if racks > 0 {
        setup.racks = (0..setup.brokers)
            .map(|n| char::from(b'a' + n % racks).to_string())
            .collect();
    }
    setup.topic.partitions = draw.between(1, 3) as u16;
    setup.topic.replication_factor = match draw.below(10) {
        0 => draw.small(1, setup.brokers),
        1..4 => setup.brokers.min(2),
        _ => setup.brokers.min(3),
    };
    let most = setup.topic.replication_factor;
    let min_isr = if draw.percent(60) {
        most.min(2)
    } else {
        draw.small(1, most)
    };
    setup.broker.min_insync_replicas = min_isr;
    setup.controller.min_insync_replicas = min_isr;
    setup.controller.eligible_leader_replicas = draw.percent(75);
    setup.controller.unclean_leader_election = draw.percent(8);
    setup.controller.auto_leader_rebalance = draw.percent(60);
    setup.broker.controlled_shutdown = draw.percent(90);
    setup.broker.groups.offsets_topic_partitions = draw.between(1, 2) as u16;
    setup.broker.groups.offsets_topic_replication_factor = setup.brokers.min(3);
}

/// Everything that waits, waits less than by default, so that a minute suffices; and not everywhere as long.
fn timing(setup: &mut Setup, draw: &mut Draw) {
    let broker = &mut setup.broker;
    broker.heartbeat_interval_us = draw.millis(200, 700);
    broker.session_timeout_us = broker.heartbeat_interval_us * draw.between(3, 5);
    broker.replica_lag_time_max_us = draw.millis(600, 4_000);
    broker.replica_fetch_wait_max_us = draw.millis(50, 500).min(broker.replica_lag_time_max_us / 2);
    broker.replica_fetch_backoff_us = draw.millis(50, 1_000);
    broker.replica_socket_timeout_us = draw.millis(1_000, 5_000);
    broker.high_watermark_checkpoint_interval_us = draw.millis(500, 5_000);
    if draw.percent(30) {
        broker.replica_fetch_max_bytes = draw.between(200, 5_000) as u32;
    }
    let controller = &mut setup.controller;
    controller.broker_session_timeout_us = setup.broker.session_timeout_us;
    controller.election_timeout_us = draw.millis(300, 1_000);
    controller.fetch_timeout_us = draw.millis(600, 2_000);
    controller.election_backoff_max_us = draw.millis(200, 1_000);
    controller.request_timeout_us = draw.millis(600, 2_000);
    controller.leader_imbalance_check_interval_us = draw.between(2, 10) * 1_000_000;
    controller.unclean_election_interval_us = draw.between(1, 5) * 1_000_000;
    let latency = draw.one_of(&[500, 500, 2_000, 10_000]);
    let jitter = draw.one_of(&[100, 1_000, 5_000]);
    for link in [
        &mut setup.network.client,
        &mut setup.network.broker,
        &mut setup.network.controller,
    ] {
        link.latency_us = latency;
        link.jitter_us = jitter;
    }
}

fn producers(setup: &mut Setup, theme: Theme, draw: &mut Draw) {
    setup.producers = draw.small(1, 3);
    setup.producers_start_us = draw.millis(1_000, 2_500);
    let producer = &mut setup.producer;
    producer.acks = match draw.below(10) {
        0 => Acks::None,
        1 | 2 => Acks::Leader,
        _ => Acks::All,
    };
    producer.enable_idempotence = draw.percent(if theme == Theme::Clients { 85 } else { 65 });
    producer.max_in_flight = draw.one_of(&[1, 2, 5, 5, 5]);
    producer.linger_us = draw.one_of(&[0, 5_000, 50_000]);
    producer.batch_size = draw.one_of(&[300, 1_000, 16_384]);
    producer.request_timeout_us = draw.millis(500, 4_000);
    producer.delivery_timeout_us = producer.request_timeout_us + producer.linger_us + draw.millis(500, 20_000);
    producer.retry_backoff_us = draw.millis(20, 200);
    producer.retry_backoff_max_us = producer.retry_backoff_us * draw.between(1, 8);
    producer.reconnect_backoff_us = draw.millis(20, 100);
    producer.reconnect_backoff_max_us = draw.millis(100, 1_000);
    producer.metadata_max_age_us = draw.millis(2_000, 20_000);
    producer.max_block_us = draw.millis(500, 10_000);
}

fn consumers(setup: &mut Setup, draw: &mut Draw) {
    setup.consumers = draw.small(0, 3);
    setup.consumers_start_us = draw.millis(500, 3_000);
    let groups = &mut setup.broker.groups;
    groups.initial_rebalance_delay_us = draw.millis(0, 500);
    groups.min_session_timeout_us = 1_000;
    let consumer = &mut setup.consumer;
    consumer.heartbeat_interval_us = draw.millis(200, 600);
    consumer.session_timeout_us = consumer.heartbeat_interval_us * draw.between(3, 8);
    consumer.max_poll_interval_us = draw.millis(3_000, 6_000);
    consumer.max_poll_records = draw.one_of(&[5, 20, 500]);
    consumer.fetch_max_wait_us = draw.millis(50, 500);
    consumer.request_timeout_us = draw.millis(1_000, 5_000);
    consumer.retry_backoff_us = draw.millis(50, 200);
    consumer.processing_us = draw.one_of(&[0, 100, 1_000]);
}

/// How the group shares, out of a stream of its own, so that the rest of a storm is what it was without.
fn membership(setup: &mut Setup) {
    let mut draw = Draw::named(setup.seed, "storm membership");
    setup.consumer.strategies = match draw.below(5) {
        0 => vec![Strategy::CooperativeSticky],
        1 => vec![Strategy::CooperativeSticky, Strategy::Sticky],
        2 => vec![Strategy::RoundRobin],
        _ => return,
    };
    if draw.percent(40) {
        setup.consumer.instance_id = "worker".into();
    }
}

fn workload(setup: &mut Setup, draw: &mut Draw) {
    setup.workload.keys = (1..=8).map(|number| format!("key-{number}")).collect();
    setup.workload.key = if draw.percent(80) {
        KeyRule::Subject
    } else {
        KeyRule::None
    };
    setup.workload.value_bytes = draw.one_of(&[10, 100, 400]);
    setup.workload.rate = Rate {
        per_second: draw.one_of(&[5, 15, 30, 60]),
        bursts: Vec::new(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::validate;

    #[test]
    fn every_storm_can_be_played_and_comes_again() {
        for seed in 0..300 {
            let storm = Storm::of(seed);
            assert_eq!(storm, Storm::of(seed));
            assert_eq!(validate(&storm.setup()), Ok(()), "seed {seed}");
            assert!(storm.faults.is_sorted_by_key(|(at, _)| *at));
            assert!(storm.faults.iter().all(|(at, _)| *at < storm.calm_us), "seed {seed}");
        }
    }
}
