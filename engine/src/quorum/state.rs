//! The states of a voter, with what each has in memory (`QuorumState` and its `EpochState`s).

use crate::short_sort::{sort_short_by, sort_short_by_key};
use crate::trace::EventId;
use crate::wire::{Micros, Offset, QuorumRole};
use std::cmp::Reverse;

#[derive(Debug, Clone)]
pub(super) enum State {
    /// Knows no leader of its epoch.
    Unattached { deadline_us: Micros },
    /// Fetches from the leader.
    Follower(Following),
    /// Asks whether it would be elected (KIP-996).
    Prospective { deadline_us: Micros, votes: Votes },
    /// Asks for votes in an epoch of its own.
    Candidate { deadline_us: Micros, votes: Votes },
    /// Leads.
    Leader(Leading),
    /// Has led this epoch, and does not any more.
    Resigned {
        deadline_us: Micros,
        /// Those who have not acknowledged the end of the epoch, the one with the longest log first.
        untold: Vec<u8>,
        /// All of them, in that order.
        successors: Vec<u8>,
    },
}

impl State {
    pub(super) fn role(&self) -> QuorumRole {
        match self {
            State::Unattached { .. } => QuorumRole::Unattached,
            State::Follower(_) => QuorumRole::Follower,
            State::Prospective { .. } => QuorumRole::Prospective,
            State::Candidate { .. } => QuorumRole::Candidate,
            State::Leader(_) => QuorumRole::Leader,
            State::Resigned { .. } => QuorumRole::Resigned,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Following {
    pub(super) leader: u8,
    /// `controller.quorum.fetch.timeout.ms` after the last fetch that was answered.
    pub(super) deadline_us: Micros,
    /// Has heard from the leader: it has no reason to want another one (`FollowerState.hasFetchedFromLeader`).
    pub(super) has_fetched: bool,
    /// What it waits for, or why that will not come.
    pub(super) waits_for: EventId,
}

/// Who has answered what (`EpochElection`). Voters are numbered from 1 to 8 at most.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Votes {
    granted: u8,
    refused: u8,
}

impl Votes {
    pub(super) fn of(me: u8) -> Self {
        let mut votes = Self::default();
        votes.record(me, true);
        votes
    }

    pub(super) fn record(&mut self, voter: u8, granted: bool) {
        let bit = 1u8.checked_shl(u32::from(voter.saturating_sub(1))).unwrap_or(0);
        if granted {
            self.granted |= bit;
        } else {
            self.refused |= bit;
        }
    }

    pub(super) fn has_answered(self, voter: u8) -> bool {
        let bit = 1u8.checked_shl(u32::from(voter.saturating_sub(1))).unwrap_or(0);
        (self.granted | self.refused) & bit != 0
    }

    pub(super) fn is_won(self, voters: u8) -> bool {
        self.granted.count_ones() >= u32::from(majority(voters))
    }

    /// Those who have not refused are no majority.
    pub(super) fn is_lost(self, voters: u8) -> bool {
        u32::from(voters).saturating_sub(self.refused.count_ones()) < u32::from(majority(voters))
    }
}

/// How many of so many voters decide.
pub(super) fn majority(voters: u8) -> u8 {
    voters / 2 + 1
}

/// A leader's knowledge of those who follow (`LeaderState`).
#[derive(Debug, Clone)]
pub(super) struct Leading {
    /// The offset of its `LeaderChange` record, the first of the epoch.
    pub(super) epoch_start: Offset,
    pub(super) followers: Vec<Progress>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    pub(super) voter: u8,
    /// It has all before this; `None` before its first fetch in this epoch.
    pub(super) log_end: Option<Offset>,
    /// When it last fetched; the beginning of the epoch before that.
    pub(super) heard_us: Micros,
    /// That fetch.
    pub(super) heard: EventId,
    /// When to tell it (again) who leads.
    pub(super) tell_us: Micros,
}

impl Leading {
    /// The smallest offset that a majority of the voters has, the leader included (`LeaderState.maybeUpdateHighWatermark`).
    pub(super) fn majority_end(&self, own_end: Offset, voters: u8) -> Offset {
        let others = self.followers.iter().map(|follower| follower.log_end.unwrap_or(0));
        let mut ends: Vec<Offset> = others.chain([own_end]).collect();
        sort_short_by(&mut ends, |a, b| b.cmp(a));
        ends.get(usize::from(majority(voters)) - 1).copied().unwrap_or(0)
    }

    /// The last of the fetches that make a majority with the leader itself, when and which; `None` when it is one alone.
    pub(super) fn majority_heard(&self, voters: u8) -> Option<(Micros, EventId)> {
        let others = usize::from(majority(voters)) - 1;
        let mut heard: Vec<(Micros, EventId)> = self.followers.iter().map(|f| (f.heard_us, f.heard)).collect();
        sort_short_by(&mut heard, |a, b| b.cmp(a));
        heard.get(others.checked_sub(1)?).copied()
    }

    /// The followers, the one with the longest log first (`LeaderState.nonLeaderVotersByDescendingFetchOffset`).
    pub(super) fn successors(&self) -> Vec<u8> {
        let mut followers: Vec<&Progress> = self.followers.iter().collect();
        sort_short_by_key(&mut followers, |follower| (Reverse(follower.log_end), follower.voter));
        followers.into_iter().map(|follower| follower.voter).collect()
    }
}
