//! Makes a storm smaller that fails, so that a person can see why.

use super::{Storm, play};
use crate::trace::ProcessFault;
use crate::wire::{Micros, NodeId};
use crate::workload::{Dealing, KeyDistribution, KeyRule, SourceKind};
use crate::world::{Command, Setup};

/// The smallest storm that could be found that breaks the same invariant, in at most `tries` plays; `None` when the storm
/// breaks none. `told` hears of each that is smaller than the ones before.
pub fn shrink(storm: &Storm, tries: u32, mut told: impl FnMut(&Storm)) -> Option<Storm> {
    let violation = play(storm).violation?;
    let mut search = Search {
        invariant: violation.invariant,
        best: storm.clone(),
        tries,
        told: &mut told,
    };
    search.end_at(violation.at);
    loop {
        let before = search.best.clone();
        search.fewer_faults();
        search.smaller_setup();
        if search.best == before || search.tries == 0 {
            return Some(search.best);
        }
    }
}

struct Search<'a> {
    invariant: &'static str,
    best: Storm,
    tries: u32,
    told: &'a mut dyn FnMut(&Storm),
}

impl Search<'_> {
    /// Keeps the candidate if it fails in the same way.
    fn keep(&mut self, candidate: Storm) -> bool {
        if self.tries == 0 || candidate == self.best || crate::scenario::validate(&candidate.setup()).is_err() {
            return false;
        }
        self.tries -= 1;
        let failed = play(&candidate).violation;
        let same = failed.filter(|violation| violation.invariant == self.invariant);
        let Some(violation) = same else { return false };
        self.best = candidate;
        self.end_at(violation.at);
        (self.told)(&self.best);
        true
    }

    /// What comes after the failure does not matter, unless the failure is that it never becomes well.
    fn end_at(&mut self, at: Micros) {
        self.best.faults.retain(|(when, _)| *when <= at);
        if at < self.best.calm_us {
            self.best.until_us = self.best.until_us.min(at + 1_000_000);
        }
    }

    fn try_with(&mut self, change: impl FnOnce(&mut Storm)) -> bool {
        let mut candidate = self.best.clone();
        change(&mut candidate);
        self.keep(candidate)
    }

    /// Leaves out halves, quarters, eighths, … of the faults, and at last single ones.
    fn fewer_faults(&mut self) {
        let mut length = self.best.faults.len().div_ceil(2);
        while length > 0 {
            let mut from = 0;
            while from < self.best.faults.len() {
                let to = (from + length).min(self.best.faults.len());
                let left_out = self.try_with(|storm| {
                    storm.faults.drain(from..to);
                });
                if !left_out {
                    from += length;
                }
            }
            length = if length == 1 { 0 } else { length.div_ceil(2) };
        }
        // An earlier end of the trouble.
        for calm in [4, 6, 8, 10, 14, 18].map(|seconds: u64| seconds * 1_000_000) {
            if calm < self.best.calm_us && self.best.faults.last().is_none_or(|(at, _)| *at < calm) {
                let patience = self.best.until_us.saturating_sub(self.best.calm_us);
                self.try_with(|storm| {
                    storm.calm_us = calm;
                    storm.until_us = calm + patience;
                });
            }
        }
    }

    fn smaller_setup(&mut self) {
        let default = Setup::new(self.best.calm_setup.seed, &self.best.calm_setup.topic.name);
        let plain = default.clone();
        self.setup(|setup| setup.consumers = 0);
        self.setup(|setup| setup.consumers = setup.consumers.min(1));
        self.setup(|setup| setup.producers = 1);
        self.setup(|setup| setup.topic.partitions = 1);
        self.setup(|setup| setup.broker.groups.offsets_topic_partitions = 1);
        self.setup(|setup| setup.racks = Vec::new());
        self.setup(|setup| {
            setup.controllers = 1;
            setup.combined = false;
        });
        self.setup(|setup| setup.combined = false);
        self.setup(|setup| setup.network = plain.network);
        self.setup(|setup| setup.controller.auto_leader_rebalance = false);
        self.setup(|setup| {
            setup.producer.linger_us = default.producer.linger_us;
            setup.producer.batch_size = default.producer.batch_size;
        });
        self.setup(|setup| setup.broker.replica_fetch_max_bytes = default.broker.replica_fetch_max_bytes);
        self.setup(|setup| setup.workload.key = KeyRule::Subject);
        self.setup(|setup| setup.workload.distribution = KeyDistribution::Uniform);
        self.setup(|setup| setup.workload.limits = Vec::new());
        self.setup(|setup| setup.workload.source = SourceKind::Waits);
        self.setup(|setup| setup.workload.subjects = Dealing::Dealt);
        self.setup(|setup| setup.order_repair = false);
        self.setup(|setup| {
            setup.producer.partitioners = default.producer.partitioners.clone();
            setup.producer.partitioner_ignore_keys = false;
            setup.producer.partitioner_availability_timeout_us = 0;
        });
        self.setup(|setup| setup.producer.buffer_memory = default.producer.buffer_memory);
        self.setup(|setup| (setup.broker.records_per_s, setup.broker.bytes_per_s) = (0, 0));
        self.setup(|setup| setup.broker.producer_byte_rate = 0);
        self.setup(|setup| setup.broker.consumer_byte_rate = 0);
        self.setup(|setup| setup.more_groups = Vec::new());
        self.setup(|setup| setup.share_groups = Vec::new());
        self.setup(|setup| setup.work_queue.workers = 0);
        self.setup(|setup| setup.consumer.protocol = plain.consumer.protocol);
        self.setup(|setup| setup.consumer.strategies = plain.consumer.strategies.clone());
        self.setup(|setup| setup.consumer.instance_id = plain.consumer.instance_id.clone());
        self.setup(|setup| setup.consumer.application = plain.consumer.application.clone());
        self.setup(|setup| setup.consumer.application.auto_commit = false);
        self.setup(|setup| setup.consumer.application.commit = plain.consumer.application.commit);
        for rate in [1, 5, 20] {
            self.setup(|setup| setup.workload.rate.per_second = setup.workload.rate.per_second.min(rate));
        }
        while self.best.calm_setup.brokers > 1 && self.fewer_brokers() {}
    }

    fn setup(&mut self, change: impl FnOnce(&mut Setup)) -> bool {
        self.try_with(|storm| change(&mut storm.calm_setup))
    }

    fn fewer_brokers(&mut self) -> bool {
        let last = self.best.calm_setup.brokers;
        let mentioned = |node: &NodeId| matches!(node, NodeId::Broker(n) if *n == last);
        self.try_with(|storm| {
            let setup = &mut storm.calm_setup;
            setup.brokers -= 1;
            setup.racks.truncate(setup.brokers.into());
            setup.topic.replication_factor = setup.topic.replication_factor.min(setup.brokers);
            let groups = &mut setup.broker.groups;
            groups.offsets_topic_replication_factor = groups.offsets_topic_replication_factor.min(setup.brokers);
            let least = setup.broker.min_insync_replicas.min(setup.topic.replication_factor);
            setup.broker.min_insync_replicas = least;
            setup.controller.min_insync_replicas = least;
            storm.faults.retain(|(_, command)| match command {
                Command::Process { node, .. } => !mentioned(node),
                Command::SlowDisk { broker, .. } => broker.0 != last,
                Command::Reassign { replicas, .. } => replicas.iter().all(|broker| broker.0 != last),
                _ => true,
            });
        })
    }
}

impl Storm {
    /// How many things go wrong in it that are not the end of something.
    #[must_use]
    pub fn troubles(&self) -> usize {
        let ends = |command: &Command| {
            matches!(
                command,
                Command::Heal
                    | Command::SlowDisk { bytes_per_s: None, .. }
                    | Command::Process {
                        fault: ProcessFault::Start | ProcessFault::Resume,
                        ..
                    }
            )
        };
        self.faults.iter().filter(|(_, command)| !ends(command)).count()
    }
}
