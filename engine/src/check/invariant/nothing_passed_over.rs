//! No record is passed over.

use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::trace::{Fact, Intervals};
use crate::wire::{NodeId, Offset, PartitionId};
use std::collections::BTreeMap;

/// **A group commits an offset only when each record below it is done with**: processed, passed over as the policy says, or
/// stored where it was sent on, so that the same holds there. So every record ends in one of *processed*, *dead letter* or
/// *skipped as told*, or is still under way. Holds where one group reads the topic and commits after processing; with
/// `enable.auto.commit` a consumer that closes commits what it has in hand.
#[derive(Debug, Default)]
pub struct NothingPassedOver {
    done: BTreeMap<PartitionId, Intervals>,
    /// Where the records came from that a consumer has sent on.
    from: BTreeMap<(NodeId, KeyId, u32), (PartitionId, Offset)>,
}

impl NothingPassedOver {
    fn mark(&mut self, partition: PartitionId, from: Offset, to: Offset) {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        self.done.entry(partition).or_default().add(narrow(from)..narrow(to));
    }

    /// The first record below `offset` with which nobody is done.
    fn gap(&self, partition: PartitionId, offset: Offset) -> Option<Offset> {
        let first = self.done.get(&partition).and_then(|done| done.iter().next());
        let reached = first
            .filter(|stretch| stretch.start == 0)
            .map_or(0, |stretch| stretch.end);
        (u64::from(reached) < offset).then_some(reached.into())
    }
}

impl Invariant for NothingPassedOver {
    fn name(&self) -> &'static str {
        "nothing-passed-over"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            match event.fact {
                Fact::RecordProcessed { partition, offset, .. } | Fact::RecordSkipped { partition, offset, .. } => {
                    self.mark(partition, offset, offset + 1);
                }
                Fact::RecordSentOn {
                    partition,
                    offset,
                    subject,
                    sequence,
                    ..
                } => {
                    self.from.insert((event.node, subject, sequence), (partition, offset));
                }
                Fact::RecordStoredOn { subject, sequence, .. } => {
                    if let Some((partition, offset)) = self.from.remove(&(event.node, subject, sequence)) {
                        self.mark(partition, offset, offset + 1);
                    }
                }
                // What a group without an offset begins behind, it need not read.
                Fact::PositionSet {
                    partition,
                    offset,
                    committed: false,
                } => self.mark(partition, 0, offset),
                Fact::OffsetCommitted { partition, offset } => {
                    if let Some(gap) = self.gap(partition, offset) {
                        let partition = moment.world.names().partition(partition);
                        let message =
                            format!("{partition} is committed at {offset}, but nobody is done with offset {gap}");
                        return Err(Broken::at(event.id, message));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;

    #[test]
    fn a_commit_past_a_record_that_nobody_has_processed_is_noticed() {
        let mut patient = Patient::healthy();
        let partition = patient.partition();
        patient.claim(NodeId::Broker(1), Fact::OffsetCommitted { partition, offset: 1 });
        assert_eq!(patient.diagnosis(), None);
        let offset = 1_000_000;
        patient.claim(NodeId::Broker(1), Fact::OffsetCommitted { partition, offset });
        assert_eq!(patient.diagnosis(), Some("nothing-passed-over"));
    }
}
