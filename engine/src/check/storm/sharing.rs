//! Share groups and a work queue in a storm, and what happens to their members. From a stream of its own, so that all else in
//! a storm is as it would be without.

use super::draw::Draw;
use crate::share::{AcknowledgementMode, ShareGroupSetup};
use crate::trace::ProcessFault;
use crate::wire::{Micros, NodeId, OffsetSpec};
use crate::world::{Command, Setup};

/// So many storms of a hundred have share groups, a work queue, or both.
const SHARE_PERCENT: u32 = 30;

/// What the storm of that seed does to those who share, if anybody does.
pub(super) struct Sharing {
    draw: Draw,
}

impl Sharing {
    /// Sets them up.
    pub(super) fn of(seed: u64, setup: &mut Setup) -> Option<Self> {
        let mut draw = Draw::named(seed, "storm sharing");
        if !draw.percent(SHARE_PERCENT) {
            return None;
        }
        let has_queue = draw.percent(40);
        if !has_queue || draw.percent(60) {
            share_groups(setup, &mut draw);
        }
        if has_queue {
            let queue = &mut setup.work_queue;
            queue.workers = draw.small(1, 3);
            queue.visibility_timeout_us = draw.millis(300, 4_000);
            queue.max_receives = draw.one_of(&[0, 1, 4]);
        }
        Some(Self { draw })
    }

    /// Adds what happens to share consumers and workers, until it is calm.
    pub(super) fn add_faults(mut self, setup: &Setup, calm_us: Micros, faults: &mut Vec<(Micros, Command)>) {
        let sharers: u8 = setup.share_groups.iter().map(|group| group.consumers).sum();
        for _ in 0..self.draw.small(0, 6) {
            let at = self.draw.between(2_000_000, calm_us - 3_000_000);
            let until = at + self.draw.millis(0, 2_900);
            let place = self.draw.small(1, sharers + setup.work_queue.workers);
            let (node, stops) = if place <= sharers {
                (NodeId::ShareConsumer(place), self.draw.below(3))
            } else {
                (NodeId::Worker(place - sharers), 0)
            };
            let (begins, ends) = match stops {
                0 => (ProcessFault::Crash, ProcessFault::Start),
                1 => (ProcessFault::Stop, ProcessFault::Start),
                _ => (ProcessFault::Pause, ProcessFault::Resume),
            };
            faults.push((at, Command::Process { node, fault: begins }));
            faults.push((until, Command::Process { node, fault: ends }));
        }
        faults.sort_by_key(|(at, _)| *at);
    }
}

fn share_groups(setup: &mut Setup, draw: &mut Draw) {
    for name in ["workers", "helpers"] {
        if name == "workers" || draw.percent(30) {
            setup.share_groups.push(ShareGroupSetup {
                name: name.to_owned(),
                consumers: draw.small(1, 3),
            });
        }
    }
    setup.acknowledgement_mode = draw.one_of(&[AcknowledgementMode::Implicit, AcknowledgementMode::Explicit]);
    let sharing = &mut setup.broker.sharing;
    sharing.record_lock_duration_us = draw.millis(500, 4_000);
    sharing.delivery_count_limit = draw.one_of(&[2, 3, 5]);
    sharing.auto_offset_reset = draw.one_of(&[OffsetSpec::Earliest, OffsetSpec::Earliest, OffsetSpec::Latest]);
}
