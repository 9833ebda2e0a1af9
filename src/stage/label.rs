//! Lines of text, before they are SVG; how wide they are, and how figures are written.

use super::geometry::{Point, Rect};

/// What a text says by its colour; the word says it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// What counts.
    Ink,
    /// What explains.
    Soft,
    /// What can be missed.
    Faint,
    /// As it should be.
    Ok,
    /// To be watched.
    Warn,
    /// Lost, down, stale.
    Bad,
    /// A role: the coordinator.
    Focus,
}

impl Tone {
    /// The class that gives text this colour.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Tone::Ink => "ink",
            Tone::Soft => "soft",
            Tone::Faint => "faint",
            Tone::Ok => "ok",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Focus => "focus",
        }
    }
}

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A line of text on its baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Where.
    pub at: Point,
    /// What it says.
    pub text: String,
    /// Size of the type, in pixels.
    pub size: f64,
    /// Its colour.
    pub tone: Tone,
    /// Which end stands at `at`.
    pub align: Align,
    /// Whether it is heavy.
    pub strong: bool,
    /// Whether it is set in the fixed-width face, for figures and settings.
    pub mono: bool,
}

impl Label {
    /// Ordinary text that begins at that place.
    #[must_use]
    pub fn new(x: f64, y: f64, size: f64, tone: Tone, text: impl Into<String>) -> Self {
        Self {
            at: Point::new(x, y),
            text: text.into(),
            size,
            tone,
            align: Align::Start,
            strong: false,
            mono: false,
        }
    }

    /// At that place.
    #[must_use]
    pub fn at(self, x: f64, y: f64) -> Self {
        Self {
            at: Point::new(x, y),
            ..self
        }
    }

    /// Heavy.
    #[must_use]
    pub fn strong(self) -> Self {
        Self { strong: true, ..self }
    }

    /// In the fixed-width face.
    #[must_use]
    pub fn mono(self) -> Self {
        Self { mono: true, ..self }
    }

    /// With its beginning at its place.
    #[must_use]
    pub fn start(self) -> Self {
        Self {
            align: Align::Start,
            ..self
        }
    }

    /// With its end at its place.
    #[must_use]
    pub fn end(self) -> Self {
        Self {
            align: Align::End,
            ..self
        }
    }

    /// With its middle at its place.
    #[must_use]
    pub fn middle(self) -> Self {
        Self {
            align: Align::Middle,
            ..self
        }
    }

    /// Cut to that width, with an ellipsis, if it is longer.
    #[must_use]
    pub fn fit(mut self, width: f64) -> Self {
        let room = (width / self.size / self.em()).floor().max(0.0);
        let count = self.text.chars().count();
        if count as f64 > room {
            let keep = (room as usize).saturating_sub(1);
            self.text = self.text.chars().take(keep).collect();
            if room >= 1.0 {
                self.text.push('…');
            }
        }
        self
    }

    /// An estimate of its width, on the safe side: the browser's fonts are not known here.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.text.chars().count() as f64 * self.size * self.em()
    }

    /// The room that it takes, by the same estimate.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        let width = self.width();
        let x = match self.align {
            Align::Start => self.at.x,
            Align::Middle => self.at.x - width / 2.0,
            Align::End => self.at.x - width,
        };
        Rect::new(x, self.at.y - 0.75 * self.size, width, 0.95 * self.size)
    }

    /// The width of a character, in sizes of the type. Wide system faces (DejaVu, Verdana) stay below it on average.
    fn em(&self) -> f64 {
        match (self.mono, self.strong) {
            (true, _) => 0.603,
            (false, false) => 0.58,
            (false, true) => 0.64,
        }
    }
}

/// `1 234 567`, with spaces that do not break.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A span of time: `9.0 s`.
#[must_use]
pub fn seconds(us: u64) -> String {
    format!("{}.{}\u{a0}s", us / 1_000_000, us / 100_000 % 10)
}

/// Short enough for a narrow cell: `999`, `12k`, `3.4M`.
#[must_use]
pub fn brief(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..1_000_000 => format!("{}k", number / 1000),
        1_000_000..10_000_000 => format!("{}.{}M", number / 1_000_000, number / 100_000 % 10),
        _ => format!("{}M", number / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_does_not_fit_ends_in_an_ellipsis() {
        let label = |text: &str| Label::new(0.0, 0.0, 10.0, Tone::Ink, text).mono();
        assert_eq!(label("coordinator").fit(100.0).text, "coordinator");
        assert_eq!(label("coordinator").fit(31.0).text, "coor…");
        assert_eq!(label("coordinator").fit(2.0).text, "");
    }

    #[test]
    fn figures_stay_short_or_readable() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(
            [9_999, 12_345, 3_450_000, 45_000_000].map(brief),
            ["9999", "12k", "3.4M", "45M"]
        );
    }
}
