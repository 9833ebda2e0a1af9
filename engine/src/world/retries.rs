//! Records in retry, dead letters, and what the applications' work has come to, for those who watch.

use super::World;
use super::applications::{name_for, side_roles};
use crate::consumer::{Consumer, ConsumerState, Role};
use crate::coordinator::Group;
use crate::log::{KeyId, Record, RetryHeaders};
use crate::trace::{JourneyStep, RetryCounters};
use crate::wire::{Micros, NodeId, Offset, PartitionId};

/// The flow of what could not be processed.
#[derive(Debug, Clone, Default)]
pub struct RetriesView {
    /// The retry topics, ascending.
    pub tiers: Vec<TierView>,
    /// The dead letters in hand, as they came; the first [`RetriesView::LISTED`].
    pub dead_letters: Vec<FailedView>,
    /// All that are in the dead-letter topic and not sent back, in hand or not.
    pub dead: u64,
    /// Sums over the run.
    pub counters: RetryCounters,
    /// What the applications' work has come to.
    pub effects: EffectFigures,
}

impl RetriesView {
    /// So many records of each topic are listed.
    pub const LISTED: usize = 50;

    /// Records in retry topics that nobody is done with.
    #[must_use]
    pub fn in_retry(&self) -> u64 {
        self.tiers.iter().map(|tier| tier.waiting).sum()
    }
}

/// A retry topic.
#[derive(Debug, Clone)]
pub struct TierView {
    /// From 1.
    pub tier: u8,
    /// Its name.
    pub topic: String,
    /// Who reads it.
    pub group: String,
    /// How long a record waits there, without jitter.
    pub delay_us: Micros,
    /// How many wait.
    pub waiting: u64,
    /// The first of each partition, [`RetriesView::LISTED`] in all at most.
    pub first: Vec<FailedView>,
}

/// A record that could not be processed, where it is now.
#[derive(Debug, Clone, Copy)]
pub struct FailedView {
    /// Its partition.
    pub partition: u16,
    /// Its offset.
    pub offset: Offset,
    /// Its key.
    pub key: Option<KeyId>,
    /// What it is about.
    pub subject: KeyId,
    /// The how manyeth about it.
    pub sequence: u32,
    /// What stands beside it.
    pub headers: RetryHeaders,
    /// A dead letter that is on its way back.
    pub is_leaving: bool,
}

/// What a group's work has come to: counted by the identity of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EffectFigures {
    /// Effects that have happened.
    pub applied: u64,
    /// Effects that have happened again.
    pub repeated: u64,
    /// Effects that would have happened again, but for `sink.dedup`.
    pub ignored: u64,
    /// Records that the group has committed past without an effect, and that nobody has in hand any more.
    pub lost: u64,
}

impl World {
    /// What could not be processed, and where it is.
    #[must_use]
    pub fn retries(&self) -> RetriesView {
        let mut view = RetriesView {
            counters: self.trace.counters().retries,
            effects: self.effects(),
            ..RetriesView::default()
        };
        for role in side_roles(&self.setup) {
            match role {
                Role::Main => {}
                Role::Retry(tier) => view.tiers.push(self.tier_view(tier)),
                Role::DeadLetter => {
                    view.dead = self.waiting_for(role).map(|(_, from, end)| end - from.min(end)).sum();
                    for consumer in self.open_consumers().filter(|consumer| consumer.role() == role) {
                        view.dead += consumer.dead_letters().len() as u64;
                        let room = RetriesView::LISTED.saturating_sub(view.dead_letters.len());
                        let letters = consumer.dead_letters().iter().take(room).map(|letter| {
                            let failed = failed_view(letter.partition, letter.offset, &letter.record, letter.headers);
                            FailedView {
                                is_leaving: letter.is_leaving,
                                ..failed
                            }
                        });
                        view.dead_letters.extend(letters);
                    }
                }
            }
        }
        view
    }

    /// Each place where a record was that failed at least once, and what became of it there, in order; empty for others, and
    /// for what is forgotten.
    #[must_use]
    pub fn journey(&self, subject: KeyId, sequence: u32) -> Vec<JourneyStep> {
        self.trace.journey(subject, sequence).to_vec()
    }

    /// What the work of the main group, its retry topics included, has come to.
    #[must_use]
    pub fn effects(&self) -> EffectFigures {
        let Some((sink, handled)) = self.downstream.group(0) else {
            return EffectFigures::default();
        };
        let figures = sink.figures();
        let mut lost = 0;
        let retries = side_roles(&self.setup)
            .into_iter()
            .filter(|role| *role != Role::DeadLetter);
        for role in [Role::Main].into_iter().chain(retries) {
            let Some(group) = self.group_for(role) else { continue };
            for id in self.partitions_for(role) {
                let committed = group.committed(id).unwrap_or(0);
                // What the owner has in hand is not lost yet.
                let reached = self
                    .processed_by_owner(role, id)
                    .map_or(committed, |p| p.min(committed));
                lost += handled.passed_over(id, reached);
            }
        }
        EffectFigures {
            applied: figures.applied,
            repeated: figures.repeated,
            ignored: figures.ignored,
            lost,
        }
    }

    /// Whether what that node does is not done for a further group, which reads the same records for itself.
    #[must_use]
    pub fn is_for_main_group(&self, node: NodeId) -> bool {
        self.account_of(node).is_none_or(|account| account == 0)
    }

    /// What the main group has committed there, when somebody has committed `told`: with further groups the trace does not
    /// say whose that was. `None` while nobody knows.
    #[must_use]
    pub fn committed_by_main_group(&self, partition: PartitionId, told: Offset) -> Option<Offset> {
        if self.downstream.group(1).is_none() {
            return Some(told);
        }
        self.group_for(Role::Main)?.committed(partition)
    }

    fn open_consumers(&self) -> impl Iterator<Item = &Consumer> {
        let consumers = self.nodes.consumers.iter().map(|(consumer, _)| consumer);
        consumers.filter(|consumer| consumer.state() != ConsumerState::Closed)
    }

    /// How far the one that owns the partition for that role has come.
    fn processed_by_owner(&self, role: Role, id: PartitionId) -> Option<Offset> {
        let name = name_for(role, &self.setup.consumer.group);
        let of_role = self
            .open_consumers()
            .filter(|consumer| consumer.role() == role && **consumer.group() == *name);
        let mut owned = of_role.flat_map(Consumer::owned);
        owned.find(|owned| owned.partition == id).map(|owned| owned.processed)
    }

    fn partitions_for(&self, role: Role) -> impl Iterator<Item = PartitionId> {
        let image = self.image();
        let topic = image
            .topic(&name_for(role, &self.setup.topic.name))
            .map(|(topic, _)| topic);
        topic
            .into_iter()
            .flat_map(move |topic| image.partitions_of(topic))
            .map(|(id, _)| id)
    }

    fn group_for(&self, role: Role) -> Option<&Group> {
        let name = name_for(role, &self.setup.consumer.group);
        let brokers = self.nodes.brokers.iter().map(|(broker, _)| broker);
        let mut coordinating = brokers.filter(|broker| self.is_there(broker.id().into()) && broker.coordinates(&name));
        coordinating.find_map(|broker| broker.coordinator().group(&name))
    }

    /// For each partition of that role's topic: from where on its records wait, and where its log ends.
    fn waiting_for(&self, role: Role) -> impl Iterator<Item = (PartitionId, Offset, Offset)> {
        let group = self.group_for(role);
        self.partitions_for(role).map(move |id| {
            let committed = group.and_then(|group| group.committed(id)).unwrap_or(0);
            let processed = self.processed_by_owner(role, id).unwrap_or(0);
            let end = self.leader_replica(id).map_or(0, |replica| replica.log().end());
            (id, committed.max(processed), end)
        })
    }

    fn tier_view(&self, tier: u8) -> TierView {
        let role = Role::Retry(tier);
        let mut view = TierView {
            tier,
            topic: name_for(role, &self.setup.topic.name),
            group: name_for(role, &self.setup.consumer.group),
            delay_us: self.setup.consumer.application.delays.after(tier.into()).unwrap_or(0),
            waiting: 0,
            first: Vec::new(),
        };
        // Each partition has its share of the list: the head of each is in it.
        let partitions = self.partitions_for(role).count().max(1);
        let share = (RetriesView::LISTED / partitions).max(1);
        for (id, from, end) in self.waiting_for(role) {
            view.waiting += end.saturating_sub(from);
            let most = RetriesView::LISTED.min(view.first.len() + share);
            let Some(replica) = self.leader_replica(id) else {
                continue;
            };
            for entry in replica.log().entries_from(from) {
                let batch = &entry.batch;
                for ((record, headers), offset) in batch.records().iter().zip(batch.headers()).zip(entry.base_offset..)
                {
                    if offset >= from && view.first.len() < most {
                        view.first.push(failed_view(id, offset, record, *headers));
                    }
                }
                if view.first.len() >= most {
                    break;
                }
            }
        }
        view
    }
}

fn failed_view(partition: PartitionId, offset: Offset, record: &Record, headers: RetryHeaders) -> FailedView {
    FailedView {
        partition: partition.index,
        offset,
        key: record.key,
        subject: record.subject,
        sequence: record.sequence,
        headers,
        is_leaving: false,
    }
}
