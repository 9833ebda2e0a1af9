//! Who works: a worker of the queue, a consumer of the group, a member of a share group.

use crate::retries::name::Tile;
use partitura_engine::trace::ProcessFault;
use partitura_engine::wire::NodeId;
use partitura_engine::world::ProcessState;

/// How many of them a band shows.
pub const HANDS: usize = 12;

/// One who works.
#[derive(Debug, Clone, PartialEq)]
pub struct Hand {
    /// Which.
    pub node: NodeId,
    /// How it stands.
    pub stands: Stands,
    /// What it has, in a few words.
    pub note: String,
    /// The message that it works on, where that is known, and how often that was delivered.
    pub has: Option<(Tile, u32)>,
}

/// How somebody who works stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It works on a record.
    Busy,
    /// It waits for one.
    Idle,
    /// It stands still, and does not know it.
    Paused,
    /// It does not run.
    Down,
}

impl Stands {
    /// Of a process of that state that has something to do, or has not.
    #[must_use]
    pub fn of(process: ProcessState, busy: bool) -> Self {
        match process {
            ProcessState::Running | ProcessState::ShuttingDown if busy => Stands::Busy,
            ProcessState::Running | ProcessState::ShuttingDown => Stands::Idle,
            ProcessState::Paused => Stands::Paused,
            ProcessState::Stopped | ProcessState::Crashed | ProcessState::DiskLost => Stands::Down,
        }
    }

    /// In a word, which is its class on the page as well.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Stands::Busy => "works",
            Stands::Idle => "waits",
            Stands::Paused => "paused",
            Stands::Down => "down",
        }
    }
}

impl Hand {
    /// What a click does to it: whoever runs is killed, and whoever does not is started.
    #[must_use]
    pub fn fault(&self) -> ProcessFault {
        match self.stands {
            Stands::Down => ProcessFault::Start,
            Stands::Paused => ProcessFault::Resume,
            Stands::Busy | Stands::Idle => ProcessFault::Crash,
        }
    }
}

/// How many of them run, and how many there are.
#[must_use]
pub fn running(hands: &[Hand]) -> (usize, usize) {
    let up = hands.iter().filter(|hand| hand.stands != Stands::Down);
    (up.count(), hands.len())
}
