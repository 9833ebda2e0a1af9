//! Keys, partitioners, capacities and quotas in a storm: some seeds have them, and the other storms stay as they are.
//!
//! Drawn from random numbers of their own, so that the rest of a storm does not depend on them.

use super::draw::Draw;
use crate::producer::partitioner_class::PartitionerClass;
use crate::short_sort::sort_short_by_key;
use crate::wire::{Micros, QuotaType};
use crate::workload::{Dealing, KeyDistribution, KeyRule, SendLimit, SourceKind, ZipfExponent};
use crate::world::{Command, Setup};

/// Of a hundred seeds so many have such settings.
const PERCENT: u32 = 40;

const CLASSES: [&str; 9] = [
    "default",
    "default",
    "round-robin",
    "uniform-sticky",
    "default-2.4",
    "consistent_random",
    "murmur2_random",
    "fnv1a_random",
    "prefix:5",
];

/// What of it a storm has. Drawn before the rest of the storm, and applied where that is drawn.
pub(super) struct Keys {
    draw: Draw,
    /// Whether client quotas are changed while the run goes on.
    quotas: bool,
    /// Whether the limits of the source are.
    limits: bool,
}

impl Keys {
    /// What the storm of that seed has of it, if anything, with the settings that come of it.
    pub(super) fn of(seed: u64, setup: &mut Setup) -> Option<Self> {
        let mut draw = Draw::named(seed, "storm-keys");
        if !draw.percent(PERCENT) {
            return None;
        }
        let (quotas, limits) = (draw.percent(40), draw.percent(40));
        let mut keys = Self { draw, quotas, limits };
        keys.producers(setup);
        keys.capacity(setup);
        keys.workload(setup);
        Some(keys)
    }

    fn producers(&mut self, setup: &mut Setup) {
        let draw = &mut self.draw;
        let classes = (0..draw.small(1, 3)).filter_map(|_| PartitionerClass::parse(draw.one_of(&CLASSES)));
        setup.producer.partitioners = classes.collect();
        let producer = &mut setup.producer;
        producer.partitioner_ignore_keys = draw.percent(15);
        producer.partitioner_availability_timeout_us = draw.one_of(&[0, 0, 200_000, 2_000_000]);
    }

    /// Little enough that the load of a storm is too much for it at times, and so much that what is left at its end can be
    /// worked off within [`super::Storm::PATIENCE_US`]: a capacity stays as it is. Quotas are lifted when calm comes, but
    /// who is held back by then stays so: the lowest one is what the highest rate fills in a minute.
    fn capacity(&mut self, setup: &mut Setup) {
        let draw = &mut self.draw;
        if draw.percent(30) {
            setup.broker.records_per_s = draw.one_of(&[0, 200, 1_000]);
            setup.broker.bytes_per_s = draw.one_of(&[0, 40_000, 200_000]);
        }
        if self.quotas {
            setup.broker.producer_byte_rate = draw.one_of(&[0, 6_000, 20_000]);
            setup.broker.consumer_byte_rate = draw.one_of(&[0, 2_000, 6_000]);
            setup.broker.quota_window_num = draw.one_of(&[2, 4, 11]);
        }
    }

    fn workload(&mut self, setup: &mut Setup) {
        let rule = self.rule();
        let draw = &mut self.draw;
        let workload = &mut setup.workload;
        workload.key = rule;
        if draw.percent(40) {
            workload.subjects = Dealing::All;
        }
        if draw.percent(40) {
            workload.source = SourceKind::Queues;
        } else if draw.percent(40) {
            // So little that a slow broker blocks `send()`. With a queue in front of that, it would take minutes to empty:
            // while one record waits for memory, the others leave one by one (`RecordAccumulator.batchReady`).
            setup.producer.buffer_memory = u64::from(setup.producer.batch_size.max(500)) * draw.one_of(&[2, 10]);
        }
        if draw.percent(50) {
            workload.distribution = KeyDistribution::Hot { percent: 60 };
        }
        if draw.percent(40) {
            setup.order_repair = true;
            setup.order_timeout_us = draw.one_of(&[300_000, 3_000_000, 30_000_000]);
        }
        if self.limits {
            setup.workload.limits = self.limits();
        }
    }

    fn rule(&mut self) -> KeyRule {
        let draw = &mut self.draw;
        match draw.below(6) {
            0 => KeyRule::None,
            1 | 2 => KeyRule::Subject,
            3 => KeyRule::Salt {
                shards: draw.between(2, 8) as u32,
                only: Vec::new(),
            },
            4 => KeyRule::Salt {
                shards: draw.between(2, 8) as u32,
                only: vec!["key-1".to_owned()],
            },
            _ => KeyRule::Compound {
                part: "region".to_owned(),
                count: draw.between(2, 6) as u32,
                distribution: draw.one_of(&[KeyDistribution::Uniform, KeyDistribution::Zipf(ZipfExponent::One)]),
            },
        }
    }

    fn limits(&mut self) -> Vec<SendLimit> {
        let limit = |subject: &str, per_second| SendLimit {
            subject: subject.to_owned(),
            per_second,
        };
        match self.draw.below(3) {
            0 => Vec::new(),
            1 => vec![limit("key-1", self.draw.one_of(&[1, 5, 1_000]))],
            _ => vec![limit("key-1", 3), limit("key-2", self.draw.one_of(&[1, 50]))],
        }
    }

    /// What is changed of it before calm comes, among what else goes wrong.
    pub(super) fn add_changes(mut self, setup: &Setup, calm_us: Micros, faults: &mut Vec<(Micros, Command)>) {
        let mut at = setup.producers_start_us + self.draw.millis(500, 4_000);
        while at < calm_us {
            let change = self.change();
            faults.push((at, change));
            at += self.draw.millis(200, 5_000);
        }
        sort_short_by_key(faults, |(at, _)| *at);
    }

    fn change(&mut self) -> Command {
        match self.draw.below(8) {
            0 | 1 => Command::Key(self.rule()),
            2 if self.quotas => {
                let quota = self.draw.one_of(&[QuotaType::Produce, QuotaType::Fetch]);
                Command::ClientQuota(quota, self.draw.one_of(&[0, 20_000, 60_000]))
            }
            3 if self.limits => Command::SendLimits(self.limits()),
            4 => Command::Distribution(self.draw.one_of(&[
                KeyDistribution::Uniform,
                KeyDistribution::Hot { percent: 80 },
                KeyDistribution::Zipf(ZipfExponent::One),
            ])),
            5 => Command::Keys((1..=self.draw.small(1, 10)).map(|n| format!("key-{n}")).collect()),
            _ => Command::Send {
                key: self.draw.percent(70).then(|| format!("given-{}", self.draw.below(3))),
                value: "by hand".to_owned(),
                // Now and then one that is not there, or not yet.
                partition: Some(self.draw.below(5) as u16),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::Storm;
    use crate::trace::Fact;
    use crate::wire::NodeId;
    use crate::world::World;

    /// What a storm is there for has to come about in it.
    #[test]
    fn what_is_drawn_comes_about() {
        const NAMES: [&str; 6] = [
            "a producer is held back",
            "a consumer is held back",
            "a limit of the source holds something back",
            "the merge step holds something",
            "the merge step gives something up",
            "a total has several counts",
        ];
        let mut seen = [0; NAMES.len()];
        for seed in 0..120 {
            let mut world = World::new(&Storm::of(seed).setup());
            let mut last = 0;
            let mut here = [false; NAMES.len()];
            while world.now() < 20_000_000 && world.step() {
                for event in world.trace().since(last) {
                    match event.fact {
                        Fact::Throttled {
                            client: NodeId::Producer(_),
                            ..
                        } => here[0] = true,
                        Fact::Throttled {
                            client: NodeId::Consumer(_),
                            ..
                        } => here[1] = true,
                        Fact::SourceQueued { .. } => here[2] = true,
                        _ => {}
                    }
                }
                last = world.trace().count();
            }
            let merged = world.trace().merge_figures(world.now()).unwrap_or_default();
            here[3] = merged.most_held > 0;
            here[4] = merged.given_up > 0;
            here[5] = world.trace().most_partials() > 1;
            for (seen, here) in seen.iter_mut().zip(here) {
                *seen += u32::from(here);
            }
        }
        for (seen, name) in seen.iter().zip(NAMES) {
            assert!(*seen > 1, "{name}: {seen} of 120 storms");
        }
    }
}
