//! The dead letters, as they are listed.

use super::name::{Tile, seconds};
use crate::stage::Palette;
use partitura_engine::wire::{Micros, Offset};
use partitura_engine::world::RetriesView;

/// A dead letter.
#[derive(Debug, Clone, PartialEq)]
pub struct LetterRow {
    /// The record.
    pub tile: Tile,
    /// Its partition and offset in the dead-letter topic: what a redrive is told.
    pub at: (u16, Offset),
    /// The last error.
    pub error: &'static str,
    /// Attempts.
    pub attempts: u32,
    /// When it first failed.
    pub first_failed_us: Micros,
    /// How long ago that was.
    pub age: String,
    /// How often it was sent back before.
    pub redrives: u32,
    /// On its way back.
    pub is_leaving: bool,
}

/// Those that are in hand; more may wait behind them.
#[must_use]
pub fn letters(retries: &RetriesView, palette: &Palette, now: Micros) -> Vec<LetterRow> {
    let row = |letter: &partitura_engine::world::FailedView| LetterRow {
        tile: Tile::of(palette, letter.subject, letter.sequence),
        at: (letter.partition, letter.offset),
        error: letter.headers.error.name(),
        attempts: letter.headers.attempt,
        first_failed_us: letter.headers.first_failed_us,
        age: seconds(now.saturating_sub(letter.headers.first_failed_us)),
        redrives: letter.headers.redrives,
        is_leaving: letter.is_leaving,
    };
    retries.dead_letters.iter().map(row).collect()
}
