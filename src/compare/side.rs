//! Left and right, and what each of them has.

/// One of two runs. A run that is alone is the left one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// As it is.
    #[default]
    Left,
    /// With what is different.
    Right,
}

impl Side {
    /// Both, the left one first.
    pub const ALL: [Side; 2] = [Side::Left, Side::Right];

    /// In a word, as it begins a line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Side::Left => "Left",
            Side::Right => "Right",
        }
    }

    /// The same within a line, and in names for tests.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
        }
    }

    /// The one beside it.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }
}

/// What a changed setting changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum On {
    /// The left run only.
    Left,
    /// The right run only.
    Right,
    /// Both runs: they stay comparable.
    #[default]
    Both,
}

impl On {
    /// Whether that side is meant.
    #[must_use]
    pub fn has(self, side: Side) -> bool {
        self == On::Both || self == On::from(side)
    }

    /// The side whose values are shown where only one can be.
    #[must_use]
    pub fn shown(self) -> Side {
        if self == On::Right { Side::Right } else { Side::Left }
    }
}

impl From<Side> for On {
    fn from(side: Side) -> Self {
        match side {
            Side::Left => On::Left,
            Side::Right => On::Right,
        }
    }
}

/// One thing for each side: the right one is there while two runs are compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sides<T> {
    /// The left side's.
    pub left: T,
    /// The right side's.
    pub right: Option<T>,
}

impl<T> Sides<T> {
    /// For a run that is alone.
    #[must_use]
    pub fn alone(left: T) -> Self {
        Self { left, right: None }
    }

    /// That side's, if it is there.
    #[must_use]
    pub fn get(&self, side: Side) -> Option<&T> {
        match side {
            Side::Left => Some(&self.left),
            Side::Right => self.right.as_ref(),
        }
    }

    /// That side's, or the left one's where there is no other.
    #[must_use]
    pub fn or_left(&self, side: Side) -> &T {
        self.get(side).unwrap_or(&self.left)
    }

    /// As [`Sides::get`], to be changed.
    pub fn get_mut(&mut self, side: Side) -> Option<&mut T> {
        match side {
            Side::Left => Some(&mut self.left),
            Side::Right => self.right.as_mut(),
        }
    }

    /// Both that are there, the left one first.
    pub fn iter(&self) -> impl Iterator<Item = (Side, &T)> {
        Side::ALL.into_iter().filter_map(|side| Some((side, self.get(side)?)))
    }

    /// As [`Sides::iter`], to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Side, &mut T)> {
        let right = self.right.as_mut().map(|right| (Side::Right, right));
        std::iter::once((Side::Left, &mut self.left)).chain(right)
    }
}
