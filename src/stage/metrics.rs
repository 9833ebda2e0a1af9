//! What Kafka's metrics say of a partition, as badges.

use super::badge::{Badge, Kind};
use partitura_engine::world::PartitionView;

/// A metric that counts the partition.
pub(super) struct Metric {
    kind: Kind,
    /// Its name, shorter and shorter.
    words: [&'static str; 3],
    /// Its name in JMX.
    name: &'static str,
    /// What it means.
    pub(super) meaning: &'static str,
}

const OFFLINE: Metric = Metric {
    kind: Kind::Bad,
    words: ["Offline", "Offline", "Off"],
    name: "kafka.controller:type=KafkaController,name=OfflinePartitionsCount",
    meaning: "nobody leads it",
};
const UNDER_MIN_ISR: Metric = Metric {
    kind: Kind::Bad,
    words: ["UnderMinIsr", "<MinIsr", "<min"],
    name: "kafka.server:type=ReplicaManager,name=UnderMinIsrPartitionCount",
    meaning: "fewer in sync than min.insync.replicas",
};
const UNDER_REPLICATED: Metric = Metric {
    kind: Kind::Warn,
    words: ["UnderReplicated", "UnderRepl.", "URP"],
    name: "kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions",
    meaning: "fewer in sync than there are replicas",
};
const REASSIGNING: Metric = Metric {
    kind: Kind::Quiet,
    words: ["Reassigning", "Reassign.", "Re"],
    name: "kafka.server:type=ReplicaManager,name=ReassigningPartitions",
    meaning: "it gets other replicas",
};
const AT_MIN_ISR: Metric = Metric {
    kind: Kind::Quiet,
    words: ["AtMinIsr", "=MinIsr", "=min"],
    name: "kafka.server:type=ReplicaManager,name=AtMinIsrPartitionCount",
    meaning: "as few in sync as min.insync.replicas",
};

/// The metrics that count that partition, the worst first. That all replicas are in sync and there are no more than the
/// minimum is no news.
#[must_use]
pub(super) fn metrics(view: &PartitionView) -> Vec<&'static Metric> {
    let all = [
        (view.offline, &OFFLINE),
        (view.under_min_isr, &UNDER_MIN_ISR),
        (view.under_replicated, &UNDER_REPLICATED),
        (view.reassigning, &REASSIGNING),
        (view.at_min_isr && view.under_replicated, &AT_MIN_ISR),
    ];
    all.into_iter()
        .filter(|(counts, _)| *counts)
        .map(|(_, metric)| metric)
        .collect()
}

impl Metric {
    /// Whether it is a sign of trouble.
    pub(super) fn is_trouble(&self) -> bool {
        self.kind != Kind::Quiet
    }

    /// Whether it is a sign of trouble now, and not only of less safety.
    pub(super) fn is_bad(&self) -> bool {
        self.kind == Kind::Bad
    }

    /// Its name in Kafka: the last part of the one in JMX.
    pub(super) fn short_name(&self) -> &'static str {
        self.name.rsplit('=').next().unwrap_or(self.name)
    }

    /// The badge, with its right end at `right`, in the longest word that fits.
    pub(super) fn badge(&self, left: f64, right: f64, baseline: f64) -> Option<Badge> {
        let fits = |word: &&&str| Badge::width(word) <= right - left;
        let word = self.words.iter().find(fits)?;
        let title = format!("{}: {}", self.name, self.meaning);
        Some(Badge::new(right - Badge::width(word), baseline, self.kind, word, title))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_worst_comes_first_and_a_full_isr_at_the_minimum_is_no_news() {
        let mut view = sample::view(1, 3, 0, 3, &sample::keys().1).partitions.remove(0);
        view.at_min_isr = true;
        assert!(metrics(&view).is_empty());
        (view.under_replicated, view.under_min_isr, view.at_min_isr) = (true, true, false);
        let names: Vec<_> = metrics(&view).into_iter().map(Metric::short_name).collect();
        assert_eq!(names, ["UnderMinIsrPartitionCount", "UnderReplicatedPartitions"]);
    }

    #[test]
    fn a_badge_has_the_longest_word_that_fits() {
        let word = |room| UNDER_REPLICATED.badge(0.0, room, 0.0).map(|badge| badge.label.text);
        assert_eq!(word(120.0).as_deref(), Some("UnderReplicated"));
        assert_eq!(word(80.0).as_deref(), Some("UnderRepl."));
        assert_eq!(word(30.0).as_deref(), Some("URP"));
        assert_eq!(word(10.0), None);
    }
}
