//! `partitura hash`: where keys go.

use crate::end::Failure;
use partitura_engine::producer::murmur2::{murmur2, to_positive};
use serde::Serialize;
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write};

/// Say which partition Kafka's default partitioner gives to keys: murmur2 with its sign bit cleared, modulo the partitions
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: partitura hash --partitions 4 match-7")]
pub(crate) struct Args {
    /// How many partitions the topic has
    #[arg(long, value_name = "N", value_parser = partitions, allow_negative_numbers = true)]
    partitions: u32,
    /// Write a JSON array
    #[arg(long)]
    json: bool,
    /// Keys to hash; a single - reads one key a line from standard input
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
}

/// Where a key goes.
#[derive(Debug, Serialize)]
struct Hashed<'a> {
    key: &'a str,
    /// As Java has it: signed.
    murmur2: i32,
    positive: u32,
    partition: u32,
}

/// The longest key from standard input, in bytes: as large as Kafka's largest request by default.
const MOST_BYTES: u64 = 1 << 20;

pub(crate) fn hash(args: &Args) -> Result<(), Failure> {
    let mut out = Lines::new(args);
    out.begin().map_err(Failure::stdout)?;
    if args.keys == ["-"] {
        each_line(|key| out.write(key).map_err(Failure::stdout))?;
    } else {
        args.keys
            .iter()
            .try_for_each(|key| out.write(key))
            .map_err(Failure::stdout)?;
    }
    out.end().map_err(Failure::stdout)
}

/// Every line of standard input is a key, an empty one the empty key.
fn each_line(mut use_key: impl FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let bad = |message: String| Failure::BadInput(format!("line {number} of standard input {message}"));
        let read = input.by_ref().take(MOST_BYTES + 2).read_until(b'\n', &mut line);
        if read.map_err(|error| bad(format!("cannot be read: {error}")))? == 0 {
            break;
        }
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() as u64 > MOST_BYTES {
            return Err(bad(format!("is longer than {MOST_BYTES} bytes")));
        }
        use_key(std::str::from_utf8(line).map_err(|_| bad("is not UTF-8 text".to_owned()))?)?;
    }
    Ok(())
}

/// Writes one line a key, as they come: standard input may be endless.
struct Lines {
    out: BufWriter<io::StdoutLock<'static>>,
    partitions: u32,
    json: bool,
    any: bool,
}

impl Lines {
    fn new(args: &Args) -> Self {
        let out = BufWriter::new(io::stdout().lock());
        Self {
            out,
            partitions: args.partitions,
            json: args.json,
            any: false,
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        if self.json { write!(self.out, "[") } else { Ok(()) }
    }

    fn write(&mut self, key: &str) -> io::Result<()> {
        let murmur2 = murmur2(key.as_bytes());
        let positive = to_positive(murmur2);
        let hashed = Hashed {
            key,
            murmur2,
            positive,
            partition: positive % self.partitions,
        };
        if self.json {
            write!(self.out, "{}", if self.any { ",\n " } else { "\n " })?;
            serde_json::to_writer(&mut self.out, &hashed)?;
        } else {
            let Hashed { partition, .. } = hashed;
            let shown = serde_json::to_string(key)?;
            let partitions = self.partitions;
            writeln!(
                self.out,
                "{partition}  murmur2({shown}) = {murmur2} → {positive} mod {partitions} = {partition}"
            )?;
        }
        self.any = true;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if self.json {
            writeln!(self.out, "{}", if self.any { "\n]" } else { "]" })?;
        }
        self.out.flush()
    }
}

fn partitions(text: &str) -> Result<u32, String> {
    const MOST: u32 = i32::MAX as u32;
    let number = text.parse().ok().filter(|partitions| (1..=MOST).contains(partitions));
    number.ok_or_else(|| format!("a topic has 1 to {MOST} partitions"))
}
