//! The group: who owns which rows, and how far behind they are.

use super::consumer_box::{ConsumerBox, own_rows};
use super::geometry::Rect;
use super::grid::Grid;
use super::label::{Label, Tone, brief};
use super::layout::Captions;
use super::member::Member;
use super::seats::{Seat, seats};
use partitura_engine::world::{ConsumerView, View};
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
    let owned = rows_of(view);
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
            ConsumerBox::new(consumer, captions, &view.group, rect, also)
        })
        .collect();
    (GroupHead::new(view, captions, grid), boxes)
}

/// The rows of each consumer. One that is gone keeps those that nobody else has, and one that a rebalance has passed by those
/// that no other has in a later generation.
fn rows_of(view: &View) -> Vec<Vec<usize>> {
    let mut owned: Vec<Vec<usize>> = view.consumers.iter().map(own_rows).collect();
    for (place, consumer) in view.consumers.iter().enumerate() {
        let is_passed = |other: &ConsumerView| {
            let (one, other) = (Member::of(consumer), (Member::of(other), other.generation));
            !other.0.is_gone() && (one.is_gone() || consumer.generation < other.1)
        };
        let mut rows = std::mem::take(&mut owned[place]);
        rows.retain(|row| {
            let mut others = view.consumers.iter().zip(&owned);
            !others.any(|(other, rows)| rows.contains(row) && is_passed(other))
        });
        owned[place] = rows;
    }
    owned
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
        let generation = match group.protocol {
            "consumer" => "epoch",
            _ => "gen",
        };
        let generation = match group.generation {
            0 => String::new(),
            number => format!("{generation} {number}"),
        };
        let calm = matches!(group.state, "" | "Stable");
        let (told, tone) = match group.state {
            "" | "Stable" => (captions.assignor.as_str(), Tone::Soft),
            "Empty" | "Dead" => (group.state, Tone::Soft),
            state => (state, Tone::Warn),
        };
        let small = if grid.roomy { 11.0 } else { 10.0 };
        let line = |text: &str, tone: Tone| Label::new(rect.x, top + second, small, tone, text);
        let both = match (told, generation.as_str()) {
            (told, "") => line(told, tone),
            ("", generation) => line(generation, tone),
            (told, generation) => line(&format!("{told} · {generation}"), tone),
        };
        let short = if calm && !generation.is_empty() {
            line(&generation, tone)
        } else {
            line(told, tone)
        };
        let how = if both.width() <= rect.w { both } else { short };
        let mut name = Label::new(rect.x, top + first, size, Tone::Ink, name).strong();
        if name.width() > rect.w {
            name.size = (rect.w * 0.99 / name.width() * size).max(9.5);
        }
        let mut labels = vec![name.fit(rect.w), how.fit(rect.w)];
        if grid.roomy {
            let third = |text: &str| Label::new(rect.x, top + 59.0, 10.5, Tone::Faint, text);
            let legend = third("◂ committed  ▹ position");
            let legend = Label { size: 9.5, ..legend };
            labels.extend(match others(view) {
                Some(others) => Some(third(&others).fit(rect.w)),
                None => Some(legend).filter(|legend| legend.width() <= rect.w),
            });
        }
        Self {
            rect,
            labels,
            title: title(view, captions),
        }
    }
}

/// The other groups on the topic, with their lag; `None` if there is none.
fn others(view: &View) -> Option<String> {
    let mut said = String::new();
    for group in view.groups.iter().filter(|group| group.id != view.group.id) {
        let lag: u64 = group.partitions.iter().map(|part| part.lag).sum();
        said.push_str(if said.is_empty() { "+ " } else { ", " });
        said.push_str(&group.id);
        said.push_str(" lag ");
        said.push_str(&brief(lag));
    }
    (!said.is_empty()).then_some(said)
}

fn title(view: &View, captions: &Captions) -> String {
    let group = &view.group;
    let state = match group.state {
        "" => "not yet known to a coordinator",
        state => state,
    };
    let number = match group.protocol {
        "consumer" => "group epoch",
        _ => "generation",
    };
    let mut title = format!("Group {}: {state}, {number} {}, ", group.id, group.generation);
    if !captions.assignor.is_empty() {
        title += &format!("{}, ", captions.assignor);
    }
    title += &format!("{} consumers.", view.consumers.len());
    if let Some(broker) = group.coordinator {
        title += &format!(" Its coordinator is broker {}.", broker.0);
    }
    if let Some(others) = others(view) {
        title += &format!(" Other groups on the topic: {}.", &others[2..]);
    }
    title += " In the cells, the filled flag is what it has committed, the open one where it has come.";
    title
}
