//! How fast a step wants to be watched.

use super::decimal;
use std::fmt;
use std::str::FromStr;

/// Virtual time against the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// So many thousandths of real time, 10 (1/100) to 100 000 (100×).
    Permille(u32),
    /// As fast as the machine goes.
    Max,
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let permille = if text == "max" {
            return Ok(Speed::Max);
        } else if let Some(part) = text.strip_prefix("1/") {
            decimal::parse(part, 0)
                .ok()
                .filter(|part| *part > 0 && 1000_u64.is_multiple_of(*part))
                .map(|part| 1000 / part)
        } else {
            decimal::parse(text.trim_end_matches(['x', '×']), 3).ok()
        };
        let known = permille.filter(|permille| (10..=100_000).contains(permille));
        known
            .and_then(|permille| u32::try_from(permille).ok())
            .map(Speed::Permille)
            .ok_or_else(|| {
                format!(
                    "speed must be a part of real time such as 1/50, 1/100 to 100×, or max, not {}",
                    decimal::shorten(text)
                )
            })
    }
}

/// `1/50`, `1×`, `max`.
impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Speed::Max => f.write_str("max"),
            Speed::Permille(n) if (1..1000).contains(&n) && 1000 % n == 0 => write!(f, "1/{}", 1000 / n),
            Speed::Permille(n) => write!(f, "{}×", decimal::format(u64::from(n), 3)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_read_and_write() {
        for text in ["1/100", "1/50", "1/8", "1/2", "1×", "2.5×", "100×", "max"] {
            assert_eq!(text.parse::<Speed>().unwrap().to_string(), text);
        }
        assert_eq!("10".parse(), Ok(Speed::Permille(10_000)));
        assert_eq!("2x".parse(), Ok(Speed::Permille(2_000)));
        for wrong in ["", "0", "1/0", "1/3", "1/200", "101×", "fast", "-1", "1/-2"] {
            assert!(wrong.parse::<Speed>().is_err(), "{wrong}");
        }
    }
}
