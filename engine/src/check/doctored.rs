//! Worlds in which something is made wrong by hand, to see that an invariant notices.

use super::{Checker, Invariant, Moment};
use crate::broker::Replica;
use crate::log::{Batch, LogEntry};
use crate::trace::{EventId, Fact};
use crate::wire::{BrokerId, NodeId, NodeSet, Offset, PartitionId};
use crate::workload::Rate;
use crate::world::{Setup, World};
use std::sync::Arc;

/// A healthy cluster, checked up to now: three brokers, one partition with three replicas, `min.insync.replicas` of two.
pub(crate) struct Patient {
    pub(crate) world: World,
    checker: Checker,
}

impl Patient {
    pub(crate) fn healthy() -> Self {
        Self::with(|_| {})
    }

    /// The invariant that such a cluster breaks within ten seconds.
    pub(crate) fn sick(change: impl FnOnce(&mut Setup)) -> Option<&'static str> {
        let mut setup = Self::setup();
        change(&mut setup);
        let mut world = World::new(&setup);
        let mut checker = Checker::new(&world);
        while world.next_event_at().is_some_and(|at| at < 10_000_000) {
            if let Err(violation) = checker.step(&mut world) {
                return Some(violation.invariant);
            }
        }
        None
    }

    fn setup() -> Setup {
        let mut setup = Setup::new(7, "patient");
        setup.topic.partitions = 1;
        setup.broker.min_insync_replicas = 2;
        setup.controller.min_insync_replicas = 2;
        setup.broker.groups.offsets_topic_partitions = 1;
        setup.broker.groups.initial_rebalance_delay_us = 0;
        setup.workload.keys = vec!["a".to_owned(), "b".to_owned()];
        setup.workload.rate = Rate {
            per_second: 50,
            bursts: Vec::new(),
        };
        setup
    }

    pub(crate) fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Self::setup();
        change(&mut setup);
        let mut world = World::new(&setup);
        let mut checker = Checker::new(&world);
        while world.next_event_at().is_some_and(|at| at < 5_000_000) {
            if let Err(violation) = checker.step(&mut world) {
                panic!("a healthy cluster: {violation}");
            }
        }
        assert!(world.trace().counters().acknowledged > 20, "it does something");
        Self { world, checker }
    }

    pub(crate) fn partition(&self) -> PartitionId {
        PartitionId {
            topic: self.world.topic_id().unwrap(),
            index: 0,
        }
    }

    pub(crate) fn leader(&self) -> BrokerId {
        self.world.authoritative_image().leader(self.partition()).unwrap()
    }

    pub(crate) fn follower(&self) -> BrokerId {
        let leader = self.leader();
        (1..=3).map(BrokerId).find(|broker| *broker != leader).unwrap()
    }

    pub(crate) fn replica(&mut self, broker: BrokerId) -> &mut Replica {
        let partition = self.partition();
        self.world.doctor_broker(broker).doctor_replica(partition)
    }

    /// The batches of a replica.
    pub(crate) fn batches(&mut self, broker: BrokerId) -> Vec<LogEntry> {
        self.replica(broker).log.entries_from(0).cloned().collect()
    }

    /// The leader has appended that batch, and committed it.
    pub(crate) fn commit(&mut self, batch: Arc<Batch>) {
        let leader = self.leader();
        let replica = self.replica(leader);
        let epoch = replica.leader_epoch;
        replica.log.append(batch, epoch);
        replica.high_watermark = replica.log.end();
    }

    /// The invariant that somebody finds broken who has not looked before.
    pub(crate) fn first_impression(&mut self) -> Option<&'static str> {
        self.checker = Checker::new(&self.world);
        self.diagnosis()
    }

    /// A consumer that has the partition, and the next record that it will be done with.
    pub(crate) fn reader(&self) -> (NodeId, Offset) {
        let partition = self.partition();
        let group = self.world.setup().consumer.group.clone();
        let mut readers = self.world.consumers_of(&group).filter_map(|(number, consumer)| {
            let owned = consumer.owned().find(|owned| owned.partition == partition)?;
            Some((NodeId::Consumer(number), owned.processed))
        });
        readers.next().expect("somebody reads it")
    }

    /// The reader's application has set it to read from there.
    pub(crate) fn set_to(&mut self, offset: Offset) {
        let (reader, partition) = (self.reader().0, self.partition());
        let set = Fact::PositionSet {
            partition,
            offset,
            committed: false,
        };
        self.claim(reader, set);
    }

    /// The group has committed that offset of the partition.
    pub(crate) fn committed(&mut self, offset: Offset) {
        let partition = self.partition();
        let group = self.world.setup().consumer.group.clone();
        for broker in (1..=3).map(BrokerId) {
            if self
                .world
                .doctor_broker(broker)
                .doctor_offset(&group, partition, offset)
            {
                self.claim(broker.into(), Fact::OffsetCommitted { partition, offset });
            }
        }
    }

    /// What that invariant finds wrong, when it looks at all that has happened for the first time.
    pub(crate) fn finding(&self, invariant: &mut dyn Invariant) -> Option<String> {
        let moment = Moment {
            world: &self.world,
            history: self.checker.history(),
            seen: 0,
            touched: NodeSet::ALL,
        };
        invariant.check(&moment).err().map(|broken| broken.message)
    }

    /// Says that something has happened that has not.
    pub(crate) fn claim(&mut self, node: NodeId, fact: Fact) -> EventId {
        self.world.doctor_trace(node, fact)
    }

    /// The invariant that is broken now.
    pub(crate) fn diagnosis(&mut self) -> Option<&'static str> {
        self.world.doctor_touched(NodeSet::ALL);
        self.checker
            .look(&self.world)
            .err()
            .map(|violation| violation.invariant)
    }
}

#[test]
fn a_healthy_cluster_stays_so() {
    assert_eq!(Patient::healthy().diagnosis(), None);
}
