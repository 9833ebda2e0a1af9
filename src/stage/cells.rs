//! A replica: its role, its last records, its high watermark.

use super::cursors::{self, Cursors};
use super::face::Face;
use super::geometry::{Point, Rect};
use super::grid::{Detail, Grid};
use super::label::Label;
use super::palette::{Colour, Palette};
use super::shard;
use super::standing::Standing;
use super::warmth::{Warmth, load};
use partitura_engine::log::KeyId;
use partitura_engine::wire::{BrokerId, LeaderEpoch, Micros};
use partitura_engine::world::{PartitionView, RecordView, ReplicaView, TruncationView};

/// What a replica is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Leads, in this epoch.
    Leader(LeaderEpoch),
    /// The controller has it for the leader of this epoch, but its process is gone or stands still.
    Absent(LeaderEpoch),
    /// Takes itself for the leader; the controller has another.
    Deposed,
    /// Follows within the ISR, behind by so many records.
    InSync(u64),
    /// Follows outside of the ISR, but may lead (KIP-966), behind by so many records.
    Eligible(u64),
    /// Follows outside of the ISR, behind by so many records.
    OutOfSync(u64),
    /// Its broker runs, and is fenced; behind by so many records.
    Fenced(u64),
    /// Its broker does not run; behind by so many records.
    Offline(u64),
}

impl Role {
    /// Whether the controller has it for the leader.
    #[must_use]
    pub fn has_crown(self) -> bool {
        matches!(self, Role::Leader(_) | Role::Absent(_))
    }
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
    /// Where the group is.
    pub cursors: Cursors,
    /// What it has just cut off the end of its log.
    pub truncated: Option<Truncated>,
    /// How hot its partition is, on the leader.
    pub warmth: Warmth,
    /// The same in a word, on the leader's edge.
    pub sign: Option<(Rect, Label)>,
    /// There is no process: what was in it can still be read, but fades.
    pub faded: bool,
    /// All of it in words.
    pub title: String,
}

/// A record in a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Its place.
    pub rect: Rect,
    /// What it is about.
    pub key: KeyId,
    /// Its key's colour.
    pub colour: Colour,
    /// Its key's letter.
    pub label: String,
    /// Which of its subject's keys it has, if that has several: `3` of `ad-1#3`. Shown where there is room.
    pub shard: Option<String>,
    /// Below the high watermark that this replica knows.
    pub committed: bool,
    /// Sent without a key.
    pub keyless: bool,
    /// Where its producer does not know yet that it is stored: the place of a dot beneath it.
    pub dot: Option<Point>,
}

/// A truncation that is still fresh.
#[derive(Debug, Clone, PartialEq)]
pub struct Truncated {
    /// When: another time is another truncation.
    pub at_us: Micros,
    /// The records that went, as far as they are shown, where they were.
    pub tiles: Vec<Tile>,
    /// Where the log was cut, if that is in sight.
    pub cut: Option<Watermark>,
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
        let gap = if slot >= 8.0 { 2.0 } else { 1.0 };
        let roomy = slot - gap >= shard::LEAST_WIDTH && face.slots.h >= shard::LEAST_HEIGHT;
        let tile = |(i, record): (usize, &RecordView)| Tile {
            rect: Rect::new(face.slots.x + slot * i as f64, face.slots.y, slot - gap, face.slots.h),
            key: record.subject,
            shard: roomy.then(|| shard::index(record, palette)).flatten(),
            colour: palette.colour(record.subject),
            label: palette.label(record.subject).to_owned(),
            committed: record.offset < replica.high_watermark,
            keyless: record.key.is_none(),
            dot: (!record.acknowledged && face.has_dots).then(|| {
                Point::new(
                    face.slots.x + slot * (i as f64 + 0.5) - gap / 2.0,
                    face.slots.bottom() + 3.5,
                )
            }),
        };
        let tiles: Vec<Tile> = shown.iter().enumerate().map(tile).collect();
        let letters =
            (face.slots.h >= 11.0 && slot >= 9.5).then(|| (slot * 0.62).min(face.slots.h * 0.5).clamp(8.0, 15.0));
        let reach = if grid.detail == Detail::Full { 5.0 } else { 2.0 };
        let line_at = |first: &RecordView, offset: u64, counts: bool| {
            let below = offset.saturating_sub(first.offset).min(shown.len() as u64);
            Watermark {
                x: (face.slots.x + slot * below as f64 - 1.0).max(rect.x + 1.0),
                // Above the tiles is the cursors' room.
                top: face.slots.y - 1.0,
                bottom: face.slots.bottom() + reach,
                counts,
            }
        };
        let leads = matches!(role, Role::Leader(_));
        let watermark = shown.first().map(|first| line_at(first, replica.high_watermark, leads));
        let cursors = Cursors::new(&face, shown, view.partition);
        let truncated = view.truncated().map(|truncation| {
            let fallen = &truncation.first[..truncation.first.len().min(face.tiles)];
            let before = face.tiles - fallen.len();
            Truncated {
                at_us: truncation.at_us,
                tiles: fallen
                    .iter()
                    .enumerate()
                    .map(|(i, record)| tile((before + i, record)))
                    .collect(),
                cut: shown
                    .first()
                    .filter(|first| truncation.to > first.offset)
                    .map(|first| line_at(first, truncation.to, false)),
            }
        });
        let warmth = view.warmth(role);
        Self {
            partition: replica.partition,
            broker: replica.broker,
            rect,
            role,
            warmth,
            sign: warmth
                .word()
                .filter(|_| grid.detail >= Detail::Medium)
                .map(|word| sign(word, warmth, rect)),
            crown: role.has_crown().then_some(face.crown).flatten(),
            labels: face.labels(view, role, &tiles, watermark, cursors.beyond(view.partition)),
            tiles,
            letters,
            watermark,
            cursors,
            truncated,
            faded: view.standing.is_gone(),
            title: view.title(role, palette),
        }
    }
}

/// A word on the upper edge, towards the right.
fn sign(word: &str, warmth: Warmth, rect: Rect) -> (Rect, Label) {
    let label = Label::new(0.0, rect.y + 3.0, 9.0, warmth.tone(), word).strong();
    let (w, h) = (label.width() + 8.0, 13.0);
    let frame = Rect::new(rect.right() - w - 8.0, rect.y - h / 2.0, w, h);
    let at = Point::new(frame.centre().x, label.at.y);
    (frame, Label { at, ..label.middle() })
}

/// A replica, and what others know of it.
pub struct Seen<'v> {
    /// Itself.
    pub replica: &'v ReplicaView,
    /// Its partition.
    pub partition: &'v PartitionView,
    /// Where the leader's log ends.
    pub leader_end: Option<u64>,
    /// How its broker stands.
    pub standing: Standing,
    /// Whether its broker is registered and unfenced.
    pub unfenced: bool,
    /// Whether brokers have a capacity, and heat has a place.
    pub limited: bool,
    /// The moment.
    pub now_us: Micros,
}

impl Seen<'_> {
    /// How long a truncation is fresh, in virtual time.
    const FRESH_US: Micros = 5_000_000;

    fn role(&self) -> Role {
        let ReplicaView {
            broker,
            is_leader,
            in_sync,
            leader_epoch,
            log_end,
            ..
        } = *self.replica;
        let behind = self.leader_end.unwrap_or(log_end).saturating_sub(log_end);
        let is_chosen = self.partition.leader == Some(broker);
        let absent = self.standing.is_gone() || self.standing == Standing::Paused || !self.unfenced;
        match (self.standing.is_gone(), is_leader) {
            _ if is_chosen && absent => Role::Absent(self.partition.leader_epoch),
            (true, _) => Role::Offline(behind),
            _ if !self.unfenced && !is_leader => Role::Fenced(behind),
            (_, true) if is_chosen => Role::Leader(leader_epoch),
            (_, true) => Role::Deposed,
            _ if in_sync => Role::InSync(behind),
            _ if self.is_eligible() => Role::Eligible(behind),
            _ => Role::OutOfSync(behind),
        }
    }

    /// In the ELR: it may lead when the ISR is empty.
    pub(super) fn is_eligible(&self) -> bool {
        self.partition.elr.contains(&self.replica.broker)
    }

    /// The last truncation, while it is fresh.
    pub(super) fn truncated(&self) -> Option<&TruncationView> {
        let truncated = self.replica.truncated.as_ref()?;
        (self.now_us.saturating_sub(truncated.at_us) < Self::FRESH_US).then_some(truncated)
    }

    /// How hot the partition is, if this is its leader.
    fn warmth(&self, role: Role) -> Warmth {
        let asked = self.partition.heat_permille;
        Warmth::of(asked.filter(|_| self.limited && matches!(role, Role::Leader(_))))
    }

    fn title(&self, role: Role, palette: &Palette) -> String {
        let ReplicaView {
            partition,
            broker,
            log_start,
            log_end,
            high_watermark,
            ..
        } = self.replica;
        let (words, behind) = match role {
            Role::Leader(_) => ("leader", 0),
            Role::Absent(_) => ("the controller has it for the leader, and it does not answer", 0),
            Role::Deposed => ("still takes itself for the leader", 0),
            Role::InSync(n) => ("follower, in sync", n),
            Role::Eligible(n) => ("follower, out of sync, eligible to lead (ELR)", n),
            Role::OutOfSync(n) => ("follower, out of sync", n),
            Role::Fenced(n) => ("fenced", n),
            Role::Offline(n) => ("offline", n),
        };
        let id = broker.0;
        let mut title = format!("P{partition} on broker {id}: {words}");
        match role {
            Role::Leader(epoch) | Role::Absent(epoch) => title += &format!(", epoch {epoch}"),
            _ if behind > 0 => title += &format!(", {behind} behind"),
            _ => {}
        }
        title += &format!(". Log {log_start} to {log_end}, high watermark {high_watermark}.");
        if matches!(role, Role::Leader(_)) && self.partition.heat_permille.is_some() {
            let asked = load(self.partition.heat_permille);
            title += &format!(" Producers ask for {asked} of what broker {id} can append.");
        }
        title += &cursors::said(self.partition);
        let keys = shard::said(&self.replica.last, palette);
        if !keys.is_empty() {
            title += &format!(" Last keys: {keys}.");
        }
        let open = self.replica.last.iter().filter(|record| !record.acknowledged).count();
        if open > 0 {
            title += &format!(" Of the last {}, {open} not acknowledged.", self.replica.last.len());
        }
        if let Some(cut) = &self.replica.truncated {
            title += &format!(" Truncated to {}: {} records went.", cut.to, cut.records);
        }
        title
    }
}
