//! From a text to a run, or to as much of it as can be read.

use super::{Link, LinkProblem, Versus, agree, packing, versus};
use crate::retries::RecordName;
use crate::session::room::Room;
use crate::session::{Action, Plan};
use partitura_engine::scenario::{
    BUILT_IN, Scenario, Setting, check_command, check_nodes, did_you_mean, parse_action, parse_seconds,
};
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::wire::Micros;
use partitura_engine::world::{Command, Setup};
use percent_encoding::percent_decode_str;
use std::rc::Rc;

/// The most problems that are told one by one.
const MOST_PROBLEMS: usize = 50;
/// The latest moment that a link can name: a day.
const LATEST_US: Micros = 86_400_000_000;
const NAMES: [&str; 8] = [
    "scenario",
    "seed",
    "step",
    "at",
    "room",
    "room.key",
    "room.record",
    "room.group",
];

/// A part of the link, and its number.
#[derive(Clone, Copy)]
struct Part<'a> {
    number: usize,
    text: &'a str,
}

/// A setting, its value, and the part that says so.
pub(super) struct Chosen {
    pub(super) setting: &'static Setting,
    pub(super) value: String,
    pub(super) number: usize,
    pub(super) text: String,
}

/// An action, and the part that says so.
struct Deed {
    action: Action,
    number: usize,
    text: String,
}

struct Reader {
    link: Link,
    chosen: Vec<Chosen>,
    deeds: Vec<Deed>,
    seen: Vec<String>,
    /// The seed, if the link names one: else the scenario's own is meant.
    seed: Option<u64>,
    /// What it says of a run on the right, if it speaks of one.
    right: Option<Right>,
    /// The record that is followed.
    record: String,
    /// The group that is shown.
    group: String,
    problems: Vec<LinkProblem>,
}

/// What a link says of the run on the right.
#[derive(Default)]
struct Right {
    seed: Option<u64>,
    chosen: Vec<Chosen>,
    deeds: Vec<Deed>,
    /// What is done on the left is not done here.
    is_own: bool,
}

pub(super) fn read(fragment: &str) -> (Link, Vec<LinkProblem>) {
    let mut reader = Reader {
        link: Link::first(),
        chosen: Vec::new(),
        deeds: Vec::new(),
        seen: Vec::new(),
        seed: None,
        right: None,
        record: String::new(),
        group: String::new(),
        problems: Vec::new(),
    };
    let fragment = fragment.trim();
    let fragment = reader.cut(fragment.strip_prefix('#').unwrap_or(fragment));
    if !fragment.is_empty() {
        reader.version(fragment);
    }
    reader.finish()
}

impl Reader {
    fn tell(&mut self, problem: LinkProblem) {
        // The one after the last says that there are more.
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else if self.problems.len() == MOST_PROBLEMS {
            self.problems.push(LinkProblem::whole("and more"));
        }
    }

    /// What is read of a fragment that may be too long.
    fn cut<'a>(&mut self, fragment: &'a str) -> &'a str {
        if fragment.len() <= Link::MOST_CHARS {
            return fragment;
        }
        let most = Link::MOST_CHARS;
        self.tell(LinkProblem::whole(format!(
            "the link is longer than {most} characters: its end is not read"
        )));
        let start = &fragment[..fragment.floor_char_boundary(most)];
        start.rsplit_once(';').map_or("", |(whole_parts, _)| whole_parts)
    }

    /// The first part says how to read the others.
    fn version(&mut self, fragment: &str) {
        let (version, rest) = fragment.split_once(';').unwrap_or((fragment, ""));
        let number = version
            .strip_prefix('v')
            .map(|number| number.strip_suffix('z').unwrap_or(number));
        let is_version = number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if !is_version {
            let message = "a link begins with v1; it is read as if it did";
            self.tell(LinkProblem::of_part(1, version, message));
            return self.parts(fragment, 1);
        }
        if number != Some("1") {
            let message = "the link was made by another Partitura; what it shares with v1 is read";
            self.tell(LinkProblem::of_part(1, version, message));
        }
        if !version.ends_with('z') {
            return self.parts(rest, 2);
        }
        match packing::unpack(rest) {
            Ok(plain) => self.parts(&plain, 2),
            Err(message) => self.tell(LinkProblem::of_part(2, rest, message)),
        }
    }

    fn parts(&mut self, parts: &str, first: usize) {
        for (text, number) in parts.split(';').zip(first..) {
            let part = Part { number, text };
            if let Err(message) = self.part(part) {
                self.tell(LinkProblem::of_part(number, text, message));
            }
        }
    }

    fn part(&mut self, part: Part) -> Result<(), String> {
        if part.text.is_empty() {
            return Ok(());
        }
        let (name, value) = part.text.split_once('=').ok_or("it should be name=value")?;
        if let Some(name) = name.strip_prefix("vs.") {
            return self.right_part(name, value, part);
        }
        if let Some(at) = name.strip_prefix('@') {
            return act(&mut self.deeds, at, value, part);
        }
        let value = decoded(value)?;
        match name {
            "vs" if value == "same" => _ = self.right.get_or_insert_default(),
            "vs" => return Err("vs can only be same: what is different is written vs.name=value".to_owned()),
            "scenario" => self.scenario(&value)?,
            "seed" => self.seed = Some(seed(&value)?),
            "step" => {
                let step: usize = value.parse().map_err(|_| "step must be a whole number")?;
                self.link.step = Some(step.checked_sub(1).ok_or("steps count from 1")?);
            }
            "at" => self.link.at_us = Some(moment(&value)?),
            "room" => self.link.room = Room::named(&value)?,
            "room.key" => self.link.room_key = value,
            "room.record" => {
                RecordName::parse(&value)?;
                self.record = value;
            }
            "room.group" => self.group = value,
            _ => return self.setting(name, &value, part),
        }
        self.once(name)
    }

    /// A name that comes again counts, but is told.
    fn once(&mut self, name: &str) -> Result<(), String> {
        if self.seen.iter().any(|seen| seen == name) {
            return Err(format!("{name} is given more than once; this one counts"));
        }
        self.seen.push(name.to_owned());
        Ok(())
    }

    fn scenario(&mut self, id: &str) -> Result<(), String> {
        let ids = BUILT_IN.iter().map(|(id, _)| *id);
        if ids.clone().any(|known| known == id) {
            id.clone_into(&mut self.link.scenario);
            return Ok(());
        }
        let hint = did_you_mean(id, ids);
        Err(format!(
            "no such scenario{hint}; {} is shown instead",
            self.link.scenario
        ))
    }

    fn setting(&mut self, name: &str, value: &str, part: Part) -> Result<(), String> {
        choose(&mut self.chosen, name, value, part)?;
        self.once(name)
    }

    /// Something about the run on the right; `name` is what stands behind `vs.`.
    fn right_part(&mut self, name: &str, value: &str, part: Part) -> Result<(), String> {
        let right = self.right.get_or_insert_default();
        if let Some(at) = name.strip_prefix('@') {
            return act(&mut right.deeds, at, value, part);
        }
        let value = decoded(value)?;
        match name {
            "seed" => right.seed = Some(seed(&value)?),
            "actions" if value == "own" => right.is_own = true,
            "actions" => return Err("vs.actions can only be own".to_owned()),
            _ => choose(&mut right.chosen, name, &value, part)?,
        }
        let name = part.text.split('=').next().unwrap_or(name);
        self.once(name)
    }

    /// Keeps the actions that can be done in the run of the link's settings.
    fn act(&mut self, scenario: Rc<Scenario>) {
        let plan = self.link.plan(scenario);
        let setup = plan.setup().expect("invariant link-can-be-played: its settings agree");
        let deeds = std::mem::take(&mut self.deeds);
        self.link.actions = self.possible(deeds, &setup);
        sort_short_by_key(&mut self.link.actions, |action| action.at_us);
    }

    /// Those that can be done in a run of that setup. The others are told.
    fn possible(&mut self, deeds: Vec<Deed>, setup: &Setup) -> Vec<Action> {
        let mut actions = Vec::new();
        for Deed { action, number, text } in deeds {
            match check_nodes(&action.command, setup) {
                Ok(()) => actions.push(action),
                Err(problem) => self.tell(LinkProblem::of_part(number, &text, problem.message)),
            }
        }
        actions
    }

    /// Puts together what is different on the right, once the left is known.
    fn finish_right(&mut self, right: Right, scenario: Rc<Scenario>) {
        let seed = right.seed.unwrap_or(self.link.seed);
        let (settings, problems) = agree::agreeing(&self.link.settings, right.chosen, &scenario, seed);
        problems.into_iter().for_each(|problem| self.tell(problem));
        self.link.versus = Some(Versus {
            seed,
            settings,
            actions: Vec::new(),
        });
        let plan = self.link.right_plan(scenario).map(|plan| plan.setup());
        let Some(Ok(setup)) = plan else { return };
        let more = self.possible(right.deeds, &setup);
        let mut common = if right.is_own {
            Vec::new()
        } else {
            self.link.actions.clone()
        };
        common.retain(|action| match check_nodes(&action.command, &setup) {
            Ok(()) => true,
            Err(problem) => {
                self.tell(LinkProblem::whole(format!("on the right: {}", problem.message)));
                false
            }
        });
        let mut actions = versus::together(&common, &more);
        if actions.len() > Plan::MOST_ACTIONS {
            let most = Plan::MOST_ACTIONS;
            self.tell(LinkProblem::whole(format!(
                "on the right, only the first {most} actions are done"
            )));
            actions.truncate(most);
        }
        if let Some(versus) = &mut self.link.versus {
            versus.actions = actions;
        }
    }

    /// Puts together what was read, and leaves out what cannot be played.
    fn finish(mut self) -> (Link, Vec<LinkProblem>) {
        let scenario = Scenario::built_in(&self.link.scenario);
        let scenario = scenario.expect("invariant scenario-is-valid: the link's scenario was found");
        self.link.seed = self.seed.unwrap_or(scenario.setup.seed);
        match self.link.room {
            Room::Keys => {}
            Room::Retries => self.link.room_key = std::mem::take(&mut self.record),
            Room::Groups => self.link.room_key = std::mem::take(&mut self.group),
            Room::Score | Room::Queue => self.link.room_key.clear(),
        }
        if let Some(step) = self.link.step.filter(|step| *step >= scenario.steps.len()) {
            self.link.step = None;
            let (wanted, steps) = (step + 1, scenario.steps.len());
            self.tell(LinkProblem::whole(format!(
                "there is no step {wanted}: the scenario has {steps}"
            )));
        }
        let (settings, problems) =
            agree::agreeing(&Vec::new(), std::mem::take(&mut self.chosen), &scenario, self.link.seed);
        self.link.settings = settings;
        problems.into_iter().for_each(|problem| self.tell(problem));
        let scenario = Rc::new(scenario);
        self.act(scenario.clone());
        if let Some(right) = self.right.take() {
            self.finish_right(right, scenario);
        }
        (self.link, self.problems)
    }
}

/// Puts a setting among those that are chosen; the last value counts.
fn choose(chosen: &mut Vec<Chosen>, name: &str, value: &str, part: Part) -> Result<(), String> {
    let Some(setting) = Setting::find(name) else {
        let known = Setting::all().map(|setting| setting.name).chain(NAMES);
        return Err(format!("no such setting{}", did_you_mean(name, known)));
    };
    let value = setting.canonical(value)?;
    chosen.retain(|chosen| chosen.setting != setting);
    chosen.push(Chosen {
        setting,
        value,
        number: part.number,
        text: part.text.to_owned(),
    });
    Ok(())
}

/// Puts an action among those that are done.
fn act(deeds: &mut Vec<Deed>, at: &str, action: &str, part: Part) -> Result<(), String> {
    if deeds.len() == Plan::MOST_ACTIONS {
        return Err(format!(
            "a run can hold {} actions at most; this one is left out",
            Plan::MOST_ACTIONS
        ));
    }
    let at_us = moment(at)?;
    let command = command(action)?;
    check_command(&command).map_err(|problem| problem.message)?;
    deeds.push(Deed {
        action: Action { at_us, command },
        number: part.number,
        text: part.text.to_owned(),
    });
    Ok(())
}

fn seed(value: &str) -> Result<u64, String> {
    let seed = value.parse().map_err(|_| "seed must be a whole number below 2^64");
    Ok(seed?)
}

fn decoded(text: &str) -> Result<String, String> {
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| "its %-signs make no text")?;
    Ok(text.into_owned())
}

fn moment(seconds: &str) -> Result<Micros, String> {
    let at_us = parse_seconds(seconds).map_err(|message| format!("{message}: times are seconds, such as 12.350"))?;
    if at_us > LATEST_US {
        Err("the time is later than a day".to_owned())
    } else {
        Ok(at_us)
    }
}

/// `rate:500`, `crash:b3`, `send:match-7:Goal`, `send:Goal`, `send-to:3:match-7:Goal`.
fn command(action: &str) -> Result<Command, String> {
    if let Some(sent) = action.strip_prefix("send:") {
        return record(sent, None);
    }
    let Some((partition, sent)) = action.strip_prefix("send-to:").and_then(|rest| rest.split_once(':')) else {
        return parse_action(&decoded(action)?);
    };
    // Key and text may hold colons; the number is read as everywhere.
    match parse_action(&format!("send-to:{partition}:-"))? {
        Command::Send { partition, .. } => record(sent, partition),
        other => Ok(other),
    }
}

fn record(sent: &str, partition: Option<u16>) -> Result<Command, String> {
    let (key, text) = match sent.split_once(':') {
        Some((key, text)) => (Some(decoded(key)?), text),
        None => (None, sent),
    };
    Ok(Command::Send {
        key,
        value: decoded(text)?,
        partition,
    })
}
