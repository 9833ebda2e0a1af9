//! The table: a row a figure, left and right, and which is better where that is clear.

use super::figures::{Figures, busiest};
use super::moved::moved;
use super::rows::{GROUPS, MOVED_KEYS, READS, Spec, WORST, Wish, written};
use super::{Side, Sides};
use crate::session::Session;
use crate::ui::format::grouped;

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
    /// What it is of, where that is one of many.
    pub of: Option<String>,
}

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

fn cell(spec: &Spec, figures: &Figures) -> Cell {
    let value = (spec.read)(figures);
    let mut text = value.map_or_else(|| "–".to_owned(), |n| written(n, spec.unit));
    if let Some(moved) = figures.moved.filter(|_| spec.id == MOVED_KEYS) {
        text.push_str(" of ");
        text.push_str(&grouped(moved.of_keys));
    }
    let of = figures.worst.as_ref().filter(|_| spec.id == WORST);
    Cell {
        value,
        text,
        of: of.map(|(key, _)| key.clone()),
    }
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
        assert_eq!(rows.len(), 31);
        assert!(rows.iter().all(|row| row.better.is_none()));
        assert_eq!(find(&table, "sent").left, find(&table, "sent").right);
        assert_eq!(find(&table, "moved-records").right.value, Some(0));
    }

    #[test]
    fn what_is_hardly_another_figure_is_not_better() {
        assert_eq!(better(Wish::Less, Some(1_000), Some(1_010)), None);
        assert_eq!(better(Wish::Less, Some(1_000), Some(1_100)), Some(Side::Left));
        assert_eq!(
            better(Wish::Less, Some(1), Some(0)),
            Some(Side::Right),
            "one lost record is one too many"
        );
        assert_eq!(better(Wish::More, Some(10), Some(20)), Some(Side::Right));
        assert_eq!(better(Wish::Less, None, Some(20)), None);
    }
}
