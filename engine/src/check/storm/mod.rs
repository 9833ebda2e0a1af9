//! The storm: random clusters, settings and faults, and then quiet, in which all must be well again.

mod applications;
mod converge;
mod draw;
mod faults;
mod groups;
mod keys;
mod left_over;
mod play;
mod retried;
mod scenario;
mod sharing;
mod shrink;

pub use converge::unconverged;
pub use draw::Theme;
pub use play::{Outcome, play};
pub use shrink::shrink;

use crate::node::Bug;
use crate::trace::ProcessFault;
use crate::wire::{BrokerId, Micros, NodeId, QuotaType};
use crate::world::{Command, Setup};

/// A run that is meant to go wrong: what it starts from, what goes wrong, and when that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storm {
    /// The kind of trouble that it prefers.
    pub theme: Theme,
    /// What it starts from. Its commands are empty: [`Storm::setup`] fills them in.
    pub calm_setup: Setup,
    /// What goes wrong, ascending by time.
    pub faults: Vec<(Micros, Command)>,
    /// When the faults end: everything is healed, started and resumed, and nothing is sent any more.
    pub calm_us: Micros,
    /// When all must be well again.
    pub until_us: Micros,
}

impl Storm {
    /// How long all may take to be well again.
    pub const PATIENCE_US: Micros = 60_000_000;

    /// When all processes are started once more, after the calm has begun.
    const STARTED_AGAIN_US: [Micros; 3] = [3_000_000, 8_000_000, 15_000_000];

    const HELPED_AFTER_US: Micros = 20_000_000;

    /// When all that is dead by then is sent back, after the calm has begun.
    const REDRIVEN_AFTER_US: [Micros; 3] = [12_000_000, 25_000_000, 40_000_000];

    /// More consumers than a group of a storm has before.
    const HELPED_TO: u8 = 7;

    /// The storm of that seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        draw::storm(seed)
    }

    /// The storm of that seed, played; with a mistake built in, if any.
    #[must_use]
    pub fn run(seed: u64, bug: Option<Bug>) -> Outcome {
        let mut storm = Self::of(seed);
        storm.calm_setup.bug = bug;
        play(&storm)
    }

    /// What its run starts from, with everything that happens in it: as in a scenario's file.
    #[must_use]
    pub fn setup(&self) -> Setup {
        let mut setup = self.calm_setup.clone();
        setup.commands = self.faults.clone();
        setup
            .commands
            .extend(self.relief().into_iter().map(|command| (self.calm_us, command)));
        // Who was about to stop has stopped by then.
        for later in Self::STARTED_AGAIN_US {
            // An administrator whose controller is gone is not heard: what they lift, they lift again.
            let starts = self.processes(&[ProcessFault::Start]);
            let commands = starts
                .into_iter()
                .chain(self.lifted())
                .chain(groups::relief(&self.faults))
                .chain(applications::relief(&self.calm_setup, &self.faults));
            setup
                .commands
                .extend(commands.map(|command| (self.calm_us + later, command)));
        }
        for later in Self::REDRIVEN_AFTER_US {
            let redrive = applications::redrive(&self.calm_setup);
            setup
                .commands
                .extend(redrive.map(|command| (self.calm_us + later, command)));
        }
        // Where nobody is eligible any more because `min.insync.replicas` was changed, an administrator has to help.
        let configured = |(_, command): &(Micros, Command)| matches!(command, Command::MinInsyncReplicas(_));
        if self.faults.iter().any(configured) {
            let elect = Command::ElectLeaders { unclean: true };
            setup.commands.push((self.calm_us + Self::HELPED_AFTER_US, elect));
        }
        // A group's leader whose assignment went by older metadata than it knows now, because its answer was lost on the
        // way, does not notice that it leaves new partitions out. The next rebalance makes it good; Kafka waits for one.
        let adds = |(_, command): &(Micros, Command)| matches!(command, Command::AddPartitions(_));
        if self.faults.iter().any(adds) {
            let further = setup.more_groups.iter().map(|group| group.name.clone());
            let more: Vec<Command> = further
                .map(|group| Command::Group {
                    group,
                    consumers: Self::HELPED_TO,
                })
                .chain([Command::Consumers(Self::HELPED_TO)])
                .collect();
            let at = self.calm_us + Self::HELPED_AFTER_US;
            setup.commands.extend(more.into_iter().map(|command| (at, command)));
        }
        setup.commands.sort_by_key(|(at, _)| *at);
        setup
    }

    /// What ends all trouble, whatever it is.
    fn relief(&self) -> Vec<Command> {
        let mut relief = vec![Command::Rate(0), Command::Heal];
        relief.extend(self.processes(&[ProcessFault::Resume, ProcessFault::Start]));
        relief.extend((1..=self.calm_setup.brokers).map(|number| Command::SlowDisk {
            broker: BrokerId(number),
            bytes_per_s: None,
        }));
        relief.extend(self.lifted());
        relief.extend(groups::relief(&self.faults));
        relief.extend(applications::relief(&self.calm_setup, &self.faults));
        relief
    }

    /// Ends quotas and limits of the source, where there were any: what they hold back goes on.
    fn lifted(&self) -> Vec<Command> {
        let setup = &self.calm_setup;
        let mut lifted = Vec::new();
        let limits = |(_, command): &(Micros, Command)| matches!(command, Command::SendLimits(_));
        if !setup.workload.limits.is_empty() || self.faults.iter().any(limits) {
            lifted.push(Command::SendLimits(Vec::new()));
        }
        let from_start = [
            (QuotaType::Produce, setup.broker.producer_byte_rate),
            (QuotaType::Fetch, setup.broker.consumer_byte_rate),
        ];
        for (quota, rate) in from_start {
            let altered =
                |(_, command): &(Micros, Command)| matches!(command, Command::ClientQuota(of, _) if *of == quota);
            if rate > 0 || self.faults.iter().any(altered) {
                lifted.push(Command::ClientQuota(quota, 0));
            }
        }
        lifted
    }

    fn processes(&self, faults: &[ProcessFault]) -> Vec<Command> {
        let setup = &self.calm_setup;
        let own = if setup.combined { 0 } else { setup.controllers };
        let nodes = (1..=own).map(NodeId::Controller);
        let nodes = nodes.chain((1..=setup.brokers).map(NodeId::Broker));
        let to = |node| faults.iter().map(move |fault| Command::Process { node, fault: *fault });
        nodes.flat_map(to).collect()
    }
}
