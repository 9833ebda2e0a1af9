//! The ledger: what became of the records, and what would have become of them with another setting.

use crate::session::Session;
use crate::session::plan::Plan;
use crate::stage::Palette;
use partitura_engine::scenario::Setting;
use partitura_engine::trace::{EventId, LedgerColumn, LedgerFigures};
use partitura_engine::wire::Micros;
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

/// The first ledger, kept while the same run is played with another setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The run that it is of.
    pub plan: Plan,
    /// The setting that is tried.
    pub name: &'static str,
    /// Its value in the first run.
    pub value: String,
    /// The moment of the figures.
    pub at_us: Micros,
    /// The figures.
    pub figures: LedgerFigures,
}

impl Kept {
    /// The ledger of that run as it is, before `name` gets another value. A trial after a trial is compared with the
    /// first run as well.
    #[must_use]
    pub fn of(session: &Session, before: Option<&Kept>, setting: &'static Setting) -> Self {
        match before {
            Some(kept) => Self {
                name: setting.name,
                value: kept.plan.setup().map(|setup| setting.read(&setup)).unwrap_or_default(),
                ..kept.clone()
            },
            None => Self {
                plan: session.plan().clone(),
                name: setting.name,
                value: session.value(setting),
                at_us: session.now(),
                figures: session.world().ledger(),
            },
        }
    }
}

/// Settings that are worth a trial, the first one being the classic.
const TRIED: [(&str, &[&str]); 4] = [
    ("acks", &["1", "0", "all"]),
    ("min.insync.replicas", &["1", "2", "3"]),
    ("unclean.leader.election.enable", &["true", "false"]),
    ("enable.idempotence", &["false", "true"]),
];

/// What can be tried with the run as it is: name and value of each.
#[must_use]
pub fn trials(session: &Session) -> Vec<(&'static str, &'static str)> {
    let mut trials = Vec::new();
    for (name, values) in TRIED {
        let Some(setting) = Setting::find(name) else { continue };
        let now = session.value(setting);
        let fits = |value: &&&str| **value != now && setting.canonical(value).is_ok();
        trials.extend(values.iter().filter(fits).map(|value| (setting.name, *value)));
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

    #[test]
    fn the_value_that_the_run_has_is_no_trial() {
        let session = session();
        let trials = trials(&session);
        let acks = session.value(Setting::find("acks").unwrap());
        assert!(trials.iter().all(|(name, value)| *name != "acks" || *value != acks));
        assert!(
            trials.iter().any(|(name, value)| (*name, *value) == ("acks", "1")),
            "{trials:?}"
        );
    }

    #[test]
    fn a_second_trial_is_compared_with_the_first_run() {
        let mut session = session();
        let acks = Setting::find("acks").unwrap();
        let first = Kept::of(&session, None, acks);
        session.try_with(&first.plan, acks, "1").unwrap();
        let min = Setting::find("min.insync.replicas").unwrap();
        let second = Kept::of(&session, Some(&first), min);
        session.try_with(&second.plan, min, "2").unwrap();
        assert_eq!(second.plan, first.plan);
        assert_eq!(session.value(acks), first.value, "only one setting differs");
        assert_eq!(session.value(min), "2");
    }
}
