//! Each effect happens once.

use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::trace::Fact;
use std::collections::BTreeSet;

/// **With `sink.dedup` each record has its effect once**, however often it is processed: the sink has as many effects as
/// there are records that were processed, and none twice.
#[derive(Debug, Default)]
pub struct EffectsOnce {
    processed: BTreeSet<(KeyId, u32)>,
}

impl Invariant for EffectsOnce {
    fn name(&self) -> &'static str {
        "effects-once"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        let mut last = None;
        for event in moment.events() {
            if let Fact::RecordProcessed { subject, sequence, .. } = event.fact
                && moment.world.account_of(event.node) == Some(0)
            {
                self.processed.insert((subject, sequence));
                last = Some(event.id);
            }
        }
        let Some(event) = last else { return Ok(()) };
        let Some((applied, repeated)) = moment.world.sink_figures() else {
            return Ok(());
        };
        let records = self.processed.len() as u64;
        if repeated > 0 || applied != records {
            let message =
                format!("{records} records were processed, but the sink has {applied} effects and {repeated} repeated");
            return Err(Broken::at(event, message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::wire::NodeId;

    #[test]
    fn a_record_without_its_effect_is_noticed() {
        let mut patient = Patient::with(|setup| setup.downstream.dedup = true);
        assert_eq!(patient.ask(&mut EffectsOnce::default()), Ok(()));
        let (partition, leader) = (patient.partition(), patient.leader());
        let record = patient.batches(leader)[0].batch.records()[0];
        let processed = Fact::RecordProcessed {
            partition,
            offset: 0,
            subject: record.subject,
            sequence: 1_000_000,
            latency_us: 0,
        };
        patient.claim(NodeId::Consumer(1), processed);
        let broken = patient.ask(&mut EffectsOnce::default()).unwrap_err();
        assert!(broken.message.contains("and 0 repeated"), "{}", broken.message);
    }
}
