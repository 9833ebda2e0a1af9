//! From a scenario's file to a [`Scenario`].

use super::action::parse_action;
use super::error::{Place, Reading, ScenarioError};
use super::glossary::Glossary;
use super::reader::{Table, Value, read_file};
use super::setting::{self, Kind, Setting, check_key};
use super::target::Known;
use super::validate::{SetupProblem, check_command, check_nodes, validate};
use super::{Scenario, parse_step, variant};
use crate::short_sort::sort_short_by_key;
use crate::wire::Micros;
use crate::workload::{Burst, ListedEvent};
use crate::world::{Command, Limits, Setup};

/// The version of the format that this reads.
const FORMAT: u64 = 1;
const FIELDS: [&str; 11] = [
    "format", "id", "title", "summary", "seed", "until", "settings", "script", "step", "variant", "terms",
];
const SCRIPT: [&str; 3] = ["events", "actions", "bursts"];
const MAX_EVENTS: usize = 10_000;
const MAX_ACTIONS: usize = 1_000;
const MAX_BURSTS: usize = 1_000;
const MAX_STEPS: usize = 100;
const MAX_VARIANTS: usize = 12;

impl Scenario {
    /// Reads a scenario's file.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its line and column.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        read_file(text, "a scenario", |root| read(&root)).map_err(|error| *error)
    }
}

fn read(root: &Table) -> Reading<Scenario> {
    let format = root.need("format")?;
    if format.integer(0..=u64::MAX)? != FORMAT {
        return Err(format.error(format!(
            "this Partitura reads format {FORMAT}; the file may be made for another one"
        )));
    }
    root.only(&FIELDS)?;
    let glossary = match root.get("terms") {
        None => Glossary::built_in(),
        Some(terms) => Glossary::built_in().with(&terms.table("a glossary")?)?,
    };
    let until = root.need("until")?;
    let until_us = until.seconds()?;
    if until_us == 0 {
        return Err(until.error("until must be more than 0 seconds".to_owned()));
    }
    let mut setup = Setup::new(0, "events");
    setup.seed = root.get("seed").map_or(Ok(42), |seed| seed.integer(0..=u64::MAX))?;
    let settings = root
        .get("settings")
        .map(|value| value.table("the settings"))
        .transpose()?;
    let settings = settings.map_or_else(Vec::new, |table| table.dotted_fields());
    apply_settings(&settings, &mut setup)?;
    if let Some(script) = root.get("script") {
        let script = script.table("the script")?;
        script.only(&SCRIPT)?;
        setup.workload.rate.bursts = read_bursts(&script)?;
        setup.workload.listed = read_events(&script)?;
        setup.commands = read_actions(&script, &setup)?;
    }
    validate(&setup).map_err(|problem| place_problem(root, &settings, &problem))?;

    let keys = known_keys(&setup);
    let known = Known {
        setup: &setup,
        keys: &keys,
    };
    let steps = parse_step::read(root, MAX_STEPS, until_us, &known, &glossary)?;
    let variants = variant::read(root, MAX_VARIANTS, until_us, &known, &glossary)?;
    Ok(Scenario {
        id: read_id(&root.need("id")?)?,
        title: root.need("title")?.line()?.to_owned(),
        summary: glossary.paragraph(&root.need("summary")?)?,
        until_us,
        steps,
        variants,
        glossary,
        setup,
    })
}

fn read_id(value: &Value) -> Reading<String> {
    let id = value.line()?;
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if id.len() > 40 || !id.bytes().all(legal) {
        return Err(
            value.error("id must be at most 40 small letters, digits and hyphens: it becomes part of links".to_owned())
        );
    }
    Ok(id.to_owned())
}

/// Applies them, and answers them as they were read.
pub(super) fn apply_settings(values: &[Value], setup: &mut Setup) -> Reading<Vec<(&'static Setting, String)>> {
    let mut settings = Vec::new();
    for value in values {
        let setting = named(value)?;
        settings.push((setting, setting_text(setting, value)?));
    }
    setting::apply_all(&settings, setup).map_err(|(place, message)| values[place].error(message))?;
    Ok(settings)
}

fn named(value: &Value) -> Reading<&'static Setting> {
    let name = value.name();
    // A field that is written below a `[settings]` belongs to that table, wherever its author sees it.
    let elsewhere = |home: &str| format!("{name} is no setting: write it {home}");
    Setting::named(name).map_err(|message| {
        value.name_error(if SCRIPT.contains(&name) {
            elsewhere("below a line [script]")
        } else if FIELDS.contains(&name) {
            elsewhere("above the first line in [brackets]")
        } else {
            format!("{}: {message}", super::decimal::shorten(name))
        })
    })
}

/// A setting's value as text; keys may be a list.
fn setting_text(setting: &Setting, value: &Value) -> Reading<String> {
    if setting.kind != Kind::Keys || !value.is_list() {
        return value.scalar();
    }
    let mut lines = String::new();
    for item in value.list()? {
        let key = item.line()?;
        check_key(key).map_err(|message| item.error(format!("{} {message}", setting.name)))?;
        lines.push_str(key);
        lines.push('\n');
    }
    Ok(lines)
}

/// A problem with the whole setup stands where the file sets the first of the settings that it names.
fn place_problem(root: &Table, values: &[Value], problem: &SetupProblem) -> Box<ScenarioError> {
    let set = |name: &&str| values.iter().find(|value| value.name() == *name);
    match problem.settings.iter().find_map(set) {
        Some(value) => value.error(problem.message.clone()),
        None => {
            let place = root
                .get("settings")
                .map_or(Place { line: 1, column: 1 }, |settings| settings.place());
            place.error(problem.message.clone())
        }
    }
}

/// The tables of a list that may be absent.
fn tables<'a>(script: &Table<'a>, name: &str, what: &'static str, most: usize) -> Reading<Vec<Table<'a>>> {
    let Some(value) = script.get(name) else {
        return Ok(Vec::new());
    };
    let tables = value.tables(what)?;
    if tables.len() > most {
        return Err(value.error(format!(
            "{name} has {} entries, and at most {most} are allowed",
            tables.len()
        )));
    }
    Ok(tables)
}

fn read_bursts(script: &Table) -> Reading<Vec<Burst>> {
    let mut bursts: Vec<Burst> = Vec::new();
    for table in tables(script, "bursts", "a burst", MAX_BURSTS)? {
        table.only(&["from", "until", "rate"])?;
        let (from, until) = (table.need("from")?, table.need("until")?);
        let burst = Burst {
            from_us: from.seconds()?,
            until_us: until.seconds()?,
            per_second: table.need("rate")?.integer(0..=u64::from(Limits::MAX_RATE))? as u32,
        };
        if burst.until_us <= burst.from_us {
            return Err(until.error("a burst must end after it has begun".to_owned()));
        }
        if bursts.last().is_some_and(|last| last.until_us > burst.from_us) {
            return Err(from.error("a burst must begin after the one before it has ended".to_owned()));
        }
        bursts.push(burst);
    }
    Ok(bursts)
}

fn read_events(script: &Table) -> Reading<Vec<ListedEvent>> {
    let mut events = Vec::new();
    for table in tables(script, "events", "an event", MAX_EVENTS)? {
        table.only(&["at", "key", "value"])?;
        let (key, value) = (table.need("key")?, table.need("value")?);
        check_key(key.line()?).map_err(|message| key.error(format!("an event {message}")))?;
        if value.text()?.len() > Limits::MAX_VALUE_BYTES as usize {
            return Err(value.error(format!("a value must be at most {} bytes", Limits::MAX_VALUE_BYTES)));
        }
        events.push(ListedEvent {
            at_us: table.need("at")?.seconds()?,
            key: key.line()?.to_owned(),
            value: value.text()?.to_owned(),
        });
    }
    sort_short_by_key(&mut events, |event| event.at_us);
    Ok(events)
}

fn read_actions(script: &Table, setup: &Setup) -> Reading<Vec<(Micros, Command)>> {
    let mut commands = Vec::new();
    for table in tables(script, "actions", "an action", MAX_ACTIONS)? {
        table.only(&["at", "set", "do"])?;
        let at = table.need("at")?.seconds()?;
        let (deed, set) = (table.get("do"), table.get("set"));
        if deed.is_none() && set.is_none() {
            return Err(table.place().error("an action needs \"do\" or \"set\"".to_owned()));
        }
        if let Some(deed) = deed {
            commands.push((at, read_deed(&deed, setup)?));
        }
        let Some(set) = set else { continue };
        for value in set.table("a set of settings")?.dotted_fields() {
            let setting = named(&value)?;
            let text = setting_text(setting, &value)?;
            commands.push((at, setting.command(&text).map_err(|message| value.error(message))?));
        }
    }
    sort_short_by_key(&mut commands, |(at, _)| *at);
    Ok(commands)
}

/// `do = "crash:b3"`.
fn read_deed(value: &Value, setup: &Setup) -> Reading<Command> {
    let command = parse_action(value.line()?).map_err(|message| value.error(message))?;
    let checked = check_command(&command).and_then(|()| check_nodes(&command, setup));
    checked.map_err(|problem| value.error(problem.message))?;
    Ok(command)
}

fn known_keys(setup: &Setup) -> Vec<&str> {
    let commanded = setup.commands.iter().flat_map(|(_, command)| match command {
        Command::Keys(keys) => keys.as_slice(),
        _ => &[],
    });
    let own = setup.workload.keys.iter().chain(commanded);
    own.chain(setup.workload.listed.iter().map(|event| &event.key))
        .map(String::as_str)
        .collect()
}
