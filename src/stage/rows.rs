//! A partition: its name, its part of the traffic, its keys.

use super::badge::Badge;
use super::chips::{Chip, chips};
use super::geometry::{Point, Rect};
use super::grid::{Detail, Grid};
use super::label::{Label, Tone, seconds};
use super::metrics::{Metric, metrics};
use super::palette::Palette;
use super::row_words::{is_hot, percent, title, why_hot};
use super::warmth::{HeatBar, load};
use partitura_engine::wire::Micros;
use partitura_engine::world::{Drain, PartitionView};

/// What stands to the left of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowHead {
    /// Which.
    pub partition: u16,
    /// Its room.
    pub rect: Rect,
    /// The whole row.
    pub band: Rect,
    /// Name, share, what is unusual.
    pub labels: Vec<Label>,
    /// The share, in the form that it has here: `14 %`.
    pub share: Option<Label>,
    /// The share as a bar: what would be all of the busiest row's, and what is. Where brokers have a capacity, the heat
    /// stands in its place.
    pub bar: Option<(Rect, Rect)>,
    /// The part of its leader's capacity that it asks for.
    pub heat: Option<RowHeat>,
    /// The keys that came most often.
    pub chips: Vec<Chip>,
    /// Kafka's metrics that count it.
    pub badges: Vec<Badge>,
    /// Takes much more than its part of the traffic.
    pub hot: bool,
    /// All of it in words.
    pub title: String,
}

/// How hot a row is, where brokers have a capacity.
#[derive(Debug, Clone, PartialEq)]
pub struct RowHeat {
    /// As a bar.
    pub bar: HeatBar,
    /// In figures: `heat 140 %`.
    pub label: Option<Label>,
}

/// What a row's head is made of.
pub struct Row<'v> {
    /// Its partition.
    pub partition: &'v PartitionView,
    /// Where its lag goes.
    pub drain: Option<&'v Drain>,
    /// The share that it shows.
    pub share_permille: u32,
    /// That of the busiest row, which has a whole bar.
    pub busiest_permille: u32,
    /// Whether brokers have a capacity, and heat has a place.
    pub limited: bool,
    /// The moment.
    pub now_us: Micros,
}

impl Row<'_> {
    /// Whether its heat has a place. A row without a leader keeps it, so that nothing moves; one whose leader alone has no
    /// limit has none.
    fn has_heat(&self) -> bool {
        self.limited && (self.partition.heat_permille.is_some() || self.partition.leader.is_none())
    }
}

/// The width of a head in which the share and the heat stand side by side.
const WIDE_ENOUGH_FOR_BOTH: f64 = 112.0;
/// The width in which the heat has its word beside the name.
const WIDE_ENOUGH_FOR_WORD: f64 = 104.0;

impl RowHead {
    /// The head of that row; the bar is drawn against the busiest row's share, or against its leader's capacity.
    #[must_use]
    pub fn new(seen: &Row, row: usize, grid: &Grid, palette: &Palette) -> Self {
        let view = seen.partition;
        let (x, w) = grid.heads;
        let rect = Rect::new(x, grid.row_top(row), w, grid.cell_height());
        let hot = is_hot(view, grid.rows);
        let mut head = Self {
            partition: view.index,
            rect,
            band: grid.band(row),
            labels: Vec::new(),
            share: None,
            bar: None,
            heat: None,
            chips: Vec::new(),
            badges: Vec::new(),
            hot,
            title: title(seen, hot, palette),
        };
        match grid.detail {
            Detail::Full => head.full(seen, palette),
            Detail::Medium => head.medium(seen, palette),
            Detail::Line => head.line(seen),
            Detail::Strip => head.strip(seen, row, grid.pitch),
        }
        head
    }

    fn name(&self, y: f64, size: f64) -> Label {
        let text = format!("P{}", self.partition);
        Label::new(self.rect.x, self.rect.y + y, size, Tone::Ink, text).strong()
    }

    /// Draws the bar, of the share or of the heat.
    fn draw_bar(&mut self, seen: &Row, x: f64, y: f64, w: f64, h: f64) {
        let track = Rect::new(x, self.rect.y + y, w, h);
        if seen.has_heat() {
            let (bar, label) = (HeatBar::new(track, seen.partition.heat_permille), None);
            self.heat = Some(RowHeat { bar, label });
        } else {
            let part = f64::from(seen.share_permille) / f64::from(seen.busiest_permille.max(1));
            self.bar = Some((track, Rect::new(track.x, track.y, (w * part).clamp(0.0, w), h)));
        }
    }

    /// The figure that goes with the bar: the share, or the heat with its word, if there is room for one.
    fn figure(&mut self, seen: &Row, label: Label, with_word: bool) {
        if let Some(heat) = &mut self.heat {
            let (asked, warmth) = (load(seen.partition.heat_permille), heat.bar.warmth);
            let text = if with_word { format!("heat {asked}") } else { asked };
            let label = Label {
                text,
                tone: warmth.tone(),
                strong: warmth.is_hot(),
                ..label.mono()
            };
            heat.label = Some(label);
        } else {
            self.share = Some(self.share(seen, label));
        }
    }

    fn share(&self, seen: &Row, label: Label) -> Label {
        let is_warned = self.hot && !seen.has_heat();
        Label {
            text: percent(seen.share_permille),
            tone: if is_warned { Tone::Warn } else { Tone::Soft },
            strong: is_warned,
            ..label.mono()
        }
    }

    fn at(&self, x: f64, y: f64, size: f64) -> Label {
        Label::new(x, self.rect.y + y, size, Tone::Soft, String::new())
    }

    /// Name; share or heat, with its bar; keys; what is unusual.
    fn full(&mut self, seen: &Row, palette: &Palette) {
        let view = seen.partition;
        let (x, w, rect) = (self.rect.x, self.rect.w, self.rect);
        let (name, narrow) = (self.name(20.0, 17.0), w < 80.0);
        self.draw_bar(seen, x, 48.0, w, 5.0);
        let both = seen.has_heat() && w >= WIDE_ENOUGH_FOR_BOTH;
        if both {
            self.share = Some(self.share(seen, self.at(x, 40.0, 12.0)));
            self.figure(seen, self.at(x + w, 40.0, 10.5).end(), true);
        } else {
            let size = if seen.has_heat() && !narrow { 11.0 } else { 12.0 };
            self.figure(seen, self.at(x, 40.0, size), !narrow);
        }
        // Beside the name and the share is room for a badge each, whether there is one or not.
        let beside = |label: &Label| (label.bounds().right() + 6.0, x + w + 8.0, label.at.y - 1.0);
        let places = match &self.share {
            _ if narrow => vec![(x - 2.0, x + w + 8.0, rect.bottom() - 6.0)],
            Some(share) if !both => vec![beside(&name), beside(share)],
            _ => vec![beside(&name)],
        };
        self.place(&metrics(view), &places);
        let taken = narrow && !self.badges.is_empty();
        if narrow && seen.has_heat() {
            let word = self.at(x + w, 20.0, 9.0).end();
            let word = Label {
                text: "heat".to_owned(),
                ..word
            };
            self.labels
                .extend(Some(word).filter(|word| word.bounds().x >= name.bounds().right()));
        }
        self.labels.push(name);
        self.chips = chips(view, palette, Point::new(x + 8.0, rect.y + 70.0), 8.0, w);
        let below = |tone: Tone, text: String| {
            let label = Label::new(x, rect.y + (rect.h - 3.0).min(93.0), 11.0, tone, text);
            label.strong().fit(w + 8.0)
        };
        let unavailable = view.unavailable_since_us.map(|since| seen.now_us.saturating_sub(since));
        if let Some(us) = unavailable.filter(|us| *us >= 100_000 && rect.h >= 90.0 && !taken) {
            self.labels.push(below(Tone::Bad, format!("no writes {}", seconds(us))));
        } else if self.hot && rect.h >= 96.0 && !taken {
            self.labels.push(below(Tone::Warn, why_hot(view)));
        } else if self.hot && !seen.has_heat() && rect.h < 96.0 && self.badges.is_empty() {
            self.labels.push(word_hot(x + w, rect.y + 20.0).end());
        }
    }

    /// Name and figure over the bar; keys and a badge beneath it.
    fn medium(&mut self, seen: &Row, palette: &Palette) {
        let view = seen.partition;
        let (x, w, rect) = (self.rect.x, self.rect.w, self.rect);
        let (name, aside) = (self.name(14.0, 14.0), w >= 80.0);
        self.draw_bar(seen, x, 21.0, w, 4.0);
        if aside {
            let size = if seen.has_heat() { 10.5 } else { 11.0 };
            self.figure(seen, self.at(x + w, 14.0, size).end(), w >= WIDE_ENOUGH_FOR_WORD);
        } else if rect.h >= 48.0 {
            self.figure(seen, self.at(x, 40.0, 10.5), false);
        }
        let word = word_hot(x + name.width() + if aside { 8.0 } else { 3.0 }, rect.y + 14.0);
        let fits = word.bounds().right() <= x + w - if aside { 36.0 } else { 0.0 };
        if self.hot && fits && !(aside && seen.has_heat()) {
            self.labels.push(word);
        }
        self.labels.push(name);
        let place = match (aside, rect.h) {
            (true, 42.0..) => Some((x, x + w + 4.0, rect.y + 40.0)),
            (false, 60.0..) => Some((x - 2.0, x + w + 8.0, rect.bottom() - 5.0)),
            _ => None,
        };
        let counting = metrics(view);
        self.place(&counting, place.as_slice());
        if place.is_none() {
            self.warn(&counting, rect.y + 14.0, 11.0);
        }
        if aside && rect.h >= 42.0 {
            let room = self.badges.first().map_or(w, |badge| badge.rect.x - 4.0 - x);
            self.chips = chips(view, palette, Point::new(x + 7.0, rect.y + 36.0), 7.0, room);
        }
    }

    /// Name, bar and figure in one line.
    fn line(&mut self, seen: &Row) {
        let (x, w, rect) = (self.rect.x, self.rect.w, self.rect);
        let middle = rect.h / 2.0;
        let baseline = middle + 4.0;
        self.labels.push(self.name(baseline, 12.0));
        self.warn(&metrics(seen.partition), rect.y + baseline, 11.0);
        if w < 80.0 {
            return self.draw_bar(seen, x + 28.0, middle - 1.5, w - 28.0, 3.0);
        }
        let (is_heat, worded) = (seen.has_heat(), w >= 100.0);
        let left = match (worded, is_heat, self.hot) {
            (true, true, _) => 60.0,
            (true, false, true) => 58.0,
            _ => 32.0,
        };
        let right = if is_heat { 42.0 } else { 38.0 };
        self.draw_bar(seen, x + left, middle - 1.5, w - left - right, 3.0);
        self.figure(seen, self.at(x + w, baseline, 10.5).end(), false);
        if worded && is_heat {
            let mut word = self.at(x + 32.0, baseline, 10.5);
            word.text.push_str("heat");
            self.labels.push(word);
        } else if worded && self.hot {
            self.labels.push(word_hot(x + 32.0, rect.y + baseline));
        }
    }

    /// A bar, and a name where there is room for one.
    fn strip(&mut self, seen: &Row, row: usize, pitch: f64) {
        let (x, w, rect) = (self.rect.x, self.rect.w, self.rect);
        self.warn(&metrics(seen.partition), rect.y + rect.h / 2.0 + 2.8, 8.0);
        let every = (11.0 / pitch).ceil() as usize;
        if row.is_multiple_of(every) {
            self.labels.push(Label {
                strong: false,
                tone: Tone::Soft,
                ..self.name(rect.h / 2.0 + 3.4, 9.5)
            });
        }
        let height = (rect.h - 2.0).clamp(2.0, 3.0);
        self.draw_bar(seen, x + 28.0, (rect.h - height) / 2.0, w - 28.0, height);
    }

    /// A badge in each place, as far as they go.
    fn place(&mut self, counting: &[&Metric], places: &[(f64, f64, f64)]) {
        let placed = counting.iter().zip(places);
        self.badges
            .extend(placed.filter_map(|(metric, (left, right, y))| metric.badge(*left, *right, *y)));
    }

    /// Where there is no room for a badge: a sign in the margin.
    fn warn(&mut self, counting: &[&Metric], y: f64, size: f64) {
        if let Some(worst) = counting.first().filter(|metric| metric.is_trouble()) {
            let tone = if worst.is_bad() { Tone::Bad } else { Tone::Warn };
            self.labels
                .push(Label::new(self.rect.x - 8.0, y, size, tone, "!").strong());
        }
    }
}

fn word_hot(x: f64, y: f64) -> Label {
    Label::new(x, y, 10.5, Tone::Warn, "hot").strong()
}
