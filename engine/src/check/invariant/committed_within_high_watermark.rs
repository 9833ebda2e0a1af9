//! How far groups say that they have read.

use crate::check::{Broken, Invariant, Moment, PartitionHistory};
use crate::trace::Fact;
use crate::wire::{Offset, PartitionId};
use std::collections::BTreeMap;

/// **No group commits an offset beyond the high watermark**: what is not committed in the log nobody has read. Compared with
/// the highest high watermark that a leader ever had, as a new leader may know less at first (KIP-207). Holds where nothing
/// committed was lost in that partition, and up to where no application has called `seek()`: with `enable.auto.commit` its
/// position is committed, whether there is a record or not.
#[derive(Debug, Default)]
pub struct CommittedWithinHighWatermark {
    /// The furthest position that an application was set to, by partition.
    set_to: BTreeMap<PartitionId, Offset>,
}

impl Invariant for CommittedWithinHighWatermark {
    fn name(&self) -> &'static str {
        "committed-within-high-watermark"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            if let Fact::PositionSet {
                partition,
                offset,
                committed: false,
            } = event.fact
            {
                let furthest = self.set_to.entry(partition).or_default();
                *furthest = offset.max(*furthest);
            }
            let Fact::OffsetCommitted { partition, offset } = event.fact else {
                continue;
            };
            if self.set_to.get(&partition).is_some_and(|set_to| offset <= *set_to) {
                continue;
            }
            let known = moment.history.partition(partition);
            let may_be_less = known.is_some_and(|known| known.has_lost() || known.promise().is_void());
            let end = known.map_or(0, PartitionHistory::committed_end);
            if offset > end && !may_be_less {
                let name = moment.world.names().partition(partition);
                let message =
                    format!("offset {offset} of {name} is committed for a group, and its log only up to {end}");
                return Err(Broken::at(event.id, message));
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
    fn a_commit_of_what_nobody_can_have_read_is_noticed() {
        let mut patient = Patient::healthy();
        let partition = patient.partition();
        let leader = patient.leader();
        let end = patient.replica(leader).high_watermark;
        let committed = |offset| Fact::OffsetCommitted { partition, offset };
        patient.claim(leader.into(), committed(end));
        assert_eq!(patient.diagnosis(), None);
        patient.claim(leader.into(), committed(end + 1));
        assert_eq!(patient.diagnosis(), Some("committed-within-high-watermark"));
    }
}
