//! The plain work queue beside the topic: what it does with the records that the topic gets as well, and what it cannot do.

use partitura_engine::scenario::{Observable, Setting, parse_action, validate};
use partitura_engine::trace::{Fact, WorkStep};
use partitura_engine::wire::Micros;
use partitura_engine::work_queue::WorkerState;
use partitura_engine::world::{Command, Setup, World};

const SECOND: Micros = 1_000_000;

fn setup(settings: &[(&str, &str)]) -> Setup {
    let mut setup = Setup::new(7, "orders");
    let few = [
        ("own.keys", "anna,ben,cleo"),
        ("rate", "50"),
        ("processing.ms", "10"),
        ("queue.workers", "3"),
        ("queue.visibility.timeout.ms", "2000"),
    ];
    for (name, value) in few.iter().chain(settings) {
        Setting::named(name).unwrap().apply(value, &mut setup).unwrap();
    }
    validate(&setup).unwrap();
    setup
}

fn world(settings: &[(&str, &str)]) -> World {
    World::new(&setup(settings))
}

fn observe(world: &World, name: &str) -> u64 {
    Observable::named(name).unwrap().read(world, None, None)
}

fn act(world: &mut World, action: &str) {
    world.command(&parse_action(action).unwrap());
}

/// No more records come, and all that is under way comes to its end.
fn finish(world: &mut World) {
    world.command(&Command::Rate(0));
    world.run_until(world.now() + 20 * SECOND);
}

/// The steps of the messages about that subject with that number, in order.
fn steps(world: &World, subject: &str, sequence: u32) -> Vec<(WorkStep, u8)> {
    let subject = world.dictionary().find_key(subject).unwrap();
    let works = world.trace().since(0).filter_map(|event| match event.fact {
        Fact::Work(work) if (work.subject, work.sequence) == (subject, sequence) => Some((work.step, work.worker)),
        _ => None,
    });
    works.collect()
}

#[test]
fn every_record_of_the_topic_is_a_message_that_is_processed_and_deleted() {
    let mut world = world(&[]);
    world.run_until(10 * SECOND);
    finish(&mut world);
    let sent = observe(&world, "sent");
    assert!(sent > 300, "{sent}");
    for name in [
        "queue_queued",
        "queue_delivered",
        "queue_processed",
        "queue_deleted",
        "processed",
    ] {
        assert_eq!(observe(&world, name), sent, "{name}");
    }
    for name in [
        "queue_redelivered",
        "queue_processed_again",
        "queue_late",
        "queue_ready",
        "queue_in_flight",
    ] {
        assert_eq!(observe(&world, name), 0, "{name}");
    }
    let counts = world.work_queue().unwrap().counts;
    assert_eq!(counts.by_receives, [sent, 0, 0, 0, 0, 0]);
    let expected = [
        WorkStep::Queued,
        WorkStep::Delivered,
        WorkStep::Processed,
        WorkStep::Deleted,
    ];
    assert_eq!(
        steps(&world, "ben", 5)
            .iter()
            .map(|(step, _)| *step)
            .collect::<Vec<_>>(),
        expected
    );
}

/// The log is what it would be: same sends, same offsets, same group.
#[test]
fn the_queue_changes_nothing_at_the_topic() {
    let figures = |workers: &str| {
        let mut world = world(&[("queue.workers", workers), ("order.repair", "on")]);
        world.run_until(10 * SECOND);
        finish(&mut world);
        assert_eq!(world.work_queue().is_some(), workers != "0");
        let names = ["sent", "processed", "messages", "out_of_order", "lag", "latency_p99_us"];
        names.map(|name| Observable::named(name).map_or(0, |of| of.read(&world, None, None)))
    };
    assert_eq!(figures("0"), figures("4"));
}

/// Two workers at once on one key: what came later can be done earlier. The log's order for a key holds.
#[test]
fn competing_workers_do_not_keep_the_order_of_a_key_and_one_worker_does_while_nothing_fails() {
    let jittery = |workers: &str| {
        let mut world = world(&[
            ("queue.workers", workers),
            ("own.keys", "anna"),
            ("rate", "6000"),
            ("processing.ms", "0.1"),
        ]);
        world.run_until(6 * SECOND);
        finish(&mut world);
        assert_eq!(observe(&world, "out_of_order"), 0);
        observe(&world, "queue_out_of_order")
    };
    assert_eq!(jittery("1"), 0);
    assert!(jittery("8") > 0);
}

#[test]
fn what_a_dead_worker_had_is_seen_again_after_the_visibility_timeout_and_goes_to_another_one() {
    let mut world = world(&[("processing.ms", "300"), ("rate", "5")]);
    world.run_until(5 * SECOND);
    let busy = |world: &World| {
        let view = world.work_queue().unwrap();
        view.workers
            .iter()
            .position(|worker| worker.state == WorkerState::Working)
    };
    while busy(&world) != Some(0) {
        assert!(world.step());
    }
    world.run_until(world.now() + 1_000);
    let view = world.work_queue().unwrap();
    let item = view.workers[0].works_on.unwrap();
    let (_, visible_us) = view.held.iter().find(|held| held.item == item).unwrap().held.unwrap();
    act(&mut world, "crash:w1");
    let killed = world.now();
    assert_eq!(world.work_queue().unwrap().workers[0].state, WorkerState::Down);
    world.run_until(visible_us - 1);
    let held = world.work_queue().unwrap().held.clone();
    assert!(
        held.iter().any(|held| held.item == item),
        "it is hidden until then: {killed}"
    );
    finish(&mut world);
    let name = world.dictionary().key_text(item.subject).to_owned();
    let steps = steps(&world, &name, item.sequence);
    let kinds: Vec<WorkStep> = steps.iter().map(|(step, _)| *step).collect();
    use WorkStep::{Deleted, Delivered, Processed, Queued, Reappeared};
    assert_eq!(kinds, [Queued, Delivered, Reappeared, Delivered, Processed, Deleted]);
    assert_eq!(steps[1].1, 1);
    assert_ne!(steps[3].1, 1);
    assert_eq!(observe(&world, "queue_redelivered"), 1);
    assert_eq!(
        observe(&world, "queue_deleted"),
        observe(&world, "sent"),
        "nothing is lost"
    );
    assert_eq!(observe(&world, "queue_processed_again"), 0, "it had not been done");
    act(&mut world, "start:w1");
    world.run_until(world.now() + SECOND);
    assert_eq!(world.work_queue().unwrap().workers[0].state, WorkerState::Idle);
}

/// The timeout is shorter than the work: another worker gets the message while the first one is at it, and does it again.
#[test]
fn a_visibility_timeout_that_is_too_short_has_the_work_done_twice() {
    let mut world = world(&[
        ("processing.ms", "300"),
        ("rate", "2"),
        ("queue.visibility.timeout.ms", "100"),
        ("queue.max.receives", "3"),
    ]);
    world.run_until(20 * SECOND);
    finish(&mut world);
    let (sent, again) = (observe(&world, "sent"), observe(&world, "queue_processed_again"));
    assert!(sent > 10 && again > sent / 2, "{again} of {sent}");
    assert_eq!(
        observe(&world, "queue_late"),
        observe(&world, "queue_processed"),
        "no acknowledgement came in time"
    );
    assert_eq!(observe(&world, "queue_deleted"), 0);
    assert_eq!(
        observe(&world, "queue_dead"),
        sent,
        "each was given up after three deliveries"
    );
    assert_eq!(observe(&world, "queue_delivered"), 3 * sent);
    assert_eq!(world.work_queue().unwrap().counts.by_receives[2], sent);
}

/// A second group reads all of the topic again; of the queue nothing is left.
#[test]
fn what_was_acknowledged_is_gone() {
    let mut world = world(&[]);
    world.run_until(10 * SECOND);
    finish(&mut world);
    let view = world.work_queue().unwrap();
    assert_eq!((view.ready, view.in_flight), (0, 0));
    let kept: u64 = world
        .view()
        .replicas
        .iter()
        .filter(|replica| replica.is_leader)
        .map(|r| r.log_end - r.log_start)
        .sum();
    assert_eq!(kept, observe(&world, "sent"), "the log still has all of it");
}

#[test]
fn a_worker_is_crashed_and_started_and_nothing_else() {
    for action in ["pause:w1", "lose-disk:w1", "cut:w1:b1", "crash:q", "crash:w13"] {
        assert!(parse_action(action).is_err(), "{action}");
    }
    let mut setup = setup(&[("queue.workers", "2")]);
    setup.commands.push((0, parse_action("crash:w3").unwrap()));
    let problem = validate(&setup).unwrap_err();
    assert!(format!("{problem:?}").contains("w1 to w2"), "{problem:?}");
}

/// A worker that is killed and started at once does not get what was on its way to its life before.
#[test]
fn what_was_on_its_way_to_a_dead_worker_is_not_handled_by_the_next_life() {
    let mut world = world(&[("queue.workers", "1"), ("rate", "20")]);
    world.run_until(5 * SECOND);
    let mut crashed = 0;
    while crashed < 3 {
        assert!(world.step());
        let view = world.work_queue().unwrap();
        if view.held.len() > crashed && view.workers[0].state == WorkerState::Idle {
            act(&mut world, "crash:w1");
            act(&mut world, "start:w1");
            crashed += 1;
        }
    }
    finish(&mut world);
    assert_eq!(observe(&world, "queue_redelivered"), crashed as u64);
    assert_eq!(observe(&world, "queue_deleted"), observe(&world, "sent"));
}

/// Who fails says nothing: the message comes back when it is seen again, and is given up after its last delivery.
#[test]
fn what_fails_comes_back_and_poison_ends_in_the_dead_letters() {
    let mut world = world(&[
        ("poison", "key:ben"),
        ("failure.policy", "skip"),
        ("queue.visibility.timeout.ms", "500"),
        ("queue.max.receives", "3"),
        ("rate", "20"),
    ]);
    world.run_until(10 * SECOND);
    finish(&mut world);
    let about_ben = Observable::named("sent").unwrap().read(&world, None, Some("ben"));
    assert!(about_ben > 10);
    assert_eq!(observe(&world, "queue_dead"), about_ben);
    assert_eq!(observe(&world, "queue_failed"), 3 * about_ben);
    assert_eq!(
        observe(&world, "queue_deleted"),
        observe(&world, "sent") - about_ben,
        "it holds nobody up"
    );
}
