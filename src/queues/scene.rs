//! One moment of the room.

use super::figures::{Row, rows, summary};
use super::sharing::{ShareBand, bands};
use super::topic::TopicBand;
use super::work::WorkBand;
use crate::session::Session;
use crate::stage::Palette;
use partitura_engine::world::{Limits, View};

/// What the room shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The plain work queue, when the run has one.
    pub work: Option<WorkBand>,
    /// The topic and its groups.
    pub topic: TopicBand,
    /// The share groups.
    pub shares: Vec<ShareBand>,
    /// All three in figures.
    pub rows: Vec<Row>,
    /// In a few sentences.
    pub summary: String,
    /// A name for another group; `None` when there are as many as there can be.
    pub next_group: Option<&'static str>,
}

impl Scene {
    /// The room at that moment. The view is that of the main group.
    #[must_use]
    pub fn of(session: &Session, view: &View, palette: &Palette) -> Self {
        let world = session.world();
        let work = WorkBand::of(world, palette);
        let topic = TopicBand::of(session, view, palette);
        let shares = bands(world, palette);
        Self {
            rows: rows(session, work.as_ref(), &topic, &shares),
            summary: summary(work.as_ref(), &topic, &shares),
            next_group: next_group(view),
            work,
            topic,
            shares,
        }
    }
}

/// The first of some names that no group has.
fn next_group(view: &View) -> Option<&'static str> {
    const NAMES: [&str; 4] = ["billing", "audit", "search", "reports"];
    let is_free = |name: &&str| view.groups.iter().all(|group| group.id != *name);
    NAMES
        .into_iter()
        .find(is_free)
        .filter(|_| view.groups.len() <= Limits::MAX_MORE_GROUPS)
}

#[cfg(test)]
mod tests;
