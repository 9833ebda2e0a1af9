//! Prose with `code`, *emphasis* and [terms], as the reader shows it.

use std::fmt;

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub Vec<Span>);

/// A stretch of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Plain words.
    Text(String),
    /// `` `acks=all` ``: a name or a value of Kafka's.
    Code(String),
    /// `*never*`.
    Emphasis(String),
    /// `[high watermark]`, or `[watermarks](high watermark)`: a word that is explained.
    Term {
        /// The word as the glossary has it, in lower case.
        term: String,
        /// The words as the sentence has them.
        shown: String,
    },
}

/// What is wrong with a text, and at which byte of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextError {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Says whether a term is explained somewhere, and if not, what may be meant.
pub(super) type CheckTerm<'a> = &'a dyn Fn(&str) -> Result<(), String>;

impl Text {
    /// Reads one paragraph. Line ends count as spaces; a backslash takes the next sign's meaning away.
    pub(super) fn parse(source: &str, check_term: CheckTerm) -> Result<Self, TextError> {
        let mut parser = Parser {
            source,
            at: 0,
            spans: Vec::new(),
            plain: String::new(),
            check_term,
        };
        while let Some(c) = parser.peek() {
            match c {
                '`' => parser.code()?,
                '*' if parser.opens_emphasis() => parser.emphasis()?,
                '[' => parser.term()?,
                '\\' => parser.escaped(),
                c => parser.push(c),
            }
        }
        parser.flush();
        Ok(Text(parser.spans))
    }

    /// Reads paragraphs, which empty lines part.
    pub(super) fn parse_paragraphs(source: &str, check_term: CheckTerm) -> Result<Vec<Self>, TextError> {
        let mut paragraphs = Vec::new();
        let mut from = None;
        let mut at = 0;
        let mut close = |from: &mut Option<usize>, end: usize| {
            if let Some(start) = from.take() {
                let paragraph = Text::parse(source[start..end].trim_end(), check_term);
                paragraphs.push(paragraph.map_err(|e| TextError { at: e.at + start, ..e })?);
            }
            Ok(())
        };
        for line in source.split_inclusive('\n') {
            if line.trim().is_empty() {
                close(&mut from, at)?;
            } else {
                from.get_or_insert(at + line.len() - line.trim_start().len());
            }
            at += line.len();
        }
        close(&mut from, source.len())?;
        Ok(paragraphs)
    }

    /// The terms in it.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|span| match span {
            Span::Term { term, .. } => Some(term.as_str()),
            _ => None,
        })
    }
}

/// Without marks, as it is read aloud.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for span in &self.0 {
            match span {
                Span::Text(words) | Span::Code(words) | Span::Emphasis(words) => f.write_str(words)?,
                Span::Term { shown, .. } => f.write_str(shown)?,
            }
        }
        Ok(())
    }
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
    spans: Vec<Span>,
    plain: String,
    check_term: CheckTerm<'a>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    fn push(&mut self, c: char) {
        self.at += c.len_utf8();
        let begins = self.plain.is_empty() && self.spans.is_empty();
        if !c.is_whitespace() {
            self.plain.push(c);
        } else if !begins && !self.plain.ends_with(' ') {
            self.plain.push(' ');
        }
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.spans.push(Span::Text(std::mem::take(&mut self.plain)));
        }
    }

    fn escaped(&mut self) {
        self.at += 1;
        if let Some(c) = self.peek() {
            self.plain.push(c);
            self.at += c.len_utf8();
        }
    }

    /// `2 * 3` is arithmetic.
    fn opens_emphasis(&self) -> bool {
        self.source[self.at + 1..]
            .chars()
            .next()
            .is_some_and(|next| !next.is_whitespace())
    }

    /// What stands between here and `close`, as one line.
    fn until(&mut self, close: char, what: &str) -> Result<String, TextError> {
        let start = self.at + 1;
        let Some(length) = self.source[start..].find(close) else {
            return Err(TextError {
                at: self.at,
                message: format!("this {what} has no closing {close}"),
            });
        };
        let inner = self.source[start..start + length]
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if inner.is_empty() {
            return Err(TextError {
                at: self.at,
                message: format!("this {what} is empty"),
            });
        }
        self.at = start + length + close.len_utf8();
        Ok(inner)
    }

    fn code(&mut self) -> Result<(), TextError> {
        let code = self.until('`', "code")?;
        self.flush();
        self.spans.push(Span::Code(code));
        Ok(())
    }

    fn emphasis(&mut self) -> Result<(), TextError> {
        let words = self.until('*', "emphasis")?;
        self.flush();
        self.spans.push(Span::Emphasis(words));
        Ok(())
    }

    fn term(&mut self) -> Result<(), TextError> {
        let start = self.at;
        let shown = self.until(']', "term")?;
        let term = if self.peek() == Some('(') {
            self.until(')', "term")?
        } else {
            shown.clone()
        };
        let term = term.to_ascii_lowercase();
        (self.check_term)(&term).map_err(|message| TextError { at: start, message })?;
        self.flush();
        self.spans.push(Span::Term { term, shown });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: CheckTerm = &|_| Ok(());

    fn parse(source: &str) -> Vec<Span> {
        Text::parse(source, ANY).unwrap().0
    }

    #[test]
    fn marks_become_spans() {
        let spans = parse("With `acks=all` it is *never* lost:\n the [Leader] waits for [watermarks](high watermark).");
        let expected = [
            Span::Text("With ".into()),
            Span::Code("acks=all".into()),
            Span::Text(" it is ".into()),
            Span::Emphasis("never".into()),
            Span::Text(" lost: the ".into()),
            Span::Term {
                term: "leader".into(),
                shown: "Leader".into(),
            },
            Span::Text(" waits for ".into()),
            Span::Term {
                term: "high watermark".into(),
                shown: "watermarks".into(),
            },
            Span::Text(".".into()),
        ];
        assert_eq!(spans, expected);
    }

    #[test]
    fn signs_can_stand_for_themselves() {
        assert_eq!(
            parse(r"2 * 3, \*not\* \[this\]"),
            [Span::Text("2 * 3, *not* [this]".into())]
        );
        assert_eq!(Text::parse("`a*b` and *c*", ANY).unwrap().to_string(), "a*b and c");
    }

    #[test]
    fn an_open_mark_is_found() {
        assert_eq!(Text::parse("so [high", ANY).unwrap_err().at, 3);
        assert_eq!(Text::parse("`", ANY).unwrap_err().message, "this code has no closing `");
        assert_eq!(Text::parse("[ ]", ANY).unwrap_err().message, "this term is empty");
    }

    #[test]
    fn empty_lines_part_paragraphs() {
        let paragraphs = Text::parse_paragraphs("\n one\n two\n\n \n three\n", ANY).unwrap();
        assert_eq!(
            paragraphs.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["one two", "three"]
        );
        assert_eq!(Text::parse_paragraphs("one\n\n two `x", ANY).unwrap_err().at, 10);
    }
}
