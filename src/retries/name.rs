//! How a failed record is called, and how spans of time are written.

use crate::stage::Palette;
use partitura_engine::log::KeyId;
use partitura_engine::wire::Micros;

/// A record's identity, which it keeps through all topics: what it is about, and the how manyeth about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordName {
    /// What it is about.
    pub subject: String,
    /// The how manyeth, from 1.
    pub sequence: u32,
}

impl RecordName {
    /// Of a record of the run whose palette that is.
    #[must_use]
    pub fn of(palette: &Palette, subject: KeyId, sequence: u32) -> Self {
        Self {
            subject: palette.text(subject).to_owned(),
            sequence,
        }
    }

    /// As a link has it: `match-7:12`.
    ///
    /// # Errors
    ///
    /// Says how it is written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read = || {
            let (subject, sequence) = text.rsplit_once(':')?;
            Some(Self {
                subject: subject.to_owned(),
                sequence: sequence.parse().ok()?,
            })
        };
        read().ok_or_else(|| "a record is subject:number, such as match-7:12".to_owned())
    }

    /// For a link: [`RecordName::parse`] reads it.
    #[must_use]
    pub fn to_link(&self) -> String {
        format!("{}:{}", self.subject, self.sequence)
    }

    /// For people: `match-7 #12`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} #{}", self.subject, self.sequence)
    }
}

/// A record as it stands in a list: its colour and its letter are those of its subject, as on the stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Letter.
    pub letter: String,
    /// Its colour's class.
    pub colour: &'static str,
    /// Which record.
    pub name: RecordName,
}

impl Tile {
    /// Of that record.
    #[must_use]
    pub fn of(palette: &Palette, subject: KeyId, sequence: u32) -> Self {
        Self {
            letter: palette.label(subject).to_owned(),
            colour: palette.colour(subject).class(),
            name: RecordName::of(palette, subject, sequence),
        }
    }
}

/// A span: `1.2 s`, and from a hundred seconds on without a fraction.
#[must_use]
pub fn seconds(us: Micros) -> String {
    let tenths = us / 100_000;
    if tenths < 1_000 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        format!("{} s", tenths / 10)
    }
}

/// A delay as it is set: `2 s`, `1.5 s`, `250 ms`.
#[must_use]
pub fn delay(us: Micros) -> String {
    if us.is_multiple_of(1_000_000) {
        format!("{} s", us / 1_000_000)
    } else if us >= 1_000_000 {
        seconds(us)
    } else {
        format!("{} ms", us / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_found_again_by_its_name_in_the_link() {
        let name = RecordName {
            subject: "order:7".to_owned(),
            sequence: 12,
        };
        assert_eq!(RecordName::parse(&name.to_link()), Ok(name.clone()));
        assert_eq!(name.words(), "order:7 #12");
        assert!(RecordName::parse("order-7").unwrap_err().contains("match-7:12"));
        assert!(RecordName::parse("order-7:x").is_err());
    }

    #[test]
    fn spans_keep_their_width_while_they_change() {
        assert_eq!([seconds(1_250_000), seconds(40_000)], ["1.2 s", "0.0 s"]);
        assert_eq!(seconds(125_900_000), "125 s");
        assert_eq!(
            [delay(2_000_000), delay(1_500_000), delay(250_000)],
            ["2 s", "1.5 s", "250 ms"]
        );
    }
}
