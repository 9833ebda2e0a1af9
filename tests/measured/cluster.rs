//! The cluster of the measurements: three combined nodes, one partition, twenty records a second.

use partitura_engine::trace::{Fact, LedgerColumn, LedgerFigures, ProcessFault};
use partitura_engine::wire::{Acks, ErrorCode, Micros, NodeId, PartitionId};
use partitura_engine::world::{Command, Setup, World};
use serde_json::Value;
use std::collections::BTreeMap;

/// When the first record is sent: the times of a story count from here.
const START_US: Micros = 10_000_000;

/// What was measured in that run. Where a name stands for two, a part of the producer's description tells them apart.
pub(crate) fn measured(run: &str) -> Value {
    let file: Value = serde_json::from_str(include_str!("cluster_failures.json")).unwrap();
    let (name, producer) = run
        .split_once(", acks=1")
        .map_or((run, ""), |(name, _)| (name, "acks=1"));
    let runs = file["runs"].as_array().unwrap();
    let found = runs
        .iter()
        .find(|r| r["run"] == name && r["producer"].as_str().unwrap_or("").contains(producer));
    found.unwrap_or_else(|| panic!("no run {run}")).clone()
}

/// A story in the making.
pub(crate) struct Cluster {
    pub(crate) setup: Setup,
    faults: Vec<(Micros, NodeId, ProcessFault)>,
}

/// What came of it.
pub(crate) struct Told {
    pub(crate) ledger: LedgerFigures,
    /// From `send()` to the acknowledgement.
    pub(crate) longest_ack_us: Micros,
    /// From `send()` to the acknowledgement or the error.
    pub(crate) longest_wait_us: Micros,
    /// How many records failed with each error.
    pub(crate) errors: BTreeMap<ErrorCode, u64>,
    /// Records that failed and are in the log all the same.
    pub(crate) refused_and_stored: u64,
}

impl Cluster {
    pub(crate) fn new(replicas: u8, acks: Acks) -> Self {
        let mut setup = Setup::new(11, "t");
        setup.controllers = 3;
        setup.combined = true;
        setup.topic.partitions = 1;
        setup.topic.replication_factor = replicas;
        setup.broker.min_insync_replicas = 2;
        setup.controller.min_insync_replicas = 2;
        setup.producer.acks = acks;
        setup.producers = 1;
        setup.consumers = 1;
        setup.producers_start_us = START_US;
        setup.workload.rate.per_second = 20;
        setup.workload.keys = vec!["k".to_owned()];
        setup.limits.trace_events = 3_000_000;
        Self {
            setup,
            faults: Vec::new(),
        }
    }

    /// With a leader that is not the active controller as well: the first seed from this one on that makes it so. Where the
    /// active controller dies, too, another one has to be elected first, and gives every broker a fresh session.
    pub(crate) fn apart(mut self) -> Self {
        let together = |cluster: &Self| {
            let view = cluster.before().view();
            view.active_controller == view.partitions[0].leader.map(|broker| broker.0)
        };
        while together(&self) {
            self.setup.seed += 1;
        }
        self
    }

    /// The world before anything fails.
    fn before(&self) -> World {
        let mut world = World::new(&self.setup);
        world.run_until(START_US);
        world
    }

    /// The partition's replicas, the leader first, before anything fails.
    fn replicas(&self) -> Vec<NodeId> {
        let view = self.before().view();
        let row = &view.partitions[0];
        let mut replicas: Vec<NodeId> = row.replicas.iter().map(|broker| NodeId::from(*broker)).collect();
        let leader = row.leader.expect("a partition of a healthy cluster has a leader");
        replicas.sort_by_key(|node| *node != NodeId::from(leader));
        replicas
    }

    pub(crate) fn leader(&self) -> NodeId {
        self.replicas()[0]
    }

    pub(crate) fn follower(&self) -> NodeId {
        self.replicas()[1]
    }

    /// That many seconds after the first record.
    pub(crate) fn at(&mut self, seconds: f64, node: NodeId, fault: ProcessFault) {
        self.faults.push((START_US + (seconds * 1e6) as Micros, node, fault));
    }

    pub(crate) fn start(&self) -> Run {
        let mut world = World::new(&self.setup);
        for (at, node, fault) in &self.faults {
            let command = Command::Process {
                node: *node,
                fault: *fault,
            };
            world.schedule(*at, command);
        }
        Run { world, sent: 0 }
    }

    /// Sends until that many seconds after the first record, then lets everything come to its end.
    pub(crate) fn run(&self, seconds: f64) -> Told {
        let mut run = self.start();
        let end = START_US + (seconds * 1e6) as Micros;
        run.world.schedule(end, Command::Rate(0));
        run.world.run_until(end + 10_000_000);
        run.tell()
    }
}

/// A story as it goes.
pub(crate) struct Run {
    pub(crate) world: World,
    sent: u32,
}

impl Run {
    pub(crate) fn until(&mut self, seconds: f64) {
        self.world.run_until(START_US + (seconds * 1e6) as Micros);
    }

    pub(crate) fn fault(&mut self, node: NodeId, fault: ProcessFault) {
        self.world.command(&Command::Process { node, fault });
    }

    pub(crate) fn send(&mut self, records: u32) {
        for _ in 0..records {
            self.sent += 1;
            let command = Command::Send {
                key: Some("k".to_owned()),
                value: self.sent.to_string(),
                partition: None,
            };
            self.world.command(&command);
        }
    }

    /// High watermark and log end of the leader.
    pub(crate) fn watermarks(&self) -> (u64, u64) {
        let view = self.world.view();
        let leader = view.replicas.iter().find(|replica| replica.is_leader);
        leader.map_or((0, 0), |replica| (replica.high_watermark, replica.log_end))
    }

    fn tell(&self) -> Told {
        let mut sent: BTreeMap<(NodeId, PartitionId), Vec<Micros>> = BTreeMap::new();
        let (mut longest_ack_us, mut longest_wait_us) = (0, 0);
        let mut errors = BTreeMap::new();
        for event in self.world.trace().since(0) {
            match event.fact {
                Fact::RecordSent { partition, .. } => sent.entry((event.node, partition)).or_default().push(event.at),
                Fact::BatchAcknowledged { partition, ordinal, .. } => {
                    let waited = event.at - sent[&(event.node, partition)][ordinal as usize];
                    longest_ack_us = longest_ack_us.max(waited);
                    longest_wait_us = longest_wait_us.max(waited);
                }
                Fact::RecordsFailed {
                    partition,
                    error,
                    records,
                    ordinal,
                } => {
                    let waited = event.at - sent[&(event.node, partition)][ordinal as usize];
                    longest_wait_us = longest_wait_us.max(waited);
                    *errors.entry(error).or_insert(0) += u64::from(records);
                }
                _ => {}
            }
        }
        let refused = self.world.ledger_lines(LedgerColumn::Refused, usize::MAX);
        Told {
            ledger: self.world.ledger(),
            longest_ack_us,
            longest_wait_us,
            errors,
            refused_and_stored: refused.iter().filter(|line| line.offset.is_some()).count() as u64,
        }
    }
}
