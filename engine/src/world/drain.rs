//! Time to drain: when, at the rates of the last seconds, a partition's lag reaches zero; or why it never does.

use super::World;
use crate::consumer::OwnedPartition;
use crate::wire::{Micros, PartitionId, PartitionState};

/// A partition's lag, and where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drain {
    /// Which partition.
    pub partition: u16,
    /// The leader's high watermark less the group's committed offset.
    pub lag: u64,
    /// Records a second that were sent to it in the last seconds.
    pub in_per_s: u32,
    /// Records a second of it that the group has processed in the last seconds.
    pub out_per_s: u32,
    /// When the lag is gone.
    pub when: Drains,
}

/// When a lag is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drains {
    /// There is none, or no more than comes within a second and is on its way.
    Empty,
    /// After so long, if all goes on as in the last seconds.
    In(Micros),
    /// If all goes on so, never.
    Never(NeverWhy),
}

/// Why a lag never goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeverWhy {
    /// Nobody leads the partition: nothing can be read.
    NoLeader,
    /// No consumer of the group owns it.
    NoOwner,
    /// Its consumer has processed nothing of it in the last seconds.
    Stalled,
    /// Its consumer is no faster than the producers.
    NotFaster,
}

impl World {
    /// For each partition of the topic, ascending: when the group's lag reaches zero.
    #[must_use]
    pub fn drain(&self) -> Vec<Drain> {
        let owned = self.owned_partitions();
        let group = self.group().map(|(_, group)| group);
        let drains = self.topic_partitions().map(|(id, state)| {
            let counted = self.trace.counters().partitions.get(usize::from(id.index));
            let high_watermark = self.leader_replica(id).map_or(0, |replica| replica.high_watermark);
            let committed = group.and_then(|group| group.committed(id)).unwrap_or(0);
            let lag = high_watermark.saturating_sub(committed);
            let owner = owned.iter().find(|owned| owned.partition == id);
            let processed = owner.map_or(committed, |owned| owned.processed.max(committed));
            let left = high_watermark.saturating_sub(processed);
            let (in_per_s, out_per_s) = counted.map_or((0, 0), |p| (p.in_per_s(self.now), p.out_per_s(self.now)));
            Drain {
                partition: id.index,
                lag,
                in_per_s,
                out_per_s,
                when: self.drains(id, state, owner.is_some(), (lag, left), (in_per_s, out_per_s)),
            }
        });
        drains.collect()
    }

    fn owned_partitions(&self) -> Vec<OwnedPartition> {
        let consumers = self.consumers_of(&self.setup.consumer.group);
        consumers.flat_map(|(_, consumer)| consumer.owned()).collect()
    }

    fn drains(
        &self,
        id: PartitionId,
        state: &PartitionState,
        owned: bool,
        (lag, left): (u64, u64),
        (in_per_s, out_per_s): (u32, u32),
    ) -> Drains {
        let lives = state.leader.is_some_and(|leader| self.is_there(leader.into()));
        let has_some = lag > 0 || in_per_s > 0;
        // Where nobody leads, what is in the log cannot be seen.
        if !lives && (has_some || self.trace.counters().partitions.len() > usize::from(id.index)) {
            return Drains::Never(NeverWhy::NoLeader);
        }
        if !owned && has_some {
            return Drains::Never(NeverWhy::NoOwner);
        }
        at_rates((lag, left), in_per_s, out_per_s)
    }
}

/// When a lag is gone that is filled and emptied at these rates. So many of its records are left to process; the others
/// wait for the commit at the end of their poll.
fn at_rates((lag, left): (u64, u64), in_per_s: u32, out_per_s: u32) -> Drains {
    if lag <= u64::from(in_per_s) {
        return Drains::Empty;
    }
    match (out_per_s, out_per_s.saturating_sub(in_per_s)) {
        (0, _) => Drains::Never(NeverWhy::Stalled),
        (_, 0) => Drains::Never(NeverWhy::NotFaster),
        (_, faster) => {
            let us = u128::from(left) * 1_000_000 / u128::from(faster);
            Drains::In(Micros::try_from(us).unwrap_or(Micros::MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_goes_at_the_difference_of_the_rates() {
        assert_eq!(at_rates((1_000, 1_000), 0, 100), Drains::In(10_000_000));
        assert_eq!(at_rates((1_000, 1_000), 60, 100), Drains::In(25_000_000));
        assert_eq!(at_rates((1_000, 1_000), 100, 100), Drains::Never(NeverWhy::NotFaster));
        assert_eq!(at_rates((1_000, 1_000), 100, 99), Drains::Never(NeverWhy::NotFaster));
        assert_eq!(at_rates((1_000, 1_000), 100, 0), Drains::Never(NeverWhy::Stalled));
    }

    #[test]
    fn what_is_on_its_way_is_no_lag() {
        assert_eq!(at_rates((0, 0), 0, 0), Drains::Empty);
        assert_eq!(
            at_rates((100, 100), 100, 100),
            Drains::Empty,
            "no more than comes in a second"
        );
        assert_eq!(at_rates((101, 101), 100, 100), Drains::Never(NeverWhy::NotFaster));
        assert_eq!(at_rates((1, 1), 0, 0), Drains::Never(NeverWhy::Stalled));
    }
}
