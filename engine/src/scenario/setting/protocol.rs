//! Settings of the group protocol: the classic one, or that of KIP-848.

use super::{Access, Area, Kind, Setting, field};
use crate::consumer::Protocol;
use crate::wire::ServerAssignor;
use crate::world::Setup;

const PROTOCOLS: &[&str] = &["classic", "consumer"];
const ASSIGNORS: &[&str] = &["uniform", "range"];
const HOUR_MS: u64 = 3_600_000;

pub(super) static SETTINGS: [Setting; 5] = [
    Setting::new(
        "group.protocol",
        Area::Group,
        Kind::Choice(PROTOCOLS),
        Access::Number(
            |setup| u64::from(setup.consumer.protocol == Protocol::Consumer),
            set_protocol,
        ),
        "How members share the partitions. classic: all of them join anew, and one says who gets what. consumer (KIP-848): \
         the coordinator says it, and each member goes there by itself; nobody else stops, and what moves is without an \
         owner for up to two heartbeats.",
    ),
    Setting::new(
        "group.remote.assignor",
        Area::Group,
        Kind::Choice(ASSIGNORS),
        Access::Number(
            |setup| u64::from(setup.consumer.remote_assignor == Some(ServerAssignor::Range)),
            set_assignor,
        ),
        "With group.protocol=consumer: how the coordinator shares. uniform evens out and keeps what it can; range gives blocks, \
         and moves more.",
    ),
    Setting::millis(
        "group.consumer.session.timeout.ms",
        Area::Group,
        (1, HOUR_MS),
        field!(broker.groups.consumer_session_timeout_us),
        "With group.protocol=consumer: after what silence a member counts as dead. It is the broker's to say. Shorter finds \
         it sooner, and mistakes a pause for a death more often.",
    ),
    Setting::millis(
        "group.consumer.heartbeat.interval.ms",
        Area::Group,
        (1, HOUR_MS),
        field!(broker.groups.consumer_heartbeat_interval_us),
        "With group.protocol=consumer: how often a member asks what it should have. It is the broker's to say. Shorter moves \
         partitions sooner, for more requests.",
    ),
    Setting::millis(
        "group.consumer.assignment.interval.ms",
        Area::Group,
        (0, 15_000),
        field!(broker.groups.consumer_assignment_interval_us),
        "With group.protocol=consumer: how long a division of the partitions stands before the next one is computed. Longer \
         takes together what comes together, and lets newcomers wait.",
    ),
];

fn set_protocol(setup: &mut Setup, n: u64) {
    setup.consumer.protocol = if n == 0 { Protocol::Classic } else { Protocol::Consumer };
}

/// The broker's own first assignor is uniform as well, so there is no need to ask for it.
fn set_assignor(setup: &mut Setup, n: u64) {
    setup.consumer.remote_assignor = (n != 0).then_some(ServerAssignor::Range);
}
