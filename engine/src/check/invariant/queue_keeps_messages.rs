//! Messages of the work queue.

use crate::check::{Broken, Invariant, Moment};
use crate::log::KeyId;
use crate::trace::{Fact, WorkFact, WorkStep};
use std::collections::BTreeSet;

/// **Every message of the work queue ends deleted or dead, or is there; and only one worker has it at a time**: it waits, or
/// a worker has it, until that acknowledges it or the visibility timeout is over. Holds under all settings: the queue itself
/// does not fail.
#[derive(Debug, Default)]
pub struct QueueKeepsMessages {
    waits: BTreeSet<(KeyId, u32)>,
    delivered: BTreeSet<(KeyId, u32)>,
}

impl QueueKeepsMessages {
    fn note(&mut self, fact: WorkFact) -> Result<(), &'static str> {
        let message = (fact.subject, fact.sequence);
        let is_right = match fact.step {
            WorkStep::Queued => !self.delivered.contains(&message) && self.waits.insert(message),
            WorkStep::Delivered => self.waits.remove(&message) && self.delivered.insert(message),
            WorkStep::Deleted | WorkStep::DeadLettered => self.delivered.remove(&message),
            WorkStep::Reappeared => self.delivered.remove(&message) && self.waits.insert(message),
            WorkStep::Refused | WorkStep::AcknowledgedLate | WorkStep::Processed | WorkStep::Failed => true,
        };
        let what = match fact.step {
            WorkStep::Queued => "is queued, and was there",
            WorkStep::Delivered => "is delivered, and did not wait",
            WorkStep::Deleted => "is deleted, and nobody had it",
            WorkStep::DeadLettered => "is given up, and nobody had it",
            _ => "comes back, and nobody had it",
        };
        if is_right { Ok(()) } else { Err(what) }
    }
}

impl Invariant for QueueKeepsMessages {
    fn name(&self) -> &'static str {
        "queue-keeps-messages"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        let mut last = None;
        for event in moment.events() {
            let Fact::Work(fact) = event.fact else { continue };
            last = Some(event.id);
            self.note(fact).map_err(|what| {
                let subject = moment.world.dictionary().key_text(fact.subject);
                Broken::at(event.id, format!("message {subject} {} {what}", fact.sequence))
            })?;
        }
        let Some(queue) = last.and_then(|_| moment.world.work_queue()) else {
            return Ok(());
        };
        let (waits, delivered) = (self.waits.len() as u64, self.delivered.len() as u64);
        if (queue.ready, queue.in_flight) != (waits, delivered) {
            return Err(Broken::new(format!(
                "{waits} messages should wait and {delivered} be with workers, but {} wait and {} are with workers",
                queue.ready, queue.in_flight
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::wire::NodeId;

    fn patient() -> Patient {
        Patient::with(|setup| setup.work_queue.workers = 2)
    }

    fn message(patient: &mut Patient, step: WorkStep, sequence: u32) -> Fact {
        let leader = patient.leader();
        let subject = patient.batches(leader)[0].batch.records()[0].subject;
        Fact::Work(WorkFact {
            step,
            worker: 1,
            subject,
            sequence,
            receives: 1,
        })
    }

    #[test]
    fn a_message_that_two_workers_have_is_noticed() {
        let mut patient = patient();
        assert_eq!(patient.diagnosis(), None);
        let mut invariant = QueueKeepsMessages::default();
        for step in [WorkStep::Queued, WorkStep::Delivered, WorkStep::Delivered] {
            let fact = message(&mut patient, step, 1_000_000);
            patient.claim(NodeId::Queue, fact);
        }
        let found = patient.finding(&mut invariant);
        assert!(found.is_some_and(|found| found.contains("did not wait")));
    }

    #[test]
    fn a_message_that_is_gone_is_noticed() {
        let mut patient = patient();
        let fact = message(&mut patient, WorkStep::Queued, 1_000_000);
        patient.claim(NodeId::Queue, fact);
        assert_eq!(patient.diagnosis(), Some("queue-keeps-messages"));
    }
}
