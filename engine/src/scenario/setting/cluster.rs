//! Settings of the cluster: brokers, the topic, replication, the group coordinator.

use super::{Access, Area, Setting, field};
use crate::short_sort::sort_short_by;
use crate::world::{Limits, Setup};

const HOUR_MS: u64 = 3_600_000;
const INT: u64 = i32::MAX as u64;

pub(super) static SETTINGS: [Setting; 21] = [
    Setting::number(
        "brokers",
        Area::Cluster,
        (1, Limits::MAX_BROKERS as u64),
        Access::Number(|setup| u64::from(setup.brokers), set_brokers),
        "How many brokers there are. More of them share the load and survive more failures; each is a machine to pay \
         and to look after.",
    ),
    Setting::number(
        "racks",
        Area::Cluster,
        (0, Limits::MAX_BROKERS as u64),
        Access::Number(count_racks, deal_racks),
        "In how many racks the brokers stand, dealt in turn; 0 says nothing of racks. Copies of a partition go to \
         different racks, so that a lost rack takes one copy only.",
    ),
    Setting::new(
        "topic",
        Area::Topic,
        super::Kind::Name,
        Access::Name(|setup| &setup.topic.name, set_topic),
        "The name of the topic that is written and read.",
    ),
    Setting::number(
        "partitions",
        Area::Topic,
        (1, Limits::MAX_PARTITIONS as u64),
        field!(topic.partitions),
        "Into how many logs the topic is cut: order holds within one of them, and at most so many consumers of a \
         group have work. With another number most keys move to another partition.",
    ),
    Setting::number(
        "replication.factor",
        Area::Topic,
        (1, Limits::MAX_BROKERS as u64),
        field!(topic.replication_factor),
        "How many brokers keep a copy of each partition. Each copy costs its disk, and the network once more.",
    ),
    Setting::number(
        "min.insync.replicas",
        Area::Topic,
        (1, Limits::MAX_BROKERS as u64),
        Access::Number(|setup| u64::from(setup.broker.min_insync_replicas), set_min_isr),
        "How many in-sync copies must exist before acks=all is granted. Higher loses less and refuses writes sooner.",
    )
    .live(),
    Setting::number(
        "message.max.bytes",
        Area::Cluster,
        (1_000, 100_000_000),
        field!(broker.message_max_bytes),
        "The largest batch that a broker takes, in bytes. Larger ones cost memory on every broker and consumer.",
    ),
    Setting::millis(
        "replica.fetch.wait.max.ms",
        Area::Cluster,
        (0, HOUR_MS),
        field!(broker.replica_fetch_wait_max_us),
        "How long a leader holds a follower's empty fetch. Longer means fewer requests; an idle follower learns the \
         high watermark later.",
    ),
    Setting::number(
        "replica.fetch.min.bytes",
        Area::Cluster,
        (1, INT),
        field!(broker.replica_fetch_min_bytes),
        "How many bytes a follower's fetch waits for. More saves requests and delays every acks=all.",
    ),
    Setting::number(
        "replica.fetch.max.bytes",
        Area::Cluster,
        (1, INT),
        field!(broker.replica_fetch_max_bytes),
        "How many bytes a follower asks for of each partition at a time.",
    ),
    Setting::number(
        "replica.fetch.response.max.bytes",
        Area::Cluster,
        (1, INT),
        field!(broker.replica_fetch_response_max_bytes),
        "How many bytes one answer to a follower holds over all partitions.",
    ),
    Setting::millis(
        "replica.fetch.backoff.ms",
        Area::Cluster,
        (0, HOUR_MS),
        field!(broker.replica_fetch_backoff_us),
        "How long a follower rests after a fetch that failed.",
    ),
    Setting::millis(
        "broker.heartbeat.interval.ms",
        Area::Cluster,
        (1, HOUR_MS),
        field!(broker.heartbeat_interval_us),
        "How often a broker tells the controller that it is there. More often finds a dead one sooner, for more \
         traffic.",
    ),
    Setting::new(
        "group.id",
        Area::Group,
        super::Kind::Name,
        Access::Name(
            |setup| &setup.consumer.group,
            |setup, name| setup.consumer.group = name.into(),
        ),
        "The group's name. Its hash picks the partition of __consumer_offsets, and that one's leader coordinates the \
         group.",
    ),
    Setting::millis(
        "group.initial.rebalance.delay.ms",
        Area::Group,
        (0, HOUR_MS),
        field!(broker.groups.initial_rebalance_delay_us),
        "How long an empty group waits for more members before it deals out partitions. Longer saves a rebalance for \
         each late member and delays the first record.",
    ),
    Setting::millis(
        "group.min.session.timeout.ms",
        Area::Group,
        (1, HOUR_MS),
        field!(broker.groups.min_session_timeout_us),
        "The shortest session.timeout.ms that a member may ask for.",
    ),
    Setting::millis(
        "group.max.session.timeout.ms",
        Area::Group,
        (1, HOUR_MS),
        field!(broker.groups.max_session_timeout_us),
        "The longest session.timeout.ms that a member may ask for.",
    ),
    Setting::number(
        "group.max.size",
        Area::Group,
        (1, INT),
        field!(broker.groups.max_size),
        "How many members a group may have; whoever comes on top is turned away.",
    ),
    Setting::number(
        "offsets.topic.num.partitions",
        Area::Group,
        (1, 1_000),
        field!(broker.groups.offsets_topic_partitions),
        "Into how many partitions the topic of committed offsets is cut, and so over how many brokers groups are \
         spread.",
    ),
    Setting::number(
        "offsets.topic.replication.factor",
        Area::Group,
        (1, Limits::MAX_BROKERS as u64),
        field!(broker.groups.offsets_topic_replication_factor),
        "How many copies there are of the committed offsets. With too few of them a lost broker takes the group's \
         memory.",
    ),
    Setting::number(
        "records.max",
        Area::Run,
        (0, 10_000_000),
        field!(limits.records),
        "After how many records the producers stop: it bounds what a run that nobody stops can grow to.",
    ),
];

fn set_topic(setup: &mut Setup, name: &str) {
    name.clone_into(&mut setup.topic.name);
    setup.producer.topic = name.into();
    setup.consumer.topic = name.into();
    setup.consumer.main_topic = name.into();
}

/// Brokers look at it when they are written to, the controller when somebody leaves the ISR.
fn set_min_isr(setup: &mut Setup, n: u64) {
    setup.broker.min_insync_replicas = n as u8;
    setup.controller.min_insync_replicas = n as u8;
}

/// The brokers that stay keep their racks, those that are new are dealt in turn.
fn set_brokers(setup: &mut Setup, brokers: u64) {
    let racks = count_racks(setup);
    setup.brokers = brokers as u8;
    deal_racks(setup, racks);
}

fn count_racks(setup: &Setup) -> u64 {
    let mut names: Vec<&String> = setup.racks.iter().collect();
    sort_short_by(&mut names, Ord::cmp);
    names.dedup();
    names.len() as u64
}

fn deal_racks(setup: &mut Setup, racks: u64) {
    let name = |broker: u8| char::from(b'a' + broker % racks as u8).to_string();
    setup.racks = if racks == 0 {
        Vec::new()
    } else {
        (0..setup.brokers).map(name).collect()
    };
}
