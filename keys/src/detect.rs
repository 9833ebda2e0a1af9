//! Guesses the layout of a file from its first bytes.

use crate::import::{BYTE_ORDER_MARK, json_fields, parse_timestamp, parse_weight, sample_rows};
use crate::layout::{Field, Format, Layout, SEPARATORS};

/// How many bytes are looked at.
const MAX_BYTES: usize = 64 << 10;
/// How many rows are looked at.
const MAX_ROWS: usize = 50;
/// The most fields that are offered.
const MAX_FIELDS: usize = 64;
/// How many samples a field has.
const MAX_SAMPLES: usize = 5;
/// How many characters of a sample are kept.
const SAMPLE_CHARS: usize = 40;

/// A field that rows seem to have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldGuess {
    /// Where it is.
    pub field: Field,
    /// What to call it: its name in the header, or its path; `column 3` if it has no name, and `key` in a list.
    pub name: String,
    /// Some of its values, shortened.
    pub samples: Vec<String>,
}

/// What a file looks like. All of it is a proposal: a person can change it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Guess {
    /// How to read it. The fields of the layout are among `fields`.
    pub layout: Layout,
    /// The fields to choose from.
    pub fields: Vec<FieldGuess>,
}

/// Looks at the start of a file; 64 KB are enough.
#[must_use]
pub fn detect(start: &[u8]) -> Guess {
    let start = whole_lines(start);
    if let Some(fields) = json(start) {
        return chosen(Format::JsonLines, false, fields);
    }
    match separator(start) {
        Some(separator) => detect_as(start, Format::Delimited(separator)),
        None => detect_as(start, Format::List),
    }
}

/// The same, for a format that a person has chosen: header, and fields.
#[must_use]
pub fn detect_as(start: &[u8], format: Format) -> Guess {
    let start = whole_lines(start);
    match format {
        Format::JsonLines => chosen(format, false, json(start).unwrap_or_default()),
        Format::Delimited(separator) => {
            let rows = sample_rows(start, separator, MAX_ROWS);
            let has_header = has_header(&rows);
            chosen(format, has_header, columns(&rows, has_header))
        }
        Format::List => {
            let rows: Vec<Vec<String>> = lines(start).map(|line| vec![line]).collect();
            let mut fields = columns(&rows, false);
            for field in &mut fields {
                "key".clone_into(&mut field.name);
            }
            chosen(format, false, fields)
        }
    }
}

/// The fields of a file with columns when a person says whether it has a header.
#[must_use]
pub fn detect_with_header(start: &[u8], separator: u8, has_header: bool) -> Guess {
    let rows = sample_rows(whole_lines(start), separator, MAX_ROWS);
    chosen(Format::Delimited(separator), has_header, columns(&rows, has_header))
}

/// Without the byte order mark, and without the last line, which may be cut, unless it is the only one.
fn whole_lines(start: &[u8]) -> &[u8] {
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    let start = &start[..start.len().min(MAX_BYTES)];
    match start.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => &start[..=end],
        None => start,
    }
}

fn lines(start: &[u8]) -> impl Iterator<Item = String> + '_ {
    let lines = start
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let written = lines.filter(|line| !line.is_empty()).take(MAX_ROWS);
    written.map(|line| String::from_utf8_lossy(line).into_owned())
}

/// The fields of lines that are JSON objects; `None` if the first lines are something else.
fn json(start: &[u8]) -> Option<Vec<FieldGuess>> {
    let mut fields: Vec<FieldGuess> = Vec::new();
    let (mut objects, mut others) = (0, 0);
    for line in lines(start) {
        let Some(found) = json_fields(&line, MAX_FIELDS) else {
            others += 1;
            continue;
        };
        objects += 1;
        for (path, text) in found {
            match fields.iter().position(|field| field.name == path) {
                Some(place) => add_sample(&mut fields[place].samples, &text),
                None if fields.len() < MAX_FIELDS => fields.push(FieldGuess {
                    field: Field::Path(path.clone()),
                    name: path,
                    samples: vec![shortened(&text)],
                }),
                None => {}
            }
        }
    }
    (objects > others).then_some(fields)
}

/// The separator with which most rows have the same number of columns, more than one; of equally good ones the one with
/// more columns.
fn separator(start: &[u8]) -> Option<u8> {
    let mut best = None;
    for separator in SEPARATORS {
        let rows = sample_rows(start, separator, MAX_ROWS);
        let Some(columns) = rows.first().map(Vec::len).filter(|columns| *columns > 1) else {
            continue;
        };
        let alike = rows.iter().filter(|row| row.len() == columns).count();
        let score = (alike * 1000 / rows.len(), columns);
        if score.0 >= 800 && best.is_none_or(|(found, _)| score > found) {
            best = Some((score, separator));
        }
    }
    best.map(|(_, separator)| separator)
}

/// A first row is a header if none of it looks like data, and something below it looks unlike it: a column of numbers or
/// times, or a name that is usual for a column.
fn has_header(rows: &[Vec<String>]) -> bool {
    let Some((first, rest)) = rows.split_first() else {
        return false;
    };
    let is_name = |cell: &String| !cell.trim().is_empty() && !is_number(cell) && parse_timestamp(cell).is_none();
    let distinct = first.iter().enumerate().all(|(i, cell)| !first[..i].contains(cell));
    if !distinct || !first.iter().all(is_name) {
        return false;
    }
    let of_data = |column: usize| {
        let mut cells = rest.iter().filter_map(|row| row.get(column)).peekable();
        cells.peek().is_some() && cells.all(|cell| is_number(cell) || parse_timestamp(cell).is_some())
    };
    first.iter().any(|cell| is_usual_name(cell)) || (0..first.len()).any(of_data)
}

fn is_number(text: &str) -> bool {
    parse_weight(text).is_some()
}

fn columns(rows: &[Vec<String>], has_header: bool) -> Vec<FieldGuess> {
    let (header, rows) = match rows.split_first() {
        Some((first, rest)) if has_header => (first.as_slice(), rest),
        _ => (&[][..], rows),
    };
    let widest = rows.iter().map(Vec::len).chain([header.len()]).max().unwrap_or(0);
    let guess = |column: usize| {
        let mut samples = Vec::new();
        for cell in rows.iter().filter_map(|row| row.get(column)) {
            add_sample(&mut samples, cell);
        }
        let named = header.get(column).filter(|name| !name.is_empty());
        FieldGuess {
            field: Field::Column(column),
            name: named.map_or_else(
                || ["column ", &(column + 1).to_string()].concat(),
                |name| shortened(name),
            ),
            samples,
        }
    };
    (0..widest.min(MAX_FIELDS)).map(guess).collect()
}

fn add_sample(samples: &mut Vec<String>, text: &str) {
    if samples.len() < MAX_SAMPLES {
        samples.push(shortened(text));
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(SAMPLE_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The layout that the fields' names and samples speak for.
fn chosen(format: Format, has_header: bool, fields: Vec<FieldGuess>) -> Guess {
    let timestamp = best(&fields, None, timestamp_score);
    let weight = best(&fields, None, |field| {
        if Some(&field.field) == timestamp.as_ref() {
            0
        } else {
            weight_score(field)
        }
    });
    let other = [timestamp.as_ref(), weight.as_ref()];
    let key = best(&fields, fields.first(), |field| {
        if other.contains(&Some(&field.field)) {
            0
        } else {
            key_score(field)
        }
    });
    let none = if format == Format::JsonLines {
        Field::Path("key".to_owned())
    } else {
        Field::Column(0)
    };
    let layout = Layout {
        format,
        has_header,
        key: key.unwrap_or(none),
        weight,
        timestamp,
    };
    Guess { layout, fields }
}

/// The field with the highest score above 0; the first one of equals.
fn best(fields: &[FieldGuess], otherwise: Option<&FieldGuess>, score: impl Fn(&FieldGuess) -> u32) -> Option<Field> {
    let mut found = (0, otherwise);
    for field in fields {
        let score = score(field);
        if score > found.0 {
            found = (score, Some(field));
        }
    }
    found.1.map(|field| field.field.clone())
}

const WEIGHT_NAMES: [&str; 14] = [
    "weight", "count", "cnt", "n", "hits", "records", "events", "clicks", "views", "requests", "bytes", "size", "qty",
    "total",
];
const TIME_NAMES: [&str; 7] = ["timestamp", "ts", "time", "datetime", "date", "at", "created"];
const KEY_NAMES: [&str; 3] = ["key", "id", "uuid"];

/// The last word of a name, in small letters: `user.created_at` is about `at`, `userId` about `id`.
fn last_word(name: &str) -> String {
    let start = name.char_indices().rev().find_map(|(place, char)| {
        let before = name[..place].chars().next_back();
        match char {
            '.' | '_' | '-' | ' ' | '#' => Some(place + 1),
            _ if char.is_uppercase() && before.is_some_and(char::is_lowercase) => Some(place),
            _ => None,
        }
    });
    name[start.unwrap_or(0)..].to_lowercase()
}

fn is_usual_name(name: &str) -> bool {
    let word = last_word(name.trim());
    [&KEY_NAMES[..], &TIME_NAMES, &WEIGHT_NAMES]
        .concat()
        .contains(&word.as_str())
}

/// Whether three of four samples are that, and more: a row may be broken.
fn mostly(field: &FieldGuess, is: impl Fn(&str) -> bool) -> bool {
    let count = field.samples.iter().filter(|text| is(text)).count();
    count > 0 && count * 4 >= field.samples.len() * 3
}

fn timestamp_score(field: &FieldGuess) -> u32 {
    let all = mostly(field, |text| parse_timestamp(text).is_some());
    let named = TIME_NAMES.contains(&last_word(&field.name).as_str());
    match all {
        true if named => 3,
        // Small numbers could be anything, so without a name only dates count.
        true if mostly(field, |text| text.contains('-')) => 2,
        _ => 0,
    }
}

fn weight_score(field: &FieldGuess) -> u32 {
    let all = mostly(field, is_number);
    let place = WEIGHT_NAMES.iter().position(|name| *name == last_word(&field.name));
    match place {
        Some(place) if all => (WEIGHT_NAMES.len() - place) as u32,
        _ => 0,
    }
}

fn key_score(field: &FieldGuess) -> u32 {
    let words = |text: bool| if text { 2 } else { 1 };
    let is_text = field.samples.iter().any(|text| !is_number(text));
    match last_word(&field.name).as_str() {
        "key" if field.name.len() == 3 => 9,
        "key" => 7,
        "id" | "uuid" if field.name.len() > 4 => 6,
        "id" | "uuid" => 4,
        _ => words(is_text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(guess: &Guess) -> Vec<&str> {
        guess.fields.iter().map(|field| field.name.as_str()).collect()
    }

    #[test]
    fn csv_with_a_header_is_taken_apart() {
        let guess = detect(
            b"\xef\xbb\xbfad_id,clicks,created_at\nad-1,10,2024-01-01T00:00:00Z\nad-2,2,2024-01-01T00:00:01Z\nad-3,4",
        );
        assert_eq!(names(&guess), ["ad_id", "clicks", "created_at"]);
        assert_eq!(guess.fields[0].samples, ["ad-1", "ad-2"]);
        let layout = Layout {
            format: Format::CSV,
            has_header: true,
            key: Field::Column(0),
            weight: Some(Field::Column(1)),
            timestamp: Some(Field::Column(2)),
        };
        assert_eq!(guess.layout, layout);
    }

    #[test]
    fn a_broken_row_does_not_make_keys_of_the_times() {
        let text = "time,ad,clicks\n2024-01-01T00:00:00Z,ad-1,60\n2024-01-01T00:00:01Z,ad-2,lots\n2024-01-01T00:00:02Z,ad-2,20\n\
                    broken\n2024-01-01T00:00:04Z,ad-3,20\n";
        let layout = detect(text.as_bytes()).layout;
        assert_eq!(layout.key, Field::Column(1));
        assert_eq!(
            (layout.timestamp, layout.weight),
            (Some(Field::Column(0)), Some(Field::Column(2)))
        );
    }

    #[test]
    fn separators_are_told_apart() {
        for (text, separator) in [
            ("a;b,c\nd;e\n", b';'),
            ("a\tb c\nd\te\n", b'\t'),
            ("a|b\nc|d\n", b'|'),
            ("\"a;x\",b\n\"c;y\",d\n", b','),
        ] {
            assert_eq!(
                detect(text.as_bytes()).layout.format,
                Format::Delimited(separator),
                "{text}"
            );
        }
    }

    #[test]
    fn a_list_is_a_list() {
        for text in [
            "user-1\nuser-2\nuser-1\n",
            "one key",
            "",
            "\n\n",
            "Smith, John\nDoe\nMiller\nJones\nLee\nx\n",
        ] {
            let guess = detect(text.as_bytes());
            assert_eq!(guess.layout, Layout::list(), "{text}");
        }
        assert_eq!(names(&detect(b"a\nb\n")), ["key"]);
    }

    #[test]
    fn data_is_no_header() {
        assert!(!detect(b"ad-1,10\nad-2,20\n").layout.has_header);
        assert!(!detect(b"ad-1,x\nad-2,y\n").layout.has_header);
        assert!(detect(b"advert,share\nad-2,0.25\n").layout.has_header);
        assert!(detect(b"customer,userId\nbob,x\n").layout.has_header);
        assert_eq!(names(&detect(b"ad-1,10\nad-2,20\n")), ["column 1", "column 2"]);
        assert_eq!(detect_with_header(b"a,b\nc,d\n", b',', true).fields[1].name, "b");
    }

    #[test]
    fn json_lines_offer_their_paths() {
        let guess = detect(
            b"{\"ts\":1704067200,\"user\":{\"id\":\"u1\",\"n\":3}}\n{\"user\":{\"id\":\"u2\"},\"new\":null}\n{\"cut",
        );
        assert_eq!(names(&guess), ["ts", "user.id", "user.n", "new"]);
        let path = |path: &str| Field::Path(path.to_owned());
        assert_eq!(guess.layout.format, Format::JsonLines);
        assert_eq!(guess.layout.key, path("user.id"));
        assert_eq!(guess.layout.weight, Some(path("user.n")));
        assert_eq!(guess.layout.timestamp, Some(path("ts")));
    }

    #[test]
    fn the_last_word_of_a_name() {
        for (name, word) in [
            ("user.created_at", "at"),
            ("userId", "id"),
            ("ID", "id"),
            ("N", "n"),
            ("", ""),
            ("größe", "größe"),
        ] {
            assert_eq!(last_word(name), word, "{name}");
        }
    }
}
