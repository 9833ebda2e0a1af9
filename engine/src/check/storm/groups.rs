//! What a storm does to groups: more of them, and consumers that die, stop, stand still and hang. From a stream of its own, so
//! that all else in a storm is as it would be without.

use super::draw::Draw;
use crate::trace::ProcessFault;
use crate::wire::{Micros, NodeId};
use crate::world::{Command, FurtherGroup, Setup};

/// So many storms of a hundred are about groups, too.
const SHARE_PERCENT: u32 = 40;

/// What the storm of that seed does to groups, if it does.
pub(super) struct Groups {
    draw: Draw,
}

impl Groups {
    /// Sets up further groups, and more consumers than there would be.
    pub(super) fn of(seed: u64, setup: &mut Setup) -> Option<Self> {
        let mut draw = Draw::named(seed, "storm groups");
        if !draw.percent(SHARE_PERCENT) {
            return None;
        }
        setup.consumers = draw.small(1, 4);
        for name in ["billing", "audit"] {
            if draw.percent(40) {
                setup.more_groups.push(FurtherGroup {
                    name: name.to_owned(),
                    consumers: draw.small(1, 2),
                    processing_us: draw.percent(50).then_some(500),
                });
            }
        }
        Some(Self { draw })
    }

    /// Adds what happens to consumers, until it is calm.
    pub(super) fn add_faults(mut self, setup: &Setup, calm_us: Micros, faults: &mut Vec<(Micros, Command)>) {
        let further: u8 = setup.more_groups.iter().map(|group| group.consumers).sum();
        for _ in 0..self.draw.small(2, 8) {
            let consumer = self.draw.small(1, setup.consumers + further);
            let at = self.draw.between(3_000_000, calm_us - 3_000_000);
            let until = at + self.draw.millis(0, 2_500);
            let node = NodeId::Consumer(consumer);
            let process = |fault| Command::Process { node, fault };
            let stall = |stalled| Command::Stall { consumer, stalled };
            let (begins, ends) = match self.draw.below(4) {
                0 => (process(ProcessFault::Crash), process(ProcessFault::Start)),
                1 => (process(ProcessFault::Stop), process(ProcessFault::Start)),
                2 => (process(ProcessFault::Pause), process(ProcessFault::Resume)),
                _ => (stall(true), stall(false)),
            };
            faults.push((at, begins));
            faults.push((until, ends));
        }
        faults.sort_by_key(|(at, _)| *at);
    }
}

/// What ends all trouble of consumers.
pub(super) fn relief(faults: &[(Micros, Command)]) -> Vec<Command> {
    let mut relief = Vec::new();
    for (_, command) in faults {
        match command {
            Command::Process {
                node: node @ (NodeId::Consumer(_) | NodeId::ShareConsumer(_) | NodeId::Worker(_)),
                fault,
            } if *fault != ProcessFault::Start => {
                let to = |fault| Command::Process { node: *node, fault };
                // Workers are crashed and started, and nothing else.
                let resumed = (!matches!(node, NodeId::Worker(_))).then_some(ProcessFault::Resume);
                relief.extend(resumed.into_iter().chain([ProcessFault::Start]).map(to));
            }
            Command::Stall {
                consumer,
                stalled: true,
            } => relief.push(Command::Stall {
                consumer: *consumer,
                stalled: false,
            }),
            Command::Slow {
                consumer,
                processing_us: Some(_),
            } => relief.push(Command::Slow {
                consumer: *consumer,
                processing_us: None,
            }),
            _ => {}
        }
    }
    relief
}
