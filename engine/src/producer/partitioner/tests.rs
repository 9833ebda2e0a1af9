//! Each class by its rule, and all of them in range.

use super::*;
use proptest::prelude::*;

struct Desk {
    partitioner: Partitioner,
    random: Random,
    dictionary: Dictionary,
}

impl Desk {
    fn new(class: &str) -> Self {
        Self::with(class, &ProducerConfig::new("orders"))
    }

    fn with(class: &str, config: &ProducerConfig) -> Self {
        Self {
            partitioner: Partitioner::new(config, PartitionerClass::parse(class).unwrap()),
            random: Random::named(3, "desk"),
            dictionary: Dictionary::default(),
        }
    }

    fn choose(&mut self, key: Option<&str>, available: &[u32], partitions: u32) -> Option<Choice> {
        let key = key.and_then(|key| self.dictionary.key(key));
        let topic = Reachable { available, partitions };
        self.partitioner
            .choose(key, topic, 0, &mut self.random, &self.dictionary)
    }
}

#[test]
fn keys_may_be_ignored_by_the_built_in_one_alone() {
    let mut config = ProducerConfig::new("orders");
    assert_eq!(
        Desk::with("default", &config).choose(Some("user-1"), &[0, 1], 6),
        Some(Choice::Partition(2)),
        "whether it has a leader or not"
    );
    config.partitioner_ignore_keys = true;
    assert_eq!(
        Desk::with("default", &config).choose(Some("user-1"), &[0, 1], 6),
        Some(Choice::Sticky)
    );
    assert_eq!(
        Desk::with("murmur2_random", &config).choose(Some("user-1"), &[0, 1], 6),
        Some(Choice::Partition(2))
    );
}

#[test]
fn round_robin_and_uniform_sticky_do_not_look_at_keys() {
    let mut round = Desk::new("round-robin");
    let chosen = [(); 4].map(|()| round.choose(Some("user-1"), &[0, 1, 2], 3).unwrap());
    assert_eq!(chosen, [0, 1, 2, 0].map(Choice::Partition));
    let mut sticky = Desk::new("uniform-sticky");
    let first = sticky.choose(Some("user-1"), &[0, 1, 2], 3);
    assert!((0..9).all(|n| sticky.choose(Some(&format!("user-{n}")), &[0, 1, 2], 3) == first));
}

#[test]
fn what_shares_a_part_of_the_key_shares_a_partition() {
    let mut desk = Desk::new("part:|:0");
    let of = |desk: &mut Desk, key| desk.choose(Some(key), &[], 7);
    assert_eq!(of(&mut desk, "ad-1|eu"), of(&mut desk, "ad-1|us"));
    assert_eq!(
        of(&mut desk, "ad-1|eu"),
        Desk::new("default").choose(Some("ad-1"), &[], 7)
    );
    assert_ne!(of(&mut desk, "ad-1|eu"), of(&mut desk, "ad-4|eu"));
}

#[test]
fn librdkafka_keeps_what_has_no_key_together_for_a_while_and_says_when_it_moves() {
    let mut desk = Desk::new("consistent_random");
    let all = [0, 1, 2, 3];
    let Some(Choice::Moved(first)) = desk.choose(None, &all, 4) else {
        panic!("the first is a move")
    };
    assert_eq!(
        desk.choose(Some(""), &all, 4),
        Some(Choice::Partition(first)),
        "empty is no key"
    );
    assert_eq!(desk.choose(None, &all, 4), Some(Choice::Partition(first)));
}

proptest! {
    #[test]
    fn every_class_stays_in_range(
        key in prop::option::of(".{0,20}"),
        partitions in 1..40_u32,
        leaders in prop::collection::vec(any::<bool>(), 40),
        prefix in 1..5_u32,
        seed in any::<u64>(),
    ) {
        let available: Vec<u32> = (0..partitions).filter(|p| leaders[*p as usize]).collect();
        let prefix = format!("prefix:{prefix}");
        for class in [
            "default", "round-robin", "uniform-sticky", "default-2.4", "consistent_random", "murmur2_random",
            "fnv1a_random", &prefix, "part:|:1", "part:a:0",
        ] {
            let mut desk = Desk::new(class);
            desk.random = Random::named(seed, "range");
            for _ in 0..3 {
                let partition = match desk.choose(key.as_deref(), &available, partitions) {
                    Some(Choice::Partition(partition) | Choice::Moved(partition)) => partition,
                    Some(Choice::Sticky) => {
                        let topic = Reachable { available: &available, partitions };
                        desk.partitioner.sticky(&mut desk.random, topic).unwrap()
                    }
                    None => panic!("{class} has no answer"),
                };
                prop_assert!(partition < partitions, "{class}: {partition}");
                let topic = Reachable { available: &available, partitions };
                let moved = desk.partitioner.on_new_batch(partition, topic, &mut desk.random);
                prop_assert!(moved.is_none_or(|p| p < partitions), "{class}");
            }
        }
    }
}
