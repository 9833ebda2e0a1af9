//! The room as it is in runs of the built-in match.

use super::*;
use crate::retries::flow::{CELLS, Of};
use crate::session::Plan;
use partitura_engine::scenario::{Scenario, Setting};
use partitura_engine::world::Command;
use std::rc::Rc;

const SECOND: u64 = 1_000_000;

struct Run(Session);

impl Run {
    fn with(settings: &[(&str, &str)]) -> Self {
        let mut plan = Plan::of(Rc::new(Scenario::built_in("world-cup").unwrap()));
        let common = [("partitions", "2"), ("rate", "60"), ("processing.ms", "1")];
        for (name, value) in common.iter().chain(settings) {
            plan.set(Setting::named(name).unwrap(), value).unwrap();
        }
        Self(Session::open(plan).unwrap())
    }

    fn at(&mut self, second: u64) -> Scene {
        self.0.run(second * SECOND, || true);
        self.look(None)
    }

    fn look(&self, chosen: Option<&RecordName>) -> Scene {
        let world = self.0.world();
        let palette = Palette::new(world.dictionary(), world.known_keys());
        Scene::of(&self.0, &world.view(), &palette, chosen)
    }

    fn set(&mut self, name: &str, value: &str) {
        self.0.set(Setting::named(name).unwrap(), value).unwrap();
    }
}

fn count(scene: &Scene, column: usize, id: &str) -> u64 {
    let end = scene.columns[column].ends.iter().find(|end| end.id == id);
    end.map_or(0, |end| end.count)
}

fn cost(scene: &Scene, id: &str) -> u64 {
    scene.costs.iter().find(|cost| cost.id == id).expect("a figure").count
}

#[test]
fn what_fails_waits_in_the_first_tier_in_the_order_of_its_time_and_is_processed_there() {
    let mut run = Run::with(&[("failure.policy", "retry-topics"), ("retry.delays.ms", "2000,5000")]);
    let before = run.at(4);
    assert!(!before.has_failed && before.switches.is_calm());
    assert_eq!(
        before.columns.iter().map(|column| column.of).collect::<Vec<_>>(),
        [Of::Main, Of::Tier(1), Of::Tier(2), Of::DeadLetters]
    );
    run.set("downstream", "down");
    run.at(5);
    run.set("downstream", "up");
    let scene = run.look(None);
    let tier = &scene.columns[1];
    assert!(tier.waiting > 30 && tier.cells.len() == CELLS, "{tier:?}");
    assert!(tier.arrow.as_ref().unwrap().failed >= tier.waiting);
    assert!(
        tier.facts[0].1.starts_with("due in 0") || tier.facts[0].1.starts_with("due in 1"),
        "{tier:?}"
    );
    assert!(
        tier.facts.iter().any(|(_, value)| value.starts_with("paused ")),
        "{tier:?}"
    );
    assert!(tier.cells[0].words.contains("due in") && !tier.cells[0].is_due);
    let later = run.at(12);
    assert_eq!(later.columns[1].waiting, 0);
    assert_eq!(
        count(&later, 1, "processed"),
        later.columns[1].arrow.as_ref().unwrap().failed
    );
    assert_eq!(cost(&later, "waited"), 0);
    assert!(cost(&later, "disorder") > 0 && cost(&later, "second-writes") > 30);
}

#[test]
fn a_poison_record_arrives_among_the_dead_letters_with_its_journey_and_comes_back() {
    let mut run = Run::with(&[
        ("failure.policy", "retry-topics"),
        ("retry.delays.ms", "500,1000"),
        ("poison", "offset:1:20"),
    ]);
    let scene = run.at(10);
    let letter = scene.letters.first().expect("a dead letter").clone();
    assert_eq!((letter.error, letter.attempts, scene.dead), ("PoisonRecord", 3, 1));
    let scene = run.look(Some(&letter.tile.name));
    let (_, followed) = scene.chosen.unwrap();
    let followed = followed.expect("a journey");
    let topics: Vec<String> = followed.places.iter().map(|place| place.topic.clone()).collect();
    let main = &scene.columns[0].topic;
    assert_eq!(
        topics,
        [
            main.clone(),
            format!("{main}-retry-1"),
            format!("{main}-retry-2"),
            format!("{main}-dlq")
        ]
    );
    assert_eq!(followed.places[0].spot, "P1 @ 20");
    assert_eq!(followed.dead_letter, Some(letter.at));
    assert!(followed.headers.contains(&("retry-original-offset", "20".to_owned())));
    let marks = crate::retries::marks::marks(&run.0, &letter.tile.name);
    assert_eq!(marks.len(), 3, "{marks:?}");
    run.set("poison", "none");
    run.0.act(Command::Redrive(Some(letter.at))).unwrap();
    let scene = run.at(13);
    assert_eq!((scene.dead, count(&scene, 3, "redriven")), (0, 1));
    let scene = run.look(Some(&letter.tile.name));
    assert!(scene.chosen.unwrap().1.unwrap().state.starts_with("processed"));
}

#[test]
fn with_stop_one_partition_stands_still_and_the_other_goes_on() {
    let mut run = Run::with(&[("failure.policy", "stop"), ("poison", "offset:1:20")]);
    let scene = run.at(10);
    let [stands] = &scene.stands[..] else {
        panic!("one standstill: {:?}", scene.stands)
    };
    assert_eq!(
        (stands.place.as_str(), stands.what.as_str()),
        ("P1 @ 20", "P1 stands still at offset 20")
    );
    assert!(
        stands.behind > 50 && stands.attempts >= 2 && stands.next.starts_with("in "),
        "{stands:?}"
    );
    assert_eq!(cost(&scene, "waited"), stands.behind);
    run.set("poison", "none");
    let scene = run.at(50);
    assert!(scene.stands.is_empty());
    assert!(cost(&scene, "waited") > 50);
}

#[test]
fn in_place_all_that_the_consumer_owns_waits() {
    let mut run = Run::with(&[
        ("failure.policy", "in-place"),
        ("consumers", "1"),
        ("retry.delays.ms", "5000,5000"),
        ("poison", "offset:1:20"),
    ]);
    let scene = run.at(6);
    assert_eq!(scene.columns.len(), 2, "the topic and the dead letters");
    let [stands] = &scene.stands[..] else {
        panic!("one standstill: {:?}", scene.stands)
    };
    assert!(stands.what.contains("2 partitions") && stands.behind > 50, "{stands:?}");
    let scene = run.at(40);
    assert!(scene.stands.is_empty() && scene.dead == 1);
    assert!(cost(&scene, "waited") > 100, "{:?}", scene.costs);
}

#[test]
fn what_is_skipped_is_named() {
    let mut run = Run::with(&[("failure.policy", "skip"), ("poison", "offset:1:20")]);
    let scene = run.at(10);
    assert_eq!(scene.skipped.len(), 1);
    assert!(scene.skipped[0].place.ends_with("-1 @ 20"), "{:?}", scene.skipped);
    assert_eq!(count(&scene, 0, "skipped"), 1);
    assert!(scene.stands.is_empty() && scene.columns.len() == 1);
}

#[test]
fn each_other_policy_can_be_put_beside_this_one() {
    let run = Run::with(&[("failure.policy", "retry-topics")]);
    for trial in trials(&run.0) {
        assert!(trial.plan(run.0.plan()).unwrap().setup().is_ok(), "{}", trial.title);
    }
    assert_eq!(trials(&run.0).len(), 4);
}
