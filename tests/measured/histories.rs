//! Rebalances as they were measured, and the same told by the simulation (`rebalances.json`): six partitions, A, B and C
//! come, C goes, A goes, B goes, and nobody sends anything but one record where B is to hang.

use partitura_engine::trace::{Fact, ProcessFault};
use partitura_engine::wire::{Micros, NodeId};
use partitura_engine::world::{Command, Setup, World};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A history's moment 0.
const START_US: Micros = 10_000_000;

#[derive(Deserialize)]
struct File {
    scenarios: Vec<Measured>,
}

#[derive(Deserialize)]
pub(crate) struct Measured {
    scenario: String,
    consumer_config: BTreeMap<String, String>,
    partitions: u16,
    events: Vec<MeasuredEvent>,
}

#[derive(Deserialize)]
struct MeasuredEvent {
    t_ms: u64,
    member: String,
    event: String,
    generation_or_epoch: Option<i64>,
    #[serde(default)]
    partitions: Vec<u16>,
}

/// What a rebalance listener is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    Revoked,
    Lost,
    Assigned,
}

/// A listener is told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) at_ms: u64,
    pub(crate) member: String,
    pub(crate) call: Call,
    pub(crate) partitions: Vec<u16>,
}

/// A history, measured or simulated.
pub(crate) struct History {
    pub(crate) told: Vec<Told>,
    /// The last generation (or epoch) that each member was in.
    pub(crate) generations: BTreeMap<String, u32>,
}

/// The measured history of that name.
pub(crate) fn measured(name: &str) -> Measured {
    let file: File = serde_json::from_str(include_str!("rebalances.json")).unwrap();
    let found = file.scenarios.into_iter().find(|measured| measured.scenario == name);
    found.unwrap_or_else(|| panic!("no history {name}"))
}

impl Measured {
    /// What its listeners were told.
    pub(crate) fn history(&self) -> History {
        let call = |event: &str| match event {
            "onPartitionsRevoked" => Some(Call::Revoked),
            "onPartitionsLost" => Some(Call::Lost),
            "onPartitionsAssigned" => Some(Call::Assigned),
            _ => None,
        };
        let told = |event: &MeasuredEvent| {
            Some(Told {
                at_ms: event.t_ms,
                member: event.member.clone(),
                call: call(&event.event)?,
                partitions: event.partitions.clone(),
            })
        };
        let mut generations = BTreeMap::new();
        for event in &self.events {
            if let Some(generation) = event.generation_or_epoch.and_then(|n| u32::try_from(n).ok()) {
                generations.insert(event.member.clone(), generation);
            }
        }
        History {
            told: self.events.iter().filter_map(told).collect(),
            generations,
        }
    }

    /// The same, simulated: what was done to the real ones is done at the same times.
    pub(crate) fn simulate(&self) -> History {
        let mut setup = Setup::new(11, "t");
        setup.controllers = 3;
        setup.combined = true;
        setup.topic.partitions = self.partitions;
        setup.producers = 1;
        setup.consumers = 0;
        setup.consumer.processing_us = 1_000;
        // It names classes where settings have short names.
        for (name, value) in &self.consumer_config {
            let value = match value.rsplit('.').next().unwrap_or(value) {
                "RangeAssignor" => "range",
                "CooperativeStickyAssignor" => "cooperative-sticky",
                value => value,
            };
            match name.as_str() {
                "metadata.max.age.ms" => setup.consumer.metadata_max_age_us = value.parse::<u64>().unwrap() * 1_000,
                name => partitura_engine::scenario::Setting::named(name)
                    .unwrap()
                    .apply(value, &mut setup)
                    .unwrap(),
            }
        }
        let mut world = World::new(&setup);
        let mut end = 0;
        for event in &self.events {
            let at = START_US + event.t_ms * 1_000;
            end = at;
            if let Some(command) = command(event) {
                world.schedule(at, command);
            }
            if event.event.starts_with("application stalls") {
                // Here an application hangs in the middle of a record: it needs one.
                world.schedule(at, one_record());
            }
        }
        world.run_until(end + 1_000_000);
        tell(&world)
    }
}

/// What was done to make that happen.
fn command(event: &MeasuredEvent) -> Option<Command> {
    let member = number(&event.member);
    Some(match event.event.as_str() {
        "subscribe+poll loop starts" => Command::Consumers(member?),
        "close()" => Command::Process {
            node: NodeId::Consumer(member?),
            fault: ProcessFault::Stop,
        },
        "application resumes polling" => Command::Stall {
            consumer: member?,
            stalled: false,
        },
        stalls if stalls.starts_with("application stalls") => Command::Stall {
            consumer: member?,
            stalled: true,
        },
        "topic grows to 6" => Command::AddPartitions(6),
        _ => return None,
    })
}

/// Into a partition of B's.
fn one_record() -> Command {
    Command::Send {
        key: None,
        value: "x".to_owned(),
        partition: Some(3),
    }
}

fn number(member: &str) -> Option<u8> {
    let place = ["A", "B", "C"].iter().position(|name| *name == member)?;
    u8::try_from(place + 1).ok()
}

/// Partitions that come or go at the same moment are one call.
fn tell(world: &World) -> History {
    let mut told: Vec<Told> = Vec::new();
    let mut generations = BTreeMap::new();
    for event in world.trace().since(0) {
        // A member of a consumer group enters an epoch without a word to its listener, when nothing changes for it.
        if let Fact::MemberReconciles {
            consumer: NodeId::Consumer(number),
            epoch,
            ..
        } = event.fact
        {
            generations.insert(["A", "B", "C"][usize::from(number) - 1].to_owned(), epoch);
        }
        let NodeId::Consumer(number) = event.node else { continue };
        let member = ["A", "B", "C"][usize::from(number) - 1];
        let (call, partition) = match event.fact {
            Fact::PartitionRevoked { partition } => (Call::Revoked, Some(partition.index)),
            Fact::PartitionLost { partition } => (Call::Lost, Some(partition.index)),
            Fact::PartitionAssigned { partition, generation } => {
                generations.insert(member.to_owned(), generation);
                (Call::Assigned, Some(partition.index))
            }
            Fact::NothingAssigned { generation } => {
                generations.insert(member.to_owned(), generation);
                (Call::Assigned, None)
            }
            _ => continue,
        };
        let at_ms = (event.at - START_US) / 1_000;
        match told.last_mut() {
            Some(last) if last.member == member && last.call == call && last.at_ms == at_ms => {
                last.partitions.extend(partition);
            }
            _ => told.push(Told {
                at_ms,
                member: member.to_owned(),
                call,
                partitions: partition.into_iter().collect(),
            }),
        }
    }
    History { told, generations }
}
