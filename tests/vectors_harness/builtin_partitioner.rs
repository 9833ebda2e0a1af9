//! Partitions for records without a key.

use partitura_engine::producer::built_in_partitioner::{LoadStats, next_partition};
use serde::Deserialize;

use crate::files;
use crate::tally::Tally;

#[derive(Deserialize)]
struct Case {
    id: String,
    queue_sizes: Option<Vec<u32>>,
    partition_ids: Vec<u32>,
    /// How many of the queues, from the first on, may be used.
    usable_length: usize,
    stats_missing: bool,
    picks: Vec<Pick>,
    available_order: Vec<u32>,
    all_order: Vec<u32>,
}

#[derive(Deserialize)]
struct Pick {
    random: i32,
    partition: u32,
}

#[test]
fn keyless_records_go_where_kafka_sends_them() {
    if files::is_left_out("builtin_partitioner.json") {
        return;
    }
    let mut tally = Tally::new("builtin_partitioner");
    let mut picks = 0;
    for case in files::json::<Case>("builtin_partitioner.json") {
        let stats = load_stats(&case);
        let partitions = case.all_order.len() as u32;
        let expected: Vec<_> = case.picks.iter().map(|pick| Some(pick.partition)).collect();
        let got: Vec<_> = case
            .picks
            .iter()
            .map(|pick| next_partition(pick.random, &stats, &case.available_order, partitions))
            .collect();
        picks += expected.len();
        tally.case(&case.id, &expected, &got);
    }
    tally.finish_with(&format!(" ({picks} picks)"));
}

fn load_stats(case: &Case) -> LoadStats {
    let mut stats = LoadStats::default();
    let sizes = case.queue_sizes.as_deref().unwrap_or_default();
    // Where Kafka had no statistics, the queue sizes in the file are not what it chose by.
    if !case.stats_missing {
        let queues: Vec<(u32, u32)> = case
            .partition_ids
            .iter()
            .copied()
            .zip(sizes.iter().copied())
            .take(case.usable_length)
            .collect();
        stats.rebuild(&queues, sizes.len());
    }
    stats
}
