//! The keyboard on the stage: one thing has the focus, arrows move it along the grid.

use super::target::Target;
use partitura_engine::world::View;

/// A step from one thing to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// One column to the left.
    Left,
    /// One column to the right.
    Right,
    /// To the beginning of the row.
    First,
    /// To the end of the row.
    Last,
}

impl Step {
    /// What that key means, by its name in `KeyboardEvent.key`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Step> {
        Some(match key {
            "ArrowUp" => Step::Up,
            "ArrowDown" => Step::Down,
            "ArrowLeft" => Step::Left,
            "ArrowRight" => Step::Right,
            "Home" => Step::First,
            "End" => Step::Last,
            _ => return None,
        })
    }
}

/// What gets the focus first: the first row.
#[must_use]
pub fn first(view: &View) -> Target {
    view.partitions
        .first()
        .map_or(Target::Producers, |partition| Target::Partition(partition.index))
}

/// What gets the focus after a step. Above the rows are the brokers, below them the producers; left of the cells the
/// partitions, right of them the consumers. At an edge it stays.
#[must_use]
pub fn next(view: &View, from: Target, step: Step) -> Target {
    let (mut row, mut column) = place(view, from).unwrap_or((0, 0));
    let (rows, columns) = (view.partitions.len() as i64, view.brokers.len() as i64);
    // A partition without a replica on a broker has nothing there, and a row may be without an owner: go on to what is.
    for _ in 0..rows + columns + 3 {
        match step {
            Step::Up => row -= 1,
            Step::Down => row += 1,
            Step::Left => column -= 1,
            Step::Right => column += 1,
            Step::First | Step::Last => {
                let in_row = |c| thing(view, row, c);
                let mut all = (-1..=columns).filter_map(in_row);
                let end = if step == Step::First { all.next() } else { all.last() };
                return end.unwrap_or(from);
            }
        }
        if !(-1..=rows).contains(&row) || !(-1..=columns).contains(&column) {
            return from;
        }
        match thing(view, row, column) {
            Some(found) if found != from => return found,
            _ => {}
        }
    }
    from
}

/// Whether it is there to have the focus.
#[must_use]
pub fn is_there(view: &View, target: Target) -> bool {
    place(view, target).is_some_and(|(row, column)| thing(view, row, column) == Some(target))
}

/// Row and column: −1 is before the first, the count is after the last.
fn place(view: &View, target: Target) -> Option<(i64, i64)> {
    let row_of = |p: u16| view.partitions.iter().position(|partition| partition.index == p);
    let column_of = |id| view.brokers.iter().position(|broker| broker.id == id);
    let (rows, columns) = (view.partitions.len() as i64, view.brokers.len() as i64);
    Some(match target {
        Target::Partition(p) => (row_of(p)? as i64, -1),
        Target::Broker(id) => (-1, column_of(id)? as i64),
        Target::Replica(p, id) => (row_of(p)? as i64, column_of(id)? as i64),
        Target::Consumer(number) => {
            let is_it = |c: &&_| super::consumers::number(c) == number;
            let owned = &view.consumers.iter().find(is_it)?.owned;
            let first = owned.iter().filter_map(|owned| row_of(owned.partition)).min();
            (first.map_or(rows, |row| row as i64), columns)
        }
        Target::Group => (-1, columns),
        Target::Producers => (rows, 0),
        Target::Leader(_) | Target::HighWatermark(_) | Target::Computation | Target::Key(_) => return None,
    })
}

fn thing(view: &View, row: i64, column: i64) -> Option<Target> {
    let (rows, columns) = (view.partitions.len() as i64, view.brokers.len() as i64);
    let broker = usize::try_from(column)
        .ok()
        .and_then(|column| view.brokers.get(column))
        .map(|broker| broker.id);
    let partition = usize::try_from(row).ok().and_then(|row| view.partitions.get(row));
    match (partition, broker) {
        (Some(partition), Some(id)) => partition
            .replicas
            .contains(&id)
            .then_some(Target::Replica(partition.index, id)),
        (Some(partition), None) if column < 0 => Some(Target::Partition(partition.index)),
        (Some(partition), None) => {
            let owns = |c: &&partitura_engine::world::ConsumerView| {
                c.owned.iter().any(|owned| owned.partition == partition.index)
            };
            view.consumers
                .iter()
                .find(owns)
                .map(|c| Target::Consumer(super::consumers::number(c)))
        }
        (None, Some(id)) if row < 0 => Some(Target::Broker(id)),
        (None, None) if row < 0 && column == columns => Some(Target::Group),
        (None, Some(_)) if row == rows => Some(Target::Producers),
        (None, None) if row == rows && column == columns => {
            let idle = view.consumers.iter().find(|c| c.owned.is_empty());
            idle.map(|c| Target::Consumer(super::consumers::number(c)))
        }
        _ => None,
    }
}
