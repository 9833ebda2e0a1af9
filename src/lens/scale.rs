//! A slider's way ↔ a setting's value. Small ranges are even; wide ones are logarithmic, and land on round numbers.

/// How long the slider's way is.
pub const WAY: u32 = 1000;

/// A range of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The least.
    pub min: u64,
    /// The most.
    pub max: u64,
}

impl Scale {
    fn is_even(self) -> bool {
        self.max - self.min <= 100
    }

    fn span(self) -> f64 {
        ((self.max - self.min) as f64).ln_1p()
    }

    /// How far on the way that value is.
    #[must_use]
    pub fn place(self, value: u64) -> u32 {
        let above = value.clamp(self.min, self.max) - self.min;
        let part = if self.max == self.min {
            0.0
        } else if self.is_even() {
            above as f64 / (self.max - self.min) as f64
        } else {
            (above as f64).ln_1p() / self.span()
        };
        (part * f64::from(WAY)).round() as u32
    }

    /// The value at that place of the way.
    #[must_use]
    pub fn value(self, place: u32) -> u64 {
        let part = f64::from(place.min(WAY)) / f64::from(WAY);
        if self.is_even() {
            return self.min + (part * (self.max - self.min) as f64).round() as u64;
        }
        if place >= WAY {
            return self.max;
        }
        round(self.min + (part * self.span()).exp_m1().round() as u64).clamp(self.min, self.max)
    }

    /// How far one press of an arrow key goes.
    #[must_use]
    pub fn step(self) -> u32 {
        if self.is_even() {
            (WAY / u32::try_from(self.max - self.min).unwrap_or(WAY).max(1)).max(1)
        } else {
            WAY / 100
        }
    }
}

/// To two figures.
fn round(value: u64) -> u64 {
    let mut unit = 1;
    while value / unit >= 100 {
        unit *= 10;
    }
    (value + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_range_is_even_and_every_value_can_be_reached() {
        let scale = Scale { min: 1, max: 64 };
        for value in 1..=64 {
            assert_eq!(scale.value(scale.place(value)), value);
        }
        assert_eq!(Scale { min: 3, max: 3 }.value(Scale { min: 3, max: 3 }.place(3)), 3);
    }

    #[test]
    fn a_wide_range_is_logarithmic_and_lands_on_round_numbers() {
        let scale = Scale { min: 0, max: 1_000_000 };
        assert_eq!((scale.value(0), scale.value(WAY)), (0, 1_000_000));
        assert_eq!(scale.value(WAY / 2), 1_000);
        for place in 0..=WAY {
            let value = scale.value(place);
            assert_eq!(round(value), value);
            assert!(value <= scale.value(place + 1));
        }
    }

    #[test]
    fn values_out_of_range_are_at_the_ends() {
        let scale = Scale { min: 5, max: 9 };
        assert_eq!((scale.place(0), scale.place(100)), (0, WAY));
    }
}
