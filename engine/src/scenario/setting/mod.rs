//! The catalogue of settings: one table for the scenario file, the link, the page's panels and the command line.
//!
//! A setting has Kafka's name where Kafka has one, and plain words otherwise. Its value is text outside and a field of
//! the [`Setup`] inside; nothing else in the project knows how one becomes the other.

mod application_forms;
mod applications;
mod capacity;
mod clients;
mod cluster;
mod failures;
mod forms;
mod groups;
mod keying;
mod keys;
mod kind;
mod membership;
mod partitioning;
mod protocol;
mod queue;
mod sharing;
mod traffic;

pub use forms::Form;
pub(super) use groups::is_group_name;
pub(super) use keys::check as check_key;
pub use keys::{MAX_KEY_BYTES, MAX_KEYS};
pub use kind::Kind;
pub(super) use traffic::LEAST_LATENCY_US;

use super::error::did_you_mean;
use crate::wire::QuotaType;
use crate::workload::KeyDistribution;
use crate::world::{Command, Setup};
use kind::Value;
use std::fmt;

/// One thing about a run that can be chosen.
pub struct Setting {
    /// Kafka's name where Kafka has one, else plain words.
    pub name: &'static str,
    /// Where it acts.
    pub area: Area,
    /// What values it takes.
    pub kind: Kind,
    /// What it is, and what it costs.
    pub about: &'static str,
    /// Whether it can be changed while the run goes on, through [`Setting::command`].
    pub live: bool,
    access: Access,
}

/// Where a setting acts: the page shows it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The brokers, and the controller.
    Cluster,
    /// The topic.
    Topic,
    /// What is sent.
    Workload,
    /// The producers.
    Producers,
    /// The consumers.
    Consumers,
    /// The group and its coordinator.
    Group,
    /// The links.
    Network,
    /// The run itself.
    Run,
}

/// Where the value lives in a [`Setup`]. Numbers cover microseconds, switches (0 or 1) and the place of a choice.
enum Access {
    Number(fn(&Setup) -> u64, fn(&mut Setup, u64)),
    Name(fn(&Setup) -> &str, fn(&mut Setup, &str)),
    Distribution(fn(&Setup) -> KeyDistribution, fn(&mut Setup, KeyDistribution)),
    Keys(fn(&Setup) -> &Vec<String>, fn(&mut Setup, Vec<String>)),
    /// In its form's own writing, which has been read once before it is set.
    Text(fn(&Setup) -> String, fn(&mut Setup, &str)),
}

/// A number's field. Its kind's range fits the field's type: a test sets both ends of every setting.
macro_rules! field {
    ($($name:ident).+) => {
        Access::Number(|setup| setup.$($name).+ as u64, |setup, n| setup.$($name).+ = n as _)
    };
}
use field;

impl Setting {
    const fn new(name: &'static str, area: Area, kind: Kind, access: Access, about: &'static str) -> Self {
        Self {
            name,
            area,
            kind,
            about,
            live: false,
            access,
        }
    }

    const fn number(
        name: &'static str,
        area: Area,
        (min, max): (u64, u64),
        access: Access,
        about: &'static str,
    ) -> Self {
        Self::new(name, area, Kind::Number { min, max }, access, about)
    }

    /// Bounds in milliseconds.
    const fn millis(
        name: &'static str,
        area: Area,
        (min, max): (u64, u64),
        access: Access,
        about: &'static str,
    ) -> Self {
        Self::new(
            name,
            area,
            Kind::Millis {
                min_us: min * 1000,
                max_us: max * 1000,
            },
            access,
            about,
        )
    }

    const fn live(self) -> Self {
        Self { live: true, ..self }
    }

    /// All settings, area by area. Applied in this order, each finds what it depends on already set.
    pub fn all() -> impl Iterator<Item = &'static Setting> {
        [
            &cluster::SETTINGS[..],
            &failures::SETTINGS,
            &capacity::SETTINGS,
            &traffic::SETTINGS,
            &keying::SETTINGS,
            &clients::SETTINGS,
            &applications::SETTINGS,
            &groups::SETTINGS,
            &partitioning::SETTINGS,
            &membership::SETTINGS,
            &queue::SETTINGS,
            &sharing::SETTINGS,
            &protocol::SETTINGS,
        ]
        .into_iter()
        .flatten()
    }

    /// The setting of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Setting> {
        Self::all().find(|setting| setting.name == name)
    }

    /// As [`Setting::find`].
    ///
    /// # Errors
    ///
    /// Says that there is no such setting, and which one may be meant.
    pub fn named(name: &str) -> Result<&'static Setting, String> {
        Self::find(name).ok_or_else(|| format!("no such setting{}", did_you_mean(name, Self::all().map(|s| s.name))))
    }

    /// Sets it in `setup`. Whether the settings agree with each other, [`validate`](super::validate) says.
    ///
    /// # Errors
    ///
    /// Says what its values are, when `value` is none of them.
    pub fn apply(&self, value: &str, setup: &mut Setup) -> Result<(), String> {
        match (&self.access, self.parse(value)?) {
            (Access::Number(_, set), Value::Number(n)) => set(setup, n),
            (Access::Name(_, set), Value::Name(name)) => set(setup, &name),
            (Access::Distribution(_, set), Value::Distribution(distribution)) => set(setup, distribution),
            (Access::Keys(_, set), Value::Keys(keys)) => set(setup, keys),
            (Access::Text(_, set), Value::Text(text)) => set(setup, &text),
            _ => unreachable!("invariant setting-fits-its-kind: {}", self.name),
        }
        Ok(())
    }

    /// Its value in `setup`, so that [`Setting::apply`] reads it again.
    #[must_use]
    pub fn read(&self, setup: &Setup) -> String {
        let value = match self.access {
            Access::Number(get, _) => Value::Number(get(setup)),
            Access::Name(get, _) => Value::Name(get(setup).to_owned()),
            Access::Distribution(get, _) => Value::Distribution(get(setup)),
            Access::Keys(get, _) => Value::Keys(get(setup).clone()),
            Access::Text(get, _) => Value::Text(get(setup)),
        };
        self.kind.write(&value)
    }

    /// Its value when nobody sets it: Kafka's default, where Kafka has one.
    #[must_use]
    pub fn default(&self) -> String {
        self.read(&Setup::new(0, "topic"))
    }

    /// `value` as [`Setting::read`] would write it: `5.0` becomes `5`.
    ///
    /// # Errors
    ///
    /// As [`Setting::apply`].
    pub fn canonical(&self, value: &str) -> Result<String, String> {
        self.parse(value).map(|value| self.kind.write(&value))
    }

    /// What changes it while the run goes on.
    ///
    /// # Errors
    ///
    /// Says that it cannot be changed then, or what its values are.
    pub fn command(&self, value: &str) -> Result<Command, String> {
        let fixed = || format!("{} cannot be changed while the run goes on", self.name);
        let value = self.parse(value)?;
        match (self.name, value) {
            ("rate", Value::Number(n)) => u32::try_from(n).map(Command::Rate).map_err(|_| fixed()),
            ("consumers", Value::Number(n)) => u8::try_from(n).map(Command::Consumers).map_err(|_| fixed()),
            ("key", Value::Text(text)) => forms::read_rule(&text).map(Command::Key),
            ("own.weights", Value::Text(text)) => forms::read_weights(&text).map(Command::Weights),
            ("send.limit", Value::Text(text)) => forms::read_limits(&text).map(Command::SendLimits),
            ("keys", Value::Distribution(distribution)) => Ok(Command::Distribution(distribution)),
            ("own.keys", Value::Keys(keys)) => Ok(Command::Keys(keys)),
            ("unclean.leader.election.enable", Value::Number(n)) => Ok(Command::Unclean(n != 0)),
            ("min.insync.replicas", Value::Number(n)) => {
                u8::try_from(n).map(Command::MinInsyncReplicas).map_err(|_| fixed())
            }
            ("producer_byte_rate", Value::Number(n)) => Ok(Command::ClientQuota(QuotaType::Produce, n)),
            ("poison", Value::Text(text)) => application_forms::read_poison(&text).map(Command::Poison),
            ("failure.percent", Value::Number(n)) => u8::try_from(n).map(Command::FailurePercent).map_err(|_| fixed()),
            ("downstream", Value::Number(n)) => Ok(Command::Downstream { down: n != 0 }),
            ("consumer_byte_rate", Value::Number(n)) => Ok(Command::ClientQuota(QuotaType::Fetch, n)),
            _ => Err(fixed()),
        }
    }

    /// The setting that this command changes, and its value; `None` for a command that changes none.
    #[must_use]
    pub fn of_command(command: &Command) -> Option<(&'static Setting, String)> {
        let (name, value) = match command {
            Command::Rate(n) => ("rate", Value::Number(u64::from(*n))),
            Command::Consumers(n) => ("consumers", Value::Number(u64::from(*n))),
            Command::Key(rule) => ("key", Value::Text(forms::write_rule(rule))),
            Command::Weights(weights) => ("own.weights", Value::Text(forms::write_weights(weights))),
            Command::SendLimits(limits) => ("send.limit", Value::Text(forms::write_limits(limits))),
            Command::Distribution(distribution) => ("keys", Value::Distribution(*distribution)),
            Command::Keys(keys) => ("own.keys", Value::Keys(keys.clone())),
            Command::Unclean(on) => ("unclean.leader.election.enable", Value::Number(u64::from(*on))),
            Command::MinInsyncReplicas(n) => ("min.insync.replicas", Value::Number(u64::from(*n))),
            Command::ClientQuota(quota, n) => (quota.name(), Value::Number(*n)),
            Command::Poison(rules) => ("poison", Value::Text(application_forms::write_poison(rules))),
            Command::FailurePercent(n) => ("failure.percent", Value::Number(u64::from(*n))),
            Command::Downstream { down } => ("downstream", Value::Number(u64::from(*down))),
            _ => return None,
        };
        let setting = Self::find(name)?;
        Some((setting, setting.kind.write(&value)))
    }

    /// Whether the scenario's script changes it on the way.
    #[must_use]
    pub fn is_scripted(&self, setup: &Setup) -> bool {
        setup.commands.iter().any(|(_, command)| self.is_changed_by(command))
    }

    fn is_changed_by(&self, command: &Command) -> bool {
        Self::of_command(command).is_some_and(|(changed, _)| changed == self)
    }

    fn parse(&self, value: &str) -> Result<Value, String> {
        self.kind
            .parse(value)
            .map_err(|message| format!("{} {message}", self.name))
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Setting({})", self.name)
    }
}

impl PartialEq for Setting {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Setting {}

/// Sets many settings, in the order of the catalogue, whatever the order given. What the scenario's script would do to them
/// later is left out: whoever chooses a value for a run means all of it.
///
/// # Errors
///
/// The first that cannot be set, by its place in `settings`, and why.
pub fn apply_all(settings: &[(&'static Setting, String)], setup: &mut Setup) -> Result<(), (usize, String)> {
    for setting in Setting::all() {
        for (place, (_, value)) in settings
            .iter()
            .enumerate()
            .filter(|(_, (wanted, _))| *wanted == setting)
        {
            setting.apply(value, setup).map_err(|message| (place, message))?;
            setup.commands.retain(|(_, command)| !setting.is_changed_by(command));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
