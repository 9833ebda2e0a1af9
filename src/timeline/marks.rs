//! Marks → places on the timeline, in two rows. Pure: in fractions of the width, so that a test can ask without a browser.

use super::layout::place;
use crate::session::history::{Mark, MarkKind};
use partitura_engine::wire::Micros;

/// A mark at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedMark {
    /// What is marked; of several in one place the first, or the trouble among them.
    pub mark: Mark,
    /// How many more are in the same place.
    pub more: usize,
    /// From 0 to 1.
    pub x: f64,
    /// In the upper row, 0, or the lower one, 1.
    pub row: usize,
    /// Whether there is room for its words.
    pub labelled: bool,
}

/// How wide a sign is, and a letter of its label, in pixels.
const SIGN_PX: f64 = 22.0;
const LETTER_PX: f64 = 6.4;
/// How many rows of marks there are.
pub const ROWS: usize = 2;

/// Finds a place for each mark on an axis of `width` pixels: words where there is room, the sign alone where there is
/// less, and one sign for several where they would lie on each other. Trouble, and what somebody broke, always has a sign
/// of its own.
#[must_use]
pub fn place_marks(marks: &[Mark], span: Micros, width: f64) -> Vec<PlacedMark> {
    let mut rows = Rows {
        placed: Vec::new(),
        free: [f64::NEG_INFINITY; ROWS],
        width,
    };
    for (index, mark) in marks.iter().enumerate() {
        let left = place(mark.at_us, span) * width - SIGN_PX / 2.0;
        let spot = if is_trouble(mark) {
            rows.spot_for_trouble(mark, left)
        } else {
            rows.free_row(left).map(|row| Spot { row, left, more: 0 })
        };
        let Some(spot) = spot else {
            if let Some(last) = rows.placed.last_mut() {
                last.more += 1;
            }
            continue;
        };
        // A label may run on until the next mark, of which the row is not known yet, unless the other row is free.
        let other_is_free = (0..ROWS).any(|other| other != spot.row && rows.free[other] <= left);
        let next = marks[index + 1..]
            .iter()
            .map(|m| place(m.at_us, span) * width)
            .find(|next| *next > left + SIGN_PX);
        let end = spot.left + SIGN_PX + 6.0 + mark.label.chars().count() as f64 * LETTER_PX;
        let next_is_far = next.is_none_or(|next| end < next - SIGN_PX / 2.0);
        let labelled = end <= width && (other_is_free || next_is_far || is_trouble(mark));
        rows.free[spot.row] = if labelled { end } else { spot.left + SIGN_PX };
        rows.placed.push(PlacedMark {
            mark: mark.clone(),
            more: spot.more,
            x: if width > 0.0 {
                (spot.left + SIGN_PX / 2.0) / width
            } else {
                0.0
            },
            row: spot.row,
            labelled,
        });
    }
    rows.placed
}

/// What must not go under.
fn is_trouble(mark: &Mark) -> bool {
    matches!(mark.kind, MarkKind::Trouble | MarkKind::Fault | MarkKind::Fenced)
}

/// What somebody broke in the same moment is one story: it needs no sign beside its time.
fn is_at_once(one: &Mark, other: &Mark) -> bool {
    one.at_us == other.at_us && one.kind == MarkKind::Fault && other.kind == MarkKind::Fault
}

/// Where a mark comes to stand, and how many others it stands for.
struct Spot {
    row: usize,
    left: f64,
    more: usize,
}

/// The marks placed so far, and from where each row is free.
struct Rows {
    placed: Vec<PlacedMark>,
    free: [f64; ROWS],
    width: f64,
}

impl Rows {
    fn free_row(&self, left: f64) -> Option<usize> {
        (0..ROWS).find(|row| self.free[*row] <= left)
    }

    /// Makes room for trouble: another mark's words go, or its sign; beside other trouble it moves on. `None` if the
    /// same trouble stands there already, or what was broken with it, which is the last one placed then.
    fn spot_for_trouble(&mut self, mark: &Mark, left: f64) -> Option<Spot> {
        if let Some(row) = self.free_row(left) {
            return Some(Spot { row, left, more: 0 });
        }
        let lasts: Vec<usize> = (0..ROWS)
            .filter_map(|row| self.placed.iter().rposition(|placed| placed.row == row))
            .collect();
        let end = |placed: &PlacedMark| placed.x * self.width + SIGN_PX / 2.0;
        let is_trouble = |placed: &PlacedMark| is_trouble(&placed.mark);
        let without_words = |place: &&usize| end(&self.placed[**place]) <= left && !is_trouble(&self.placed[**place]);
        if let Some(place) = lasts.iter().find(without_words).copied() {
            self.placed[place].labelled = false;
            let row = self.placed[place].row;
            return Some(Spot { row, left, more: 0 });
        }
        if let Some(place) = lasts.iter().find(|place| !is_trouble(&self.placed[**place])).copied() {
            let gone = self.placed.remove(place);
            return Some(Spot {
                row: gone.row,
                left,
                more: gone.more + 1,
            });
        }
        let is_same = |place: &&usize| {
            let last = &self.placed[**place];
            last.mark.label == mark.label || is_at_once(&last.mark, mark)
        };
        if let Some(place) = lasts.iter().find(is_same) {
            let same = self.placed.remove(*place);
            self.placed.push(same);
            return None;
        }
        let row = usize::from(self.free[1] < self.free[0]);
        let left = self.free[row].min(self.width - SIGN_PX).max(left);
        Some(Spot { row, left, more: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    fn mark(at_s: u64, label: &str) -> Mark {
        Mark {
            at_us: at_s * SECOND,
            kind: MarkKind::You,
            label: label.to_owned(),
            event: None,
        }
    }

    #[test]
    fn marks_far_apart_share_the_upper_row() {
        let placed = place_marks(&[mark(1, "one"), mark(20, "two")], 30 * SECOND, 1000.0);
        assert!(placed.iter().all(|p| p.row == 0 && p.labelled && p.more == 0));
    }

    #[test]
    fn marks_close_by_use_the_lower_row_and_then_become_one() {
        let marks = [mark(10, "a rebalance"), mark(10, "another"), mark(10, "a third")];
        let placed = place_marks(&marks, 30 * SECOND, 1000.0);
        assert_eq!(placed.iter().map(|p| p.row).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(placed[1].more, 1);
    }

    #[test]
    fn labels_do_not_lie_on_each_other() {
        let marks: Vec<Mark> = (0..30).map(|n| mark(n, "something with words")).collect();
        let placed = place_marks(&marks, 30 * SECOND, 1000.0);
        for row in 0..ROWS {
            let mut end = f64::NEG_INFINITY;
            for mark in placed.iter().filter(|p| p.row == row) {
                let left = mark.x * 1000.0 - SIGN_PX / 2.0;
                assert!(left >= end, "row {row}: {left} is left of {end}");
                end = left
                    + if mark.labelled {
                        SIGN_PX + 6.0 + 20.0 * LETTER_PX
                    } else {
                        SIGN_PX
                    };
                assert!(end <= 1000.0 + SIGN_PX);
            }
        }
    }

    fn trouble(at_s: u64, label: &str) -> Mark {
        Mark {
            kind: MarkKind::Trouble,
            ..mark(at_s, label)
        }
    }

    #[test]
    fn trouble_has_a_sign_of_its_own() {
        let mut marks = vec![mark(10, "a rebalance"); 9];
        marks.push(trouble(10, "record limit"));
        marks.push(mark(10, "stable"));
        let placed = place_marks(&marks, 30 * SECOND, 1000.0);
        let signs: Vec<(&str, bool, usize)> = placed
            .iter()
            .map(|p| (p.mark.label.as_str(), p.labelled, p.more))
            .collect();
        assert_eq!(placed.iter().map(|p| p.more + 1).sum::<usize>(), marks.len());
        assert!(signs.contains(&("record limit", true, 2)), "{signs:?}");
    }

    #[test]
    fn what_was_broken_at_once_stands_at_its_time() {
        let fault = |label: &str| Mark {
            kind: MarkKind::Fault,
            ..mark(10, label)
        };
        let marks = ["crash consumer 2", "crash worker 2", "crash share consumer 2"].map(fault);
        let placed = place_marks(&marks, 30 * SECOND, 1000.0);
        assert_eq!(placed.iter().map(|p| p.more + 1).sum::<usize>(), marks.len());
        assert!(placed.iter().all(|p| (p.x - 1.0 / 3.0).abs() < 0.02), "{placed:?}");
    }

    #[test]
    fn trouble_beside_other_trouble_is_seen_and_the_same_is_counted() {
        let marks = ["records failed", "records failed", "record limit", "records failed"].map(|l| trouble(10, l));
        let placed = place_marks(&marks, 30 * SECOND, 1000.0);
        assert_eq!(placed.iter().filter(|p| p.mark.label == "record limit").count(), 1);
        assert_eq!(placed.iter().map(|p| p.more + 1).sum::<usize>(), marks.len());
        assert!(placed.iter().all(|p| p.mark.label != "record limit" || p.more == 0));
    }
}
