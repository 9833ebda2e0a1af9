//! A TOML file as a tree that knows where each of its values stands, read field by field. By hand rather than derived:
//! so every message can name the field, the place and what would be right, and no float is ever made.

use super::decimal;
use super::error::{Place, Reading, ScenarioError, did_you_mean, error_at};
use crate::short_sort::sort_short_by_key;
use crate::wire::Micros;
use std::ops::{Range, RangeInclusive};
use toml::de::{DeTable, DeValue};

/// The largest file that is read, in bytes.
pub(super) const MAX_FILE_BYTES: usize = 4 << 20;

/// A table of the file.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    source: &'a str,
    span: Range<usize>,
    /// What it is, for messages: `a step`.
    what: &'static str,
    fields: &'a DeTable<'a>,
}

/// A value of the file.
#[derive(Debug, Clone)]
pub(super) struct Value<'a> {
    source: &'a str,
    span: Range<usize>,
    /// Where its name stands.
    name_span: Range<usize>,
    /// Its field's name, for messages.
    name: String,
    value: &'a DeValue<'a>,
}

/// Reads the file's syntax, and hands its root to `read`.
pub(super) fn read_file<T>(source: &str, what: &'static str, read: impl FnOnce(Table) -> Reading<T>) -> Reading<T> {
    if source.len() > MAX_FILE_BYTES {
        let most = decimal::grouped(MAX_FILE_BYTES as u64);
        return Err(Place { line: 1, column: 1 }.error(format!("the file is larger than {most} bytes")));
    }
    let root = DeTable::parse(source).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        error_at(source, &span, error.message().replace('\n', ", "))
    })?;
    read(Table {
        source,
        span: 0..0,
        what,
        fields: root.get_ref(),
    })
}

impl<'a> Table<'a> {
    /// Where it begins.
    pub(super) fn place(&self) -> Place {
        Place::of(self.source, self.span.start)
    }

    /// Every field must have one of these names.
    pub(super) fn only(&self, known: &[&str]) -> Reading<()> {
        let unknown = self.in_any_order().filter(|value| !known.contains(&value.name()));
        match unknown.min_by_key(|value| value.name_span.start) {
            None => Ok(()),
            Some(value) => {
                let name = value.name();
                let hint = did_you_mean(name, known.iter().copied());
                Err(value.name_error(format!(
                    "{} has no field \"{}\"{hint}",
                    self.what,
                    decimal::shorten(name)
                )))
            }
        }
    }

    /// A field that may be absent.
    pub(super) fn get(&self, name: &str) -> Option<Value<'a>> {
        self.in_any_order().find(|value| value.name == name)
    }

    /// A field that must be there.
    pub(super) fn need(&self, name: &str) -> Reading<Value<'a>> {
        self.get(name)
            .ok_or_else(|| self.place().error(format!("{} needs \"{name}\"", self.what)))
    }

    fn in_any_order(&self) -> impl Iterator<Item = Value<'a>> {
        let source = self.source;
        self.fields.iter().map(move |(key, value)| Value {
            source,
            span: value.span(),
            name_span: key.span(),
            name: key.get_ref().to_string(),
            value: value.get_ref(),
        })
    }

    /// All fields, in the order of the file: the first mistake in it is told first.
    pub(super) fn fields(&self) -> Vec<Value<'a>> {
        /// Nobody writes more; what a machine wrote is read, too, in another order.
        const SORTED: usize = 1_000;
        let mut fields: Vec<Value> = self.in_any_order().collect();
        if fields.len() <= SORTED {
            sort_short_by_key(&mut fields, |field| field.name_span.start);
        }
        fields
    }

    /// All fields with those of the tables in them, under dotted names: `linger.ms = 5` is a table to TOML, and one
    /// setting to Kafka.
    pub(super) fn dotted_fields(&self) -> Vec<Value<'a>> {
        let mut flat = Vec::new();
        for mut value in self.fields() {
            match value.value {
                DeValue::Table(fields) => {
                    let inner = Table {
                        source: self.source,
                        span: value.span.clone(),
                        what: self.what,
                        fields,
                    };
                    for mut deeper in inner.dotted_fields() {
                        deeper.name = format!("{}.{}", value.name, deeper.name);
                        deeper.name_span = value.name_span.clone();
                        flat.push(deeper);
                    }
                }
                _ => {
                    value.name = value.name.trim().to_owned();
                    flat.push(value);
                }
            }
        }
        flat
    }
}

impl<'a> Value<'a> {
    /// The name of its field.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Where it begins.
    pub(super) fn place(&self) -> Place {
        Place::of(self.source, self.span.start)
    }

    /// An error at the value.
    pub(super) fn error(&self, message: String) -> Box<ScenarioError> {
        error_at(self.source, &self.span, message)
    }

    /// An error at the field's name.
    pub(super) fn name_error(&self, message: String) -> Box<ScenarioError> {
        error_at(self.source, &self.name_span, message)
    }

    /// An error at that byte of the value's text, as far as it can be found in the file.
    pub(super) fn error_inside(&self, text: &str, byte: usize, message: String) -> Box<ScenarioError> {
        let raw = &self.source[self.span.clone()];
        let at = self.span.start + raw.find(text).map_or(0, |start| start + byte);
        error_at(self.source, &(at..at), message)
    }

    #[cold]
    fn wrong_type(&self, wanted: &str) -> Box<ScenarioError> {
        let found = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(format!("{} must be {wanted}, not {found}", self.name))
    }

    /// It as a text.
    pub(super) fn text(&self) -> Reading<&'a str> {
        match self.value {
            DeValue::String(text) => Ok(text),
            _ => Err(self.wrong_type("a text in quotes")),
        }
    }

    /// It as a text that is not empty, of one line.
    pub(super) fn line(&self) -> Reading<&'a str> {
        let text = self.text()?.trim();
        if text.is_empty() {
            return Err(self.error(format!("{} is empty", self.name)));
        }
        if text.contains('\n') {
            return Err(self.error(format!("{} must be one line", self.name)));
        }
        Ok(text)
    }

    /// A number, a switch or a text in quotes, as it is written.
    pub(super) fn scalar(&self) -> Reading<String> {
        match self.value {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Integer(n) if n.radix() == 10 => Ok(n.as_str().trim_start_matches('+').to_owned()),
            DeValue::Integer(n) => u64::from_str_radix(n.as_str(), n.radix())
                .map(|n| n.to_string())
                .map_err(|_| self.error(format!("{} is too large", self.name))),
            DeValue::Float(n) => Ok(n.as_str().trim_start_matches('+').to_owned()),
            DeValue::Boolean(b) => Ok(b.to_string()),
            DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                Err(self.wrong_type("a number or a text in quotes"))
            }
        }
    }

    /// It as a whole number.
    pub(super) fn integer(&self, range: RangeInclusive<u64>) -> Reading<u64> {
        if !matches!(self.value, DeValue::Integer(_)) {
            return Err(self.wrong_type("a whole number"));
        }
        let text = self.scalar()?;
        text.parse().ok().filter(|n| range.contains(n)).ok_or_else(|| {
            let (min, max) = (decimal::grouped(*range.start()), decimal::grouped(*range.end()));
            self.error(format!(
                "{} must be {min} to {max}, not {}",
                self.name,
                decimal::shorten(&text)
            ))
        })
    }

    /// It as a number of seconds.
    pub(super) fn seconds(&self) -> Reading<Micros> {
        /// A day: far more than anyone watches, and far from where sums of times overflow.
        const MOST: Micros = 86_400_000_000;
        if !matches!(self.value, DeValue::Integer(_) | DeValue::Float(_)) {
            return Err(self.wrong_type("a number of seconds"));
        }
        let text = self.scalar()?;
        match decimal::parse_seconds(&text) {
            Ok(at) if at <= MOST => Ok(at),
            Ok(_) => Err(self.error(format!("{} must be at most 86400 seconds, not {text}", self.name))),
            Err(message) => Err(self.error(format!("{} must be a number of seconds: {message}", self.name))),
        }
    }

    /// It as a list.
    pub(super) fn list(&self) -> Reading<Vec<Value<'a>>> {
        match self.value {
            DeValue::Array(items) => Ok(items
                .iter()
                .map(|item| Value {
                    source: self.source,
                    span: item.span(),
                    name_span: item.span(),
                    name: self.name.clone(),
                    value: item.get_ref(),
                })
                .collect()),
            _ => Err(self.wrong_type("a list")),
        }
    }

    /// Whether it is a list.
    pub(super) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// It as a table. `what` is what such a table is, for messages.
    pub(super) fn table(&self, what: &'static str) -> Reading<Table<'a>> {
        match self.value {
            DeValue::Table(fields) => Ok(Table {
                source: self.source,
                span: self.span.clone(),
                what,
                fields,
            }),
            _ => Err(self.wrong_type("a table")),
        }
    }

    /// It as a list of tables.
    pub(super) fn tables(&self, what: &'static str) -> Reading<Vec<Table<'a>>> {
        self.list()?.iter().map(|value| value.table(what)).collect()
    }
}
