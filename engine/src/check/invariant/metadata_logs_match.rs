//! The controllers' logs match.

use crate::check::{Broken, Invariant, Moment};
use crate::controller::Controller;
use crate::trace::EventId;
use crate::wire::{MetadataEntry, NodeId, QuorumEpoch, QuorumRole};
use std::collections::BTreeMap;

/// **The metadata logs match up to the high watermark**: what one controller has committed, every controller has below
/// its own high watermark, and so has every one that becomes the leader of the quorum (KIP-595). Holds under all
/// settings: a controller does not lose its disk.
#[derive(Debug, Default)]
pub struct MetadataLogsMatch {
    /// What was committed: of each record its epoch, and the event that wrote it.
    committed: Vec<(QuorumEpoch, EventId)>,
    /// How much of each controller's log was seen to match, and the epoch in which it was seen to lead.
    matched: BTreeMap<u8, (usize, QuorumEpoch)>,
}

fn identity(entry: &MetadataEntry) -> (QuorumEpoch, EventId) {
    (entry.epoch, entry.cause)
}

impl Invariant for MetadataLogsMatch {
    fn name(&self) -> &'static str {
        "metadata-logs-match"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        let touched = |c: &&Controller| moment.touched.contains(NodeId::Controller(c.number()));
        for controller in moment.world.controllers().filter(touched) {
            self.compare(controller)?;
        }
        Ok(())
    }
}

impl MetadataLogsMatch {
    fn compare(&mut self, controller: &Controller) -> Result<(), Broken> {
        let (log, number) = (controller.metadata_log(), controller.number());
        let (seen, led) = self.matched.get(&number).copied().unwrap_or_default();
        let below = usize::try_from(controller.high_watermark())
            .unwrap_or(usize::MAX)
            .min(log.len());
        // Of a controller that was started again the high watermark begins at 0, and its log is read anew.
        for (place, entry) in log.iter().enumerate().take(below).skip(seen) {
            match self.committed.get(place) {
                None => self.committed.push(identity(entry)),
                Some(committed) if *committed == identity(entry) => {}
                Some(committed) => {
                    return Err(Broken::new(format!(
                        "ctrl{number} has committed record {place} of epoch {}, where one of epoch {} was committed",
                        entry.epoch, committed.0
                    )));
                }
            }
        }
        let leads = controller.role() == QuorumRole::Leader && controller.epoch() != led;
        if leads {
            let agreed = self
                .committed
                .iter()
                .zip(log)
                .take_while(|(committed, entry)| **committed == identity(entry));
            let agreed = agreed.count();
            // What was committed in a later epoch, one that leads too late need not have.
            if self
                .committed
                .get(agreed)
                .is_some_and(|(epoch, _)| *epoch < controller.epoch())
            {
                return Err(Broken::new(format!(
                    "ctrl{number} leads the quorum in epoch {} without record {agreed}, which was committed in epoch {}",
                    controller.epoch(),
                    self.committed[agreed].0
                )));
            }
        }
        let led = if leads { controller.epoch() } else { led };
        self.matched.insert(number, (below, led));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;

    #[test]
    fn another_record_is_noticed() {
        let mut patient = Patient::with(|setup| setup.controllers = 3);
        assert_eq!(patient.first_impression(), None);
        patient.world.doctor_controller(2).doctor_log();
        assert_eq!(patient.first_impression(), Some(MetadataLogsMatch::default().name()));
    }
}
