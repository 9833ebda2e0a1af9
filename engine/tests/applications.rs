//! Stories of applications that fail: what each policy and each way to commit comes to.

use partitura_engine::application::{
    ApplicationConfig, CommitStrategy, FailurePolicy, Poison, PoisonWhat, RetryDelays,
};
use partitura_engine::trace::Fact;
use partitura_engine::workload::Rate;
use partitura_engine::world::{Command, Setup, World};

const SECOND: u64 = 1_000_000;

/// One broker, one partition, one consumer, ten records a second about two keys for five seconds.
fn setup(change: impl FnOnce(&mut ApplicationConfig)) -> Setup {
    let mut setup = Setup::new(7, "orders");
    setup.brokers = 1;
    setup.topic.partitions = 1;
    setup.topic.replication_factor = 1;
    setup.producers = 1;
    setup.consumers = 1;
    setup.broker.groups.offsets_topic_partitions = 1;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.workload.keys = vec!["good".to_owned(), "bad".to_owned()];
    setup.workload.rate = Rate {
        per_second: 10,
        bursts: Vec::new(),
    };
    setup.commands = vec![(5 * SECOND, Command::Rate(0))];
    setup.consumer.processing_us = 1_000;
    setup.consumer.application.delays = RetryDelays::Listed(vec![200_000, 500_000]);
    change(&mut setup.consumer.application);
    setup
}

fn poison(key: &str, crash: bool) -> Vec<Poison> {
    vec![Poison {
        what: PoisonWhat::Key(key.to_owned()),
        crash,
    }]
}

fn run(setup: &Setup, until: u64) -> World {
    let mut world = World::new(setup);
    world.run_until(until * SECOND);
    world
}

fn count(world: &World, wanted: impl Fn(&Fact) -> bool) -> u64 {
    world.trace().since(0).filter(|event| wanted(&event.fact)).count() as u64
}

#[test]
fn skip_passes_the_poison_over_and_goes_on() {
    let mut setup = setup(|app| app.policy = FailurePolicy::Skip);
    setup.downstream.poison = poison("bad", false);
    let world = run(&setup, 10);
    let counters = world.trace().counters();
    assert!(counters.retries.skipped > 0 && counters.processed > 0);
    assert_eq!(counters.retries.skipped + counters.processed, counters.sent);
}

#[test]
fn stop_blocks_the_partition_until_somebody_fixes_it() {
    let mut setup = setup(|app| app.policy = FailurePolicy::Stop);
    setup.downstream.poison = poison("bad", false);
    let world = run(&setup, 10);
    let counters = world.trace().counters();
    let (sent, before) = (counters.sent, counters.processed);
    assert!(before < sent / 2 && counters.retries.failed_attempts > 5);
    setup.commands.push((10 * SECOND, Command::Poison(Vec::new())));
    let world = run(&setup, 12);
    assert_eq!(world.trace().counters().processed, sent);
    assert_eq!(world.trace().counters().out_of_order, 0, "nothing has overtaken");
}

#[test]
fn retry_in_place_holds_all_up_and_ends_in_the_dead_letters() {
    let mut setup = setup(|app| app.policy = FailurePolicy::InPlace);
    setup.downstream.poison = poison("bad", false);
    let world = run(&setup, 60);
    let counters = world.trace().counters();
    assert_eq!(
        counters.retries.sent_to_dead_letters + counters.processed,
        counters.sent
    );
    assert_eq!(counters.retries.dead_letters, counters.retries.sent_to_dead_letters);
    assert_eq!(counters.retries.failed_attempts, 3 * counters.retries.dead_letters);
}

#[test]
fn retry_topics_let_the_others_pass_and_dead_letters_come_back_when_they_are_redriven() {
    let mut setup = setup(|app| app.policy = FailurePolicy::RetryTopics);
    setup.downstream.poison = poison("bad", false);
    let world = run(&setup, 10);
    let counters = world.trace().counters();
    let (sent, retries) = (counters.sent, counters.retries);
    assert!(retries.dead_letters > 5, "{retries:?}");
    assert_eq!(retries.sent_to_retry, 2 * retries.dead_letters);
    assert_eq!(retries.failed_attempts, 3 * retries.dead_letters);
    assert_eq!(counters.processed + retries.dead_letters, sent);

    setup.commands.push((10 * SECOND, Command::Poison(Vec::new())));
    setup.commands.push((11 * SECOND, Command::Redrive(None)));
    let world = run(&setup, 15);
    let counters = world.trace().counters();
    assert_eq!(counters.retries.redriven, retries.dead_letters);
    assert_eq!(counters.processed, sent);
}
