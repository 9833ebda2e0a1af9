//! What it takes to read what is about one subject as a whole: totals put together from partial counts, and order put
//! back by a merge step.

use super::World;
use crate::log::KeyId;
use crate::trace::MergeFigures;

/// The merge step behind the consumers, and what it is fed from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergeView {
    /// Whether it puts records back in order (`order.repair`); without, all figures are 0.
    pub repairs: bool,
    /// What it has done.
    pub figures: MergeFigures,
    /// How long it has held a record, in the mean over all that it let go, those included that it did not hold.
    pub mean_delay_us: u64,
    /// The subjects with the most records, the most frequent first, at most [`MergeView::SHOWN`].
    pub subjects: Vec<MergedSubject>,
}

impl MergeView {
    /// How many subjects are shown.
    pub const SHOWN: usize = 20;
}

/// What is about one subject, and in how many places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergedSubject {
    /// Which.
    pub subject: KeyId,
    /// Records sent about it.
    pub sent: u64,
    /// Processed.
    pub processed: u64,
    /// The total, put together from the partial counts.
    pub aggregate: u64,
    /// From how many: so many reads does the total take.
    pub partials: u32,
    /// Partitions that its records fan in from. Kept for the first 4 096 subjects.
    pub partitions: u32,
    /// Processed after a later one.
    pub out_of_order: u64,
    /// Held by the merge step.
    pub held: u64,
}

impl World {
    /// What the merge step has done, and the subjects that it merges.
    #[must_use]
    pub fn merge(&self) -> MergeView {
        let figures = self.trace.merge_figures(self.now);
        let repaired = figures.unwrap_or_default();
        let mut subjects: Vec<(usize, u64)> = Vec::with_capacity(MergeView::SHOWN + 1);
        let counted = self.trace.counters().subjects.iter().enumerate();
        for (place, counters) in counted.filter(|(_, counters)| counters.sent > 0) {
            let rank = subjects.partition_point(|(_, sent)| *sent >= counters.sent);
            if rank < MergeView::SHOWN {
                subjects.insert(rank, (place, counters.sent));
                subjects.truncate(MergeView::SHOWN);
            }
        }
        let subjects = subjects
            .into_iter()
            .filter_map(|(place, _)| self.merged_subject(self.dictionary.key_at(place)?));
        MergeView {
            repairs: figures.is_some(),
            figures: repaired,
            mean_delay_us: repaired.delay_sum_us.checked_div(repaired.released).unwrap_or(0),
            subjects: subjects.collect(),
        }
    }

    /// What is about that subject, and in how many places.
    #[must_use]
    pub fn merged_subject(&self, subject: KeyId) -> Option<MergedSubject> {
        let counters = self.trace.counters();
        let counted = counters.subjects.get(subject.index())?;
        let (aggregate, partials) = self.trace.total_about(subject);
        let partitions = counters
            .partitions
            .iter()
            .filter(|partition| partition.about(subject) > 0);
        Some(MergedSubject {
            subject,
            sent: counted.sent,
            processed: counted.processed,
            aggregate,
            partials,
            partitions: u32::try_from(partitions.count()).unwrap_or(u32::MAX),
            out_of_order: counted.out_of_order,
            held: self.trace.held_about(subject),
        })
    }
}
