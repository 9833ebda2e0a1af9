//! What is wrong in a file, and where.

use std::fmt;
use std::ops::Range;

/// Something wrong in a scenario or glossary file. Displays as `12:8: partitions must be 1 to 64, not 0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// The line, from 1.
    pub line: usize,
    /// The character in it, from 1.
    pub column: usize,
    /// What is wrong, and where possible what would be right.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ScenarioError {}

/// What reading a part of a file gives. The error behind a pointer: it is rare, and there are many results to carry.
pub(super) type Reading<T> = Result<T, Box<ScenarioError>>;

/// A place in a file, for messages that can only be made later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character in it, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Place {
    /// Where that byte of `text` is.
    #[must_use]
    pub(super) fn of(text: &str, byte: usize) -> Self {
        let before = &text[..text.floor_char_boundary(byte.min(text.len()))];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    #[cold]
    pub(super) fn error(self, message: String) -> Box<ScenarioError> {
        let Self { line, column } = self;
        Box::new(ScenarioError { line, column, message })
    }
}

/// An error at the start of that span of `text`.
#[cold]
pub(super) fn error_at(text: &str, span: &Range<usize>, message: String) -> Box<ScenarioError> {
    Place::of(text, span.start).error(message)
}

/// `; did you mean partitions?`, if one of `known` is near enough to `wrong`.
#[must_use]
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(wrong, &mut known.into_iter()) {
        Some(name) => format!("; did you mean {name}?"),
        None => String::new(),
    }
}

/// The name that `wrong` was most likely meant to be.
#[cold]
fn nearest<'a>(wrong: &str, known: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let wrong = wrong.to_ascii_lowercase();
    let length = wrong.chars().count();
    if length > LONGEST {
        return None;
    }
    let with_distance = known.map(|name| (distance(&wrong, &name.to_ascii_lowercase()), name));
    let (distance, name) = with_distance.min_by_key(|(distance, _)| *distance)?;
    // Any word of one letter is one edit away from any other.
    (distance <= 1 + length / 4 && distance < length).then_some(name)
}

/// Edits between two words: a letter more, less or other, or two neighbours swapped.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut left = None;
    for (i, c) in a.chars().enumerate() {
        let mut row = vec![i + 1];
        for (j, d) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(c != *d)).min(last[j + 1] + 1).min(row[j] + 1);
            if j > 0 && left == Some(*d) && b[j - 1] == c {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
        left = Some(c);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let text = "é = 1\nfoo = [\n  7,\n]";
        assert_eq!(Place::of(text, 0), Place { line: 1, column: 1 });
        assert_eq!(
            Place::of(text, 3),
            Place { line: 1, column: 3 },
            "é is two bytes and one character"
        );
        assert_eq!(Place::of(text, text.find('7').unwrap()), Place { line: 3, column: 3 });
        assert_eq!(Place::of(text, 999).line, 4);
    }

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let known = ["partitions", "brokers", "acks"];
        assert_eq!(nearest("partitons", &mut known.into_iter()), Some("partitions"));
        assert_eq!(nearest("Borkers", &mut known.into_iter()), Some("brokers"));
        assert_eq!(nearest("ack", &mut known.into_iter()), Some("acks"));
        assert_eq!(nearest("colour", &mut known.into_iter()), None);
        assert_eq!(nearest("d", &mut ["a", "b"].into_iter()), None);
        assert_eq!(nearest(&"x".repeat(10_000), &mut known.into_iter()), None);
    }
}
