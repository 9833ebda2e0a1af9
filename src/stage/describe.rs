//! The stage in words, for those who listen to it.

use super::consumers;
use super::label::grouped;
use super::metrics::metrics;
use super::rows::{is_hot, percent};
use super::standing::Standing;
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
    for broker in &view.brokers {
        let standing = Standing::of(broker, view);
        if let Some(word) = standing.word().filter(|_| standing != Standing::Fenced) {
            said.push(format!("Broker {}: {word}.", broker.id.0));
        }
    }
    if view.active_controller.is_none() && !view.controllers.is_empty() {
        said.push("No active controller: nothing can be elected.".to_owned());
    }
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
    let (idle, owners): (Vec<_>, Vec<_>) = view.consumers.iter().partition(|consumer| consumer.owned.is_empty());
    said.extend(owners.iter().map(|consumer| {
        let (number, owns) = (consumers::number(consumer), consumers::owns(consumer));
        format!("Consumer {number} {owns}, lag {}.", grouped(consumer.lag))
    }));
    if !idle.is_empty() {
        let numbers: Vec<String> = idle
            .iter()
            .map(|consumer| consumers::number(consumer).to_string())
            .collect();
        said.push(format!("Without a partition: consumer {}.", numbers.join(", ")));
    }
    if view.consumers.is_empty() {
        said.push("No consumer.".to_owned());
    }
    said.join(" ")
}

fn is_unusual(partition: &PartitionView, rows: usize) -> bool {
    partition.leader.is_none()
        || partition.isr.len() < partition.replicas.len()
        || is_hot(partition, rows)
        || partition.unavailable_since_us.is_some()
}

fn row(partition: &PartitionView, rows: usize) -> String {
    let leader = match partition.leader {
        Some(broker) => format!("led by broker {} in epoch {}", broker.0, partition.leader_epoch),
        None => "without a leader".to_owned(),
    };
    let counted: String = metrics(partition).iter().map(|m| format!(", {}", m.meaning)).collect();
    format!(
        "P{}: {leader}, {} of {} in sync, {} of the records{}{counted}.",
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

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_few_rows_are_all_described() {
        let view = sample::view(2, 2, 1, 2, &sample::keys().1);
        assert_eq!(
            describe(&view),
            "At 12.350 seconds: 2 partitions on 2 brokers. \
             P0: led by broker 1 in epoch 2, 2 of 2 in sync, 37\u{a0}% of the records. \
             P1: led by broker 2 in epoch 3, 2 of 2 in sync, 63\u{a0}% of the records. \
             Consumer 1 owns P0 P1, lag 412."
        );
    }

    #[test]
    fn of_many_rows_only_the_unusual_ones_are() {
        let mut view = sample::view(40, 3, 0, 3, &sample::keys().1);
        view.partitions[7].leader = None;
        let said = describe(&view);
        assert!(
            said.contains("Fenced: broker 3. P7: without a leader, 3 of 3 in sync, <1\u{a0}% of the records. P39:"),
            "{said}"
        );
        assert!(said.ends_with(", hot. No consumer."), "{said}");
    }
}
