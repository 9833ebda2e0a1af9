//! What the applications of all consumers share, and what is not Kafka: the service that processing calls, the sink that
//! it writes to, and the store of keys that are in retry.

use super::{Handled, KeysInRetry, Sink};
use crate::log::{FailureWhy, KeyId, Record};
use crate::node::Random;
use crate::wire::{Offset, PartitionId};

/// What becomes of an attempt to process a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is processed.
    Done,
    /// It is not.
    Failed(FailureWhy),
    /// It has killed the process.
    Crash,
}

/// How it is with the service that processing calls, from the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DownstreamConfig {
    /// Records that cannot be processed.
    pub poison: Vec<super::Poison>,
    /// Of a hundred attempts so many fail.
    pub failure_percent: u8,
    /// It is down: every attempt fails.
    pub down: bool,
    /// The sink knows each record that it has had.
    pub dedup: bool,
}

/// The service that processing calls, the sinks behind it, and the store of keys that are in retry.
#[derive(Debug, Clone, Default)]
pub struct Downstream {
    failure_percent: u8,
    down: bool,
    dedup: bool,
    poison_subjects: Vec<(KeyId, bool)>,
    poison_places: Vec<(u16, Offset, bool)>,
    /// The keys that have records in retry topics.
    pub keys: KeysInRetry,
    /// By application: that of the main group is the first.
    groups: Vec<(Sink, Handled)>,
}

impl Downstream {
    /// As the setting is; poison is [set](Downstream::set_poison) apart, because it names subjects.
    #[must_use]
    pub fn new(config: &DownstreamConfig) -> Self {
        Self {
            failure_percent: config.failure_percent,
            down: config.down,
            dedup: config.dedup,
            ..Self::default()
        }
    }

    /// Nothing fails: no attempt need be decided.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        !self.down
            && self.failure_percent == 0
            && self.poison_subjects.is_empty()
            && self.poison_places.is_empty()
            && self.keys.is_empty()
    }

    /// Whether it is down.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.down
    }

    /// It goes down, or comes up.
    pub fn set_down(&mut self, down: bool) {
        self.down = down;
    }

    /// Of a hundred attempts so many fail from now on.
    pub fn set_failure_percent(&mut self, percent: u8) {
        self.failure_percent = percent;
    }

    /// These records cannot be processed from now on, and no others: by subject, and by place in the topic; each with
    /// whether it kills the process.
    pub fn set_poison(&mut self, subjects: Vec<(KeyId, bool)>, places: Vec<(u16, Offset, bool)>) {
        (self.poison_subjects, self.poison_places) = (subjects, places);
    }

    /// What becomes of an attempt to process a record that came first from that partition and offset of the topic. Draws
    /// from the consumer's random stream only where attempts fail by chance.
    pub fn attempt(&self, record: &Record, first_at: (PartitionId, Offset), random: &mut Random) -> Outcome {
        let by_subject = self
            .poison_subjects
            .iter()
            .find(|(subject, _)| *subject == record.subject);
        let here =
            |(partition, offset, _): &&(u16, Offset, bool)| (first_at.0.index, first_at.1) == (*partition, *offset);
        let by_place = self.poison_places.iter().find(here);
        let kills = by_subject
            .map(|(_, crash)| *crash)
            .or(by_place.map(|(.., crash)| *crash));
        match kills {
            Some(true) => Outcome::Crash,
            Some(false) => Outcome::Failed(FailureWhy::Poison),
            None if self.down => Outcome::Failed(FailureWhy::Outage),
            None if self.failure_percent > 0 && random.below(100) < u32::from(self.failure_percent) => {
                Outcome::Failed(FailureWhy::Transient)
            }
            None => Outcome::Done,
        }
    }

    /// Records of one run have had their effects. `forgets` is a mistake that is built in ([`crate::node::Bug::DedupForgets`]).
    #[inline]
    pub fn apply(&mut self, application: u8, records: &[Record], forgets: bool) {
        let dedup = self.dedup && !forgets;
        let (sink, _) = self.group_mut(application);
        for record in records {
            sink.apply(record.subject, record.sequence, dedup);
        }
    }

    /// The accounts of an application.
    pub fn handled(&mut self, application: u8) -> &mut Handled {
        &mut self.group_mut(application).1
    }

    /// The sink of an application, and what its group is done with; `None` before it has done anything.
    #[must_use]
    pub fn group(&self, application: u8) -> Option<&(Sink, Handled)> {
        self.groups.get(usize::from(application))
    }

    fn group_mut(&mut self, application: u8) -> &mut (Sink, Handled) {
        let index = usize::from(application);
        if index >= self.groups.len() {
            self.groups.resize_with(index + 1, Default::default);
        }
        &mut self.groups[index]
    }
}
