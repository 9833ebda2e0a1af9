//! What can be wrong with a link.

use super::Link;
use std::fmt;

/// A part of a link that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkProblem {
    /// Which part, from 1; the version is the first. `None` when it is about the link as a whole.
    pub part: Option<usize>,
    /// How the part begins.
    pub text: String,
    /// What is wrong with it.
    pub message: String,
}

impl LinkProblem {
    pub(super) fn whole(message: impl Into<String>) -> Self {
        Self {
            part: None,
            text: String::new(),
            message: message.into(),
        }
    }

    pub(super) fn of_part(part: usize, text: &str, message: impl Into<String>) -> Self {
        const SHOWN: usize = 60;
        let text = match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        Self {
            part: Some(part),
            text,
            message: message.into(),
        }
    }
}

/// `part 4 "partitons=8": no such setting; did you mean partitions?`
impl fmt::Display for LinkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Some(part) => write!(f, "part {part} \"{}\": {}", self.text, self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// The run does not fit in a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkTooLong {
    /// How long the link would be.
    pub chars: usize,
}

impl fmt::Display for LinkTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = Link::MOST_CHARS;
        write!(
            f,
            "this run makes a link of {} characters, and at most {most} are safe: use fewer keys of your own",
            self.chars
        )
    }
}

impl std::error::Error for LinkTooLong {}
