//! What has become of each group, and whose doing counts in the figures of the run.

use super::{Event, Fact, GroupHistory};
use crate::log::KeyId;
use crate::wire::NodeId;

/// All groups: the main one first, then as they came.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    all: Vec<GroupHistory>,
    /// By consumer: the place of its group, and whether that is a further one.
    consumers: Vec<(u8, bool)>,
    /// There is a further group.
    has_further: bool,
}

impl Groups {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[GroupHistory] {
        &self.all
    }

    /// The main one, once it has a consumer.
    #[must_use]
    pub fn main(&self) -> Option<&GroupHistory> {
        self.all.first()
    }

    /// That one.
    #[must_use]
    pub fn of(&self, group: KeyId) -> Option<&GroupHistory> {
        self.all.iter().find(|history| history.id == group)
    }

    /// There is such a group.
    pub(crate) fn add_group(&mut self, group: KeyId) -> usize {
        let known = self.all.iter().position(|history| history.id == group);
        known.unwrap_or_else(|| {
            self.all.push(GroupHistory::new(group));
            self.all.len() - 1
        })
    }

    pub(super) fn add_consumer(&mut self, consumer: u8, group: KeyId, is_main: bool) {
        let place = u8::try_from(self.add_group(group)).unwrap_or(u8::MAX);
        self.consumers.resize(usize::from(consumer), (0, false));
        if let Some(last) = self.consumers.last_mut() {
            *last = (place, !is_main);
        }
        self.has_further |= !is_main;
    }

    /// Whether that is a consumer of a further group.
    #[inline]
    pub(super) fn is_further(&self, node: NodeId) -> bool {
        self.has_further && self.place(node).is_some_and(|(_, further)| further)
    }

    fn place(&self, node: NodeId) -> Option<(usize, bool)> {
        let NodeId::Consumer(number) = node else { return None };
        let (place, further) = *self.consumers.get(usize::from(number).checked_sub(1)?)?;
        Some((usize::from(place), further))
    }

    /// Notes an event. Answers whether a further group did it, so that it counts nowhere else.
    #[inline(always)]
    pub(super) fn add(&mut self, event: &Event) -> bool {
        match event.fact {
            Fact::RecordProcessed { .. } => self.has_further && self.add_processed(event),
            Fact::GroupState { group, .. } => {
                if let Some(history) = self.all.iter_mut().find(|history| Some(history.id) == group) {
                    history.add(event);
                }
                group.is_some() && self.all.first().is_some_and(|main| Some(main.id) != group)
            }
            Fact::MemberRemoved { consumer } => self.add_of(consumer, event),
            Fact::PartitionAssigned { .. }
            | Fact::NothingAssigned { .. }
            | Fact::PartitionRevoked { .. }
            | Fact::PartitionLost { .. }
            | Fact::ConsumerStarted
            | Fact::ConsumerClosed
            | Fact::ProcessCrashed
            | Fact::ProcessStopped
            | Fact::ProcessPaused
            | Fact::ProcessResumed
            | Fact::ApplicationStalled
            | Fact::ApplicationGoesOn => self.add_of(event.node, event),
            _ => false,
        }
    }

    fn add_of(&mut self, consumer: NodeId, event: &Event) -> bool {
        let Some((place, further)) = self.place(consumer) else {
            return false;
        };
        if let Some(history) = self.all.get_mut(place) {
            history.add(event);
        }
        further
    }

    fn add_processed(&mut self, event: &Event) -> bool {
        let Some((place, true)) = self.place(event.node) else {
            return false;
        };
        if let Some(history) = self.all.get_mut(place) {
            history.processed += 1;
        }
        true
    }
}
