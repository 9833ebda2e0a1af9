//! Rows that cannot be counted, and why.

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum BadKind {
    /// It has bytes that are not UTF-8.
    NotUtf8,
    /// The line is not JSON.
    NotJson,
    /// It has no such column, or no weight or time where there should be one.
    MissingField,
    /// The key is a JSON object or list.
    NotAKey,
    /// The key is longer than a scenario can hold.
    KeyTooLong,
    /// The weight is not a number from 0 to 10¹².
    BadWeight,
    /// The time is neither seconds, milliseconds or microseconds since 1970, nor RFC 3339.
    BadTimestamp,
    /// A quote is opened and not closed. The next row begins on the next line.
    UnfinishedQuote,
    /// The row is longer than 1 MB.
    RowTooLong,
    /// There were too many different keys before it.
    TooManyKeys,
}

impl BadKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::NotUtf8,
        Self::NotJson,
        Self::MissingField,
        Self::NotAKey,
        Self::KeyTooLong,
        Self::BadWeight,
        Self::BadTimestamp,
        Self::UnfinishedQuote,
        Self::RowTooLong,
        Self::TooManyKeys,
    ];

    /// The reason, for a person to read.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotUtf8 => "is not UTF-8 text",
            Self::NotJson => "is not a line of JSON",
            Self::MissingField => "has no such field",
            Self::NotAKey => "has an object or a list as key",
            Self::KeyTooLong => "has a key of more than 256 bytes",
            Self::BadWeight => "has no number from 0 to 10^12 as weight",
            Self::BadTimestamp => "has no time that can be read",
            Self::UnfinishedQuote => "opens a quote that is never closed",
            Self::RowTooLong => "is longer than 1 MB",
            Self::TooManyKeys => "has a new key after the most that are kept",
        }
    }
}

/// One bad row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BadRow {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub kind: BadKind,
    /// Its beginning, on one line; bytes that are not text are shown as �.
    pub excerpt: String,
}

/// The most bad rows that are shown.
pub const MAX_SHOWN: usize = 20;

/// How many characters of a bad row are shown.
const EXCERPT_CHARS: usize = 80;

/// All bad rows by kind, and the first of them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct BadRows {
    counts: [u64; BadKind::ALL.len()],
    shown: Vec<BadRow>,
}

impl BadRows {
    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many of one kind there are.
    #[must_use]
    pub fn count(&self, kind: BadKind) -> u64 {
        self.counts[kind as usize]
    }

    /// The kinds that there are, with their counts.
    pub fn kinds(&self) -> impl Iterator<Item = (BadKind, u64)> + '_ {
        let all = BadKind::ALL.into_iter().map(|kind| (kind, self.count(kind)));
        all.filter(|(_, count)| *count > 0)
    }

    /// The first ones, at most [`MAX_SHOWN`].
    #[must_use]
    pub fn shown(&self) -> &[BadRow] {
        &self.shown
    }

    pub(super) fn add(&mut self, line: u64, kind: BadKind, row: &[u8]) {
        self.counts[kind as usize] += 1;
        if self.shown.len() < MAX_SHOWN {
            let excerpt = excerpt(row);
            self.shown.push(BadRow { line, kind, excerpt });
        }
    }
}

/// The start of a row on one line.
fn excerpt(row: &[u8]) -> String {
    // A character is at most four bytes, so these are enough for one more than is shown.
    let start = String::from_utf8_lossy(&row[..row.len().min(4 * EXCERPT_CHARS + 4)]);
    let mut shown: String = start.trim_end().chars().take(EXCERPT_CHARS).collect();
    if start.trim_end().chars().nth(EXCERPT_CHARS).is_some() {
        shown.push('…');
    }
    shown.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_numbered_as_they_are_listed() {
        for (place, kind) in BadKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
        }
    }

    #[test]
    fn excerpts_are_short_and_on_one_line() {
        assert_eq!(excerpt(b"a\tb\nc\xff\r\n"), "a b c\u{fffd}");
        assert_eq!(excerpt("ä".repeat(80).as_bytes()).chars().count(), 80);
        assert_eq!(excerpt("ä".repeat(5000).as_bytes()).chars().count(), 81);
    }

    #[test]
    fn all_are_counted_and_the_first_are_shown() {
        let mut bad = BadRows::default();
        for line in 1..=100 {
            bad.add(line, BadKind::BadWeight, b"a,x");
        }
        assert_eq!(
            (bad.total(), bad.shown().len(), bad.shown()[19].line),
            (100, MAX_SHOWN, 20)
        );
        assert_eq!(bad.kinds().collect::<Vec<_>>(), [(BadKind::BadWeight, 100)]);
    }
}
