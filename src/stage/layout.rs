//! What is known becomes rectangles, lines and labels. Pure: a test can ask where the crown of P2 is without a browser.

use super::backdrop::{Lane, blanks, lanes, notes};
use super::cells::{Cell, Seen};
use super::columns::BrokerHead;
use super::consumer_box::ConsumerBox;
use super::consumers::{self, GroupHead};
use super::geometry::{Point, Rect};
use super::grid::{Counts, Detail, Grid};
use super::label::Label;
use super::palette::Palette;
use super::quorum::Quorum;
use super::rows::{Row, RowHead};
use super::standing::Standing;
use super::strip::Strip;
use super::target::Target;
use partitura_engine::wire::BrokerId;
use partitura_engine::world::{Drain, ReplicaView, View};

/// What a [`View`] does not hold: texts, and what is computed from more than a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Captions {
    /// Who sends, and how much: `4 reporters · 240 records/s`.
    pub producers: String,
    /// How the last key found its partition, in at most two lines; the last one is the result.
    pub computation: Vec<String>,
    /// The group's assignor: `range`.
    pub assignor: String,
    /// When each partition's lag is gone.
    pub drains: Vec<Drain>,
    /// `buffer.memory` of each producer, in bytes.
    pub buffer_memory: u64,
}

/// A moment of a run, drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Rows, columns, and the size of it all, in units of the drawing.
    pub grid: Grid,
    /// How many CSS pixels a unit of the drawing is: 1, or more where there is room for larger type.
    pub scale: f64,
    /// What the two axes mean, and what is missing.
    pub notes: Vec<Label>,
    /// The controllers that have a process of their own.
    pub quorum: Quorum,
    /// To the left of the rows.
    pub rows: Vec<RowHead>,
    /// Columns, with what stands above them.
    pub columns: Vec<BrokerHead>,
    /// Replicas.
    pub cells: Vec<Cell>,
    /// The middles of places without a replica, where there is room to mark them.
    pub blanks: Vec<Point>,
    /// Above the consumers.
    pub group: GroupHead,
    /// Consumers.
    pub consumers: Vec<ConsumerBox>,
    /// Producers.
    pub strip: Strip,
    /// The lines along which records travel.
    pub lanes: Vec<Lane>,
}

impl Captions {
    /// Where that partition's lag goes.
    #[must_use]
    pub fn drain(&self, partition: u16) -> Option<&Drain> {
        self.drains.iter().find(|drain| drain.partition == partition)
    }
}

impl Layout {
    /// Draws a view into that much room. The drawing may be higher than the room, never wider.
    #[must_use]
    pub fn of(view: &View, palette: &Palette, captions: &Captions, room: (f64, f64)) -> Self {
        Self::beside(view, palette, captions, room, Counts::of(view))
    }

    /// The same beside another drawing in as much room, to the same scale: `other` is what is in that one.
    #[must_use]
    pub fn beside(view: &View, palette: &Palette, captions: &Captions, room: (f64, f64), other: Counts) -> Self {
        let counts = Counts::of(view);
        let (mut grid, scale) = zoomed(counts.most(other), room);
        grid.keep(counts);
        let share = super::row_words::share_of(view);
        let busiest = view.partitions.iter().map(share).max().unwrap_or(0);
        let rows = view.partitions.iter().enumerate();
        let rows = rows
            .map(|(row, partition)| {
                let seen = Row {
                    partition,
                    drain: captions.drain(partition.index),
                    share_permille: share(partition),
                    busiest_permille: busiest,
                    limited: counts.limited,
                    now_us: view.now_us,
                };
                RowHead::new(&seen, row, &grid, palette)
            })
            .collect();
        let columns = view.brokers.iter().zip(&grid.columns);
        let columns = columns
            .map(|(broker, rect)| BrokerHead::new(broker, view, &grid, *rect))
            .collect();
        let cells: Vec<Cell> = view
            .replicas
            .iter()
            .filter_map(|replica| cell(view, replica, &grid, palette))
            .collect();
        let (group, consumers) = consumers::place(view, captions, &grid);
        Self {
            notes: notes(view, &grid),
            quorum: Quorum::new(view, &grid),
            rows,
            columns,
            blanks: blanks(view, &grid),
            cells,
            group,
            consumers,
            strip: Strip::new(view, captions, &grid),
            lanes: lanes(&grid),
            grid,
            scale,
        }
    }

    /// The size of the drawing, in CSS pixels.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        (self.grid.size.0 * self.scale, self.grid.size.1 * self.scale)
    }

    /// The room that a thing takes; `None` when it is not there.
    #[must_use]
    pub fn highlight(&self, target: Target) -> Option<Rect> {
        match target {
            Target::Partition(p) => self.rows.iter().find(|row| row.partition == p).map(|row| row.band),
            Target::Broker(id) => self
                .columns
                .iter()
                .find(|column| column.broker == id)
                .map(|column| column.rect),
            Target::Replica(p, id) => self.cell(p, id).map(|cell| cell.rect),
            Target::Leader(p) => self.leader(p).map(|cell| cell.rect),
            Target::HighWatermark(p) => self.leader(p).map(|cell| high_watermark(cell, self.grid.detail)),
            Target::Producers => Some(self.strip.rect),
            Target::Computation => Some(self.strip.computation_rect),
            Target::Consumer(n) => self
                .consumers
                .iter()
                .find(|consumer| consumer.number == n)
                .map(|c| c.rect),
            Target::Controller(n) => self.seat(n).map(|seat| seat.badge.rect),
            Target::Group => Some(self.group.rect.union(&self.grid.group)),
            Target::Key(key) => self.places_of(key).next(),
        }
    }

    /// A thing in words; `None` when it is not there.
    #[must_use]
    pub fn title(&self, target: Target) -> Option<&str> {
        Some(match target {
            Target::Partition(p) => &self.rows.get(self.row(p)?)?.title,
            Target::Broker(id) => &self.columns.get(self.column(id)?)?.title,
            Target::Replica(p, id) => &self.cell(p, id)?.title,
            Target::Leader(p) | Target::HighWatermark(p) => &self.leader(p)?.title,
            Target::Producers | Target::Computation => &self.strip.title,
            Target::Consumer(n) => &self.consumers.iter().find(|consumer| consumer.number == n)?.title,
            Target::Controller(n) => &self.seat(n)?.badge.title,
            Target::Group => &self.group.title,
            Target::Key(_) => return None,
        })
    }

    /// The replica of a partition on a broker.
    #[must_use]
    pub fn cell(&self, partition: u16, broker: BrokerId) -> Option<&Cell> {
        self.cells
            .iter()
            .find(|cell| cell.partition == partition && cell.broker == broker)
    }

    fn seat(&self, number: u8) -> Option<&super::quorum::Seat> {
        self.quorum.seats.iter().find(|seat| seat.number == number)
    }

    /// The cell with the crown.
    #[must_use]
    pub fn leader(&self, partition: u16) -> Option<&Cell> {
        self.cells
            .iter()
            .find(|cell| cell.partition == partition && cell.role.has_crown())
    }

    /// The column of a broker.
    #[must_use]
    pub fn column(&self, broker: BrokerId) -> Option<usize> {
        self.columns.binary_search_by_key(&broker, |column| column.broker).ok()
    }

    /// The row of a partition.
    #[must_use]
    pub fn row(&self, partition: u16) -> Option<usize> {
        self.rows.binary_search_by_key(&partition, |row| row.partition).ok()
    }
}

/// Larger where there is more room than an ordinary window has, as long as rows show no less for it.
fn zoomed(counts: Counts, room: (f64, f64)) -> (Grid, f64) {
    let plain = Grid::new(counts, room);
    let most = (room.0 / 880.0).min(room.1 / 720.0).clamp(1.0, 2.0);
    let mut scale = (most * 8.0).floor() / 8.0;
    while scale > 1.0 {
        let grid = Grid::new(counts, (room.0 / scale, room.1 / scale));
        if grid.detail == plain.detail && grid.roomy == plain.roomy && grid.size.1 <= room.1 / scale + 0.5 {
            return (grid, scale);
        }
        scale -= 0.125;
    }
    (plain, 1.0)
}

fn cell(view: &View, replica: &ReplicaView, grid: &Grid, palette: &Palette) -> Option<Cell> {
    let row = view
        .partitions
        .binary_search_by_key(&replica.partition, |partition| partition.index)
        .ok()?;
    let column = view
        .brokers
        .binary_search_by_key(&replica.broker, |broker| broker.id)
        .ok()?;
    let partition = &view.partitions[row];
    let leads = |other: &&ReplicaView| other.partition == replica.partition && Some(other.broker) == partition.leader;
    let seen = Seen {
        replica,
        partition,
        leader_end: view.replicas.iter().find(leads).map(|leader| leader.log_end),
        standing: Standing::of(&view.brokers[column], view),
        unfenced: view.brokers[column].unfenced,
        limited: grid.limited,
        now_us: view.now_us,
    };
    Some(Cell::new(&seen, grid, grid.cell(row, column), palette))
}

fn high_watermark(cell: &Cell, detail: Detail) -> Rect {
    let Some(line) = cell.watermark else { return cell.rect };
    let bottom = if detail == Detail::Full {
        cell.rect.bottom() - 4.0
    } else {
        line.bottom
    };
    let (left, right) = ((line.x - 24.0).max(cell.rect.x), (line.x + 24.0).min(cell.rect.right()));
    Rect::new(left, line.top, right - left, bottom - line.top)
}

#[cfg(test)]
mod heat_tests;
#[cfg(test)]
mod tests;
