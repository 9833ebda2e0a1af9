//! Numbers and times as the page writes them. Figures are tabular and keep their width while they change.

use partitura_engine::wire::Micros;

/// A narrow space that does not break: between the thousands.
const THIN: char = '\u{202f}';

/// `2913` → `2 913`.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * THIN.len_utf8());
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// The virtual clock: `00:12.350`, and the microseconds that follow, `412`.
#[must_use]
pub fn clock(us: Micros) -> (String, String) {
    (moment(us), format!("{:03}", us % 1000))
}

/// A moment, to the millisecond: `00:12.350`, and with hours when there are any.
#[must_use]
pub fn moment(us: Micros) -> String {
    format!("{}.{:03}", short_moment(us), us / 1000 % 1000)
}

/// A moment, to the second: `00:12`.
#[must_use]
pub fn short_moment(us: Micros) -> String {
    let seconds = us / 1_000_000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// A count with its noun: `1 record`, `2 records`.
#[must_use]
pub fn counted(n: u64, one: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{} {one}s", grouped(n))
    }
}

/// A rate in few figures: `240`, `12.5 k`, `1.2 M`.
#[must_use]
pub fn rate(per_second: u64) -> String {
    match per_second {
        0..10_000 => grouped(per_second),
        10_000..1_000_000 => format!("{}.{} k", per_second / 1000, per_second % 1000 / 100),
        _ => format!("{}.{} M", per_second / 1_000_000, per_second % 1_000_000 / 100_000),
    }
}

/// Text cut to at most so many characters.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(2913), "2\u{202f}913");
        assert_eq!(grouped(1_000_000), "1\u{202f}000\u{202f}000");
    }

    #[test]
    fn the_clock_shows_minutes_and_hours_when_there_are_any() {
        assert_eq!(clock(12_350_412), ("00:12.350".to_owned(), "412".to_owned()));
        assert_eq!(moment(3_600_000_000 + 61_000_000), "1:01:01.000");
        assert_eq!(short_moment(125_999_999), "02:05");
    }

    #[test]
    fn words_agree_with_their_numbers() {
        assert_eq!(counted(1, "record"), "1 record");
        assert_eq!(counted(0, "record"), "0 records");
        assert_eq!(rate(240), "240");
        assert_eq!(rate(12_543), "12.5 k");
        assert_eq!(rate(1_250_000), "1.2 M");
        assert_eq!(shortened("match-7", 5), "matc…");
        assert_eq!(shortened("goal", 5), "goal");
    }
}
