//! The producers: who they are, what holds them up, and how the last key found its partition.

use super::geometry::Rect;
use super::grid::Grid;
use super::label::{Label, Tone, grouped, seconds};
use super::layout::Captions;
use partitura_engine::world::View;

/// The strip beneath the columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// Its outline.
    pub rect: Rect,
    /// Its name, and who the producers are or what holds them up.
    pub labels: Vec<Label>,
    /// How full `buffer.memory` is, where that says something.
    pub buffer: Option<Buffer>,
    /// The computation's lines.
    pub computation: Vec<Label>,
    /// The computation's room.
    pub computation_rect: Rect,
    /// In words.
    pub title: String,
}

/// How full the fullest producer's `buffer.memory` is.
#[derive(Debug, Clone, PartialEq)]
pub struct Buffer {
    /// All of it.
    pub track: Rect,
    /// What is taken.
    pub part: Rect,
    /// `buffer 87 %`.
    pub label: Option<Label>,
    /// Nearly nothing is left: the next `send()` may block.
    pub full: bool,
}

/// Where nothing else is up, a fuller buffer than this is shown, in thousandths.
const BUFFER_TO_SHOW: u64 = 200;
/// The computation's smallest type.
const SMALLEST: f64 = 9.5;
/// Nearly full, in thousandths.
const NEARLY_FULL: u64 = 900;

/// What holds the producers up, the worst first: `send()` that blocks, a queue in front of it, a quota.
#[must_use]
pub fn producers(view: &View) -> Vec<String> {
    let of = view.producers.len();
    let mut said = Vec::new();
    let blocked = view.producers.iter().filter(|producer| producer.blocked).count();
    if blocked > 0 {
        said.push(match of {
            1 => "send() blocks".to_owned(),
            _ => format!("send() blocks {blocked} of {of}"),
        });
    }
    let waits: u64 = view.producers.iter().map(|producer| producer.backlog).sum();
    if waits > blocked as u64 {
        said.push(format!("{} at source", grouped(waits)));
    }
    let until = view.producers.iter().filter_map(|producer| producer.throttled_until_us);
    let left = until.max().map_or(0, |until| until.saturating_sub(view.now_us));
    if left > 0 {
        said.push(format!("throttled {}", seconds(left)));
    }
    said
}

/// How full the fullest buffer is, in thousandths.
fn filled(view: &View, captions: &Captions) -> Option<u64> {
    let most = view.producers.iter().map(|producer| producer.buffered_bytes).max()?;
    let whole = Some(captions.buffer_memory).filter(|bytes| *bytes > 0)?;
    Some((most.saturating_mul(1000) / whole).min(1000))
}

impl Strip {
    /// For these producers and texts.
    #[must_use]
    pub fn new(view: &View, captions: &Captions, grid: &Grid) -> Self {
        let rect = grid.strip;
        let in_one = rect.w >= Grid::STRIP_IN_ONE;
        let pad = if in_one { 14.0 } else { 10.0 };
        let (left, room) = (rect.x + pad, rect.w - 2.0 * pad);
        let troubles = producers(view);
        let filled = filled(view, captions);
        let is_shown = |filled: &u64| grid.limited || !troubles.is_empty() || *filled >= BUFFER_TO_SHOW;
        let shown = filled.filter(is_shown);
        let name_y = rect.y + if in_one { 22.0 } else { 20.0 };
        let name = Label::new(left, name_y, 12.5, Tone::Ink, "Producers").strong();
        let mut labels = Vec::with_capacity(2);
        let about_room = (room * 0.42).min(230.0);
        let (x, width, first, step) = if in_one {
            (left + about_room + 12.0, room - about_room - 12.0, 22.0, 18.0)
        } else {
            (left, room, 42.0, 17.0)
        };
        let beside = name.bounds().right() + 8.0;
        labels.push(if in_one {
            about(&troubles, captions, 11.0, about_room).at(left, rect.y + 40.0)
        } else {
            let room = left + room - beside;
            about(&troubles, captions, 10.5, room).at(beside, rect.y + 20.0)
        });
        let buffer = shown.map(|filled| {
            if in_one {
                Buffer::beside(filled, beside, left + about_room, rect.y + 22.0)
            } else {
                Buffer::beneath(filled, left, left + room, rect.bottom() - 6.0)
            }
        });
        labels.push(name);
        let title = title(captions, &troubles, filled);
        Self {
            rect,
            labels,
            buffer,
            computation: computation(captions, x, rect.y + first, width, step),
            computation_rect: Rect::new(x - 8.0, rect.y + first - 16.0, width + 12.0, step + 24.0),
            title,
        }
    }
}

impl Buffer {
    fn new(filled: u64, track: Rect, label: Option<Label>) -> Self {
        let part = track.w * filled as f64 / 1000.0;
        Self {
            track,
            part: Rect::new(track.x, track.y, part, track.h),
            label,
            full: filled >= NEARLY_FULL,
        }
    }

    /// The last line of a narrow strip: the bar, and its figure to the right of it.
    fn beneath(filled: u64, left: f64, right: f64, middle: f64) -> Self {
        let tone = if filled >= NEARLY_FULL { Tone::Bad } else { Tone::Soft };
        let label = Label::new(right, middle + 3.0, 9.0, tone, format!("buffer {}\u{a0}%", filled / 10));
        let longest = 12.0 * 9.0 * 0.58;
        let track = Rect::new(left, middle - 1.5, right - left - longest - 6.0, 3.0);
        Self::new(filled, track, Some(label.end()))
    }

    /// Between the name and the computation: the bar, and its figure to the right of it.
    fn beside(filled: u64, left: f64, right: f64, baseline: f64) -> Self {
        let tone = if filled >= NEARLY_FULL { Tone::Bad } else { Tone::Soft };
        let label = |text: String| Label::new(right, baseline, 10.5, tone, text).mono().end();
        let figure = format!("{}\u{a0}%", filled / 10);
        let long = label(format!("buffer {figure}"));
        let longest = label("buffer 100\u{a0}%".to_owned()).width();
        let (label, width) = if right - left >= longest + 30.0 {
            (long, longest)
        } else {
            (label(figure), label("100\u{a0}%".to_owned()).width())
        };
        let end = right - width - 6.0;
        Self::new(
            filled,
            Rect::new(left, baseline - 6.0, (end - left).max(0.0), 4.0),
            Some(label),
        )
    }
}

/// Who the producers are, or what holds them up: in a slightly smaller type if that helps, else as much as there is room
/// for, each part whole or not at all.
fn about(troubles: &[String], captions: &Captions, size: f64, room: f64) -> Label {
    let (text, tone) = if troubles.is_empty() {
        (captions.producers.clone(), Tone::Soft)
    } else {
        (troubles.join(" · "), Tone::Warn)
    };
    let mut label = Label::new(0.0, 0.0, size, tone, text);
    label.size = (0.999 * room / label.width() * size).clamp(size - 1.0, size);
    while label.width() > room
        && let Some(end) = label.text.rfind(" · ")
    {
        label.text.truncate(end);
    }
    label.fit(room)
}

/// How the last key found its partition, as large as there is room.
fn computation(captions: &Captions, x: f64, y: f64, width: f64, step: f64) -> Vec<Label> {
    let room = width / 0.603;
    // Where there is no room for all, the beginning is left out: a line's point is at its end.
    let end = |line: &'_ String| match line.split_once(" = ") {
        Some((_, end)) if line.chars().count() as f64 * SMALLEST > 0.999 * room => end.to_owned(),
        _ => line.clone(),
    };
    let lines: Vec<String> = captions.computation.iter().take(2).map(end).collect();
    let last = lines.len().saturating_sub(1);
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    // A little less than fits, or rounding cuts the last letter.
    let size = (0.999 * room / longest as f64).clamp(SMALLEST, 11.5);
    let label = |(i, line): (usize, &String)| {
        let tone = if i == last { Tone::Ink } else { Tone::Soft };
        let label = Label::new(x, y + step * i as f64, size, tone, line.as_str());
        Label {
            strong: i == last,
            ..label.mono().fit(width)
        }
    };
    lines.iter().enumerate().map(label).collect()
}

fn title(captions: &Captions, troubles: &[String], filled: Option<u64>) -> String {
    let mut title = format!("Producers: {}.", captions.producers);
    if !troubles.is_empty() {
        title += &format!(" {}.", troubles.join(", "));
    }
    if let Some(filled) = filled.filter(|filled| *filled > 0) {
        title += &format!(" buffer.memory is {}\u{a0}% full.", filled.div_ceil(10));
    }
    if !captions.computation.is_empty() {
        title += &format!(" {}", captions.computation.join(", "));
    }
    title
}
