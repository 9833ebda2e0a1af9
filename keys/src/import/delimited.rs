//! Rows with columns: CSV, TSV and the like.

use super::MAX_ROW_BYTES;
use super::bad::BadKind;
use super::collect::{Collector, Columns};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter};

/// How often reading goes back to the line after an unfinished quote. A file that needs it more often is no CSV; then
/// such rows are over-long ones, so that the time stays in proportion to the bytes.
const MAX_RETURNS: u32 = 16;

/// Cuts bytes into rows and columns, with RFC 4180's quotes: a quoted field may have separators and line ends.
///
/// The parser never fails: a quote that nobody closes swallows all that follows. So a row that is still in quotes at the
/// file's end, or after [`MAX_ROW_BYTES`], is a bad one, and reading goes on with the line after its first.
#[derive(Debug)]
pub(super) struct Delimited {
    parser: Reader,
    separator: u8,
    header: bool,
    /// The line at which the buffer begins, from 1.
    line: u64,
    /// How many bytes at the start of the buffer, all of the current row, the parser has taken.
    taken: usize,
    /// The columns of the current row, one after the other.
    text: Vec<u8>,
    text_used: usize,
    /// Where each column ends in `text`.
    ends: Vec<usize>,
    ends_used: usize,
    /// Whether the last row ended with CR, to which a following LF belongs.
    after_cr: bool,
    /// Whether the rest of an over-long line is being skipped.
    skipping: bool,
    returns: u32,
}

/// What to do after having looked at a row.
enum Next {
    /// The next row begins so many bytes further.
    Row(usize),
    /// There are not enough bytes.
    More,
}

impl Delimited {
    pub(super) fn new(separator: u8, header: bool) -> Self {
        Self {
            parser: parser(separator),
            separator,
            header,
            line: 1,
            taken: 0,
            text: vec![0; 1024],
            text_used: 0,
            ends: vec![0; 64],
            ends_used: 0,
            after_cr: false,
            skipping: false,
            returns: 0,
        }
    }

    /// Reads all rows that are complete, and says how many bytes it is done with.
    pub(super) fn read(&mut self, buffer: &[u8], at_end: bool, collector: &mut Collector) -> usize {
        let mut start = 0;
        loop {
            if self.taken == 0 {
                start += if self.skipping { self.skip(&buffer[start..]) } else { 0 };
                start += self.blank_lines(&buffer[start..], collector);
                if start >= buffer.len() {
                    return buffer.len();
                }
            }
            match self.row(&buffer[start..], at_end, collector) {
                Next::Row(bytes) => start += bytes,
                Next::More => return start,
            }
        }
    }

    /// One row, as far as it is there.
    fn row(&mut self, rest: &[u8], at_end: bool, collector: &mut Collector) -> Next {
        let mut complete = self.parse(&rest[self.taken..]);
        let length = self.taken;
        if !complete && at_end {
            // The last row may lack its line end. If one more does not end it, it is in quotes.
            complete = self.parse(b"\n");
            if !complete {
                return self.unfinished(rest, collector);
            }
        }
        if length > MAX_ROW_BYTES {
            return self.unfinished(rest, collector);
        }
        if !complete {
            return Next::More;
        }
        let row = &rest[..length];
        if !std::mem::take(&mut self.header) {
            let columns = Columns {
                bytes: &self.text[..self.text_used],
                ends: &self.ends[..self.ends_used],
            };
            collector.columns(self.line, row, &columns);
        }
        self.line += line_ends(row);
        self.after_cr = row.last() == Some(&b'\r');
        self.forget_row();
        Next::Row(length)
    }

    /// Parses until the row is complete or the input is at its end, and says whether it is complete.
    fn parse(&mut self, mut input: &[u8]) -> bool {
        // The parser takes an empty input for the end of the file.
        while !input.is_empty() {
            let (text, ends) = (&mut self.text[self.text_used..], &mut self.ends[self.ends_used..]);
            let (result, read, written, ended) = self.parser.read_record(input, text, ends);
            input = &input[read..];
            self.taken += read;
            self.text_used += written;
            self.ends_used += ended;
            match result {
                ReadRecordResult::Record => return true,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return false,
                // No larger than the row, which is bounded.
                ReadRecordResult::OutputFull => self.text.resize(2 * self.text.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
            }
        }
        false
    }

    /// The current row is still in quotes where it cannot be, or too long.
    fn unfinished(&mut self, rest: &[u8], collector: &mut Collector) -> Next {
        self.header = false;
        self.after_cr = false;
        self.parser = parser(self.separator);
        self.forget_row();
        let first_line = memchr(b'\n', &rest[..rest.len().min(MAX_ROW_BYTES)]);
        if let Some(end) = first_line.filter(|_| self.returns < MAX_RETURNS) {
            self.returns += 1;
            collector.bad(self.line, BadKind::UnfinishedQuote, &rest[..end]);
            self.line += 1;
            return Next::Row(end + 1);
        }
        let kind = if rest.len() > MAX_ROW_BYTES {
            BadKind::RowTooLong
        } else {
            BadKind::UnfinishedQuote
        };
        collector.bad(self.line, kind, rest);
        let given_up = rest.len().min(MAX_ROW_BYTES);
        self.line += line_ends(&rest[..given_up]);
        self.skipping = rest.len() > MAX_ROW_BYTES;
        Next::Row(given_up)
    }

    /// Makes room for the next row.
    fn forget_row(&mut self) {
        self.taken = 0;
        self.text_used = 0;
        self.ends_used = 0;
    }

    /// Skips the rest of an over-long line, and says how many bytes that is.
    fn skip(&mut self, rest: &[u8]) -> usize {
        let Some(end) = memchr(b'\n', rest) else {
            return rest.len();
        };
        self.skipping = false;
        self.line += 1;
        end + 1
    }

    /// Counts the empty lines in front of a row, and says how many bytes they are. The parser would drop them.
    fn blank_lines(&mut self, rest: &[u8], collector: &mut Collector) -> usize {
        for (place, byte) in rest.iter().enumerate() {
            match byte {
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' | b'\r' => {
                    self.after_cr = *byte == b'\r';
                    self.line += 1;
                    collector.blank_line();
                }
                _ => {
                    self.after_cr = false;
                    return place;
                }
            }
        }
        rest.len()
    }
}

/// A parser that has been used: a fresh one would look for a byte order mark, and find it or not by how the chunks are cut.
fn parser(separator: u8) -> Reader {
    let mut parser = ReaderBuilder::new().delimiter(separator).build();
    let _ = parser.read_record(b"\n", &mut [0], &mut [0]);
    parser
}

/// How many lines end in a row: with LF, or, at its end, with CR.
fn line_ends(row: &[u8]) -> u64 {
    memchr_iter(b'\n', row).count() as u64 + u64::from(row.last() == Some(&b'\r'))
}

/// The first rows of a file with their columns, for a guess; an unfinished row is left out.
pub(crate) fn sample_rows(start: &[u8], separator: u8, most: usize) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut file = Delimited::new(separator, false);
    let mut rest = start;
    while rows.len() < most && file.parse(rest) {
        rest = &rest[file.taken..];
        let starts = [0].into_iter().chain(file.ends[..file.ends_used].iter().copied());
        let spans = starts.zip(&file.ends[..file.ends_used]);
        let columns = spans.map(|(from, to)| String::from_utf8_lossy(&file.text[from..*to]).into_owned());
        rows.push(columns.collect());
        file.forget_row();
    }
    if rows.is_empty() && !rest.ends_with(b"\n") && file.parse(b"\n") {
        return sample_rows(&[start, b"\n"].concat(), separator, most);
    }
    rows
}
