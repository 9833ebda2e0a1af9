//! What the application's work comes to: effects, each of a record that is known by its subject and its sequence.

use crate::log::KeyId;
use crate::trace::Intervals;

/// The sink that a group's application writes to.
///
/// Whether an effect has happened is counted by a record's identity, not by its place in a log: the same record from a
/// retry topic, or twice in the log, is the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sink {
    /// By subject: all of its records up to this number have had their effects.
    up_to: Vec<u32>,
    /// By subject: further ones, which came before those in front of them. Empty as long as none has.
    above: Vec<Intervals>,
    figures: SinkFigures,
}

/// What a sink has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SinkFigures {
    /// Effects that have happened for the first time.
    pub applied: u64,
    /// Effects that have happened again, because a record was processed again and the sink does not know records.
    pub repeated: u64,
    /// Effects that would have happened again, but the sink knew the record (`sink.dedup`).
    pub ignored: u64,
}

impl Sink {
    /// The effect of a record. A million times a run: a subject's records mostly come in order, and then it counts on.
    #[inline]
    pub fn apply(&mut self, subject: KeyId, sequence: u32, dedup: bool) {
        let index = subject.index();
        if index >= self.up_to.len() {
            self.up_to.resize(index + 1, 0);
        }
        let up_to = &mut self.up_to[index];
        let is_new = if sequence.wrapping_sub(*up_to) == 1 && self.above.is_empty() {
            *up_to = sequence;
            true
        } else {
            self.add(index, sequence)
        };
        let figures = &mut self.figures;
        match (is_new, dedup) {
            (true, _) => figures.applied += 1,
            (false, false) => figures.repeated += 1,
            (false, true) => figures.ignored += 1,
        }
    }

    /// Notes a record that is not simply the next one. Answers whether it is new.
    #[cold]
    fn add(&mut self, index: usize, sequence: u32) -> bool {
        if sequence <= self.up_to[index] {
            return false;
        }
        if index >= self.above.len() {
            self.above.resize_with(index + 1, Intervals::default);
        }
        let above = &mut self.above[index];
        if sequence == self.up_to[index] + 1 {
            self.up_to[index] = sequence;
            return !above.contains(sequence);
        }
        above.add(sequence..sequence.saturating_add(1)) > 0
    }

    /// Whether the record has had its effect.
    #[must_use]
    pub fn has(&self, subject: KeyId, sequence: u32) -> bool {
        let up_to = self.up_to.get(subject.index());
        let above = self.above.get(subject.index());
        up_to.is_some_and(|up_to| sequence <= *up_to) || above.is_some_and(|above| above.contains(sequence))
    }

    /// What it has counted.
    #[must_use]
    pub fn figures(&self) -> SinkFigures {
        self.figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Dictionary;

    #[test]
    fn an_effect_counts_once_and_what_comes_again_is_told_apart() {
        let goal = Dictionary::default().key("goal").unwrap();
        let mut sink = Sink::default();
        for (sequence, dedup) in [(1, false), (64, false), (1, false), (64, true)] {
            sink.apply(goal, sequence, dedup);
        }
        let expected = SinkFigures {
            applied: 2,
            repeated: 1,
            ignored: 1,
        };
        assert_eq!(sink.figures(), expected);
        assert!(sink.has(goal, 64) && !sink.has(goal, 2) && !sink.has(goal, 1000));
    }

    #[test]
    fn a_record_that_came_early_is_known_when_those_in_front_of_it_have_come() {
        let mut dictionary = Dictionary::default();
        let (goal, card) = (dictionary.key("goal").unwrap(), dictionary.key("card").unwrap());
        let mut sink = Sink::default();
        for sequence in [1, 3, 2, 3, 4, 5, 3, 4] {
            sink.apply(goal, sequence, true);
        }
        sink.apply(card, 1, true);
        assert_eq!((sink.figures().applied, sink.figures().ignored), (6, 3));
        assert!(sink.has(goal, 3) && sink.has(goal, 5) && !sink.has(goal, 6));
        assert!(sink.has(card, 1) && !sink.has(card, 2));
    }
}
