//! The ledger: what became of the records, and what would have become of them with another setting.

use crate::session::Session;
use crate::session::plan::Plan;
use crate::stage::Palette;
use partitura_engine::scenario::{Setting, Span, Text};
use partitura_engine::trace::{EventId, LedgerColumn, LedgerFigures};
use partitura_engine::wire::Micros;
use partitura_engine::world::{EffectFigures, MergedSubject};
use std::rc::Rc;

/// The columns in their order: what they are called, and what they count.
pub const COLUMNS: [(LedgerColumn, &str, &str); 6] = [
    (LedgerColumn::Sent, "sent", "send() took them"),
    (
        LedgerColumn::Acknowledged,
        "acknowledged",
        "stored, as far as acks tells",
    ),
    (
        LedgerColumn::Refused,
        "refused",
        "the application was told that they failed",
    ),
    (LedgerColumn::Retried, "retried", "went out more than once"),
    (
        LedgerColumn::Duplicated,
        "duplicated",
        "are more than once in the leader’s log",
    ),
    (
        LedgerColumn::Lost,
        "lost after acknowledgement",
        "acknowledged, and not in the leader’s log",
    ),
];

/// What became of records in the hands of the group: a short word for tests, what it is called, what it counts, and the figure.
pub type GroupLine = (&'static str, &'static str, &'static str, fn(&EffectFigures) -> u64);
/// What the main group has done twice, or never: the price of where it commits.
pub const BY_GROUP: [GroupLine; 4] = [
    ("effects", "had their effect", "in the sink, each counted once", |did| {
        did.applied
    }),
    ("again", "processed again", "once more than needed", |did| {
        did.repeated + did.ignored
    }),
    ("twice", "had effect again", "see sink.dedup", |did| did.repeated),
    ("never", "never processed", "the group has committed past them", |did| {
        did.lost
    }),
];

/// How many records of a column are listed.
pub const LISTED: usize = 200;

/// The figure of that column.
#[must_use]
pub fn figure(figures: &LedgerFigures, column: LedgerColumn) -> u64 {
    match column {
        LedgerColumn::Sent => figures.sent,
        LedgerColumn::Acknowledged => figures.acknowledged,
        LedgerColumn::Refused => figures.refused,
        LedgerColumn::Retried => figures.retried,
        LedgerColumn::Duplicated => figures.duplicated,
        LedgerColumn::Lost => figures.lost,
    }
}

/// Whether a record in that column is bad news.
#[must_use]
pub fn is_bad(column: LedgerColumn) -> bool {
    !matches!(
        column,
        LedgerColumn::Sent | LedgerColumn::Acknowledged | LedgerColumn::Retried
    )
}

/// One record of a column, as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Its key's letter.
    pub letter: String,
    /// Its key's colour, by its class.
    pub colour: &'static str,
    /// What it is about, and the how manyeth it is.
    pub subject: String,
    /// Its text, where it has one of its own.
    pub value: Option<String>,
    /// `P2 @ 41`.
    pub place: String,
    /// When it was sent.
    pub at_us: Micros,
    /// What put it into the column.
    pub event: EventId,
}

/// What is counted about one subject by all consumers together.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedRow {
    /// Its letter and its colour, by its class.
    pub tile: (String, &'static str),
    /// What it is called.
    pub subject: String,
    /// Records sent about it.
    pub sent: u64,
    /// The total, put together from the partial counts.
    pub counted: u64,
    /// Partitions that it is put together from.
    pub partitions: u32,
    /// Processed after a later one.
    pub late: u64,
}

/// How many subjects have their total shown.
const MERGED: usize = 5;

/// The totals of the most frequent subjects; none while each has all of its records in one place, in order.
#[must_use]
pub fn merged(session: &Session, palette: &Palette) -> Rc<[MergedRow]> {
    let subjects = session.world().merge().subjects;
    if !subjects
        .iter()
        .any(|s| s.partials > 1 || s.partitions > 1 || s.out_of_order > 0)
    {
        return Rc::new([]);
    }
    let row = |merged: &MergedSubject| MergedRow {
        tile: (
            palette.label(merged.subject).to_owned(),
            palette.colour(merged.subject).class(),
        ),
        subject: palette.text(merged.subject).to_owned(),
        sent: merged.sent,
        counted: merged.aggregate,
        partitions: merged.partitions,
        late: merged.out_of_order,
    };
    subjects.iter().take(MERGED).map(row).collect()
}

/// The first records of that column.
#[must_use]
pub fn rows(session: &Session, column: LedgerColumn, palette: &Palette) -> Rc<[LedgerRow]> {
    let world = session.world();
    let texts = world.dictionary();
    let lines = world.ledger_lines(column, LISTED);
    let row = |line: &partitura_engine::trace::LedgerLine| {
        let record = line.offset.and_then(|offset| world.record_at(line.partition, offset));
        LedgerRow {
            letter: palette.label(line.subject).to_owned(),
            colour: palette.colour(line.subject).class(),
            subject: format!("{} #{}", texts.key_text(line.subject), line.sequence),
            value: record
                .and_then(|record| record.value)
                .map(|value| texts.value_text(value).to_string()),
            place: match line.offset {
                Some(offset) => format!("P{} @ {offset}", line.partition),
                None => format!("P{}", line.partition),
            },
            at_us: line.sent_us,
            event: line.event,
        }
    };
    lines.iter().map(row).collect()
}

/// The first ledger, kept while the same run is played with other settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The run that it is of.
    pub plan: Plan,
    /// The moment of the figures.
    pub at_us: Micros,
    /// The figures.
    pub figures: LedgerFigures,
    /// What the group has done.
    pub effects: EffectFigures,
}

impl Kept {
    /// The ledger of that run as it is.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        Self {
            plan: session.plan().clone(),
            at_us: session.now(),
            figures: session.world().ledger(),
            effects: session.world().effects(),
        }
    }
}

/// The same run with other settings: with one, or as the scenario's author has thought of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What differs: `acks=1`, or the variant's title.
    pub title: String,
    /// How it is in the first run: `acks=all`.
    pub before: String,
    settings: Vec<(&'static Setting, String)>,
    /// What it shows, where the scenario's author says so.
    pub about: String,
}

impl Trial {
    /// The run with those settings.
    #[must_use]
    pub fn of(title: &str, before: &str, settings: Vec<(&'static Setting, String)>) -> Self {
        Self {
            title: title.to_owned(),
            before: before.to_owned(),
            settings,
            about: String::new(),
        }
    }

    /// The run of that plan with those settings, from its start: the same seed, the same actions.
    ///
    /// # Errors
    ///
    /// Says which setting cannot have that value.
    pub fn plan(&self, first: &Plan) -> Result<Plan, String> {
        let mut plan = first.clone();
        for (setting, value) in &self.settings {
            plan.set(setting, value)?;
        }
        Ok(plan)
    }
}

/// The words alone.
fn plain(text: &Text) -> String {
    let words = |span: &Span| match span {
        Span::Text(words) | Span::Code(words) | Span::Emphasis(words) | Span::Term { shown: words, .. } => {
            words.clone()
        }
    };
    text.0.iter().map(words).collect()
}

/// Settings that are worth a trial, the first one being the classic.
const TRIED: [(&str, &[&str]); 4] = [
    ("acks", &["1", "0", "all"]),
    ("min.insync.replicas", &["1", "2", "3"]),
    ("unclean.leader.election.enable", &["true", "false"]),
    ("enable.idempotence", &["false", "true"]),
];

/// What can be tried with that run: the variants of its scenario, and one setting after the other.
#[must_use]
pub fn trials(first: &Plan) -> Vec<Trial> {
    let Ok(setup) = first.setup() else {
        return Vec::new();
    };
    let variants = first.scenario.variants.iter().map(|variant| Trial {
        title: variant.title.clone(),
        before: first.scenario.title.clone(),
        settings: variant.settings.clone(),
        about: plain(&variant.text),
    });
    let mut trials: Vec<Trial> = variants.collect();
    for (name, values) in TRIED {
        let Some(setting) = Setting::find(name) else { continue };
        let now = setting.read(&setup);
        let fits = |value: &&&str| **value != now && setting.canonical(value).is_ok();
        trials.extend(values.iter().filter(fits).map(|value| Trial {
            title: format!("{name}={value}"),
            before: format!("{name}={now}"),
            settings: vec![(setting, (*value).to_owned())],
            about: String::new(),
        }));
    }
    trials
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::scenario::Scenario;

    fn session() -> Session {
        let scenario = Rc::new(Scenario::built_in("world-cup").unwrap());
        Session::open(Plan::of(scenario)).unwrap()
    }

    fn named(trials: &[Trial], title: &str) -> Trial {
        trials
            .iter()
            .find(|trial| trial.title == title)
            .expect("a trial")
            .clone()
    }

    #[test]
    fn the_value_that_the_run_has_is_no_trial() {
        let trials = trials(session().plan());
        let acks = named(&trials, "acks=1").before;
        assert!(trials.iter().all(|trial| trial.title != acks), "{trials:?}");
    }

    #[test]
    fn a_second_trial_is_compared_with_the_first_run() {
        let mut session = session();
        let first = Kept::of(&session);
        let trials = trials(&first.plan);
        session
            .play(named(&trials, "acks=1").plan(&first.plan).unwrap())
            .unwrap();
        session
            .play(named(&trials, "min.insync.replicas=3").plan(&first.plan).unwrap())
            .unwrap();
        let acks = Setting::find("acks").unwrap();
        assert_eq!(
            session.value(acks),
            acks.read(&first.plan.setup().unwrap()),
            "only one setting differs"
        );
    }
}
