//! Run → places on the timeline. Pure: in fractions of the width, so that a test can ask without a browser.

use crate::session::history::{Bucket, History};
use partitura_engine::wire::Micros;

const SECOND: Micros = 1_000_000;

/// What the axis may be long: whole, memorable times, so that it seldom changes while the run goes on.
const SPANS_S: [Micros; 22] = [
    10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 240, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400,
];

/// How long the axis is: it holds the last moment that matters, `planned`, and, once that has passed, more than `now`.
#[must_use]
pub fn span(now: Micros, planned: Micros) -> Micros {
    let least = if now < planned {
        planned
    } else {
        now.saturating_add(now / 50)
    };
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

/// Brings the curves of two runs to one scale, so that they can be drawn over each other.
pub fn to_one_scale(one: &mut Curves, other: &mut Curves) {
    let per_second = one.most_per_second.max(other.most_per_second);
    let lag = one.most_lag.max(other.most_lag);
    for curves in [one, other] {
        squeeze(&mut curves.throughput, curves.most_per_second, per_second);
        squeeze(&mut curves.lag, curves.most_lag, lag);
        (curves.most_per_second, curves.most_lag) = (per_second, lag);
    }
}

fn squeeze(points: &mut [(f64, f64)], most: u64, to: u64) {
    if most < to {
        let by = most as f64 / to as f64;
        points.iter_mut().for_each(|(_, y)| *y *= by);
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

    #[test]
    fn two_runs_are_drawn_to_the_scale_of_the_higher_one() {
        let curve = |most, y| Curves {
            throughput: vec![(0.5, y)],
            lag: vec![(0.5, y)],
            most_per_second: most,
            most_lag: 10,
        };
        let (mut low, mut high) = (curve(100, 0.8), curve(400, 0.5));
        to_one_scale(&mut low, &mut high);
        assert_eq!((low.throughput[0].1, high.throughput[0].1), (0.2, 0.5));
        assert_eq!((low.lag[0].1, low.most_per_second), (0.8, 400));
    }

    #[test]
    fn the_axis_is_longer_than_the_run_and_the_plan() {
        assert_eq!(span(0, 0), 10 * SECOND);
        assert_eq!(span(9_000_000, 0), 10 * SECOND);
        assert_eq!(span(9_900_000, 0), 12 * SECOND);
        assert_eq!(span(0, 28 * SECOND), 30 * SECOND);
        assert_eq!(span(0, 30 * SECOND), 30 * SECOND);
        assert_eq!(span(89 * SECOND, 90 * SECOND), 90 * SECOND);
        assert_eq!(span(90 * SECOND, 90 * SECOND), 120 * SECOND);
        assert_eq!(span(200_000 * SECOND, 0), 3 * 86_400 * SECOND);
    }

    #[test]
    fn ticks_fit() {
        assert_eq!(ticks(30 * SECOND, 16).len(), 16);
        assert_eq!(ticks(30 * SECOND, 8).last(), Some(&(30 * SECOND)));
        assert!(ticks(10 * 86_400 * SECOND, 10).len() <= 11);
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
