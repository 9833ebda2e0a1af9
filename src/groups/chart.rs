//! The chart: lanes over time, bands of rebalances over them, and the axis. Pure: from what is known and a width.

use super::axis::{Axis, Reading};
use super::bands::{Band, ROW, ROWS, bands};
use super::lanes::{Lane, of_members, of_partitions};
use super::past::Past;

/// All that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
    /// Where lanes begin.
    pub top: f64,
    /// Where they end.
    pub bottom: f64,
    /// From moments to places.
    pub axis: Axis,
    /// Where the axis is marked, and what with.
    pub ticks: Vec<(f64, String)>,
    /// The lanes, from above.
    pub lanes: Vec<Lane>,
    /// The rebalances, the oldest first.
    pub bands: Vec<Band>,
}

/// What the names of lanes need, where there is room and where there is little.
const NAMES: (f64, f64) = (112.0, 94.0);
/// Narrower than this, there is little.
const NARROW: f64 = 560.0;
/// At the right edge.
const EDGE: f64 = 18.0;
/// Below the lanes: the moments.
const FOOT: f64 = 20.0;

impl Chart {
    /// The chart in so many pixels.
    #[must_use]
    pub fn of(past: &Past, reading: Reading, width: f64) -> Self {
        let names = if width < NARROW { NAMES.1 } else { NAMES.0 };
        let (from_us, until_us) = past.window.at(past.now_us);
        let axis = Axis {
            from_us,
            until_us,
            now_us: past.now_us,
            x0: names,
            x1: (width - EDGE).max(names + 40.0),
        };
        let top = f64::from(ROWS) * ROW + 6.0;
        let lanes = match reading {
            Reading::Members => of_members(past, &axis, top),
            Reading::Partitions => of_partitions(past, &axis, top),
        };
        let bottom = lanes.last().map_or(top + 40.0, |lane| lane.y + lane.h + 6.0);
        Self {
            width,
            height: bottom + FOOT,
            top,
            bottom,
            ticks: axis.ticks(),
            bands: bands(past, &axis),
            lanes,
            axis,
        }
    }
}

#[cfg(test)]
mod tests;
