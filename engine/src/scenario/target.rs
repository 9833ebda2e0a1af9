//! What a step points at.

use super::decimal;
use super::error::did_you_mean;
use super::setting::Setting;
use crate::producer::murmur2::{murmur2, to_positive};
use crate::world::Setup;
use std::fmt;
use std::str::FromStr;

/// Something on the page that a step points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `partition 2`, `partition of match-7`: a row.
    Partition(Row),
    /// `replica 2@1`, `replica match-7@1`: a cell, on broker 1.
    Replica(Row, u8),
    /// `leader of 2`: the cell that leads.
    Leader(Row),
    /// `high watermark of 2`: the line in the leader's cell.
    HighWatermark(Row),
    /// `broker 1`: a column.
    Broker(u8),
    /// `coordinator`: the column of the broker that coordinates the group.
    Coordinator,
    /// `producers`.
    Producers,
    /// `producer 1`.
    Producer(u8),
    /// `consumers`.
    Consumers,
    /// `consumer 1`.
    Consumer(u8),
    /// `group`: its name, state and generation.
    Group,
    /// `key match-7`: its records, wherever they are.
    Key(String),
    /// `page`: what a reader of the processed records sees.
    Page,
    /// `ledger`: what became of the records, in figures.
    Ledger,
    /// `timeline`.
    Timeline,
    /// `clock`: the virtual time.
    Clock,
    /// `room groups`: that room of the page, which opens with the step.
    Room(&'static str),
    /// `share groups`: what they have in hand, in the room of the queue.
    ShareGroups,
    /// `record match-7:12`: the twelfth about match-7, which the room of the retries follows.
    Record(String, u32),
    /// `setting rate`: where that setting is changed.
    Setting(&'static Setting),
}

/// A partition, by its number or by a key that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// By number.
    Index(u16),
    /// The one where records with that key go, however many partitions there are.
    OfKey(String),
}

impl Row {
    /// Which partition of so many.
    #[must_use]
    pub fn index(&self, partitions: u16) -> u16 {
        match self {
            Row::Index(index) => *index,
            Row::OfKey(key) => partition_of(key, partitions),
        }
    }
}

/// The partition of a topic of so many that a record with that key goes to.
#[must_use]
pub fn partition_of(key: &str, partitions: u16) -> u16 {
    let index = to_positive(murmur2(key.as_bytes())) % u32::from(partitions.max(1));
    u16::try_from(index).unwrap_or(0)
}

/// What targets and checkpoints may speak of.
pub(super) struct Known<'a> {
    pub(super) setup: &'a Setup,
    /// All keys that records can be about.
    pub(super) keys: &'a [&'a str],
}

impl Known<'_> {
    pub(super) fn check_key(&self, key: &str) -> Result<(), String> {
        if self.keys.contains(&key) {
            return Ok(());
        }
        let hint = did_you_mean(key, self.keys.iter().copied());
        Err(format!(
            "\"{}\" is none of own.keys and of the events' keys{hint}",
            decimal::shorten(key)
        ))
    }

    pub(super) fn check_row(&self, row: &Row) -> Result<(), String> {
        match row {
            Row::Index(index) => check_number(
                "partition",
                0,
                (*index).into(),
                u64::from(self.setup.topic.partitions) - 1,
            ),
            Row::OfKey(key) => self.check_key(key),
        }
    }
}

impl Target {
    pub(super) fn check(&self, known: &Known) -> Result<(), String> {
        let setup = known.setup;
        match self {
            Target::Partition(row) | Target::Leader(row) | Target::HighWatermark(row) => known.check_row(row),
            Target::Replica(row, broker) => {
                known.check_row(row)?;
                check_number("broker", 1, (*broker).into(), setup.brokers.into())
            }
            Target::Broker(n) => check_number("broker", 1, (*n).into(), setup.brokers.into()),
            Target::Producer(n) => check_number("producer", 1, (*n).into(), setup.producers.into()),
            // A person can start more of them while the run goes on.
            Target::Consumer(n) => check_number("consumer", 1, (*n).into(), crate::world::Limits::MAX_CONSUMERS.into()),
            Target::Key(key) | Target::Record(key, _) => known.check_key(key),
            Target::Coordinator
            | Target::Producers
            | Target::Consumers
            | Target::Group
            | Target::Page
            | Target::Ledger
            | Target::Timeline
            | Target::Clock
            | Target::Room(_)
            | Target::ShareGroups
            | Target::Setting(_) => Ok(()),
        }
    }
}

fn check_number(what: &str, first: u64, n: u64, last: u64) -> Result<(), String> {
    if (first..=last).contains(&n) {
        return Ok(());
    }
    Err(format!("there is no {what} {n}: they are {first} to {last}"))
}

const WORDS: [(&str, Target); 12] = [
    ("coordinator", Target::Coordinator),
    ("producers", Target::Producers),
    ("consumers", Target::Consumers),
    ("group", Target::Group),
    ("page", Target::Page),
    ("ledger", Target::Ledger),
    ("timeline", Target::Timeline),
    ("clock", Target::Clock),
    ("room groups", Target::Room("groups")),
    ("room retries", Target::Room("retries")),
    ("room queue", Target::Room("queue")),
    ("share groups", Target::ShareGroups),
];

const FORMS: [&str; 10] = [
    "partition 2",
    "replica 2@1",
    "leader of 2",
    "high watermark of 2",
    "broker 1",
    "producer 1",
    "consumer 1",
    "key match-7",
    "record match-7:12",
    "setting rate",
];

/// Reads what stands behind a form's words.
type ReadRest = fn(&str) -> Result<Target, String>;

/// How the forms with something behind them are read. The longer of two that begin alike comes first.
const READERS: [(&str, ReadRest); 11] = [
    ("partition of ", |rest| Ok(Target::Partition(row(rest)))),
    ("partition ", |rest| Ok(Target::Partition(row(rest)))),
    ("leader of ", |rest| Ok(Target::Leader(row(rest)))),
    ("high watermark of ", |rest| Ok(Target::HighWatermark(row(rest)))),
    ("replica ", |rest| {
        let (of, broker) = rest
            .rsplit_once('@')
            .ok_or("a replica is written as replica 2@1, partition and broker")?;
        Ok(Target::Replica(row(of), number(broker)?))
    }),
    ("broker ", |rest| number(rest).map(Target::Broker)),
    ("producer ", |rest| number(rest).map(Target::Producer)),
    ("consumer ", |rest| number(rest).map(Target::Consumer)),
    ("key ", |rest| Ok(Target::Key(rest.to_owned()))),
    ("record ", |rest| {
        let read = || {
            let (key, sequence) = rest.rsplit_once(':')?;
            Some(Target::Record(key.to_owned(), sequence.parse().ok()?))
        };
        read().ok_or_else(|| "a record is written as record match-7:12, the twelfth about match-7".to_owned())
    }),
    ("setting ", |rest| Setting::named(rest).map(Target::Setting)),
];

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some((_, target)) = WORDS.iter().find(|(word, _)| *word == text) {
            return Ok(target.clone());
        }
        for (prefix, read) in READERS {
            if let Some(rest) = text.strip_prefix(prefix).map(str::trim).filter(|rest| !rest.is_empty()) {
                return read(rest);
            }
        }
        let words = WORDS.iter().map(|(word, _)| *word);
        let hint = did_you_mean(text, words.clone());
        let forms: Vec<&str> = words.chain(FORMS).collect();
        let forms = forms.join(", ");
        Err(format!(
            "nothing is called \"{}\"{hint} (one of: {forms})",
            decimal::shorten(text)
        ))
    }
}

fn number(text: &str) -> Result<u8, String> {
    text.parse()
        .map_err(|_| format!("\"{}\" is not a number", decimal::shorten(text)))
}

fn row(text: &str) -> Row {
    text.parse().map_or_else(|_| Row::OfKey(text.to_owned()), Row::Index)
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Row::Index(index) => write!(f, "{index}"),
            Row::OfKey(key) => f.write_str(key),
        }
    }
}

/// As it is written in a file.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Partition(Row::OfKey(key)) => write!(f, "partition of {key}"),
            Target::Partition(row) => write!(f, "partition {row}"),
            Target::Replica(row, broker) => write!(f, "replica {row}@{broker}"),
            Target::Leader(row) => write!(f, "leader of {row}"),
            Target::HighWatermark(row) => write!(f, "high watermark of {row}"),
            Target::Broker(n) => write!(f, "broker {n}"),
            Target::Producer(n) => write!(f, "producer {n}"),
            Target::Consumer(n) => write!(f, "consumer {n}"),
            Target::Key(key) => write!(f, "key {key}"),
            Target::Record(key, sequence) => write!(f, "record {key}:{sequence}"),
            Target::Setting(setting) => write!(f, "setting {}", setting.name),
            plain => f.write_str(
                WORDS
                    .iter()
                    .find(|(_, target)| target == plain)
                    .map_or("", |(word, _)| word),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written() {
        let words = WORDS.iter().map(|(word, _)| *word);
        let more = [
            "partition of match-7",
            "leader of match-7",
            "replica match-7@3",
            "setting linger.ms",
        ];
        for text in words.chain(FORMS).chain(more) {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_target_is_told() {
        let wrong = |text: &str| text.parse::<Target>().unwrap_err();
        assert!(wrong("producer").starts_with("nothing is called \"producer\"; did you mean producers?"));
        assert_eq!(wrong("broker x"), "\"x\" is not a number");
        assert_eq!(wrong("setting rat"), "no such setting; did you mean rate?");
        assert!(wrong("replica 2").contains("replica 2@1"));
        assert!(wrong("record match-7").contains("record match-7:12"));
        assert!(wrong("").contains("nothing is called \"\""));
    }

    #[test]
    fn a_key_finds_its_row() {
        assert_eq!(partition_of("match-7", 4), 2, "311 360 154 mod 4");
        assert_eq!(Row::OfKey("match-7".to_owned()).index(4), 2);
        assert_eq!(Row::Index(9).index(4), 9);
    }
}
