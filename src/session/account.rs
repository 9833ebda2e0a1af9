//! What is kept of a run while it goes on: for the timeline, the reader's page and the list of milestones.

use super::history::History;
use super::lag::Lag;
use crate::groups::reason::Reasons;
use crate::lens::milestones::{Milestones, mark_of};
use crate::lens::reading::Reading;
use crate::lens::spells::Spells;
use crate::retries::tally::Tally;
use crate::session::history::{Mark, MarkKind};
use crate::ui::format::counted;
use partitura_engine::short_map::ShortMap;
use partitura_engine::trace::{Event, EventId, Fact};
use partitura_engine::wire::BrokerId;
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
    /// For the room of what could not be processed.
    pub retries: Tally,
    /// For the room of the groups.
    pub reasons: Reasons,
    /// The last election of each of the topic's partitions: the trace may forget them.
    elections: ShortMap<u16, Event>,
    /// Brokers that are fenced.
    fenced: Vec<BrokerId>,
    /// Records that were acknowledged and lost.
    lost: u64,
    lag: Lag,
    spells: Spells,
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
        let mut may_lose = None;
        for event in world.trace().since(self.absorbed) {
            // Further groups process the same records for themselves.
            if world.is_for_main_group(event.node) {
                self.reading.absorb(event);
                self.retries.absorb(event, topic);
            }
            self.milestones.absorb(event, topic);
            self.reasons.absorb(event, world.trace());
            if let Fact::BatchAcknowledged { records, .. } = event.fact {
                self.history.acknowledged(event.at, records);
            }
            if topic.is_some_and(|topic| {
                self.lag.absorb(event, topic, |partition, told| {
                    world.committed_by_main_group(partition, told)
                })
            }) {
                self.history.lag(event.at, self.lag.total());
            }
            if let Some(mark) = mark_of(event, topic, yours) {
                self.history.mark(mark);
            }
            if let Some((kind, label)) = self.spells.begins(event) {
                self.mark(event, kind, label);
            }
            match event.fact {
                Fact::LeaderElected { partition, .. } | Fact::LeaderLost { partition, .. }
                    if Some(partition.topic) == topic =>
                {
                    self.elections.insert(partition.index, *event);
                    may_lose = Some(*event);
                }
                Fact::Truncated { .. } | Fact::DiskLost => may_lose = Some(*event),
                Fact::BrokerFenced { broker, .. } if !self.fenced.contains(&broker) => self.fenced.push(broker),
                Fact::BrokerUnfenced { broker } => self.back(event, broker),
                _ => {}
            }
        }
        if let Some(event) = may_lose {
            self.count_lost(world, &event);
        }
        self.absorbed = world.trace().count();
    }

    /// The last election of that partition of the topic.
    #[must_use]
    pub fn election(&self, partition: u16) -> Option<&Event> {
        self.elections.get(&partition)
    }

    /// A broker that was fenced before counts again; at the start of a run that is no news.
    fn back(&mut self, event: &Event, broker: BrokerId) {
        if let Some(place) = self.fenced.iter().position(|fenced| *fenced == broker) {
            self.fenced.swap_remove(place);
            self.mark(event, MarkKind::Stable, format!("broker {} is back", broker.0));
        }
    }

    fn count_lost(&mut self, world: &World, event: &Event) {
        let lost = world.ledger().lost;
        if lost > self.lost {
            self.mark(
                event,
                MarkKind::Trouble,
                format!("{} lost", counted(lost - self.lost, "record")),
            );
        }
        self.lost = lost;
    }

    fn mark(&mut self, event: &Event, kind: MarkKind, label: String) {
        self.history.mark(Mark {
            at_us: event.at,
            kind,
            label,
            event: Some(*event),
        });
    }
}
