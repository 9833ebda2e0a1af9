//! Rebalances as bands over all lanes, with what there is to say about each above them, as far as there is room.

use super::axis::Axis;
use super::lanes::with_number;
use super::past::{Past, Told};
use crate::compare::lasted;
use partitura_engine::trace::EventId;

/// A rebalance; or several that are too short to be told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Where it begins.
    pub x: f64,
    /// How wide it is, at least so that it can be seen.
    pub w: f64,
    /// What led to it.
    pub reason: EventId,
    /// The generation that came of it.
    pub generation: u32,
    /// Whether it goes on.
    pub is_open: bool,
    /// How many it stands for.
    pub count: u32,
    /// What stands above it, if there is room.
    pub label: Option<Label>,
    /// All of it in words.
    pub title: String,
}

/// Two lines above a band.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Where it begins.
    pub x: f64,
    /// How wide it is.
    pub w: f64,
    /// Whether its band is at its right end.
    pub is_left: bool,
    /// In which row it stands, from 0, the one next to the lanes.
    pub row: u8,
    /// `gen 3`, and with room `gen 3 · 2.9 s · 5 moved`.
    pub first: String,
    /// Why.
    pub second: String,
}

/// How many rows of labels there are.
pub const ROWS: u8 = 2;
/// How high a row of them is.
pub const ROW: f64 = 32.0;
/// A band is at least so wide.
const NARROWEST: f64 = 2.0;
/// A letter of the labels is about so wide, with what is around them.
const LETTER: f64 = 5.9;
const AROUND: f64 = 12.0;

/// The bands that can be seen, the oldest first. Labels are given to the newest first, and none lies over another.
#[must_use]
pub fn bands(past: &Past, axis: &Axis) -> Vec<Band> {
    let mut bands: Vec<(Band, &Told)> = Vec::new();
    for told in &past.rebalances {
        let one = &told.rebalance;
        let until = one.until_us.unwrap_or(past.now_us);
        let Some((from, end)) = axis.seen(one.from_us, until) else {
            continue;
        };
        let w = (end - from).max(NARROWEST);
        let generation = one.generation;
        if let Some((last, of)) = bands.last_mut().filter(|(last, _)| from < last.x + NARROWEST) {
            last.w = (from + w - last.x).max(last.w);
            last.count += 1;
            (last.reason, last.generation, last.is_open) = (one.reason, generation, one.until_us.is_none());
            *of = told;
            continue;
        }
        let band = Band {
            x: from,
            w,
            reason: one.reason,
            generation,
            is_open: one.until_us.is_none(),
            count: 1,
            label: None,
            title: String::new(),
        };
        bands.push((band, told));
    }
    let mut taken: [f64; ROWS as usize] = [f64::INFINITY; ROWS as usize];
    for (band, told) in bands.iter_mut().rev() {
        band.title = title(band, told, past);
        band.label = label(band, told, past, axis, &mut taken);
    }
    bands.into_iter().map(|(band, _)| band).collect()
}

/// The label, in the lowest row where it has room left of those that have theirs.
fn label(band: &Band, told: &Told, past: &Past, axis: &Axis, taken: &mut [f64; ROWS as usize]) -> Option<Label> {
    let (short, long) = first_line(band, told, past);
    let wide = |text: &str| text.chars().count() as f64 * LETTER + AROUND;
    let full = wide(&long).max(wide(&told.why));
    let why = told.why.as_str();
    let brief = wide(&short).max(wide(why));
    for (first, second, w) in [(&long, why, full), (&short, why, brief), (&short, "", wide(&short))] {
        // Where there is no room to its right, it stands to the left of the end of its band.
        let is_left = band.x + w > axis.x1;
        let x = if is_left { band.x + band.w - w } else { band.x };
        // To the left of what is there, and of what reaches down through its row from one above.
        // Nor may its own line, down to its band, cross what is below it.
        let line = if is_left { x + w } else { x };
        let free = |row: &usize| {
            taken[*row..].iter().all(|edge| x + w + 4.0 <= *edge)
                && taken[..*row].iter().all(|edge| line + 2.0 <= *edge)
        };
        let row = (0..taken.len()).find(free);
        if let (Some(row), true) = (row, x >= axis.x0) {
            taken[row] = x;
            return Some(Label {
                x,
                w,
                is_left,
                row: row as u8,
                first: first.clone(),
                second: second.to_owned(),
            });
        }
    }
    None
}

/// Briefly, and with all figures.
fn first_line(band: &Band, told: &Told, past: &Past) -> (String, String) {
    let name = if past.is_modern { "epoch " } else { "gen " };
    let one = &told.rebalance;
    // With the classic protocol the new generation is not there before all have joined.
    let short = match one.until_us {
        None if !past.is_modern => "rebalance".to_owned(),
        _ => with_number(name, band.generation.into()),
    };
    let mut long = short.clone();
    long.push_str(" · ");
    if band.count > 1 {
        long.push_str(&with_number("", band.count.into()));
        long.push_str(" rebalances");
    } else {
        long.push_str(&lasted(one.until_us.unwrap_or(past.now_us) - one.from_us));
        if one.until_us.is_none() {
            long.push_str(" so far");
        } else {
            long.push_str(&with_number(" · ", one.moved.into()));
            long.push_str(" moved");
        }
    }
    (short, long)
}

fn title(band: &Band, told: &Told, past: &Past) -> String {
    let mut title = first_line(band, told, past).1;
    title.push_str(" · ");
    title.push_str(&told.why);
    title.push_str(". Why?");
    title
}
