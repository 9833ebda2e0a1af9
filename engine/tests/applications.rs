//! Stories of applications that fail: what each policy and each way to commit comes to.

use partitura_engine::application::{
    ApplicationConfig, CommitStrategy, FailurePolicy, Poison, PoisonWhat, RetryDelays,
};
use partitura_engine::trace::{Fact, JourneyWhat};
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

/// The tenth record kills the first of two consumers; the other one takes over.
fn killed(change: impl FnOnce(&mut ApplicationConfig)) -> Setup {
    let mut setup = setup(change);
    setup.consumers = 2;
    setup.consumer.session_timeout_us = 6 * SECOND;
    setup.consumer.processing_us = 300_000;
    setup.downstream.poison = vec![Poison {
        what: PoisonWhat::Offset {
            partition: 0,
            offset: 10,
        },
        crash: true,
    }];
    setup.commands.push((4 * SECOND, Command::Poison(Vec::new())));
    setup
}

#[test]
fn a_crash_repeats_what_was_processed_and_not_committed() {
    let world = run(&killed(|app| app.commit = CommitStrategy::EachPoll), 60);
    let (effects, sent) = (world.effects(), world.trace().counters().sent);
    assert_eq!((effects.applied, effects.lost), (sent, 0));
    assert!(effects.repeated > 0, "{effects:?}");
}

#[test]
fn a_crash_repeats_nothing_when_each_record_is_committed() {
    let world = run(&killed(|app| app.commit = CommitStrategy::EachRecord), 60);
    let (effects, sent) = (world.effects(), world.trace().counters().sent);
    assert_eq!((effects.applied, effects.lost, effects.repeated), (sent, 0, 0));
}

#[test]
fn a_crash_loses_what_was_committed_and_not_processed() {
    let world = run(&killed(|app| app.commit = CommitStrategy::BeforeProcessing), 60);
    let (effects, sent) = (world.effects(), world.trace().counters().sent);
    assert!(effects.lost > 0 && effects.repeated == 0, "{effects:?}");
    assert_eq!(effects.applied + effects.lost, sent);
}

#[test]
fn a_sink_that_knows_records_makes_at_least_once_effectively_once() {
    let mut setup = killed(|app| app.commit = CommitStrategy::EachPoll);
    setup.downstream.dedup = true;
    let world = run(&setup, 60);
    let (effects, sent) = (world.effects(), world.trace().counters().sent);
    assert_eq!((effects.applied, effects.repeated), (sent, 0));
    assert!(effects.ignored > 0);
}

#[test]
fn auto_commit_happens_inside_poll_and_covers_what_earlier_polls_have_returned() {
    let mut setup = setup(|app| {
        app.auto_commit = true;
        app.auto_commit_interval_us = SECOND;
    });
    setup.consumer.processing_us = 10_000;
    let world = run(&setup, 10);
    let commits: Vec<u64> = world
        .trace()
        .since(0)
        .filter(|event| matches!(event.fact, Fact::AutoCommitted { .. }))
        .map(|event| event.at)
        .collect();
    assert!((7..=10).contains(&commits.len()), "{commits:?}");
    assert!(commits.windows(2).all(|pair| pair[1] - pair[0] >= SECOND));
    let sent = world.trace().counters().sent;
    let committed = world.trace().since(0).filter_map(|event| match event.fact {
        Fact::OffsetCommitted { offset, .. } => Some(offset),
        _ => None,
    });
    assert_eq!(committed.max(), Some(sent));
}

#[test]
fn without_a_place_to_begin_the_application_ends_with_an_exception() {
    let mut setup = setup(|_| {});
    setup.consumer.auto_offset_reset = None;
    let world = run(&setup, 10);
    let told = world
        .trace()
        .since(0)
        .any(|event| matches!(event.fact, Fact::NoOffsetForPartition { .. }));
    assert!(told && world.trace().counters().processed == 0);
    assert!(
        world.view().consumers.iter().all(|consumer| consumer.owned.is_empty()),
        "it is gone"
    );
}

#[test]
fn retry_topics_break_the_order_of_a_key_and_a_store_of_keys_keeps_it() {
    for keep in [false, true] {
        let mut setup = setup(|app| {
            app.policy = FailurePolicy::RetryTopics;
            app.keep_order = keep;
        });
        setup.topic.partitions = 2;
        setup.downstream.failure_percent = 20;
        let world = run(&setup, 30);
        let counters = world.trace().counters();
        let dead = world.retries().dead;
        assert_eq!(counters.processed + dead, counters.sent, "keep {keep}");
        assert!(counters.retries.sent_to_retry > 0);
        assert_eq!(
            counters.out_of_order == 0,
            keep,
            "{} out of order",
            counters.out_of_order
        );
    }
}

#[test]
fn an_outage_is_waited_out_in_the_retry_topics() {
    let mut setup = setup(|app| app.policy = FailurePolicy::RetryTopics);
    setup.commands.push((SECOND, Command::Downstream { down: true }));
    setup.commands.push((2 * SECOND, Command::Downstream { down: false }));
    let mut world = World::new(&setup);
    world.run_until(3 * SECOND / 2);
    let view = world.retries();
    assert_eq!(view.tiers.len(), 2);
    assert!(view.in_retry() > 0 && view.tiers[0].first[0].headers.due_us > 0);
    world.run_until(30 * SECOND);
    let view = world.retries();
    assert_eq!(view.in_retry(), 0);
    assert_eq!(
        world.trace().counters().processed + view.dead,
        world.trace().counters().sent
    );
}

#[test]
fn a_dead_letter_has_its_whole_journey() {
    let mut setup = setup(|app| app.policy = FailurePolicy::RetryTopics);
    setup.downstream.poison = poison("bad", false);
    setup.commands.push((10 * SECOND, Command::Poison(Vec::new())));
    setup.commands.push((11 * SECOND, Command::Redrive(Some((0, 0)))));
    let mut world = World::new(&setup);
    world.run_until(10 * SECOND);
    let letter = world.retries().dead_letters[0];
    assert_eq!((letter.headers.attempt, letter.headers.redrives), (3, 0));
    world.run_until(15 * SECOND);
    let journey = world.journey(letter.subject, letter.sequence);
    let told: Vec<&str> = journey
        .iter()
        .map(|step| match step.what {
            JourneyWhat::Failed { .. } => "failed",
            JourneyWhat::SentOn { .. } => "sent on",
            JourneyWhat::Stored => "stored",
            JourneyWhat::DeadLetter => "dead letter",
            JourneyWhat::Processed => "processed",
            JourneyWhat::Crashed | JourneyWhat::Skipped => "lost",
        })
        .collect();
    let hop = ["failed", "sent on", "stored"];
    let mut expected: Vec<&str> = hop.repeat(3);
    expected.extend(["dead letter", "sent on", "stored", "processed"]);
    let mut found = told.clone();
    // The next consumer may have it before the callback says that it is stored.
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "{told:?}");
}
