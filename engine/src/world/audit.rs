//! The audit: which records are in the leaders' logs, and which of them twice. Reads each log once, and then what is new.

use super::World;
use crate::broker::Replica;
use crate::log::Log;
use crate::trace::Intervals;
use crate::wire::{BrokerId, LeaderEpoch, NodeId, Offset, PartitionId, PartitionState};

/// What was found in the logs, by partition of the topic.
#[derive(Debug, Clone, Default)]
pub(super) struct Audit {
    partitions: Vec<Shelf>,
}

/// What was found in one partition's log.
#[derive(Debug, Clone, Default)]
struct Shelf {
    speaker: Option<Speaker>,
    read_to: Offset,
    /// By producer.
    lanes: Vec<Found>,
}

/// The records of one producer, by ordinal.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) stored: Intervals,
    pub(super) twice: Intervals,
}

/// Whose log counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Speaker {
    pub(super) broker: BrokerId,
    /// The epoch in which it leads, or that of its last record. A log with this epoch's records only grows.
    epoch: LeaderEpoch,
    leads: bool,
}

impl Audit {
    /// Reads what the logs have got since.
    pub(super) fn refresh(&mut self, world: &World) {
        for (id, state) in world.topic_partitions() {
            let index = usize::from(id.index);
            if index >= self.partitions.len() {
                self.partitions.resize_with(index + 1, Shelf::default);
            }
            if let Some((speaker, log)) = world.speaker(id, state) {
                self.partitions[index].read(speaker, log);
            }
        }
    }

    /// Whether there is nothing new to read.
    pub(super) fn is_fresh(&self, world: &World) -> bool {
        world.topic_partitions().all(|(id, state)| {
            let shelf = self.partitions.get(usize::from(id.index));
            match (shelf, world.speaker(id, state)) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(shelf), Some((speaker, log))) => shelf.speaker == Some(speaker) && shelf.read_to == log.end(),
            }
        })
    }

    /// What was found of that producer's records in that partition.
    pub(super) fn found(&self, producer: NodeId, partition: u16) -> Option<&Found> {
        let NodeId::Producer(number) = producer else {
            return None;
        };
        let shelf = self.partitions.get(usize::from(partition))?;
        shelf.lanes.get(usize::from(number).checked_sub(1)?)
    }

    /// How many records are there more than once.
    pub(super) fn duplicated(&self) -> u64 {
        let lanes = self.partitions.iter().flat_map(|shelf| &shelf.lanes);
        lanes.map(|found| found.twice.count()).sum()
    }
}

impl Shelf {
    fn read(&mut self, speaker: Speaker, log: &Log) {
        if self.speaker == Some(speaker) && self.read_to == log.end() {
            return;
        }
        // A leader only appends. Another log, or one that may have been cut, is read again.
        if self.speaker != Some(speaker) || !speaker.leads || log.end() < self.read_to {
            self.lanes.clear();
            self.read_to = log.start();
            self.speaker = Some(speaker);
        }
        for entry in log.entries_from(self.read_to) {
            let NodeId::Producer(number) = entry.batch.producer else {
                continue;
            };
            let lane = usize::from(number.saturating_sub(1));
            if lane >= self.lanes.len() {
                self.lanes.resize_with(lane + 1, Found::default);
            }
            let (found, first) = (&mut self.lanes[lane], entry.batch.ordinal);
            let ordinals = first..first.saturating_add(entry.batch.len());
            for again in found.stored.common(&ordinals) {
                found.twice.add(again);
            }
            found.stored.add(ordinals);
        }
        self.read_to = log.end();
    }
}

impl World {
    /// The topic's partitions as the controller whose word counts has them.
    pub(super) fn topic_partitions(&self) -> impl Iterator<Item = (PartitionId, &PartitionState)> {
        let image = self.image();
        self.topic_id()
            .into_iter()
            .flat_map(move |topic| image.partitions_of(topic))
    }

    /// Whose log says what is stored: the leader's, once it knows that it leads; before that, and while nobody leads, that
    /// of the replica that is furthest.
    pub(super) fn speaker(&self, id: PartitionId, state: &PartitionState) -> Option<(Speaker, &Log)> {
        let leads = |replica: &&Replica| replica.is_leader() && replica.leader_epoch == state.leader_epoch;
        if let Some(broker) = state.leader
            && let Some(replica) = self.replica(broker, id).filter(leads)
        {
            let epoch = state.leader_epoch;
            let speaker = Speaker {
                broker,
                epoch,
                leads: true,
            };
            return Some((speaker, &replica.log));
        }
        let logs = state
            .replicas
            .iter()
            .filter_map(|broker| Some((*broker, &self.replica(*broker, id)?.log)));
        let epoch_of = |log: &Log| log.entries_backwards().next().map_or(0, |entry| entry.leader_epoch);
        let (broker, log) = logs.max_by_key(|(broker, log)| (epoch_of(log), log.end(), std::cmp::Reverse(*broker)))?;
        let speaker = Speaker {
            broker,
            epoch: epoch_of(log),
            leads: false,
        };
        Some((speaker, log))
    }

    fn replica(&self, broker: BrokerId, partition: PartitionId) -> Option<&Replica> {
        self.broker(broker)?.replica(partition)
    }
}
