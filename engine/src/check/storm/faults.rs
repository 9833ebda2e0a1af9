//! What goes wrong in a storm.

use super::draw::{Draw, Theme};
use crate::short_sort::sort_short_by_key;
use crate::trace::ProcessFault;
use crate::wire::{BrokerId, Micros, NodeId, NodeSet};
use crate::world::{Command, Limits, Setup};

/// The kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Crash,
    Stop,
    Pause,
    LoseDisk,
    SlowDisk,
    Cut,
    CutOneWay,
    Impair,
    CutClients,
    Controller,
    ControllerCut,
    Elect,
    AddPartitions,
    Reassign,
    Configure,
    Consumers,
    Rate,
    /// Two brokers in a row: the second goes as the first comes back.
    Handover,
}

/// How often each kind comes, by theme.
fn weights(theme: Theme) -> &'static [(Kind, u32)] {
    match theme {
        Theme::Mixed => &[
            (Kind::Crash, 4),
            (Kind::Stop, 2),
            (Kind::Pause, 3),
            (Kind::LoseDisk, 1),
            (Kind::SlowDisk, 1),
            (Kind::Cut, 3),
            (Kind::CutOneWay, 2),
            (Kind::Impair, 2),
            (Kind::CutClients, 2),
            (Kind::Controller, 2),
            (Kind::ControllerCut, 1),
            (Kind::Elect, 1),
            (Kind::AddPartitions, 1),
            (Kind::Reassign, 1),
            (Kind::Configure, 1),
            (Kind::Consumers, 1),
            (Kind::Rate, 1),
            (Kind::Handover, 1),
        ],
        Theme::Leaders => &[
            (Kind::Crash, 4),
            (Kind::Pause, 2),
            (Kind::Cut, 4),
            (Kind::CutOneWay, 2),
            (Kind::Stop, 1),
            (Kind::Elect, 1),
            (Kind::Handover, 6),
            (Kind::Impair, 1),
        ],
        Theme::Disks => &[
            (Kind::LoseDisk, 4),
            (Kind::Crash, 2),
            (Kind::Cut, 2),
            (Kind::Pause, 2),
            (Kind::Handover, 2),
        ],
        Theme::Followers => &[
            (Kind::SlowDisk, 3),
            (Kind::Cut, 4),
            (Kind::CutOneWay, 3),
            (Kind::Impair, 4),
            (Kind::Pause, 2),
            (Kind::Crash, 2),
            (Kind::Rate, 1),
        ],
        Theme::Controllers => &[
            (Kind::Controller, 5),
            (Kind::ControllerCut, 5),
            (Kind::Crash, 2),
            (Kind::Cut, 1),
            (Kind::Impair, 1),
            (Kind::Handover, 1),
        ],
        Theme::Administrators => &[
            (Kind::Elect, 3),
            (Kind::AddPartitions, 1),
            (Kind::Reassign, 5),
            (Kind::Configure, 2),
            (Kind::Crash, 2),
            (Kind::Stop, 2),
            (Kind::Cut, 2),
            (Kind::Consumers, 2),
        ],
        Theme::Clients => &[
            (Kind::CutClients, 6),
            (Kind::CutOneWay, 2),
            (Kind::Impair, 3),
            (Kind::Pause, 4),
            (Kind::Crash, 2),
            (Kind::Rate, 1),
            (Kind::Consumers, 2),
        ],
    }
}

/// The list that grows.
struct Faults<'a> {
    setup: &'a Setup,
    draw: &'a mut Draw,
    list: Vec<(Micros, Command)>,
    partitions: u16,
}

pub(super) fn draw(setup: &Setup, theme: Theme, calm_us: Micros, draw: &mut Draw) -> Vec<(Micros, Command)> {
    let weights = weights(theme);
    let sum: u32 = weights.iter().map(|(_, weight)| weight).sum();
    let pace = draw.one_of(&[400, 1_000, 2_500]);
    let mut at = draw.millis(2_000, 5_000);
    let mut faults = Faults {
        setup,
        draw,
        list: Vec::new(),
        partitions: setup.topic.partitions,
    };
    while at < calm_us {
        let mut drawn = faults.draw.below(sum);
        let kind = weights.iter().find(|(_, weight)| {
            let found = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            found
        });
        faults.add(at, kind.map_or(Kind::Crash, |(kind, _)| *kind));
        at += faults.draw.millis(50, 2 * pace);
    }
    let mut list = faults.list;
    sort_short_by_key(&mut list, |(at, _)| *at);
    list.retain(|(at, _)| *at < calm_us);
    list
}

impl Faults<'_> {
    fn push(&mut self, at: Micros, command: Command) {
        self.list.push((at, command));
    }

    fn process(&mut self, at: Micros, node: NodeId, fault: ProcessFault) {
        self.push(at, Command::Process { node, fault });
    }

    fn broker(&mut self) -> NodeId {
        NodeId::Broker(self.draw.small(1, self.setup.brokers))
    }

    fn controller(&mut self) -> NodeId {
        NodeId::Controller(self.draw.small(1, self.setup.controllers))
    }

    /// Short ones are over before anybody is fenced, long ones are not.
    fn while_us(&mut self) -> Micros {
        match self.draw.below(4) {
            0 => self.draw.millis(20, 300),
            1 | 2 => self.draw.millis(300, 2_500),
            _ => self.draw.millis(2_500, 8_000),
        }
    }

    fn add(&mut self, at: Micros, kind: Kind) {
        match kind {
            Kind::Crash => {
                let node = self.broker();
                self.down(at, node, ProcessFault::Crash, ProcessFault::Start);
            }
            Kind::Stop => {
                let node = self.broker();
                self.down(at, node, ProcessFault::Stop, ProcessFault::Start);
            }
            Kind::Pause => {
                let node = self.broker();
                self.down(at, node, ProcessFault::Pause, ProcessFault::Resume);
            }
            Kind::LoseDisk => {
                let node = self.broker();
                self.down(at, node, ProcessFault::LoseDisk, ProcessFault::Start);
            }
            Kind::SlowDisk => self.slow_disk(at),
            Kind::Cut | Kind::CutOneWay => {
                let (from, to) = (self.broker(), self.other_end());
                self.cut(at, NodeSet::only(from), to, kind == Kind::Cut);
            }
            Kind::Impair => self.impair(at),
            Kind::CutClients => {
                let clients = NodeSet::only(NodeId::Producer(self.draw.small(1, self.setup.producers.max(1))));
                let broker = NodeSet::only(self.broker());
                // What is answered does not arrive: the retry is a duplicate.
                if self.draw.percent(60) {
                    self.cut(at, broker, clients, false);
                } else {
                    self.cut(at, clients, broker, true);
                }
            }
            Kind::Controller => {
                let node = self.controller();
                let (down, up) = self.draw.one_of(&[
                    (ProcessFault::Crash, ProcessFault::Start),
                    (ProcessFault::Pause, ProcessFault::Resume),
                    (ProcessFault::Stop, ProcessFault::Start),
                ]);
                self.down(at, node, down, up);
            }
            Kind::ControllerCut => {
                let one = NodeSet::only(self.controller());
                let other = if self.draw.percent(50) {
                    (1..=self.setup.controllers).map(NodeId::Controller).collect()
                } else {
                    NodeSet::ALL
                };
                let both_ways = self.draw.percent(60);
                self.cut(at, one, other, both_ways);
            }
            Kind::Handover => self.handover(at),
            _ => self.administrator(at, kind),
        }
    }

    fn down(&mut self, at: Micros, node: NodeId, down: ProcessFault, up: ProcessFault) {
        self.process(at, node, down);
        let up_at = at + self.while_us();
        self.process(up_at, node, up);
    }

    /// Another broker, all of them, the controllers, or everybody.
    fn other_end(&mut self) -> NodeSet {
        match self.draw.below(6) {
            0 => NodeSet::ALL,
            1 | 2 => (1..=self.setup.controllers).map(NodeId::Controller).collect(),
            3 => (1..=self.setup.brokers).map(NodeId::Broker).collect(),
            _ => NodeSet::only(self.broker()),
        }
    }

    fn cut(&mut self, at: Micros, from: NodeSet, to: NodeSet, both_ways: bool) {
        self.push(at, Command::Cut { from, to, both_ways });
        let healed = at + self.while_us();
        self.push(healed, Command::Heal);
    }

    fn impair(&mut self, at: Micros) {
        let from = NodeSet::only(self.broker());
        let to = self.other_end();
        let delay_us = self.draw.one_of(&[5_000, 50_000, 400_000, 1_500_000]);
        let loss_permille = self.draw.one_of(&[0, 20, 200]);
        self.push(
            at,
            Command::Impair {
                from,
                to,
                delay_us,
                loss_permille,
            },
        );
        let healed = at + self.while_us();
        self.push(healed, Command::Heal);
    }

    fn slow_disk(&mut self, at: Micros) {
        let broker = BrokerId(self.draw.small(1, self.setup.brokers));
        let bytes_per_s = Some(self.draw.one_of(&[200, 2_000, 20_000]));
        self.push(at, Command::SlowDisk { broker, bytes_per_s });
        let fast = at + self.while_us();
        self.push(
            fast,
            Command::SlowDisk {
                broker,
                bytes_per_s: None,
            },
        );
    }

    /// One broker after the other, each gone as the one before comes back: short epochs, and logs that go apart.
    fn handover(&mut self, at: Micros) {
        let mut when = at;
        let first = self.draw.small(1, self.setup.brokers);
        let rounds = self.draw.small(2, 4);
        let (down, up) = self.draw.one_of(&[
            (ProcessFault::Crash, ProcessFault::Start),
            (ProcessFault::Crash, ProcessFault::Start),
            (ProcessFault::Pause, ProcessFault::Resume),
        ]);
        for round in 0..rounds {
            let node = NodeId::Broker((first - 1 + round) % self.setup.brokers + 1);
            self.process(when, node, down);
            let gone = self.while_us();
            self.process(when + gone, node, up);
            let overlap = self.draw.millis(0, 300);
            when += (gone + self.draw.millis(0, 300)).saturating_sub(overlap);
        }
    }

    fn administrator(&mut self, at: Micros, kind: Kind) {
        let command = match kind {
            Kind::Elect => Command::ElectLeaders {
                unclean: self.setup.controller.unclean_leader_election && self.draw.percent(50),
            },
            Kind::AddPartitions if self.partitions < 5 => {
                self.partitions += 1;
                Command::AddPartitions(self.partitions)
            }
            Kind::AddPartitions | Kind::Reassign => self.reassignment(),
            Kind::Configure => self.configuration(),
            Kind::Consumers => Command::Consumers(self.draw.small(0, 4).min(Limits::MAX_CONSUMERS)),
            _ => Command::Rate(self.draw.one_of(&[2, 10, 40, 120])),
        };
        self.push(at, command);
    }

    fn reassignment(&mut self) -> Command {
        let mut brokers: Vec<BrokerId> = (1..=self.setup.brokers).map(BrokerId).collect();
        let wanted = usize::from(self.draw.small(1, self.setup.brokers.min(3)));
        let mut replicas = Vec::new();
        while replicas.len() < wanted {
            let place = self.draw.below(u32::try_from(brokers.len()).unwrap_or(1));
            replicas.push(brokers.remove(place as usize));
        }
        Command::Reassign {
            partition: u16::try_from(self.draw.below(self.partitions.into())).unwrap_or(0),
            replicas,
        }
    }

    fn configuration(&mut self) -> Command {
        if self.setup.controller.unclean_leader_election && self.draw.percent(40) {
            Command::Unclean(self.draw.percent(50))
        } else {
            Command::MinInsyncReplicas(self.draw.small(1, self.setup.topic.replication_factor))
        }
    }
}
