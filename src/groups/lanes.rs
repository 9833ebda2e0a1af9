//! The lanes of the chart: what each member did and owned, or who owned each partition.

use super::axis::Axis;
use super::past::{Past, Person};
use super::words;
use crate::compare::lasted;
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::trace::{MemberDoes, Span, SpanEnd};
use partitura_engine::wire::{Micros, PartitionId};

/// A lane: a member, or a partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Its name for tests, and of the member whose menu it opens: `c4`, `P2`.
    pub id: String,
    /// The member, where it is one.
    pub consumer: Option<u8>,
    /// What it is called.
    pub title: String,
    /// What is to be said beside it: `worker-1`, `working`.
    pub notes: Vec<String>,
    /// What the member does now.
    pub does: Option<MemberDoes>,
    /// The member's process was killed.
    pub is_crashed: bool,
    /// From where to where it goes, downwards.
    pub y: f64,
    /// How high it is.
    pub h: f64,
    /// What the member did: beside each other.
    pub strip: Vec<Piece>,
    /// Who owned what.
    pub bars: Vec<Bar>,
    /// When nobody owned the partition.
    pub gaps: Vec<Gap>,
}

/// A piece of the strip that says what a member did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Where it begins.
    pub x: f64,
    /// How wide it is.
    pub w: f64,
    /// What the member did.
    pub does: MemberDoes,
    /// For how long.
    pub long_us: Micros,
}

/// A stretch of ownership; or several that are too short to be told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Where it begins.
    pub x: f64,
    /// How wide it is.
    pub w: f64,
    /// Where its upper edge is.
    pub y: f64,
    /// How high it is.
    pub h: f64,
    /// Which of the inks it has.
    pub ink: u16,
    /// What stands in it, if there is room.
    pub label: Option<String>,
    /// How it ended.
    pub end: SpanEnd,
    /// How many it stands for.
    pub count: u32,
    /// All of it in words.
    pub title: String,
}

/// A time without an owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// Where it begins.
    pub x: f64,
    /// How wide it is.
    pub w: f64,
    /// Where its upper edge is.
    pub y: f64,
    /// How high it is.
    pub h: f64,
    /// How long it was, if there is room.
    pub label: Option<String>,
    /// In words.
    pub title: String,
}

/// Between lanes.
const BETWEEN: f64 = 8.0;
/// The height of the strip.
pub const STRIP: f64 = 7.0;
/// Where bars begin beneath the upper edge of a member's lane.
const ABOVE_BARS: f64 = STRIP + 4.0;
/// What a lane's name needs.
const NAME: f64 = 36.0;
/// A letter of the labels is about so wide.
const LETTER: f64 = 6.6;
/// What is narrower is drawn together with its neighbour.
const PIXEL: f64 = 1.0;

/// How high a bar is, when there are so many rows of them.
fn bar_height(rows: usize) -> f64 {
    match rows {
        0..=28 => 14.0,
        29..=64 => 11.0,
        _ => 6.0,
    }
}

fn fits(text: &str, width: f64, height: f64) -> bool {
    height >= 10.0 && text.chars().count() as f64 * LETTER + 8.0 <= width
}

/// The lanes of members, from `top` on downwards.
#[must_use]
pub fn of_members(past: &Past, axis: &Axis, top: f64) -> Vec<Lane> {
    let height = bar_height(past.rows.len());
    let mut y = top;
    let lane = |person: &Person| {
        let own = past.rows.iter().filter(|(consumer, _)| *consumer == person.consumer);
        let mut bars = Vec::new();
        let mut rows = 0;
        for (_, partition) in own {
            let at = y + ABOVE_BARS + f64::from(rows) * (height + 2.0);
            let spans = past.spans.iter();
            let spans = spans.filter(|span| (span.consumer, span.partition) == (person.consumer, *partition));
            let name = name_of(past, *partition);
            row(&mut bars, spans, axis, (at, height), |_| {
                (partition.index, name.to_owned())
            });
            rows += 1;
        }
        let mut notes = Vec::new();
        notes.extend(person.instance.clone());
        notes.push(person.state.clone());
        let h = (ABOVE_BARS + f64::from(rows) * (height + 2.0)).max(NAME + 12.0 * (notes.len() as f64 - 1.0));
        let lane = Lane {
            id: with_number("c", person.consumer.into()),
            consumer: Some(person.consumer),
            title: with_number("consumer ", person.consumer.into()),
            notes,
            does: Some(person.does),
            is_crashed: person.is_crashed,
            y,
            h,
            strip: strip(past, person.consumer, axis),
            bars,
            gaps: Vec::new(),
        };
        y += h + BETWEEN;
        lane
    };
    past.people.iter().map(lane).collect()
}

/// The lanes of partitions, from `top` on downwards.
#[must_use]
pub fn of_partitions(past: &Past, axis: &Axis, top: f64) -> Vec<Lane> {
    let height = bar_height(past.places.len()).max(10.0);
    let mut y = top;
    let lane = |(partition, name): &(PartitionId, String)| {
        let mut spans: Vec<&Span> = past.spans.iter().filter(|span| span.partition == *partition).collect();
        sort_short_by_key(&mut spans, |span| span.from_us);
        let mut bars = Vec::new();
        // Two own it at once where one does not know yet that it has lost it: then they stand below each other.
        let mut rows: Vec<Vec<&Span>> = Vec::new();
        for span in &spans {
            let free = |row: &&mut Vec<&Span>| row.last().is_none_or(|last| last.until_us <= span.from_us);
            match rows.iter_mut().find(free) {
                Some(row) => row.push(span),
                None => rows.push(vec![span]),
            }
        }
        for (place, spans) in rows.iter().enumerate() {
            let at = y + place as f64 * (height + 2.0);
            let ink = |span: &Span| {
                (
                    u16::from(span.consumer).wrapping_sub(1),
                    with_number("c", span.consumer.into()),
                )
            };
            row(&mut bars, spans.iter().copied(), axis, (at, height), ink);
        }
        let h = rows.len().max(1) as f64 * (height + 2.0) - 2.0;
        let lane = Lane {
            id: name.clone(),
            consumer: None,
            title: name.clone(),
            notes: Vec::new(),
            does: None,
            is_crashed: false,
            y,
            h,
            strip: Vec::new(),
            bars,
            gaps: gaps(&spans, axis, (y, height), name),
        };
        y += h + BETWEEN;
        lane
    };
    past.places.iter().map(lane).collect()
}

/// A letter or a word, and a number.
#[must_use]
pub fn with_number(word: &str, number: u64) -> String {
    let mut text = word.to_owned();
    text.push_str(&number.to_string());
    text
}

fn name_of(past: &Past, partition: PartitionId) -> &str {
    let found = past.places.iter().find(|(place, _)| *place == partition);
    found.map_or("?", |(_, name)| name)
}

/// What it did, piece by piece; those that are narrower than a pixel are one.
fn strip(past: &Past, consumer: u8, axis: &Axis) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for spell in past.spells.iter().filter(|spell| spell.consumer == consumer) {
        let Some((from, until)) = axis.seen(spell.from_us, spell.until_us) else {
            continue;
        };
        let long_us = spell.until_us - spell.from_us;
        match pieces.last_mut() {
            Some(last) if until - last.x < PIXEL || last.does == spell.does => {
                last.w = (until - last.x).max(0.0);
                last.long_us += long_us;
            }
            _ => pieces.push(Piece {
                x: from,
                w: until - from,
                does: spell.does,
                long_us,
            }),
        }
    }
    pieces
}

/// Bars in one row: none lies over another, and what is narrower than a pixel is one with what is beside it.
fn row<'s>(
    bars: &mut Vec<Bar>,
    spans: impl Iterator<Item = &'s Span>,
    axis: &Axis,
    (y, h): (f64, f64),
    ink_of: impl Fn(&Span) -> (u16, String),
) {
    let first = bars.len();
    for span in spans {
        let Some((from, until)) = axis.seen(span.from_us, span.until_us) else {
            continue;
        };
        let (ink, name) = ink_of(span);
        let before = bars.get_mut(first..).and_then(<[Bar]>::last_mut);
        if let Some(before) =
            before.filter(|before| until - (before.x + before.w) < PIXEL && from - before.x < 2.0 * PIXEL)
        {
            before.w = (until - before.x).max(before.w);
            (before.end, before.label) = (span.end, None);
            before.count += 1;
            before.title = with_number(&(name + ": "), before.count.into());
            before.title.push_str(" stretches that are too short to be told apart");
            continue;
        }
        bars.push(Bar {
            x: from,
            w: until - from,
            y,
            h,
            ink,
            label: Some(name.clone()).filter(|name| fits(name, until - from, h)),
            end: span.end,
            count: 1,
            title: title(span, &name),
        });
    }
}

/// `P3: 2.9 s, generation 4, revoked: given up in a rebalance`.
fn title(span: &Span, name: &str) -> String {
    let mut title = name.to_owned();
    title.push_str(": ");
    title.push_str(&lasted(span.until_us - span.from_us));
    title.push_str(&with_number(", from generation ", span.generation.into()));
    title.push_str(", ");
    title.push_str(words::end(span.end));
    title.push_str(": ");
    title.push_str(words::end_meaning(span.end));
    title
}

/// When nobody owned it, from when somebody did for the first time.
fn gaps(spans: &[&Span], axis: &Axis, (y, h): (f64, f64), name: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut free_since = None;
    let mut add = |from: Micros, until: Micros| {
        let Some((x, end)) = axis.seen(from, until).filter(|(x, end)| end - x >= PIXEL) else {
            return;
        };
        let long = lasted(until - from);
        let mut title = name.to_owned();
        title.push_str(": nobody owned it for ");
        title.push_str(&long);
        gaps.push(Gap {
            x,
            w: end - x,
            y,
            h,
            label: Some(long).filter(|long| fits(long, end - x, h)),
            title,
        });
    };
    for span in spans {
        if let Some(free) = free_since.filter(|free| *free < span.from_us) {
            add(free, span.from_us);
        }
        free_since = free_since.max(Some(span.until_us));
    }
    let owned = spans.iter().any(|span| span.end == SpanEnd::Open);
    if let Some(free) = free_since.filter(|free| !owned && *free < axis.now_us) {
        add(free, axis.now_us);
    }
    gaps
}
