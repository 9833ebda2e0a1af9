//! A leader's high watermark never goes back.

use crate::check::{Broken, Invariant, Moment};

/// **A leader's high watermark never goes back** within its epoch and the life of its process. Holds under all settings
/// (`Partition.maybeIncrementLeaderHW`, `UnifiedLog.maybeIncrementHighWatermark`). A follower's may.
#[derive(Debug)]
pub struct HighWatermarkMonotonic;

impl Invariant for HighWatermarkMonotonic {
    fn name(&self) -> &'static str {
        "high-watermark-monotonic"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for change in moment.changes() {
            let Some(before) = change.before else { continue };
            let same_leader = before.leads && change.now.leads && before.epoch == change.now.epoch;
            if same_leader && change.now.high_watermark < before.high_watermark {
                return Err(Broken::new(format!(
                    "the high watermark of {} at its leader {} has gone back from {} to {}",
                    moment.world.names().partition(change.partition),
                    change.broker,
                    before.high_watermark,
                    change.now.high_watermark
                )));
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
    fn a_step_back_is_noticed() {
        let mut patient = Patient::healthy();
        let leader = patient.leader();
        patient.replica(leader).high_watermark -= 1;
        assert_eq!(patient.diagnosis(), Some(HighWatermarkMonotonic.name()));
    }

    #[test]
    fn a_follower_may_step_back() {
        let mut patient = Patient::healthy();
        let follower = patient.follower();
        patient.replica(follower).high_watermark -= 1;
        assert_eq!(patient.diagnosis(), None);
    }
}
