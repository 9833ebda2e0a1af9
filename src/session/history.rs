//! What the timeline shows of a run: throughput and lag over virtual time, and what happened when.
//!
//! Memory is bounded: there is a fixed number of buckets, and when the run has outgrown them each two become one.

use partitura_engine::trace::Event;
use partitura_engine::wire::Micros;

/// One stretch of virtual time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    /// Records that were acknowledged in it.
    pub records: u64,
    /// The highest lag of the group that was seen in it.
    pub lag: u64,
}

/// Something that happened, to be marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at_us: Micros,
    /// What kind of thing.
    pub kind: MarkKind,
    /// In a few words.
    pub label: String,
    /// What happened, for whoever asks why; `None` while it is still to come.
    pub event: Option<Event>,
}

/// What kind of thing is marked: decides its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// The person at the controls did something.
    You,
    /// The scenario did something.
    Scenario,
    /// Somebody let something break.
    Fault,
    /// The controller counts on a broker no more.
    Fenced,
    /// A partition, or the quorum of controllers, has another leader.
    Leader,
    /// A producer sends records again.
    Retry,
    /// A replica cut off the end of its log.
    Truncated,
    /// A group rebalances.
    Rebalance,
    /// A group has settled.
    Stable,
    /// Something got lost, was refused or reached a limit.
    Trouble,
}

/// Samples and marks of one run.
#[derive(Debug, Clone)]
pub struct History {
    width_us: Micros,
    buckets: Vec<Bucket>,
    lag: u64,
    marks: Vec<Mark>,
    unmarked: u64,
}

impl Default for History {
    fn default() -> Self {
        Self {
            width_us: Self::FIRST_WIDTH_US,
            buckets: Vec::new(),
            lag: 0,
            marks: Vec::new(),
            unmarked: 0,
        }
    }
}

impl History {
    /// The most buckets.
    pub const BUCKETS: usize = 1024;
    /// The width of a bucket at first.
    pub const FIRST_WIDTH_US: Micros = 10_000;
    /// The most marks. Those that come later are counted, not kept, unless they are trouble, which takes another's place.
    pub const MARKS: usize = 200;

    /// How wide a bucket is by now.
    #[must_use]
    pub fn width_us(&self) -> Micros {
        self.width_us
    }

    /// The buckets from 0 on, without gaps.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// The marks, in the order of their time.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// How many marks were not kept.
    #[must_use]
    pub fn unmarked(&self) -> u64 {
        self.unmarked
    }

    /// So many records were acknowledged.
    pub fn acknowledged(&mut self, at_us: Micros, records: u32) {
        self.bucket(at_us).records += u64::from(records);
    }

    /// The group's lag is this now, and was the last one known until now.
    pub fn lag(&mut self, at_us: Micros, lag: u64) {
        let bucket = self.bucket(at_us);
        bucket.lag = bucket.lag.max(lag);
        self.lag = lag;
    }

    /// Marks something; the same thing twice in a row is marked once.
    pub fn mark(&mut self, mark: Mark) {
        if self
            .marks
            .last()
            .is_some_and(|last| last.kind == mark.kind && last.label == mark.label)
        {
            return;
        }
        if self.marks.len() == Self::MARKS {
            self.unmarked += 1;
            let counts = |mark: &Mark| matches!(mark.kind, MarkKind::Trouble | MarkKind::Fault);
            let least = self.marks.iter().rposition(|mark| !counts(mark));
            match least.filter(|_| counts(&mark)) {
                Some(least) => drop(self.marks.remove(least)),
                None => return,
            }
        }
        // What comes of a look back is marked where it happened.
        let place = self.marks.partition_point(|before| before.at_us <= mark.at_us);
        self.marks.insert(place, mark);
    }

    /// Records a second in that bucket.
    #[must_use]
    pub fn per_second(&self, bucket: &Bucket) -> u64 {
        bucket.records.saturating_mul(1_000_000) / self.width_us
    }

    /// Records a second over the last second or so before `now`.
    #[must_use]
    pub fn recent_per_second(&self, now: Micros) -> u64 {
        const SPAN_US: Micros = 1_000_000;
        let last = usize::try_from(now / self.width_us)
            .unwrap_or(usize::MAX)
            .min(self.buckets.len().saturating_sub(1));
        let from = usize::try_from(now.saturating_sub(SPAN_US) / self.width_us)
            .unwrap_or(0)
            .min(last);
        let Some(recent) = self.buckets.get(from..=last) else {
            return 0;
        };
        // The last bucket is not over yet.
        let span = (now - from as u64 * self.width_us).max(self.width_us);
        recent
            .iter()
            .map(|bucket| bucket.records)
            .sum::<u64>()
            .saturating_mul(1_000_000)
            / span
    }

    fn bucket(&mut self, at_us: Micros) -> &mut Bucket {
        while at_us / self.width_us >= Self::BUCKETS as u64 {
            self.halve();
        }
        let index = usize::try_from(at_us / self.width_us).unwrap_or(Self::BUCKETS - 1);
        if index >= self.buckets.len() {
            self.buckets.resize(
                index + 1,
                Bucket {
                    records: 0,
                    lag: self.lag,
                },
            );
        }
        &mut self.buckets[index]
    }

    fn halve(&mut self) {
        self.width_us *= 2;
        let join = |two: &[Bucket]| Bucket {
            records: two.iter().map(|b| b.records).sum(),
            lag: two.iter().map(|b| b.lag).max().unwrap_or(0),
        };
        self.buckets = self.buckets.chunks(2).map(join).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_keeps_its_sums_and_its_bounds() {
        let mut history = History::default();
        for second in 0..3_600 {
            history.acknowledged(second * 1_000_000, 10);
            history.lag(second * 1_000_000, second);
        }
        assert!(history.buckets().len() <= History::BUCKETS);
        assert_eq!(history.buckets().iter().map(|b| b.records).sum::<u64>(), 36_000);
        assert_eq!(history.buckets().last().unwrap().lag, 3_599);
        let middle = history.buckets()[history.buckets().len() / 2];
        assert!(
            history.per_second(&middle).abs_diff(10) <= 1,
            "{}",
            history.per_second(&middle)
        );
    }

    #[test]
    fn a_quiet_stretch_has_no_records_and_the_lag_of_before() {
        let mut history = History::default();
        history.lag(0, 7);
        history.acknowledged(1_000_000, 1);
        let quiet = history.buckets()[50];
        assert_eq!(quiet, Bucket { records: 0, lag: 7 });
    }

    #[test]
    fn what_is_recent_is_a_rate_and_fades() {
        let mut history = History::default();
        assert_eq!(history.recent_per_second(0), 0);
        for at in 0..40 {
            history.acknowledged(at * 50_000, 5);
        }
        let rate = history.recent_per_second(1_990_000);
        assert!(rate.abs_diff(100) <= 5, "{rate}");
        assert_eq!(history.recent_per_second(10_000_000), 0);
    }

    #[test]
    fn one_far_moment_is_no_trouble() {
        let mut history = History::default();
        history.acknowledged(Micros::MAX / 2, 1);
        assert!(history.buckets().len() <= History::BUCKETS);
    }

    #[test]
    fn marks_are_bounded_and_not_repeated() {
        let mut history = History::default();
        let mark = |n: usize| Mark {
            at_us: n as u64,
            kind: MarkKind::You,
            label: format!("{n}"),
            event: None,
        };
        history.mark(mark(0));
        history.mark(mark(0));
        assert_eq!(history.marks().len(), 1);
        for n in 1..=History::MARKS {
            history.mark(mark(n));
        }
        assert_eq!(history.marks().len(), History::MARKS);
        assert_eq!(history.unmarked(), 1);
    }
}
