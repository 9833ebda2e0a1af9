//! Three controllers instead of one.

use partitura_engine::trace::Fact;
use partitura_engine::wire::QuorumRole;
use partitura_engine::workload::{KeyDistribution, Rate};
use partitura_engine::world::{Setup, World};

fn setup(seed: u64) -> Setup {
    let mut setup = Setup::new(seed, "orders");
    setup.controllers = 3;
    setup.workload.rate = Rate {
        per_second: 100,
        bursts: Vec::new(),
    };
    setup.workload.keys = ["a", "b", "c"].map(str::to_owned).to_vec();
    setup.workload.distribution = KeyDistribution::Uniform;
    setup
}

#[test]
fn three_controllers_elect_one_and_it_creates_the_topic_once() {
    for seed in 1..=5 {
        let mut world = World::new(&setup(seed));
        world.run_until(15_000_000);
        let count = |wanted: fn(&Fact) -> bool| world.trace().since(0).filter(|e| wanted(&e.fact)).count();
        let leads = |fact: &Fact| {
            matches!(
                fact,
                Fact::QuorumChanged {
                    role: QuorumRole::Leader,
                    ..
                }
            )
        };
        assert_eq!(count(leads), 1, "seed {seed}");
        let created = |fact: &Fact| matches!(fact, Fact::TopicCreated { topic, .. } if topic.0 == 0);
        assert_eq!(count(created), 1);
        assert_eq!(world.view().partitions.len(), 4);
        assert!(world.view().brokers.iter().all(|broker| broker.unfenced));
        assert!(count(|fact| matches!(fact, Fact::RecordProcessed { .. })) > 500);
    }
}
