//! The group's two cursors in a cell: where it would go on after a restart, and where it has come.
//!
//! Both are flags on the edge of a record, above the tiles, where the high watermark's line does not reach. The flag of
//! what is committed is filled and points back, to what is done; that of the position is open and points ahead. So they can
//! stand at the same place and both be seen.

use super::face::Face;
use super::geometry::Rect;
use super::label::grouped;
use partitura_engine::wire::Offset;
use partitura_engine::world::{PartitionView, RecordView};
use std::fmt::Write;

/// The cursors of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cursors {
    /// The next record after a restart.
    pub committed: Option<Flag>,
    /// The next record to process.
    pub position: Option<Flag>,
}

/// A cursor in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flag {
    /// Its pole.
    pub x: f64,
    /// The pole's upper and lower end.
    pub pole: (f64, f64),
    /// How far it flies, and how high it is; it points to the left if that is negative.
    pub cloth: (f64, f64),
    /// It stands at the cell's left edge for a record that is further to the left.
    pub beyond: bool,
}

impl Cursors {
    /// Where the group is, among those records, in a cell of that face.
    pub(super) fn new(face: &Face, shown: &[RecordView], partition: &PartitionView) -> Self {
        let Some(first) = shown.first() else {
            return Self::default();
        };
        let slot = face.slots.w / face.tiles as f64;
        let cloth = (slot / 2.0 - 1.0)
            .min(face.rect.right() - face.slots.right())
            .clamp(1.5, 5.5);
        let pole = face.flags();
        let flag = |offset: Offset, side: f64| {
            let place = offset.saturating_sub(first.offset).min(shown.len() as u64);
            Flag {
                x: (face.slots.x + slot * place as f64 - 1.0).max(face.rect.x + cloth),
                pole,
                cloth: (side * cloth, (pole.1 - pole.0 - 1.0).clamp(2.0, 5.5)),
                beyond: offset < first.offset,
            }
        };
        Self {
            committed: partition.committed.map(|offset| flag(offset, -1.0)),
            position: partition.position.map(|offset| flag(offset, 1.0)),
        }
    }

    /// How many records are behind those that are shown, in front of the high watermark: by what is committed, and by what is
    /// processed. Nothing of a cursor that can be seen.
    pub(super) fn beyond(&self, partition: &PartitionView) -> [Option<u64>; 2] {
        let high_watermark = partition.committed.unwrap_or(0) + partition.lag;
        let behind = |flag: Option<Flag>, offset: Option<Offset>| {
            let offset = offset.filter(|_| flag.is_some_and(|flag| flag.beyond))?;
            Some(high_watermark.saturating_sub(offset)).filter(|behind| *behind > 0)
        };
        [
            behind(self.committed, partition.committed),
            behind(self.position, partition.position),
        ]
    }
}

impl Flag {
    /// The room that it takes.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        let left = self.x + self.cloth.0.min(0.0);
        Rect::new(left, self.pole.0, self.cloth.0.abs(), self.pole.1 - self.pole.0)
    }
}

/// Both in words: ` Committed 1 204: the next record to read after a restart.`
pub(super) fn said(partition: &PartitionView) -> String {
    let mut said = String::new();
    if let Some(committed) = partition.committed {
        let _ = write!(
            said,
            " Committed {}: the next record to read after a restart.",
            grouped(committed)
        );
    }
    match partition.position {
        Some(position) => {
            let _ = write!(said, " Position {}: the next one to process.", grouped(position));
        }
        None if partition.committed.is_some() => said += " Nobody owns it at the moment.",
        None => {}
    }
    said
}

#[cfg(test)]
mod tests {
    use super::super::cells::Cell;
    use super::super::grid::Detail;
    use super::super::layout::{Captions, Layout};
    use super::super::palette::Palette;
    use super::super::sample;
    use super::*;
    use partitura_engine::world::View;

    const SIZES: [(f64, f64); 5] = [
        (836.0, 700.0),
        (1316.0, 880.0),
        (390.0, 560.0),
        (390.0, 844.0),
        (640.0, 420.0),
    ];

    fn layout(partitions: u16, size: (f64, f64), change: impl Fn(&mut View)) -> Layout {
        let (dictionary, keys) = sample::keys();
        let mut view = sample::view(partitions, 3, 2, 3, &keys);
        change(&mut view);
        Layout::of(&view, &Palette::new(&dictionary, &keys), &Captions::default(), size)
    }

    /// The group stands there, `(committed, position)` before the log's end, in a log with 38 records.
    fn at(committed: u64, position: Option<u64>) -> Cell {
        let layout = layout(2, SIZES[0], |view| {
            view.partitions[0].committed = Some(38 - committed);
            view.partitions[0].position = position.map(|position| 38 - position);
            view.partitions[0].lag = committed - 1;
        });
        layout.leader(0).expect("a leader").clone()
    }

    fn texts(cell: &Cell) -> Vec<&str> {
        cell.labels.iter().map(|label| label.text.as_str()).collect()
    }

    #[test]
    fn flags_stay_in_their_cells_off_the_tiles_the_watermark_and_the_words() {
        for size in SIZES {
            for partitions in [1, 2, 3, 4, 6, 9, 12, 20] {
                for ends in [[0, 0], [1, 1], [4, 2], [2, 4], [8, 7], [30, 4], [30, 20]] {
                    let layout = layout(partitions, size, |view| {
                        for (row, end) in view.partitions.iter_mut().zip((38..).step_by(17)) {
                            (row.committed, row.position) = (Some(end - ends[0]), Some(end - ends[1]));
                            row.lag = ends[0];
                        }
                    });
                    for cell in layout.cells.iter().filter(|_| layout.grid.detail > Detail::Strip) {
                        let case = format!("{partitions} rows, {size:?}, {ends:?}: {cell:?}");
                        let [committed, position] =
                            [cell.cursors.committed, cell.cursors.position].map(|flag| flag.expect("a flag").bounds());
                        let line = cell.watermark.expect("a line");
                        let line = Rect::new(line.x - 1.0, line.top, 2.0, line.bottom - line.top);
                        for flag in [committed, position] {
                            assert!(cell.rect.inset(-1.0).contains(&flag), "{case}");
                            assert!(!flag.overlaps(&line), "{case}");
                            assert!(!cell.tiles.iter().any(|tile| tile.rect.overlaps(&flag)), "{case}");
                            assert!(
                                !cell.labels.iter().any(|label| label.bounds().overlaps(&flag)),
                                "{case}"
                            );
                        }
                        let apart = ends[0].saturating_sub(ends[1]) < 7 || ends[0] < 8;
                        assert!(!apart || !committed.overlaps(&position), "{case}");
                    }
                }
            }
        }
    }

    #[test]
    fn both_at_one_place_point_away_from_each_other() {
        let cell = at(3, Some(3));
        let (committed, position) = (cell.cursors.committed.unwrap(), cell.cursors.position.unwrap());
        assert!((committed.x - position.x).abs() < 1e-9);
        assert!(committed.cloth.0 < 0.0 && position.cloth.0 > 0.0);
    }

    #[test]
    fn who_is_behind_what_is_shown_stands_at_the_edge_and_says_how_far() {
        let cell = at(21, Some(2));
        assert!(cell.cursors.committed.unwrap().beyond && !cell.cursors.position.unwrap().beyond);
        assert!(texts(&cell).contains(&"−20"), "{:?}", texts(&cell));
        assert!(texts(&at(21, Some(15))).contains(&"−20/−14"));
        assert!(
            texts(&at(8, Some(2))).contains(&"30"),
            "the oldest that is shown is not behind it"
        );
    }

    #[test]
    fn without_an_owner_what_is_committed_stays() {
        let cell = at(3, None);
        assert!(cell.cursors.committed.is_some() && cell.cursors.position.is_none());
        assert!(
            cell.title
                .contains("Committed 35: the next record to read after a restart. Nobody owns it at the moment."),
            "{}",
            cell.title
        );
    }
}
