//! The rings around what the reader points at.

use super::geometry::Rect;
use super::layout::Layout;
use super::target::Target;
use partitura_engine::log::KeyId;
use partitura_engine::short_sort::sort_short_by_key;

impl Layout {
    /// A ring for each thing; one for rows that follow each other; for a key, one at each of its records and wherever it
    /// is named. What is not there gets none.
    #[must_use]
    pub fn pointers(&self, targets: &[Target]) -> Vec<Rect> {
        let row = |target: &Target| match target {
            Target::Partition(p) => self.row(*p),
            _ => None,
        };
        let mut rows: Vec<usize> = targets.iter().filter_map(row).collect();
        sort_short_by_key(&mut rows, |row| *row);
        rows.dedup();
        let mut rings: Vec<Rect> = rows
            .chunk_by(|a, b| a + 1 == *b)
            .map(|run| {
                self.rows[run[0]]
                    .band
                    .union(&self.rows[run[run.len() - 1]].band)
                    .inset(1.0)
            })
            .collect();
        for target in targets {
            match target {
                Target::Partition(_) => {}
                Target::Key(key) => rings.extend(self.places_of(*key).map(|place| place.inset(-2.0))),
                _ => rings.extend(self.highlight(*target).map(|place| place.inset(-4.0))),
            }
        }
        rings
    }

    /// Where a key can be seen: among the keys of rows, and at its records.
    pub(super) fn places_of(&self, key: KeyId) -> impl Iterator<Item = Rect> {
        let chips = self
            .rows
            .iter()
            .flat_map(|row| &row.chips)
            .filter(move |chip| chip.key == key);
        let tiles = self
            .cells
            .iter()
            .flat_map(|cell| &cell.tiles)
            .filter(move |tile| tile.key == key);
        chips.map(super::chips::Chip::rect).chain(tiles.map(|tile| tile.rect))
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::Captions;
    use super::super::palette::Palette;
    use super::super::sample;
    use super::*;

    fn layout() -> Layout {
        let (dictionary, keys) = sample::keys();
        let view = sample::view(6, 3, 3, 3, &keys);
        Layout::of(
            &view,
            &Palette::new(&dictionary, &keys),
            &Captions::default(),
            (836.0, 700.0),
        )
    }

    #[test]
    fn rows_that_follow_each_other_share_a_ring() {
        let layout = layout();
        let rings = layout.pointers(&[3, 0, 1, 5, 0, 9].map(Target::Partition));
        assert_eq!(rings.len(), 3);
        assert!(rings[0].contains(&layout.rows[0].rect) && rings[0].contains(&layout.rows[1].rect));
        assert!(!rings[0].overlaps(&layout.rows[2].rect));
    }

    #[test]
    fn a_key_is_pointed_at_wherever_its_records_are() {
        let layout = layout();
        let key = layout.cells[0].tiles[0].key;
        let of_key = layout
            .cells
            .iter()
            .flat_map(|cell| &cell.tiles)
            .filter(|tile| tile.key == key)
            .count();
        assert!(layout.pointers(&[Target::Key(key)]).len() > of_key);
        assert_eq!(layout.pointers(&[Target::Key(sample::keys().1[19])]), []);
    }
}
