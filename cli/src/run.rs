//! `partitura run`: plays a scenario, and sums it up.

use crate::end::Failure;
use crate::input::read_scenario;
use crate::table;
use partitura_engine::scenario::{
    Scenario, Setting, apply_all, check_command, check_nodes, format_seconds, parse_action, parse_duration, validate,
};
use partitura_engine::trace::event_json;
use partitura_engine::wire::Micros;
use partitura_engine::world::World;
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Play a scenario and sum it up
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: partitura run scenarios/world-cup.toml --seed 7 --until 60s --set acks=1 --json")]
pub(crate) struct Args {
    /// The scenario's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// All chance in the run comes from this number, instead of the file's
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// How long the run is, in virtual time: 60s, 1500ms, 2m; the file's length, if not given
    #[arg(long, value_name = "TIME", value_parser = parse_until)]
    until: Option<Micros>,
    /// Change a setting, by its name in the file; can be given more than once
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Do something at a time, in seconds: 12.5=crash:b3, 20=heal, 3=rate:500; can be given more than once
    #[arg(long = "do", value_name = "TIME=ACTION")]
    actions: Vec<String>,
    /// Write every event of the run to this file, one JSON object a line
    #[arg(long, value_name = "OUT")]
    trace: Option<PathBuf>,
    /// Write the summary as one JSON object
    #[arg(long)]
    json: bool,
}

/// More than a day of virtual time is a slip of the finger.
const LONGEST_US: Micros = 86_400_000_000;

fn parse_until(text: &str) -> Result<Micros, String> {
    match parse_duration(text)? {
        0 => Err("the run must last longer than nothing".to_owned()),
        until if until > LONGEST_US => Err("the run must end within 24h".to_owned()),
        until => Ok(until),
    }
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let mut scenario = read_scenario(&args.file)?;
    if let Some(seed) = args.seed {
        scenario.setup.seed = seed;
    }
    change_settings(&mut scenario, &args.set)?;
    add_actions(&mut scenario, &args.actions)?;
    let until = args.until.unwrap_or(scenario.until_us);
    let mut world = World::new(&scenario.setup);
    match &args.trace {
        Some(path) => play_into(&mut world, until, path)?,
        None => world.run_until(until),
    }
    let summary = Summary::of(&scenario, &world);
    let text = if args.json {
        serde_json::to_string_pretty(&summary).map_err(|error| Failure::stdout(error.into()))? + "\n"
    } else {
        summary.table()
    };
    io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::stdout)
}

fn change_settings(scenario: &mut Scenario, changes: &[String]) -> Result<(), Failure> {
    let bad = |change: &str, message: String| Failure::BadInput(format!("--set {change}: {message}"));
    let mut settings = Vec::new();
    for change in changes {
        let Some((name, value)) = change.split_once('=') else {
            return Err(bad(change, "write it as NAME=VALUE".to_owned()));
        };
        let setting = Setting::named(name.trim()).map_err(|message| bad(change, message))?;
        settings.push((setting, value.to_owned()));
    }
    apply_all(&settings, &mut scenario.setup).map_err(|(place, message)| bad(&changes[place], message))?;
    validate(&scenario.setup).map_err(|problem| Failure::BadInput(problem.message))
}

/// What is done from the command line comes after what the file does at the same time.
fn add_actions(scenario: &mut Scenario, actions: &[String]) -> Result<(), Failure> {
    for action in actions {
        let bad = |message: String| Failure::BadInput(format!("--do {action}: {message}"));
        let Some((at, deed)) = action.split_once('=') else {
            return Err(bad("write it as TIME=ACTION, such as 12.5=crash:b3".to_owned()));
        };
        let at = parse_duration(at).map_err(bad)?;
        if at > LONGEST_US {
            return Err(bad("the time is later than a day".to_owned()));
        }
        let command = parse_action(deed).map_err(bad)?;
        let checked = check_command(&command).and_then(|()| check_nodes(&command, &scenario.setup));
        checked.map_err(|problem| bad(problem.message))?;
        scenario.setup.commands.push((at, command));
    }
    Ok(())
}

/// Plays, and writes each event down before the trace forgets it.
fn play_into(world: &mut World, until: Micros, path: &Path) -> Result<(), Failure> {
    // So few inputs make fewer events than the trace keeps, whatever they are.
    const AT_A_TIME: u32 = 100;
    let name = path.display().to_string();
    let cannot = |error: io::Error| Failure::writing(&name, error);
    let file = File::create(path).map_err(|error| Failure::BadInput(format!("cannot write to {name}: {error}")))?;
    let mut out = BufWriter::new(file);
    let mut written = 0;
    loop {
        let done = world.run_some(until, AT_A_TIME);
        for event in world.trace().since(written) {
            assert_eq!(
                event.id,
                written + 1,
                "invariant trace-is-complete: events were forgotten before they were written"
            );
            writeln!(out, "{}", event_json(event, &world.names())).map_err(cannot)?;
            written = event.id;
        }
        if done {
            return out.flush().map_err(cannot);
        }
    }
}

/// What came of a run.
#[derive(Debug, Serialize)]
struct Summary {
    scenario: String,
    seed: u64,
    /// The virtual time at the end.
    until_us: Micros,
    /// Records that `send()` took.
    produced: u64,
    acknowledged: u64,
    failed: u64,
    /// Batches that were sent again.
    retried: u64,
    /// Records that the consumers' applications have processed.
    consumed: u64,
    /// Of these, records after a later one about the same thing.
    out_of_order: u64,
    /// Below the high watermarks, above the committed offsets.
    lag: u64,
    partitions: Vec<PartitionSummary>,
    events: u64,
    /// In hexadecimal: as a number it would not survive JavaScript.
    digest: String,
}

#[derive(Debug, Serialize)]
struct PartitionSummary {
    partition: u16,
    leader: Option<u8>,
    records: u64,
    share_permille: u32,
    log_end: u64,
    high_watermark: u64,
    consumed: u64,
    lag: u64,
}

impl Summary {
    fn of(scenario: &Scenario, world: &World) -> Self {
        let (counters, view) = (world.trace().counters(), world.view());
        let partitions = view.partitions.iter().map(|row| {
            let leader = view.replicas.iter().find(|r| r.partition == row.index && r.is_leader);
            PartitionSummary {
                partition: row.index,
                leader: row.leader.map(|broker| broker.0),
                records: row.sent,
                share_permille: row.share_permille,
                log_end: leader.map_or(0, |replica| replica.log_end),
                high_watermark: leader.map_or(0, |replica| replica.high_watermark),
                consumed: counters
                    .partitions
                    .get(usize::from(row.index))
                    .map_or(0, |p| p.processed),
                lag: row.lag,
            }
        });
        let partitions: Vec<PartitionSummary> = partitions.collect();
        Self {
            scenario: scenario.id.clone(),
            seed: scenario.setup.seed,
            until_us: world.now(),
            produced: counters.sent,
            acknowledged: counters.acknowledged,
            failed: counters.failed,
            retried: counters.retried,
            consumed: counters.processed,
            out_of_order: counters.out_of_order,
            lag: partitions.iter().map(|partition| partition.lag).sum(),
            partitions,
            events: world.trace().count(),
            digest: format!("{:016x}", world.trace().digest()),
        }
    }

    fn table(&self) -> String {
        let title = format!(
            "{}, seed {}, {} s of virtual time\n\n",
            self.scenario,
            self.seed,
            format_seconds(self.until_us)
        );
        let sums = [
            ("records produced", self.produced.to_string()),
            ("acknowledged", self.acknowledged.to_string()),
            ("failed", self.failed.to_string()),
            ("batches sent again", self.retried.to_string()),
            ("consumed", self.consumed.to_string()),
            ("out of order", self.out_of_order.to_string()),
            ("lag", self.lag.to_string()),
            ("events", self.events.to_string()),
            ("trace digest", self.digest.clone()),
        ];
        let sums: String = sums
            .iter()
            .map(|(name, value)| format!("{name:<18}  {value:>16}\n"))
            .collect();
        let head = [
            "partition",
            "leader",
            "records",
            "share",
            "log end",
            "high watermark",
            "consumed",
            "lag",
        ];
        let rows = self.partitions.iter().map(|p| {
            let leader = p.leader.map_or("none".to_owned(), |broker| format!("b{broker}"));
            let share = format!("{}.{} %", p.share_permille / 10, p.share_permille % 10);
            let counts = [p.log_end, p.high_watermark, p.consumed, p.lag].map(|n| n.to_string());
            let mut row = vec![p.partition.to_string(), leader, p.records.to_string(), share];
            row.extend(counts);
            row
        });
        format!("{title}{sums}\n{}", table::render(&head, &rows.collect::<Vec<_>>()))
    }
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}
