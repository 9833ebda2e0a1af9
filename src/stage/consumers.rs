//! The group: who owns which rows, and how far behind they are.

use super::consumer_box::{ConsumerBox, own_rows};
use super::geometry::Rect;
use super::grid::Grid;
use super::label::{Label, Tone};
use super::layout::Captions;
use super::seats::{Seat, seats};
use partitura_engine::world::View;
use std::ops::Range;

/// The words above the group's column.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupHead {
    /// Their room.
    pub rect: Rect,
    /// Name, assignor, generation.
    pub labels: Vec<Label>,
    /// In words.
    pub title: String,
}

/// The group's head and its consumers.
#[must_use]
pub fn place(view: &View, captions: &Captions, grid: &Grid) -> (GroupHead, Vec<ConsumerBox>) {
    let owned: Vec<Vec<usize>> = view.consumers.iter().map(own_rows).collect();
    let seats = seats(grid.rows, &owned);
    let benched = seats.iter().filter(|seat| matches!(seat, Seat::Bench(_))).count();
    let boxes = view
        .consumers
        .iter()
        .zip(&owned)
        .zip(seats)
        .map(|((consumer, own), seat)| {
            let rect = match &seat {
                Seat::Rows(rows) => along(grid, rows),
                Seat::Bench(place) => bench(grid, *place, benched),
            };
            let also = match &seat {
                Seat::Rows(rows) => own
                    .iter()
                    .filter(|row| !rows.contains(row))
                    .map(|row| stub(grid, *row))
                    .collect(),
                Seat::Bench(_) => own.iter().map(|row| stub(grid, *row)).collect(),
            };
            ConsumerBox::new(consumer, captions, &view.group.id, rect, also)
        })
        .collect();
    (GroupHead::new(view, captions, grid), boxes)
}

fn along(grid: &Grid, rows: &Range<usize>) -> Rect {
    let top = grid.row_top(rows.start);
    let bottom = grid.row_top(rows.end.saturating_sub(1)) + grid.cell_height();
    Rect::new(grid.group.x, top, grid.group.w, bottom - top)
}

fn stub(grid: &Grid, row: usize) -> Rect {
    Rect::new(grid.group.x, grid.row_top(row), 4.0, grid.cell_height())
}

fn bench(grid: &Grid, place: usize, of: usize) -> Rect {
    let (width, height, gap) = Grid::CHIP;
    let per_line = (((grid.bench.w + gap) / (width + gap)).floor() as usize).max(1);
    let lines = of.div_ceil(per_line).max(1);
    let height = height.min((grid.bench.h + gap) / lines as f64 - gap).max(1.0);
    let width = (grid.bench.w + gap) / per_line as f64 - gap;
    let (line, column) = (place / per_line, place % per_line);
    Rect::new(
        grid.bench.x + (width + gap) * column as f64,
        grid.bench.y + (height + gap) * line as f64,
        width,
        height,
    )
}

impl GroupHead {
    fn new(view: &View, captions: &Captions, grid: &Grid) -> Self {
        let top = grid.top - 8.0 - grid.header;
        let rect = Rect::new(grid.group.x, top, grid.group.w, grid.header);
        let group = &view.group;
        let (first, second) = if grid.roomy { (24.0, 42.0) } else { (18.0, 33.0) };
        let name = if grid.group.w >= 100.0 {
            format!("group {}", group.id)
        } else {
            group.id.clone()
        };
        let size = if grid.roomy { 14.0 } else { 12.0 };
        let how = match (captions.assignor.is_empty(), group.generation, grid.group.w >= 100.0) {
            (false, 1.., true) => format!("{} · gen {}", captions.assignor, group.generation),
            (false, 0, true) => captions.assignor.clone(),
            (_, 1.., _) => format!("gen {}", group.generation),
            _ => String::new(),
        };
        let calm = matches!(group.state, "" | "Stable" | "Empty");
        let mut name = Label::new(rect.x, top + first, size, Tone::Ink, name).strong();
        if name.width() > rect.w {
            name.size = (rect.w * 0.99 / name.width() * size).max(9.5);
        }
        let labels = vec![
            name.fit(rect.w),
            if calm {
                Label::new(
                    rect.x,
                    top + second,
                    if grid.roomy { 11.0 } else { 10.0 },
                    Tone::Soft,
                    how,
                )
                .fit(rect.w)
            } else {
                Label::new(
                    rect.x,
                    top + second,
                    if grid.roomy { 11.0 } else { 10.0 },
                    Tone::Warn,
                    group.state,
                )
                .fit(rect.w)
            },
        ];
        let state = if group.state.is_empty() {
            "not yet known to a coordinator"
        } else {
            group.state
        };
        let members = view.consumers.len();
        let title = format!(
            "Group {}: {state}, generation {}, {members} consumers.",
            group.id, group.generation
        );
        Self { rect, labels, title }
    }
}
