//! The dead letters that a consumer of the dead-letter topic has in hand, for a person to look at and to send back.
//!
//! What is in hand is not committed: whoever reads the topic after a crash has it in hand again. The group's offset moves
//! over the letters that were sent back, from the first on.

use super::poll::Phase;
use super::processing::InHand;
use super::{Consumer, Role};
use crate::application::Destination;
use crate::log::RetryHeaders;
use crate::node::Ctx;
use crate::trace::{Fact, PauseWhy};
use crate::wire::{Micros, Offset, PartitionId};

/// How long the consumer waits until it looks whether there is room for more.
const FULL_US: Micros = 10_000_000;

/// A dead letter in hand.
#[derive(Debug, Clone, Copy)]
pub struct DeadLetter {
    /// In which partition of the dead-letter topic it is.
    pub partition: PartitionId,
    /// At which offset.
    pub offset: Offset,
    /// The record.
    pub record: crate::log::Record,
    /// What was written beside it.
    pub headers: RetryHeaders,
    /// It is on its way back.
    pub is_leaving: bool,
}

/// The letters in hand, as they came.
#[derive(Debug, Clone, Default)]
pub(super) struct DeadLetters {
    letters: Vec<DeadLetter>,
}

impl DeadLetters {
    /// The most that an application holds.
    const MOST: usize = 1_000;

    fn place(&self, partition: PartitionId, offset: Offset) -> Option<usize> {
        let here = |letter: &DeadLetter| (letter.partition, letter.offset) == (partition, offset);
        self.letters.iter().position(here)
    }
}

impl Consumer {
    /// The dead letters in hand.
    #[must_use]
    pub fn dead_letters(&self) -> &[DeadLetter] {
        &self.application.letters.letters
    }

    /// Takes what is first in hand, all of its run.
    pub(super) fn take_dead_letters(&mut self, ctx: &mut Ctx) {
        let fetcher = &self.fetcher;
        let letters = &mut self.application.letters.letters;
        letters.retain(|letter| fetcher.slot(letter.partition).is_some());
        while let Some(hand) = self.in_hand() {
            if self.application.letters.letters.len() >= DeadLetters::MOST {
                return self.pause_here(&hand, ctx.now() + FULL_US, PauseWhy::Full, ctx);
            }
            self.take_one();
            self.fetcher.owned[hand.slot].processed = hand.offset + 1;
            let Some(headers) = hand.headers else { continue };
            if self.application.letters.place(hand.partition, hand.offset).is_some() {
                continue;
            }
            ctx.record(Fact::DeadLetterTaken {
                partition: hand.partition,
                offset: hand.offset,
                subject: hand.record.subject,
                sequence: hand.record.sequence,
            });
            self.application.letters.letters.push(DeadLetter {
                partition: hand.partition,
                offset: hand.offset,
                record: hand.record,
                headers,
                is_leaving: false,
            });
        }
    }

    /// A person sends dead letters back to the topic: the one at that place of the dead-letter topic, or all. They begin
    /// anew there, and their headers say how often.
    pub(super) fn redrive(&mut self, only: Option<(u16, Offset)>, ctx: &mut Ctx) {
        if self.config.role != Role::DeadLetter {
            return;
        }
        let wanted = |letter: &DeadLetter| {
            !letter.is_leaving && only.is_none_or(|at| at == (letter.partition.index, letter.offset))
        };
        for place in 0..self.application.letters.letters.len() {
            let letter = self.application.letters.letters[place];
            // Those of a partition that it has lost are somebody else's.
            let Some(slot) = self.fetcher.slot(letter.partition).filter(|_| wanted(&letter)) else {
                continue;
            };
            self.application.letters.letters[place].is_leaving = true;
            let hand = InHand {
                slot,
                partition: letter.partition,
                offset: letter.offset,
                record: letter.record,
                sent_us: letter.headers.sent_us,
                headers: Some(letter.headers),
            };
            let headers = RetryHeaders {
                attempt: 0,
                due_us: ctx.now(),
                redrives: letter.headers.redrives + 1,
                ..letter.headers
            };
            self.hand_to_relay(&hand, Destination::Main, headers, ctx);
        }
    }

    /// A dead letter is back in its topic.
    pub(super) fn redriven(&mut self, partition: PartitionId, offset: Offset, now: Micros) {
        if let Some(place) = self.application.letters.place(partition, offset) {
            self.application.letters.letters.remove(place);
        }
        self.commit_redriven(now);
    }

    /// Commits up to the first dead letter that is still in hand, in every partition.
    fn commit_redriven(&mut self, now: Micros) {
        if self.application.phase != Phase::Polling {
            return;
        }
        let letters = &self.application.letters.letters;
        let reached = self.fetcher.owned.iter().filter_map(|owned| {
            let in_hand = letters.iter().filter(|letter| letter.partition == owned.id);
            let first = in_hand.map(|letter| letter.offset).min();
            let reached = first.unwrap_or(owned.processed);
            (reached > owned.committed.unwrap_or(0)).then_some((owned.id, reached))
        });
        self.application.commit = reached.collect();
        if !self.application.commit.is_empty() {
            self.application.phase = Phase::Committing;
            self.application.polled_at = now;
        }
    }
}
