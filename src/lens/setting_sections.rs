//! Which settings stand together in the panel, and in which order: what the room on the screen is about comes first.

use crate::session::room::Room;
use partitura_engine::scenario::{Area, Setting};

/// Settings under one heading.
#[derive(Debug)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// The settings by name, the one that matters most first.
    pub names: &'static [&'static str],
    /// What stands below them.
    pub below: Below,
}

/// What a section has besides rows of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Below {
    /// Nothing.
    Nothing,
    /// The keys of a person's own.
    OwnKeys,
    /// The form that sends one record.
    SendForm,
    /// The seed, which is not in the catalogue.
    Seed,
}

/// Has a form of its own with the traffic.
pub const OWN_KEYS: &str = "own.keys";
/// Shown beneath the keys where they come by weights.
pub const WEIGHTS: &str = "own.weights";

const fn section(title: &'static str, names: &'static [&'static str]) -> Section {
    Section {
        title,
        names,
        below: Below::Nothing,
    }
}

/// What matters most of everything, in every room.
const ALWAYS: [Section; 8] = [
    section(
        "Cluster and topic",
        &["brokers", "partitions", "replication.factor", "min.insync.replicas"],
    ),
    Section {
        title: "Traffic",
        names: &["rate", "key", "keys"],
        below: Below::OwnKeys,
    },
    Section {
        title: "Send one record",
        names: &[],
        below: Below::SendForm,
    },
    section(
        "Consumer group",
        &[
            "consumers",
            "processing.ms",
            "commit",
            "group.protocol",
            "partition.assignment.strategy",
            "order.repair",
        ],
    ),
    section(
        "Producers",
        &[
            "producers",
            "acks",
            "enable.idempotence",
            "partitioner.class",
            "linger.ms",
            "batch.size",
        ],
    ),
    section(
        "Capacity and limits",
        &[
            "broker.records.per.second",
            "broker.bytes.per.second",
            "buffer.memory",
            "source",
            "send.limit",
            "producer_byte_rate",
            "consumer_byte_rate",
        ],
    ),
    section(
        "When brokers fail",
        &[
            "unclean.leader.election.enable",
            "broker.session.timeout.ms",
            "replica.lag.time.max.ms",
            "controllers",
            "process.roles",
        ],
    ),
    Section {
        title: "Chance",
        names: &[],
        below: Below::Seed,
    },
];

const GROUPS: [Section; 2] = [
    section(
        "Membership and assignment",
        &[
            "consumers",
            "processing.ms",
            "group.protocol",
            "partition.assignment.strategy",
            "group.remote.assignor",
            "group.instance.id",
            "session.timeout.ms",
            "heartbeat.interval.ms",
            "max.poll.interval.ms",
            "max.poll.records",
            "more.groups",
        ],
    ),
    section(
        "Commits and order",
        &[
            "commit",
            "enable.auto.commit",
            "auto.commit.interval.ms",
            "auto.offset.reset",
            "order.repair",
        ],
    ),
];

const RETRIES: [Section; 2] = [
    section("What fails", &["poison", "failure.percent", "downstream"]),
    section(
        "What is done about it",
        &[
            "failure.policy",
            "retry.delays.ms",
            "retry.jitter.percent",
            "retry.keep.order",
            "retry.consumers",
            "dead.letters",
            "sink.dedup",
            "commit",
        ],
    ),
];

const QUEUE: [Section; 3] = [
    section(
        "Work queue",
        &["queue.workers", "queue.visibility.timeout.ms", "queue.max.receives"],
    ),
    section("Groups on the topic", &["consumers", "more.groups", "processing.ms"]),
    section(
        "Share groups",
        &[
            "share.groups",
            "share.acknowledgement.mode",
            "share.auto.offset.reset",
            "group.share.record.lock.duration.ms",
            "group.share.delivery.count.limit",
        ],
    ),
];

/// Headings of what is left, in their order.
const AREAS: [(Area, &str); 8] = [
    (Area::Cluster, "Brokers"),
    (Area::Topic, "Topic"),
    (Area::Workload, "Traffic"),
    (Area::Producers, "Producers"),
    (Area::Consumers, "Consumers"),
    (Area::Group, "Group"),
    (Area::Network, "Network"),
    (Area::Run, "Run"),
];

/// The sections of a room, its own before those of all.
pub fn of(room: Room) -> impl Iterator<Item = &'static Section> {
    own(room).iter().chain(&ALWAYS)
}

/// The rows of a section in that room: a setting stands in one place only, the first.
pub fn rows(section: &'static Section, room: Room) -> impl Iterator<Item = &'static Setting> {
    let names = section.names.iter().copied();
    names
        .filter(move |name| {
            of(room)
                .find(|s| s.names.contains(name))
                .is_some_and(|first| first.title == section.title)
        })
        .filter_map(Setting::find)
}

/// What no section of the room has, by area; areas with nothing left are not among them.
pub fn others(room: Room) -> impl Iterator<Item = (&'static str, Vec<&'static Setting>)> {
    let is_left = move |setting: &&Setting| {
        let has_a_form = [OWN_KEYS, WEIGHTS].contains(&setting.name);
        !has_a_form && of(room).all(|section| !section.names.contains(&setting.name))
    };
    AREAS.iter().filter_map(move |(area, title)| {
        let rest: Vec<_> = Setting::all().filter(|s| s.area == *area).filter(is_left).collect();
        (!rest.is_empty()).then_some((*title, rest))
    })
}

fn own(room: Room) -> &'static [Section] {
    match room {
        Room::Score | Room::Keys => &[],
        Room::Groups => &GROUPS,
        Room::Retries => &RETRIES,
        Room::Queue => &QUEUE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_stands_in_one_place_in_every_room() {
        for room in Room::ALL {
            let mut names: Vec<&str> = of(room).flat_map(|s| rows(s, room)).map(|s| s.name).collect();
            names.extend(others(room).flat_map(|(_, rest)| rest).map(|s| s.name));
            names.extend([OWN_KEYS, WEIGHTS]);
            names.sort_unstable();
            let mut all: Vec<&str> = Setting::all().map(|s| s.name).collect();
            all.sort_unstable();
            assert_eq!(names, all, "{room:?}");
        }
    }

    #[test]
    fn every_name_is_in_the_catalogue() {
        for section in Room::ALL.into_iter().flat_map(of) {
            for name in section.names {
                assert!(Setting::find(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn what_a_room_is_about_comes_first() {
        let first = |room| of(room).flat_map(move |s| rows(s, room)).next().map(|s| s.name);
        assert_eq!(first(Room::Score), Some("brokers"));
        assert_eq!(first(Room::Groups), Some("consumers"));
        assert_eq!(first(Room::Retries), Some("poison"));
        assert_eq!(first(Room::Queue), Some("queue.workers"));
    }
}
