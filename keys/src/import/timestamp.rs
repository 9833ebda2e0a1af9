//! Reads times.
//!
//! By hand, because the libraries that read RFC 3339 with offsets cost more of the page's download than all of the import.

/// Reads a time, in µs since 1970: a number of seconds, milliseconds, microseconds or nanoseconds, told apart by their
/// size (seconds up to the year 5138, and so on); or RFC 3339, also with a space in the middle, without a zone (then
/// UTC), or only the date. Space around it is dropped. Times before 1970 are refused, as in Kafka.
pub(crate) fn parse_timestamp(text: &str) -> Option<u64> {
    let text = text.trim();
    epoch(text).or_else(|| rfc_3339(text.as_bytes()))
}

/// A number since 1970; seconds and milliseconds may have decimals.
fn epoch(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !only_digits(whole) || !only_digits(fraction) {
        return None;
    }
    let number: u64 = whole.parse().ok()?;
    match number {
        0..100_000_000_000 => Some(number * 1_000_000 + scaled(fraction.as_bytes(), 6)),
        100_000_000_000..100_000_000_000_000 => Some(number * 1000 + scaled(fraction.as_bytes(), 3)),
        100_000_000_000_000..100_000_000_000_000_000 => Some(number),
        _ => Some(number / 1000),
    }
}

/// The first `places` digits behind a point, as a whole number.
fn scaled(fraction: &[u8], places: usize) -> u64 {
    let digits = fraction.iter().chain([b'0'; 6].iter()).take(places);
    digits.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

fn rfc_3339(text: &[u8]) -> Option<u64> {
    let (date, rest) = text.split_at_checked(10)?;
    let [year, month, day] = [number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?];
    if date[4] != b'-' || date[7] != b'-' || !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let midnight_s = days_since_1970(year, month, day) * 86_400;
    let Some((separator, rest)) = rest.split_first() else {
        return u64::try_from(midnight_s * 1_000_000).ok();
    };
    let (time, rest) = rest.split_at_checked(8)?;
    let [hour, minute, second] = [number(&time[..2])?, number(&time[3..5])?, number(&time[6..])?];
    // A leap second has the number 60; it counts as the one that follows, as in Unix time.
    if !b"Tt ".contains(separator) || time[2] != b':' || time[5] != b':' || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, zone) = match rest.split_first() {
        Some((b'.' | b',', rest)) => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            rest.split_at(digits)
        }
        _ => (&[][..], rest),
    };
    let seconds = midnight_s + hour * 3600 + minute * 60 + second - offset_s(zone)?;
    u64::try_from(seconds * 1_000_000 + scaled(fraction, 6) as i64).ok()
}

/// How far a zone is ahead of UTC.
fn offset_s(zone: &[u8]) -> Option<i64> {
    let (sign, rest) = match zone {
        [] | b"Z" | b"z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [_, _] => (number(rest)?, 0),
        [_, _, b':', minutes @ ..] if minutes.len() == 2 => (number(&rest[..2])?, number(minutes)?),
        [_, _, minutes @ ..] if minutes.len() == 2 => (number(&rest[..2])?, number(minutes)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn number(digits: &[u8]) -> Option<i64> {
    let all = digits.iter().all(u8::is_ascii_digit);
    all.then(|| digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, with years that begin in March, so that the leap day is their last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW_YEAR: u64 = 1_704_067_200_000_000;

    #[test]
    fn the_unit_of_a_number_is_told_by_its_size() {
        for text in [
            "1704067200",
            "1704067200000",
            "1704067200000000",
            "1704067200000000000",
            "1704067200.0",
        ] {
            assert_eq!(parse_timestamp(text), Some(NEW_YEAR), "{text}");
        }
        assert_eq!(parse_timestamp("1704067200.25"), Some(NEW_YEAR + 250_000));
        assert_eq!(parse_timestamp("1704067200000.5"), Some(NEW_YEAR + 500));
        assert_eq!(parse_timestamp("0"), Some(0));
    }

    #[test]
    fn rfc_3339_with_its_usual_liberties() {
        for text in [
            "2024-01-01T00:00:00Z",
            "2024-01-01t00:00:00.000z",
            "2024-01-01 00:00:00",
            "2024-01-01",
            "2024-01-01T01:00:00+01:00",
            "2023-12-31T19:00:00-0500",
            "2024-01-01T05:30:00,0+05:30",
            "2024-01-01T02:00:00+02",
            "2023-12-31T23:59:60Z",
        ] {
            assert_eq!(parse_timestamp(text), Some(NEW_YEAR), "{text}");
        }
        assert_eq!(
            parse_timestamp("2024-02-29T12:34:56.789012345Z"),
            Some(1_709_210_096_789_012)
        );
        assert_eq!(parse_timestamp("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_timestamp("9999-12-31T23:59:59Z"), Some(253_402_300_799_000_000));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "-1",
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-01-32",
            "2024-1-1",
            "1969-12-31T23:59:59Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00",
            "2024-01-01X00:00:00Z",
            "2024-01-01T00:00:00+1",
            "2024-01-01T00:00:00+24:00",
            "1.2.3",
            "99999999999999999999",
            "２０２４-01-01",
            "2024-01-01T00:00:00 UTC",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn days_go_up_by_one_through_all_months() {
        let mut expected = 0;
        for year in 1970..2105 {
            for month in 1..=12 {
                for day in 1..=days_of(year, month) {
                    assert_eq!(days_since_1970(year, month, day), expected);
                    expected += 1;
                }
            }
        }
    }
}
