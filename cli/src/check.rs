//! `partitura check`: whether scenarios can be played, and do what they promise.

use crate::end::Failure;
use crate::input::read_scenario;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Read scenario files, play them to their ends, and check what their steps promise
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit status: 0 when all is well, 1 when a checkpoint does not hold, 2 when a file is wrong.")]
pub(crate) struct Args {
    /// Scenario files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Looks at all files, and ends with the worst that was found.
pub(crate) fn check(args: &Args) -> Result<(), Failure> {
    let mut worst = Ok(());
    for path in &args.files {
        match check_file(path) {
            Ok(()) => {}
            Err(Failure::BadInput(message)) if args.files.len() > 1 => {
                eprintln!("partitura: {message}");
                worst = Err(Failure::BadInput("not every file is a scenario".to_owned()));
            }
            Err(Failure::NotAsPromised) if worst.is_ok() => worst = Err(Failure::NotAsPromised),
            Err(Failure::NotAsPromised) => {}
            Err(other) => return Err(other),
        }
    }
    worst
}

fn check_file(path: &Path) -> Result<(), Failure> {
    let name = path.display();
    let scenario = read_scenario(path)?;
    match scenario.verify() {
        Ok(report) => {
            let steps = report.steps.len();
            let checkpoints: usize = report.steps.iter().chain(&report.variants).map(Vec::len).sum();
            let events = report.events;
            let digest = report.digest;
            writeln!(
                io::stdout(),
                "{name}: {} is well: {steps} steps, {checkpoints} checkpoints hold, {events} events, \
                 digest {digest:016x}",
                scenario.id
            )
            .map_err(Failure::stdout)
        }
        Err(failures) => {
            for failure in failures {
                eprintln!("{name}:{failure}");
            }
            Err(Failure::NotAsPromised)
        }
    }
}
