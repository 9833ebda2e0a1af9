//! A partition: its name, its part of the traffic, its keys.

use super::badge::Badge;
use super::geometry::{Point, Rect};
use super::grid::{Detail, Grid};
use super::label::{Label, Tone, grouped, seconds};
use super::metrics::{Metric, metrics};
use super::palette::{Colour, Palette};
use partitura_engine::log::KeyId;
use partitura_engine::wire::Micros;
use partitura_engine::world::PartitionView;

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
    /// The share as a bar: what would be all of the busiest row's, and what is.
    pub bar: Option<(Rect, Rect)>,
    /// The keys that came most often.
    pub chips: Vec<Chip>,
    /// Kafka's metrics that count it.
    pub badges: Vec<Badge>,
    /// Takes much more than its part of the traffic.
    pub hot: bool,
    /// All of it in words.
    pub title: String,
}

/// A key as a dot with a letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Chip {
    /// Which key.
    pub key: KeyId,
    /// Its middle.
    pub centre: Point,
    /// Its radius.
    pub radius: f64,
    /// The key's colour.
    pub colour: Colour,
    /// The key's letter.
    pub label: String,
}

/// A row is hot when it gets well over twice its even part of what was sent lately (with two rows: nine tenths).
#[must_use]
pub fn is_hot(partition: &PartitionView, rows: usize) -> bool {
    let even = 1000 / rows.max(1) as u32;
    rows > 1 && partition.sent >= 50 && partition.recent_permille >= (even * 11 / 5).min(900)
}

/// `14 %`; below one percent, `<1 %`.
#[must_use]
pub fn percent(permille: u32) -> String {
    match permille {
        0 => "0\u{a0}%".to_owned(),
        1..10 => "<1\u{a0}%".to_owned(),
        _ => format!("{}\u{a0}%", (permille + 5) / 10),
    }
}

impl Chip {
    /// The square around it.
    #[must_use]
    pub fn rect(&self) -> Rect {
        Rect::new(self.centre.x, self.centre.y, 0.0, 0.0).inset(-self.radius)
    }
}

impl RowHead {
    /// The head of that row; the bar is drawn against the busiest row's share.
    #[must_use]
    pub fn new(
        view: &PartitionView,
        row: usize,
        busiest_permille: u32,
        now: Micros,
        grid: &Grid,
        palette: &Palette,
    ) -> Self {
        let (x, w) = grid.heads;
        let rect = Rect::new(x, grid.row_top(row), w, grid.cell_height());
        let hot = is_hot(view, grid.rows);
        let part = f64::from(view.share_permille) / f64::from(busiest_permille.max(1));
        let tone = if hot { Tone::Warn } else { Tone::Soft };
        let mut head = Self {
            partition: view.index,
            rect,
            band: grid.band(row),
            labels: Vec::new(),
            share: None,
            bar: None,
            chips: Vec::new(),
            badges: Vec::new(),
            hot,
            title: title(view, hot, now, palette),
        };
        let counting = metrics(view);
        let unavailable = view.unavailable_since_us.map(|since| now.saturating_sub(since));
        let name = |y: f64, size: f64| Label::new(x, rect.y + y, size, Tone::Ink, format!("P{}", view.index)).strong();
        let share = |x: f64, y: f64, size: f64| {
            let label = Label::new(x, rect.y + y, size, tone, percent(view.share_permille)).mono();
            if hot { label.strong() } else { label }
        };
        let bar = |x: f64, y: f64, w: f64, h: f64| {
            (
                Rect::new(x, rect.y + y, w, h),
                Rect::new(x, rect.y + y, (w * part).clamp(0.0, w), h),
            )
        };
        match grid.detail {
            Detail::Full => {
                let (name, share) = (name(20.0, 17.0), share(x, 40.0, 12.0));
                // Beside the name and the share is room for a badge each, whether there is one or not.
                let beside = |label: &Label| (label.bounds().right() + 6.0, x + w + 8.0, label.at.y - 1.0);
                let narrow = w < 80.0;
                let places = if narrow {
                    vec![(x - 2.0, x + w + 8.0, rect.bottom() - 6.0)]
                } else {
                    vec![beside(&name), beside(&share)]
                };
                head.place(&counting, &places);
                let taken = narrow && !head.badges.is_empty();
                head.labels.push(name);
                head.share = Some(share);
                head.bar = Some(bar(x, 48.0, w, 5.0));
                head.chips = chips(view, palette, Point::new(x + 8.0, rect.y + 70.0), 8.0, w);
                if let Some(us) = unavailable.filter(|us| *us >= 100_000 && rect.h >= 90.0 && !taken) {
                    let text = format!("no writes {}", seconds(us));
                    head.labels.push(
                        Label::new(x, rect.y + (rect.h - 3.0).min(93.0), 11.0, Tone::Bad, text)
                            .strong()
                            .fit(w + 8.0),
                    );
                } else if hot && rect.h >= 96.0 && !taken {
                    head.labels.push(
                        Label::new(x, rect.y + 93.0, 11.0, Tone::Warn, why_hot(view))
                            .strong()
                            .fit(w + 8.0),
                    );
                } else if hot && rect.h < 96.0 && head.badges.is_empty() {
                    head.labels.push(word_hot(x + w, rect.y + 20.0).end());
                }
            }
            Detail::Medium => {
                let (name, aside) = (name(14.0, 14.0), w >= 80.0);
                let word = word_hot(x + name.width() + if aside { 8.0 } else { 3.0 }, rect.y + 14.0);
                head.labels.push(name);
                if aside {
                    head.share = Some(share(x + w, 14.0, 11.0).end());
                } else if rect.h >= 48.0 {
                    head.share = Some(share(x, 40.0, 10.5));
                }
                if hot && word.bounds().right() <= x + w - if aside { 36.0 } else { 0.0 } {
                    head.labels.push(word);
                }
                head.bar = Some(bar(x, 21.0, w, 4.0));
                let place = match (aside, rect.h) {
                    (true, 42.0..) => Some((x, x + w + 4.0, rect.y + 40.0)),
                    (false, 60.0..) => Some((x - 2.0, x + w + 8.0, rect.bottom() - 5.0)),
                    _ => None,
                };
                head.place(&counting, place.as_slice());
                if place.is_none() {
                    head.warn(&counting, rect.y + 14.0, 11.0);
                }
                if w >= 80.0 && rect.h >= 42.0 {
                    let room = head.badges.first().map_or(w, |badge| badge.rect.x - 4.0 - x);
                    head.chips = chips(view, palette, Point::new(x + 7.0, rect.y + 36.0), 7.0, room);
                }
            }
            Detail::Line => {
                let middle = rect.h / 2.0;
                head.labels.push(name(middle + 4.0, 12.0));
                head.warn(&counting, rect.y + middle + 4.0, 11.0);
                if w >= 80.0 {
                    head.share = Some(share(x + w, middle + 4.0, 10.5).end());
                    let left = if hot && w >= 100.0 { 58.0 } else { 32.0 };
                    head.bar = Some(bar(x + left, middle - 1.5, w - left - 38.0, 3.0));
                    if left > 32.0 {
                        head.labels.push(word_hot(x + 32.0, rect.y + middle + 4.0));
                    }
                } else {
                    head.bar = Some(bar(x + 28.0, middle - 1.5, w - 28.0, 3.0));
                }
            }
            Detail::Strip => {
                head.warn(&counting, rect.y + rect.h / 2.0 + 2.8, 8.0);
                let every = (11.0 / grid.pitch).ceil() as usize;
                let height = (rect.h - 2.0).clamp(2.0, 3.0);
                if row.is_multiple_of(every) {
                    head.labels.push(Label {
                        strong: false,
                        tone: Tone::Soft,
                        ..name(rect.h / 2.0 + 3.4, 9.5)
                    });
                }
                head.bar = Some(bar(x + 28.0, (rect.h - height) / 2.0, w - 28.0, height));
            }
        }
        head
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

fn chips(view: &PartitionView, palette: &Palette, first: Point, radius: f64, width: f64) -> Vec<Chip> {
    let step = 2.0 * radius + 5.0;
    let room = ((width + 5.0) / step).floor() as usize;
    let chip = |(i, (key, _)): (usize, &(_, u64))| Chip {
        key: *key,
        centre: Point::new(first.x + step * i as f64, first.y),
        radius,
        colour: palette.colour(*key),
        label: palette.label(*key).to_owned(),
    };
    view.top.iter().take(room).enumerate().map(chip).collect()
}

fn word_hot(x: f64, y: f64) -> Label {
    Label::new(x, y, 10.5, Tone::Warn, "hot").strong()
}

fn why_hot(view: &PartitionView) -> String {
    let share = percent(view.recent_permille);
    match view.top.first() {
        Some((_, count)) if count * 10 >= view.sent * 8 => format!("hot: 1 key, {share}"),
        _ => format!("hot: {share}"),
    }
}

fn title(view: &PartitionView, hot: bool, now: Micros, palette: &Palette) -> String {
    let keys: Vec<&str> = view.top.iter().take(4).map(|(key, _)| palette.text(*key)).collect();
    let leader = view.leader.map_or_else(
        || "no leader".to_owned(),
        |broker| format!("led by broker {}", broker.0),
    );
    let mut counted = String::new();
    for metric in metrics(view) {
        counted += &format!(" {}: {}.", metric.short_name(), metric.meaning);
    }
    if let Some(since) = view.unavailable_since_us {
        counted += &format!(" No writes for {}.", seconds(now.saturating_sub(since)));
    }
    format!(
        "Partition {}: {} of the records ({}), {leader}, {} of {} replicas in sync, lag {}{}{}{}.{counted}",
        view.index,
        percent(view.share_permille),
        grouped(view.sent),
        view.isr.len(),
        view.replicas.len(),
        grouped(view.lag),
        if hot { ", hot" } else { "" },
        if keys.is_empty() { "" } else { ", most often " },
        keys.join(", "),
    )
}
