//! The flow as data: a column for each topic, from left to right, and what has gone from one to the next. Pure: a test can
//! ask what waits where without a browser.

use super::name::{Tile, delay, seconds};
use super::standing::unread;
use super::tally::{Tally, Ways};
use crate::session::Session;
use crate::stage::Palette;
use crate::ui::format::{counted, grouped};
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::wire::{Micros, PartitionId, TopicId};
use partitura_engine::world::{FailedView, RetriesView, View};

/// What the column is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The topic.
    Main,
    /// The retry topic of that number, from 1.
    Tier(u8),
    /// The dead-letter topic.
    DeadLetters,
}

/// One topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Which.
    pub of: Of,
    /// Its name.
    pub topic: String,
    /// What is done there, in a few words.
    pub about: String,
    /// What has come from the column before.
    pub arrow: Option<Arrow>,
    /// Records that wait there; for the topic itself, what the group has not processed yet.
    pub waiting: u64,
    /// The first of them, by the time when they are due.
    pub cells: Vec<Waiting>,
    /// The head, how long ago the oldest has failed, and which partitions are paused.
    pub facts: Vec<(String, String)>,
    /// What became of those that do not wait any more.
    pub ends: Vec<End>,
}

/// Records on their way from one column to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrow {
    /// Sent on after a failure.
    pub failed: u64,
    /// What that is called.
    pub words: &'static str,
    /// Sent on because an earlier record of their key was.
    pub followed: u64,
}

/// A record that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its name, letter and colour.
    pub tile: Tile,
    /// Where it is, and when it is due, in words.
    pub words: String,
    /// Its time has come.
    pub is_due: bool,
}

/// A way out of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// A short word, for tests.
    pub id: &'static str,
    /// What has become of them.
    pub words: &'static str,
    /// How many.
    pub count: u64,
    /// As it should be.
    pub is_good: bool,
}

/// So many cells of a column are shown.
pub const CELLS: usize = 20;

struct Look<'a> {
    session: &'a Session,
    view: &'a View,
    palette: &'a Palette,
    retries: &'a RetriesView,
    tally: &'a Tally,
}

/// The columns of that moment.
#[must_use]
pub fn columns(session: &Session, view: &View, palette: &Palette, retries: &RetriesView) -> Vec<Column> {
    let tally = &session.account().retries;
    let look = Look {
        session,
        view,
        palette,
        retries,
        tally,
    };
    let mut columns = vec![look.main()];
    for place in 0..retries.tiers.len() {
        columns.push(look.tier(place));
    }
    if session.world().setup().consumer.application.has_dead_letters() {
        columns.push(look.dead_letters());
    }
    columns
}

/// The topic of that name.
fn topic_named(session: &Session, name: &str) -> Option<TopicId> {
    let topics = session.world().names().topics;
    let place = topics.iter().position(|topic| **topic == *name)?;
    u16::try_from(place).ok().map(TopicId)
}

impl Look<'_> {
    fn now(&self) -> Micros {
        self.session.now()
    }

    fn ways(&self, topic: &str) -> Ways {
        topic_named(self.session, topic).map_or_else(Ways::default, |topic| self.tally.ways(topic))
    }

    fn main_topic(&self) -> &str {
        &self.session.world().setup().topic.name
    }

    fn main(&self) -> Column {
        let ways = self.ways(self.main_topic());
        let lag = self
            .view
            .partitions
            .iter()
            .map(|partition| unread(self.view, partition.index))
            .sum();
        Column {
            of: Of::Main,
            topic: self.main_topic().to_owned(),
            about: "the first attempt".to_owned(),
            arrow: None,
            waiting: lag,
            cells: Vec::new(),
            facts: self.main_facts(&ways, lag),
            ends: ends(&ways),
        }
    }

    fn main_facts(&self, ways: &Ways, waiting: u64) -> Vec<(String, String)> {
        let group = &self.session.world().setup().consumer.group;
        let parts = self.view.groups.iter().find(|view| *view.id == **group);
        let parts = parts.iter().flat_map(|view| &view.partitions);
        let oldest = match parts.map(|part| part.lag_us).max().filter(|_| waiting > 0) {
            None | Some(0) => "–".to_owned(),
            Some(us) => seconds(us),
        };
        vec![
            ("oldest".to_owned(), oldest),
            ("failed".to_owned(), grouped(ways.failed)),
        ]
    }

    /// How long ago the first of them has failed.
    fn oldest(&self, failed: &[&FailedView]) -> Option<(String, String)> {
        let first_us = failed.iter().map(|failed| failed.headers.first_failed_us).min()?;
        Some(("oldest".to_owned(), seconds(self.now().saturating_sub(first_us))))
    }

    fn tier(&self, place: usize) -> Column {
        let tier = &self.retries.tiers[place];
        let before = match place.checked_sub(1) {
            None => self.ways(self.main_topic()),
            Some(before) => self.ways(&self.retries.tiers[before].topic),
        };
        let arrow = Arrow {
            failed: before.sent_on,
            words: if place == 0 { "failed" } else { "failed again" },
            followed: before.followed,
        };
        let mut waiting: Vec<&FailedView> = tier.first.iter().collect();
        sort_short_by_key(&mut waiting, |failed| (failed.headers.due_us, failed.partition));
        let mut facts = Vec::new();
        if let Some(head) = waiting.first() {
            facts.push(("head".to_owned(), self.due(head.headers.due_us)));
        }
        facts.extend(self.oldest(&waiting));
        facts.extend(self.pauses(&tier.topic));
        Column {
            of: Of::Tier(tier.tier),
            topic: tier.topic.clone(),
            about: format!("attempt {}, after {}", u32::from(tier.tier) + 1, delay(tier.delay_us)),
            arrow: Some(arrow),
            waiting: tier.waiting,
            cells: waiting.iter().take(CELLS).map(|failed| self.cell(failed)).collect(),
            facts,
            ends: ends(&self.ways(&tier.topic)),
        }
    }

    fn dead_letters(&self) -> Column {
        let columns = self.retries.tiers.iter().map(|tier| self.ways(&tier.topic).dead);
        let dead = self.ways(self.main_topic()).dead + columns.sum::<u64>();
        let topic = format!("{}-dlq", self.main_topic());
        let back = self.ways(&topic).redriven;
        let letters: Vec<&FailedView> = self.retries.dead_letters.iter().collect();
        Column {
            of: Of::DeadLetters,
            topic,
            about: "for people".to_owned(),
            arrow: Some(Arrow {
                failed: dead,
                words: "given up",
                followed: 0,
            }),
            waiting: self.retries.dead,
            cells: letters.iter().take(CELLS).map(|failed| self.cell(failed)).collect(),
            facts: self.oldest(&letters).into_iter().collect(),
            ends: vec![End {
                id: "redriven",
                words: "sent back",
                count: back,
                is_good: true,
            }],
        }
    }

    /// The partitions of that topic that its consumers have paused. The first to go on says the most.
    fn pauses(&self, topic: &str) -> Vec<(String, String)> {
        let Some(topic) = topic_named(self.session, topic) else {
            return Vec::new();
        };
        let indexes = self.view.partitions.iter().map(|partition| partition.index);
        let paused = indexes.filter_map(|index| {
            let until = self.tally.paused_until(PartitionId { topic, index }, self.now())?;
            Some((until, index))
        });
        let mut paused: Vec<(Micros, u16)> = paused.collect();
        sort_short_by_key(&mut paused, |paused| *paused);
        let shown = paused.iter().take(3).map(|(until, index)| {
            let left = seconds(until.saturating_sub(self.now()));
            (format!("P{index}"), format!("paused {left}"))
        });
        let mut shown: Vec<(String, String)> = shown.collect();
        if paused.len() > 3 {
            shown.push((String::new(), counted(paused.len() as u64 - 3, "more partition")));
        }
        shown
    }

    fn due(&self, due_us: Micros) -> String {
        match due_us.checked_sub(self.now()) {
            None | Some(0) => "due now".to_owned(),
            Some(left) => format!("due in {}", seconds(left)),
        }
    }

    fn cell(&self, failed: &FailedView) -> Waiting {
        let tile = Tile::of(self.palette, failed.subject, failed.sequence);
        let is_dead = self
            .retries
            .dead_letters
            .iter()
            .any(|letter| std::ptr::eq(letter, failed));
        let state = if failed.is_leaving {
            "on its way back".to_owned()
        } else if is_dead {
            counted(failed.headers.attempt.into(), "attempt")
        } else {
            self.due(failed.headers.due_us)
        };
        Waiting {
            words: format!(
                "{}, P{} @ {}, {state}",
                tile.name.words(),
                failed.partition,
                failed.offset
            ),
            is_due: failed.is_leaving || (!is_dead && failed.headers.due_us <= self.now()),
            tile,
        }
    }
}

fn ends(ways: &Ways) -> Vec<End> {
    let end = |id, words, count, is_good| End {
        id,
        words,
        count,
        is_good,
    };
    let mut ends = vec![end("processed", "processed", ways.processed, true)];
    if ways.skipped > 0 {
        ends.push(end("skipped", "passed over", ways.skipped, false));
    }
    ends
}
