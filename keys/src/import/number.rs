//! Reads weights.

use crate::keys::{ONE, Weight};

/// The largest weight of a row: so that no sum over rows, times a number of partitions, leaves the range.
const LARGEST: Weight = 1_000_000_000_000 * ONE;

/// Reads a number from 0 to 10¹², whole or decimal (`3`, `0.25`, `1.5e3`), in millionths; what is finer is rounded. Space
/// around it is dropped.
pub(crate) fn parse_weight(text: &str) -> Option<Weight> {
    let text = text.trim();
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // The digits, as if there were no point; and where the sixth place behind the point is, counted from their start.
    let digits = whole.bytes().chain(fraction.bytes());
    let end = i64::from(exponent) + whole.len() as i64 + 6;
    let mut value: Weight = 0;
    let mut rounding = 0;
    for (place, digit) in (0..).zip(digits) {
        if !digit.is_ascii_digit() {
            return None;
        }
        let digit = Weight::from(digit - b'0');
        if place < end {
            value = value * 10 + digit;
        } else if place == end {
            rounding = Weight::from(digit >= 5);
        }
        if value > LARGEST {
            return None;
        }
    }
    let written = (whole.len() + fraction.len()) as i64;
    if value > 0 {
        for _ in written..end {
            value *= 10;
            if value > LARGEST {
                return None;
            }
        }
    }
    Some(value + rounding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_to_the_millionth() {
        for (text, millionths) in [
            ("1", 1_000_000),
            ("0", 0),
            (" 12.5 ", 12_500_000),
            ("0.0000014", 1),
            ("0.0000015", 2),
            ("0.9999999", 1_000_000),
            (".5", 500_000),
            ("5.", 5_000_000),
            ("1.5e3", 1_500_000_000),
            ("25E-1", 2_500_000),
            ("1e+2", 100_000_000),
            ("0.00001e2147483647", 0),
            ("0e999999999", 0),
            ("5e-999999999", 0),
            ("5e-7", 1),
            ("4e-7", 0),
            ("1000000000000", 1_000_000_000_000_000_000),
            ("000000000000000000000000000000000000000000000000007", 7_000_000),
        ] {
            let expected = (text != "0.00001e2147483647").then_some(millionths);
            assert_eq!(parse_weight(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_weight_is_refused() {
        for text in [
            "",
            ".",
            "-1",
            "+1",
            "1,5",
            "abc",
            "1 000",
            "NaN",
            "inf",
            "1e",
            "e5",
            "0x10",
            "1000000000001",
            "1e13",
            "1..2",
            "1e9999999999",
        ] {
            assert_eq!(parse_weight(text), None, "{text}");
        }
    }
}
