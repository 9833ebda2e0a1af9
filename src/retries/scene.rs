//! One moment of the room.

use super::cost::{Cost, costs, trials};
use super::flow::{Column, columns};
use super::followed::{Followed, followed};
use super::letters::{LetterRow, letters};
use super::name::RecordName;
use super::standing::{SkippedRow, StandRow, skipped, stands};
use super::switches::Switches;
use crate::lens::ledger::Trial;
use crate::session::Session;
use crate::stage::Palette;
use partitura_engine::world::View;

/// What the room shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// What makes records fail, and what is done about it.
    pub switches: Switches,
    /// Anything has failed so far.
    pub has_failed: bool,
    /// The topics, from left to right.
    pub columns: Vec<Column>,
    /// What stands still.
    pub stands: Vec<StandRow>,
    /// What was passed over.
    pub skipped: Vec<SkippedRow>,
    /// Dead letters in hand.
    pub letters: Vec<LetterRow>,
    /// All dead letters.
    pub dead: u64,
    /// The record that is chosen, and what is known of it.
    pub chosen: Option<(RecordName, Option<Followed>)>,
    /// What it costs.
    pub costs: Vec<Cost>,
    /// What it can be compared with.
    pub trials: Vec<Trial>,
}

impl Scene {
    /// The room at that moment, with that record chosen.
    #[must_use]
    pub fn of(session: &Session, view: &View, palette: &Palette, chosen: Option<&RecordName>) -> Self {
        let retries = session.world().retries();
        let stands = stands(session, view, palette);
        let chosen = chosen.map(|name| (name.clone(), followed(session, palette, &retries, name)));
        Self {
            switches: Switches::of(session, view),
            has_failed: retries.counters.failed_attempts > 0,
            columns: columns(session, view, palette, &retries),
            skipped: skipped(session, palette),
            letters: letters(&retries, palette, session.now()),
            dead: retries.dead,
            chosen,
            costs: costs(session, &retries, &stands),
            trials: trials(session),
            stands,
        }
    }
}

#[cfg(test)]
mod tests;
