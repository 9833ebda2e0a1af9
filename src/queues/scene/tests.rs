//! The room as it is in runs of the built-in match.

use super::*;
use crate::queues::hand::Stands;
use crate::queues::sharing::ShareDoes;
use crate::session::Plan;
use partitura_engine::scenario::{Scenario, Setting};
use partitura_engine::trace::ProcessFault;
use partitura_engine::wire::NodeId;
use partitura_engine::world::Command;
use std::rc::Rc;

const SECOND: u64 = 1_000_000;

struct Run(Session);

impl Run {
    fn with(settings: &[(&str, &str)]) -> Self {
        let mut plan = Plan::of(Rc::new(Scenario::built_in("world-cup").unwrap()));
        let common = [
            ("partitions", "3"),
            ("rate", "60"),
            ("processing.ms", "20"),
            ("queue.visibility.timeout.ms", "3000"),
        ];
        for (name, value) in common.iter().chain(settings) {
            plan.set(Setting::named(name).unwrap(), value).unwrap();
        }
        Self(Session::open(plan).unwrap())
    }

    fn at_ms(&mut self, ms: u64) -> Scene {
        self.0.run(ms * SECOND / 1_000, || true);
        let world = self.0.world();
        let palette = Palette::new(world.dictionary(), world.known_keys());
        Scene::of(&self.0, &world.view(), &palette)
    }

    fn act(&mut self, command: Command) {
        self.0.act(command).unwrap();
    }

    fn fault(&mut self, node: NodeId, fault: ProcessFault) {
        self.act(Command::Process { node, fault });
    }
}

fn figure(scene: &Scene, id: &str, column: usize) -> String {
    let row = scene.rows.iter().find(|row| row.id == id).expect("a row");
    row.figures[column]
        .as_ref()
        .map_or_else(String::new, |figure| figure.text.clone())
}

#[test]
fn what_a_run_does_not_have_is_not_shown() {
    let scene = Run::with(&[]).at_ms(3_000);
    assert!(scene.work.is_none() && scene.shares.is_empty());
    assert_eq!(figure(&scene, "replay", 0), "");
    assert_eq!(scene.next_group, Some("billing"));
}

#[test]
fn acknowledged_messages_are_gone_from_the_queue_and_kept_in_the_topic() {
    let scene = Run::with(&[("queue.workers", "3")]).at_ms(6_000);
    let work = scene.work.as_ref().expect("a queue");
    assert!(work.deleted > 50, "{work:?}");
    assert!(scene.topic.kept >= work.deleted);
    assert_eq!(figure(&scene, "replay", 0), "0");
    assert_eq!(figure(&scene, "who", 0), "3 of 3 workers");
}

#[test]
fn the_message_of_a_dead_worker_is_held_up_until_its_timeout_and_then_delivered_again() {
    // Slow workers have a message at any moment.
    let mut run = Run::with(&[("queue.workers", "3"), ("processing.ms", "200")]);
    run.at_ms(4_000);
    run.fault(NodeId::Worker(2), ProcessFault::Crash);
    let after = run.at_ms(4_500);
    let work = after.work.as_ref().unwrap();
    assert_eq!(work.hands[1].stands, Stands::Down);
    assert_eq!(work.hands[1].fault(), ProcessFault::Start);
    let (stuck, left_us) = work.stuck();
    assert_eq!(stuck, 1);
    assert!((1..3 * SECOND).contains(&left_us), "{left_us}");
    let held = work.held.iter().find(|held| held.stuck).unwrap();
    assert_eq!((held.worker, held.message.receives), (2, 1));
    let later = run.at_ms(8_000);
    let work = later.work.as_ref().unwrap();
    assert_eq!((work.stuck().0, work.reappeared), (0, 1));
    assert_eq!(figure(&later, "again", 0), "1");
}

#[test]
fn a_worker_that_began_anew_does_not_know_of_the_message_that_it_had() {
    let mut run = Run::with(&[("queue.workers", "1"), ("processing.ms", "200")]);
    run.at_ms(4_000);
    run.fault(NodeId::Worker(1), ProcessFault::Crash);
    run.at_ms(4_100);
    run.fault(NodeId::Worker(1), ProcessFault::Start);
    let after = run.at_ms(4_500);
    let work = after.work.as_ref().unwrap();
    assert_eq!(work.held.len(), 2, "{:?}", work.held);
    assert_eq!([work.held[0].stuck, work.held[1].stuck], [true, false]);
}

#[test]
fn a_group_that_comes_later_begins_at_the_first_record() {
    let mut run = Run::with(&[]);
    run.at_ms(6_000);
    run.act(Command::Group {
        group: "billing".to_owned(),
        consumers: 3,
    });
    let begun = run.at_ms(6_050);
    assert_eq!(begun.topic.groups.len(), 2);
    assert!(begun.topic.rows.iter().all(|row| row.reaches[1].cells.0 == 0));
    let later = run.at_ms(20_000);
    assert!(later.topic.groups[1].1 > 200, "{:?}", later.topic.groups);
    assert_eq!(later.next_group, Some("audit"));
}

#[test]
fn each_record_of_a_share_group_says_how_it_stands() {
    let mut run = Run::with(&[("share.groups", "workers:3"), ("processing.ms", "50")]);
    let scene = run.at_ms(8_000);
    let band = &scene.shares[0];
    assert_eq!((band.id.as_str(), band.hands.len(), band.rows.len()), ("workers", 3, 3));
    for row in &band.rows {
        for cell in &row.cells {
            assert_eq!(cell.does == ShareDoes::Passed, cell.offset < row.start, "{cell:?}");
        }
    }
    let cells = || band.rows.iter().flat_map(|row| &row.cells);
    let out = cells().filter(|cell| matches!(cell.does, ShareDoes::Acquired(1..=3, 1..)));
    assert!(out.clone().count() > 0);
    assert!(out.clone().all(|cell| cell.delivered == 1));
    run.fault(NodeId::ShareConsumer(1), ProcessFault::Crash);
    let after = run.at_ms(8_100);
    assert_eq!(after.shares[0].hands[0].stands, Stands::Down);
    assert_eq!(figure(&after, "who", 2), "2 of 3 members");
    // What only it would have read waits for its session, 45 s.
    let later = run.at_ms(12_000);
    assert!(later.shares[0].unread > 0, "{:?}", later.shares[0].hands);
    assert_ne!(figure(&later, "held", 2), "0");
}
