//! The words of the field, each explained once.

use super::decimal;
use super::error::{Reading, ScenarioError, did_you_mean};
use super::reader::{Table, Value, read_file};
use super::text::{Text, TextError};

/// Terms, in lower case, and what they mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Glossary {
    /// Few enough to look through.
    terms: Vec<(String, Text)>,
}

const BUILT_IN: &str = include_str!("../../../scenarios/glossary.toml");

impl Glossary {
    /// The longest term, in bytes.
    const LONGEST_TERM: usize = 60;
    /// The most terms that a file can bring.
    const MOST_TERMS: usize = 1_000;

    /// The terms that every scenario can use: `scenarios/glossary.toml`.
    ///
    /// # Panics
    /// Never, unless that file was broken when this was compiled; a test reads it.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).unwrap_or_else(|error| panic!("invariant glossary-is-valid: glossary.toml:{error}"))
    }

    /// Reads a file of `term = "what it means"`. The explanations may use each other's terms.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its line and column.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        read_file(text, "a glossary", |root| Self::default().with(&root)).map_err(|error| *error)
    }

    /// What that term means; upper and lower case are the same.
    #[must_use]
    pub fn get(&self, term: &str) -> Option<&Text> {
        self.iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(term))
            .map(|(_, text)| text)
    }

    /// All terms and their meanings, in the order of their files.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.terms.iter().map(|(term, text)| (term.as_str(), text))
    }

    /// This glossary with the terms of that table.
    pub(super) fn with(mut self, table: &Table) -> Reading<Self> {
        let (fields, before) = (table.fields(), self.terms.len());
        if fields.len() > Self::MOST_TERMS {
            return Err(table
                .place()
                .error(format!("there are more than {} terms", Self::MOST_TERMS)));
        }
        // The names first: a term may be explained by one that comes later.
        for value in &fields {
            let term = value.name().to_ascii_lowercase();
            if term.is_empty() || term.len() > Self::LONGEST_TERM || term != term.trim() {
                let message = format!("a term must be 1 to {} bytes, without space around", Self::LONGEST_TERM);
                return Err(value.name_error(message));
            }
            if self.get(&term).is_some() {
                return Err(value.name_error(format!("\"{term}\" is explained already")));
            }
            self.terms.push((term, Text::default()));
        }
        for (place, value) in fields.iter().enumerate() {
            self.terms[before + place].1 = self.paragraph(value)?;
        }
        Ok(self)
    }

    /// Reads a value that is one paragraph.
    pub(super) fn paragraph(&self, value: &Value) -> Reading<Text> {
        let source = value.text()?.trim();
        let text = Text::parse(source, &|term| self.check(term)).map_err(|e| place(value, source, e))?;
        if text.0.is_empty() {
            Err(value.error(format!("{} is empty", value.name())))
        } else {
            Ok(text)
        }
    }

    /// Reads a value that is one or more paragraphs.
    pub(super) fn paragraphs(&self, value: &Value) -> Reading<Vec<Text>> {
        let source = value.text()?;
        let texts = Text::parse_paragraphs(source, &|term| self.check(term)).map_err(|e| place(value, source, e))?;
        if texts.is_empty() {
            Err(value.error(format!("{} is empty", value.name())))
        } else {
            Ok(texts)
        }
    }

    fn check(&self, term: &str) -> Result<(), String> {
        if self.get(term).is_some() {
            return Ok(());
        }
        let hint = did_you_mean(term, self.iter().map(|(known, _)| known));
        Err(format!("\"{}\" is explained nowhere{hint}", decimal::shorten(term)))
    }
}

fn place(value: &Value, source: &str, error: TextError) -> Box<ScenarioError> {
    value.error_inside(source, error.at, error.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_glossary_explains_its_own_words() {
        let glossary = Glossary::built_in();
        assert!(glossary.iter().count() >= 30);
        assert_eq!(glossary.get("High Watermark"), glossary.get("high watermark"));
        assert!(glossary.get("high watermark").is_some());
        for (term, text) in glossary.iter() {
            let sentence = text.to_string();
            assert!(sentence.ends_with('.'), "{term}: {sentence}");
            assert!(
                sentence.len() < 320,
                "{term} is explained at too great length: {}",
                sentence.len()
            );
        }
    }

    #[test]
    fn what_is_not_explained_is_told_with_its_place() {
        let error = Glossary::parse("log = 'A list.'\nleader = '''\nThe\n[lgo] of it.'''").unwrap_err();
        assert_eq!(
            error.to_string(),
            "4:1: \"lgo\" is explained nowhere; did you mean log?"
        );
        let twice = Glossary::parse("log = 'A.'\nLog = 'B.'").unwrap_err();
        assert!(twice.message.contains("explained already"), "{twice}");
        assert!(
            Glossary::parse("log = 5")
                .unwrap_err()
                .message
                .contains("must be a text in quotes, not a number")
        );
    }
}
