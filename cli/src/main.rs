//! Partitura without a browser: runs scenarios, checks them, hashes keys, and looks at files of keys.

mod check;
mod end;
mod hash;
mod input;
mod keys;
mod run;
mod steps;
mod storm;
mod table;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Apache Kafka as a score that you can play: the same engine as on the page, without a browser.
///
/// Exit status: 0 when all went well, 1 when a scenario does not do what it promises, 2 when the input is wrong.
#[derive(Debug, Parser)]
#[command(name = "partitura", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Check(check::Args),
    Steps(steps::Args),
    Hash(hash::Args),
    Keys(keys::Args),
    Storm(storm::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::check(&args),
        Command::Steps(args) => steps::steps(&args),
        Command::Hash(args) => hash::hash(&args),
        Command::Keys(args) => keys::keys(&args),
        Command::Storm(args) => storm::storm(&args),
    };
    end::exit_code(done)
}
