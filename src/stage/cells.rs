//! A replica: its role, its last records, its high watermark.

use super::face::Face;
use super::geometry::{Point, Rect};
use super::grid::{Detail, Grid};
use super::label::Label;
use super::palette::{Colour, Palette};
use partitura_engine::log::KeyId;
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
    /// What it is about.
    pub key: KeyId,
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
                    key: record.subject,
                    colour: palette.colour(record.subject),
                    label: palette.label(record.subject).to_owned(),
                    committed: record.offset < replica.high_watermark,
                    keyless: record.key.is_none(),
                }
            })
            .collect();
        let letters =
            (face.slots.h >= 11.0 && slot >= 9.5).then(|| (slot * 0.62).min(face.slots.h * 0.5).clamp(8.0, 15.0));
        let leads = matches!(role, Role::Leader(_));
        let watermark = shown.first().map(|first| {
            let below = replica
                .high_watermark
                .saturating_sub(first.offset)
                .min(shown.len() as u64);
            let reach = if grid.detail == Detail::Full { 5.0 } else { 2.0 };
            let x = (face.slots.x + slot * below as f64 - 1.0).max(rect.x + 1.0);
            Watermark {
                x,
                top: face.slots.y - reach,
                bottom: face.slots.bottom() + reach,
                counts: leads,
            }
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
        let ReplicaView {
            broker,
            is_leader,
            in_sync,
            leader_epoch,
            log_end,
            ..
        } = *self.replica;
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
        let ReplicaView {
            partition,
            broker,
            log_start,
            log_end,
            high_watermark,
            ..
        } = self.replica;
        let role = match role {
            Role::Leader(epoch) => format!("leader, epoch {epoch}"),
            Role::Deposed => "still takes itself for the leader".to_owned(),
            Role::InSync(0) => "follower, in sync".to_owned(),
            Role::InSync(n) => format!("follower, in sync, {n} behind"),
            Role::OutOfSync(n) => format!("follower, out of sync, {n} behind"),
            Role::Offline(_) => "offline".to_owned(),
        };
        let id = broker.0;
        format!("P{partition} on broker {id}: {role}. Log {log_start} to {log_end}, high watermark {high_watermark}.")
    }
}
