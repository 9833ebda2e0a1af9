//! The table: a row a figure, left and right, and which is better where that is clear.

use super::figures::{Figures, busiest};
use super::moved::moved;
use super::{Side, Sides};
use crate::session::Session;
use crate::ui::format::{grouped, shortened};

/// What is compared, group by group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The groups.
    pub groups: Vec<Group>,
}

/// Some rows that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What they are about.
    pub title: &'static str,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// A short word, for tests.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it says, and how it is counted.
    pub about: String,
    /// Both sides.
    pub left: Cell,
    /// The right one.
    pub right: Cell,
    /// Where it is better, if that is clear.
    pub better: Option<Side>,
}

/// A figure of one side.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// The number; `None` where there is none.
    pub value: Option<u64>,
    /// As it is written.
    pub text: String,
}

/// How a number is written.
#[derive(Clone, Copy)]
enum Unit {
    Count,
    Times,
    Micros,
    Bytes,
}

/// What one would wish of a figure.
#[derive(Clone, Copy, PartialEq)]
enum Wish {
    Less,
    More,
    /// It depends on what is wanted.
    Neither,
}

struct Spec {
    id: &'static str,
    name: &'static str,
    about: &'static str,
    unit: Unit,
    wish: Wish,
    read: fn(&Figures) -> Option<u64>,
}

const fn spec(
    (id, name): (&'static str, &'static str),
    (unit, wish): (Unit, Wish),
    read: fn(&Figures) -> Option<u64>,
    about: &'static str,
) -> Spec {
    Spec {
        id,
        name,
        about,
        unit,
        wish,
        read,
    }
}

use Unit::{Bytes, Count, Micros, Times};
use Wish::{Less, More, Neither};

const LOAD: [Spec; 6] = [
    spec(
        ("skew", "skew"),
        (Times, Less),
        |f| f.skew_permille,
        "Records of the busiest partition, over the mean of all partitions. 1.00 is even.",
    ),
    spec(
        ("p50", "delay p50"),
        (Micros, Less),
        |f| (f.latency.count > 0).then_some(f.latency.p50_us),
        "Half of the processed records took no longer from send() to the end of processing.",
    ),
    spec(
        ("p99", "delay p99"),
        (Micros, Less),
        |f| (f.latency.count > 0).then_some(f.latency.p99_us),
        "99 of 100 processed records took no longer from send() to the end of processing.",
    ),
    spec(
        ("lag", "lag now"),
        (Count, Less),
        |f| Some(f.lag),
        "Records in the logs that the group has not committed yet, at this moment.",
    ),
    spec(
        ("backlog", "waits at the source"),
        (Count, Less),
        |f| Some(f.backlog),
        "Records in front of send(), at this moment: it blocks, or the application limits itself.",
    ),
    spec(
        ("repair-wait", "wait for order"),
        (Micros, Less),
        |f| f.repair.map(|repair| repair.mean_delay_us),
        "How long the merge step that puts records back in order (order.repair) holds one, in the mean.",
    ),
];
const ORDER: [Spec; 6] = [
    spec(
        ("disorder", "out of order"),
        (Count, Less),
        |f| Some(f.out_of_order),
        "Records that were processed after a later one about the same subject.",
    ),
    spec(
        (WORST, "of the worst key"),
        (Count, Less),
        |f| Some(f.worst.as_ref().map_or(0, |(_, n)| *n)),
        "The subject with the most records out of order, and how many those are.",
    ),
    spec(
        ("repaired", "after order repair"),
        (Count, Less),
        |f| f.repair.map(|repair| repair.out_of_order),
        "Records that left the merge step (order.repair) after a later one about the same subject all the same.",
    ),
    spec(
        (READS, "reads per aggregate"),
        (Count, Less),
        |f| f.reads,
        "Partitions that hold records about the busiest subject: whoever adds them up has to read so many.",
    ),
    spec(
        (MOVED_KEYS, "keys moved"),
        (Count, Neither),
        |f| f.moved.map(|moved| moved.keys),
        "Keys with records on a partition that has none of theirs on the left. What was written before does not move along, so their order ends there.",
    ),
    spec(
        ("moved-records", "records moved"),
        (Count, Neither),
        |f| f.moved.map(|moved| moved.records),
        "Records on a partition that has none of their key on the left.",
    ),
];
const RECORDS: [Spec; 6] = [
    spec(
        ("sent", "sent"),
        (Count, Neither),
        |f| Some(f.ledger.sent),
        "send() took them.",
    ),
    spec(
        ("acknowledged", "acknowledged"),
        (Count, More),
        |f| Some(f.ledger.acknowledged),
        "Stored, as far as acks tells.",
    ),
    spec(
        ("refused", "refused"),
        (Count, Less),
        |f| Some(f.ledger.refused),
        "The application was told that they failed.",
    ),
    spec(
        ("lost", "lost"),
        (Count, Less),
        |f| Some(f.ledger.lost),
        "Acknowledged, and not in the leader’s log.",
    ),
    spec(
        ("duplicated", "duplicated"),
        (Count, Less),
        |f| Some(f.ledger.duplicated),
        "More than once in the leader’s log.",
    ),
    spec(
        ("retried", "retried"),
        (Count, Less),
        |f| Some(f.ledger.retried),
        "Went out more than once.",
    ),
];
const COST: [Spec; 5] = [
    spec(
        ("unavailable", "not writable"),
        (Micros, Less),
        |f| Some(f.unavailable_us),
        "The longest that a partition could not be written to with success.",
    ),
    spec(
        ("blocked", "send() blocked"),
        (Micros, Less),
        |f| Some(f.blocked_us),
        "How long send() has blocked, over all producers: no memory in buffer.memory, or no metadata.",
    ),
    spec(
        ("throttled", "throttled"),
        (Micros, Neither),
        |f| Some(f.throttled_us),
        "How long brokers told clients to wait because of quotas, over all clients.",
    ),
    spec(
        ("messages", "messages"),
        (Count, Neither),
        |f| Some(f.messages),
        "Requests and responses between all processes.",
    ),
    spec(
        ("bytes", "bytes"),
        (Bytes, Neither),
        |f| Some(f.bytes),
        "What those messages came to.",
    ),
];
const GROUPS: [(&str, &[Spec]); 4] = [
    ("Load, delay", &LOAD),
    ("Order", &ORDER),
    ("Records", &RECORDS),
    ("Cost", &COST),
];
const WORST: &str = "worst";
const READS: &str = "reads";
const MOVED_KEYS: &str = "moved-keys";

impl Table {
    /// The figures of both runs.
    #[must_use]
    pub fn of(left: &Session, right: &Session) -> Self {
        let subject = busiest(left.world()).map(|key| left.world().dictionary().key_text(key).to_string());
        let sides = Sides {
            left: Figures::of(left, subject.as_deref()),
            right: Some(Figures {
                moved: Some(moved(left.world(), right.world())),
                ..Figures::of(right, subject.as_deref())
            }),
        };
        let group = |(title, specs): &(&'static str, &[Spec])| Group {
            title,
            rows: specs.iter().map(|spec| row(spec, &sides, subject.as_deref())).collect(),
        };
        Self {
            groups: GROUPS.iter().map(group).collect(),
        }
    }
}

fn row(spec: &Spec, sides: &Sides<Figures>, subject: Option<&str>) -> Row {
    let (left, right) = (
        cell(spec, &sides.left),
        sides.right.as_ref().map_or_else(Cell::default, |f| cell(spec, f)),
    );
    let mut about = spec.about.to_owned();
    if let Some(subject) = subject.filter(|_| spec.id == READS) {
        about.push_str(" It is ");
        about.push_str(subject);
        about.push('.');
    }
    Row {
        id: spec.id,
        name: spec.name,
        about,
        better: better(spec.wish, left.value, right.value),
        left,
        right,
    }
}

/// The most characters of a key beside its figure.
const KEY_CHARS: usize = 12;

fn cell(spec: &Spec, figures: &Figures) -> Cell {
    let value = (spec.read)(figures);
    let mut text = value.map_or_else(|| "–".to_owned(), |n| written(n, spec.unit));
    match (spec.id, &figures.worst, figures.moved) {
        (WORST, Some((key, _)), _) => {
            text.push_str(" · ");
            text.push_str(&shortened(key, KEY_CHARS));
        }
        (MOVED_KEYS, _, Some(moved)) => {
            text.push_str(" of ");
            text.push_str(&grouped(moved.of_keys));
        }
        _ => {}
    }
    Cell { value, text }
}

/// Where it is better; a difference of less than a fiftieth is chance, and tells nothing.
fn better(wish: Wish, left: Option<u64>, right: Option<u64>) -> Option<Side> {
    let (left, right) = (left?, right?);
    let is_clear = left.abs_diff(right).saturating_mul(50) >= left.max(right) && left != right;
    let less = if left < right { Side::Left } else { Side::Right };
    match wish {
        Wish::Less if is_clear => Some(less),
        Wish::More if is_clear => Some(less.other()),
        _ => None,
    }
}

fn written(n: u64, unit: Unit) -> String {
    match unit {
        Unit::Count => grouped(n),
        Unit::Times => decimal(n, 1_000, 2, "×"),
        Unit::Micros if n < 1_000 => format!("{n} µs"),
        Unit::Micros if n < 100_000 => decimal(n, 1_000, 1, " ms"),
        Unit::Micros if n < 1_000_000 => format!("{} ms", n / 1_000),
        Unit::Micros if n < 10_000_000 => decimal(n, 1_000_000, 2, " s"),
        Unit::Micros => decimal(n, 1_000_000, 1, " s"),
        Unit::Bytes if n < 1_000 => format!("{n} B"),
        Unit::Bytes if n < 1_000_000 => decimal(n, 1_000, 1, " kB"),
        Unit::Bytes => decimal(n, 1_000_000, 1, " MB"),
    }
}

/// `n` in that unit, rounded down, with one or two places.
fn decimal(n: u64, unit: u64, places: u32, name: &str) -> String {
    let rest = n % unit * 10_u64.pow(places) / unit;
    let mut text = grouped(n / unit);
    text.push('.');
    if places == 2 && rest < 10 {
        text.push('0');
    }
    text.push_str(&rest.to_string());
    text.push_str(name);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Plan;
    use partitura_engine::scenario::{Scenario, Setting};
    use std::rc::Rc;

    fn run(settings: &[(&str, &str)]) -> Session {
        let mut plan = Plan::of(Rc::new(Scenario::built_in("world-cup").unwrap()));
        for (name, value) in settings {
            plan.set(Setting::named(name).unwrap(), value).unwrap();
        }
        let mut session = Session::open(plan).unwrap();
        session.run(6_000_000, || true);
        session
    }

    fn find<'a>(table: &'a Table, id: &str) -> &'a Row {
        let mut rows = table.groups.iter().flat_map(|group| &group.rows);
        rows.find(|row| row.id == id).unwrap_or_else(|| panic!("no row {id}"))
    }

    #[test]
    fn without_keys_the_load_is_even_and_the_order_gone_and_every_aggregate_reads_everywhere() {
        let keys = [
            ("partitions", "4"),
            ("keys", "hot:60"),
            ("rate", "400"),
            ("processing.ms", "1"),
        ];
        let table = Table::of(
            &run(&[&keys[..], &[("key", "subject")]].concat()),
            &run(&[&keys[..], &[("key", "none"), ("linger.ms", "5")]].concat()),
        );
        for (id, better) in [("skew", Some(Side::Right)), ("reads", Some(Side::Left)), ("sent", None)] {
            assert_eq!(find(&table, id).better, better, "{id}: {:?}", find(&table, id));
        }
        assert_eq!(find(&table, "reads").left.value, Some(1));
        assert_eq!(find(&table, "reads").right.value, Some(4));
        assert_eq!(find(&table, "disorder").left.value, Some(0));
        assert!(find(&table, "moved-keys").right.value > Some(0));
        assert_eq!(find(&table, "moved-keys").left.text, "–");
    }

    #[test]
    fn a_run_beside_itself_is_nowhere_better() {
        let (left, right) = (run(&[]), run(&[]));
        let table = Table::of(&left, &right);
        let rows: Vec<_> = table.groups.iter().flat_map(|group| &group.rows).collect();
        assert_eq!(rows.len(), 23);
        assert!(rows.iter().all(|row| row.better.is_none()));
        assert_eq!(find(&table, "sent").left, find(&table, "sent").right);
        assert_eq!(find(&table, "moved-records").right.value, Some(0));
    }

    #[test]
    fn what_is_hardly_another_figure_is_not_better() {
        assert_eq!(better(Less, Some(1_000), Some(1_010)), None);
        assert_eq!(better(Less, Some(1_000), Some(1_100)), Some(Side::Left));
        assert_eq!(
            better(Less, Some(1), Some(0)),
            Some(Side::Right),
            "one lost record is one too many"
        );
        assert_eq!(better(More, Some(10), Some(20)), Some(Side::Right));
        assert_eq!(better(Less, None, Some(20)), None);
    }

    #[test]
    fn figures_are_short() {
        let cases = [
            (2_414, Times, "2.41×"),
            (1_000, Times, "1.00×"),
            (840, Micros, "840 µs"),
            (12_340, Micros, "12.3 ms"),
            (561_200, Micros, "561 ms"),
            (12_050_000, Micros, "12.0 s"),
            (1_050_000, Micros, "1.05 s"),
            (999, Bytes, "999 B"),
            (12_500, Bytes, "12.5 kB"),
            (3_250_000, Bytes, "3.2 MB"),
        ];
        for (n, unit, text) in cases {
            assert_eq!(written(n, unit), text);
        }
    }
}
