//! What has happened to the partitions, as an observer sees it who sees everything: what was committed, and what may be
//! lost.

use super::promise::Promise;
use super::snapshot::{Change, Snapshot};
use crate::broker::{Broker, Replica};
use crate::log::LogEntry;
use crate::trace::{EventId, Fact};
use crate::wire::{BrokerId, BrokerSet, LeaderEpoch, NodeId, NodeSet, Offset, PartitionId, PartitionState};
use crate::world::{Setup, World};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is known of all partitions.
#[derive(Debug, Clone)]
pub struct History {
    partitions: BTreeMap<PartitionId, PartitionHistory>,
    replicas: BTreeMap<(BrokerId, PartitionId), Snapshot>,
    /// Replicas whose log was lost, until they have everything again.
    emptied: BTreeSet<(BrokerId, PartitionId)>,
    changes: Vec<Change>,
    image_version: (u8, Offset),
    image_changed: bool,
    eligible_leaders: bool,
    min_isr: u8,
}

/// What is known of a partition.
#[derive(Debug, Clone)]
pub struct PartitionHistory {
    /// Everything below the highest high watermark that a leader ever had.
    committed: Vec<LogEntry>,
    /// So many of its entries were there before the last step.
    known: usize,
    /// It was cut in the last step, because something was lost that could be.
    cut: bool,
    /// It was cut at some time.
    has_lost: bool,
    /// The highest epoch in which anybody has led.
    epoch: LeaderEpoch,
    promise: Promise,
}

impl PartitionHistory {
    /// Everything that was committed, ascending.
    #[must_use]
    pub fn committed(&self) -> &[LogEntry] {
        &self.committed
    }

    /// What the last step has committed.
    #[must_use]
    pub fn newly_committed(&self) -> &[LogEntry] {
        &self.committed[self.known.min(self.committed.len())..]
    }

    /// Whether the last step has shown that something committed is lost, as it could be.
    #[must_use]
    pub fn was_cut(&self) -> bool {
        self.cut
    }

    /// Whether something committed was ever lost in it.
    #[must_use]
    pub fn has_lost(&self) -> bool {
        self.has_lost
    }

    /// The offset after what is committed.
    #[must_use]
    pub fn committed_end(&self) -> Offset {
        self.committed.last().map_or(0, LogEntry::end_offset)
    }

    /// The committed batch that has that offset.
    #[must_use]
    pub fn committed_at(&self, offset: Offset) -> Option<&LogEntry> {
        let place = self.committed.partition_point(|entry| entry.end_offset() <= offset);
        self.committed.get(place).filter(|entry| entry.base_offset <= offset)
    }

    /// The highest epoch in which anybody has led.
    #[must_use]
    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch
    }

    /// What Kafka promises of it.
    #[must_use]
    pub fn promise(&self) -> &Promise {
        &self.promise
    }

    /// How many of the committed batches the replica has at the beginning of its log.
    #[must_use]
    pub fn agreed_with(&self, replica: &Replica) -> usize {
        let pairs = self.committed.iter().zip(replica.log.entries_from(0));
        pairs.take_while(|(ours, theirs)| is_same(ours, theirs)).count()
    }

    /// Whether the replica has everything that is committed, as its end shows.
    #[must_use]
    pub fn is_complete(&self, replica: &Replica) -> bool {
        match self.committed.last() {
            None => true,
            Some(last) => replica
                .log
                .entries_from(last.base_offset)
                .next()
                .is_some_and(|entry| is_same(entry, last)),
        }
    }
}

/// Whether it is the same batch, at the same place, by the same leader.
#[must_use]
pub(super) fn is_same(a: &LogEntry, b: &LogEntry) -> bool {
    a.base_offset == b.base_offset && a.leader_epoch == b.leader_epoch && Arc::ptr_eq(&a.batch, &b.batch)
}

impl History {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            partitions: BTreeMap::new(),
            replicas: BTreeMap::new(),
            emptied: BTreeSet::new(),
            changes: Vec::new(),
            image_version: (0, 0),
            image_changed: false,
            eligible_leaders: setup.controller.eligible_leader_replicas,
            min_isr: setup.controller.min_insync_replicas.max(1),
        }
    }

    /// The replicas that the last step has changed.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether the last step has changed what the authoritative controller says.
    #[must_use]
    pub fn image_changed(&self) -> bool {
        self.image_changed
    }

    /// What is known of that partition.
    #[must_use]
    pub fn partition(&self, id: PartitionId) -> Option<&PartitionHistory> {
        self.partitions.get(&id)
    }

    /// What is known of all partitions.
    pub fn partitions(&self) -> impl Iterator<Item = (PartitionId, &PartitionHistory)> {
        self.partitions.iter().map(|(id, partition)| (*id, partition))
    }

    /// Whether that replica's log was lost, and is not complete again.
    #[must_use]
    pub fn is_emptied(&self, broker: BrokerId, partition: PartitionId) -> bool {
        self.emptied.contains(&(broker, partition))
    }

    /// Looks at what the last step has changed.
    pub(super) fn update(&mut self, world: &World, touched: NodeSet, seen: EventId) {
        for change in self.changes.drain(..) {
            if let Some(partition) = self.partitions.get_mut(&change.partition) {
                partition.known = partition.committed.len();
                partition.cut = false;
            }
        }
        let version = world.image_version();
        self.image_changed = version != self.image_version;
        self.image_version = version;
        self.note_events(world, seen);
        self.note_changes(world, touched);
        for change in std::mem::take(&mut self.changes) {
            self.note_change(world, &change);
            self.changes.push(change);
        }
        self.renew_promises(world);
    }

    fn note_events(&mut self, world: &World, seen: EventId) {
        let image = world.authoritative_image();
        for event in world.trace().since(seen) {
            match event.fact {
                Fact::TopicConfigured { topic } => {
                    let of_topic = self.partitions.iter_mut().filter(|(id, _)| id.topic == topic);
                    of_topic.for_each(|(_, partition)| partition.promise.reconfigure(image.offset));
                }
                // One that handles much in a step, because it was paused, may have led and not lead any more.
                Fact::HighWatermarkMoved { partition, to } => {
                    let NodeId::Broker(number) = event.node else { continue };
                    let led = self
                        .replicas
                        .get(&(BrokerId(number), partition))
                        .filter(|before| before.leads);
                    // A reassignment may have taken its log away meanwhile. What is committed, others have.
                    let own = world.broker_of(BrokerId(number));
                    let own = own.and_then(|broker| broker.replica(partition));
                    let mut others = world.brokers().filter_map(|broker| broker.replica(partition));
                    let replica = own.or_else(|| others.find(|other| other.log.end() >= to));
                    if let (Some(before), Some(replica), Some(history)) =
                        (led, replica, self.partitions.get_mut(&partition))
                        && (before.epoch >= history.epoch || !history.promise.is_void())
                    {
                        history.commit(replica, to);
                    }
                }
                Fact::ProcessCrashed | Fact::ProcessStopped | Fact::DiskLost | Fact::BrokerStarted => {
                    let NodeId::Broker(number) = event.node else { continue };
                    let broker = BrokerId(number);
                    // What it leads and knows afterwards is another life's.
                    self.replicas.retain(|(of, _), _| *of != broker);
                    for (id, partition) in &mut self.partitions {
                        let state = image.partitions.get(id);
                        partition.promise.note(event, state.map(replicas).unwrap_or_default());
                        if event.fact == Fact::DiskLost {
                            self.emptied.insert((broker, *id));
                        }
                    }
                }
                Fact::LeaderElected { partition, .. } => {
                    if let Some(history) = self.partitions.get_mut(&partition) {
                        history.promise.note(event, BrokerSet::default());
                    }
                }
                _ => {}
            }
        }
    }

    fn note_changes(&mut self, world: &World, touched: NodeSet) {
        let lives = |node: NodeId| touched.contains(node) && world.is_there(node);
        for broker in world.brokers().filter(|b| lives(b.id().into())) {
            for (partition, replica) in broker.replicas() {
                let now = Snapshot::of(replica);
                let key = (broker.id(), partition);
                let before = self.replicas.get(&key).copied();
                if before != Some(now) {
                    self.replicas.insert(key, now);
                    self.changes.push(Change {
                        broker: broker.id(),
                        partition,
                        before,
                        now,
                    });
                }
            }
        }
    }

    fn note_change(&mut self, world: &World, change: &Change) {
        let Some(replica) = world.broker_of(change.broker).and_then(|b| b.replica(change.partition)) else {
            return;
        };
        let (eligible_leaders, min_isr) = (self.eligible_leaders, self.min_isr);
        let partition = self
            .partitions
            .entry(change.partition)
            .or_insert_with(|| PartitionHistory {
                committed: Vec::new(),
                known: 0,
                cut: false,
                has_lost: false,
                epoch: 0,
                promise: Promise::new(eligible_leaders, min_isr),
            });
        if change.now.leads && !replica.taken_back().is_empty() {
            // Whoever it does not count on may be elected all the same.
            partition.promise.reconfigure(world.authoritative_image().offset);
        }
        if change.now.leads && change.now.epoch >= partition.epoch {
            partition.epoch = change.now.epoch;
            if change.became_leader() && !partition.promise.holds() {
                partition.forget_lost(replica);
            }
            partition.commit(replica, change.now.high_watermark);
        } else if change.now.leads && !partition.promise.is_void() {
            // One that does not know that it is not the leader any more: what it commits now, its successor has.
            partition.commit(replica, change.now.high_watermark);
        }
        if partition.is_complete(replica) {
            self.emptied.remove(&(change.broker, change.partition));
        }
    }

    /// Where everything is everywhere, whatever was lost is made good.
    fn renew_promises(&mut self, world: &World) {
        if !self.image_changed && self.changes.is_empty() {
            return;
        }
        let image = world.authoritative_image();
        for (id, partition) in &mut self.partitions {
            let Some(state) = image.partitions.get(id) else {
                continue;
            };
            let topic = image.topics.get(&id.topic).and_then(|topic| topic.min_insync_replicas);
            let wanted = topic.unwrap_or(self.min_isr).max(1);
            let first = PartitionId { index: 0, ..*id };
            let of_first = image
                .partitions
                .get(&first)
                .map_or(usize::MAX, |first| first.replicas.len());
            let replicas = of_first.min(state.replicas.len());
            let effective = wanted.min(u8::try_from(replicas).unwrap_or(u8::MAX));
            partition.promise.lower(effective);
            if partition.promise.is_as_new(effective) {
                continue;
            }
            // The controller knows it in the life that it lives: what it lost in an earlier one is in the past.
            let is_known = |broker: &Broker| {
                let registered = image.brokers.get(&broker.id()).filter(|state| !state.fenced);
                let heard = broker.image().offset >= partition.promise.known_at();
                heard && registered.is_some_and(|state| broker.registered_epoch() == Some(state.epoch))
            };
            let has_all = |id_of: &BrokerId| {
                let broker = world.broker_of(*id_of).filter(|broker| is_known(broker));
                let replica = broker.and_then(|broker| broker.replica(*id));
                !self.emptied.contains(&(*id_of, *id))
                    && world.is_running((*id_of).into())
                    && replica.is_some_and(|replica| partition.is_complete(replica))
            };
            if state.isr.len() == state.replicas.len() && state.replicas.iter().all(has_all) {
                partition.promise.renew(effective);
            }
        }
    }
}

impl PartitionHistory {
    /// Takes over what the leader has committed, up to there.
    fn commit(&mut self, leader: &Replica, high_watermark: Offset) {
        let end = self.committed_end();
        if high_watermark <= end {
            return;
        }
        let new = leader.log.entries_from(end);
        self.committed
            .extend(new.take_while(|e| e.end_offset() <= high_watermark).cloned());
    }

    /// A leader may lack something. What it lacks is lost.
    fn forget_lost(&mut self, leader: &Replica) {
        let agreed = self.agreed_with(leader);
        if agreed < self.committed.len() {
            self.committed.truncate(agreed);
            self.known = self.known.min(agreed);
            (self.cut, self.has_lost) = (true, true);
            self.promise.break_off();
        }
    }
}

fn replicas(state: &PartitionState) -> BrokerSet {
    state.replicas.iter().copied().collect()
}
