//! Run → places on the timeline. Pure: in fractions of the width, so that a test can ask without a browser.

use crate::session::history::{Bucket, History, Mark};
use partitura_engine::wire::Micros;

const SECOND: Micros = 1_000_000;

/// What the axis may be long: whole, memorable times, so that it seldom changes while the run goes on.
const SPANS_S: [Micros; 22] = [
    10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 240, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400,
];

/// How long the axis is: it holds the last moment that matters, `planned`, and more than has passed by `now`.
#[must_use]
pub fn span(now: Micros, planned: Micros) -> Micros {
    let least = (now.saturating_add(now / 50)).max(planned);
    if let Some(span) = SPANS_S.iter().map(|s| s * SECOND).find(|span| *span >= least) {
        return span;
    }
    let day = 86_400 * SECOND;
    least.div_ceil(day) * day
}

/// The moments that are written under the axis, at most `most` of them, 0 first.
#[must_use]
pub fn ticks(span: Micros, most: u64) -> Vec<Micros> {
    const STEPS_S: [Micros; 15] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600];
    let most = most.max(2);
    let fits = |step: &Micros| span / step < most;
    let step = STEPS_S.iter().map(|s| s * SECOND).find(fits).unwrap_or(span / most + 1);
    (0..=span / step).map(|n| n * step).collect()
}

/// Where a moment is on the axis, from 0 to 1.
#[must_use]
pub fn place(at: Micros, span: Micros) -> f64 {
    if span == 0 {
        0.0
    } else {
        (at.min(span) as f64) / (span as f64)
    }
}

/// A mark at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedMark {
    /// What is marked; of several in one place the first.
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
/// less, and one sign for several where they would lie on each other.
#[must_use]
pub fn place_marks(marks: &[Mark], span: Micros, width: f64) -> Vec<PlacedMark> {
    let mut placed: Vec<PlacedMark> = Vec::new();
    let mut free = [f64::NEG_INFINITY; ROWS];
    for (index, mark) in marks.iter().enumerate() {
        let x = place(mark.at_us, span);
        let left = x * width - SIGN_PX / 2.0;
        let Some(row) = (0..ROWS).find(|row| free[*row] <= left) else {
            if let Some(last) = placed.last_mut() {
                last.more += 1;
            }
            continue;
        };
        let label = SIGN_PX + 6.0 + mark.label.chars().count() as f64 * LETTER_PX;
        // A label may run on until the next mark, of which the row is not known yet, unless the other row is free.
        let other_is_free = (0..ROWS).any(|other| other != row && free[other] <= left);
        let next = marks[index + 1..]
            .iter()
            .map(|m| place(m.at_us, span) * width)
            .find(|next| *next > left + SIGN_PX);
        let has_room =
            left + label <= width && (other_is_free || next.is_none_or(|next| left + label < next - SIGN_PX / 2.0));
        free[row] = left + if has_room { label } else { SIGN_PX };
        placed.push(PlacedMark {
            mark: mark.clone(),
            more: 0,
            x,
            row,
            labelled: has_room,
        });
    }
    placed
}

/// The two curves, as points from 0 to 1, x to the right and y upwards, and what their highest values are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// Records a second.
    pub throughput: Vec<(f64, f64)>,
    /// The group's lag.
    pub lag: Vec<(f64, f64)>,
    /// At the top of the throughput's scale.
    pub most_per_second: u64,
    /// At the top of the lag's scale.
    pub most_lag: u64,
}

/// The curves of a run that is at `now`. Throughput is a mean over a few buckets: at 20 records a second a bucket of
/// 50 ms holds one or none.
#[must_use]
pub fn curves(history: &History, now: Micros, span: Micros) -> Curves {
    let buckets = history.buckets();
    let width = history.width_us();
    let whole = usize::try_from(now / width).unwrap_or(0).min(buckets.len());
    let reach = usize::try_from((SECOND / 4).div_ceil(width)).unwrap_or(1).max(1);
    let mean = |index: usize| {
        let from = index.saturating_sub(reach);
        let part = &buckets[from..=index];
        part.iter().map(|b| b.records).sum::<u64>().saturating_mul(SECOND) / (width * part.len() as u64)
    };
    let per_second: Vec<u64> = (0..whole).map(mean).collect();
    let most_per_second = nice(per_second.iter().copied().max().unwrap_or(0));
    let most_lag = nice(buckets[..whole].iter().map(|b: &Bucket| b.lag).max().unwrap_or(0)).max(10);
    let x = |index: usize| place((index as u64 + 1) * width, span);
    let scaled = |value: u64, most: u64| if most == 0 { 0.0 } else { value as f64 / most as f64 };
    Curves {
        throughput: per_second
            .iter()
            .enumerate()
            .map(|(i, n)| (x(i), scaled(*n, most_per_second)))
            .collect(),
        lag: buckets[..whole]
            .iter()
            .enumerate()
            .map(|(i, b)| (x(i), scaled(b.lag, most_lag)))
            .collect(),
        most_per_second,
        most_lag,
    }
}

/// The next number of the row 1, 2, 5, 10, 20, 50 …, so that the scale stands still most of the time.
fn nice(n: u64) -> u64 {
    let mut unit: u64 = 1;
    while unit.saturating_mul(10) < n {
        unit = unit.saturating_mul(10);
    }
    [1, 2, 5, 10]
        .into_iter()
        .map(|k| unit.saturating_mul(k))
        .find(|k| *k >= n)
        .unwrap_or(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::MarkKind;

    fn mark(at_s: u64, label: &str) -> Mark {
        Mark {
            at_us: at_s * SECOND,
            kind: MarkKind::You,
            label: label.to_owned(),
        }
    }

    #[test]
    fn the_axis_is_longer_than_the_run_and_the_plan() {
        assert_eq!(span(0, 0), 10 * SECOND);
        assert_eq!(span(9_000_000, 0), 10 * SECOND);
        assert_eq!(span(9_900_000, 0), 12 * SECOND);
        assert_eq!(span(0, 28 * SECOND), 30 * SECOND);
        assert_eq!(span(0, 30 * SECOND), 30 * SECOND);
        assert_eq!(span(200_000 * SECOND, 0), 3 * 86_400 * SECOND);
    }

    #[test]
    fn ticks_fit() {
        assert_eq!(ticks(30 * SECOND, 16).len(), 16);
        assert_eq!(ticks(30 * SECOND, 8).last(), Some(&(30 * SECOND)));
        assert!(ticks(10 * 86_400 * SECOND, 10).len() <= 11);
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

    #[test]
    fn the_curves_stay_in_their_box() {
        let mut history = History::default();
        for at in 0..1000 {
            history.acknowledged(at * 10_000, (at % 3) as u32);
            history.lag(at * 10_000, at / 5);
        }
        let curves = curves(&history, 9_995_000, 10 * SECOND);
        assert_eq!(
            curves.throughput.len(),
            999,
            "the bucket that is not over yet is left out"
        );
        assert!(
            curves
                .throughput
                .iter()
                .chain(&curves.lag)
                .all(|(x, y)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y))
        );
        assert_eq!(curves.most_per_second, 200);
        assert_eq!(curves.most_lag, 200);
    }

    #[test]
    fn scales_are_round_numbers() {
        assert_eq!(
            [0, 1, 3, 7, 19, 240, 1_000_001].map(nice),
            [1, 1, 5, 10, 20, 500, 2_000_000]
        );
    }
}
