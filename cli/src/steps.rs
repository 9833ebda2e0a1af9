//! `partitura steps`: the state of a run at each step of its scenario, as data.

use crate::end::Failure;
use crate::input::read_scenario;
use crate::table;
use partitura_engine::scenario::{Scenario, format_seconds};
use partitura_engine::trace::Counters;
use partitura_engine::wire::Micros;
use partitura_engine::world::{BrokerView, GroupView, PartitionView, ProcessState, View, World};
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;

/// Play a scenario, and write down the state of cluster and groups at each of its steps
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: partitura steps scenarios/order-pipeline.toml --json")]
pub(crate) struct Args {
    /// The scenario's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write one JSON array, with an object for each step
    #[arg(long)]
    json: bool,
}

pub(crate) fn steps(args: &Args) -> Result<(), Failure> {
    let scenario = read_scenario(&args.file)?;
    let steps = played(&scenario);
    let text = if args.json {
        serde_json::to_string_pretty(&steps).map_err(|error| Failure::stdout(error.into()))? + "\n"
    } else {
        steps.iter().map(Step::text).collect::<Vec<_>>().join("\n")
    };
    io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::stdout)
}

fn played(scenario: &Scenario) -> Vec<Step> {
    let mut world = World::new(&scenario.setup);
    let state_at = |(place, step): (usize, &partitura_engine::scenario::Step)| {
        world.run_until(step.at_us);
        Step::of(place + 1, step.title.clone(), &world)
    };
    scenario.steps.iter().enumerate().map(state_at).collect()
}

/// The state at one step.
#[derive(Debug, Serialize)]
struct Step {
    /// From 1.
    step: usize,
    title: String,
    /// Virtual time.
    at_us: Micros,
    records: Records,
    brokers: Vec<Broker>,
    partitions: Vec<Partition>,
    groups: Vec<Group>,
}

/// Records so far.
#[derive(Debug, Serialize)]
struct Records {
    /// Those that `send()` took.
    produced: u64,
    acknowledged: u64,
    failed: u64,
    /// By the main group.
    processed: u64,
}

#[derive(Debug, Serialize)]
struct Broker {
    broker: u8,
    process: &'static str,
    /// As the controller sees it.
    fenced: bool,
    leads: u32,
    /// Whether the main group's coordinator is here.
    coordinates: bool,
}

#[derive(Debug, Serialize)]
struct Partition {
    partition: u16,
    leader: Option<u8>,
    leader_epoch: u32,
    replicas: Vec<u8>,
    isr: Vec<u8>,
    /// Of the leader; `None` while there is none that runs.
    log_end: Option<u64>,
    high_watermark: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Group {
    group: String,
    /// Empty while no coordinator has it.
    state: &'static str,
    /// Generation, or epoch of a group of the consumer protocol.
    generation: u32,
    coordinator: Option<u8>,
    members: Vec<Member>,
    offsets: Vec<Offsets>,
}

#[derive(Debug, Serialize)]
struct Member {
    consumer: u8,
    member_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_instance_id: Option<String>,
    assigned: Vec<u16>,
}

/// As `kafka-consumer-groups --describe` has them.
#[derive(Debug, Serialize)]
struct Offsets {
    partition: u16,
    current_offset: Option<u64>,
    /// `None` while nobody leads who could be asked.
    log_end_offset: Option<u64>,
    lag: Option<u64>,
    /// The consumer that owns it, as it sees it itself.
    owner: Option<u8>,
}

impl Step {
    fn of(step: usize, title: String, world: &World) -> Self {
        let (view, counters) = (world.view(), world.trace().counters());
        Self {
            step,
            title,
            at_us: view.now_us,
            records: Records::of(counters),
            brokers: view.brokers.iter().map(Broker::of).collect(),
            partitions: view.partitions.iter().map(|row| Partition::of(row, &view)).collect(),
            groups: view.groups.iter().map(Group::of).collect(),
        }
    }

    fn text(&self) -> String {
        let Records {
            produced,
            acknowledged,
            failed,
            processed,
        } = self.records;
        let head = format!(
            "{}. {}, at {} s\n{produced} records produced, {acknowledged} acknowledged, {failed} failed, {processed} processed\n",
            self.step,
            self.title,
            format_seconds(self.at_us)
        );
        let groups: String = self.groups.iter().map(Group::text).collect();
        format!("{head}\n{}\n{}\n{groups}", self.broker_table(), self.partition_table())
    }

    fn broker_table(&self) -> String {
        let row = |broker: &Broker| {
            let fenced = if broker.fenced { "fenced" } else { "unfenced" };
            let coordinates = if broker.coordinates { "coordinator" } else { "" };
            let words = [broker.process, fenced, &broker.leads.to_string(), coordinates].map(str::to_owned);
            let mut row = vec![format!("b{}", broker.broker)];
            row.extend(words);
            row
        };
        let rows: Vec<_> = self.brokers.iter().map(row).collect();
        table::render(&["broker", "process", "controller", "leads", ""], &rows)
    }

    fn partition_table(&self) -> String {
        let row = |row: &Partition| {
            vec![
                row.partition.to_string(),
                row.leader
                    .map_or_else(|| "none".to_owned(), |broker| format!("b{broker}")),
                row.leader_epoch.to_string(),
                listed(&row.replicas),
                listed(&row.isr),
                or_dash(row.log_end),
                or_dash(row.high_watermark),
            ]
        };
        let head = [
            "partition",
            "leader",
            "epoch",
            "replicas",
            "isr",
            "log end",
            "high watermark",
        ];
        let rows: Vec<_> = self.partitions.iter().map(row).collect();
        table::render(&head, &rows)
    }
}

impl Records {
    fn of(counters: &Counters) -> Self {
        Self {
            produced: counters.sent,
            acknowledged: counters.acknowledged,
            failed: counters.failed,
            processed: counters.processed,
        }
    }
}

impl Broker {
    fn of(view: &BrokerView) -> Self {
        let process = match view.process {
            ProcessState::Running => "running",
            ProcessState::ShuttingDown => "shutting down",
            ProcessState::Stopped => "stopped",
            ProcessState::Crashed => "crashed",
            ProcessState::DiskLost => "crashed, disk lost",
            ProcessState::Paused => "paused",
        };
        Self {
            broker: view.id.0,
            process,
            fenced: !view.unfenced,
            leads: view.leads,
            coordinates: view.coordinates,
        }
    }
}

impl Partition {
    fn of(row: &PartitionView, view: &View) -> Self {
        let is_leader = |replica: &&partitura_engine::world::ReplicaView| {
            replica.partition == row.index && replica.is_leader && Some(replica.broker) == row.leader
        };
        let leader = view.replicas.iter().find(is_leader);
        let numbers = |brokers: &[partitura_engine::wire::BrokerId]| brokers.iter().map(|broker| broker.0).collect();
        Self {
            partition: row.index,
            leader: row.leader.map(|broker| broker.0),
            leader_epoch: row.leader_epoch,
            replicas: numbers(&row.replicas),
            isr: numbers(&row.isr),
            log_end: leader.map(|replica| replica.log_end),
            high_watermark: leader.map(|replica| replica.high_watermark),
        }
    }
}

impl Group {
    fn of(view: &GroupView) -> Self {
        let members = view.member_list.iter().map(|member| Member {
            consumer: member.consumer,
            member_id: member.id.to_string(),
            group_instance_id: member.instance_id.as_ref().map(ToString::to_string),
            assigned: member.assigned.clone(),
        });
        let offsets = view.partitions.iter().map(|partition| Offsets {
            partition: partition.partition,
            current_offset: partition.committed,
            log_end_offset: partition.end,
            lag: partition.end.map(|_| partition.lag),
            owner: partition.owner,
        });
        Self {
            group: view.id.clone(),
            state: view.state,
            generation: view.generation,
            coordinator: view.coordinator.map(|broker| broker.0),
            members: members.collect(),
            offsets: offsets.collect(),
        }
    }

    fn text(&self) -> String {
        let at = self
            .coordinator
            .map_or_else(String::new, |broker| format!(" at b{broker}"));
        let state = if self.state.is_empty() {
            "without a coordinator"
        } else {
            self.state
        };
        let mut text = format!("group {}: {state}{at}, generation {}\n", self.group, self.generation);
        for member in &self.members {
            let assigned: Vec<String> = member.assigned.iter().map(ToString::to_string).collect();
            text += &format!("  c{} is assigned [{}]\n", member.consumer, assigned.join(", "));
        }
        let row = |row: &Offsets| {
            vec![
                row.partition.to_string(),
                or_dash(row.current_offset),
                or_dash(row.log_end_offset),
                or_dash(row.lag),
                row.owner
                    .map_or_else(|| "-".to_owned(), |consumer| format!("c{consumer}")),
            ]
        };
        let head = ["partition", "current offset", "log end offset", "lag", "owner"];
        text + &table::render(&head, &self.offsets.iter().map(row).collect::<Vec<_>>())
    }
}

fn listed(numbers: &[u8]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    words.join(",")
}

fn or_dash(number: Option<u64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| number.to_string())
}
