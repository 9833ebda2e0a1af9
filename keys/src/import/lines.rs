//! Rows that are lines.

use super::MAX_ROW_BYTES;
use super::bad::BadKind;
use super::collect::Collector;
use memchr::memchr;

/// Cuts bytes into lines. A line ends with LF or CR LF; an empty one is no row.
#[derive(Debug)]
pub(super) struct Lines {
    /// The line at which the buffer begins, from 1.
    line: u64,
    /// How far the buffer has been searched for a line's end.
    searched: usize,
    /// Whether the next line that is not empty is a header.
    header: bool,
    /// Whether the rest of an over-long line is being skipped.
    skipping: bool,
}

impl Lines {
    pub(super) fn new(header: bool) -> Self {
        Self {
            line: 1,
            searched: 0,
            header,
            skipping: false,
        }
    }

    /// Reads all lines that are complete, and says how many bytes it is done with.
    pub(super) fn read(&mut self, buffer: &[u8], at_end: bool, collector: &mut Collector) -> usize {
        let mut start = 0;
        loop {
            let rest = buffer.get(start + self.searched..).unwrap_or_default();
            let end = match memchr(b'\n', rest) {
                Some(found) => start + self.searched + found,
                None if at_end && start < buffer.len() => buffer.len(),
                None => break,
            };
            self.one(&buffer[start..end], collector);
            self.line += 1;
            self.searched = 0;
            start = (end + 1).min(buffer.len());
        }
        self.searched = buffer.len() - start;
        if self.searched > MAX_ROW_BYTES {
            self.too_long(&buffer[start..], collector);
            self.searched = 0;
            return buffer.len();
        }
        start
    }

    fn one(&mut self, line: &[u8], collector: &mut Collector) {
        let row = line.strip_suffix(b"\r").unwrap_or(line);
        if std::mem::take(&mut self.skipping) {
            // Its start has been reported.
        } else if line.len() > MAX_ROW_BYTES {
            self.too_long(line, collector);
            self.skipping = false;
        } else if row.is_empty() {
            collector.blank_line();
        } else if !std::mem::take(&mut self.header) {
            collector.line(self.line, row);
        }
    }

    fn too_long(&mut self, start: &[u8], collector: &mut Collector) {
        if !std::mem::replace(&mut self.skipping, true) {
            self.header = false;
            collector.bad(self.line, BadKind::RowTooLong, start);
        }
    }
}
