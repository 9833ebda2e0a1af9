//! The stage in words, for those who listen to it.

use super::consumer_box as consumers;
use super::drains;
use super::label::{grouped, seconds};
use super::layout::Captions;
use super::metrics::metrics;
use super::row_words::{is_hot, percent};
use super::standing::Standing;
use super::strip::producers;
use super::warmth::{Warmth, load};
use partitura_engine::world::{BrokerView, Drains, PartitionView, View};

/// Up to so many rows, each is described; beyond, only those with something unusual.
const ROWS_IN_WORDS: usize = 8;

/// A moment of a run in a few sentences.
#[must_use]
pub fn describe(view: &View, captions: &Captions) -> String {
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
    said.extend(view.brokers.iter().filter_map(hot_broker));
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
        let owned = consumer
            .owned
            .iter()
            .filter_map(|owned| captions.drain(owned.partition));
        let gone = match drains::last(owned.map(|drain| drain.when)) {
            Drains::In(us) => format!(", gone in {}", drains::span(us)),
            _ => String::new(),
        };
        let warmth = Warmth::of(consumer.heat_permille);
        let asked = if warmth.is_hot() {
            format!(", asked for {} of what it can process", load(consumer.heat_permille))
        } else {
            String::new()
        };
        format!("Consumer {number} {owns}, lag {}{gone}{asked}.", grouped(consumer.lag))
    }));
    said.extend(captions.drains.iter().filter_map(|drain| match drain.when {
        Drains::Never(_) => Some(format!("P{}: {}.", drain.partition, drains::said(drain))),
        _ => None,
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
    let troubles = producers(view);
    if !troubles.is_empty() {
        said.push(format!("Producers: {}.", troubles.join(", ")));
    }
    said.join(" ")
}

/// A broker that is asked for most of what it can do, or more.
fn hot_broker(broker: &BrokerView) -> Option<String> {
    if !Warmth::of(broker.heat_permille).is_hot() {
        return None;
    }
    let mut text = format!(
        "Broker {} is asked for {} of what it can append",
        broker.id.0,
        load(broker.heat_permille)
    );
    if broker.queue_us >= 50_000 {
        text += &format!(", and what comes now waits {}", seconds(broker.queue_us));
    }
    text.push('.');
    Some(text)
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
    let mut group = String::new();
    if let Some(committed) = partition.committed {
        group = format!(", committed up to {}", grouped(committed));
    }
    if let Some(position) = partition.position {
        group += &format!(", processed up to {}", grouped(position));
    }
    format!(
        "P{}: {leader}, {} of {} in sync, {} of the records{}{counted}{group}.",
        partition.index,
        partition.isr.len(),
        partition.replicas.len(),
        percent(partition.share_permille),
        match (is_hot(partition, rows), partition.heat_permille) {
            (true, asked @ Some(_)) => format!(", hot: asks for {} of what its leader can do", load(asked)),
            (true, None) => ", hot".to_owned(),
            (false, _) => String::new(),
        },
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
            describe(&view, &Captions::default()),
            "At 12.350 seconds: 2 partitions on 2 brokers. \
             P0: led by broker 1 in epoch 2, 2 of 2 in sync, 37\u{a0}% of the records, committed up to 34, processed up to 36. \
             P1: led by broker 2 in epoch 3, 2 of 2 in sync, 63\u{a0}% of the records, committed up to 51, processed up to 53. \
             Consumer 1 owns P0 P1, lag 412."
        );
    }

    #[test]
    fn of_many_rows_only_the_unusual_ones_are() {
        let mut view = sample::view(40, 3, 0, 3, &sample::keys().1);
        view.partitions[7].leader = None;
        let said = describe(&view, &Captions::default());
        assert!(
            said.contains("Fenced: broker 3. P7: without a leader, 3 of 3 in sync, <1\u{a0}% of the records, committed up to 153, processed up to 155. P39:"),
            "{said}"
        );
        assert!(
            said.ends_with(", hot, committed up to 697, processed up to 699. No consumer."),
            "{said}"
        );
    }

    #[test]
    fn what_is_hot_and_what_never_drains_is_said() {
        let mut view = sample::heated(sample::view(2, 2, 1, 2, &sample::keys().1));
        view.brokers[1].queue_us = 1_240_000;
        let captions = Captions {
            drains: sample::drains(&view),
            ..Captions::default()
        };
        let said = describe(&view, &captions).replace('\u{a0}', " ");
        assert!(
            said.contains("Broker 2 is asked for 140 % of what it can append, and what comes now waits 1.2 s."),
            "{said}"
        );
        assert!(
            said.contains("63 % of the records, hot: asks for 140 % of what its leader can do, committed up to 51,"),
            "{said}"
        );
        assert!(
            said.contains("P1: lag 412, never gone: as much comes in as is processed, or more."),
            "{said}"
        );
        assert!(said.contains("asked for 140 % of what it can process."), "{said}");
    }
}
