//! How long partitions could not be written to: an account that only reads.

use super::World;
use crate::wire::{Acks, Micros, NodeId, Offset, PartitionState, TopicId};

/// Since when each partition of the topic cannot be written to, and the longest that it could not.
#[derive(Debug, Clone, Default)]
pub(super) struct Availability {
    rows: Vec<Row>,
    /// Whose metadata was looked at, up to where.
    seen: Option<(Option<u8>, Offset)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Row {
    since: Option<Micros>,
    longest: Micros,
}

impl Row {
    fn note(&mut self, now: Micros, is_available: bool) {
        if is_available {
            let lasted = self.since.take().map_or(0, |since| now - since);
            self.longest = self.longest.max(lasted);
        } else {
            self.since.get_or_insert(now);
        }
    }
}

impl World {
    /// The longest that the partition could not be written to, so far, in microseconds.
    #[must_use]
    pub fn longest_unavailable_us(&self, partition: u16) -> Micros {
        let row = self.availability.rows.get(usize::from(partition));
        row.map_or(0, |row| {
            let lasts = row.since.map_or(0, |since| self.now.saturating_sub(since));
            row.longest.max(lasts)
        })
    }

    pub(super) fn unavailable_since(&self, partition: u16) -> Option<Micros> {
        self.availability.rows.get(usize::from(partition))?.since
    }

    /// A controller has handled something: perhaps somebody else leads now.
    pub(super) fn account_for_metadata(&mut self) {
        let seen = Some((self.active_controller(), self.image().offset));
        if seen != self.availability.seen {
            self.availability.seen = seen;
            self.account_for_availability();
        }
    }

    /// Something has happened that may have made partitions available, or not.
    pub(super) fn account_for_availability(&mut self) {
        let Some(topic) = self.topic_id() else { return };
        let mut rows = std::mem::take(&mut self.availability.rows);
        for (id, state) in self.image().partitions_of(topic) {
            let index = usize::from(id.index);
            if index >= rows.len() {
                rows.resize(index + 1, Row::default());
            }
            rows[index].note(self.now, self.is_writable(topic, state));
        }
        self.availability.rows = rows;
    }

    /// Whether a producer can write to the partition with success: its leader runs and can be reached by one of them, and
    /// with acks=all there are enough in sync.
    fn is_writable(&self, topic: TopicId, state: &PartitionState) -> bool {
        let Some(leader) = state.leader.map(NodeId::from) else {
            return false;
        };
        let enough = self.setup.producer.acks != Acks::All || state.isr.len() >= self.effective_min_isr(topic, state);
        enough && self.processes.is_running(leader) && self.is_reached_by_a_producer(leader)
    }

    fn is_reached_by_a_producer(&self, leader: NodeId) -> bool {
        let reaches = |producer| !self.network.is_cut(producer, leader) && !self.network.is_cut(leader, producer);
        self.setup.producers == 0 || (1..=self.setup.producers).map(NodeId::Producer).any(reaches)
    }

    /// `min.insync.replicas` of the topic, or all replicas where there are fewer (KIP-966,
    /// `Partition.effectiveMinIsr`).
    pub(super) fn effective_min_isr(&self, topic: TopicId, state: &PartitionState) -> usize {
        let own = self.image().topics.get(&topic);
        let wanted = own.and_then(|topic| topic.min_insync_replicas);
        usize::from(wanted.unwrap_or(self.setup.broker.min_insync_replicas)).min(state.replicas.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_gap_is_remembered() {
        let mut row = Row::default();
        for (now, is_available) in [
            (10, true),
            (20, false),
            (25, false),
            (50, true),
            (60, false),
            (61, true),
        ] {
            row.note(now, is_available);
        }
        assert_eq!((row.since, row.longest), (None, 30));
    }
}
