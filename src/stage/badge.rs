//! A word in a frame.

use super::geometry::Rect;
use super::label::{Label, Tone};

/// A word in a frame, with a title that says more.
#[derive(Debug, Clone, PartialEq)]
pub struct Badge {
    /// Its frame.
    pub rect: Rect,
    /// Its word.
    pub label: Label,
    /// What it is, for its look.
    pub kind: Kind,
    /// What it means.
    pub title: String,
}

/// What kind of thing a badge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The active controller: filled.
    Active,
    /// A controller that is not active.
    Standby,
    /// Another office.
    Office,
    /// Slower than it should be.
    Slow,
    /// Something is wrong.
    Bad,
    /// Something is to be watched.
    Warn,
    /// Something to know.
    Quiet,
}

impl Kind {
    /// What the page's styles know it by.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Kind::Active => "active",
            Kind::Standby => "standby",
            Kind::Office => "office",
            Kind::Slow | Kind::Warn => "warned",
            Kind::Bad => "wrong",
            Kind::Quiet => "quiet",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Kind::Active | Kind::Standby | Kind::Office => Tone::Focus,
            Kind::Slow | Kind::Warn => Tone::Warn,
            Kind::Bad => Tone::Bad,
            Kind::Quiet => Tone::Soft,
        }
    }
}

impl Badge {
    /// Between two of them.
    pub const GAP: f64 = 4.0;
    const SIZE: f64 = 10.0;
    const PAD: f64 = 5.0;
    /// How high the frame is.
    pub const HEIGHT: f64 = 16.0;

    /// One whose frame begins at `x`.
    #[must_use]
    pub fn new(x: f64, baseline: f64, kind: Kind, word: &str, title: String) -> Self {
        let rect = Rect::new(x, baseline - 11.5, Self::width(word), Self::HEIGHT);
        Self {
            rect,
            label: Label::new(rect.centre().x, baseline, Self::SIZE, kind.tone(), word).middle(),
            kind,
            title,
        }
    }

    /// How wide the frame of that word is.
    #[must_use]
    pub fn width(word: &str) -> f64 {
        Label::new(0.0, 0.0, Self::SIZE, Tone::Ink, word).width() + 2.0 * Self::PAD
    }
}
