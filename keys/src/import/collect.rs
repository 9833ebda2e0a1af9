//! Takes rows one by one and counts them under their keys.

use super::bad::{BadKind, BadRows};
use super::row::Picked;
use super::{Import, Progress, TimeSpan, json};
use crate::keys::{KeyAt, Keys, Tally, hash_of};
use crate::layout::{Field, Format, Layout};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use partitura_engine::scenario::MAX_KEY_BYTES;
use std::borrow::Cow;

/// The most distinct keys that are kept. Rows with further ones are bad rows.
pub const MAX_DISTINCT_KEYS: usize = 1_000_000;

/// The most bytes of all distinct keys together.
pub const MAX_ARENA_BYTES: usize = 64 << 20;

/// Understands rows by the layout, and counts them.
#[derive(Debug)]
pub(super) struct Collector {
    layout: Layout,
    keys: Keys,
    /// Finds a key's place by its hash. Only asked, never gone through: its order shows nowhere.
    table: HashTable<KeyAt>,
    without_key: Tally,
    bad: BadRows,
    rows: u64,
    blank_lines: u64,
    times: Option<TimeSpan>,
}

impl Collector {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            keys: Keys::default(),
            table: HashTable::new(),
            without_key: Tally::default(),
            bad: BadRows::default(),
            rows: 0,
            blank_lines: 0,
            times: None,
        }
    }

    /// A row that is a line: a key, or JSON.
    pub(super) fn line(&mut self, line: u64, row: &[u8]) {
        let picked = match (std::str::from_utf8(row), self.layout.format) {
            (Err(_), _) => Err(BadKind::NotUtf8),
            (Ok(text), Format::JsonLines) => json::pick(text, &self.layout),
            (Ok(text), _) => Ok(Picked {
                key: Some(Cow::Borrowed(text)),
                ..Picked::default()
            }),
        };
        self.row(line, row, picked);
    }

    /// A row with columns; `row` is all of it, as it is in the file.
    pub(super) fn columns(&mut self, line: u64, row: &[u8], columns: &Columns<'_>) {
        let picked = columns.pick(&self.layout);
        self.row(line, row, picked);
    }

    /// A row that cannot even be taken apart.
    pub(super) fn bad(&mut self, line: u64, kind: BadKind, row: &[u8]) {
        self.row(line, row, Err(kind));
    }

    pub(super) fn blank_line(&mut self) {
        self.blank_lines += 1;
    }

    fn row(&mut self, line: u64, row: &[u8], picked: Result<Picked<'_>, BadKind>) {
        self.rows += 1;
        if let Err(kind) = picked.and_then(|picked| self.count(&picked)) {
            self.bad.add(line, kind, row);
        }
    }

    /// Counts all of a row or nothing.
    fn count(&mut self, picked: &Picked<'_>) -> Result<(), BadKind> {
        let (weight, at_us) = (picked.weight()?, picked.at_us()?);
        match &picked.key {
            Some(key) => {
                let at = self.place(key)?;
                self.keys.count(at, weight);
            }
            None => self.without_key.add(weight),
        }
        if let Some(at_us) = at_us {
            let times = self.times.get_or_insert(TimeSpan {
                first_us: at_us,
                last_us: at_us,
            });
            times.first_us = times.first_us.min(at_us);
            times.last_us = times.last_us.max(at_us);
        }
        Ok(())
    }

    /// The place of a key; a new one for a key that was not there.
    fn place(&mut self, key: &str) -> Result<KeyAt, BadKind> {
        if key.len() > MAX_KEY_BYTES {
            return Err(BadKind::KeyTooLong);
        }
        let (keys, hash) = (&self.keys, hash_of(key));
        let same = |at: &KeyAt| keys.hash(*at) == hash && keys.key(*at) == key;
        match self.table.entry(spread(hash), same, |at| spread(keys.hash(*at))) {
            Entry::Occupied(entry) => Ok(*entry.get()),
            Entry::Vacant(entry) => {
                if keys.len() >= MAX_DISTINCT_KEYS || keys.text_bytes() + key.len() > MAX_ARENA_BYTES {
                    return Err(BadKind::TooManyKeys);
                }
                let at = keys.len() as KeyAt;
                entry.insert(at);
                Ok(self.keys.insert(key, hash))
            }
        }
    }

    pub(super) fn progress(&self, bytes: u64) -> Progress {
        Progress {
            bytes,
            rows: self.rows,
            bad: self.bad.total(),
            keys: self.keys.len(),
        }
    }

    pub(super) fn finish(self, bytes: u64) -> Import {
        Import {
            keys: self.keys,
            without_key: self.without_key,
            rows: self.rows,
            bad: self.bad,
            blank_lines: self.blank_lines,
            times: self.times,
            bytes,
        }
    }
}

/// Kafka's 31 bits over the 64 of which the table takes the highest and the lowest.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The columns of a row: their bytes one after the other, and where each ends.
pub(super) struct Columns<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) ends: &'a [usize],
}

impl<'a> Columns<'a> {
    fn pick(&self, layout: &Layout) -> Result<Picked<'a>, BadKind> {
        let optional = |field: &Option<Field>| field.as_ref().map(|field| self.text(field)).transpose();
        Ok(Picked {
            key: Some(self.text(&layout.key)?),
            weight: optional(&layout.weight)?,
            timestamp: optional(&layout.timestamp)?,
        })
    }

    fn text(&self, field: &Field) -> Result<Cow<'a, str>, BadKind> {
        let bytes = match field {
            Field::Column(number) => self.column(*number),
            Field::Path(_) => None,
        };
        let text = std::str::from_utf8(bytes.ok_or(BadKind::MissingField)?);
        text.map(Cow::Borrowed).map_err(|_| BadKind::NotUtf8)
    }

    fn column(&self, number: usize) -> Option<&'a [u8]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes.get(start..end)
    }
}
