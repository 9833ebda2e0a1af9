//! What the application's work comes to: effects, each of a record that is known by its subject and its sequence.

use crate::log::KeyId;

/// The sink that a group's application writes to.
///
/// Whether an effect has happened is counted by a record's identity, not by its place in a log: the same record from a
/// retry topic, or twice in the log, is the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sink {
    /// By subject, one bit for each sequence.
    seen: Vec<Vec<u64>>,
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
    /// The effect of a record. A million times a run: it sets a bit.
    #[inline]
    pub fn apply(&mut self, subject: KeyId, sequence: u32, dedup: bool) {
        let (index, word, bit) = place(subject, sequence);
        if index >= self.seen.len() {
            self.seen.resize_with(index + 1, Vec::new);
        }
        let words = &mut self.seen[index];
        if word >= words.len() {
            words.resize(word + 1, 0);
        }
        let known = words[word] & bit != 0;
        words[word] |= bit;
        let figures = &mut self.figures;
        match (known, dedup) {
            (false, _) => figures.applied += 1,
            (true, false) => figures.repeated += 1,
            (true, true) => figures.ignored += 1,
        }
    }

    /// Whether the record has had its effect.
    #[must_use]
    pub fn has(&self, subject: KeyId, sequence: u32) -> bool {
        let (index, word, bit) = place(subject, sequence);
        let words = self.seen.get(index);
        words
            .and_then(|words| words.get(word))
            .is_some_and(|word| word & bit != 0)
    }

    /// What it has counted.
    #[must_use]
    pub fn figures(&self) -> SinkFigures {
        self.figures
    }
}

fn place(subject: KeyId, sequence: u32) -> (usize, usize, u64) {
    (subject.index(), sequence as usize / 64, 1 << (sequence % 64))
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
}
