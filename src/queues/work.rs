//! The band of the plain work queue.

use super::hand::{Hand, Stands};
use crate::retries::name::{Tile, seconds};
use crate::stage::Palette;
use crate::ui::format::counted;
use partitura_engine::wire::{Micros, WorkItem};
use partitura_engine::work_queue::WorkerState;
use partitura_engine::world::{QueueView, QueuedView, World};

/// The queue at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkBand {
    /// Those that come next, in the order in which they lie.
    pub next: Vec<Queued>,
    /// How many wait.
    pub ready: u64,
    /// Those that workers have, the one that is seen again first in front.
    pub held: Vec<Held>,
    /// How many workers have.
    pub in_flight: u64,
    /// The last dead letters, the newest first.
    pub dead: Vec<Queued>,
    /// How many there are.
    pub dead_all: u64,
    /// Dead letters can come to be: `queue.max.receives` says after how many deliveries.
    pub max_receives: u32,
    /// Acknowledged, and gone.
    pub deleted: u64,
    /// Came back because nobody acknowledged them in time.
    pub reappeared: u64,
    /// `queue.visibility.timeout.ms`.
    pub timeout_us: Micros,
    /// The age of the oldest that is not done; 0 when all is.
    pub oldest_us: Micros,
    /// The workers.
    pub hands: Vec<Hand>,
}

/// A message that nobody has.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// The record.
    pub tile: Tile,
    /// How often it was delivered.
    pub receives: u32,
}

/// A message that a worker has.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The message; this delivery is counted in it.
    pub message: Queued,
    /// Who has it.
    pub worker: u8,
    /// How long until it is seen again.
    pub left_us: Micros,
    /// That is so many hundredths of the visibility timeout.
    pub left_percent: u64,
    /// Its worker is dead, or began anew and knows nothing of it: only the timeout brings it back.
    pub stuck: bool,
}

/// How many messages of each kind are shown.
pub const CELLS: usize = 24;

impl WorkBand {
    /// The queue as it is; `None` when the run has none.
    #[must_use]
    pub fn of(world: &World, palette: &Palette) -> Option<Self> {
        let queue = world.work_queue()?;
        let config = &world.setup().work_queue;
        let queued = |message: &QueuedView| Queued {
            tile: tile(palette, &message.item),
            receives: message.receives,
        };
        let timeout_us = config.visibility_timeout_us;
        let held = queue.held.iter().enumerate().filter_map(|(place, message)| {
            let (worker, visible_us) = message.held?;
            let left_us = visible_us.saturating_sub(world.now());
            Some(Held {
                message: queued(message),
                worker,
                left_us,
                left_percent: left_us * 100 / timeout_us.max(1),
                stuck: is_stuck(&queue, worker, place),
            })
        });
        let open = queue.next.iter().chain(&queue.held);
        let oldest = open.map(|message| message.item.sent_us).min();
        Some(Self {
            next: queue.next.iter().take(CELLS).map(queued).collect(),
            ready: queue.ready,
            held: held.take(CELLS).collect(),
            in_flight: queue.in_flight,
            dead: queue.dead.iter().take(CELLS).map(queued).collect(),
            dead_all: queue.counts.dead,
            max_receives: config.max_receives,
            deleted: queue.counts.deleted,
            reappeared: queue.counts.reappeared,
            timeout_us,
            oldest_us: oldest.map_or(0, |sent_us| world.now().saturating_sub(sent_us)),
            hands: hands(&queue, palette),
        })
    }

    /// Messages that only the timeout brings back, and how long the last of them takes.
    #[must_use]
    pub fn stuck(&self) -> (usize, Micros) {
        let stuck = || self.held.iter().filter(|held| held.stuck);
        (stuck().count(), stuck().map(|held| held.left_us).max().unwrap_or(0))
    }
}

fn tile(palette: &Palette, item: &WorkItem) -> Tile {
    Tile::of(palette, item.subject, item.sequence)
}

/// A worker has at most one message, the one that it was given last.
fn is_stuck(queue: &QueueView, worker: u8, place: usize) -> bool {
    let state = queue.workers.iter().find(|view| view.node.number() == worker);
    let is_down = state.is_none_or(|view| view.state == WorkerState::Down);
    let mut later = queue.held.iter().skip(place + 1);
    is_down || later.any(|other| other.held.is_some_and(|(other, _)| other == worker))
}

fn hands(queue: &QueueView, palette: &Palette) -> Vec<Hand> {
    let hand = |worker: &partitura_engine::world::WorkerView| {
        let works_on = worker.works_on;
        let receives = |item: &WorkItem| {
            let held = queue.held.iter().rev().find(|held| held.item == *item);
            held.map_or(1, |held| held.receives)
        };
        Hand {
            node: worker.node,
            stands: match worker.state {
                WorkerState::Down => Stands::Down,
                WorkerState::Idle => Stands::Idle,
                WorkerState::Working => Stands::Busy,
            },
            note: String::new(),
            has: works_on.map(|item| (tile(palette, &item), receives(&item))),
        }
    };
    queue.workers.iter().map(hand).collect()
}

impl Held {
    /// For those who hear the page, and for the tooltip.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = self.message.words();
        words.push_str(", worker ");
        words.push_str(&self.worker.to_string());
        words.push_str(if self.stuck {
            " is gone: seen again in "
        } else {
            " has it for "
        });
        words.push_str(&seconds(self.left_us));
        words
    }
}

impl Queued {
    /// Which record, and how often it was delivered.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = self.tile.name.words();
        if self.receives > 0 {
            words.push_str(", delivered ");
            words.push_str(&counted(self.receives.into(), "time"));
        }
        words
    }
}
