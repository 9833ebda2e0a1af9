//! Numbers and sentences of this room.

use crate::ui::format::{counted, grouped, shortened};
use partitura_keys::Hottest;

/// Thousandths as percent: `142` → `14.2 %`.
#[must_use]
pub fn percent(permille: u64) -> String {
    let mut text = grouped(permille / 10);
    if !permille.is_multiple_of(10) {
        text.push('.');
        text.push_str(&(permille % 10).to_string());
    }
    text.push_str("\u{202f}%");
    text
}

/// A part of a whole as percent, where less than a thousandth is not nothing.
#[must_use]
pub fn part(permille: u32, is_some: bool) -> String {
    if permille == 0 && is_some {
        "< 0.1\u{202f}%".to_owned()
    } else {
        percent(u64::from(permille))
    }
}

/// Thousandths as a ratio: `1730` → `1.73`.
#[must_use]
pub fn ratio(permille: u64) -> String {
    let hundredths = (permille + 5) / 10;
    let mut text = grouped(hundredths / 100);
    text.push('.');
    let rest = (hundredths % 100).to_string();
    if rest.len() == 1 {
        text.push('0');
    }
    text.push_str(&rest);
    text
}

/// Up to how many partitions more of them can help, as far as the hottest key goes.
#[must_use]
pub fn hottest(key: &str, hottest: Hottest, partitions: u32) -> String {
    let (key, share) = (shortened(key, 40), percent(u64::from(hottest.permille)));
    match hottest.fits_until {
        None => format!(
            "“{key}” alone is {share} of the load: more than a fair share of any two partitions. However many there are, the one \
             with this key stays the hottest. Only splitting the key helps."
        ),
        Some(most) => {
            let mut text = format!(
                "“{key}” alone is {share} of the load. Up to {}, that is no more than a fair share; with more, the partition \
                 with this key is the hottest, and it does not get any cooler.",
                counted(most, "partition")
            );
            if u64::from(partitions) > most {
                text.push_str(" This topic is past that.");
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_have_a_place_behind_the_point_where_it_says_something() {
        assert_eq!(percent(142), "14.2\u{202f}%");
        assert_eq!(percent(600), "60\u{202f}%");
        assert_eq!(percent(3), "0.3\u{202f}%");
        assert_eq!(percent(0), "0\u{202f}%");
        assert_eq!(part(0, true), "< 0.1\u{202f}%");
        assert_eq!(part(0, false), "0\u{202f}%");
    }

    #[test]
    fn ratios_have_two_places() {
        assert_eq!(
            (ratio(1732).as_str(), ratio(1000).as_str(), ratio(2045).as_str()),
            ("1.73", "1.00", "2.05")
        );
    }

    #[test]
    fn more_partitions_help_until_the_hottest_key_is_a_fair_share() {
        let told = |permille, fits_until, partitions| {
            let of = Hottest {
                key: 0,
                permille,
                fits_until,
            };
            hottest("ad-1", of, partitions)
        };
        assert!(told(600, None, 6).contains("Only splitting"));
        assert!(told(125, Some(8), 6).contains("Up to 8 partitions"));
        assert!(!told(125, Some(8), 8).contains("past that"));
        assert!(told(125, Some(8), 9).contains("past that"));
    }
}
