//! Where rows and columns are: from counts and a size alone, so that nothing moves while a run plays.

use super::geometry::{Point, Rect};
use super::warmth::is_limited;
use partitura_engine::world::View;

/// How much a row shows, by its height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// A heat strip: records as bars.
    Strip,
    /// One line of tiles.
    Line,
    /// Roles and tiles.
    Medium,
    /// Roles, tiles, offsets, the high watermark by name.
    Full,
}

/// What decides the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// Rows.
    pub partitions: usize,
    /// Columns.
    pub brokers: usize,
    /// Members of the group.
    pub consumers: usize,
    /// Controllers that have a process of their own.
    pub controllers: usize,
    /// Whether brokers have a capacity: then their headers have a line for what is asked of them.
    pub limited: bool,
}

impl Counts {
    /// What is in a view.
    #[must_use]
    pub fn of(view: &View) -> Self {
        Self {
            partitions: view.partitions.len(),
            brokers: view.brokers.len(),
            consumers: view.consumers.len(),
            controllers: view.controllers.iter().filter(|c| c.with_broker.is_none()).count(),
            limited: is_limited(view),
        }
    }

    /// As much as either has: what both are drawn for, so that they are drawn alike.
    #[must_use]
    pub fn most(self, other: Self) -> Self {
        Self {
            partitions: self.partitions.max(other.partitions),
            brokers: self.brokers.max(other.brokers),
            consumers: self.consumers.max(other.consumers),
            controllers: self.controllers.max(other.controllers),
            limited: self.limited || other.limited,
        }
    }
}

/// Rows, columns and what stands around them.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Width and height of the drawing. Wider than the room it is given: never; higher: if the rows need it.
    pub size: (f64, f64),
    /// What rows show.
    pub detail: Detail,
    /// Whether there is room for whole words in the headers.
    pub roomy: bool,
    /// Where the captions of the two axes stand, if there is room for them: baselines of the columns' and of the rows'.
    pub captions: Option<(f64, f64)>,
    /// Where the line of the controllers begins, on its baseline; `None` where it would be empty for ever.
    pub quorum: Option<Point>,
    /// Names and shares of the rows: left edge and width.
    pub heads: (f64, f64),
    /// The brokers' columns, with their headers.
    pub columns: Vec<Rect>,
    /// The group's column, as high as the rows.
    pub group: Rect,
    /// Height of the columns' headers.
    pub header: f64,
    /// Whether the last line of the headers is for what is asked of the broker.
    pub limited: bool,
    /// Upper edge of the first row.
    pub top: f64,
    /// From one row to the next.
    pub pitch: f64,
    /// How many rows.
    pub rows: usize,
    /// The producers.
    pub strip: Rect,
    /// Where consumers wait that own nothing.
    pub bench: Rect,
}

/// The least room that is drawn into; smaller is clipped.
const LEAST: (f64, f64) = (300.0, 240.0);
/// Between the columns and the strip, and beneath the strip.
const BELOW_COLUMNS: f64 = 16.0;
const BELOW_STRIP: f64 = 14.0;

impl Grid {
    /// The size of a waiting consumer, and the space between two.
    pub const CHIP: (f64, f64, f64) = (42.0, 22.0, 4.0);
    /// The smallest height of a row.
    pub const LEAST_PITCH: f64 = 7.0;
    const MOST_PITCH: f64 = 160.0;
    const WIDEST_COLUMN: f64 = 280.0;
    /// Narrower than this, a strip puts its texts below each other.
    pub const STRIP_IN_ONE: f64 = 440.0;

    /// For so many rows and columns in that room.
    #[must_use]
    pub fn new(counts: Counts, room: (f64, f64)) -> Self {
        let (width, room_height) = (room.0.max(LEAST.0), room.1.max(LEAST.1));
        let wide = width >= 640.0;
        let across = Across::new(width, wide, counts.brokers);
        let roomy = across.column >= 108.0 && room_height >= 460.0;
        let captioned = wide && room_height >= 520.0;
        let columns_top = match (captioned, counts.controllers) {
            (true, _) => 40.0,
            (false, 0) => 10.0,
            (false, _) => 30.0,
        };
        let header = match (roomy, counts.limited) {
            (true, false) => 68.0,
            (true, true) => 86.0,
            (false, false) => 42.0,
            (false, true) => 58.0,
        };
        let top = columns_top + header + 8.0;

        let end = across.columns + across.step() * counts.brokers as f64 - across.gap;
        let strip_left = if wide { across.columns } else { across.heads.0 };
        let strip_width = end - strip_left;
        let strip_height = if strip_width >= Self::STRIP_IN_ONE { 52.0 } else { 74.0 };
        let waiting = counts.consumers.saturating_sub(counts.partitions);
        let bench_height = bench_height(waiting, across.group.1);
        let foot = BELOW_COLUMNS + bench_height.max(strip_height) + BELOW_STRIP;

        let rows = counts.partitions;
        let pitch = ((room_height - top - 10.0 - foot) / rows.max(1) as f64).floor();
        let pitch = pitch.clamp(Self::LEAST_PITCH, Self::MOST_PITCH);
        // With few rows, what is left is shared between above and below.
        let spare = (room_height - top - pitch * rows.max(1) as f64 - 8.0 - foot).max(0.0);
        let down = (spare * 0.35).floor();
        let (columns_top, top) = (columns_top + down, top + down);
        let captions = captioned.then_some((columns_top - 14.0, top - if roomy { 46.0 } else { 36.0 }));
        let quorum_left = if captioned { across.columns } else { across.heads.0 };
        let quorum = (captioned || counts.controllers > 0).then_some(Point::new(quorum_left, columns_top - 14.0));
        let rows_bottom = top + pitch * rows.max(1) as f64;
        let strip_top = rows_bottom + 8.0 + BELOW_COLUMNS;
        let columns = (0..counts.brokers)
            .map(|i| {
                Rect::new(
                    across.columns + across.step() * i as f64,
                    columns_top,
                    across.column,
                    rows_bottom + 8.0 - columns_top,
                )
            })
            .collect();
        Self {
            size: (width, (rows_bottom + 8.0 + foot).max(room_height)),
            detail: detail(pitch),
            roomy,
            captions,
            quorum,
            heads: across.heads,
            columns,
            group: Rect::new(across.group.0, top, across.group.1, pitch * rows.max(1) as f64),
            header,
            limited: counts.limited,
            top,
            pitch,
            rows,
            strip: Rect::new(strip_left, strip_top, strip_width, strip_height),
            bench: Rect::new(
                across.group.0,
                strip_top,
                across.group.1,
                bench_height.max(strip_height),
            ),
        }
    }

    /// Leaves rows and columns that are not there empty: of a grid that was made for more.
    pub(super) fn keep(&mut self, counts: Counts) {
        self.rows = counts.partitions;
        self.columns.truncate(counts.brokers);
        self.group.h = self.pitch * self.rows.max(1) as f64;
    }

    /// Upper edge of a row.
    #[must_use]
    pub fn row_top(&self, row: usize) -> f64 {
        self.top + self.pitch * row as f64
    }

    /// How high cells are: the rest of a row is where records travel.
    #[must_use]
    pub fn cell_height(&self) -> f64 {
        self.pitch
            - match self.detail {
                Detail::Full => 28.0,
                Detail::Medium => 18.0,
                Detail::Line => 9.0,
                Detail::Strip if self.pitch >= 12.0 => 4.0,
                Detail::Strip => 2.0,
            }
    }

    /// The place of a replica.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Rect {
        let column = self.columns[column];
        let pad = match column.w {
            w if w >= 108.0 => 8.0,
            w if w >= 48.0 => 4.0,
            _ => 2.0,
        };
        Rect::new(
            column.x + pad,
            self.row_top(row),
            column.w - 2.0 * pad,
            self.cell_height(),
        )
    }

    /// From the left edge of a row's name to the right edge of the group.
    #[must_use]
    pub fn band(&self, row: usize) -> Rect {
        let left = self.heads.0 - self.margin() / 2.0;
        let (above, below) = if self.detail >= Detail::Medium {
            (6.0, 8.0)
        } else {
            (1.0, 2.0)
        };
        let height = (self.pitch - below + above).min(self.pitch);
        Rect::new(
            left,
            self.row_top(row) - above,
            self.group.right() + self.margin() / 2.0 - left,
            height,
        )
    }

    /// Below a row's cells: the upper line leads from producers to leaders and from leaders to consumers, the lower one
    /// from leaders to followers.
    #[must_use]
    pub fn lanes(&self, row: usize) -> (f64, f64) {
        let below = self.row_top(row) + self.cell_height();
        let room = self.pitch - self.cell_height();
        match self.detail {
            Detail::Full => (below + 8.0, below + 19.0),
            Detail::Medium => (below + 5.5, below + 12.5),
            Detail::Line | Detail::Strip => (below + room / 2.0, below + room / 2.0),
        }
    }

    /// Where records climb from the producers to their rows.
    #[must_use]
    pub fn trunk(&self) -> f64 {
        let right = self.columns.first().map_or(self.group.x, |column| column.x);
        (self.heads.0 + self.heads.1 + right) / 2.0
    }

    /// Where records leave the rows for their consumer.
    #[must_use]
    pub fn descent(&self) -> f64 {
        let left = self.columns.last().map_or(self.heads.0 + self.heads.1, Rect::right);
        (left + self.group.x) / 2.0
    }

    /// The radius of a record in flight.
    #[must_use]
    pub fn record_radius(&self) -> f64 {
        match self.detail {
            Detail::Full => 7.5,
            Detail::Medium => 6.0,
            Detail::Line => 3.5,
            Detail::Strip => 2.2,
        }
    }

    fn margin(&self) -> f64 {
        if self.size.0 >= 640.0 { 20.0 } else { 8.0 }
    }
}

fn detail(pitch: f64) -> Detail {
    match pitch {
        p if p >= 98.0 => Detail::Full,
        p if p >= 54.0 => Detail::Medium,
        p if p >= 22.0 => Detail::Line,
        _ => Detail::Strip,
    }
}

fn bench_height(waiting: usize, width: f64) -> f64 {
    let (chip_width, chip_height, gap) = Grid::CHIP;
    let per_line = ((width + gap) / (chip_width + gap)).floor().max(1.0);
    let lines = (waiting as f64 / per_line).ceil();
    (lines * (chip_height + gap) - gap).max(0.0)
}

/// How the width is shared out.
struct Across {
    heads: (f64, f64),
    columns: f64,
    column: f64,
    gap: f64,
    group: (f64, f64),
}

impl Across {
    fn new(width: f64, wide: bool, brokers: usize) -> Self {
        let brokers = brokers.max(1) as f64;
        let (margin, heads, gutter, exit, group) = if wide {
            (
                20.0,
                (width * 0.135).clamp(84.0, 168.0).floor(),
                38.0,
                18.0,
                (width * 0.165).clamp(106.0, 220.0).floor(),
            )
        } else {
            (8.0, 48.0, 14.0, 14.0, 62.0)
        };
        let gap = match (wide, brokers) {
            (true, 0.0..=4.0) => 12.0,
            (true, 0.0..=6.0) => 8.0,
            _ => 4.0,
        };
        let around = 2.0 * margin + heads + gutter + exit + group;
        let column = ((width - around - gap * (brokers - 1.0)) / brokers)
            .min(Grid::WIDEST_COLUMN)
            .floor();
        let spare = width - around - column * brokers - gap * (brokers - 1.0);
        let left = (margin + spare / 2.0).floor();
        let columns = left + heads + gutter;
        let group_left = columns + (column + gap) * brokers - gap + exit;
        Self {
            heads: (left, heads),
            columns,
            column,
            gap,
            group: (group_left, group),
        }
    }

    fn step(&self) -> f64 {
        self.column + self.gap
    }
}
