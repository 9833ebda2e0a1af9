//! Heat: what is asked for over what can be done, in thousandths, over the last seconds. And how long records take.

use super::World;
use crate::broker::{Broker, Capacity};
use crate::consumer::Consumer;
use crate::wire::{BrokerId, Micros};

/// How long the processed records took, from `send()` to the end of processing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latency {
    /// How many there were.
    pub count: u64,
    /// Half of them took no longer.
    pub p50_us: Micros,
    /// 99 of 100 took no longer.
    pub p99_us: Micros,
}

/// What comes in a second.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    records_per_s: u64,
    bytes_per_s: u64,
}

impl World {
    /// How long the processed records took, over the run; to within 0.8 % (see
    /// [`LatencyHistogram`](crate::trace::LatencyHistogram)).
    #[must_use]
    pub fn latency(&self) -> Latency {
        let latency = &self.trace.counters().latency;
        Latency {
            count: latency.count(),
            p50_us: latency.percentile_us(500),
            p99_us: latency.percentile_us(990),
        }
    }

    /// How long `send()` was blocked so far, summed over the producers.
    #[must_use]
    pub fn blocked_us(&self) -> Micros {
        let producers = self.nodes.producers.iter();
        producers.map(|(producer, _)| producer.blocked_us(self.now)).sum()
    }

    /// What producers send to a partition.
    fn load(&self, partition: u16) -> Load {
        let counted = self.trace.counters().partitions.get(usize::from(partition));
        counted.map_or_else(Load::default, |counted| {
            let records_per_s = u64::from(counted.in_per_s(self.now));
            Load {
                records_per_s,
                bytes_per_s: counted.bytes_of(records_per_s),
            }
        })
    }

    /// The part of its leader's capacity that a partition asks for.
    pub(super) fn partition_heat(&self, partition: u16, leader: Option<BrokerId>) -> Option<u32> {
        heat(self.broker(leader?)?.capacity(), self.load(partition))
    }

    /// What a broker is asked to append, over what it can: as leader what producers send, as follower the same again.
    pub(super) fn broker_heat(&self, broker: &Broker) -> Option<u32> {
        let capacity = broker.capacity();
        if !capacity.is_limited() {
            return None;
        }
        let mut all = Load::default();
        for (id, state) in self.topic_partitions() {
            if state.leader.is_some() && state.replicas.contains(&broker.id()) {
                let load = self.load(id.index);
                all.records_per_s += load.records_per_s;
                all.bytes_per_s += load.bytes_per_s;
            }
        }
        heat(capacity, all)
    }

    /// The records that come in what a consumer owns, over those that it has time for.
    pub(super) fn consumer_heat(&self, consumer: &Consumer) -> Option<u32> {
        let each_us = Some(consumer.processing_us()).filter(|us| *us > 0)?;
        let owned = consumer
            .owned()
            .map(|owned| self.load(owned.partition.index).records_per_s);
        let busy_us = u128::from(owned.sum::<u64>()) * u128::from(each_us);
        Some(u32::try_from((busy_us + 500) / 1_000).unwrap_or(u32::MAX))
    }
}

fn heat(capacity: Capacity, load: Load) -> Option<u32> {
    capacity.heat_permille(load.records_per_s, load.bytes_per_s)
}
