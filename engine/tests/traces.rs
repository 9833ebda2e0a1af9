//! Stories that a person can read: commands above the line, what came of them below it.
//!
//! `UPDATE=1 cargo test -p partitura-engine --test traces` rewrites what is below the line. Nobody commits a rewrite that
//! they cannot explain.
//!
//! | above the line | |
//! | --- | --- |
//! | `# …` | what the story shows |
//! | `set NAME=VALUE …` | settings, by the names of the catalogue (`scenarios/README.md`) |
//! | `at SECONDS NAME=VALUE` | changes a live setting |
//! | `at SECONDS do ACTION` | does something to the run: `crash:b1`, `start:c2` |
//! | `at SECONDS send KEY TEXT` | sends one record; the key `-` is none; `x×600` is 600 times x |
//! | `from SECONDS`, `until SECONDS` | the part of the run that is written down |
//! | `hide WORDS` | leaves out lines with these words |
//! | `show WORDS` | leaves out lines without any of these words |

use partitura_engine::scenario::{Setting, parse_action, parse_seconds, validate};
use partitura_engine::trace::readable;
use partitura_engine::wire::Micros;
use partitura_engine::world::{Command, Setup, World};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const LINE: &str = "----\n";

/// What stands above the line.
struct Story {
    setup: Setup,
    from: Micros,
    until: Micros,
    hide: Vec<String>,
    show: Vec<String>,
}

impl Story {
    fn parse(text: &str) -> Self {
        let mut story = Story {
            setup: Setup::new(1, "orders"),
            from: 0,
            until: 0,
            hide: Vec::new(),
            show: Vec::new(),
        };
        let Setup { network, broker, .. } = &mut story.setup;
        // Links without jitter make times that can be followed with a finger.
        for link in [&mut network.client, &mut network.broker, &mut network.controller] {
            link.jitter_us = 0;
        }
        broker.groups.initial_rebalance_delay_us = 0;
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let (command, rest) = line.split_once(' ').unwrap_or_else(|| panic!("no command in {line:?}"));
            match command {
                "set" => rest.split(' ').for_each(|pair| story.set(pair)),
                "at" => story.at(rest),
                "from" => story.from = parse_seconds(rest).unwrap(),
                "until" => story.until = parse_seconds(rest).unwrap(),
                "hide" => story.hide.push(rest.to_owned()),
                "show" => story.show.push(rest.to_owned()),
                other => panic!("unknown command {other:?}"),
            }
        }
        validate(&story.setup).unwrap_or_else(|problem| panic!("{problem:?}"));
        story
    }

    fn set(&mut self, pair: &str) {
        let (name, value) = pair.split_once('=').unwrap_or_else(|| panic!("no value in {pair:?}"));
        Setting::named(name)
            .and_then(|setting| setting.apply(value, &mut self.setup))
            .unwrap();
    }

    fn at(&mut self, rest: &str) {
        let (at, what) = rest.split_once(' ').expect("a time and a command");
        let command = match (what.strip_prefix("send "), what.strip_prefix("do ")) {
            (_, Some(action)) => parse_action(action).unwrap(),
            (Some(record), _) => {
                let (key, value) = record.split_once(' ').expect("a key and a text");
                let key = (key != "-").then(|| key.to_owned());
                let value = match value.split_once('×') {
                    Some((text, times)) => text.repeat(times.parse().expect("how often")),
                    None => value.to_owned(),
                };
                Command::Send {
                    key,
                    value,
                    partition: None,
                }
            }
            (None, None) => {
                let (name, value) = what.split_once('=').expect("a setting and a value");
                Setting::named(name).and_then(|setting| setting.command(value)).unwrap()
            }
        };
        self.setup.commands.push((parse_seconds(at).unwrap(), command));
    }

    fn play(&self) -> String {
        let mut world = World::new(&self.setup);
        world.run_until(self.until);
        let names = world.names();
        let mut told = String::new();
        for event in world.trace().since(0).filter(|event| event.at >= self.from) {
            let line = readable(event, &names);
            let shown = self.show.is_empty() || self.show.iter().any(|words| line.contains(words));
            if shown && !self.hide.iter().any(|words| line.contains(words)) {
                let _ = writeln!(told, "{line}");
            }
        }
        told
    }
}

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn the_traces_are_as_on_file() {
    let stories = stories();
    assert!(stories.len() >= 8, "the stories are gone");
    let mut wrong = Vec::new();
    for path in stories {
        let text = std::fs::read_to_string(&path).unwrap();
        let (above, below) = text.split_once(LINE).unwrap_or((&text, ""));
        let told = Story::parse(above).play();
        assert!(!told.is_empty(), "{} tells nothing", path.display());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, format!("{above}{LINE}{told}")).unwrap();
        } else if told != below {
            let differs = below.lines().zip(told.lines()).position(|(old, new)| old != new);
            let line = differs.unwrap_or_else(|| below.lines().count().min(told.lines().count()));
            let (old, new) = (below.lines().nth(line), told.lines().nth(line));
            wrong.push(format!(
                "{}: line {line} below the line is {new:?}, on file {old:?}",
                path.display()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nUPDATE=1 rewrites them, if that is what you mean.",
        wrong.join("\n")
    );
}
