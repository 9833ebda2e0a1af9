//! What lies beneath: the lanes of the rows, the marks of empty places, the words of the two axes.

use super::geometry::Point;
use super::grid::{Detail, Grid};
use super::label::{Label, Tone};
use partitura_engine::world::View;

/// A line that records travel along.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lane {
    /// Its left end.
    pub from: Point,
    /// How long it is.
    pub length: f64,
    /// Between replicas, instead of in and out.
    pub inner: bool,
    /// Where it bends at its end, towards the consumer beside the row.
    pub bend: Option<Point>,
}

/// The middles of places without a replica, where there is room to mark them.
pub(super) fn blanks(view: &View, grid: &Grid) -> Vec<Point> {
    if grid.detail < Detail::Medium {
        return Vec::new();
    }
    let mut blanks = Vec::new();
    for (row, partition) in view.partitions.iter().enumerate() {
        for (column, broker) in view.brokers.iter().enumerate() {
            if !partition.replicas.contains(&broker.id) {
                blanks.push(grid.cell(row, column).centre());
            }
        }
    }
    blanks
}

/// The lines of all rows.
pub(super) fn lanes(grid: &Grid) -> Vec<Lane> {
    let mut lanes = Vec::with_capacity(2 * grid.rows);
    let (Some(first), Some(last)) = (grid.columns.first(), grid.columns.last()) else {
        return lanes;
    };
    for row in 0..grid.rows {
        let (outer, inner) = grid.lanes(row);
        // The trunk bends into the first lane.
        let (left, right) = (grid.trunk() + if row == 0 { 8.0 } else { 0.0 }, grid.descent());
        let middle = grid.row_top(row) + (grid.cell_height() / 2.0).round();
        let bend = (grid.detail >= Detail::Medium).then_some(Point::new(grid.group.x, middle));
        lanes.push(Lane {
            from: Point::new(left, outer),
            length: right - left,
            inner: false,
            bend,
        });
        if grid.detail >= Detail::Medium && grid.columns.len() > 1 {
            let (left, right) = (first.centre().x, last.centre().x);
            lanes.push(Lane {
                from: Point::new(left, inner),
                length: right - left,
                inner: true,
                bend: None,
            });
        }
    }
    lanes
}

/// The words for the two axes, and for what is not there yet.
pub(super) fn notes(view: &View, grid: &Grid) -> Vec<Label> {
    let mut notes = Vec::new();
    let left = grid.columns.first().map_or(grid.heads.0, |column| column.x);
    if let Some((columns, rows)) = grid.captions {
        // Where there is no active controller, that is said in this place.
        if view.active_controller.is_some() || view.controllers.is_empty() {
            let text = "columns are brokers: how many copies survive";
            notes.push(Label::new(left, columns, 11.0, Tone::Faint, text));
        }
        let width = left - grid.heads.0 - 8.0;
        notes.push(Label::new(grid.heads.0, rows, 11.0, Tone::Faint, "rows are partitions:").fit(width));
        notes.push(Label::new(grid.heads.0, rows + 16.0, 11.0, Tone::Faint, "what stays in order").fit(width));
    }
    if grid.columns.is_empty() || view.partitions.is_empty() {
        let text = if grid.columns.is_empty() {
            "No broker is running yet."
        } else {
            "The topic does not exist yet."
        };
        notes.push(Label::new(
            left + 8.0,
            grid.top + grid.pitch / 2.0,
            13.0,
            Tone::Soft,
            text,
        ));
    }
    notes
}
