//! Where things are in a cell, and what it says: less in a small one.

use super::cells::{Role, Seen, Tile, Watermark};
use super::geometry::{Point, Rect};
use super::grid::{Detail, Grid};
use super::label::{Label, Tone, brief};
use partitura_engine::world::ReplicaView;

/// Where things are in a cell of that size.
pub(super) struct Face {
    pub(super) detail: Detail,
    pub(super) rect: Rect,
    /// The room for tiles.
    pub(super) slots: Rect,
    /// How many tiles fit.
    pub(super) tiles: usize,
    pub(super) crown: Option<(Point, f64)>,
    /// Whether there is room for dots beneath the tiles.
    pub(super) has_dots: bool,
}

impl Face {
    pub(super) fn new(grid: &Grid, rect: Rect) -> Self {
        let detail = grid.detail;
        let pad = if rect.w >= 90.0 { 8.0 } else { 4.0 };
        let (left, right) = (rect.x + pad, rect.right() - pad);
        let small = rect.w < 40.0;
        let (slots, crown) = match detail {
            Detail::Full => {
                let height = (rect.h - 66.0)
                    .clamp(12.0, 56.0)
                    .min(1.9 * (right - left) / 8.0)
                    .max(22.0);
                let spare = rect.h - (29.0 + height + 31.0 + 6.0);
                let top = rect.y + 29.0 + (spare * 0.4).clamp(0.0, 18.0).floor();
                (
                    Rect::new(left, top, right - left, height),
                    Some((Point::new(left + 8.0, rect.y + 14.0), 13.0)),
                )
            }
            Detail::Medium => {
                let offsets = if rect.h >= 62.0 { 18.0 } else { 0.0 };
                let height = (rect.h - 28.0 - offsets).clamp(8.0, 26.0);
                (
                    Rect::new(left, rect.y + 22.0, right - left, height),
                    Some((Point::new(left + 7.5, rect.y + 10.5), 12.0)),
                )
            }
            Detail::Line => {
                let height = (rect.h - 4.0).clamp(6.0, 18.0);
                let side = if small { 0.0 } else { 15.0 };
                let middle = rect.y + rect.h / 2.0;
                let crown = (!small).then_some((Point::new(rect.x + 10.0, middle), 10.0));
                (
                    Rect::new(rect.x + 3.0 + side, middle - height / 2.0, rect.w - 6.0 - side, height),
                    crown,
                )
            }
            Detail::Strip => (Rect::new(rect.x + 4.0, rect.y + 1.0, rect.w - 5.0, rect.h - 2.0), None),
        };
        let least = if detail == Detail::Strip { 3.0 } else { 11.0 };
        let tiles = ((slots.w / least).floor() as usize).clamp(2, ReplicaView::LAST);
        Self {
            detail,
            rect,
            slots,
            tiles,
            crown,
            has_dots: rect.bottom() - slots.bottom() >= 6.0,
        }
    }

    /// Upper and lower end of what stands above the tiles, beneath the header.
    pub(super) fn flags(&self) -> (f64, f64) {
        let header = match self.detail {
            Detail::Full => 21.0,
            Detail::Medium => 17.0,
            Detail::Line => -1.0,
            Detail::Strip => return (self.slots.y, self.slots.bottom()),
        };
        let bottom = self.slots.y - 1.0;
        ((bottom - 7.0).max(self.rect.y + header), bottom)
    }

    /// What it says; `beyond`: how far the group's cursors are behind what is shown.
    pub(super) fn labels(
        &self,
        view: &Seen,
        role: Role,
        tiles: &[Tile],
        watermark: Option<Watermark>,
        beyond: [Option<u64>; 2],
    ) -> Vec<Label> {
        let mut labels = Vec::with_capacity(5);
        if self.detail >= Detail::Medium {
            self.header(view, role, &mut labels);
        }
        let room = self.rect.bottom() - self.slots.bottom();
        if self.detail >= Detail::Medium && room >= 18.0 && self.rect.w >= 40.0 {
            self.offsets(view, tiles, watermark, beyond, &mut labels);
        }
        labels
    }

    /// `♛ leader  epoch 2`, `follower  in sync`; less in a narrow cell.
    fn header(&self, view: &Seen, role: Role, labels: &mut Vec<Label>) {
        let (size, y) = if self.detail == Detail::Full {
            (11.0, self.rect.y + 18.0)
        } else {
            (10.5, self.rect.y + 14.0)
        };
        let (words, tone) = match role {
            Role::Leader(_) => ("leader", Tone::Ink),
            Role::Absent(_) => ("absent", Tone::Bad),
            Role::Deposed => ("was leader", Tone::Bad),
            Role::InSync(_) => ("follower", Tone::Soft),
            Role::Eligible(_) => ("eligible (ELR)", Tone::Warn),
            Role::OutOfSync(_) => ("out of sync", Tone::Warn),
            Role::Fenced(_) => ("fenced", Tone::Warn),
            Role::Offline(_) => ("offline", Tone::Soft),
        };
        let behind = |n: u64, tone: Tone| (format!("−{}", brief(n)), format!("−{}", brief(n)), tone);
        let still = |word: &str, short: &str| (word.to_owned(), short.to_owned(), Tone::Faint);
        let state = match role {
            Role::Leader(epoch) | Role::Absent(epoch) => {
                Some((format!("epoch {epoch}"), format!("e{epoch}"), Tone::Soft))
            }
            Role::InSync(0) => Some(("in sync".to_owned(), "✓".to_owned(), Tone::Faint)),
            Role::InSync(n) => Some(behind(n, Tone::Soft)),
            // It has all, and the controller does not know it yet.
            Role::OutOfSync(0) | Role::Eligible(0) => Some(still("caught up", "")),
            Role::OutOfSync(n) | Role::Eligible(n) => Some(behind(n, Tone::Warn)),
            // As the controller has it.
            Role::Offline(_) | Role::Fenced(_) if view.replica.in_sync => Some(still("in sync", "✓")),
            Role::Offline(_) | Role::Fenced(_) if view.is_eligible() => Some(still("ELR", "ELR")),
            Role::Offline(0) | Role::Fenced(0) | Role::Deposed => None,
            Role::Offline(n) | Role::Fenced(n) => Some(behind(n, Tone::Faint)),
        };
        let leads = role.has_crown();
        let left = self.slots.x + 2.0 + if leads { 17.0 } else { 0.0 };
        let right = self.slots.right() - 2.0;
        let mut name = Label::new(left, y, size, tone, words);
        name.strong = leads;
        let Some((long, short, tone)) = state else {
            labels.push(name.fit(right - left));
            return;
        };
        let state = |text| Label::new(right, y, size - 0.5, tone, text).mono().end();
        let fits = |name: f64, state: &Label| left + name + 6.0 + state.width() <= right;
        let (long, short) = (state(long), state(short));
        if fits(name.width(), &long) {
            labels.extend([name, long]);
        } else if fits(name.width(), &short) {
            labels.extend([name, short]);
        } else if fits(0.0, &short) {
            labels.push(short);
        }
    }

    /// The offsets of the first and the last tile, and the high watermark by name beneath its line. How far a cursor is
    /// behind them is said in place of the first: it is told by the last.
    fn offsets(
        &self,
        view: &Seen,
        tiles: &[Tile],
        watermark: Option<Watermark>,
        beyond: [Option<u64>; 2],
        labels: &mut Vec<Label>,
    ) {
        let replica = view.replica;
        let y = self.slots.bottom() + if self.detail == Detail::Full { 15.0 } else { 14.0 };
        let (Some(last), Some(tile)) = (replica.last.last(), tiles.last()) else {
            labels.push(Label::new(
                self.slots.x + 2.0,
                self.slots.y + self.slots.h / 2.0 + 4.0,
                11.0,
                Tone::Faint,
                "empty",
            ));
            return;
        };
        let first = last.offset + 1 - tiles.len() as u64;
        let first = Label::new(self.slots.x, y, 9.5, Tone::Faint, first.to_string()).mono();
        let last = Label::new(tile.rect.right(), y, 9.5, Tone::Faint, last.offset.to_string())
            .mono()
            .end();
        let (from, to) = (first.bounds().right() + 6.0, last.bounds().x);
        if let Some(truncation) = view.truncated() {
            let middle = self.slots.centre().x;
            let label = |text| Label::new(middle, y, 9.5, Tone::Bad, text).strong().middle();
            let long = label(format!("truncated {}", brief(truncation.records)));
            let between = long.bounds().x >= from && long.bounds().right() + 6.0 <= to;
            if between {
                labels.extend([first, long]);
            } else {
                let text = format!("cut {}", brief(truncation.records));
                labels.push(
                    Label {
                        at: Point::new(self.slots.x, y),
                        text,
                        ..long.start()
                    }
                    .fit(to - self.slots.x - 4.0),
                );
            }
        } else if let Some(behind) = behind(&first, beyond, to - 4.0) {
            labels.push(behind);
        } else if from <= to {
            labels.push(first);
        }
        labels.push(last);
        let line = y + 14.0;
        if let Some(watermark) = watermark.filter(|_| line + 4.0 <= self.rect.bottom()) {
            let tone = if watermark.counts { Tone::Ok } else { Tone::Faint };
            let label = Label::new(watermark.x, line, 9.5, tone, format!("HW {}", replica.high_watermark))
                .mono()
                .middle();
            let half = label.width() / 2.0;
            let (least, most) = (self.slots.x + half, self.slots.right() - half);
            if least <= most {
                labels.push(Label {
                    at: Point::new(watermark.x.clamp(least, most), line),
                    ..label
                });
            }
        }
    }
}

/// `−412`, or `−412/−400` if the application is ahead of its commits, in the place of that label; `None` when both cursors can
/// be seen, or when there is no room.
fn behind(first: &Label, beyond: [Option<u64>; 2], right: f64) -> Option<Label> {
    let said = |number: u64| format!("−{}", brief(number));
    let label = |text: String| Label {
        text,
        tone: Tone::Soft,
        ..first.clone()
    };
    let both = match beyond {
        [Some(committed), Some(position)] if committed != position => {
            Some(label(format!("{}/{}", said(committed), said(position))))
        }
        _ => None,
    };
    let one = beyond[0].or(beyond[1]).map(|number| label(said(number)));
    let fits = |label: &Label| label.bounds().right() <= right;
    both.into_iter().chain(one).find(fits)
}
