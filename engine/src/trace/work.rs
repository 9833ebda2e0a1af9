//! What happens on the plain work queue beside the topic, and its sums.

use super::Intervals;
use crate::log::KeyId;

/// One thing that happened to one message of the work queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkFact {
    /// What.
    pub step: WorkStep,
    /// The worker that it is about, from 1; 0 when there is none.
    pub worker: u8,
    /// What the record is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// How often it has been delivered.
    pub receives: u32,
}

/// What can happen to a message of the work queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkStep {
    /// Queue: it waits.
    Queued,
    /// Queue: there is no room for it, and it is dropped.
    Refused,
    /// Queue: a worker gets it, and nobody else sees it for now.
    Delivered,
    /// Queue: the worker has acknowledged it, and it is deleted.
    Deleted,
    /// Queue: the acknowledgement came after the visibility timeout: it is not deleted by that.
    AcknowledgedLate,
    /// Queue: nobody has acknowledged it in time: it waits again, behind the others.
    Reappeared,
    /// Queue: it has been delivered too often, and goes to the dead letters.
    DeadLettered,
    /// Worker: the application has processed it.
    Processed,
    /// Worker: processing it has failed: it says nothing, and the message comes back.
    Failed,
}

/// Sums over the work queue.
#[derive(Debug, Clone, Default)]
pub struct WorkCounters {
    /// Messages that it took.
    pub queued: u64,
    /// Messages for which it had no room.
    pub refused: u64,
    /// Deliveries.
    pub delivered: u64,
    /// Messages that were acknowledged in time, and are gone.
    pub deleted: u64,
    /// Acknowledgements that came too late to delete anything.
    pub late: u64,
    /// Messages that came back.
    pub reappeared: u64,
    /// Messages that were given up.
    pub dead: u64,
    /// Times that an application was done with one.
    pub processed: u64,
    /// Those of them that it had been done with before: the work was done again.
    pub processed_again: u64,
    /// Those that were processed after a later one about the same subject.
    pub out_of_order: u64,
    /// Times that processing has failed.
    pub failed: u64,
    /// Of the messages that are gone, how many were delivered once, twice, and so on; the last stands for all that were
    /// delivered more often.
    pub by_receives: [u64; Self::MOST_RECEIVES],
    subjects: Vec<Worked>,
}

/// What was processed about one subject.
#[derive(Debug, Clone, Default)]
struct Worked {
    done: Intervals,
    highest: u32,
    out_of_order: u64,
}

impl WorkCounters {
    /// So many kinds of *delivered so often* are told apart.
    pub const MOST_RECEIVES: usize = 6;

    pub(super) fn add(&mut self, fact: &WorkFact) {
        match fact.step {
            WorkStep::Queued => self.queued += 1,
            WorkStep::Refused => self.refused += 1,
            WorkStep::Delivered => self.delivered += 1,
            WorkStep::Deleted => {
                self.deleted += 1;
                self.add_gone(fact.receives);
            }
            WorkStep::AcknowledgedLate => self.late += 1,
            WorkStep::Reappeared => self.reappeared += 1,
            WorkStep::DeadLettered => {
                self.dead += 1;
                self.add_gone(fact.receives);
            }
            WorkStep::Processed => self.add_processed(fact),
            WorkStep::Failed => self.failed += 1,
        }
    }

    fn add_gone(&mut self, receives: u32) {
        let place = (receives.max(1) as usize).min(Self::MOST_RECEIVES) - 1;
        self.by_receives[place] += 1;
    }

    fn add_processed(&mut self, fact: &WorkFact) {
        let index = fact.subject.index();
        if index >= self.subjects.len() {
            self.subjects.resize_with(index + 1, Worked::default);
        }
        let about = &mut self.subjects[index];
        self.processed += 1;
        if about.done.add(fact.sequence..fact.sequence + 1) == 0 {
            self.processed_again += 1;
        }
        let late = u64::from(fact.sequence < about.highest);
        about.highest = about.highest.max(fact.sequence);
        about.out_of_order += late;
        self.out_of_order += late;
    }

    /// Records about that subject that were processed after a later one.
    #[must_use]
    pub fn out_of_order_about(&self, subject: KeyId) -> u64 {
        self.subjects.get(subject.index()).map_or(0, |about| about.out_of_order)
    }

    /// Records about that subject that were processed at least once.
    #[must_use]
    pub fn done_about(&self, subject: KeyId) -> u64 {
        self.subjects.get(subject.index()).map_or(0, |about| about.done.count())
    }
}
