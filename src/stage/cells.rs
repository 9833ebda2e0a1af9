//! A replica: its role, its last records, its high watermark.

use super::geometry::{Label, Point, Rect, Tone, brief};
use super::grid::{Detail, Grid};
use super::palette::{Colour, Palette};
use partitura_engine::wire::{BrokerId, LeaderEpoch};
use partitura_engine::world::{PartitionView, ReplicaView};

/// What a replica is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Leads, in this epoch.
    Leader(LeaderEpoch),
    /// Takes itself for the leader; the controller has another.
    Deposed,
    /// Follows within the ISR, behind by so many records.
    InSync(u64),
    /// Follows outside of the ISR, behind by so many records.
    OutOfSync(u64),
    /// Its broker is fenced.
    Offline(u64),
}

/// A replica in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Its row.
    pub partition: u16,
    /// Its column.
    pub broker: BrokerId,
    /// Its outline.
    pub rect: Rect,
    /// What it is.
    pub role: Role,
    /// The middle of the leader's crown, and its width.
    pub crown: Option<(Point, f64)>,
    /// Role, epoch or distance, offsets, high watermark.
    pub labels: Vec<Label>,
    /// Its last records, the oldest first.
    pub tiles: Vec<Tile>,
    /// The size of the letters on the tiles, where there is room for letters.
    pub letters: Option<f64>,
    /// The high watermark that it knows.
    pub watermark: Option<Watermark>,
    /// All of it in words.
    pub title: String,
}

/// A record in a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Its place.
    pub rect: Rect,
    /// Its key's colour.
    pub colour: Colour,
    /// Its key's letter.
    pub label: String,
    /// Below the high watermark that this replica knows.
    pub committed: bool,
    /// Sent without a key.
    pub keyless: bool,
}

/// A line between the records that consumers may read and those that they may not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watermark {
    /// Where it stands.
    pub x: f64,
    /// Its upper end.
    pub top: f64,
    /// Its lower end.
    pub bottom: f64,
    /// Whether this is the leader's, which counts.
    pub counts: bool,
}

impl Cell {
    /// A replica in that place; the leader's log end says how far it is behind.
    #[must_use]
    pub fn new(view: &Seen, grid: &Grid, rect: Rect, palette: &Palette) -> Self {
        let role = view.role();
        let face = Face::new(grid, rect);
        let replica = view.replica;
        let shown = &replica.last[replica.last.len().saturating_sub(face.tiles)..];
        let slot = face.slots.w / face.tiles as f64;
        let tiles: Vec<Tile> = shown
            .iter()
            .enumerate()
            .map(|(i, record)| {
                let gap = if slot >= 8.0 { 2.0 } else { 1.0 };
                Tile {
                    rect: Rect::new(face.slots.x + slot * i as f64, face.slots.y, slot - gap, face.slots.h),
                    colour: palette.colour(record.subject),
                    label: palette.label(record.subject).to_owned(),
                    committed: record.offset < replica.high_watermark,
                    keyless: record.key.is_none(),
                }
            })
            .collect();
        let letters = (face.slots.h >= 11.0 && slot >= 9.5).then(|| (slot * 0.62).min(face.slots.h * 0.5).clamp(8.0, 15.0));
        let leads = matches!(role, Role::Leader(_));
        let watermark = shown.first().map(|first| {
            let below = replica.high_watermark.saturating_sub(first.offset).min(shown.len() as u64);
            let reach = if grid.detail == Detail::Full { 5.0 } else { 2.0 };
            let x = (face.slots.x + slot * below as f64 - 1.0).max(rect.x + 1.0);
            Watermark { x, top: face.slots.y - reach, bottom: face.slots.bottom() + reach, counts: leads }
        });
        Self {
            partition: replica.partition,
            broker: replica.broker,
            rect,
            role,
            crown: leads.then_some(face.crown).flatten(),
            labels: face.labels(view, role, &tiles, watermark),
            tiles,
            letters,
            watermark,
            title: view.title(role),
        }
    }
}

/// A replica, and what others know of it.
pub struct Seen<'v> {
    /// Itself.
    pub replica: &'v ReplicaView,
    /// Its partition.
    pub partition: &'v PartitionView,
    /// Where the leader's log ends.
    pub leader_end: Option<u64>,
    /// Whether its broker is registered and unfenced.
    pub unfenced: bool,
}

impl Seen<'_> {
    fn role(&self) -> Role {
        let ReplicaView { broker, is_leader, in_sync, leader_epoch, log_end, .. } = *self.replica;
        let behind = self.leader_end.unwrap_or(log_end).saturating_sub(log_end);
        match (self.unfenced, is_leader, self.partition.leader == Some(broker)) {
            (false, ..) => Role::Offline(behind),
            (true, true, true) => Role::Leader(leader_epoch),
            (true, true, false) => Role::Deposed,
            (true, false, _) if in_sync => Role::InSync(behind),
            (true, false, _) => Role::OutOfSync(behind),
        }
    }

    fn title(&self, role: Role) -> String {
        let ReplicaView { partition, broker, log_start, log_end, high_watermark, .. } = self.replica;
        let role = match role {
            Role::Leader(epoch) => format!("leader, epoch {epoch}"),
            Role::Deposed => "still takes itself for the leader".to_owned(),
            Role::InSync(0) => "follower, in sync".to_owned(),
            Role::InSync(n) => format!("follower, in sync, {n} behind"),
            Role::OutOfSync(n) => format!("follower, out of sync, {n} behind"),
            Role::Offline(_) => "offline".to_owned(),
        };
        let id = broker.0;
        format!(
            "P{partition} on broker {id}: {role}. Log {log_start} to {log_end}, high watermark {high_watermark}."
        )
    }
}

/// Where things are in a cell of that size.
struct Face {
    detail: Detail,
    rect: Rect,
    /// The room for tiles.
    slots: Rect,
    /// How many tiles fit.
    tiles: usize,
    crown: Option<(Point, f64)>,
}

impl Face {
    fn new(grid: &Grid, rect: Rect) -> Self {
        let detail = grid.detail;
        let pad = if rect.w >= 90.0 { 8.0 } else { 4.0 };
        let (left, right) = (rect.x + pad, rect.right() - pad);
        let small = rect.w < 40.0;
        let (slots, crown) = match detail {
            Detail::Full => {
                let top = rect.y + if rect.h > 100.0 { 34.0 } else { 29.0 };
                let height = (rect.h - 66.0).clamp(12.0, 44.0);
                (Rect::new(left, top, right - left, height), Some((Point::new(left + 7.0, rect.y + 14.0), 13.0)))
            }
            Detail::Medium => {
                let height = (rect.h - 27.0).clamp(8.0, 24.0);
                (Rect::new(left, rect.y + 21.0, right - left, height), Some((Point::new(left + 5.5, rect.y + 10.5), 11.0)))
            }
            Detail::Line => {
                let height = (rect.h - 4.0).clamp(6.0, 18.0);
                let side = if small { 0.0 } else { 15.0 };
                let middle = rect.y + rect.h / 2.0;
                let crown = (!small).then_some((Point::new(rect.x + 10.0, middle), 10.0));
                (Rect::new(rect.x + 3.0 + side, middle - height / 2.0, rect.w - 6.0 - side, height), crown)
            }
            Detail::Strip => (Rect::new(rect.x + 4.0, rect.y + 1.0, rect.w - 5.0, rect.h - 2.0), None),
        };
        let least = if detail == Detail::Strip { 3.0 } else { 9.5 };
        let tiles = ((slots.w / least).floor() as usize).clamp(2, ReplicaView::LAST);
        Self { detail, rect, slots, tiles, crown }
    }

    fn labels(&self, view: &Seen, role: Role, tiles: &[Tile], watermark: Option<Watermark>) -> Vec<Label> {
        let mut labels = Vec::with_capacity(5);
        if self.detail >= Detail::Medium {
            self.header(role, &mut labels);
        }
        let room = self.rect.bottom() - self.slots.bottom();
        if self.detail == Detail::Full && room >= 28.0 && self.rect.w >= 40.0 {
            self.offsets(view.replica, tiles, watermark, &mut labels);
        }
        labels
    }

    /// `♛ leader  epoch 2`, `follower  in sync`; less in a narrow cell.
    fn header(&self, role: Role, labels: &mut Vec<Label>) {
        let (size, y) = if self.detail == Detail::Full { (11.0, self.rect.y + 18.0) } else { (10.5, self.rect.y + 14.0) };
        let (words, tone) = match role {
            Role::Leader(_) => ("leader", Tone::Ink),
            Role::Deposed => ("was leader", Tone::Bad),
            Role::InSync(_) => ("follower", Tone::Soft),
            Role::OutOfSync(_) => ("out of sync", Tone::Warn),
            Role::Offline(_) => ("offline", Tone::Soft),
        };
        let state = match role {
            Role::Leader(epoch) => Some((format!("epoch {epoch}"), format!("e{epoch}"), Tone::Soft)),
            Role::InSync(0) => Some(("in sync".to_owned(), "✓".to_owned(), Tone::Faint)),
            Role::InSync(n) => Some((format!("−{}", brief(n)), format!("−{}", brief(n)), Tone::Soft)),
            Role::OutOfSync(n) => Some((format!("−{}", brief(n)), format!("−{}", brief(n)), Tone::Warn)),
            Role::Offline(0) | Role::Deposed => None,
            Role::Offline(n) => Some((format!("−{}", brief(n)), format!("−{}", brief(n)), Tone::Faint)),
        };
        let leads = matches!(role, Role::Leader(_));
        let left = self.slots.x + 2.0 + if leads { 15.0 } else { 0.0 };
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

    /// The offsets of the first and the last tile, and the high watermark by name beneath its line.
    fn offsets(&self, replica: &ReplicaView, tiles: &[Tile], watermark: Option<Watermark>, labels: &mut Vec<Label>) {
        let y = self.slots.bottom() + 15.0;
        let (Some(last), Some(tile)) = (replica.last.last(), tiles.last()) else {
            labels.push(Label::new(self.slots.x + 2.0, self.slots.y + self.slots.h / 2.0 + 4.0, 11.0, Tone::Faint, "empty"));
            return;
        };
        let first = last.offset + 1 - tiles.len() as u64;
        let first = Label::new(self.slots.x, y, 9.5, Tone::Faint, first.to_string()).mono();
        let last = Label::new(tile.rect.right(), y, 9.5, Tone::Faint, last.offset.to_string()).mono().end();
        let far_enough = first.bounds().right() + 6.0 <= last.bounds().x;
        labels.push(last);
        if far_enough {
            labels.push(first);
        }
        let line = y + 14.0;
        if let Some(watermark) = watermark.filter(|_| line + 4.0 <= self.rect.bottom()) {
            let tone = if watermark.counts { Tone::Ok } else { Tone::Faint };
            let label = Label::new(watermark.x, line, 9.5, tone, format!("HW {}", replica.high_watermark)).mono().middle();
            let half = label.width() / 2.0;
            let (least, most) = (self.slots.x + half, self.slots.right() - half);
            if least <= most {
                labels.push(Label { at: Point::new(watermark.x.clamp(least, most), line), ..label });
            }
        }
    }
}
