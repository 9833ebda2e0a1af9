//! Which keys are on other partitions than in the run beside it.

use partitura_engine::log::KeyId;
use partitura_engine::trace::PartitionCounters;
use partitura_engine::world::World;

/// What has moved from one run to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Subjects whose records are, at least some of them, on a partition that has none of theirs in the first run.
    pub keys: u64,
    /// Subjects that there are records about in both.
    pub of_keys: u64,
    /// Records of the second run that are on such a partition.
    pub records: u64,
}

/// What is on other partitions in the second run than in the first. Only the first
/// [`COUNTED_SUBJECTS`](partitura_engine::trace::Counters::COUNTED_SUBJECTS) subjects are counted by partition.
#[must_use]
pub fn moved(first: &World, second: &World) -> Moved {
    let before = &first.trace().counters().partitions;
    let after = second.trace().counters();
    let has = |partitions: &[PartitionCounters], key| partitions.iter().any(|partition| partition.about(key) > 0);
    let mut moved = Moved::default();
    for (index, _) in after.subjects.iter().enumerate().filter(|(_, about)| about.sent > 0) {
        let Some(key) = second.dictionary().key_at(index) else {
            continue;
        };
        let Some(there) = same_key(first, second, key).filter(|there| has(before, *there)) else {
            continue;
        };
        let elsewhere = |(partition, counters): (usize, &PartitionCounters)| {
            let was = before.get(partition).is_some_and(|before| before.about(there) > 0);
            if was { 0 } else { counters.about(key) }
        };
        let records: u64 = after.partitions.iter().enumerate().map(elsewhere).sum();
        moved.of_keys += 1;
        moved.keys += u64::from(records > 0);
        moved.records += records;
    }
    moved
}

/// The key of the first world with the text of that one of the second: mostly it has the same number.
fn same_key(first: &World, second: &World, key: KeyId) -> Option<KeyId> {
    let text = second.dictionary().key_text(key);
    let texts = first.dictionary();
    let same = key.index() < texts.key_count() && texts.key_text(key) == text;
    if same { Some(key) } else { texts.find_key(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Plan, Session};
    use partitura_engine::producer::murmur2::{murmur2, to_positive};
    use partitura_engine::scenario::{Scenario, Setting};
    use std::rc::Rc;

    const LITTLE: &str = r#"
format = 1
id = "little"
title = "Little"
summary = "A little run."
until = 30
settings = { rate = 100, key = "subject", "own.keys" = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] }
"#;

    fn world(settings: &[(&str, &str)]) -> World {
        let mut plan = Plan::of(Rc::new(Scenario::parse(LITTLE).unwrap()));
        for (name, value) in settings {
            plan.set(Setting::named(name).unwrap(), value).unwrap();
        }
        let mut session = Session::open(plan).unwrap();
        session.run(5_000_000, || true);
        session.world().clone()
    }

    #[test]
    fn with_as_many_partitions_no_key_moves() {
        let moved = moved(
            &world(&[("partitions", "6")]),
            &world(&[("partitions", "6"), ("acks", "1")]),
        );
        assert_eq!(
            moved,
            Moved {
                keys: 0,
                of_keys: 10,
                records: 0
            }
        );
    }

    #[test]
    fn with_more_partitions_those_keys_move_whose_hash_says_so() {
        let moved = moved(&world(&[("partitions", "6")]), &world(&[("partitions", "12")]));
        let moves = |key: &u8| {
            let hash = to_positive(murmur2(&[*key]));
            hash % 6 != hash % 12
        };
        let expected = (b'a'..=b'j').filter(moves).count() as u64;
        assert!(expected > 0 && moved.records > 0);
        assert_eq!((moved.keys, moved.of_keys), (expected, 10));
    }
}
