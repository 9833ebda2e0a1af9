//! How the file is to be read: what the arguments say, and for the rest what the file looks like.

use clap::ValueEnum;
use partitura_keys::{Field, Format, Guess, Layout, detect, detect_as, detect_with_header};

/// What a person says about the file.
#[derive(Debug, clap::Args)]
pub(super) struct Choice {
    /// The format; told from the file's start, if not given
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// Whether the first row has the names of the columns; told from the file's start, if not given
    #[arg(long, value_name = "YES/NO", value_parser = yes_or_no)]
    header: Option<bool>,
    /// Where the key is: the name of a column or its number, from 1; with JSON Lines a path such as user.id
    #[arg(long, value_name = "FIELD")]
    key: Option<String>,
    /// Where the weight is, if a row counts for more or less than one record; none: every row counts one
    #[arg(long, value_name = "FIELD")]
    weight: Option<String>,
    /// Where the time is: seconds, milliseconds or microseconds since 1970, or RFC 3339; none: no rate
    #[arg(long, value_name = "FIELD")]
    timestamp: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Csv,
    Tsv,
    /// Like csv, with semicolons
    Semicolon,
    /// Like csv, with | between
    Pipe,
    Jsonl,
    /// One key a line
    List,
}

impl FormatName {
    fn format(self) -> Format {
        match self {
            Self::Csv => Format::CSV,
            Self::Tsv => Format::TSV,
            Self::Semicolon => Format::Delimited(b';'),
            Self::Pipe => Format::Delimited(b'|'),
            Self::Jsonl => Format::JsonLines,
            Self::List => Format::List,
        }
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("write yes or no".to_owned()),
    }
}

impl Choice {
    /// The layout of a file that begins like this. The message follows the file's name.
    pub(super) fn layout(&self, start: &[u8]) -> Result<Layout, String> {
        let mut guess = self
            .format
            .map_or_else(|| detect(start), |format| detect_as(start, format.format()));
        match (guess.layout.format, self.header) {
            (Format::Delimited(separator), Some(header)) => guess = detect_with_header(start, separator, header),
            (Format::List, Some(header)) => guess.layout.has_header = header,
            _ => {}
        }
        let mut layout = guess.layout.clone();
        if let Some(name) = &self.key {
            layout.key = field(name, &guess)?;
            // What was guessed to be something else is the key, then.
            layout.weight = layout.weight.filter(|weight| *weight != layout.key);
            layout.timestamp = layout.timestamp.filter(|timestamp| *timestamp != layout.key);
        }
        for (name, place) in [
            (&self.weight, &mut layout.weight),
            (&self.timestamp, &mut layout.timestamp),
        ] {
            match name.as_deref() {
                None => {}
                Some("none") => *place = None,
                Some(name) => *place = Some(field(name, &guess)?),
            }
        }
        Ok(layout)
    }
}

/// A field by its name, else by its number.
fn field(name: &str, guess: &Guess) -> Result<Field, String> {
    if guess.layout.format == Format::JsonLines {
        return Ok(Field::Path(name.to_owned()));
    }
    if let Some(found) = guess.fields.iter().find(|field| field.name == name) {
        return Ok(found.field.clone());
    }
    if let Some(number) = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) {
        return Ok(Field::Column(number));
    }
    let names: Vec<&str> = guess.fields.iter().map(|field| field.name.as_str()).collect();
    Err(format!("it has no column {name}; it has: {}", names.join(", ")))
}
