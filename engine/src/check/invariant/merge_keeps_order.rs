//! The merge step lets records go in order.

use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::trace::{Event, Fact, Intervals};
use std::collections::BTreeMap;

/// **The merge step lets no record go before an earlier one about the same subject, unless that was given up**: up to the
/// number to which it is done, as many are missing as it says that it has given up. And **nothing gets lost in it**: what
/// was processed has been let go, is held, or came twice. Holds with `order.repair`, for the main group's application: what
/// further groups process does not come to it.
#[derive(Debug, Default)]
pub struct MergeKeepsOrder {
    came: BTreeMap<KeyId, Intervals>,
    processed: u64,
}

impl Invariant for MergeKeepsOrder {
    fn name(&self) -> &'static str {
        "merge-keeps-order"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        let trace = moment.world.trace();
        let before = self.processed;
        for event in moment.events() {
            if let Fact::RecordProcessed { subject, sequence, .. } = event.fact
                && moment.world.account_of(event.node) == Some(0)
            {
                self.processed += 1;
                self.came.entry(subject).or_default().add(sequence..sequence + 1);
            }
        }
        if before == self.processed {
            return Ok(());
        }
        if let Some(figures) = trace.merge_figures(moment.world.now()) {
            let accounted = figures.released + figures.held + figures.duplicates;
            if accounted != self.processed {
                let message = format!(
                    "{} records came to the merge step, and it knows of {accounted}",
                    self.processed
                );
                return Err(Broken::new(message));
            }
        }
        for event in moment.events() {
            let Fact::RecordProcessed { subject, .. } = event.fact else {
                continue;
            };
            if !is_main(event, moment) {
                continue;
            }
            let Some((done, given_up)) = trace.merged_about(subject) else {
                continue;
            };
            let all = 1..done.saturating_add(1);
            let came = self.came.get(&subject).into_iter().flat_map(|came| came.common(&all));
            let came: u64 = came.map(|stretch| u64::from(stretch.end - stretch.start)).sum();
            if came + given_up != u64::from(done) {
                let name = moment.world.dictionary().key_text(subject);
                let message = format!(
                    "the merge step has let go all about {name} up to number {done}: {came} of them came, and {given_up} \
                     were given up"
                );
                return Err(Broken::at(event.id, message));
            }
        }
        Ok(())
    }
}

/// Whether the main group's application, that of its retry topics included, did that.
fn is_main(event: &Event, moment: &Moment) -> bool {
    moment.world.account_of(event.node) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::wire::NodeId;

    /// The next record about the first subject is processed, or the one after it.
    fn comes(patient: &mut Patient, ahead: u32) {
        let (partition, leader) = (patient.partition(), patient.leader());
        let subject = patient.batches(leader)[0].batch.records()[0].subject;
        let (done, _) = patient.world.trace().merged_about(subject).unwrap();
        let processed = Fact::RecordProcessed {
            partition,
            offset: 0,
            subject,
            sequence: done + ahead,
            latency_us: 0,
        };
        patient.claim(NodeId::Consumer(1), processed);
    }

    #[test]
    fn a_record_that_overtakes_one_is_noticed() {
        let mut patient = Patient::with(|setup| setup.order_repair = true);
        assert_eq!(patient.ask(&mut MergeKeepsOrder::default()), Ok(()));
        comes(&mut patient, 2);
        assert_eq!(patient.ask(&mut MergeKeepsOrder::default()), Ok(()), "it is held");
        patient.world.doctor_merge();
        let broken = patient.ask(&mut MergeKeepsOrder::default()).unwrap_err();
        assert!(broken.message.contains("and 0 were given up"), "{}", broken.message);
    }

    #[test]
    fn a_record_that_gets_lost_in_it_is_noticed() {
        let mut patient = Patient::with(|setup| setup.order_repair = true);
        let mut invariant = MergeKeepsOrder {
            processed: 1,
            ..MergeKeepsOrder::default()
        };
        comes(&mut patient, 1);
        let broken = patient.ask(&mut invariant).unwrap_err();
        assert!(broken.message.contains("and it knows of"), "{}", broken.message);
    }
}
