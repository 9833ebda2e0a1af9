//! The axis of time of the chart, and what one can choose about it.

use crate::ui::format::short_moment;
use partitura_engine::wire::Micros;

/// What the lanes of the chart are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// Members, and what each owns.
    #[default]
    Members,
    /// Partitions, and who owns each.
    Partitions,
}

/// How far back the chart goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Window {
    /// 20 seconds.
    Short,
    /// A minute.
    #[default]
    Minute,
    /// From the beginning of the run.
    All,
}

impl Window {
    /// All of them, with their names.
    pub const ALL: [(Window, &'static str); 3] =
        [(Window::Short, "20 s"), (Window::Minute, "60 s"), (Window::All, "all")];

    /// From when to when the chart goes at that moment. A run that is younger than the window leaves room at the right,
    /// so that nothing moves all the time while it begins; but not half of the chart for long.
    #[must_use]
    pub fn at(self, now: Micros) -> (Micros, Micros) {
        let long = match self {
            Window::Short => 20_000_000,
            Window::Minute => YOUNG.into_iter().find(|long| now < *long).unwrap_or(60_000_000),
            Window::All => return (0, now.max(20_000_000)),
        };
        let from = now.saturating_sub(long);
        (from, from + long)
    }
}

/// How long the axis of a minute is while the run is younger.
const YOUNG: [Micros; 3] = [20_000_000, 30_000_000, 40_000_000];

/// From moments to places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// The first moment.
    pub from_us: Micros,
    /// The last one.
    pub until_us: Micros,
    /// Now: nothing is drawn beyond it.
    pub now_us: Micros,
    /// Where the first moment is, in pixels.
    pub x0: f64,
    /// Where the last one is.
    pub x1: f64,
}

/// Ticks are not nearer to each other, in pixels.
const APART: f64 = 64.0;

impl Axis {
    /// Where that moment is; one that is not on the axis, at its nearer end.
    #[must_use]
    pub fn x(&self, at: Micros) -> f64 {
        let at = at.clamp(self.from_us, self.until_us);
        let span = (self.until_us - self.from_us).max(1);
        self.x0 + (self.x1 - self.x0) * (at - self.from_us) as f64 / span as f64
    }

    /// From where to where that stretch can be seen, if any of it can.
    #[must_use]
    pub fn seen(&self, from: Micros, until: Micros) -> Option<(f64, f64)> {
        (until >= self.from_us && from <= self.until_us).then(|| (self.x(from), self.x(until)))
    }

    /// Where the axis is marked, and what with.
    #[must_use]
    pub fn ticks(&self) -> Vec<(f64, String)> {
        const STEPS: [Micros; 10] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
        let span = (self.until_us - self.from_us).max(1);
        let most = ((self.x1 - self.x0) / APART).max(1.0) as Micros;
        let wide = |step: &Micros| span / (step * 1_000_000) < most;
        let step = STEPS.into_iter().find(wide).unwrap_or(span / 1_000_000 / most + 1) * 1_000_000;
        let first = self.from_us.div_ceil(step);
        (first..=self.until_us / step)
            .map(|n| (self.x(n * step), short_moment(n * step)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(window: Window, now_us: Micros, width: f64) -> Axis {
        let (from_us, until_us) = window.at(now_us);
        Axis {
            from_us,
            until_us,
            now_us,
            x0: 100.0,
            x1: 100.0 + width,
        }
    }

    #[test]
    fn the_axis_ends_now_unless_the_run_is_younger_than_it() {
        assert_eq!(Window::Short.at(5_000_000), (0, 20_000_000));
        assert_eq!(Window::Short.at(50_000_000), (30_000_000, 50_000_000));
        assert_eq!(Window::Minute.at(24_000_000), (0, 30_000_000));
        assert_eq!(Window::Minute.at(50_000_000), (0, 60_000_000));
        assert_eq!(Window::Minute.at(70_000_000), (10_000_000, 70_000_000));
        assert_eq!(Window::All.at(50_000_000), (0, 50_000_000));
        let axis = axis(Window::Short, 50_000_000, 400.0);
        assert_eq!(
            (axis.x(0), axis.x(40_000_000), axis.x(60_000_000)),
            (100.0, 300.0, 500.0)
        );
        assert_eq!(axis.seen(1, 2), None);
        assert_eq!(axis.seen(0, 40_000_000), Some((100.0, 300.0)));
    }

    #[test]
    fn ticks_are_at_round_moments_and_never_crowded() {
        for (window, now, width) in [
            (Window::Short, 33_100_000, 900.0),
            (Window::Minute, 3_000_000_000, 250.0),
            (Window::All, 86_400_000_000, 600.0),
            (Window::All, 0, 10.0),
        ] {
            let ticks = axis(window, now, width).ticks();
            let near = ticks.windows(2).any(|pair| pair[1].0 - pair[0].0 < APART - 1.0);
            assert!(!near && !ticks.is_empty(), "{window:?} {now} {width}: {ticks:?}");
        }
        assert_eq!(axis(Window::Short, 33_100_000, 900.0).ticks()[0].1, "00:14");
    }
}
