//! The stage in words, for those who listen to it.

use super::geometry::grouped;
use super::rows::{is_hot, percent};
use partitura_engine::world::{PartitionView, View};

/// Up to so many rows, each is described; beyond, only those with something unusual.
const ROWS_IN_WORDS: usize = 8;

/// A moment of a run in a few sentences.
#[must_use]
pub fn describe(view: &View) -> String {
    let mut said = vec![format!(
        "At {}.{:03} seconds: {} on {}.",
        view.now_us / 1_000_000,
        view.now_us / 1_000 % 1_000,
        count(view.partitions.len(), "partition"),
        count(view.brokers.len(), "broker"),
    )];
    let fenced: Vec<String> = view
        .brokers
        .iter()
        .filter(|b| !b.unfenced)
        .map(|b| b.id.0.to_string())
        .collect();
    if !fenced.is_empty() {
        said.push(format!("Fenced: broker {}.", fenced.join(", ")));
    }
    let rows = view.partitions.len();
    let all = rows <= ROWS_IN_WORDS;
    said.extend(
        view.partitions
            .iter()
            .filter(|partition| all || is_unusual(partition, rows))
            .map(|p| row(p, rows)),
    );
    said.extend(view.consumers.iter().map(|consumer| {
        let owned: Vec<String> = consumer
            .owned
            .iter()
            .map(|owned| format!("P{}", owned.partition))
            .collect();
        let owns = if owned.is_empty() {
            "nothing".to_owned()
        } else {
            owned.join(" ")
        };
        let number = super::consumers::number(consumer);
        format!("Consumer {number} owns {owns}, lag {}.", grouped(consumer.lag))
    }));
    if view.consumers.is_empty() {
        said.push("No consumer.".to_owned());
    }
    said.join(" ")
}

fn is_unusual(partition: &PartitionView, rows: usize) -> bool {
    partition.leader.is_none() || partition.isr.len() < partition.replicas.len() || is_hot(partition, rows)
}

fn row(partition: &PartitionView, rows: usize) -> String {
    let leader = match partition.leader {
        Some(broker) => format!("led by broker {} in epoch {}", broker.0, partition.leader_epoch),
        None => "without a leader".to_owned(),
    };
    format!(
        "P{}: {leader}, {} of {} in sync, {} of the records{}.",
        partition.index,
        partition.isr.len(),
        partition.replicas.len(),
        percent(partition.share_permille),
        if is_hot(partition, rows) { ", hot" } else { "" },
    )
}

fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
