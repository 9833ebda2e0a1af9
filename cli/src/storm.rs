//! `partitura storm`: random clusters, settings and faults, under the eyes of all invariants.

mod bug;
mod many;
mod one;

use crate::end::Failure;
use partitura_engine::node::Bug;
use std::ops::Range;
use std::path::PathBuf;

/// Play random storms of faults in brokers, clients, groups and applications, and look whether Kafka's promises hold
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  partitura storm --seeds 0..500
  partitura storm --seeds 0..1000000 --minutes 10
  partitura storm --seed 42 --shrink

Exit status: 0 when all went well, 1 when an invariant was broken, 2 when the input is wrong.")]
pub(crate) struct Args {
    /// Play the storms of these seeds, the last one left out, on all cores
    #[arg(long, value_name = "A..B", value_parser = seeds, default_value = "0..100", conflicts_with = "seed")]
    seeds: Range<u64>,
    /// Begin no storm any more after so many minutes
    #[arg(long, value_name = "M", conflicts_with = "seed")]
    minutes: Option<u64>,
    /// Play the storm of this seed only, and tell what it is
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Make the storm of that seed smaller, as long as it fails in the same way, and write it as a scenario
    #[arg(long, requires = "seed")]
    shrink: bool,
    /// The file to write the scenario to; storm-N.toml, if not given
    #[arg(long, value_name = "FILE", requires = "seed")]
    out: Option<PathBuf>,
    /// Build a mistake in, to see whether it is noticed
    #[arg(long, value_name = "NAME", value_parser = bug::parse, hide = true)]
    bug: Option<Bug>,
}

pub(crate) fn storm(args: &Args) -> Result<(), Failure> {
    match args.seed {
        Some(seed) => one::play_one(seed, args.bug, args.shrink, args.out.as_deref()),
        None => many::play_many(args.seeds.clone(), args.minutes, args.bug),
    }
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let wrong = || "write it as A..B, two whole numbers, the second one larger".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| wrong());
    let range = number(from)?..number(to)?;
    if range.is_empty() { Err(wrong()) } else { Ok(range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(seeds("0..500"), Ok(0..500));
        for wrong in ["", "5", "5..5", "7..3", "a..b", "0..=3"] {
            assert!(seeds(wrong).is_err(), "{wrong}");
        }
    }
}
