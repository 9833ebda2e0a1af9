//! Consumers read what is committed.

use crate::check::{Broken, Invariant, Moment};
use crate::trace::Fact;

/// **What a consumer processes is committed, and stays**: below a high watermark that a leader had, and the same record
/// that all later leaders have there. Holds as long as nothing committed is lost ([`crate::check::Promise`]).
#[derive(Debug)]
pub struct CommittedReadsOnly;

impl Invariant for CommittedReadsOnly {
    fn name(&self) -> &'static str {
        "committed-reads-only"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            let Fact::RecordProcessed {
                partition,
                offset,
                subject,
                sequence,
                ..
            } = event.fact
            else {
                continue;
            };
            let Some(history) = moment.history.partition(partition) else {
                continue;
            };
            if history.promise().is_void() {
                continue;
            }
            let committed = history.committed_at(offset).and_then(|entry| {
                let place = usize::try_from(offset - entry.base_offset).ok()?;
                entry.batch.records().get(place)
            });
            if committed.is_none_or(|record| (record.subject, record.sequence) != (subject, sequence)) {
                let partition = moment.world.names().partition(partition);
                return Err(Broken::at(
                    event.id,
                    format!(
                        "{} has processed {partition}@{offset}, which is not committed: that ends at {}",
                        event.node,
                        history.committed_end()
                    ),
                ));
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

    #[test]
    fn a_read_of_what_is_not_committed_is_noticed() {
        let mut patient = Patient::healthy();
        let partition = patient.partition();
        let leader = patient.leader();
        let subject = patient.batches(leader)[0].batch.records()[0].subject;
        let read = Fact::RecordProcessed {
            partition,
            offset: 1_000_000,
            subject,
            sequence: 1,
            latency_us: 0,
        };
        patient.claim(NodeId::Consumer(1), read);
        assert_eq!(patient.diagnosis(), Some(CommittedReadsOnly.name()));
    }
}
