//! The group: who owns which rows, and how far behind they are.

use super::geometry::{Point, Rect};
use super::grid::Grid;
use super::label::{Label, Tone, brief, grouped};
use super::layout::Captions;
use super::seats::{Seat, seats};
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::wire::NodeId;
use partitura_engine::world::{ConsumerView, View};
use std::ops::Range;

/// A lag from which on a consumer is marked.
pub const LAG_TO_WATCH: u64 = 100;

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

/// A consumer in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerBox {
    /// Its number.
    pub number: u8,
    /// Along the rows that it owns, or on the bench.
    pub rect: Rect,
    /// Rows that it owns apart from those.
    pub also: Vec<Rect>,
    /// Name, what it owns, lag, state.
    pub labels: Vec<Label>,
    /// The middle of the light that is on while it works on a record.
    pub light: Option<(f64, f64)>,
    /// Works on a record.
    pub busy: bool,
    /// Its lag is to be watched.
    pub behind: bool,
    /// Owns nothing.
    pub idle: bool,
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
            ConsumerBox::new(consumer, &view.group.id, rect, also)
        })
        .collect();
    (GroupHead::new(view, captions, grid), boxes)
}

fn own_rows(consumer: &ConsumerView) -> Vec<usize> {
    let mut rows: Vec<usize> = consumer.owned.iter().map(|owned| owned.partition as usize).collect();
    sort_short_by_key(&mut rows, |row| *row);
    rows.dedup();
    rows
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
        let labels = vec![
            Label::new(rect.x, top + first, size, Tone::Ink, name)
                .strong()
                .fit(rect.w),
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

impl ConsumerBox {
    fn new(view: &ConsumerView, group: &str, rect: Rect, also: Vec<Rect>) -> Self {
        let number = number(view);
        let idle = view.owned.is_empty();
        let behind = view.lag >= LAG_TO_WATCH;
        let pad = if rect.w >= 90.0 { 12.0 } else { 6.0 };
        let (left, room) = (rect.x + pad, rect.w - 2.0 * pad);
        let owns = owns(view);
        let mut labels = Vec::with_capacity(4);
        let name = |y: f64, size: f64, room: f64| {
            let long = Label::new(left, rect.y + y, size, Tone::Ink, name(group, number)).strong();
            // In a narrow column all go by their short names.
            if rect.w >= 90.0 && long.width() <= room {
                long
            } else {
                Label {
                    text: format!("c{number}"),
                    ..long
                }
            }
        };
        let tone = if behind { Tone::Warn } else { Tone::Ok };
        let lag = |y: f64, size: f64| {
            let long = Label::new(left, rect.y + y, size, tone, format!("lag {}", grouped(view.lag)))
                .mono()
                .strong();
            let short = Label {
                text: format!("lag {}", brief(view.lag)),
                size: size.min(11.0),
                ..long.clone()
            };
            if long.width() <= room { long } else { short.fit(room) }
        };
        let soft = |y: f64, text: &str| Label::new(left, rect.y + y, 11.0, Tone::Soft, text);
        let short = |label: Label| {
            if label.width() <= room {
                label
            } else {
                Label {
                    text: label.text.replace("owns ", ""),
                    ..label
                }
            }
        };
        let owned = |y: f64| short(soft(y, &owns)).fit(room);
        let mut light = None;
        match rect.h {
            h if h >= 70.0 => {
                labels.extend([name(22.0, 12.5, room - 14.0), owned(40.0), lag(61.0, 13.0)]);
                if h >= 88.0 {
                    labels.extend(
                        Some(soft(80.0, view.state))
                            .filter(|state| room >= 80.0 || state.width() <= room)
                            .map(|s| s.fit(room)),
                    );
                }
                light = (room >= 80.0).then_some((rect.right() - pad - 3.0, rect.y + 18.0));
            }
            h if h >= 50.0 => labels.extend([name(16.0, 12.0, room), owned(30.0), lag(45.0, 11.5)]),
            h if h >= 33.0 => labels.extend([name(14.0, 11.0, room), lag(28.0, 10.5)]),
            h if h >= 13.0 => {
                let y = h / 2.0 + 3.6;
                let tail = Label {
                    text: brief(view.lag),
                    ..lag(y, 10.0)
                }
                .end();
                let tail = if idle {
                    Label {
                        text: "idle".to_owned(),
                        tone: Tone::Soft,
                        mono: false,
                        strong: false,
                        ..tail
                    }
                } else {
                    tail
                };
                let tail = Label {
                    at: Point::new(rect.right() - pad, rect.y + y),
                    ..tail
                };
                let name = name(y, 10.0, room - tail.width() - 4.0);
                if name.width() + 4.0 + tail.width() <= room {
                    labels.extend([name, tail]);
                } else {
                    labels.push(name);
                }
            }
            _ => {}
        }
        let title = format!("Consumer {number}: {owns}, lag {}, {}.", grouped(view.lag), view.state);
        Self {
            number,
            rect,
            also,
            labels,
            light,
            busy: view.busy,
            behind,
            idle,
            title,
        }
    }
}

/// The number in a consumer's name.
#[must_use]
pub fn number(view: &ConsumerView) -> u8 {
    match view.node {
        NodeId::Consumer(number) => number,
        _ => 0,
    }
}

fn name(group: &str, number: u8) -> String {
    if group.is_empty() {
        format!("consumer {number}")
    } else {
        format!("{group}-{number}")
    }
}

/// `owns P0 P1`, `owns P0–P7`, `owns nothing`.
pub(super) fn owns(view: &ConsumerView) -> String {
    let rows = own_rows(view);
    match rows.as_slice() {
        [] => "owns nothing".to_owned(),
        [first, .., last] if rows.len() > 3 && last - first + 1 == rows.len() => format!("owns P{first}–P{last}"),
        rows => rows
            .iter()
            .fold("owns".to_owned(), |text, row| format!("{text} P{row}")),
    }
}
