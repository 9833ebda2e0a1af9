//! The high watermark stands still below the minimum ISR.

use crate::check::{Broken, Invariant, Moment};
use crate::trace::Fact;
use crate::world::Setup;

/// **The high watermark stands still while the ISR is below the effective `min.insync.replicas`**, whatever `acks` is.
/// Holds under all settings since KIP-966 (`Partition.maybeIncrementLeaderHW`). `min.insync.replicas` is the topic's as
/// the leader knows it, and at most the number of replicas.
#[derive(Debug)]
pub struct HighWatermarkNeedsMinIsr {
    min_isr: u8,
}

impl HighWatermarkNeedsMinIsr {
    /// With the cluster's `min.insync.replicas`.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        Self {
            min_isr: setup.broker.min_insync_replicas.max(1),
        }
    }
}

impl Invariant for HighWatermarkNeedsMinIsr {
    fn name(&self) -> &'static str {
        "high-watermark-needs-min-isr"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        // A process that goes on handles much in one step: what it knew when the watermark moved cannot be seen any more.
        if moment.events().any(|event| event.fact == Fact::ProcessResumed) {
            return Ok(());
        }
        for change in moment.changes() {
            let Some(before) = change.before else { continue };
            let moved = before.leads
                && change.now.leads
                && before.epoch == change.now.epoch
                && change.now.high_watermark > before.high_watermark;
            // An ISR that has changed in the same step may have been large enough when the watermark moved.
            if !moved || before.isr != change.now.isr {
                continue;
            }
            let Some(broker) = moment.world.broker_of(change.broker) else {
                continue;
            };
            let image = broker.image();
            let Some(state) = image.partitions.get(&change.partition) else {
                continue;
            };
            let topic = image.topics.get(&change.partition.topic);
            let wanted = topic
                .and_then(|topic| topic.min_insync_replicas)
                .unwrap_or(self.min_isr);
            let effective = usize::from(wanted).min(state.replicas.len());
            if (change.now.isr.len() as usize) < effective {
                return Err(Broken::new(format!(
                    "the high watermark of {} moved to {} at {} with in-sync replicas {}, and {effective} are needed",
                    moment.world.names().partition(change.partition),
                    change.now.high_watermark,
                    change.broker,
                    change.now.isr,
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::doctored::Patient;

    #[test]
    fn a_step_of_a_lonely_leader_is_noticed() {
        let mut patient = Patient::healthy();
        let leader = patient.leader();
        patient.replica(leader).doctor_isr(&[leader]);
        assert_eq!(patient.diagnosis(), Some("isr-within-maximal"), "and still it stands");
        patient.replica(leader).high_watermark += 1;
        assert_eq!(patient.diagnosis(), Some("high-watermark-needs-min-isr"));
    }
}
