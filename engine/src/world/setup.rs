//! What a run starts from. The same setup gives the same trace.

use super::{Command, NetworkConfig};
use crate::application::DownstreamConfig;
use crate::broker::BrokerConfig;
use crate::consumer::ConsumerConfig;
use crate::controller::ControllerConfig;
use crate::node::Bug;
use crate::producer::ProducerConfig;
use crate::share::{AcknowledgementMode, ShareGroupSetup};
use crate::wire::Micros;
use crate::work_queue::WorkQueueConfig;
use crate::workload::Workload;

/// What a run starts from: everything but the actions of the person who watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// All chance in the run comes from it.
    pub seed: u64,
    /// How many brokers, 1 to [`Limits::MAX_BROKERS`].
    pub brokers: u8,
    /// How many controllers, 1 or 3 (`controller.quorum.voters`).
    pub controllers: u8,
    /// Whether controller *n* lives in the process of broker *n* (`process.roles=broker,controller`), or in its own.
    pub combined: bool,
    /// The controllers' settings.
    pub controller: ControllerConfig,
    /// A mistake that is built in, for tests of the invariants.
    pub bug: Option<Bug>,
    /// Each broker's `broker.rack`, if any; as many as there are brokers, or none.
    pub racks: Vec<String>,
    /// The topic that is written and read.
    pub topic: TopicSetup,
    /// How many producers.
    pub producers: u8,
    /// Their settings.
    pub producer: ProducerConfig,
    /// How many consumers the group has at the start.
    pub consumers: u8,
    /// Their settings.
    pub consumer: ConsumerConfig,
    /// Share groups on the topic.
    pub share_groups: Vec<ShareGroupSetup>,
    /// `share.acknowledgement.mode` of their consumers.
    pub acknowledgement_mode: AcknowledgementMode,
    /// The plain work queue beside the topic.
    pub work_queue: WorkQueueConfig,
    /// Further groups on the topic, with the same settings but for what they say themselves.
    pub more_groups: Vec<FurtherGroup>,
    /// The brokers' settings.
    pub broker: BrokerConfig,
    /// Latencies and bandwidth.
    pub network: NetworkConfig,
    /// What the producers send.
    pub workload: Workload,
    /// When the consumers start; the topic is created at 0.
    pub consumers_start_us: Micros,
    /// When the producers start.
    pub producers_start_us: Micros,
    /// The service that the consumers' applications call, and their sink.
    pub downstream: DownstreamConfig,
    /// Whether a merge step behind the consumers puts what is about one subject back in order.
    pub order_repair: bool,
    /// How long that waits for a record of which nobody knows what has become.
    pub order_timeout_us: Micros,
    /// What the scenario does at given times.
    pub commands: Vec<(Micros, Command)>,
    /// What bounds the run's growth.
    pub limits: Limits,
}

/// A further group on the topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FurtherGroup {
    /// `group.id`.
    pub name: String,
    /// How many consumers it has at the start.
    pub consumers: u8,
    /// How long its application works on each record; `None` for as long as that of the main group.
    pub processing_us: Option<Micros>,
}

/// A topic to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSetup {
    /// Its name.
    pub name: String,
    /// Its partitions, 1 to [`Limits::MAX_PARTITIONS`].
    pub partitions: u16,
    /// `replication.factor`, 1 to the number of brokers.
    pub replication_factor: u8,
}

/// Everything that can grow in a run has a bound. What happens there stands beside each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Records that the producers may send. At the bound they stop, and the trace says so
    /// ([`crate::trace::Fact::RecordLimitReached`]). It bounds the logs, too, but for what is sent twice: a retry after a
    /// timeout may append a duplicate, and each record is tried for `delivery.timeout.ms` at most. Commits follow records.
    pub records: u64,
    /// Events that the trace keeps. At the bound the oldest are forgotten; digest and counters cover all.
    pub trace_events: usize,
}

impl Limits {
    /// The most controllers of a run.
    pub const MAX_CONTROLLERS: u8 = 3;
    /// The most brokers of a run.
    pub const MAX_BROKERS: u8 = 9;
    /// The most partitions of the topic.
    pub const MAX_PARTITIONS: u16 = 64;
    /// The most consumers of a group.
    pub const MAX_CONSUMERS: u8 = 12;
    /// The most groups beside the main one.
    pub const MAX_MORE_GROUPS: usize = 4;
    /// The most producers.
    pub const MAX_PRODUCERS: u8 = 12;
    /// The most consumers of all share groups together.
    pub const MAX_SHARE_CONSUMERS: u8 = 16;
    /// The highest rate, in records a second over all producers.
    pub const MAX_RATE: u32 = 1_000_000;
    /// The largest value, in bytes.
    pub const MAX_VALUE_BYTES: u32 = 1_000_000;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            records: 5_000_000,
            trace_events: 100_000,
        }
    }
}

impl Setup {
    /// Three brokers, one topic of four partitions with three replicas, two producers, three consumers, Kafka's
    /// defaults, and nothing to send.
    #[must_use]
    pub fn new(seed: u64, topic: &str) -> Self {
        Self {
            seed,
            brokers: 3,
            controllers: 1,
            combined: false,
            controller: ControllerConfig::default(),
            bug: None,
            racks: Vec::new(),
            topic: TopicSetup {
                name: topic.to_owned(),
                partitions: 4,
                replication_factor: 3,
            },
            producers: 2,
            producer: ProducerConfig::new(topic),
            consumers: 3,
            consumer: ConsumerConfig::new("readers", topic),
            share_groups: Vec::new(),
            acknowledgement_mode: AcknowledgementMode::Implicit,
            work_queue: WorkQueueConfig::default(),
            more_groups: Vec::new(),
            broker: BrokerConfig::default(),
            network: NetworkConfig::default(),
            workload: Workload {
                rate: crate::workload::Rate {
                    per_second: 0,
                    bursts: Vec::new(),
                },
                keys: Vec::new(),
                distribution: crate::workload::KeyDistribution::Uniform,
                weights: Vec::new(),
                key: crate::workload::KeyRule::Subject,
                subjects: crate::workload::Dealing::Dealt,
                source: crate::workload::SourceKind::Waits,
                limits: Vec::new(),
                value_bytes: 100,
                listed: Vec::new(),
            },
            consumers_start_us: 0,
            producers_start_us: 0,
            downstream: DownstreamConfig::default(),
            order_repair: false,
            order_timeout_us: 30_000_000,
            commands: Vec::new(),
            limits: Limits::default(),
        }
    }
}
