//! The subjects that came most often to a partition, as dots. With salted or compound keys a subject is still one dot.

use super::geometry::{Point, Rect};
use super::palette::{Colour, Palette};
use partitura_engine::log::KeyId;
use partitura_engine::world::PartitionView;

/// A subject as a dot with a letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Chip {
    /// Which subject.
    pub key: KeyId,
    /// Its middle.
    pub centre: Point,
    /// Its radius.
    pub radius: f64,
    /// The subject's colour.
    pub colour: Colour,
    /// The subject's letter.
    pub label: String,
}

impl Chip {
    /// The square around it.
    #[must_use]
    pub fn rect(&self) -> Rect {
        Rect::new(self.centre.x, self.centre.y, 0.0, 0.0).inset(-self.radius)
    }
}

/// As many as there is room for, the most frequent first.
pub(super) fn chips(view: &PartitionView, palette: &Palette, first: Point, radius: f64, width: f64) -> Vec<Chip> {
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
