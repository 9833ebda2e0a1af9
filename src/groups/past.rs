//! What the chart is made of: the stretch of a group's history that its axis shows.

use super::axis::Window;
use super::reason::Reasons;
use partitura_engine::trace::{GroupHistory, MemberDoes, Rebalance, Span, SpanEnd, Spell};
use partitura_engine::wire::{Micros, PartitionId};

/// A member of the group, or one that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its number.
    pub consumer: u8,
    /// Its `group.instance.id`, if it is a static member.
    pub instance: Option<String>,
    /// What it does now.
    pub does: MemberDoes,
    /// Its process was killed, and not closed.
    pub is_crashed: bool,
    /// In words, where there is more to say than what it does: `200 ms each`.
    pub state: String,
}

/// A rebalance, and why it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The rebalance.
    pub rebalance: Rebalance,
    /// Why, in a few words.
    pub why: String,
}

/// A stretch of a group's history. What goes on ends now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Past {
    /// The end of it.
    pub now_us: Micros,
    /// How far back it goes.
    pub window: Window,
    /// Whether generations are epochs (KIP-848).
    pub is_modern: bool,
    /// The members, in the order of their numbers.
    pub people: Vec<Person>,
    /// The partitions that somebody has owned, ascending, with what they are called.
    pub places: Vec<(PartitionId, String)>,
    /// Which partitions each member has ever owned, as far as the history goes; in the order of members, then of partitions.
    pub rows: Vec<(u8, PartitionId)>,
    /// Who owned what, in the order in which it ended.
    pub spans: Vec<Span>,
    /// What the members did, each member's in their order; where there was no process, too.
    pub spells: Vec<Spell>,
    /// The rebalances, the oldest first.
    pub rebalances: Vec<Told>,
}

impl Past {
    /// The stretch that this window shows now. `people` says more about members than the history knows, `called` what a
    /// partition is called.
    #[must_use]
    pub fn of(
        history: &GroupHistory,
        reasons: &Reasons,
        now_us: Micros,
        window: Window,
        people: Vec<Person>,
        called: impl Fn(PartitionId) -> String,
    ) -> Self {
        let (from_us, _) = window.at(now_us);
        let mut places = Vec::new();
        let mut rows = Vec::new();
        let mut spans: Vec<Span> = Vec::new();
        for span in history.spans() {
            insert(&mut places, span.partition);
            insert(&mut rows, (span.consumer, span.partition));
            let until_us = if span.end == SpanEnd::Open {
                now_us
            } else {
                span.until_us
            };
            spans.push(Span { until_us, ..*span });
        }
        // The one before the first that is seen says since when nobody owned the partition.
        let spans = spans.iter().enumerate().filter(|(place, span)| {
            let is_last = || spans[place + 1..].iter().all(|later| later.partition != span.partition);
            span.until_us >= from_us || is_last()
        });
        let spans: Vec<Span> = spans.map(|(_, span)| *span).collect();
        let seen = history
            .rebalances()
            .filter(|one| one.until_us.is_none_or(|until| until >= from_us));
        Self {
            now_us,
            window,
            is_modern: false,
            places: places.into_iter().map(|place| (place, called(place))).collect(),
            rows,
            spans,
            spells: spells(history, now_us, from_us),
            rebalances: seen
                .map(|one| Told {
                    rebalance: *one,
                    why: reasons.words(one.reason),
                })
                .collect(),
            people,
        }
    }
}

impl Past {
    /// A member whose process has ended, and of whom nothing can be seen any more, has no lane.
    pub fn forget_the_gone(&mut self) {
        let (from_us, _) = self.window.at(self.now_us);
        let Self {
            people, spells, spans, ..
        } = self;
        people.retain(|person| {
            let seen = |spell: &Spell| spell.consumer == person.consumer && spell.does != MemberDoes::Gone;
            person.does != MemberDoes::Gone
                || spells.iter().any(seen)
                || spans
                    .iter()
                    .any(|span| span.consumer == person.consumer && span.until_us >= from_us)
        });
        self.rows
            .retain(|(consumer, _)| self.people.iter().any(|person| person.consumer == *consumer));
    }
}

/// Keeps it sorted, each once.
fn insert<T: Ord + Copy>(all: &mut Vec<T>, new: T) {
    if let Err(place) = all.binary_search(&new) {
        all.insert(place, new);
    }
}

/// What the members did from then on, with what goes on, and with the times without a process.
fn spells(history: &GroupHistory, now: Micros, from: Micros) -> Vec<Spell> {
    let mut ended: [Option<Micros>; 256] = [None; 256];
    let mut spells = Vec::new();
    let present = history.present_spells().map(|spell| Spell { until_us: now, ..spell });
    for spell in history.past_spells().copied().chain(present) {
        let before = ended[usize::from(spell.consumer)].replace(spell.until_us);
        if let Some(before) = before.filter(|before| *before < spell.from_us && spell.from_us >= from) {
            spells.push(Spell {
                does: MemberDoes::Gone,
                from_us: before,
                until_us: spell.from_us,
                ..spell
            });
        }
        if spell.until_us >= from {
            spells.push(spell);
        }
    }
    spells
}
