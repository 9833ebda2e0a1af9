//! Settings that decide what happens when something fails: the controllers, elections, and how long everybody waits.

use super::{Access, Area, Kind, Setting, field};
use crate::world::Setup;

const HOUR_MS: u64 = 3_600_000;

/// The numbers of controllers that there can be.
const CONTROLLERS: &[&str] = &["1", "3"];
/// The first is that of a controller that lives with a broker.
const ROLES: &[&str] = &["broker,controller", "controller"];
/// `eligible.leader.replicas.version`.
const VERSIONS: &[&str] = &["0", "1"];

/// A switch's field.
macro_rules! switch {
    ($($name:ident).+) => {
        Access::Number(|setup| u64::from(setup.$($name).+), |setup, n| setup.$($name).+ = n != 0)
    };
}

pub(super) static SETTINGS: [Setting; 16] = [
    Setting::new(
        "controllers",
        Area::Cluster,
        Kind::Choice(CONTROLLERS),
        Access::Number(read_controllers, |setup, n| setup.controllers = if n == 0 { 1 } else { 3 }),
        "How many controllers vote on the cluster's metadata (controller.quorum.voters). One is cheap, and while it is \
         gone nobody can be elected; of three, one may be lost.",
    ),
    Setting::new(
        "process.roles",
        Area::Cluster,
        Kind::Choice(ROLES),
        Access::Number(|setup| u64::from(!setup.combined), |setup, n| setup.combined = n == 0),
        "Whether a controller shares the process of the broker of its number. Shared saves machines; a crash then takes \
         both.",
    ),
    Setting::new(
        "unclean.leader.election.enable",
        Area::Topic,
        Kind::Switch,
        switch!(controller.unclean_leader_election),
        "Whether a replica outside of the ISR may lead when nobody in it is alive. The partition is available sooner, and \
         what that replica does not have is lost.",
    )
    .live(),
    Setting::millis(
        "unclean.leader.election.interval.ms",
        Area::Cluster,
        (1, HOUR_MS),
        field!(controller.unclean_election_interval_us),
        "How often the controller looks for partitions that may elect uncleanly. More often costs it work and ends their \
         outage sooner.",
    ),
    Setting::new(
        "eligible.leader.replicas.version",
        Area::Cluster,
        Kind::Choice(VERSIONS),
        switch!(controller.eligible_leader_replicas),
        "Whether the controller remembers who left the ISR below min.insync.replicas and may still lead without loss \
         (KIP-966): a feature, 0 for off and 1 for on. Off, the last of the ISR must come back.",
    ),
    Setting::new(
        "auto.leader.rebalance.enable",
        Area::Cluster,
        Kind::Switch,
        switch!(controller.auto_leader_rebalance),
        "Whether the controller gives leadership back to the preferred replicas. It evens out the load, for one more change \
         of leaders.",
    ),
    Setting::number(
        "leader.imbalance.check.interval.seconds",
        Area::Cluster,
        (1, 3_600),
        Access::Number(
            |setup| setup.controller.leader_imbalance_check_interval_us / 1_000_000,
            |setup, n| setup.controller.leader_imbalance_check_interval_us = n * 1_000_000,
        ),
        "How often the controller looks for partitions that their preferred replica could lead. Until it does, a broker \
         that came back leads nothing.",
    ),
    Setting::new(
        "controlled.shutdown.enable",
        Area::Cluster,
        Kind::Switch,
        switch!(broker.controlled_shutdown),
        "Whether a broker that is stopped hands its leaderships over first. Without it a stop is as long a gap as a crash.",
    ),
    Setting::millis(
        "broker.session.timeout.ms",
        Area::Cluster,
        (1, HOUR_MS),
        Access::Number(|setup| setup.controller.broker_session_timeout_us, set_session_timeout),
        "After what silence the controller fences a broker and elects others. Shorter ends an outage sooner, and takes a \
         pause for a death more often.",
    ),
    Setting::millis(
        "controller.quorum.election.timeout.ms",
        Area::Cluster,
        (1, HOUR_MS),
        field!(controller.election_timeout_us),
        "How long a controller waits for votes before it asks again. Shorter finds a leader sooner; too short, and votes \
         are split.",
    ),
    Setting::millis(
        "controller.quorum.fetch.timeout.ms",
        Area::Cluster,
        (1, HOUR_MS),
        field!(controller.fetch_timeout_us),
        "After what silence of the active controller the others hold an election, and after what silence of the others it \
         resigns. Shorter costs elections that nobody needed.",
    ),
    Setting::millis(
        "replica.lag.time.max.ms",
        Area::Cluster,
        (1, HOUR_MS),
        field!(broker.replica_lag_time_max_us),
        "How long a follower may not have caught up before it leaves the ISR. Until then every acks=all waits for it; \
         after, one copy fewer is safe.",
    ),
    Setting::millis(
        "replica.socket.timeout.ms",
        Area::Cluster,
        (1, HOUR_MS),
        field!(broker.replica_socket_timeout_us),
        "How long a follower waits for an answer of its leader before it connects anew. Shorter finds a frozen leader \
         sooner, and repeats fetches of a slow one.",
    ),
    Setting::new(
        "enable.idempotence",
        Area::Producers,
        Kind::Switch,
        switch!(producer.enable_idempotence),
        "Whether batches are numbered, so that brokers drop what is sent twice and keep the order. It costs a few bytes \
         each, and does nothing unless acks=all, retries are allowed and at most 5 requests are in flight.",
    ),
    Setting::millis(
        "reconnect.backoff.ms",
        Area::Producers,
        (0, HOUR_MS),
        Access::Number(|setup| setup.producer.reconnect_backoff_us, set_reconnect_backoff),
        "How long a client rests before it connects again to a broker that refused it; doubled each time. Longer spares the \
         broker and comes back later.",
    ),
    Setting::millis(
        "reconnect.backoff.max.ms",
        Area::Producers,
        (0, HOUR_MS),
        Access::Number(|setup| setup.producer.reconnect_backoff_max_us, set_reconnect_backoff_max),
        "The longest that a client rests before it connects again.",
    ),
];

fn read_controllers(setup: &Setup) -> u64 {
    let place = CONTROLLERS.iter().position(|n| *n == setup.controllers.to_string());
    // What is no choice is written as nothing, which validation refuses.
    place.unwrap_or(CONTROLLERS.len()) as u64
}

fn set_session_timeout(setup: &mut Setup, us: u64) {
    setup.controller.broker_session_timeout_us = us;
    setup.broker.session_timeout_us = us;
}

fn set_reconnect_backoff(setup: &mut Setup, us: u64) {
    setup.producer.reconnect_backoff_us = us;
    setup.consumer.reconnect_backoff_us = us;
}

fn set_reconnect_backoff_max(setup: &mut Setup, us: u64) {
    setup.producer.reconnect_backoff_max_us = us;
    setup.consumer.reconnect_backoff_max_us = us;
}
