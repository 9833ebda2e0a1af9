//! `partitura keys`: what the keys of a file would do.

mod layout;
mod report;

use crate::end::Failure;
use partitura_keys::{Import, Importer, Layout};
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::PathBuf;

/// Say what the keys of a file would do: their shares of the partitions, skew, hot keys, and what each change would do
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  partitura keys clicks.csv --partitions 6,12 --key ad_id --weight clicks
  partitura keys events.jsonl --key user.id --timestamp ts --salt 8 --top 3
  sort keys.txt | partitura keys - --format list

Rows that cannot be read are counted and shown, and left out. Exit status: 0, also with such rows; 2 when the input is wrong.")]
pub(crate) struct Args {
    /// CSV, TSV, JSON Lines, or one key a line; a - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How many partitions the topic has; and, after a comma, how many it gets
    #[arg(long, value_name = "N[,M]", value_parser = partitions, default_value = "6")]
    partitions: Partitions,
    #[command(flatten)]
    choice: layout::Choice,
    /// Also say what salting would do, with so many shards for a key: key#0, key#1, …
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=1000))]
    salt: Option<u32>,
    /// Salt only so many of the heaviest keys; all, if not given
    #[arg(long, value_name = "COUNT", requires = "salt")]
    salted: Option<usize>,
    /// How many of the heaviest keys to list
    #[arg(long, value_name = "COUNT", default_value = "10")]
    top: usize,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

/// The partitions of a topic, and how many it gets.
#[derive(Clone, Copy, Debug)]
struct Partitions {
    now: u32,
    then: Option<u32>,
}

/// The most partitions that are worth a table.
const MOST_PARTITIONS: u32 = 10_000;

fn partitions(text: &str) -> Result<Partitions, String> {
    let number = |text: &str| {
        let number = text
            .trim()
            .parse()
            .ok()
            .filter(|number| (1..=MOST_PARTITIONS).contains(number));
        number.ok_or_else(|| format!("write one number from 1 to {MOST_PARTITIONS}, or two with a comma"))
    };
    match text.split_once(',') {
        None => Ok(Partitions {
            now: number(text)?,
            then: None,
        }),
        Some((now, then)) => Ok(Partitions {
            now: number(now)?,
            then: Some(number(then)?),
        }),
    }
}

pub(crate) fn keys(args: &Args) -> Result<(), Failure> {
    let (layout, import) = read(args)?;
    let report = report::Report::of(args, &layout, &import);
    let text = if args.json {
        serde_json::to_string_pretty(&report).map_err(|error| Failure::stdout(error.into()))? + "\n"
    } else {
        report.table()
    };
    io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::stdout)
}

/// Reads all of the file, after a look at its start.
fn read(args: &Args) -> Result<(Layout, Import), Failure> {
    const START_BYTES: u64 = 64 << 10;
    let name = args.file.display();
    let cannot = |error: io::Error| Failure::BadInput(format!("{name}: cannot read it: {error}"));
    let mut file: Box<dyn Read> = if args.file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(&args.file).map_err(cannot)?)
    };
    let mut start = Vec::new();
    file.by_ref()
        .take(START_BYTES)
        .read_to_end(&mut start)
        .map_err(cannot)?;
    let layout = args
        .choice
        .layout(&start)
        .map_err(|message| Failure::BadInput(format!("{name}: {message}")))?;
    let mut importer = Importer::new(layout.clone());
    importer.push(&start);
    let mut chunk = vec![0; START_BYTES as usize];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok((layout, importer.finish())),
            Ok(read) => importer.push(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(cannot(error)),
        };
    }
}
