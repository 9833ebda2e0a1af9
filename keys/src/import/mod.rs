//! Reads keys from a file, in chunks of any size.

mod bad;
mod collect;
mod delimited;
mod json;
mod lines;
mod number;
mod row;
mod timestamp;

pub use bad::{BadKind, BadRow, BadRows, MAX_SHOWN};
pub use collect::{MAX_ARENA_BYTES, MAX_DISTINCT_KEYS};
pub(crate) use delimited::sample_rows;
pub(crate) use json::fields as json_fields;
pub(crate) use number::parse_weight;
pub(crate) use timestamp::parse_timestamp;

use crate::keys::{Keys, Tally};
use crate::layout::{Format, Layout};
use collect::Collector;
use delimited::Delimited;
use lines::Lines;

/// The longest row, in bytes. A quote that is still open after so many was not meant as one.
pub const MAX_ROW_BYTES: usize = 1 << 20;

/// UTF-8's byte order mark, which some programs put at the start of a file.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// Bytes taken.
    pub bytes: u64,
    /// Rows read, bad ones included.
    pub rows: u64,
    /// Bad rows.
    pub bad: u64,
    /// Distinct keys.
    pub keys: usize,
}

/// When the first and the last row are, in µs since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimeSpan {
    /// The earliest timestamp.
    pub first_us: u64,
    /// The latest one.
    pub last_us: u64,
}

/// What an import brought.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The keys.
    pub keys: Keys,
    /// Rows without a key: JSON's null, or a JSON object that has no such field. (An empty field is the empty key.)
    pub without_key: Tally,
    /// All rows: those of the keys, those without, and the bad ones. The names of the columns are no row.
    pub rows: u64,
    /// Rows that count nowhere, and why.
    pub bad: BadRows,
    /// Lines with nothing in them; they are no rows.
    pub blank_lines: u64,
    /// From when to when the rows are, if the layout has a timestamp.
    pub times: Option<TimeSpan>,
    /// Bytes read.
    pub bytes: u64,
}

impl Import {
    /// Rows that are not bad.
    #[must_use]
    pub fn good_rows(&self) -> u64 {
        self.keys.total().rows + self.without_key.rows
    }

    /// Rows a second between the first timestamp and the last; at least 1. `None` without timestamps, or when all are the
    /// same.
    #[must_use]
    pub fn rows_per_s(&self) -> Option<u64> {
        let TimeSpan { first_us, last_us } = self.times?;
        let per_s = (u128::from(self.good_rows()) * 1_000_000).checked_div(u128::from(last_us - first_us))?;
        Some((per_s as u64).max(1))
    }
}

/// Takes a file in chunks, and counts its keys.
///
/// The chunks may be cut anywhere; how they are cut changes nothing in the result. Some 64 KB at a time are a few
/// milliseconds. What can grow is bounded: distinct keys and their bytes, the row at hand, and the bad rows shown.
#[derive(Debug)]
pub struct Importer {
    buffer: Vec<u8>,
    /// Whether the file's first bytes have been looked at for a byte order mark.
    begun: bool,
    bytes: u64,
    reader: Reader,
    collector: Collector,
}

#[derive(Debug)]
enum Reader {
    Lines(Lines),
    Delimited(Box<Delimited>),
}

impl Importer {
    /// An import of a file with this layout.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        let reader = match layout.format {
            Format::Delimited(separator) => Reader::Delimited(Box::new(Delimited::new(separator, layout.has_header))),
            Format::List => Reader::Lines(Lines::new(layout.has_header)),
            Format::JsonLines => Reader::Lines(Lines::new(false)),
        };
        Self {
            buffer: Vec::new(),
            begun: false,
            bytes: 0,
            reader,
            collector: Collector::new(layout),
        }
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, chunk: &[u8]) -> Progress {
        self.bytes += chunk.len() as u64;
        self.buffer.extend_from_slice(chunk);
        self.read(false);
        self.progress()
    }

    /// The file is over: reads what is left, and hands over the result.
    #[must_use]
    pub fn finish(mut self) -> Import {
        self.read(true);
        self.collector.finish(self.bytes)
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.collector.progress(self.bytes)
    }

    fn read(&mut self, at_end: bool) {
        if !self.begun {
            if self.buffer.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(&self.buffer) && !at_end {
                return;
            }
            self.begun = true;
            if self.buffer.starts_with(BYTE_ORDER_MARK) {
                self.buffer.drain(..BYTE_ORDER_MARK.len());
            }
        }
        let done = match &mut self.reader {
            Reader::Lines(lines) => lines.read(&self.buffer, at_end, &mut self.collector),
            Reader::Delimited(delimited) => delimited.read(&self.buffer, at_end, &mut self.collector),
        };
        self.buffer.drain(..done.min(self.buffer.len()));
    }
}

/// The keys of a list, for tests.
#[cfg(test)]
pub(crate) fn list(text: &str) -> Keys {
    let mut importer = Importer::new(Layout::list());
    importer.push(text.as_bytes());
    importer.finish().keys
}
