//! What a storm does to applications: how they commit, what they do with records that they cannot process, and how much of
//! that there is; and which protocol their group speaks. From a stream of its own, so that all else in a storm is as it
//! would be without.

use super::draw::Draw;
use crate::application::{CommitStrategy, FailurePolicy, Poison, PoisonWhat, RetryDelays};
use crate::consumer::Protocol;
use crate::trace::ProcessFault;
use crate::wire::{Micros, NodeId, OffsetSpec, ResetTo, SeekTo, ServerAssignor};
use crate::world::{Command, Setup};

/// So many storms of a hundred are about applications, too.
const SHARE_PERCENT: u32 = 50;

/// So many consumers may come later in a storm.
const LATER: u8 = 16;

/// What the storm of that seed does to applications, if it does.
pub(super) struct Applications {
    draw: Draw,
    /// Records that cannot be processed.
    fails: bool,
    /// Applications read from elsewhere, and offsets are reset.
    rewinds: bool,
    /// Something happens to consumers, those of retry topics included.
    dies: bool,
}

impl Applications {
    /// Sets up how applications are.
    pub(super) fn of(seed: u64, setup: &mut Setup) -> Option<Self> {
        let mut draw = Draw::named(seed, "storm applications");
        if !draw.percent(SHARE_PERCENT) {
            return None;
        }
        setup.consumers = setup.consumers.max(draw.small(1, 3));
        let (fails, rewinds, dies) = (draw.percent(75), draw.percent(25), draw.percent(60));
        let mut applications = Self {
            draw,
            fails,
            rewinds,
            dies,
        };
        applications.protocol(setup);
        applications.commits(setup);
        applications.failures(setup);
        Some(applications)
    }

    fn protocol(&mut self, setup: &mut Setup) {
        let draw = &mut self.draw;
        if !draw.percent(40) {
            return;
        }
        setup.consumer.protocol = Protocol::Consumer;
        setup.consumer.remote_assignor =
            draw.one_of(&[None, Some(ServerAssignor::Uniform), Some(ServerAssignor::Range)]);
        let groups = &mut setup.broker.groups;
        groups.consumer_heartbeat_interval_us = draw.millis(200, 600);
        groups.consumer_session_timeout_us = groups.consumer_heartbeat_interval_us * draw.between(3, 8);
        groups.consumer_assignment_interval_us = draw.one_of(&[0, 100_000, 1_000_000]);
    }

    fn commits(&mut self, setup: &mut Setup) {
        let draw = &mut self.draw;
        let application = &mut setup.consumer.application;
        application.commit = draw.one_of(&[
            CommitStrategy::EachPoll,
            CommitStrategy::EachPoll,
            CommitStrategy::EachRecord,
            CommitStrategy::BeforeProcessing,
        ]);
        // Over a slow network that takes longer than a storm's patience.
        let is_slow = setup.network.client.latency_us + setup.network.client.jitter_us > 3_000;
        if is_slow && application.commit == CommitStrategy::EachRecord {
            application.commit = CommitStrategy::EachPoll;
        }
        application.auto_commit = draw.percent(15);
        application.auto_commit_interval_us = draw.millis(100, 2_000);
        setup.downstream.dedup = draw.percent(50);
        if draw.percent(10) {
            setup.consumer.auto_offset_reset = draw.one_of(&[Some(OffsetSpec::Latest), None]);
        }
    }

    fn failures(&mut self, setup: &mut Setup) {
        let draw = &mut self.draw;
        let application = &mut setup.consumer.application;
        application.policy = draw.one_of(&[
            FailurePolicy::Stop,
            FailurePolicy::Skip,
            FailurePolicy::InPlace,
            FailurePolicy::RetryTopics,
            FailurePolicy::RetryTopics,
            FailurePolicy::RetryTopics,
        ]);
        application.delays = draw.one_of_listed(&[
            RetryDelays::Listed(vec![200_000]),
            RetryDelays::Listed(vec![100_000, 1_000_000]),
            RetryDelays::Exponential {
                first_us: 50_000,
                factor: 4,
                count: 3,
            },
        ]);
        application.jitter_percent = draw.one_of(&[0, 20]);
        application.dead_letters = draw.percent(75);
        application.keep_order = draw.percent(50);
        application.retry_consumers = draw.small(1, 2);
    }

    /// Adds what happens to applications and their consumers, until it is calm.
    pub(super) fn add_faults(mut self, setup: &Setup, calm_us: Micros, faults: &mut Vec<(Micros, Command)>) {
        if self.fails {
            for _ in 0..self.draw.small(1, 5) {
                self.add_failure(calm_us, faults);
            }
        }
        if self.rewinds {
            for _ in 0..self.draw.small(1, 3) {
                self.add_rewind(setup, calm_us, faults);
            }
        }
        if self.dies {
            for _ in 0..self.draw.small(1, 5) {
                self.add_death(setup, calm_us, faults);
            }
        }
        faults.sort_by_key(|(at, _)| *at);
    }

    fn moment(&mut self, calm_us: Micros) -> Micros {
        self.draw.between(3_000_000, calm_us - 3_000_000)
    }

    fn add_failure(&mut self, calm_us: Micros, faults: &mut Vec<(Micros, Command)>) {
        let at = self.moment(calm_us);
        let until = at + self.draw.millis(200, 2_900);
        let (begins, ends) = match self.draw.below(5) {
            0 => (Command::Downstream { down: true }, Command::Downstream { down: false }),
            1 => {
                let percent = self.draw.one_of(&[5, 30, 90]);
                (Command::FailurePercent(percent), Command::FailurePercent(0))
            }
            2 => {
                let redrive = Command::Redrive(None);
                (redrive.clone(), redrive)
            }
            _ => (Command::Poison(self.poison()), Command::Poison(Vec::new())),
        };
        faults.push((at, begins));
        // Poison stays, now and then, until it is calm.
        if self.draw.percent(70) {
            faults.push((until, ends));
        }
    }

    fn poison(&mut self) -> Vec<Poison> {
        let mut rules = vec![Poison {
            what: PoisonWhat::Key(format!("key-{}", self.draw.small(1, 8))),
            crash: self.draw.percent(15),
        }];
        if self.draw.percent(40) {
            rules.push(Poison {
                what: PoisonWhat::Offset {
                    partition: self.draw.below(3) as u16,
                    offset: self.draw.between(0, 200),
                },
                crash: self.draw.percent(15),
            });
        }
        rules
    }

    fn add_rewind(&mut self, setup: &Setup, calm_us: Micros, faults: &mut Vec<(Micros, Command)>) {
        let at = self.moment(calm_us);
        let (partition, offset) = (self.draw.below(3) as u16, self.draw.between(0, 300));
        if self.draw.percent(50) {
            let to = match self.draw.below(4) {
                0 => SeekTo::Earliest,
                1 => SeekTo::Latest,
                _ => SeekTo::Offset { partition, offset },
            };
            let consumer = self.draw.small(1, consumers(setup));
            return faults.push((at, Command::Seek { consumer, to }));
        }
        let to = match self.draw.below(4) {
            0 => ResetTo::All(OffsetSpec::Earliest),
            1 => ResetTo::All(OffsetSpec::Latest),
            2 => ResetTo::All(OffsetSpec::Timestamp(self.draw.millis(1_000, 20_000))),
            _ => ResetTo::Offset { partition, offset },
        };
        let (group, members) = match setup.more_groups.first() {
            Some(further) => (further.name.clone(), further.consumers),
            None => (setup.consumer.group.to_string(), setup.consumers),
        };
        let resize = |consumers| Command::Group {
            group: group.clone(),
            consumers,
        };
        faults.push((at, resize(0)));
        let reset = match to {
            // One in eight is forgotten altogether.
            ResetTo::Offset { offset, .. } if offset % 2 == 1 => Command::DeleteGroup { group: group.clone() },
            to => Command::ResetOffsets {
                group: group.clone(),
                to,
            },
        };
        // Now and then too early: then it is refused.
        faults.push((at + self.draw.millis(10, 1_500), reset));
        faults.push((at + 2_000_000, resize(members)));
    }

    fn add_death(&mut self, setup: &Setup, calm_us: Micros, faults: &mut Vec<(Micros, Command)>) {
        let at = self.moment(calm_us);
        let until = at + self.draw.millis(0, 2_900);
        let node = NodeId::Consumer(self.draw.small(1, consumers(setup)));
        let (begins, ends) = match self.draw.below(3) {
            0 | 1 => (ProcessFault::Crash, ProcessFault::Start),
            _ => {
                // So that it has records in hand when it stands still.
                let slow = |processing_us| Command::Slow {
                    consumer: node.number(),
                    processing_us,
                };
                let slow_us = self.draw.millis(20, 300);
                faults.push((at - 1_000_000, slow(Some(slow_us))));
                faults.push((until + 500_000, slow(None)));
                (ProcessFault::Pause, ProcessFault::Resume)
            }
        };
        faults.push((at, Command::Process { node, fault: begins }));
        faults.push((until, Command::Process { node, fault: ends }));
    }
}

/// How many consumers there are at the start, of all groups, retry topics and dead letters.
fn consumers(setup: &Setup) -> u8 {
    let application = &setup.consumer.application;
    let beside = application.tiers() * application.retry_consumers + u8::from(application.has_dead_letters());
    let further: u8 = setup.more_groups.iter().map(|group| group.consumers).sum();
    setup.consumers + beside + further
}

/// What ends all trouble of applications: what could not be processed can be.
pub(super) fn relief(setup: &Setup, faults: &[(Micros, Command)]) -> Vec<Command> {
    let mut relief = Vec::new();
    let mut kills = false;
    for (_, command) in faults {
        let ends = match command {
            Command::Downstream { down: true } => Command::Downstream { down: false },
            Command::FailurePercent(1..) => Command::FailurePercent(0),
            Command::Poison(rules) if !rules.is_empty() => {
                kills |= rules.iter().any(|rule| rule.crash);
                Command::Poison(Vec::new())
            }
            _ => continue,
        };
        if !relief.contains(&ends) {
            relief.push(ends);
        }
    }
    if kills {
        // Whom a record has killed, somebody starts again.
        let sharers: u8 = setup.share_groups.iter().map(|group| group.consumers).sum();
        let killed = (1..=consumers(setup) + LATER).map(NodeId::Consumer);
        let killed = killed.chain((1..=sharers).map(NodeId::ShareConsumer));
        let killed = killed.chain((1..=setup.work_queue.workers).map(NodeId::Worker));
        relief.extend(killed.map(|node| Command::Process {
            node,
            fault: ProcessFault::Start,
        }));
    }
    relief
}

/// What has become of dead letters: they are sent back, once all can be processed.
pub(super) fn redrive(setup: &Setup) -> Option<Command> {
    setup
        .consumer
        .application
        .has_dead_letters()
        .then_some(Command::Redrive(None))
}
