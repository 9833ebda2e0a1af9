//! What the producer knows of the cluster.

use super::partitioner::Reachable;
use crate::node::Alarm;
use crate::wire::{BrokerId, LeaderEpoch, MetadataImage, Micros, PartitionId, TopicId};
use std::sync::Arc;

/// The producer's view of the cluster: as old as its last Metadata response (`ProducerMetadata`).
#[derive(Debug, Clone)]
pub(super) struct ClientMetadata {
    bootstrap: Arc<[BrokerId]>,
    /// Those that may be asked: the bootstrap servers at first, then the live brokers.
    brokers: Vec<BrokerId>,
    topic: Option<TopicId>,
    /// Further topics that a relay writes to, with their ids once they are known.
    others: Vec<(Arc<str>, Option<TopicId>)>,
    /// The partitions of the topic, and then, as they become known, those of the others.
    partitions: Vec<Leadership>,
    /// Their names on the wire.
    ids: Vec<PartitionId>,
    /// The partitions in the order in which they are walked: ascending. Kafka's client has that of a hash map.
    order: Vec<u32>,
    /// Those that have a leader, in that order.
    available: Vec<u32>,
    /// Somebody has a reason to ask again.
    wanted: bool,
    updated_us: Micros,
    /// Not before this.
    not_before_us: Micros,
    /// Answers in a row that said nothing new, and requests in a row that failed.
    same_again: u32,
    failed: u32,
    pub(super) alarm: Alarm,
}

/// Who leads a partition, and in which epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leadership {
    leader: Option<BrokerId>,
    epoch: LeaderEpoch,
}

impl ClientMetadata {
    pub(super) fn new(bootstrap: Arc<[BrokerId]>) -> Self {
        Self {
            brokers: bootstrap.to_vec(),
            bootstrap,
            topic: None,
            others: Vec::new(),
            partitions: Vec::new(),
            ids: Vec::new(),
            order: Vec::new(),
            available: Vec::new(),
            wanted: true,
            updated_us: 0,
            not_before_us: 0,
            same_again: 0,
            failed: 0,
            alarm: Alarm::default(),
        }
    }

    /// How many partitions the topic has; 0 while that is unknown.
    pub(super) fn partitions(&self) -> u32 {
        u32::try_from(self.partitions.len()).unwrap_or(0)
    }

    /// The topic, as a partitioner sees it.
    pub(super) fn reachable(&self) -> Reachable<'_> {
        Reachable {
            available: &self.available,
            partitions: self.partitions(),
        }
    }

    /// All partitions, in the order in which they are walked.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Walks the partitions in another order.
    #[cfg(test)]
    pub(super) fn set_order(&mut self, order: &[u32]) {
        self.order = order.to_vec();
        self.find_available();
    }

    /// Who leads the partition.
    pub(super) fn leader(&self, partition: u32) -> Option<BrokerId> {
        self.partitions.get(partition as usize)?.leader
    }

    /// In which epoch.
    pub(super) fn leader_epoch(&self, partition: u32) -> LeaderEpoch {
        self.partitions.get(partition as usize).map_or(0, |known| known.epoch)
    }

    /// The partition's name on the wire.
    pub(super) fn partition_id(&self, partition: u32) -> Option<PartitionId> {
        self.ids.get(partition as usize).copied()
    }

    /// Writes to these topics, too.
    pub(super) fn write_also(&mut self, topics: Vec<Arc<str>>) {
        self.others = topics.into_iter().map(|name| (name, None)).collect();
    }

    /// The place of a partition of the topic (0), or of one of the others, among all that are known.
    pub(super) fn place(&self, topic: usize, index: u16) -> Option<u32> {
        let topic = match topic.checked_sub(1) {
            None => self.topic,
            Some(other) => self.others.get(other).and_then(|(_, id)| *id),
        }?;
        let count = self.ids.iter().filter(|known| known.topic == topic).count();
        // A further topic has as many partitions as the topic had at first.
        let index = index.checked_rem(u16::try_from(count).ok()?)?;
        let id = PartitionId { topic, index };
        let place = self.ids.iter().position(|known| *known == id)?;
        u32::try_from(place).ok()
    }

    /// The brokers that may be asked.
    pub(super) fn brokers(&self) -> &[BrokerId] {
        &self.brokers
    }

    /// Those that it was given to begin with.
    pub(super) fn bootstrap(&self) -> &[BrokerId] {
        &self.bootstrap
    }

    /// There is a reason to ask again (`Metadata.requestUpdate`).
    pub(super) fn request_update(&mut self) {
        self.wanted = true;
    }

    /// When to ask again (`Metadata.timeToNextUpdate`).
    pub(super) fn due_us(&self, max_age_us: Micros) -> Micros {
        if self.wanted {
            self.not_before_us
        } else {
            self.not_before_us.max(self.updated_us + max_age_us)
        }
    }

    /// Not to be asked before that.
    pub(super) fn wait_until(&mut self, at: Micros) {
        self.not_before_us = at;
    }

    /// A request for it has failed, so many in a row (`Metadata.failedUpdate`).
    pub(super) fn note_failure(&mut self) -> u32 {
        (self.failed, self.same_again) = (self.failed + 1, 0);
        self.failed
    }

    /// Takes over what is new. Answers how many times in a row there was nothing new (`Metadata.update`).
    ///
    /// A partition whose leader epoch is older than the one that is known stays as it is: that broker is behind (KIP-320,
    /// `Metadata.updateLatestMetadata`).
    pub(super) fn update(&mut self, image: &MetadataImage, topic_name: &str, now: Micros) -> u32 {
        (self.updated_us, self.not_before_us) = (now, now);
        (self.failed, self.wanted) = (0, false);
        self.same_again += 1;
        let live = image.brokers.iter().filter(|(_, state)| !state.fenced);
        self.brokers.clear();
        self.brokers.extend(live.map(|(broker, _)| *broker));
        let Some((topic, _)) = image.topic(topic_name) else {
            self.wanted = true;
            return self.same_again;
        };
        self.topic = Some(topic);
        let known = self.partitions();
        self.take_over(image, topic);
        for other in 0..self.others.len() {
            match image.topic(&self.others[other].0) {
                Some((topic, _)) => {
                    self.others[other].1 = Some(topic);
                    self.take_over(image, topic);
                }
                None => self.wanted = true,
            }
        }
        self.order.extend(known..self.partitions());
        self.find_available();
        self.wanted |= self.available.len() < self.partitions.len();
        self.same_again
    }

    fn take_over(&mut self, image: &MetadataImage, topic: TopicId) {
        for (id, state) in image.partitions_of(topic) {
            let told = Leadership {
                leader: state.leader,
                epoch: state.leader_epoch,
            };
            // A topic's own partitions come first, in their order, unless there are more of them since others are known.
            let place = usize::from(id.index);
            let place = if self.ids.get(place) == Some(&id) {
                Some(place)
            } else {
                self.ids.iter().position(|known| *known == id)
            };
            match place.map(|place| &mut self.partitions[place]) {
                Some(known) => {
                    if told.epoch > known.epoch {
                        self.same_again = 0;
                    }
                    if told.epoch >= known.epoch {
                        *known = told;
                    }
                }
                None => {
                    self.partitions.push(told);
                    self.ids.push(id);
                    self.same_again = 0;
                }
            }
        }
    }

    fn find_available(&mut self) {
        self.available.clear();
        let with_leader = |index: &u32| self.partitions[*index as usize].leader.is_some();
        self.available.extend(self.order.iter().copied().filter(with_leader));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{MetadataRecord, PartitionState};

    fn image(leaders: &[(Option<u8>, LeaderEpoch)]) -> MetadataImage {
        let mut image = MetadataImage::default();
        let topic = TopicId(0);
        let name: Arc<str> = "orders".into();
        image.apply(&MetadataRecord::Topic { topic, name });
        for (index, (leader, epoch)) in (0..).zip(leaders) {
            let replicas: Arc<[BrokerId]> = [BrokerId(1), BrokerId(2)].into();
            let mut state = PartitionState::new(replicas.clone(), replicas, leader.map(BrokerId));
            state.leader_epoch = *epoch;
            let partition = PartitionId { topic, index };
            image.apply(&MetadataRecord::Partition {
                partition,
                state,
                because: 0,
            });
        }
        image
    }

    #[test]
    fn an_older_leader_epoch_changes_nothing() {
        let mut metadata = ClientMetadata::new([BrokerId(1)].into());
        metadata.update(&image(&[(Some(1), 0), (Some(2), 3)]), "orders", 0);
        metadata.update(&image(&[(Some(2), 1), (Some(1), 2)]), "orders", 1);
        assert_eq!(
            (metadata.leader(0), metadata.leader(1)),
            (Some(BrokerId(2)), Some(BrokerId(2)))
        );
        assert_eq!((metadata.leader_epoch(0), metadata.leader_epoch(1)), (1, 3));
    }

    #[test]
    fn a_broker_that_is_behind_does_not_take_partitions_away() {
        let mut metadata = ClientMetadata::new([BrokerId(1)].into());
        metadata.update(&image(&[(Some(1), 0), (Some(1), 0)]), "orders", 0);
        metadata.update(&image(&[(Some(1), 0)]), "orders", 1);
        assert_eq!(metadata.partitions(), 2);
    }

    #[test]
    fn a_partition_without_a_leader_is_asked_for_again_and_less_often_each_time() {
        let mut metadata = ClientMetadata::new([BrokerId(1)].into());
        assert_eq!(metadata.update(&image(&[(Some(1), 0)]), "orders", 0), 0);
        assert_eq!(metadata.due_us(1_000), 1_000);
        assert_eq!(metadata.update(&image(&[(None, 1)]), "orders", 5), 0, "that is news");
        assert_eq!(metadata.due_us(1_000), 5);
        assert_eq!(metadata.update(&image(&[(None, 1)]), "orders", 6), 1);
        assert_eq!(metadata.update(&image(&[(None, 1)]), "orders", 7), 2);
        assert_eq!((metadata.leader(0), metadata.reachable().available), (None, &[][..]));
    }
}
