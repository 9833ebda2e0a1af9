//! Scenario files from outside: what is on file holds, and what is wrong is told by its place.

use partitura_engine::scenario::{BUILT_IN, Scenario};
use partitura_engine::trace::Fact;
use partitura_engine::world::World;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[test]
fn every_file_of_the_folder_is_built_in_and_keeps_its_promises() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut ids: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix(".toml")?.to_owned()))
        .collect();
    ids.retain(|id| id != "glossary");
    ids.sort();
    let mut built_in = BUILT_IN.map(|(id, _)| id.to_owned());
    built_in.sort();
    assert_eq!(ids, built_in);
    for id in ids {
        let scenario = Scenario::built_in(&id).unwrap();
        assert_eq!(scenario.id, id, "the file's name is the scenario's id");
        if let Err(failures) = scenario.verify() {
            let lines: Vec<String> = failures.iter().map(|failure| format!("{id}.toml:{failure}")).collect();
            panic!("{}", lines.join("\n"));
        }
        for step in &scenario.steps {
            assert!(
                step.say.is_some() && !step.checkpoints.is_empty(),
                "{id}, \"{}\"",
                step.title
            );
        }
    }
}

/// When the listed record with each text was processed.
fn processed_at(scenario: &Scenario) -> BTreeMap<String, u64> {
    let mut world = World::new(&scenario.setup);
    let (mut texts, mut processed) = (BTreeMap::new(), BTreeMap::new());
    let mut seen = 0;
    while world.now() < scenario.until_us {
        world.run_until(world.now() + 10_000);
        for replica in &world.view().replicas {
            for record in &replica.last {
                if let Some(value) = record.value {
                    let text = world.dictionary().value_text(value).to_string();
                    texts.insert((record.subject, record.sequence), text);
                }
            }
        }
        for event in world.trace().since(seen) {
            seen = event.id;
            if let Fact::RecordProcessed { subject, sequence, .. } = event.fact
                && let Some(text) = texts.get(&(subject, sequence))
            {
                processed.insert(text.clone(), event.at);
            }
        }
    }
    processed
}

#[test]
fn the_goal_is_read_before_the_kick_off_and_with_keys_everything_in_its_turn() {
    let scenario = Scenario::built_in("world-cup").unwrap();
    let processed = processed_at(&scenario);
    let at = |start: &str| *processed.iter().find(|(text, _)| text.starts_with(start)).unwrap().1;
    assert!(at("23' GOAL Messi") < at("Kick-off"), "without keys");
    assert!(at("Kick-off") < scenario.steps[1].at_us, "the second step shows both");

    let keyed = |at_us: u64| at_us >= 2_800_000;
    let listed = scenario.setup.workload.listed.iter().filter(|event| keyed(event.at_us));
    let times: Vec<u64> = listed.map(|event| processed[&event.value]).collect();
    assert_eq!(times.len(), 21);
    assert!(times.is_sorted(), "with keys: {times:?}");
}
