//! The group's lag, partition by partition: what comes, what goes, and when it is gone.

use crate::stage::drains;
use crate::ui::format::{grouped, rate};
use partitura_engine::world::{Drain, Drains, NeverWhy};

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LagRow {
    /// `P3`, or `group`.
    pub name: String,
    /// Records that the group has not committed yet.
    pub lag: String,
    /// Records that come in a second.
    pub in_per_s: String,
    /// Records that are processed in a second.
    pub out_per_s: String,
    /// When it is gone: `3 s`, `never`, `–`.
    pub gone: String,
    /// Why never.
    pub reason: Option<&'static str>,
}

impl LagRow {
    fn new(name: String, (lag, in_per_s, out_per_s): (u64, u64, u64), when: Drains) -> Self {
        Self {
            name,
            lag: grouped(lag),
            in_per_s: rate(in_per_s),
            out_per_s: rate(out_per_s),
            gone: match when {
                Drains::Empty => "–".to_owned(),
                Drains::In(us) => drains::span(us),
                Drains::Never(_) => "never".to_owned(),
            },
            reason: match when {
                Drains::Never(why) => Some(drains::reason(why)),
                _ => None,
            },
        }
    }
}

/// A row for each partition.
#[must_use]
pub fn rows(drains: &[Drain]) -> Vec<LagRow> {
    let row = |drain: &Drain| {
        let figures = (drain.lag, drain.in_per_s.into(), drain.out_per_s.into());
        LagRow::new(format!("P{}", drain.partition), figures, drain.when)
    };
    drains.iter().map(row).collect()
}

/// The sum: the group is done when its last partition is. One that never is stands for all, without a reason of its own.
#[must_use]
pub fn sum(all: &[Drain]) -> LagRow {
    let add = |sum: (u64, u64, u64), drain: &Drain| {
        (
            sum.0 + drain.lag,
            sum.1 + u64::from(drain.in_per_s),
            sum.2 + u64::from(drain.out_per_s),
        )
    };
    let when = drains::last(all.iter().map(|drain| drain.when));
    let row = LagRow::new("group".to_owned(), all.iter().fold((0, 0, 0), add), when);
    LagRow { reason: None, ..row }
}

/// What can be done about a lag that never goes, by its reason.
#[must_use]
pub fn cure(why: NeverWhy) -> &'static str {
    match why {
        NeverWhy::NoLeader => "It needs a replica that may lead: start its brokers.",
        NeverWhy::NoOwner => "It needs a consumer: the group has none, or it is rebalancing.",
        NeverWhy::Stalled => "Look at its consumer: it may be gone, paused, or unable to fetch.",
        NeverWhy::NotFaster => {
            "If its consumer is busy: less work for each record, another key, or less that comes. More consumers help up to \
             one for each partition, and never against one hot key. If it is idle, the brokers hold records back."
        }
    }
}

/// The cures for those reasons that there are, each once.
#[must_use]
pub fn cures(all: &[Drain]) -> Vec<&'static str> {
    let mut said = Vec::new();
    for drain in all {
        if let Drains::Never(why) = drain.when
            && !said.contains(&cure(why))
        {
            said.push(cure(why));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(partition: u16, lag: u64, when: Drains) -> Drain {
        Drain {
            partition,
            lag,
            in_per_s: 90,
            out_per_s: 60,
            when,
        }
    }

    #[test]
    fn the_group_is_done_when_its_last_partition_is() {
        let quick = drain(0, 10, Drains::In(2_000_000));
        let slow = drain(1, 400, Drains::In(9_000_000));
        let total = sum(&[quick, slow]);
        assert_eq!((total.lag.as_str(), total.gone.as_str()), ("410", "9\u{a0}s"));
        assert_eq!((total.in_per_s.as_str(), total.out_per_s.as_str()), ("180", "120"));
        let stuck = drain(2, 5, Drains::Never(NeverWhy::NotFaster));
        assert_eq!(sum(&[quick, stuck, slow]).gone, "never");
        assert_eq!(sum(&[]).gone, "–");
    }

    #[test]
    fn every_reason_has_words_and_each_cure_is_said_once() {
        let all: Vec<Drain> = [
            NeverWhy::NoLeader,
            NeverWhy::NoOwner,
            NeverWhy::Stalled,
            NeverWhy::NotFaster,
            NeverWhy::NotFaster,
        ]
        .into_iter()
        .enumerate()
        .map(|(p, why)| drain(p as u16, 5, Drains::Never(why)))
        .collect();
        assert!(rows(&all).iter().all(|row| row.gone == "never" && row.reason.is_some()));
        assert_eq!(cures(&all).len(), 4);
        assert!(cures(&[drain(0, 0, Drains::Empty)]).is_empty());
    }
}
