//! Partial counts make the total.

use crate::check::{Broken, Invariant, Moment};
use crate::trace::Fact;

/// **The total about a subject, put together from what each consumer has counted under each key, is what was processed of
/// it**, whatever the rule for keys was and is. Holds as long as no two subjects make the same key: then neither would know
/// whose count it is.
#[derive(Debug)]
pub struct PartialsAddUp;

impl Invariant for PartialsAddUp {
    fn name(&self) -> &'static str {
        "partials-add-up"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        let trace = moment.world.trace();
        for event in moment.events() {
            let Fact::RecordProcessed { subject, .. } = event.fact else {
                continue;
            };
            let processed = trace.counters().subjects.get(subject.index());
            let processed = processed.map_or(0, |counted| counted.processed);
            let (total, _) = trace.total_about(subject);
            if total != processed {
                let name = moment.world.dictionary().key_text(subject);
                let message = format!("{processed} records about {name} are processed, and the counts make {total}");
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
    use crate::wire::NodeId;
    use crate::workload::KeyRule;

    #[test]
    fn a_record_that_is_in_no_count_is_noticed() {
        let mut patient = Patient::with(|setup| {
            setup.workload.key = KeyRule::Salt {
                shards: 4,
                only: Vec::new(),
            };
        });
        let (partition, leader) = (patient.partition(), patient.leader());
        let record = patient.batches(leader)[0].batch.records()[0];
        let processed = Fact::RecordProcessed {
            partition,
            offset: 0,
            subject: record.subject,
            sequence: record.sequence,
            latency_us: 0,
        };
        patient.claim(NodeId::Consumer(1), processed);
        assert_eq!(patient.diagnosis(), Some(PartialsAddUp.name()));
    }
}
