//! Numbers as people write them, read exactly: the engine has integers only, and `0.1` must be the same everywhere.

use crate::wire::Micros;

/// Reads a decimal number as an integer of its `places`-th decimal: with 3 places, `12.5` is 12500. More places than
/// that are an error, so that nothing is rounded behind anyone's back.
pub(super) fn parse(text: &str, places: u32) -> Result<u64, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') {
        return Err(format!("\"{}\" is not a number", shorten(text)));
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places as usize {
        let least = format(1, places);
        return Err(format!("{} is too fine: the smallest step is {least}", shorten(text)));
    }
    let padded = format!("{whole}{fraction:0<width$}", width = places as usize);
    padded.parse().map_err(|_| format!("{} is too large", shorten(text)))
}

/// The opposite: with 3 places, 12500 is `12.5`.
pub(super) fn format(value: u64, places: u32) -> String {
    let one = 10_u64.pow(places);
    let (whole, fraction) = (value / one, value % one);
    if fraction == 0 {
        return whole.to_string();
    }
    let digits = format!("{fraction:0width$}", width = places as usize);
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// A number with a space at each thousand, as in messages: `1 000 000`.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// The start of a text that may be long, for messages.
pub(super) fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads a span of time: `60s`, `1500ms`, `250us`, `2m`, `1h`, or a number of seconds.
///
/// # Errors
///
/// Says what is wrong with the text.
pub fn parse_duration(text: &str) -> Result<Micros, String> {
    let text = text.trim();
    let end = text
        .find(|c: char| c.is_ascii_alphabetic() || c == 'µ')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (places, times) = match unit {
        "us" | "µs" => (0, 1),
        "ms" => (3, 1),
        "s" | "" => (6, 1),
        "m" | "min" => (6, 60),
        "h" => (6, 3600),
        _ => {
            return Err(format!(
                "\"{}\" has no unit that is known: us, ms, s, m or h",
                shorten(text)
            ));
        }
    };
    let number = number.trim_end();
    if number.is_empty() {
        return Err(format!(
            "\"{}\" is not a span of time; write for example 60s or 1500ms",
            shorten(text)
        ));
    }
    let value = parse(number, places)?;
    value
        .checked_mul(times)
        .ok_or_else(|| format!("{} is too large", shorten(text)))
}

/// Seconds, as short as they can be: `12.35`.
#[must_use]
pub fn format_seconds(at: Micros) -> String {
    format(at, 6)
}

/// Reads a number of seconds: `12.35`.
///
/// # Errors
///
/// Says what is wrong with the text.
pub fn parse_seconds(text: &str) -> Result<Micros, String> {
    parse(text, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(parse("12.5", 3), Ok(12_500));
        assert_eq!(parse("0.1", 6), Ok(100_000));
        assert_eq!(parse("7.000", 0), Ok(7));
        assert_eq!(
            parse("0.0005", 3).unwrap_err(),
            "0.0005 is too fine: the smallest step is 0.001"
        );
        for wrong in ["", ".", "1.", ".5", "-1", "1e3", "1.2.3", "inf", "1_0", "٣"] {
            assert!(parse(wrong, 3).is_err(), "{wrong}");
        }
        assert!(parse("99999999999999999999", 3).unwrap_err().contains("too large"));
        assert_eq!(format(12_500, 3), "12.5");
        assert_eq!(format(12_000, 3), "12");
        assert_eq!(format(1, 6), "0.000001");
        assert_eq!(grouped(1_000_000), "1 000 000");
        assert_eq!(grouped(999), "999");
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(parse_duration("60s"), Ok(60_000_000));
        assert_eq!(parse_duration("1.5 s"), Ok(1_500_000));
        assert_eq!(parse_duration("1500ms"), Ok(1_500_000));
        assert_eq!(parse_duration("250us"), Ok(250));
        assert_eq!(parse_duration("2m"), Ok(120_000_000));
        assert_eq!(parse_duration("7"), Ok(7_000_000));
        for wrong in ["", "s", "5 parsecs", "-3s", "1e9s", "99999999999999h", "1s2"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
