//! The keyboard on the stage: one thing has the focus, arrows move it along the grid.

use super::consumer_box::number;
use super::target::Target;
use partitura_engine::world::{ConsumerView, View};

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

/// What gets the focus after a step. Above the rows are the brokers, above those the controllers, below the producers; left of the cells the
/// partitions, right of them the consumers. At an edge it stays.
#[must_use]
pub fn next(view: &View, from: Target, step: Step) -> Target {
    let (mut row, mut column) = place(view, from).unwrap_or((0, 0));
    let rows = view.partitions.len() as i64;
    let last = (view.brokers.len() + idle(view).count()) as i64;
    // A partition without a replica on a broker has nothing there, and a row may be without an owner: go on to what is.
    for _ in 0..rows + last + 3 {
        match step {
            Step::Up => row -= 1,
            Step::Down => row += 1,
            Step::Left => column -= 1,
            Step::Right => column += 1,
            Step::First | Step::Last => {
                let in_row = |c| thing(view, row, c);
                let mut all = (-1..=last).filter_map(in_row);
                let end = if step == Step::First {
                    all.next()
                } else {
                    all.next_back()
                };
                return end.unwrap_or(from);
            }
        }
        if !(-2..=rows).contains(&row) || !(-1..=last).contains(&column) {
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
        Target::Consumer(consumer) => {
            let owned = &view.consumers.iter().find(|c| number(c) == consumer)?.owned;
            match owned.iter().filter_map(|owned| row_of(owned.partition)).min() {
                Some(first) => (first as i64, columns),
                None => (rows, columns + idle(view).position(|c| number(c) == consumer)? as i64),
            }
        }
        Target::Group => (-1, columns),
        Target::Controller(number) => (-2, isolated(view).position(|n| n == number)? as i64),
        Target::Producers => (rows, 0),
        Target::Leader(_) | Target::HighWatermark(_) | Target::Computation | Target::Key(_) => return None,
    })
}

/// Those that own nothing: they sit side by side, right of the producers.
fn idle(view: &View) -> impl Iterator<Item = &ConsumerView> {
    view.consumers.iter().filter(|c| c.owned.is_empty())
}

/// The controllers that have a process of their own.
fn isolated(view: &View) -> impl Iterator<Item = u8> {
    view.controllers
        .iter()
        .filter(|c| c.with_broker.is_none())
        .map(|c| c.number)
}

fn thing(view: &View, row: i64, column: i64) -> Option<Target> {
    let (rows, columns) = (view.partitions.len() as i64, view.brokers.len() as i64);
    let broker = usize::try_from(column)
        .ok()
        .and_then(|column| view.brokers.get(column))
        .map(|broker| broker.id);
    if row == -2 {
        let place = usize::try_from(column).ok()?;
        return isolated(view).nth(place).map(Target::Controller);
    }
    let partition = usize::try_from(row).ok().and_then(|row| view.partitions.get(row));
    match (partition, broker) {
        (Some(partition), Some(id)) => partition
            .replicas
            .contains(&id)
            .then_some(Target::Replica(partition.index, id)),
        (Some(partition), None) if column < 0 => Some(Target::Partition(partition.index)),
        (Some(partition), None) => {
            let owns = |c: &&ConsumerView| c.owned.iter().any(|owned| owned.partition == partition.index);
            view.consumers.iter().find(owns).map(|c| Target::Consumer(number(c)))
        }
        (None, Some(id)) if row < 0 => Some(Target::Broker(id)),
        (None, None) if row < 0 && column == columns => Some(Target::Group),
        (None, Some(_)) if row == rows => Some(Target::Producers),
        (None, None) if row == rows && column >= columns => {
            let place = usize::try_from(column - columns).ok()?;
            idle(view).nth(place).map(|c| Target::Consumer(number(c)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use partitura_engine::wire::BrokerId;

    fn walk(view: &View, from: Target, steps: &[Step]) -> Target {
        steps.iter().fold(from, |at, step| next(view, at, *step))
    }

    #[test]
    fn arrows_go_along_the_grid() {
        let view = sample::view(4, 3, 3, 3, &sample::keys().1);
        let start = first(&view);
        assert_eq!(start, Target::Partition(0));
        assert_eq!(next(&view, start, Step::Right), Target::Replica(0, BrokerId(1)));
        assert_eq!(
            walk(&view, start, &[Step::Right, Step::Up]),
            Target::Broker(BrokerId(1))
        );
        assert_eq!(next(&view, start, Step::Last), Target::Consumer(1));
        assert_eq!(walk(&view, start, &[Step::Last, Step::Up]), Target::Group);
        assert_eq!(
            walk(
                &view,
                start,
                &[Step::Right, Step::Down, Step::Down, Step::Down, Step::Down]
            ),
            Target::Producers
        );
        assert_eq!(
            next(&view, start, Step::Up),
            start,
            "above the first row's name is nothing"
        );
    }

    #[test]
    fn a_place_without_a_replica_is_passed_over() {
        let view = sample::view(4, 4, 2, 1, &sample::keys().1);
        assert_eq!(
            next(&view, Target::Partition(2), Step::Right),
            Target::Replica(2, BrokerId(3))
        );
        assert_eq!(
            next(&view, Target::Replica(2, BrokerId(3)), Step::Right),
            Target::Consumer(2)
        );
    }

    #[test]
    fn everything_can_be_reached() {
        let view = sample::view(5, 3, 8, 2, &sample::keys().1);
        let mut reached = vec![first(&view)];
        let mut i = 0;
        while let Some(at) = reached.get(i).copied() {
            for step in [Step::Up, Step::Down, Step::Left, Step::Right] {
                let next = next(&view, at, step);
                if !reached.contains(&next) {
                    assert!(is_there(&view, next), "{next:?}");
                    reached.push(next);
                }
            }
            i += 1;
        }
        // Rows, columns, cells, consumers, the group's head, the producers.
        assert_eq!(reached.len(), 5 + 3 + 10 + 8 + 1 + 1);
    }
}
