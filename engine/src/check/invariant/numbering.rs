//! What brokers know of the numbers of idempotent producers, and what they forget.

use crate::check::Moment;
use crate::log::LogEntry;
use crate::trace::Fact;
use crate::wire::{BrokerId, NodeId, PartitionId, ProducerEpoch, ProducerId};
use std::collections::{BTreeMap, BTreeSet};

/// Where Kafka itself does not tell a duplicate, or a gap, and says so:
///
/// - Of a producer id that a partition does not know, any first number is taken (KIP-360). So a batch may come before
///   those that are still on their way to the last leader; they are then refused, and come again under a new epoch, and it
///   once more with them.
/// - A broker that was stopped in order knows only the last batch of each producer when it is started again
///   (`ProducerStateManager.writeSnapshot`). A retry of the one before is refused as out of order, and comes again under a
///   new epoch.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    producers: BTreeMap<(PartitionId, NodeId), Known>,
    /// Brokers that were stopped in order, and not killed since.
    forgetful: BTreeSet<BrokerId>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    numbers: Option<(ProducerId, ProducerEpoch)>,
    ragged: bool,
}

/// What a committed batch means for what came before it from its producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    /// It follows.
    On,
    /// What came before may come again.
    Anew,
    /// It begins in the middle, and nothing can be said before the next epoch.
    Ragged,
}

impl Numbering {
    /// Takes note of who forgets. Answers the partitions whose leader has forgotten what came before.
    pub(super) fn forgotten(&mut self, moment: &Moment) -> Vec<PartitionId> {
        for event in moment.events() {
            let NodeId::Broker(number) = event.node else { continue };
            match event.fact {
                Fact::ProcessStopped => {
                    self.forgetful.insert(BrokerId(number));
                }
                Fact::ProcessCrashed => {
                    self.forgetful.remove(&BrokerId(number));
                }
                _ => {}
            }
        }
        let new_leaders = moment.changes().filter(|change| change.became_leader());
        new_leaders
            .filter(|change| self.forgetful.contains(&change.broker))
            .map(|change| change.partition)
            .collect()
    }

    /// A batch of an idempotent producer is committed.
    pub(super) fn note(&mut self, partition: PartitionId, entry: &LogEntry) -> Follows {
        let Some(sequence) = entry.batch.sequence else {
            return Follows::On;
        };
        let known = self.producers.entry((partition, entry.batch.producer)).or_default();
        let numbers = Some((sequence.producer_id, sequence.epoch));
        if known.numbers == numbers {
            return if known.ragged { Follows::Ragged } else { Follows::On };
        }
        let was_ragged = known.ragged;
        *known = Known {
            numbers,
            ragged: sequence.base != 0,
        };
        match (known.ragged, was_ragged) {
            (true, _) => Follows::Ragged,
            (false, true) => Follows::Anew,
            (false, false) => Follows::On,
        }
    }
}
