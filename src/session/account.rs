//! What is kept of a run while it goes on: for the timeline, the reader's page and the list of milestones.

use super::history::History;
use super::lag::Lag;
use crate::lens::milestones::{Milestones, mark_of};
use crate::lens::reading::Reading;
use partitura_engine::trace::{EventId, Fact};
use partitura_engine::world::World;

/// The account of a run, from its trace. All of it is bounded.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// For the timeline.
    pub history: History,
    /// For the reader's page.
    pub reading: Reading,
    /// For the list of events.
    pub milestones: Milestones,
    lag: Lag,
    absorbed: EventId,
}

impl Account {
    /// The group's lag.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.lag.total()
    }

    /// Takes note of all that has happened since the last time. `yours` says whether the person at the controls did
    /// what was done since then.
    pub fn absorb(&mut self, world: &World, yours: bool) {
        let topic = world.topic_id();
        for event in world.trace().since(self.absorbed) {
            self.reading.absorb(event);
            self.milestones.absorb(event);
            if let Fact::BatchAcknowledged { records, .. } = event.fact {
                self.history.acknowledged(event.at, records);
            }
            if topic.is_some_and(|topic| self.lag.absorb(event, topic)) {
                self.history.lag(event.at, self.lag.total());
            }
            if let Some(mark) = mark_of(event, yours) {
                self.history.mark(mark);
            }
        }
        self.absorbed = world.trace().count();
    }
}
